"""What the search index knows of one item, built from a publication and its frozen content alone.

Called by the indexer. Nothing here reads a field that an editor can change, so an index built anew from the log is the
same as the one that grew with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bulletin.counting import paragraphs
from bulletin.current_items import keys_of_publication
from bulletin.models import Item, Publication
from bulletin.vocabulary import country_in_words, language_in_words

from .query import Place


@dataclass(frozen=True, slots=True)
class Document:
    """One item at one publication.

    offered: False once withdrawn; only `item` and `sequence` matter then. paragraphs: the body as plain text.
    imprint: further words of the item that a reader sees (outlet, speaker, place, number, title of the original).
    named: what a field of a query is compared with, by its place. keys: the entitlement keys that open it.
    first_offered_at: what `newest first` goes by.
    """

    item: int
    sequence: int
    offered: bool
    kind: str
    language: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    imprint: tuple[str, ...]
    named: Mapping[Place, tuple[str, ...]]
    keys: frozenset[str]
    first_offered_at: datetime
    desk: int | None
    topics: tuple[int, ...]
    outlet: int | None
    source_country: str
    number: str
    url_path: str


def document_of(publication: Publication, *, first_offered_at: datetime) -> Document:
    """The document of the item that `publication` (with its content) belongs to."""
    content = publication.content
    metadata = content.metadata
    offered = publication.kind != Publication.Kind.WITHDRAWN
    desk, outlet = metadata.get("desk") or {}, metadata.get("outlet") or {}
    return Document(
        item=publication.item_id,
        sequence=publication.sequence,
        offered=offered,
        kind=metadata.get("kind", ""),
        language=publication.language,
        title=content.title,
        summary=content.summary,
        paragraphs=tuple(paragraphs(content.html)),
        imprint=tuple(imprint_of(metadata)),
        named=named_in(publication.language, metadata),
        keys=keys_of_publication(publication) if offered else frozenset(),
        first_offered_at=first_offered_at,
        desk=desk.get("id"),
        topics=tuple(sorted(topic["id"] for topic in metadata.get("topics", ()))),
        outlet=outlet.get("id"),
        source_country=metadata.get("source_country", ""),
        number=str(metadata.get("number", "")),
        url_path=publication.url_path,
    )


#: What people call each kind.
_KINDS = {
    Item.Kind.NEWS: ("haber", "news"),
    Item.Kind.STATEMENT: ("açıklama", "statement"),
    Item.Kind.BULLETIN: ("bülten", "bulletin"),
}
_STATEMENT_KINDS = {"speech": ("konuşma", "speech"), "remarks": ("demeç", "remarks")}


def named_in(language: str, metadata: Mapping) -> dict[Place, tuple[str, ...]]:
    """The names by which an item can be asked for beside its text, in Turkish and English, as published."""
    desk, outlet = metadata.get("desk") or {}, metadata.get("outlet") or {}
    named = {
        Place.SOURCE: (outlet.get("name", ""),),
        Place.COUNTRY: country_in_words(metadata.get("source_country", "")),
        Place.LANGUAGE: language_in_words(language),
        Place.DESK: (desk.get("name", ""), desk.get("name_en", "")),
        Place.TOPIC: tuple(
            topic[name]
            for topic in metadata.get("topics", ())
            for name in ("name", "name_en")
            if name in topic
        ),
        Place.NUMBER: (str(metadata.get("number") or ""),),
        Place.KIND: (
            *_KINDS.get(metadata.get("kind", ""), ()),
            *_STATEMENT_KINDS.get(metadata.get("statement_kind", ""), ()),
        ),
    }
    return {place: tuple(filter(None, names)) for place, names in named.items()}


def imprint_of(metadata: Mapping) -> Iterator[str]:
    """The words of an item outside title, summary and body that a reader sees, as published."""
    yield from metadata.get("headings", ())
    named = [(metadata.get(name) or {}).get("name", "") for name in ("outlet", "series")]
    plain = [
        str(metadata.get(name) or "")
        for name in ("number", "speaker", "place", "issuing_office", "source_reference", "original_title")
    ]
    yield from filter(None, [*named, *plain])


def first_offers(publications: Sequence[Publication]) -> dict[int, datetime]:
    """When each item of `publications` was first offered, by item."""
    items = {publication.item_id for publication in publications}
    firsts: dict[int, datetime] = {}
    rows = Publication.objects.filter(item_id__in=items).order_by("item_id", "sequence")
    for item, offered_at in rows.values_list("item_id", "offered_at"):
        firsts.setdefault(item, offered_at)
    return firsts
