"""İmha tutanakları: what was destroyed of personal data, for administrators and auditors to read and to download.

Nothing personal stands in it. Downloading is an event of the audit log.
"""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from metrics import closed_years, presence
from subscribers import audit
from subscribers.audit_kinds import AuditKind
from subscribers.models import DestructionRecord
from subscribers.purposes import PURPOSES, REGISTER

from .pages import AdministratorMenuItem, AdministratorPage, refuse_others, table_answer

PERMISSION = "subscribers.view_destructionrecord"
PAGE = 50


class DestructionRecordsView(AdministratorPage, TemplateView):
    """`/yonetim/imha-tutanaklari/`: newest first; above them the register, and years that wait to be closed."""

    template_name = "administration/destruction_records.html"
    page_title = _("İmha tutanakları")
    header_icon = "bin"
    http_method_names = ["get", "head", "options"]
    permission = PERMISSION

    def get_context_data(self, **kwargs):
        page = Paginator(DestructionRecord.objects.all(), PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page=page,
            rows=[(record, purpose_title(record)) for record in page],
            purposes=REGISTER,
            late=[
                waiting.year.label
                for waiting in closed_years.years_to_close(presence.today())
                if waiting.is_late
            ],
            **kwargs,
        )


@require_safe
def destruction_records_table(request: HttpRequest) -> HttpResponse:
    """`/yonetim/imha-tutanaklari/indir/`: all of them as CSV, oldest first."""
    refuse_others(request, PERMISSION)
    if request.method == "GET":
        audit.record(
            AuditKind.DESTRUCTIONS_EXPORTED,
            actor=request.user.uuid,
            details={"records": DestructionRecord.objects.count()},
        )
    day = timezone.localdate(timezone=timezone.get_default_timezone())
    return table_answer(_rows(), file_name=f"imha-tutanaklari-{day:%Y-%m-%d}.csv")


def _rows() -> Iterator[list[str]]:
    yield [
        gettext("sıra"),
        gettext("zaman"),
        gettext("imha"),
        gettext("amaç"),
        gettext("yer"),
        gettext("kayıt sayısı"),
        gettext("yöntem"),
        gettext("neden"),
        gettext("ilk gün"),
        gettext("son gün"),
        gettext("başvuru numarası"),
        gettext("başvuru tarihi"),
        gettext("yapan"),
    ]
    for record in DestructionRecord.objects.order_by("pk").iterator():
        local = timezone.localtime(record.happened_at, timezone.get_default_timezone())
        cells = [
            record.pk,
            local.isoformat(timespec="seconds"),
            record.occasion,
            purpose_title(record),
            record.place,
            record.number,
            record.get_method_display(),
            record.get_cause_display(),
            record.first_day or "",
            record.last_day or "",
            record.request_number,
            record.request_date or "",
            record.by or gettext("sistem"),
        ]
        yield [str(cell) for cell in cells]


def purpose_title(record: DestructionRecord) -> str:
    """In words; a purpose that the register holds no more, by its code."""
    purpose = PURPOSES.get(record.purpose)
    return str(purpose.title) if purpose else record.purpose


def menu_item() -> AdministratorMenuItem:
    """In the reports, for those who may read them."""
    return AdministratorMenuItem(
        _("İmha tutanakları"),
        reverse("destruction_records"),
        name="destructions",
        icon_name="bin",
        order=60,
        permission=PERMISSION,
    )


urlpatterns = [
    path("imha-tutanaklari/", DestructionRecordsView.as_view(), name="destruction_records"),
    path("imha-tutanaklari/indir/", destruction_records_table, name="destruction_records_table"),
]
