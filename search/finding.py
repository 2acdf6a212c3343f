"""From what is asked to what a reader is shown: asks the engine, and asks the database again.

Called by the results page. The index may stand behind the log by a moment (or by an hour, when the engine was away):
what is shown is always read from `CurrentItem` under the reader's keys, and what has been withdrawn or closed to the
reader since the index's position is not counted either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from bulletin import projections
from bulletin.counting import paragraphs
from bulletin.models import CurrentItem, Publication

from .asked import MAXIMUM_PAGE, PAGE_SIZE, Asked
from .documents import imprint_of
from .engines import engine
from .engines.protocol import Hit
from .highlighting import marked, passage
from .query import Node, Place
from .query_language import parse

#: Publications that the index may lack before a search says that it is behind instead of looking each up.
BOUND_OF_LAG = 2_000
#: Code points of a body's HTML in which a passage is looked for.
MAXIMUM_HTML = 50_000


@dataclass(frozen=True)
class FoundItem:
    """One hit as the list shows it. item: its CurrentItem; the rest is safe HTML with `<mark>`."""

    item: CurrentItem
    headline_html: SafeString
    passage_html: SafeString


@dataclass(frozen=True)
class Found:
    """One page of results. total: all that match, None while the index is being built. notices: sentences."""

    rows: list[FoundItem] = field(default_factory=list)
    total: int | None = 0
    notices: list[str] = field(default_factory=list)
    asked_anything: bool = True
    has_next: bool = False


def find(asked: Asked, keys: frozenset[str]) -> Found:
    """What a holder of `keys` finds. Raises EngineUnavailable."""
    target = engine()
    parsed = parse(asked.text, languages=target.languages())
    if parsed.node is None:
        return Found(notices=parsed.notices, asked_anything=False)
    closed = _closed_since(target.position().sequence, keys)
    results = target.search(
        parsed.node,
        keys=keys,
        filters=asked.filters,
        order=asked.order,
        offset=asked.offset,
        limit=PAGE_SIZE,
        without=closed or frozenset(),
    )
    notices = list(parsed.notices)
    if closed is None:
        notices.append(gettext("Arama dizini güncelleniyor: sonuçlar eksik olabilir."))
    current = _readable([hit.item for hit in results.hits], keys)
    return Found(
        rows=[_shown(current[hit.item], parsed.node) for hit in results.hits if hit.item in current],
        total=None if closed is None else results.total - _gone_meanwhile(results.hits, current),
        notices=notices,
        has_next=asked.page < MAXIMUM_PAGE and results.total > asked.offset + PAGE_SIZE,
    )


def _closed_since(sequence: int, keys: frozenset[str]) -> frozenset[int] | None:
    """The items changed after the publication `sequence` that a holder of `keys` may not read now.

    None where more has changed than is worth looking up.
    """
    head = projections.head().sequence
    if head <= sequence:
        return frozenset()
    if head - sequence > BOUND_OF_LAG:
        return None
    changed = set(Publication.objects.filter(sequence__gt=sequence).values_list("item_id", flat=True))
    readable = CurrentItem.objects.readable_by(keys).filter(pk__in=changed).values_list("pk", flat=True)
    return frozenset(changed - set(readable))


def _readable(items: list[int], keys: frozenset[str]) -> dict[int, CurrentItem]:
    rows = CurrentItem.objects.readable_by(keys).filter(pk__in=items).select_related("publication__content")
    return {row.pk: row for row in rows}


def _gone_meanwhile(hits: tuple[Hit, ...], current: Mapping[int, CurrentItem]) -> int:
    """Hits of this page that were withdrawn or closed between the two questions."""
    return sum(hit.item not in current for hit in hits)


def _shown(current: CurrentItem, query: Node) -> FoundItem:
    content = current.publication.content
    summary = ((Place.SUMMARY, line) for line in content.summary.splitlines())
    rest = chain(paragraphs(content.html[:MAXIMUM_HTML]), imprint_of(content.metadata))
    return FoundItem(
        item=current,
        headline_html=marked(current.title, query, current.language),
        passage_html=passage(chain(summary, ((Place.TEXT, text) for text in rest)), query, current.language),
    )
