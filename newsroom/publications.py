"""The Publication log of one item, told to editors: what was offered, when, by whom."""

from dataclasses import dataclass

from bulletin.models import Item, Publication
from subscribers.models import User

#: Rows shown at most; the rest is told as a number.
SHOWN = 50


@dataclass(frozen=True)
class ToldPublication:
    """A row of the log. actor: the person's name; "" for the system, and for a person no longer known."""

    row: Publication
    actor: str


@dataclass(frozen=True)
class ToldPublications:
    """rows: newest first, at most SHOWN. more: how many older ones there are."""

    rows: list[ToldPublication]
    more: int = 0


def publications_of(item: Item) -> ToldPublications:
    """The rows of `item`; three queries at most."""
    if item.pk is None:
        return ToldPublications([])
    log = Publication.objects.filter(item_id=item.pk)
    rows = list(log.order_by("-sequence")[: SHOWN + 1])
    more = log.count() - SHOWN if len(rows) > SHOWN else 0
    rows = rows[:SHOWN]
    actors = {row.actor for row in rows if row.actor}
    names = {user.uuid: user.display_name for user in User.objects.filter(uuid__in=actors)}
    return ToldPublications([ToldPublication(row, names.get(row.actor, "")) for row in rows], more)


def was_published(item: Item) -> bool:
    """Whether the log names `item`, so that it can't be deleted."""
    return item.pk is not None and Publication.objects.filter(item_id=item.pk).exists()
