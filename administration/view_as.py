"""Okurun gözüyle: the page on which an administrator says through whose eyes they want to look, and why.

What they see then, and what they don't, is `subscribers.viewing`'s.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView
from wagtail.admin import messages

from newsroom.choices import is_number
from subscribers import viewing
from subscribers.models import Agency, User
from subscribers.spelling import normalise_email

from .pages import AdministratorPage, ReasonForm


class ViewingForm(ReasonForm):
    """A person or an agency, and the reason."""

    email = forms.CharField(label=_("Kişinin e-posta adresi"), max_length=254, required=False)
    agency = forms.ModelChoiceField(
        label=_("ya da kurum"), queryset=Agency.objects.all(), required=False, empty_label=_("Seçilmedi")
    )
    field_order = ("email", "agency", "reason")

    def clean_email(self) -> User | None:
        address = normalise_email(self.cleaned_data["email"])
        if not address:
            return None
        person = User.objects.select_related("agency").filter(email=address).first()
        if person is None:
            raise ValidationError(gettext("Bu adresle bir hesap yok."))
        return person

    def clean(self) -> dict:
        cleaned = super().clean()
        if "email" in cleaned and bool(cleaned["email"]) == bool(cleaned.get("agency")):
            raise ValidationError(
                gettext("Bir kişinin adresini yazın ya da bir kurum seçin; yalnızca birini.")
            )
        return cleaned


class ViewAsView(AdministratorPage, FormView):
    """`/yonetim/okurun-gozuyle/`; `?kisi=` and `?kurum=` begin with a person or an agency, by number."""

    form_class = ViewingForm
    template_name = "administration/view_as.html"
    page_title = _("Okurun gözüyle")
    header_icon = "view"

    def get_initial(self):
        asked = self.request.GET
        person, agency = asked.get("kisi", ""), asked.get("kurum", "")
        found = User.objects.filter(pk=person) if is_number(person) else User.objects.none()
        return {
            "email": found.values_list("email", flat=True).first(),
            "agency": agency if is_number(agency) else "",
        }

    def get_context_data(self, **kwargs):
        minutes = int(viewing.LASTS.total_seconds() // 60)
        return super().get_context_data(minutes=minutes, going=viewing.is_going(self.request), **kwargs)

    def form_valid(self, form):
        subject = form.cleaned_data["email"] or form.cleaned_data["agency"]
        try:
            viewing.begin(self.request, subject, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        return redirect("wagtail_serve", "")


@require_POST
def stop_viewing(request: HttpRequest) -> HttpResponse:
    """`/yonetim/okurun-gozuyle/bitir/`: back to the administrator's own eyes."""
    viewing.end(request)
    messages.success(request, gettext("Siteyi yeniden kendi yetkilerinizle görüyorsunuz."))
    return redirect("view_as")


def address_for(*, person: User | None = None, agency: Agency | None = None) -> str:
    """The page with one of them chosen."""
    query = {"kisi": person.pk} if person is not None else {"kurum": agency.pk}
    return reverse("view_as", query=query)


urlpatterns = [
    path("okurun-gozuyle/", ViewAsView.as_view(), name="view_as"),
    path("okurun-gozuyle/bitir/", stop_viewing, name="stop_viewing"),
]
