"""Every figure of users that any page or table shows, to be compared before and after something that changes none."""

from datetime import date

from bulletin import projections
from metrics import agency_usage, reports, tables
from metrics.months import Month, Year

YEARS = (2024, 2025, 2026)
#: Months in which the tests write use, those beside which these are shown, and one before all use.
MONTHS = [
    *(Month(2024, number) for number in (11, 12)),
    *(Month(2025, number) for number in (1, 2, 3, 4, 5, 6, 12)),
    *(Month(2026, number) for number in (1, 2, 3)),
]
AGENCIES = (1, 2, 3)


def figures(today: date) -> list:
    """Of the months of `MONTHS` that have begun on `today`, of `YEARS`, and of `AGENCIES` in these months."""
    head = projections.head()
    shown = []
    for year in YEARS:
        report = reports.year_report(Year(year), head, today)
        shown += [report, tables.year_table(report)]
    for month in MONTHS:
        if month.first <= today:
            report = reports.month_report(month, head, today)
            shown += [report, tables.month_table(report)]
    return [*shown, *(agency_usage.usage_of(number, MONTHS) for number in AGENCIES)]
