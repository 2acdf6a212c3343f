"""Which publication last changed a feed for a reader: what decides whether its bytes are still true.

`feeds.projection` keeps the answer in `FeedChange`; `newest_change` adds what the projection has not seen yet straight
from the log, so that a feed is never late, whether or not a worker runs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bulletin import projections
from bulletin.current_items import keys_of_publication
from bulletin.models import Item, ProjectionPosition, Publication

from .models import FeedChange

PROJECTION = "feeds"
#: The key of a change that concerns every reader: a redacted text no longer says by which desk, topic or series it
#: was read, so whatever was made before it went is out of date.
EVERYBODY = "*"
#: Publications that the projection may be behind before readers stop looking at each of them.
LAG = 500


@dataclass(frozen=True)
class Change:
    """A publication, as far as a feed needs to know it. recorded_at is None for the beginning, before any."""

    sequence: int = 0
    hash: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Touched:
    """The feed that a publication changes, and the keys of the readers it changes it for."""

    kind: str
    keys: frozenset[str]
    change: Change


def touched_by(publications: Sequence[Publication]) -> Iterator[Touched]:
    """What each of `publications`, with their content at hand, changes; in order.

    Besides the readers to whom it is open now, it is those to whom the item was open before.
    """
    kinds = dict(
        Item.objects.filter(pk__in={publication.item_id for publication in publications}).values_list(
            "pk", "kind"
        )
    )
    for publication in publications:
        keys = keys_of_publication(publication)
        redacted = publication.content.redacted_at is not None
        if publication.previous_audience is not None:
            previous = _previous(publication)
            keys |= keys_of_publication(previous)
            redacted = redacted or previous.content.redacted_at is not None
        if redacted:
            keys |= {EVERYBODY}
        change = Change(publication.sequence, publication.hash, publication.recorded_at)
        yield Touched(kinds[publication.item_id], keys, change)


def _previous(publication: Publication) -> Publication:
    return (
        Publication.objects.filter(item_id=publication.item_id, sequence__lt=publication.sequence)
        .select_related("content")
        .latest("sequence")
    )


def position() -> projections.Position:
    """How far `FeedChange` follows the log."""
    row = ProjectionPosition.objects.filter(pk=PROJECTION).first()
    return projections.Position(row.sequence, row.hash) if row else projections.Position()


def newest_change(kind: str, keys: Iterable[str]) -> Change:
    """The newest publication that changed the feed of `kind` for readers who hold `keys`.

    Where the projection is far behind, or stands on a log that is no longer this one (a restored backup), every
    publication is taken to have changed every feed until it has caught up: safe, if more than is needed.
    """
    keys = frozenset({*keys, EVERYBODY})
    applied = position()
    rows = Publication.objects.filter(sequence__gte=applied.sequence).order_by("sequence")
    unseen = list(rows.values_list("sequence", "hash")[: LAG + 2])
    if applied.sequence and (not unseen or unseen.pop(0) != (applied.sequence, applied.hash)):
        return _newest_of_all()
    if len(unseen) > LAG:
        return _newest_of_all()
    if unseen:
        seen_late = [
            touched.change
            for touched in touched_by(list(rows.exclude(pk=applied.sequence).select_related("content")))
            if touched.kind == kind and not keys.isdisjoint(touched.keys)
        ]
        if seen_late:
            return seen_late[-1]
    row = FeedChange.objects.filter(kind=kind, key__in=sorted(keys)).order_by("-sequence").first()
    return Change(row.sequence, row.hash, row.recorded_at) if row else Change()


def _newest_of_all() -> Change:
    newest = Publication.objects.order_by("-sequence").first()
    return Change(newest.sequence, newest.hash, newest.recorded_at) if newest else Change()
