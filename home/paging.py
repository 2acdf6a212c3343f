"""Pages of a long list, by position and not by number.

A page is named by the item it begins after (`?once=`: older than) or ends before (`?sonra=`: newer than), so the
thousandth page costs what the first does, and a page doesn't shift while new items come in.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext

PAGE_SIZE = 40
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
POSITION = re.compile(r"(-?\d{1,18})\.(\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class Position:
    """Where an item stands in a list ordered by first offered, then number."""

    moment: datetime
    item_id: int

    def __str__(self) -> str:
        return f"{(self.moment - EPOCH) // timedelta(microseconds=1)}.{self.item_id}"

    @classmethod
    def of(cls, item) -> "Position":
        return cls(item.first_offered_at, item.pk)

    @classmethod
    def read(cls, text: str) -> "Position | None":
        """The position that `text` writes, or None."""
        match = POSITION.fullmatch(text)
        if not match:
            return None
        try:
            return cls(EPOCH + timedelta(microseconds=int(match[1])), int(match[2]))
        except OverflowError:
            return None


@dataclass
class ListPage:
    """One page. newer and older are queries (`sonra=…`, `once=…`) of the pages beside it, empty where there is none."""

    items: list
    newer: str = ""
    older: str = ""
    problem: str = ""
    is_first: bool = True


def page_of(items: QuerySet, asked: QueryDict) -> ListPage:
    """The page of `items` (CurrentItem, newest first) that the address asks for; the newest where it asks for none.

    One query, at most two. A position that can't be read gives the newest page and a sentence.
    """
    for name, older in (("once", True), ("sonra", False)):
        if asked.get(name):
            position = Position.read(asked[name])
            if position is None:
                page = _newest(items)
                page.problem = gettext("Sayfanın adresi okunamadı; listenin başı gösteriliyor.")
                return page
            return _older_than(items, position) if older else _newer_than(items, position)
    return _newest(items)


def _newest(items: QuerySet) -> ListPage:
    rows = list(items.newest_first()[: PAGE_SIZE + 1])
    return _page(rows[:PAGE_SIZE], more_older=len(rows) > PAGE_SIZE, more_newer=False)


def _older_than(items: QuerySet, position: Position) -> ListPage:
    # The first condition repeats the second so that the database can walk its index from there.
    older = items.filter(first_offered_at__lte=position.moment).filter(
        Q(first_offered_at__lt=position.moment) | Q(item_id__lt=position.item_id)
    )
    rows = list(older.newest_first()[: PAGE_SIZE + 1])
    return _page(rows[:PAGE_SIZE], more_older=len(rows) > PAGE_SIZE, more_newer=True)


def _newer_than(items: QuerySet, position: Position) -> ListPage:
    newer = items.filter(first_offered_at__gte=position.moment).filter(
        Q(first_offered_at__gt=position.moment) | Q(item_id__gt=position.item_id)
    )
    rows = list(newer.newest_first().reverse()[: PAGE_SIZE + 1])
    if len(rows) <= PAGE_SIZE:
        return _newest(items)
    return _page(rows[:PAGE_SIZE][::-1], more_older=True, more_newer=True)


def _page(rows: list, *, more_older: bool, more_newer: bool) -> ListPage:
    return ListPage(
        rows,
        newer=f"sonra={Position.of(rows[0])}" if rows and more_newer else "",
        older=f"once={Position.of(rows[-1])}" if rows and more_older else "",
        is_first=not more_newer,
    )
