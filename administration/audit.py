"""Denetim günlüğü: the page and the table in which administrators and auditors read the audit log.

Both show names and addresses, so that reading them is itself an event of the log, written before the answer leaves.
What is read and how it is worded is `audit_reading`'s.
"""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin import messages

from newsroom.forged import address_read_by_form
from subscribers import audit
from subscribers.audit_kinds import AuditKind
from subscribers.canonical import canonical_json
from subscribers.models import AuditCheckpoint, AuditEvent, normalise_email
from subscribers.spreadsheets import BYTE_ORDER_MARK, lines

from .audit_reading import Asked, Told, events, in_words, people_meant
from .pages import AdministratorMenuItem, AdministratorPage, refuse_others

PERMISSION = "subscribers.view_auditevent"

#: Events on a page, in a table at most, and read together for a table.
PAGE, TABLE, BATCH = 50, 50_000, 500

#: Days that databases can reckon with, with one to spare on either side.
EARLIEST, LATEST = date(2000, 1, 1), date(9998, 12, 31)


class AuditFilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Olay"), required=False)
    person = forms.CharField(
        label=_("Kişi"),
        required=False,
        max_length=254,
        help_text=_("E-posta adresi, adın bir bölümü ya da kimlik numarası."),
    )
    since = forms.DateField(label=_("İlk gün"), required=False)
    until = forms.DateField(label=_("Son gün"), required=False)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**62)
    after = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**62)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = sorted(((kind.value, str(kind.label)) for kind in AuditKind), key=lambda pair: pair[1])
        self.fields["kind"].choices = [("", _("Tümü")), *kinds]
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def clean(self) -> dict:
        cleaned = super().clean()
        days = [cleaned.get(name) for name in ("since", "until")]
        if any(day and not EARLIEST <= day <= LATEST for day in days):
            raise ValidationError(_("Gün 2000 ile 9998 yılları arasında olmalı."))
        if all(days) and days[0] > days[1]:
            raise ValidationError(_("Son gün, ilk günden önce olamaz."))
        return cleaned

    def asked(self) -> Asked:
        """What a valid form asks for."""
        typed = self.cleaned_data["person"]
        return Asked(
            kind=self.cleaned_data["kind"],
            people=people_meant(typed) if typed else None,
            address=normalise_email(typed) if "@" in typed else "",
            since=self.cleaned_data["since"],
            until=self.cleaned_data["until"],
        )

    def query(self, **changes) -> str:
        """The same question as a query string, from the newest event on but for `changes`."""
        kept = {name: self[name].value() for name in ("kind", "person", "since", "until")}
        return urlencode({name: value for name, value in {**kept, **changes}.items() if value})


class AuditLogView(AdministratorPage, TemplateView):
    """`/yonetim/denetim-gunlugu/`: newest first, by kind, person and days, page by page."""

    template_name = "administration/audit.html"
    page_title = _("Denetim günlüğü")
    header_icon = "history"
    http_method_names = ["get", "head", "options"]
    permission = PERMISSION

    def get_context_data(self, **kwargs):
        form = AuditFilterForm(self.request.GET)
        if not form.is_valid():
            return super().get_context_data(form=form, **kwargs)
        before, after = form.cleaned_data["before"], form.cleaned_data["after"]
        if before is not None:
            after = None
        found = events(form.asked(), limit=PAGE + 1, before=before, after=after)
        more = len(found) > PAGE
        # The one too many is the farthest from where the page was asked for.
        shown = found[1:] if more and after is not None else found[:PAGE]
        newer = bool(shown) and (before is not None or (after is not None and more))
        older = bool(shown) and (after is not None or more)
        told = in_words(shown)
        if self.request.method == "GET":
            note_reading(self.request, AuditKind.AUDIT_VIEWED, form, shown)
        return super().get_context_data(
            form=form,
            told=told,
            newest_query=form.query() if before is not None or after is not None else None,
            newer_query=form.query(after=shown[0].sequence) if newer else "",
            older_query=form.query(before=shown[-1].sequence) if older else "",
            table_url=f"{reverse('audit_log_table')}?{form.query()}",
            table_limit=TABLE,
            destroyed=AuditCheckpoint.objects.order_by("-month")[:24],
            **kwargs,
        )


