"""The index both engines hold: its fields, what a document puts in them, and how a word is asked for in them.

`tantivy.py` and `elasticsearch.py` translate this and decide nothing of it, so that they give the same hits. Text
fields hold tokens of `search.analysis`, joined by spaces; the engines split at white space and do no more.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from bulletin.calendar import midnight
from subscribers.canonical import canonical_json

from .. import analysis
from ..documents import Document
from ..query import RUNNING_TEXT, Offered, Place, Word

#: Rises with the fields. With the analysis' own version it names an index: one of another version is not read.
FIELDS_VERSION = 3
VERSION = f"{FIELDS_VERSION}.{analysis.VERSION}"

#: Text in which words stand in order, for phrases; one field for each place of a query. The text is title, summary,
#: body and imprint, one value each paragraph, with a gap between: a phrase never runs from one into the next.
EXACT_FIELDS = tuple(f"{place}_exact" for place in Place)
#: Text of which only the number of each word is kept.
WORD_FIELDS = tuple(
    f"{place}_{kind}" for place in Place if place in RUNNING_TEXT for kind in ("stem", "lemma")
)
KEYWORD_FIELDS = ("keys", "kind", "language", "country", "desk", "topic", "outlet")

#: A word of the title counts this much more. (The title is in the text, too.)
TITLE_WEIGHT = 2.0


class Term(NamedTuple):
    field: str
    token: str
    weight: float


def weights_of(place: Place) -> list[tuple[Place, float]]:
    """The places of the index where `place` is asked for, and what a word counts there; the weights add up."""
    return [(Place.TEXT, 1.0), (Place.TITLE, TITLE_WEIGHT)] if place is Place.TEXT else [(place, 1.0)]


def terms_of(word: Word) -> list[Term]:
    """Each term by which `word` may be found; it matches where any of them is, and the weights add up."""
    return [
        Term(f"{place}_{kind}", token, weight)
        for kind, tokens in (("stem", word.stems), ("lemma", word.lemmas))
        for token in tokens
        for place, weight in weights_of(word.place)
    ]


def exact_fields(place: Place) -> list[tuple[str, float]]:
    """The fields in which an exact word of `place` may be found, and what it counts there."""
    return [(f"{held}_exact", weight) for held, weight in weights_of(place)]


def text_fields(document: Document) -> dict[str, list[str]]:
    """Field to its values, each a text of tokens."""
    fields: dict[str, list[str]] = {name: [] for name in (*EXACT_FIELDS, *WORD_FIELDS)}
    _put(fields, [Place.TITLE, Place.TEXT], document.title, document.language)
    for paragraph in document.summary.splitlines():
        _put(fields, [Place.SUMMARY, Place.TEXT], paragraph, document.language)
    for paragraph in [*document.paragraphs, *document.imprint]:
        _put(fields, [Place.TEXT], paragraph, document.language)
    for place, names in document.named.items():
        for name in names:
            if exact := _exact(analysis.analyse(name, analysis.TURKISH)):
                fields[f"{place}_exact"].append(exact)
    return fields


def _exact(read: analysis.Analysis) -> str:
    return " ".join(token.exact for token in read.tokens)


def _put(fields: dict[str, list[str]], places: Iterable[Place], text: str, language: str) -> None:
    read = analysis.analyse(text, language)
    if not read.tokens:
        return
    exact = _exact(read)
    stems = " ".join(token.stem for token in read.tokens if token.stem)
    lemmas = [lemma for token in read.tokens for lemma in token.lemmas]
    lemmas += [group.whole for group in read.groups if group.whole]
    for place in places:
        fields[f"{place}_exact"].append(exact)
        fields[f"{place}_stem"].append(stems)
        fields[f"{place}_lemma"].append(" ".join(lemmas))


def keyword_fields(document: Document) -> dict[str, list[str]]:
    """Field to its values, to be matched whole."""
    values = {
        "keys": sorted(document.keys),
        "kind": [document.kind],
        "language": [document.language],
        "country": [document.source_country],
        "desk": [document.desk],
        "topic": list(document.topics),
        "outlet": [document.outlet],
    }
    return {name: [str(value) for value in held if value not in (None, "")] for name, held in values.items()}


def moment(at: datetime) -> int:
    """`at` as microseconds since 1970, in which the index keeps and compares moments."""
    return round(at.timestamp() * 1_000_000)


def moments_of(offered: Offered) -> tuple[datetime | None, datetime | None]:
    """The moments between which `offered` lies, the second one excluded."""
    return offered.start and midnight(offered.start), offered.end and midnight(offered.end)


def newest_key(document: Document) -> int:
    """What `newest first` sorts by: the moment first offered to the second, then the item, as one number."""
    return (int(document.first_offered_at.timestamp()) << 24) | (document.item & 0xFFFFFF)


def record_of(document: Document) -> str:
    """The document as one canonical line, its texts by their hash: what `dump` gives."""
    texts = [document.title, document.summary, *document.paragraphs, *document.imprint]
    return canonical_json(
        {
            "item": document.item,
            "sequence": document.sequence,
            "kind": document.kind,
            "language": document.language,
            "keys": sorted(document.keys),
            "first_offered_at": document.first_offered_at,
            "desk": document.desk,
            "topics": document.topics,
            "outlet": document.outlet,
            "country": document.source_country,
            "number": document.number,
            "named": document.named,
            "url_path": document.url_path,
            "text": hashlib.sha256("\0".join(texts).encode()).hexdigest(),
        }
    )
