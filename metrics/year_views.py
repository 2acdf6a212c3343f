"""The pages on which strategy staff close a year's evaluation. To everybody else they are not there.

Closing can't be undone and lets the day rows of the year be destroyed, so it is asked for on a page of its own.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bulletin import projections
from subscribers.purposes import PURPOSES

from . import closed_years, presence
from .models import ClosedYear
from .months import Year
from .reports import year_report
from .views import PERMISSION, private

CLOSING = "metrics.close_year"


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """`/gostergeler/yillar/`: years that were closed, and those that can be."""
    if not request.user.has_perm(PERMISSION):
        raise Http404
    context = {
        "closed": ClosedYear.objects.defer("figures"),
        "to_close": closed_years.years_to_close(presence.today()),
        "may_close": request.user.has_perm(CLOSING),
        "months": PURPOSES["use"].months,
    }
    return private(render(request, "metrics/years.html", context))


class CloseForm(forms.Form):
    seen = forms.BooleanField(
        label=gettext_lazy("Rakamları gözden geçirdim; yıl kapatılsın."),
        error_messages={
            "required": gettext_lazy("Kapatmak için rakamları gözden geçirdiğinizi işaretleyin.")
        },
    )


def close_year(request: HttpRequest, year: int) -> HttpResponse:
    """`/gostergeler/yillar/<yıl>/kapat/`: shows the figures that will stay, and closes the year."""
    if not request.user.has_perm(CLOSING):
        raise Http404
    waiting = {entry.year.year for entry in closed_years.years_to_close(presence.today())}
    form = CloseForm(request.POST if request.method == "POST" else None)
    # One that was closed in the meantime is answered with a sentence; any other isn't there.
    if year not in waiting and not ClosedYear.objects.filter(year=year).exists():
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            closed_years.close(Year(year), by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("%(year)s yılının değerlendirmesi kapatıldı.") % {"year": year})
        return redirect("metrics:years")
    if year not in waiting:
        return redirect("metrics:years")
    report = year_report(Year(year), projections.head(), presence.today())
    context = {"form": form, "report": report, "months": PURPOSES["use"].months}
    return private(render(request, "metrics/close_year.html", context, status=422 if form.errors else 200))
