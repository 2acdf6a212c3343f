"""Days as people write them into an address, and the moments at which they begin.

Moments are UTC inside and Istanbul's at the edge: the lists' filters, search and the sitemap ask here for both.
"""

from datetime import date, datetime, time

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
