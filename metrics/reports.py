"""The month and the year of H2.1, put together for the page and for the table that is downloaded.

`metrics.views` asks for one of the two; both name the head of the log they were made at. Comparisons of a month that
isn't over are with the same days of the other month.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from bulletin import projections
from bulletin.models import Item

from . import h21
from .closed_years import use_of
from .h21 import NOTHING, Daily, Offered, Part, Users
from .months import Month, Year, day_of_year_before


@dataclass(frozen=True)
class Day:
    """One day of a month. cumulative: characters of news items with spaces since the month began. users: distinct.

    year_before: what was offered on the same day of the year before; None on a 29 February, which has none.
    """

    date: date
    news: Offered
    cumulative: int
    others: dict[str, int]
    users: int | None
    year_before: Offered | None


@dataclass(frozen=True)
class Comparison:
    """Another month beside the one shown, over as many days. users is None where use wasn't measured then."""

    month: Month
    news: Offered
    users: int | None
    change: int
    percent: float | None


@dataclass(frozen=True)
class MonthReport:
    """The figures of a month. days: those that have begun. users: None where use wasn't measured then.

    comparisons: with the month before, then with the same month of the year before.
    """

    month: Month
    head: projections.Position
    is_over: bool
    news: Offered
    others: dict[str, Offered]
    days: list[Day]
    users: Users | None
    comparisons: list[Comparison]
    cumulative_year_before: list[int]
    desks: list[Part]
    languages: list[Part]

    @property
    def is_empty(self) -> bool:
        return self.news == NOTHING and all(offered == NOTHING for offered in self.others.values())

    @property
    def year_before(self) -> Comparison:
        """The same month of the year before; as many of its days as this one has, while it isn't over."""
        return self.comparisons[-1]

    @property
    def counts_a_leap_day_before(self) -> bool:
        """Whether `year_before` holds a 29 February that this month has no day for."""
        return self.is_over and len(self.year_before.month.days) > len(self.days)

    @property
    def last_day(self) -> date:
        return self.days[-1].date


@dataclass(frozen=True)
class MonthOfYear:
    """One month of a year. is_open: not over, or not begun; then figures are of the days so far, or none."""

    month: Month
    has_begun: bool
    is_over: bool
    news: Offered
    others: dict[str, int]
    users: int | None
    year_before: Offered


@dataclass(frozen=True)
class YearReport:
    """The figures of a year, month by month. users: distinct in the year, None where use wasn't measured then.

    year_before, users_year_before: the whole of the year before.
    """

    year: Year
    head: projections.Position
    is_over: bool
    months: list[MonthOfYear]
    news: Offered
    others: dict[str, int]
    users: int | None
    year_before: Offered
    users_year_before: int | None


def month_report(month: Month, head: projections.Position, today: date) -> MonthReport:
    """The figures of `month`, which has begun, from the log up to `head`."""
    days = [day for day in month.days if day <= today]
    end = days[-1] + timedelta(days=1)
    previous, before = month.previous(), month.year_before()
    daily = h21.daily(previous.first, end, head)
    daily_before = h21.daily(before.first, before.end, head)
    use = use_of(month.year)
    users_of_day = use.of_each_day(month, end)
    is_measured = use.is_measured(month, today)
    rows, cumulative = [], 0
    for day in days:
        cumulative += daily.of(day).characters
        same_day = day_of_year_before(day)
        rows.append(
            Day(
                date=day,
                news=daily.of(day),
                cumulative=cumulative,
                others={kind: daily.of(day, kind).characters for kind in h21.OTHER_KINDS},
                users=users_of_day.get(day, 0) if is_measured else None,
                year_before=daily_before.of(same_day) if same_day else None,
            )
        )
    news = daily.between(month.first, end)
    return MonthReport(
        month=month,
        head=head,
        is_over=month.end <= today,
        news=news,
        others={kind: daily.between(month.first, end, kind) for kind in h21.OTHER_KINDS},
        days=rows,
        users=use.of_month(month, end) if is_measured else None,
        comparisons=[
            _comparison(other, its_daily, news, len(days), month.end <= today, today)
            for other, its_daily in ((previous, daily), (before, daily_before))
        ],
        cumulative_year_before=_cumulative(before, daily_before),
        desks=h21.by_desk(month.first, end, head),
        languages=h21.by_language(month.first, end, head),
    )


def _comparison(
    other: Month, daily: Daily, news: Offered, days: int, is_over: bool, today: date
) -> Comparison:
    end = other.end if is_over else min(other.end, other.first + timedelta(days=days))
    its_news = daily.between(other.first, end)
    its_use = use_of(other.year)
    change = news.characters - its_news.characters
    return Comparison(
        month=other,
        news=its_news,
        users=its_use.number_until(other, end) if its_use.is_measured(other, today) else None,
        change=change,
        percent=100 * change / its_news.characters if its_news.characters > 0 else None,
    )


def _cumulative(month: Month, daily: Daily) -> list[int]:
    """Characters of news items with spaces from the month's beginning to each of its days."""
    sums, so_far = [], 0
    for day in month.days:
        so_far += daily.of(day).characters
        sums.append(so_far)
    return sums


def year_report(year: Year, head: projections.Position, today: date) -> YearReport:
    """The figures of `year`, which has begun, from the log up to `head`, beside those of the year before."""
    before = Year(year.year - 1)
    daily = h21.daily(before.first, year.end, head)
    use, use_before = use_of(year.year), use_of(before.year)
    users_of_month = use.by_month()
    months = []
    for month in year.months:
        months.append(
            MonthOfYear(
                month=month,
                has_begun=month.first <= today,
                is_over=month.end <= today,
                news=daily.between(month.first, month.end),
                others={
                    kind: daily.between(month.first, month.end, kind).characters for kind in h21.OTHER_KINDS
                },
                users=users_of_month[month] if use.is_measured(month, today) else None,
                year_before=daily.between(month.year_before().first, month.year_before().end),
            )
        )
    return YearReport(
        year=year,
        head=head,
        is_over=year.end <= today,
        months=months,
        news=daily.between(year.first, year.end),
        others={kind: daily.between(year.first, year.end, kind).characters for kind in h21.OTHER_KINDS},
        users=use.of_year() if use.is_measured(year, today) else None,
        year_before=daily.between(before.first, before.end),
        users_year_before=use_before.of_year() if use_before.is_measured(before, today) else None,
    )


def kind_label(kind: str) -> str:
    """The kind's name in the language of the interface."""
    return str(Item.Kind(kind).label)
