"""Days as the site writes them, and lists grouped by them.

Moments are UTC inside and Istanbul's here. An item whose day isn't known (an archive text with a year alone) is
grouped under its year, never under a first of January that nobody vouched for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, gettext

#: Day, month, year and weekday in the order of each language.
FULL_DAY = {"tr": "j F Y l", "en": "l j F Y"}
APPROXIMATE = "year"


@dataclass
class DayGroup:
    """The items of one day of a list. `day` is None where only the year is known."""

    label: str
    day: date | None
    items: list = field(default_factory=list)


def full_day(day: date) -> str:
    """`23 Kasım 2026 Pazartesi`, `Monday 23 November 2026`."""
    return format_date(day, FULL_DAY.get(get_language() or "tr", "j F Y l"))


def plain_day(day: date) -> str:
    """`23 Kasım 2026`."""
    return format_date(day, "j F Y")


def year_alone(day: date) -> str:
    """`1906 (günü bilinmiyor)`."""
    return gettext("%(year)s (günü bilinmiyor)") % {"year": day.year}


def dated(day: str | date | None, precision: str = "day") -> str:
    """A date of an item's metadata (ISO 8601) in words; `1906 (günü bilinmiyor)` where only the year is known."""
    if not day:
        return ""
    if isinstance(day, str):
        day = date.fromisoformat(day)
    if precision == APPROXIMATE:
        return year_alone(day)
    return plain_day(day)


def clock(moment: datetime) -> str:
    """`14:05` in Istanbul; empty at midnight sharp, which is how a date without an hour is kept."""
    local = timezone.localtime(moment)
    return "" if local.time() == time(0) else format_date(local, "H:i")


def machine_time(moment: datetime) -> str:
    """ISO 8601 with Istanbul's offset and whole seconds, as HTML's `datetime` and the sitemap take it."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def grouped_by_day(items: Iterable) -> list[DayGroup]:
    """`items` (CurrentItem with their published content) in their order, cut where the day changes."""
    groups: list[DayGroup] = []
    for item in items:
        day: date | None = item.first_offered_on
        label = ""
        if (
            item.kind == "statement"
            and item.publication.content.metadata.get("date_precision") == APPROXIMATE
        ):
            label, day = year_alone(item.first_offered_on), None
        label = label or full_day(item.first_offered_on)
        if not groups or groups[-1].label != label:
            groups.append(DayGroup(label, day))
        groups[-1].items.append(item)
    return groups
