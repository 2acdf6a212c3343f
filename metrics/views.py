"""The pages of H2.1 for the strategy staff. To everybody else they are not there."""

import logging
from itertools import accumulate

from django.db import Error as DatabaseFailure
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import MONTHS
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from bulletin import projections, vocabulary
from bulletin.counting import RULE
from subscribers import audit
from subscribers.audit_kinds import AuditKind

from . import charts, h21, journal, presence, tables
from .h21 import Part
from .models import Presence
from .months import Month, PeriodRefused, Year, asked_period
from .reports import MonthReport, YearReport, kind_label, month_report, year_report

logger = logging.getLogger(__name__)

PERMISSION = "metrics.view_h21"


@require_safe
def h21_page(request: HttpRequest) -> HttpResponse:
    """`/gostergeler/h2-1/?yil=2026&ay=11`: the month; with `yil` alone, the year; with neither, the present month."""
    _only_for_those_who_may(request)
    head, present, earliest = _bounds()
    context = {
        "head": head,
        "earliest": earliest,
        "present": present,
        "rule": RULE,
        "definition": h21.DEFINITION,
        "month_names": [(number, str(name)) for number, name in MONTHS.items()],
    }
    try:
        period = asked_period(request.GET, earliest=earliest, present=present)
    except PeriodRefused as refusal:
        context |= {"refusal": str(refusal), "asked_year": request.GET.get("yil", "")[:10]}
        return private(render(request, "metrics/h21.html", context, status=400))
    _fold_journal()
    if isinstance(period, Year):
        report = year_report(period, head, presence.today())
        context |= _year_context(report, earliest, present)
        return private(render(request, "metrics/h21_year.html", context))
    report = month_report(period, head, presence.today())
    context |= _month_context(report, earliest, present)
    return private(render(request, "metrics/h21.html", context))


@require_safe
def h21_csv(request: HttpRequest) -> HttpResponse:
    """The same period as a table to download; see `metrics.tables`."""
    _only_for_those_who_may(request)
    head, present, earliest = _bounds()
    try:
        period = asked_period(request.GET, earliest=earliest, present=present)
    except PeriodRefused as refusal:
        return private(HttpResponse(f"{refusal}\n", status=400, content_type="text/plain; charset=utf-8"))
    _fold_journal()
    if isinstance(period, Year):
        name, text = f"{period.year}", tables.year_table(year_report(period, head, presence.today()))
    else:
        name = period.first.strftime("%Y-%m")
        text = tables.month_table(month_report(period, head, presence.today()))
    if request.method == "GET":
        details = {"indicator": "h2.1", "period": name, "head": f"{head.sequence}:{head.hash}"}
        audit.record(AuditKind.FIGURES_EXPORTED, actor=request.user.uuid, details=details)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="h2-1-{name}.csv"'
    return private(response)


def _only_for_those_who_may(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise Http404


def _bounds() -> tuple[projections.Position, Month, Month]:
    """The head of the log, the present month, and the first month there are figures for."""
    head = projections.head()
    present = Month.of(presence.today())
    return head, present, min(h21.earliest_month(head) or present, present)


def _fold_journal() -> None:
    """Brings in what was journalled while the database was busy, so that no figure lacks it."""
    if journal.is_empty():
        return
    try:
        presence.fold()
    except (DatabaseFailure, OSError):
        logger.exception("presence_not_folded")


def private(response: HttpResponse) -> HttpResponse:
    """`response`, which nobody keeps a copy of and no search engine lists."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def grouped(number: int) -> str:
    """`number` with its thousands grouped the way of the interface's language."""
    return number_format(number, force_grouping=True)


def signed(number: float, decimals: int = 0) -> str:
    """`number` grouped, with its sign: +1.234, −5."""
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return sign + number_format(abs(number), decimals, force_grouping=True)


def _month_context(report: MonthReport, earliest: Month, present: Month) -> dict:
    month = report.month
    names = [str(day.day) for day in month.days]
    values = [day.news.characters for day in report.days]
    before = month.year_before()
    lines = [("present", _line_label(month, report.news.characters), [day.cumulative for day in report.days])]
    if any(report.cumulative_year_before):
        sums = report.cumulative_year_before[: len(names)]
        lines.insert(0, ("before", _line_label(before, sums[-1]), sums))
    return {
        "report": report,
        "asked_year": str(month.year),
        "asked_month": month.number,
        "comparisons": [
            {
                "label": comparison.month.label,
                "news": comparison.news,
                "change": signed(comparison.change),
                "percent": "" if comparison.percent is None else signed(comparison.percent, 1),
                "users": comparison.users,
            }
            for comparison in report.comparisons
        ],
        "others": [(kind_label(kind), offered) for kind, offered in report.others.items()],
        "other_labels": [kind_label(kind) for kind in report.others],
        "channels": _channels(report),
        "desks": [(_desk_name(part), part.offered) for part in report.desks],
        "languages": [(vocabulary.language_name(part.name), part.offered) for part in report.languages],
        "earlier": month.previous() if month > earliest else None,
        "later": month.next() if month < present else None,
        "year": Year(month.year),
        "bars": charts.bar_chart(
            values, slots=len(names), names=names, shown=[grouped(value) for value in values]
        ),
        "lines": charts.line_chart(lines, slots=len(names), names=names),
        "year_before": before,
        "has_year_before": len(lines) > 1,
    }


def _desk_name(part: Part) -> str:
    named = part.name_en if get_language() == "en" else part.name
    return named or part.name or gettext("masası bilinmiyor (karartılmış)")


def _line_label(period: Month | Year, characters: int) -> str:
    return f"{period.label}: {grouped(characters)}"


def _channels(report: MonthReport) -> list[tuple[str, int]]:
    """(name, users) of every channel, also of those nobody used."""
    if report.users is None:
        return []
    return [
        (str(channel.label), report.users.by_channel.get(channel.value, 0)) for channel in Presence.Channel
    ]


def _year_context(report: YearReport, earliest: Month, present: Month) -> dict:
    year = report.year.year
    begun = [row for row in report.months if row.has_begun]
    values = [row.news.characters for row in begun]
    names = [str(MONTHS[number])[:3] for number in range(1, 13)]
    before = Year(year - 1)
    sums_before = list(accumulate(row.year_before.characters for row in report.months))
    lines = [("present", _line_label(report.year, report.news.characters), list(accumulate(values)))]
    if any(sums_before):
        lines.insert(0, ("before", _line_label(before, sums_before[-1]), sums_before))
    return {
        "report": report,
        "asked_year": str(year),
        "asked_month": "",
        "begun": begun,
        "other_labels": [kind_label(kind) for kind in report.others],
        "earlier": Year(year - 1) if year > earliest.year else None,
        "later": Year(year + 1) if year < present.year else None,
        "year_before": before,
        "bars": charts.bar_chart(values, slots=12, names=names, shown=[grouped(value) for value in values]),
        "lines": charts.line_chart(lines, slots=12, names=names),
        "has_year_before": len(lines) > 1,
    }
