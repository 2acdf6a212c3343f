"""Every figure of users that any page or table shows, to be compared before and after something that changes none."""

from datetime import date

from bulletin import projections
from metrics import agency_usage, reports, tables
from metrics.months import Year

YEARS = (2024, 2025, 2026)
AGENCIES = (1, 2, 3)


def figures(today: date) -> list:
    """Of all months and years of `YEARS` that have begun on `today`, and of `AGENCIES`."""
    head = projections.head()
    shown = []
    for year in YEARS:
        report = reports.year_report(Year(year), head, today)
        shown += [report, tables.year_table(report)]
        for month in Year(year).months:
            if month.first <= today:
                report = reports.month_report(month, head, today)
                shown += [report, tables.month_table(report)]
    months = [month for year in YEARS for month in Year(year).months]
    return [*shown, *(agency_usage.usage_of(number, months) for number in AGENCIES)]
