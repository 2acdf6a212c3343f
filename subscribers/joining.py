"""The page on which an invited person makes their account.

The link's secret goes into the session at once, so that no address of a page holds it: none is printed, sent as
Referer or carried by another language's link.
"""

from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from . import invitations

KEY = "invitation"


@never_cache
def follow_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret out of the address."""
    request.session[KEY] = secret[:200]
    answer = redirect("invitation")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


class JoinForm(SetPasswordMixin, forms.Form):
    """Names, as the account will have them, and a password typed twice."""

    first_name = forms.CharField(label=_("Ad"), max_length=150)
    last_name = forms.CharField(label=_("Soyad"), max_length=150)
    password1, password2 = SetPasswordMixin.create_password_fields()

    def clean(self) -> dict:
        self.validate_passwords()
        return super().clean()


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class JoinView(FormView):
    """Shows for which agency the account will be; makes it."""

    form_class = JoinForm
    template_name = "subscribers/invitation.html"

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs, invitation=self._invitation())

    def form_valid(self, form: JoinForm) -> HttpResponse:
        names = form.cleaned_data["first_name"], form.cleaned_data["last_name"]
        try:
            person = invitations.accept(
                self.request.session.get(KEY, ""), names, form.cleaned_data["password1"]
            )
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        del self.request.session[KEY]
        return TemplateResponse(self.request, "subscribers/invitation_accepted.html", {"person": person})

    def _invitation(self):
        return invitations.invitation_of(self.request.session.get(KEY, ""))
