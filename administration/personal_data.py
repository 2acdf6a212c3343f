"""The administrators' pages for requests under law 6698: one person's data given out, one person erased.

Whoever may neither (`subscribers.erase_user`) is refused; strategy staff have no business here. Giving data out is an
event of the audit log, written before the file leaves; erasing is told by `administration.erasure`.
"""

from datetime import date

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import Button

from subscribers import audit
from subscribers.audit_kinds import AuditKind
from subscribers.models import User, normalise_email

from . import erasure
from .held_data import data_of

PERMISSION = "subscribers.erase_user"

#: Since when people have these rights (law 6698, article 32).
LAW_IN_FORCE = date(2016, 10, 7)


class RequestForm(forms.Form):
    """What was asked for, and the address typed again: the right person is meant."""

    number = forms.CharField(
        label=gettext_lazy("Başvurunun kayıt numarası"),
        max_length=40,
        help_text=gettext_lazy("Rakam, büyük harf, nokta, tire ve bölü; ad yazmayın. Örnek: E-2026/114"),
    )
    received_on = forms.DateField(
        label=gettext_lazy("Başvuru tarihi"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    email = forms.CharField(label=gettext_lazy("Kişinin e-posta adresi, yeniden"), max_length=254)

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_number(self) -> str:
        number = self.cleaned_data["number"].strip()
        if not erasure.REQUEST_NUMBER.fullmatch(number):
            raise ValidationError(_("Kayıt numarası rakam, büyük harf, nokta, tire ve bölüden oluşur."))
        return number

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if not LAW_IN_FORCE <= day <= timezone.localdate():
            raise ValidationError(_("Başvuru tarihi gelecekte ya da Kanun’un yürürlüğünden önce olamaz."))
        return day

    def clean_email(self) -> str:
        if normalise_email(self.cleaned_data["email"]) != self.person.email:
            raise ValidationError(_("Yazdığınız adres bu kişinin adresi değil; doğru kişide misiniz?"))
        return self.person.email


class ErasePersonView(WagtailAdminTemplateMixin, FormView):
    """`/yonetim/kisi-verileri/<pk>/sil/`: says what will happen, asks for the request, and erases."""

    form_class = RequestForm
    template_name = "administration/erase_person.html"
    page_title = gettext_lazy("Kişinin verilerini sil")
    header_icon = "bin"

    def dispatch(self, request, *args, **kwargs):
        refuse_others(request)
        self.person = get_object_or_404(User.objects.select_related("agency"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def refusal(self) -> str:
        """Why it can't be done now; "" where it can."""
        try:
            erasure.check(self.person, by=self.request.user)
        except ValidationError as refusal:
            return " ".join(refusal.messages)
        return ""

    @cached_property
    def breadcrumbs_items(self):
        return [
            *super().breadcrumbs_items,
            {"url": reverse("wagtailusers_users:index"), "label": _("Kullanıcılar")},
            {"url": "", "label": self.page_title},
        ]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "person": self.person}

    def get_context_data(self, **kwargs):
        by_address, by_name = erasure.agencies_that_name(self.person)
        return super().get_context_data(
            contact_by_address=by_address,
            contact_by_name=by_name,
            object=self.person.display_name,
            person=self.person,
            refusal=self.refusal,
            back_url=reverse("wagtailusers_users:index"),
            **kwargs,
        )

    def form_valid(self, form):
        name = self.person.display_name
        by_name = erasure.agencies_that_name(self.person)[1]
        asked = erasure.Request(form.cleaned_data["number"], form.cleaned_data["received_on"])
        try:
            erasure.erase(self.person, by=self.request.user, request=asked)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s silindi; tutanağı aşağıda.") % {"name": name})
        if by_name:
            messages.warning(
                self.request,
                _("İlgili kişisi aynı adı taşıyan kurumlar olduğu gibi kaldı; bakın: %(agencies)s.")
                % {"agencies": ", ".join(agency.name for agency in by_name)},
            )
        return redirect("destruction_records")


@never_cache
@require_POST
def person_data(request: HttpRequest, pk: int) -> HttpResponse:
    """`/yonetim/kisi-verileri/<pk>/`: a file with everything held about a person, for their request."""
    refuse_others(request)
    person = get_object_or_404(User.objects.select_related("agency"), pk=pk)
    with transaction.atomic():
        data = data_of(person)
        audit.record(AuditKind.PERSON_DATA_EXPORTED, actor=request.user.uuid, subject=person.uuid)
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="des-kisi-verileri-{person.uuid}.json"'
    return response


def refuse_others(request: HttpRequest) -> None:
    """Raises PermissionDenied for whoever doesn't answer requests of people."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def listing_buttons(user: User, request_user: User):
    """In the list of people: the way to both pages."""
    if request_user.has_perm(PERMISSION) and user.erased_at is None:
        yield Button(
            _("Kişisel veriler (KVKK)"),
            reverse("erase_person", args=[user.pk]),
            icon_name="download",
            priority=40,
        )


urlpatterns = [
    path("kisi-verileri/<int:pk>/", person_data, name="person_data"),
    path("kisi-verileri/<int:pk>/sil/", ErasePersonView.as_view(), name="erase_person"),
]
