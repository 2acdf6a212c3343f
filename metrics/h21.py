"""Indicator H2.1 from its sources: characters offered from the Publication log, users from presence. Only reads.

The figures of characters come from rows of the log up to one head, which is named beside them: the same head gives the
same figures for ever. Nothing that can be edited is asked, not even for an item's kind, which its address says. A
number of users is counted anew for each period and channel, because a sum of smaller distincts is never a distinct.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from bulletin import projections
from bulletin.counting import RULE
from bulletin.freezing import count_content
from bulletin.models import Item, Publication

from .models import Presence
from .months import Month, Year

#: The version of the definition of PG2.1.1, and the kind of item that belongs to it by this version.
DEFINITION = 1
INDICATOR_KIND = Item.Kind.NEWS.value
OTHER_KINDS = tuple(kind for kind in Item.Kind.values if kind != INDICATOR_KIND)
#: While it is the rule that holds, no two rows can have been counted by different ones.
FIRST_RULE = 1
#: Acts that are use; a poll carries nothing.
USE = (Presence.Act.READ.value, Presence.Act.DELIVERY.value)


@dataclass(frozen=True)
class Offered:
    """What was offered: characters with and without spaces, and how many items were offered for the first time."""

    characters: int = 0
    characters_without_spaces: int = 0
    items: int = 0

    def __add__(self, other: "Offered") -> "Offered":
        return Offered(
            self.characters + other.characters,
            self.characters_without_spaces + other.characters_without_spaces,
            self.items + other.items,
        )


NOTHING = Offered()


@dataclass(frozen=True)
class Users:
    """Distinct people with a read or a delivery in a period.

    by_channel: the same for each channel; one person may be in several. only_polled: people whose programs asked and
    never got anything new, who are not among the users. service_accounts: machines that got something, counted apart.
    """

    total: int = 0
    by_channel: dict[str, int] = field(default_factory=dict)
    only_polled: int = 0
    service_accounts: int = 0


@dataclass(frozen=True)
class Daily:
    """What was offered on each day of a period, by kind. Sums of it are figures of longer periods."""

    by_day_and_kind: dict[tuple[date, str], Offered]

    def of(self, day: date, kind: str = INDICATOR_KIND) -> Offered:
        return self.by_day_and_kind.get((day, kind), NOTHING)

    def between(self, first: date, end: date, kind: str = INDICATOR_KIND) -> Offered:
        """From `first` up to, and without, `end`."""
        return sum(
            (
                offered
                for (day, its_kind), offered in self.by_day_and_kind.items()
                if its_kind == kind and first <= day < end
            ),
            NOTHING,
        )


def earliest_month(head: projections.Position) -> Month | None:
    """The month of the first offer there is; None while nothing was ever offered."""
    earliest = _log(head).aggregate(earliest=Min("offered_on"))["earliest"]
    return Month.of(earliest) if earliest else None


def daily(first: date, end: date, head: projections.Position) -> Daily:
    """What was offered on each day from `first` up to, and without, `end`. Costs time by the rows of these days."""
    groups = (
        _rows(first, end, head)
        .values("offered_on", "kind_of_item")
        .annotate(
            characters=Sum("characters_delta"),
            without_spaces=Sum(F("characters_without_spaces") - F("earlier_without_spaces")),
            items=Count("pk", filter=Q(previous_audience__isnull=True)),
        )
    )
    found = {
        (group["offered_on"], group["kind_of_item"]): Offered(
            group["characters"], group["without_spaces"], group["items"]
        )
        for group in groups
    }
    for row, recounted in _recounted(first, end, head):
        key = (row.offered_on, row.kind_of_item)
        found[key] += Offered(0, row.earlier_without_spaces - recounted)
    return Daily(found)


@dataclass(frozen=True)
class Part:
    """What one desk or language offered. name: as published last in the period; empty where a text was destroyed."""

    name: str
    name_en: str
    offered: Offered


def by_desk(first: date, end: date, head: projections.Position) -> list[Part]:
    """News items of the period by desk, the largest first. Characters with spaces alone."""
    desk = "content__metadata__desk__"
    groups = (
        _rows(first, end, head)
        .filter(kind_of_item=INDICATOR_KIND)
        .values(f"{desk}id", f"{desk}name", f"{desk}name_en")
        .annotate(
            characters=Sum("characters_delta"),
            items=Count("pk", filter=Q(previous_audience__isnull=True)),
            newest=Max("sequence"),
        )
    )
    offered: dict[int | None, Offered] = defaultdict(Offered)
    names: dict[int | None, tuple[str, str]] = {}
    for group in sorted(groups, key=lambda group: group["newest"]):
        number = group[f"{desk}id"]
        offered[number] += Offered(group["characters"], 0, group["items"])
        names[number] = (group[f"{desk}name"] or "", group[f"{desk}name_en"] or "")
    return _largest_first(Part(*names[number], offered[number]) for number in offered)


def by_language(first: date, end: date, head: projections.Position) -> list[Part]:
    """News items of the period by language (its code stands as the name), the largest first."""
    groups = (
        _rows(first, end, head)
        .filter(kind_of_item=INDICATOR_KIND)
        .values("language")
        .annotate(
            characters=Sum("characters_delta"),
            items=Count("pk", filter=Q(previous_audience__isnull=True)),
        )
    )
    return _largest_first(
        Part(group["language"], group["language"], Offered(group["characters"], 0, group["items"]))
        for group in groups
    )


def _largest_first(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: (-part.offered.characters, part.name))


# --- The log -----------------------------------------------------------------------------------------------------


def _log(head: projections.Position) -> QuerySet:
    return Publication.objects.filter(sequence__lte=head.sequence).order_by()


def _rows(first: date, end: date, head: projections.Position) -> QuerySet:
    """The rows that count in the period, each with the kind of its item and the count it is compared with.

    The kind is the first word of the address, which is hashed and the same in every row of an item. The log holds the
    difference of the counts with spaces; the one without is taken from the same two rows.
    """
    kind = Case(
        *(When(url_path__startswith=f"/{path}/", then=Value(kind)) for kind, path in Item.KIND_PATHS.items()),
        default=Value(""),
    )
    return (
        _log(head)
        .filter(offered_on__gte=first, offered_on__lt=end)
        .annotate(
            kind_of_item=kind,
            earlier_without_spaces=_of_earlier("characters_without_spaces", default=0),
        )
    )


def _of_earlier(column: str, *, default: int | None) -> Case:
    """`column` of the item's row before; `default` in an item's first row, which has no previous audience."""
    earlier = (
        Publication.objects.filter(item_id=OuterRef("item_id"), sequence__lt=OuterRef("sequence"))
        .order_by("-sequence")
        .values(column)[:1]
    )
    return Case(
        When(previous_audience__isnull=True, then=Value(default)),
        default=Subquery(earlier),
        output_field=IntegerField(),
    )


def _recounted(first: date, end: date, head: projections.Position) -> Iterable[tuple[Publication, int]]:
    """Rows counted by another rule than the row before, each with that row's count by the new rule."""
    if RULE == FIRST_RULE:
        return
    rows = (
        _rows(first, end, head)
        .filter(previous_audience__isnull=False)
        .exclude(kind=Publication.Kind.WITHDRAWN)
        .annotate(earlier_rule=_of_earlier("counting_rule", default=None))
        .exclude(earlier_rule=F("counting_rule"))
    )
    for row in rows:
        earlier = (
            Publication.objects.filter(item_id=row.item_id, sequence__lt=row.sequence)
            .select_related("content")
            .latest("sequence")
        )
        if earlier.content.redacted_at is not None:
            continue  # The text is no more: its count by the old rule stands, as it does in the log.
        yield row, count_content(earlier.content, rule=row.counting_rule).characters_without_spaces


