"""The yearly evaluation of use: closing a year freezes its figures of users, so that its day rows can be destroyed.

Whoever may close years does it once, after the year is over. From then on `use_of` answers for that year from the
closed row and not from presence any more: the figures stay to the last one when the rows behind them are gone. Rows
that come later still (a journal found on another machine) are of no year's figures and are destroyed with the rest.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import Error as DatabaseFailure
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bulletin import projections
from subscribers import audit, destruction
from subscribers.audit_kinds import AuditKind
from subscribers.canonical import digest
from subscribers.destruction import Destroyed
from subscribers.locks import snapshot
from subscribers.models import User

from . import h21, presence
from .agency_usage import counted
from .models import ClosedYear, Presence
from .months import Month, Year

#: The form in which figures are written today.
FORMAT = 1


@dataclass(frozen=True)
class YearToClose:
    """A year that is over and not closed. is_late: its evaluation was due by the end of February."""

    year: Year
    is_late: bool


def years_to_close(today: date) -> list[YearToClose]:
    """Years with use that are over and not closed, the oldest first."""
    closed = set(ClosedYear.objects.values_list("year", flat=True))
    years = [day.year for day in Presence.objects.dates("day", "year")]
    return [
        YearToClose(Year(year), today >= date(year + 1, 3, 1))
        for year in years
        if year not in closed and Year(year).end <= today
    ]


def close(year: Year, *, by: User) -> ClosedYear:
    """Closes `year` for good. Raises ValidationError for one that isn't over, is closed already or had no use."""
    if year.end > presence.today():
        raise ValidationError(_("%(year)s yılı bitmedi; değerlendirmesi kapatılamaz.") % {"year": year.label})
    if ClosedYear.objects.filter(year=year.year).exists():
        raise ValidationError(_closed_already(year))
    try:
        presence.fold()
    except (DatabaseFailure, OSError) as error:
        raise ValidationError(
            _(
                "Dosyada bekleyen kullanım kayıtları şu anda işlenemiyor; yıl kapatılmadı. Sonra yeniden deneyin."
            )
        ) from error
    with snapshot():
        if not Presence.objects.filter(day__gte=year.first, day__lt=year.end).exists():
            raise ValidationError(_("%(year)s yılında kullanım ölçülmedi.") % {"year": year.label})
        head = projections.head()
        figures = figures_of(year, head)
    try:
        with transaction.atomic():
            closed = ClosedYear.objects.create(
                year=year.year,
                closed_at=timezone.now(),
                closed_by=by.uuid,
                figures=figures,
                head_sequence=head.sequence,
                head_hash=head.hash,
                digest=digest(figures),
            )
            audit.record(
                AuditKind.YEAR_CLOSED,
                actor=by.uuid,
                details={"year": year.year, "head": f"{head.sequence}:{head.hash}", "digest": closed.digest},
            )
    except IntegrityError as error:
        raise ValidationError(_closed_already(year)) from error
    return closed


def _closed_already(year: Year) -> str:
    return _("%(year)s yılının değerlendirmesi zaten kapatılmış.") % {"year": year.label}


def figures_of(year: Year, head: projections.Position) -> dict:
    """Every figure of users that is shown of `year` anywhere, and its characters up to `head`; names nobody."""
    daily = h21.daily(year.first, year.end, head)
    return {
        "format": FORMAT,
        "users": _users(h21.users(year.first, year.end)),
        "characters": _characters(daily, year.first, year.end),
        "months": [
            {
                "users": _users(h21.users(month.first, month.end)),
                "days": _by_day(month),
                "from_first": _from_first(month),
                "characters": _characters(daily, month.first, month.end),
            }
            for month in year.months
        ],
        "first_day": Presence.objects.order_by("day").values_list("day", flat=True).first().isoformat(),
        "agencies": _agencies(year),
    }


def _users(users: h21.Users) -> dict:
    return {
        "total": users.total,
        "by_channel": users.by_channel,
        "only_polled": users.only_polled,
        "service_accounts": users.service_accounts,
    }


def _characters(daily: h21.Daily, first: date, end: date) -> dict:
    offered = {kind: daily.between(first, end, kind) for kind in (h21.INDICATOR_KIND, *h21.OTHER_KINDS)}
    return {
        kind: [figures.characters, figures.characters_without_spaces, figures.items]
        for kind, figures in offered.items()
    }


