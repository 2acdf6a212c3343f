"""Kişi listesi: the administrators' pages on which a list of people is uploaded, looked at and confirmed.

What becomes of each row is `subscribers.people_import`'s. Whoever confirms waits a few seconds at most; the worker goes
on from there, and the page says how far it is.
"""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView

from subscribers import people_file, people_import
from subscribers.models import Agency, ImportedPerson, PeopleImport

from .pages import AdministratorPage, refuse_others, table_answer

#: Seconds that whoever confirms waits for the first invitations.
AT_ONCE = 4
#: Rows on a page of the table.
PAGE = 100

Outcome = ImportedPerson.Outcome


class UploadForm(forms.Form):
    agency = forms.ModelChoiceField(
        label=_("Kurum"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=_("Her satırın kurum koduna göre"),
    )
    file = forms.FileField(
        label=_("CSV dosyası"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        error_messages={"required": _("Bir dosya seçin."), "empty": _("Dosya boş; hiçbir şey yüklenmedi.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.in_force()

    def clean_file(self) -> list[people_file.Row]:
        """The people in the file; the file's name stays with the form."""
        file = self.cleaned_data["file"]
        self.file_name = file.name
        # No more is read than would be refused.
        return people_file.read(file.read(people_file.MOST_BYTES + 1))


class UploadView(AdministratorPage, FormView):
    """`/yonetim/kisi-listesi/`: chooses a file; what it would do is shown next."""

    form_class = UploadForm
    template_name = "administration/people_import_upload.html"
    page_title = _("Kişi listesi yükle")
    header_icon = "upload"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            most=people_file.MOST_ROWS,
            megabytes=people_file.MOST_BYTES // (1024 * 1024),
            earlier=PeopleImport.objects.filter(confirmed_at__isnull=False)[:10],
            **kwargs,
        )

    def form_valid(self, form):
        made = people_import.look_at(
            form.cleaned_data["file"],
            agency=form.cleaned_data["agency"],
            file_name=form.file_name,
            by=self.request.user,
        )
        return redirect("people_import", uuid=made.uuid)


class ImportView(AdministratorPage, TemplateView):
    """`/yonetim/kisi-listesi/<uuid>/`: what will become of each row, and after the confirmation what did."""

    template_name = "administration/people_import.html"
    header_icon = "upload"

    def dispatch(self, request, *args, **kwargs):
        refuse_others(request)
        self.import_ = get_object_or_404(PeopleImport, uuid=kwargs["uuid"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return _("Önizleme") if self.import_.confirmed_at is None else _("Çağrılar")

    def get_page_subtitle(self):
        return self.import_.file_name

    def parents(self):
        return [(reverse("people_import_upload"), UploadView.page_title)]

    def post(self, request, *args, **kwargs):
        """Confirms, goes on with what is left, or invites again whose mail didn't go out (`again`).

        Twice, or from two windows, does no more than once.
        """
        if "again" in request.POST:
            people_import.invite_failed_again(self.import_, by=request.user)
        people_import.confirm(self.import_, by=request.user)
        people_import.advance(self.import_, seconds=AT_ONCE)
        return redirect("people_import", uuid=self.import_.uuid)

    def get_context_data(self, **kwargs):
        rows = self.import_.rows.select_related("agency")
        counts = people_import.counts_of(self.import_)
        chosen = self.request.GET.get("sonuc")
        if chosen in counts:
            rows = rows.filter(outcome=chosen)
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("sayfa"))
        invited, waiting = counts[Outcome.INVITED], counts[Outcome.TO_INVITE]
        return super().get_context_data(
            people_import=self.import_,
            counts=[
                (value, Outcome(value).label, counts[value]) for value in Outcome.values if counts[value]
            ],
            chosen=chosen if chosen in counts else "",
            total=counts.total(),
            invited=invited,
            waiting=waiting,
            refused=counts.total() - invited - waiting,
            done=counts.total() - waiting,
            unsent=counts[Outcome.MAIL_FAILED],
            page=page,
            **kwargs,
        )


@require_safe
def template_file(request: HttpRequest) -> HttpResponse:
    """`/yonetim/kisi-listesi/ornek/`: the columns, to be filled in."""
    refuse_others(request)
    return table_answer([_columns()], file_name="kisi-listesi.csv")


@require_safe
def refused_rows(request: HttpRequest, uuid) -> HttpResponse:
    """`/yonetim/kisi-listesi/<uuid>/cagrilmayanlar/`: whoever isn't invited, and why; in the file's own columns."""
    refuse_others(request)
    found = get_object_or_404(PeopleImport, uuid=uuid)
    rows = [
        [
            row.email,
            row.name,
            row.code,
            gettext("evet") if row.is_coordinator else gettext("hayır"),
            str(row.line),
            str(row.get_outcome_display()),
            row.sentence,
        ]
        for row in people_import.refused(found)
    ]
    headings = [*_columns(), gettext("satır"), gettext("sonuç"), gettext("neden")]
    return table_answer([headings, *rows], file_name="cagrilmayanlar.csv")


def _columns() -> list[str]:
    """Headers that the reading of a file knows in every language (`subscribers.people_file`)."""
    return [gettext("e-posta"), gettext("ad soyad"), gettext("kurum kodu"), gettext("kurum sorumlusu")]


urlpatterns = [
    path("kisi-listesi/", UploadView.as_view(), name="people_import_upload"),
    path("kisi-listesi/ornek/", template_file, name="people_import_template"),
    path("kisi-listesi/<uuid:uuid>/", ImportView.as_view(), name="people_import"),
    path("kisi-listesi/<uuid:uuid>/cagrilmayanlar/", refused_rows, name="people_import_refused"),
]
