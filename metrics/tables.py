"""The table of H2.1 as it is downloaded: CSV that Turkish spreadsheets open as it is.

UTF-8 with a byte order mark, fields divided by semicolons, lines ended by CR LF, numbers as plain digits, days as
ISO 8601. One row for each day (or month), then one for the whole, each beside the same of the year before; the last
column names the head of the log, so that a file tells by itself what it was made from. A cell is empty where there is
no figure: what isn't known, a day that the year before didn't have, and its users in the rows that aren't the whole.
No cell holds words that anybody outside wrote.
"""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext

from bulletin.projections import Position

from .h21 import OTHER_KINDS, Offered
from .reports import MonthReport, YearReport, kind_label

BYTE_ORDER_MARK = "\ufeff"


def month_table(report: MonthReport) -> str:
    rows = [
        _row(
            gettext("gün"),
            day.date.isoformat(),
            day.news,
            day.cumulative,
            day.others.values(),
            day.users,
            _year_before(day.year_before),
        )
        for day in report.days
    ]
    whole = _row(
        gettext("ay") if report.is_over else gettext("ay (tamamlanmadı)"),
        report.month.first.strftime("%Y-%m"),
        report.news,
        report.news.characters,
        (offered.characters for offered in report.others.values()),
        report.users.total if report.users else None,
        _year_before(report.year_before.news, report.year_before.users),
    )
    return _written([*rows, whole], report.head, gettext("geçen yılın aynı günleri"))


def year_table(report: YearReport) -> str:
    rows = []
    cumulative = 0
    for row in report.months:
        if not row.has_begun:
            continue
        cumulative += row.news.characters
        rows.append(
            _row(
                gettext("ay") if row.is_over else gettext("ay (tamamlanmadı)"),
                row.month.first.strftime("%Y-%m"),
                row.news,
                cumulative,
                row.others.values(),
                row.users,
                _year_before(row.year_before),
            )
        )
    whole = _row(
        gettext("yıl") if report.is_over else gettext("yıl (tamamlanmadı)"),
        report.year.label,
        report.news,
        cumulative,
        report.others.values(),
        report.users,
        _year_before(report.year_before, report.users_year_before),
    )
    return _written([*rows, whole], report.head, gettext("geçen yılın aynı ayı, bütünüyle"))


def _row(
    scope: str,
    period: str,
    news: Offered,
    cumulative: int,
    others: Iterable[int],
    users: int | None,
    year_before: list,
) -> list:
    """The cells of one period, under `_headings`; `others` are the characters of the other kinds."""
    return [
        scope,
        period,
        news.characters,
        news.characters_without_spaces,
        cumulative,
        news.items,
        *others,
        _cell(users),
        *year_before,
    ]


def _year_before(news: Offered | None, users: int | None = None) -> list:
    """The cells of the same period of the year before: characters with spaces, news items, users."""
    return [news.characters, news.items, _cell(users)] if news else ["", "", _cell(users)]


def _headings(year_before: str) -> list[str]:
    return [
        gettext("kapsam"),
        gettext("dönem"),
        gettext("PG2.1.1 haber karakteri (boşluklu)"),
        gettext("haber karakteri (boşluksuz)"),
        gettext("haber karakteri (boşluklu, birikimli)"),
        gettext("ilk kez sunulan haber"),
        *(gettext("%(kind)s karakteri (boşluklu)") % {"kind": kind_label(kind)} for kind in OTHER_KINDS),
        gettext("PG2.1.2 kullanıcı (tekil)"),
        gettext("%(period)s: haber karakteri (boşluklu)") % {"period": year_before},
        gettext("%(period)s: ilk kez sunulan haber") % {"period": year_before},
        gettext("%(period)s: kullanıcı (tekil)") % {"period": year_before},
        gettext("yayım günlüğünün başı"),
    ]


def _written(rows: Iterable[list], head: Position, year_before: str) -> str:
    """The table under its headings; `year_before` says in words what stands beside the period."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(_headings(year_before))
    for row in rows:
        writer.writerow([*row, f"{head.sequence}:{head.hash}"])
    return BYTE_ORDER_MARK + target.getvalue()


def _cell(number: int | None) -> int | str:
    return "" if number is None else number