audit_log = address_read_by_form(AuditLogView.as_view())


@address_read_by_form
@require_safe
def audit_log_table(request: HttpRequest) -> HttpResponse:
    """`/yonetim/denetim-gunlugu/indir/`: the events asked for as CSV, newest first, at most `TABLE`; streamed.

    UTF-8 with a byte order mark, fields divided by semicolons, lines ended by CR LF, cells that would run as formulas
    defused. Where there are more, the last line says so.
    """
    refuse_others(request, PERMISSION)
    form = AuditFilterForm(request.GET)
    if not form.is_valid():
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
        return redirect("audit_log")
    asked, head = form.asked(), audit.head()
    if request.method == "GET":
        note_reading(request, AuditKind.AUDIT_EXPORTED, form)
        rows = table(asked, before=head.sequence + 1, language=get_language())
        response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(content_type="text/csv; charset=utf-8")
    day = timezone.localdate(timezone=timezone.get_default_timezone())
    response.headers["Content-Disposition"] = f'attachment; filename="denetim-gunlugu-{day:%Y-%m-%d}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def table(asked: Asked, *, before: int, language: str, limit: int | None = None) -> Iterator[str]:
    """The lines of the table, a batch at a time; each batch in `language`, whatever the thread speaks meanwhile."""
    left = TABLE if limit is None else limit
    with translation.override(language):
        begun = BYTE_ORDER_MARK + lines([_headings()])
    yield begun
    while True:
        with translation.override(language):
            shown = events(asked, limit=min(BATCH, left) + 1, before=before)
            batch = shown[: min(BATCH, left)]
            left -= len(batch)
            written = lines(_cells(told) for told in in_words(batch))
            if left == 0 and len(shown) > len(batch):
                written += lines([[_more()]])
        yield written
        if left == 0 or len(shown) == len(batch):
            return
        before = batch[-1].sequence


def note_reading(
    request: HttpRequest, kind: AuditKind, form: AuditFilterForm, shown: list[AuditEvent] | None = None
) -> None:
    """Writes down who read which events: what was asked for, and on a page the sequences that were shown."""
    asked = {name: form.cleaned_data[name] for name in ("kind", "since", "until") if form.cleaned_data[name]}
    if shown is not None:
        asked |= {"events": len(shown)}
    if shown:
        asked |= {"first": shown[-1].sequence, "last": shown[0].sequence}
    typed = form.cleaned_data["person"]
    audit.record(kind, actor=request.user.uuid, details=asked, personal={"person": typed} if typed else None)


def menu_item() -> AdministratorMenuItem:
    """In the reports, for those who may read it."""
    return AdministratorMenuItem(
        _("Denetim günlüğü"),
        reverse("audit_log"),
        name="audit-log",
        icon_name="history",
        order=50,
        permission=PERMISSION,
    )


def _headings() -> list[str]:
    return [
        gettext("sıra"),
        gettext("zaman"),
        gettext("olay"),
        gettext("olayın kodu"),
        gettext("yapan"),
        gettext("yapanın kimliği"),
        gettext("konusu"),
        gettext("konusunun kimliği"),
        gettext("ayrıntılar"),
        gettext("kişisel veriler"),
        gettext("özet"),
    ]


def _cells(told: Told) -> list[str]:
    event = told.event
    local = timezone.localtime(event.happened_at, timezone.get_default_timezone())
    if told.erased:
        personal = gettext("silindi")
    else:
        personal = "; ".join(f"{label}: {value}" for label, value in told.personal or ())
    return [
        str(event.sequence),
        local.isoformat(timespec="seconds"),
        told.kind,
        event.kind,
        told.actor,
        str(event.actor or ""),
        told.subject,
        str(event.subject or ""),
        canonical_json(event.details) if event.details else "",
        personal,
        event.hash,
    ]


def _more() -> str:
    return gettext("Tablo %(limit)d kayıtla sınırlı; daha eskileri için gün aralığını daraltın.") % {
        "limit": TABLE
    }
