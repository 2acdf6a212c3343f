"""The words that a redaction takes away, and whether a draft or a note holds any of them.

`bulletin.redaction_scope` gathers them from the texts that go and asks for them in drafts and notes. What a text left
on record says too is never among them. A long sentence is found wherever it stands; a short run of words (a name, a
place, a short headline) only where it is the whole of a field, of a paragraph or, in notes, of what stands between
quotation marks: within other words it tells nothing of where it comes from.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.db import models

from . import corrections
from .counting import paragraphs, shown
from .folding import fold
from .models import BulletinSeries, Desk, Item, Outlet, PublishedContent, Topic

#: From so many code points on, a sentence is looked for within other words too.
SHORTEST_SENTENCE = 15
#: Fewer letters and digits than these are no words: the marks that part paragraphs, the letters of a list.
SHORTEST_RUN = 2
#: The parts of a draft's content that are no field: what readers would be told, what its desk or outlet was called.
NOTE, NAMES = corrections.KEY, "names"

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_QUOTATION_MARK = re.compile('["“”„«»]')
_METADATA = (
    "original_title",
    "original_url",
    "translator",
    "number",
    "issuing_office",
    "speaker",
    "place",
    "source_reference",
)


@dataclass(frozen=True)
class LostWords:
    """sentences: looked for anywhere. runs: whole fields and paragraphs, shorter than that, as `_key` gives them."""

    sentences: frozenset[str]
    runs: frozenset[str]

    @classmethod
    def of(cls, gone: Iterable[PublishedContent], left: Iterable[PublishedContent]) -> Self:
        """What the texts `gone` say and none of `left`, nor any desk, topic, series or outlet by its name today."""
        lost, kept = [], list(_names_today())
        for content in gone:
            lost += [*words_of(content), *_names_in(content.metadata)]
        for content in left:
            kept += [*words_of(content), *_names_in(content.metadata)]
        lost, kept = list(map(shown, lost)), list(map(shown, kept))
        return cls(
            sentences=frozenset(_sentences(lost) - _sentences(kept)),
            runs=frozenset(_short_runs(lost) - _short_runs(kept)),
        )

    def are_in(self, lines: Iterable[str]) -> bool:
        """Whether one of `lines`, each a whole field or paragraph, is or holds some of them."""
        text = [shown(line) for line in lines]
        whole = "\n".join(text)
        return any(sentence in whole for sentence in self.sentences) or not self.runs.isdisjoint(
            map(_key, text)
        )

    def are_quoted_in(self, note: str) -> bool:
        """Whether `note` repeats some of them, as a line of its own or between quotation marks too."""
        lines = note.splitlines()
        return self.are_in([*lines, *(piece for line in lines for piece in _QUOTATION_MARK.split(line))])

    def are_in_draft(self, model: type[Item], content: dict) -> bool:
        """Whether the `content` of a revision of `model` holds some, in its note or anywhere else but in names."""
        rest = {name: value for name, value in content.items() if name not in (NOTE, NAMES)}
        return self.are_in_note(content) or self.are_in(_lines_of(model, rest))

    def are_in_note(self, content: dict) -> bool:
        return any(map(self.are_quoted_in, _strings(content.get(NOTE))))

    def are_in_names(self, content: dict) -> bool:
        return self.are_in(_strings(content.get(NAMES)))


def words_of(content: PublishedContent) -> Iterator[str]:
    """Every run of words that a text shows: headline, spot, paragraphs, and the words of its particulars."""
    metadata = content.metadata
    yield content.title
    yield from content.summary.splitlines()
    yield from paragraphs(content.html)
    yield from metadata.get("headings", ())
    for name in _METADATA:
        value = metadata.get(name)
        if isinstance(value, str):
            yield value
    image = metadata.get("image") or {}
    yield from (image.get("alt") or "", image.get("credit") or "")


def _names_in(metadata: dict) -> Iterator[str]:
    """What the desk, the topics, the outlet and the series of a text were called when it was published."""
    for part in (*map(metadata.get, ("desk", "outlet", "series")), *metadata.get("topics", ())):
        for name in ("name", "name_en"):
            yield (part or {}).get(name) or ""


def _names_today() -> Iterator[str]:
    for model in (Desk, Topic, BulletinSeries):
        for names in model.objects.values_list("name", "name_en"):
            yield from names
    yield from Outlet.objects.values_list("name", flat=True)


def _sentences(runs: Iterable[str]) -> set[str]:
    """The long ones among `runs` and among the sentences of each."""
    parts = (part.strip() for run in runs for part in (run, *_SENTENCE_END.split(run)))
    return {part for part in parts if len(part) >= SHORTEST_SENTENCE}


def _short_runs(runs: Iterable[str]) -> set[str]:
    keys = {_key(run) for run in runs if len(run) < SHORTEST_SENTENCE}
    return {key for key in keys if sum(map(str.isalnum, key)) >= SHORTEST_RUN}


def _key(run: str) -> str:
    """`run` without case, marks above letters, and punctuation around it."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", fold(run))


def _lines_of(model: type[Item], content: dict) -> Iterator[str]:
    """The lines and paragraphs of every string in `content`, however deep, but of fields that take no free words."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    for name, value in content.items():
        field = fields.get(name)
        if field is not None and (
            field.choices or not isinstance(field, models.CharField | models.TextField)
        ):
            continue
        for text in _strings(value):
            yield from paragraphs(text) if name == "body" else text.splitlines()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
