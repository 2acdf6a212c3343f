"""An agency's own usage, month by month: how many of its people used the bulletin, and how. Never who.

Shown to the agency's coordinator and to administrators. Counted as PG2.1.2 is, for one agency's number; the days of an
agency that was merged into it stay with that agency.
"""

from dataclasses import dataclass

from django.db.models import Count

from .h21 import used_by_people
from .models import ClosedYear, Presence
from .months import Month

#: The twelve months of a year in which nobody of an agency used anything.
NO_USE = [{"people": 0, "by_channel": {}}] * 12


@dataclass(frozen=True)
class MonthOfUse:
    """people: distinct users of the month. by_channel: the same for each channel that had any, in the order of
    `Presence.Channel`; one person may be in several.
    """

    month: Month
    people: int
    by_channel: list[tuple[str, int]]


def usage_of(agency_id: int, months: list[Month]) -> list[MonthOfUse]:
    """The use of each of `months` by the people of one agency. Two queries for each month of a year not closed."""
    closed = {
        row.year: row.figures["agencies"].get(str(agency_id), NO_USE)
        for row in ClosedYear.objects.filter(year__in={month.year for month in months})
    }
    return [
        _in_words(
            month, closed[month.year][month.number - 1] if month.year in closed else counted(agency_id, month)
        )
        for month in months
    ]


def counted(agency_id: int, month: Month) -> dict:
    """What is kept of a month of an agency: `people` and `by_channel`."""
    used = used_by_people(month.first, month.end).filter(agency_id=agency_id)
    people = used.aggregate(people=Count("person", distinct=True))["people"]
    channels = dict(used.values_list("channel").annotate(Count("person", distinct=True)))
    return {"people": people, "by_channel": channels}


def _in_words(month: Month, use: dict) -> MonthOfUse:
    channels = use["by_channel"]
    return MonthOfUse(
        month,
        use["people"],
        [(label, channels[name]) for name, label in Presence.Channel.choices if name in channels],
    )


def last_months(today, number: int) -> list[Month]:
    """The month of `today` and those before it, `number` in all, the newest first."""
    months = [Month.of(today)]
    while len(months) < number:
        months.append(months[-1].previous())
    return months
