"""Pages on which people look after their own access: sessions, password, second factor.

Each change that would help whoever took over a session asks for the password again, with turns of its own
(`subscribers.throttling`), and ends the other sessions. So do new tokens (`account.tokens`), but for the sessions.
"""

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from . import audit, authentication, device_sessions, passwords, second_factor, security_mail, throttling
from .audit_kinds import AuditKind
from .security_mail import Change
from .signing_in import CodeForm, told_to_wait, wrong_first_code

#: In a session: the key of a second factor being set up.
KEY = "second_factor_key"


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class OwnPage(LoginRequiredMixin):
    """For whoever is signed in; nobody else's browser keeps it."""


class AskedAgain:
    """Of a form: asks for the password again. `turn` says whether it was looked at."""

    turn: throttling.Turn | None = None

    def judged_password(self, request: HttpRequest, password: str) -> str:
        """`password` if it is right. Raises ValidationError, also where it is one attempt too many."""
        self.turn = throttling.take_turn("password again", request.user.email, request)
        # A session is there, so nobody else's failures make its person wait for a ticket.
        if not self.turn.is_given and not self.turn.ticket:
            raise ValidationError(self.turn.in_words(), code="wait")
        if len(password) > passwords.LONGEST or not request.user.check_password(password):
            raise ValidationError(_("Parolanız yanlış; hiçbir şey değişmedi."), code="password_incorrect")
        throttling.give_back(self.turn)
        return password


class PasswordAgainForm(AskedAgain, forms.Form):
    """The password alone, or what a subclass asks beside it."""

    password = forms.CharField(max_length=1_000, strip=False)

    def __init__(self, request: HttpRequest, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        return self.judged_password(self.request, self.cleaned_data["password"])


def waiting_for(form: AskedAgain) -> throttling.Turn | None:
    """The turn that wasn't given, so that the answer says for how long."""
    return form.turn if form.turn is not None and not form.turn.ticket else None


# --- Sessions ----------------------------------------------------------------------------------------------------


class SessionsView(OwnPage, TemplateView):
    """The devices a person is signed in on. Ends one (`session`, its digest) or all others (`others`)."""

    template_name = "subscribers/sessions.html"

    def get_context_data(self, **kwargs) -> dict:
        found = device_sessions.sessions_of(self.request.user, this_key=self.request.session.session_key)
        return super().get_context_data(**kwargs, sessions=found)

    def post(self, request: HttpRequest) -> HttpResponse:
        this_key = request.session.session_key
        chosen = request.POST.get("session", "")
        ended = 0
        if "others" in request.POST:
            ended = device_sessions.end_all(request.user, by=request.user, except_key=this_key)
        elif chosen.isascii() and chosen != device_sessions.digest_of(this_key):
            ended = device_sessions.end_session(request.user, chosen, by=request.user)
        if ended:
            messages.success(request, _("Seçtiğiniz oturumlar kapatıldı."))
        else:
            messages.error(request, _("Kapatılacak bir oturum seçilmedi ya da o oturum zaten kapanmış."))
        return redirect("own_sessions")


# --- Password ----------------------------------------------------------------------------------------------------


class NewPasswordForm(AskedAgain, PasswordChangeForm):
    def __init__(self, request: HttpRequest, *args, **kwargs):
        super().__init__(request.user, *args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        return self.judged_password(self.request, self.cleaned_data["old_password"])


class PasswordView(OwnPage, FormView):
    """A new password in the place of the old one."""

    form_class = NewPasswordForm
    template_name = "subscribers/password_change.html"

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        person = self.request.user
        with transaction.atomic():
            form.save()
            update_session_auth_hash(self.request, person)
            self.request.session.save()
            device_sessions.end_all(person, by=person, except_key=self.request.session.session_key)
            audit.record(AuditKind.PASSWORD_CHANGED, actor=person.uuid, subject=person.uuid)
            security_mail.tell(person, Change.PASSWORD_CHANGED, otherwise=get_language())
        messages.success(self.request, _("Parolanız değişti; öteki oturumlarınız kapatıldı."))
        return redirect("own_password")

    def form_invalid(self, form: NewPasswordForm) -> HttpResponse:
        return told_to_wait(super().form_invalid(form), waiting_for(form))


# --- Second factor -----------------------------------------------------------------------------------------------


class SetUpForm(PasswordAgainForm, CodeForm):
    """The password, and a code of the new key."""


class SecondFactorView(OwnPage, FormView):
    """Sets up, renews the recovery codes (`codes`) or turns off (`off`), each after the password."""

    template_name = "subscribers/second_factor_page.html"

    def get_form_class(self) -> type[forms.Form]:
        return PasswordAgainForm if second_factor.is_set(self.request.user) else SetUpForm

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"request": self.request}

    def get_context_data(self, **kwargs) -> dict:
        person = self.request.user
        context = {
            "is_set": second_factor.is_set(person),
            "required": second_factor.is_required(person),
        }
        if context["is_set"]:
            context["codes_left"] = second_factor.recovery_codes_left(person)
        else:
            context["key"] = key = self._key()
            context["picture"] = second_factor.picture_for_app(person, key)
        return super().get_context_data(**kwargs, **context)

    def form_valid(self, form: PasswordAgainForm) -> HttpResponse:
        person, session = self.request.user, self.request.session
        if "code" in form.cleaned_data:
            codes = second_factor.set_up(
                person, self._key(), form.cleaned_data["code"], session_key=session.session_key
            )
            if codes is None:
                form.add_error("code", wrong_first_code())
                return self.form_invalid(form)
            session.pop(KEY, None)
            session[authentication.VERIFIED] = True
            return self._tell(codes)
        try:
            if "codes" in self.request.POST:
                return self._tell(second_factor.renew_recovery_codes(person))
            if "off" in self.request.POST:
                second_factor.turn_off(person, session_key=session.session_key)
                session[authentication.VERIFIED] = False
                messages.success(self.request, _("İkinci doğrulama kapatıldı."))
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        return redirect("own_second_factor")

    def form_invalid(self, form: PasswordAgainForm) -> HttpResponse:
        return told_to_wait(super().form_invalid(form), waiting_for(form))

    def _key(self) -> str:
        """The key being set up, the same until it is confirmed."""
        return self.request.session.setdefault(KEY, second_factor.new_key())

    def _tell(self, codes: list[str]) -> HttpResponse:
        """Told in this answer and kept nowhere."""
        onward = reverse("own_second_factor")
        return self.response_class(
            self.request, "subscribers/recovery_codes.html", {"codes": codes, "onward": onward}
        )
