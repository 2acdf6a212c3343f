"""Marks what was found, in the original text: the words of a headline and the passage that best shows the match.

Called by the results page. The texts are analysed as they were for the index, so what is marked is what matched, in the
letters of the original. Everything that isn't our own `<mark>` is escaped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .analysis import analyse
from .query import Node, Phrase, Word, positive_parts

#: Code points of a passage, and of a text that are looked through for it.
PASSAGE_LETTERS = 260
MAXIMUM_LETTERS_READ = 30_000


@dataclass(frozen=True, slots=True)
class Span:
    """A place that matches part number `part` of the query: offsets into the text."""

    start: int
    end: int
    part: int


class Finder:
    """Finds the places of a query in texts of one language."""

    def __init__(self, query: Node | None, language: str):
        self.language = language
        self._tokens: dict[str, int] = {}
        self._phrases: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for number, part in enumerate(dict.fromkeys(positive_parts(query))):
            match part:
                case Word(stems=stems, lemmas=lemmas):
                    # A space can't be in a token: stems and lemmas stay apart.
                    self._tokens |= {f"stem {stem}": number for stem in stems}
                    self._tokens |= {f"lemma {lemma}": number for lemma in lemmas}
                case Phrase(words=words):
                    self._phrases.setdefault(words[0], []).append((number, words))

    def spans(self, text: str) -> list[Span]:
        """The places in `text` that match, in order, none overlapping another."""
        tokens, groups = analyse(text, self.language)
        found: list[Span] = []
        for place, token in enumerate(tokens):
            part = self._part_of(token.stem, token.lemmas)
            if part is not None:
                found.append(Span(token.start, token.end, part))
            for number, words in self._phrases.get(token.exact, ()):
                last = place + len(words)
                if tuple(each.exact for each in tokens[place:last]) == words:
                    found.append(Span(token.start, tokens[last - 1].end, number))
        for group in groups:
            part = self._part_of("", (group.whole,))
            if part is not None:
                found.append(Span(tokens[group.first].start, tokens[group.last - 1].end, part))
        return _without_overlap(found)

    def _part_of(self, stem: str, lemmas: Iterable[str]) -> int | None:
        part = self._tokens.get(f"stem {stem}") if stem else None
        for lemma in lemmas:
            part = self._tokens.get(f"lemma {lemma}") if part is None else part
        return part


def _without_overlap(spans: list[Span]) -> list[Span]:
    """The longest of those that overlap, in order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end > kept[-1].end:
            kept[-1] = Span(kept[-1].start, span.end, kept[-1].part)
    return kept


def marked(text: str, query: Node | None, language: str) -> SafeString:
    """All of `text` (plain) as HTML, with the matching words in `<mark>`."""
    return _as_html(text, Finder(query, language).spans(text), 0, len(text))


def passage(paragraphs: Sequence[str], query: Node | None, language: str) -> SafeString:
    """The part of `paragraphs` (plain) where most of the query stands close together, as HTML with `<mark>`.

    At most `PASSAGE_LETTERS` code points and a word; the beginning where nothing matches. Empty without a paragraph.
    """
    finder = Finder(query, language)
    parts = len(set(positive_parts(query)))
    best: tuple[int, str, list[Span], int, int] | None = None
    left = MAXIMUM_LETTERS_READ
    for paragraph in paragraphs:
        text = paragraph[:left]
        left -= len(text)
        if not text:
            break
        spans = finder.spans(text)
        start, end, worth = _window(text, spans)
        if best is None or worth > best[0]:
            best = (worth, text, spans, start, end)
        if worth >= parts:
            break
    if best is None:
        return SafeString("")
    _worth, text, spans, start, end = best
    html = _as_html(text, spans, start, end)
    return mark_safe(("… " if start else "") + html + (" …" if end < len(text) else ""))


def _window(text: str, spans: Sequence[Span]) -> tuple[int, int, int]:
    """Start and end of the window of `text` in which the most parts of the query stand, and how many they are."""
    if len(text) <= PASSAGE_LETTERS:
        return 0, len(text), len({span.part for span in spans})
    best, first, last = 0, 0, 0
    for number, span in enumerate(spans):
        held: set[int] = set()
        end = number
        while end < len(spans) and spans[end].end - span.start <= PASSAGE_LETTERS * 3 // 4:
            held.add(spans[end].part)
            end += 1
        if len(held) > best:
            best, first, last = len(held), span.start, spans[end - 1].end
    spare = PASSAGE_LETTERS - (last - first)
    start = _word_edge(text, max(0, first - spare // 2))
    return start, _word_edge(text, min(len(text), start + PASSAGE_LETTERS), forward=True), best


def _word_edge(text: str, place: int, *, forward: bool = False) -> int:
    """The nearest white space before `place` (after it, if `forward`), as far as thirty letters."""
    if place in (0, len(text)):
        return place
    if forward:
        edge = text.find(" ", place, place + 30)
        return edge if edge != -1 else place
    edge = text.rfind(" ", max(0, place - 30), place)
    return edge + 1 if edge != -1 else place


def _as_html(text: str, spans: Iterable[Span], start: int, end: int) -> SafeString:
    """`text` from `start` to `end`, escaped, with the spans (those inside; a cut one to the edge) in `<mark>`."""
    parts: list[str] = []
    place = start
    for span in spans:
        first, last = max(span.start, place), min(span.end, end)
        if first >= last:
            continue
        parts += [escape(text[place:first]), "<mark>", escape(text[first:last]), "</mark>"]
        place = last
    parts.append(escape(text[place:end]))
    return mark_safe("".join(parts))