def _by_day(month: Month) -> list[int]:
    use = h21.users_of_each_day(month.first, month.end)
    return [use.get(day, 0) for day in month.days]


def _from_first(month: Month) -> list[int]:
    """For each day, the distinct users from the first of the month up to and with it."""
    first_days: dict = {}
    rows = h21.used_by_people(month.first, month.end).values_list("person", "day").distinct().order_by("day")
    for person, day in rows.iterator():
        first_days.setdefault(person, day)
    new = dict.fromkeys(month.days, 0)
    for day in first_days.values():
        new[day] += 1
    sums, so_far = [], 0
    for day in month.days:
        so_far += new[day]
        sums.append(so_far)
    return sums


def _agencies(year: Year) -> dict[str, list]:
    """By number of the agency: for each month its users and the same by channel."""
    used = h21.used_by_people(year.first, year.end)
    numbers = sorted(set(used.values_list("agency_id", flat=True)))
    return {str(number): [counted(number, month) for month in year.months] for number in numbers}


# --- Use of a period, from wherever it is known -------------------------------------------------------------------


def closed(year: int) -> ClosedYear | None:
    """The closed row of `year`, if it was closed."""
    return ClosedYear.objects.filter(year=year).first()


@dataclass(frozen=True)
class Use:
    """The figures of users of one calendar year: from its closed row, or from presence while there is none."""

    year: Year
    row: ClosedYear | None

    def _month(self, month: Month) -> dict:
        return self.row.figures["months"][month.number - 1]

    def is_measured(self, period: Month | Year, today: date) -> bool:
        """Whether use was written down in any part of `period`."""
        if self.row is None:
            return h21.is_measured(period, today) or _is_closed_before(period)
        return date.fromisoformat(self.row.figures["first_day"]) < period.end

    def of_month(self, month: Month, end: date) -> h21.Users:
        """Of the days from the month's first up to, and without, `end`; a closed month whole."""
        return h21.users(month.first, end) if self.row is None else h21.Users(**self._month(month)["users"])

    def number_until(self, month: Month, end: date) -> int:
        """Distinct users from the month's first up to, and without, `end`, which lies within the month."""
        if self.row is None:
            return h21.number_of_users(month.first, end)
        return self._month(month)["from_first"][(end - month.first).days - 1]

    def of_each_day(self, month: Month, end: date) -> dict[date, int]:
        """Distinct users of each day; a day without any may be missing."""
        if self.row is None:
            return h21.users_of_each_day(month.first, end)
        return dict(zip(month.days, self._month(month)["days"], strict=True))

    def by_month(self) -> dict[Month, int]:
        """Distinct users of each month of the year."""
        if self.row is None:
            return {month: h21.number_of_users(month.first, month.end) for month in self.year.months}
        return {month: self._month(month)["users"]["total"] for month in self.year.months}

    def of_year(self) -> int:
        """Distinct users of the whole year, which is no sum of those of its months."""
        if self.row is None:
            return h21.number_of_users(self.year.first, self.year.end)
        return self.row.figures["users"]["total"]


def use_of(year: int) -> Use:
    return Use(Year(year), closed(year))


def _is_closed_before(period: Month | Year) -> bool:
    """Whether use was measured in an earlier year whose rows are gone: what came later was measured too."""
    return period.first <= presence.today() and ClosedYear.objects.filter(year__lt=period.first.year).exists()


# --- Destruction ---------------------------------------------------------------------------------------------------


def destroy_day_rows(before: datetime, now: datetime) -> int:
    """The day rows of years closed before `before`, month by month, each with its record; how many there were.

    A year that isn't closed keeps its rows however old they are.
    """
    rows = 0
    for year in (
        ClosedYear.objects.filter(closed_at__lt=before).order_by("year").values_list("year", flat=True)
    ):
        for month in Year(year).months:
            rows += _destroy_month(year, month)
    return rows


@transaction.atomic
def _destroy_month(year: int, month: Month) -> int:
    destruction.begin()
    doomed = Presence.objects.filter(day__gte=month.first, day__lt=month.end)
    number = doomed._raw_delete(doomed.db)
    destruction.tell(
        [
            Destroyed(
                "use",
                "metrics.Presence",
                number,
                first_day=month.first,
                last_day=month.end - timedelta(days=1),
            )
        ]
    )
    return number
