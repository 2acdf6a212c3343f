"""Days as people write them into an address, and the moments at which they begin.

Moments are UTC inside and Istanbul's at the edge: the lists' filters, search and the sitemap ask here for both.
"""

import re
from datetime import date, datetime, time, timedelta

from django.utils import timezone

#: Years that are taken; the archive begins in 1906, and nothing is offered in the far future.
FIRST_YEAR, LAST_YEAR = 1800, 2200

#: `2026-11-23`, as a date field sends it, and `23.11.2026`, as it is written in Turkey.
LAYOUTS = ("%Y-%m-%d", "%d.%m.%Y")


def midnight(day: date) -> datetime:
    """The beginning of `day` in Istanbul. Raises OverflowError on the first and last days of the calendar."""
    return timezone.make_aware(datetime.combine(day, time(0)), timezone.get_default_timezone())


def read_day(text: str) -> date | None:
    """The day that `text` names; None where it names none, or one in a year that isn't taken."""
    for layout in LAYOUTS:
        try:
            day = datetime.strptime(text, layout).date()  # noqa: DTZ007 - a day of the calendar has no zone
        except ValueError:
            continue
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    return None


def read_days(text: str) -> tuple[date, date] | None:
    """The days that `text` names, the first and the one after the last: a day, a month (2026-03) or a year (2026).

    None where it names none.
    """
    if day := read_day(text):
        return day, day + timedelta(days=1)
    named = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?", text, re.ASCII)
    if named is None or not FIRST_YEAR <= int(named[1]) <= LAST_YEAR:
        return None
    year, month = int(named[1]), int(named[2] or 0)
    if named[2] is None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    if not 1 <= month <= 12:
        return None
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
