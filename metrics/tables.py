"""The table of H2.1 as it is downloaded: CSV that Turkish spreadsheets open as it is.

UTF-8 with a byte order mark, fields divided by semicolons, lines ended by CR LF, numbers as plain digits, days as
ISO 8601. One row for each day (or month), then one for the whole; the last column names the head of the log, so that
a file tells by itself what it was made from. A cell is empty where a figure isn't known. No cell holds words that
anybody outside wrote.
"""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext

from .h21 import OTHER_KINDS
from .reports import MonthReport, YearReport, kind_label

BYTE_ORDER_MARK = "\ufeff"


def month_table(report: MonthReport) -> str:
    rows: list[list] = [
        [
            gettext("gün"),
            day.date.isoformat(),
            day.news.characters,
            day.news.characters_without_spaces,
            day.cumulative,
            day.news.items,
            *day.others.values(),
            _cell(day.users),
        ]
        for day in report.days
    ]
    rows.append(
        [
            gettext("ay") if report.is_over else gettext("ay (tamamlanmadı)"),
            report.month.first.strftime("%Y-%m"),
            report.news.characters,
            report.news.characters_without_spaces,
            report.news.characters,
            report.news.items,
            *(offered.characters for offered in report.others.values()),
            _cell(report.users.total if report.users else None),
        ]
    )
    return _written(rows, report.head)


def year_table(report: YearReport) -> str:
    rows: list[list] = []
    cumulative = 0
    for row in report.months:
        if not row.has_begun:
            continue
        cumulative += row.news.characters
        rows.append(
            [
                gettext("ay") if row.is_over else gettext("ay (tamamlanmadı)"),
                row.month.first.strftime("%Y-%m"),
                row.news.characters,
                row.news.characters_without_spaces,
                cumulative,
                row.news.items,
                *row.others.values(),
                _cell(row.users),
            ]
        )
    rows.append(
        [
            gettext("yıl") if report.is_over else gettext("yıl (tamamlanmadı)"),
            report.year.label,
            report.news.characters,
            report.news.characters_without_spaces,
            cumulative,
            report.news.items,
            *report.others.values(),
            _cell(report.users),
        ]
    )
    return _written(rows, report.head)


def _headings() -> list[str]:
    return [
        gettext("kapsam"),
        gettext("dönem"),
        gettext("PG2.1.1 haber karakteri (boşluklu)"),
        gettext("haber karakteri (boşluksuz)"),
        gettext("haber karakteri (boşluklu, birikimli)"),
        gettext("ilk kez sunulan haber"),
        *(gettext("%(kind)s karakteri (boşluklu)") % {"kind": kind_label(kind)} for kind in OTHER_KINDS),
        gettext("PG2.1.2 kullanıcı (tekil)"),
        gettext("yayım günlüğünün başı"),
    ]


def _written(rows: Iterable[list], head) -> str:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(_headings())
    for row in rows:
        writer.writerow([*row, f"{head.sequence}:{head.hash}"])
    return BYTE_ORDER_MARK + target.getvalue()


def _cell(number: int | None) -> int | str:
    return "" if number is None else number