# --- Presence ----------------------------------------------------------------------------------------------------


def users(first: date, end: date) -> Users:
    """PG2.1.2 of the days from `first` up to, and without, `end`."""
    everything = Presence.objects.filter(day__gte=first, day__lt=end).order_by()
    acts = everything.filter(is_service=False)
    used = acts.filter(act__in=USE)
    channels = used.values("channel").annotate(people=Count("person", distinct=True))
    total = number_of_users(first, end)
    everybody = acts.aggregate(people=Count("person", distinct=True))["people"]
    machines = everything.filter(is_service=True, act__in=USE).aggregate(
        machines=Count("person", distinct=True)
    )["machines"]
    by_channel = {row["channel"]: row["people"] for row in channels}
    return Users(total, by_channel, everybody - total, machines)


def used_by_people(first: date, end: date) -> QuerySet[Presence]:
    """The reads and deliveries of people; polls and service accounts are none."""
    days = Presence.objects.filter(day__gte=first, day__lt=end).order_by()
    return days.filter(act__in=USE, is_service=False)


def number_of_users(first: date, end: date) -> int:
    """PG2.1.2 of the days from `first` up to, and without, `end`, and nothing else."""
    used = used_by_people(first, end)
    return used.aggregate(people=Count("person", distinct=True))["people"]


def users_of_each_day(first: date, end: date) -> dict[date, int]:
    """Distinct users of each day that had some. Adding them up gives no number of users."""
    used = used_by_people(first, end)
    rows = used.values("day").annotate(people=Count("person", distinct=True))
    return {row["day"]: row["people"] for row in rows}


def is_measured(period: Month | Year, today: date) -> bool:
    """Whether use was written down in any part of `period`: figures from before are unknown, not nought."""
    if period.first <= today < period.end:
        return True
    earliest = Presence.objects.order_by("day").values_list("day", flat=True).first()
    return earliest is not None and earliest < period.end and period.first <= today
