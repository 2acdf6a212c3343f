"""Sign-in and password reset: Django's own views, with what an institution's site needs besides.

Sign-in has steps: the password, then the second factor where there is one or has to be one. Only `_open` signs anybody
in, after the last. An address is taken however it is typed, a reset link always leads to the site's own address, and no
`next` makes a page call itself. Whether an account exists is told by none of them: neither in words nor in work.
"""

import logging
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, views
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, RedirectView

from . import (
    audit,
    authentication,
    device_sessions,
    devices,
    passwords,
    pending,
    second_factor,
    security_mail,
    throttling,
    tokens,
)
from .addresses import address_of
from .audit_kinds import AuditKind
from .languages import in_language_of, language_of
from .models import DeviceSession, User, normalise_email
from .security_mail import Change

logger = logging.getLogger(__name__)

BACKEND = "subscribers.authentication.EmailBackend"


class SignInForm(AuthenticationForm):
    """Address and password. `turn` says whether they were looked at."""

    stays = forms.BooleanField(required=False)
    ticket = forms.CharField(required=False, max_length=400)
    turn: throttling.Turn | None = None

    def clean(self) -> dict:
        address, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not address or not password:
            return self.cleaned_data
        account = normalise_email(address)
        self.turn = throttling.take_turn(
            "password", account, self.request, ticket=self.cleaned_data.get("ticket", "")
        )
        if not self.turn.is_given:
            raise ValidationError(self.turn.in_words(), code="wait")
        # One too long is never a password; it is not even hashed.
        if len(password) <= passwords.LONGEST:
            self.user_cache = authenticate(self.request, username=account, password=password)
        if self.user_cache is None:
            note_failure(self.request, account, step="password")
            raise self.get_invalid_login_error()
        throttling.give_back(self.turn)
        return self.cleaned_data


class SignInView(views.LoginView):
    """The first step. Whoever is signed in already goes on: to `next` where it leads within the site, or home."""

    form_class = SignInForm
    template_name = "subscribers/login.html"
    redirect_authenticated_user = True
    #: The home page in the language of the interface.
    next_page = reverse_lazy("wagtail_serve", args=("",))

    def get_redirect_url(self) -> str:
        """As Django's, but nobody is sent to where they are: Django takes that for a mistake of the settings."""
        address = super().get_redirect_url()
        return "" if urlsplit(address).path == self.request.path else address

    def form_valid(self, form: SignInForm) -> HttpResponse:
        person, stays = form.get_user(), form.cleaned_data["stays"]
        if second_factor.is_set(person):
            further = "second_factor"
        elif second_factor.is_required(person):
            further = "second_factor_set_up"
        else:
            return _opened(self.request, person, stays=stays, next_address=self.get_success_url())
        pending.begin(self.request, person, stays=stays, next_address=self.get_success_url())
        return redirect(further)

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        return told_to_wait(super().form_invalid(form), form.turn)


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class PendingStep(FormView):
    """A step after the password, for whoever gave it in the last five minutes; others begin again."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.pending = pending.of(request)
        if self.pending is None:
            return redirect(reverse("login", query={"sure": "doldu"}))
        return super().dispatch(request, *args, **kwargs)


class CodeForm(forms.Form):
    code = forms.CharField(max_length=32)
    ticket = forms.CharField(required=False, max_length=400)


class CodeView(PendingStep):
    """The second step: a code of the app, or a recovery code."""

    form_class = CodeForm
    template_name = "subscribers/second_factor.html"

    def form_valid(self, form: CodeForm) -> HttpResponse:
        person = self.pending.person
        turn = throttling.take_turn("code", person.email, self.request, ticket=form.cleaned_data["ticket"])
        if not turn.is_given:
            return self.wait(form, turn)
        verdict = second_factor.verify(
            person,
            form.cleaned_data["code"],
            on_known_device=devices.known_number(self.request, person.email) is not None,
        )
        if verdict.is_right:
            throttling.give_back(turn)
            return _opened(
                self.request,
                person,
                stays=self.pending.stays,
                next_address=self.pending.next,
                by="recovery code" if verdict.by_recovery_code else "code",
            )
        if verdict.wait:
            return self.wait(form, throttling.Turn(verdict.wait, turn.lane, turn.account))
        note_failure(self.request, person.email, step="code")
        form.add_error(
            "code", _("Kod yanlış ya da daha önce kullanıldı. Uygulamadaki yeni kodu bekleyip yeniden yazın.")
        )
        return self.form_invalid(form)

    def wait(self, form: CodeForm, turn: throttling.Turn) -> HttpResponse:
        form.add_error("code", turn.in_words())
        return told_to_wait(self.render_to_response(self.get_context_data(form=form, turn=turn)), turn)


class SetUpView(PendingStep):
    """The second step for whoever must have a second factor and has none."""

    form_class = CodeForm
    template_name = "subscribers/second_factor_set_up.html"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        who = pending.of(request)
        if who is not None and second_factor.is_set(who.person):
            return redirect("second_factor")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict:
        person, key = self.pending.person, self.pending.key
        return super().get_context_data(
            **kwargs, key=key, picture=second_factor.picture_for_app(person, key), required=True
        )

    def form_valid(self, form: CodeForm) -> HttpResponse:
        who = self.pending
        codes = second_factor.set_up(who.person, who.key, form.cleaned_data["code"])
        if codes is None:
            form.add_error("code", wrong_first_code())
            return self.form_invalid(form)
        onward = _opened(self.request, who.person, stays=who.stays, next_address=who.next, by="code")
        # Told in this answer and kept nowhere, so there is nothing to lead on to.
        answer = self.response_class(
            self.request, "subscribers/recovery_codes.html", {"codes": codes, "onward": onward.url}
        )
        answer.cookies.update(onward.cookies)
        return answer


def wrong_first_code() -> str:
    return _(
        "Kod bu anahtarın kodu değil; ikinci doğrulama kurulmadı. Uygulamanın gösterdiği yeni kodu yazın."
    )


def told_to_wait(answer: HttpResponse, turn: throttling.Turn | None) -> HttpResponse:
    """`answer`, which says in the way of HTTP too that it was one attempt too many (RFC 6585, 4)."""
    if turn is not None and not turn.is_given:
        answer.status_code = 429
        answer.headers["Retry-After"] = str(turn.wait)
    return answer


def _opened(
    request: HttpRequest, person: User, *, stays: bool, next_address: str, by: str = ""
) -> HttpResponseRedirect:
    """Signs `person` in and leads them on. by: what they showed beside the password, if anything."""
    stays = stays and not authentication.works_in_the_directorate(person)
    # At the very first sign-in every device is new, and no news.
    is_news = person.last_login is not None and devices.known_number(request, person.email) is None
    device = devices.words_for(request)
    request.session.flush()
    with transaction.atomic():
        login(request, person, BACKEND)
        device_sessions.open_for(request.session, device=device, stays=stays)
        request.session[authentication.VERIFIED] = bool(by)
        request.session.save()
        audit.record(
            AuditKind.SIGNED_IN,
            actor=person.uuid,
            subject=person.uuid,
            details={"second_factor": by, "stays": stays},
        )
        if is_news:
            security_mail.tell(
                person,
                Change.NEW_DEVICE,
                otherwise=translation.get_language(),
                device=lambda: devices.in_words(device),
            )
    DeviceSession.objects.filter(expire_date__lt=timezone.now()).delete()
    answer = HttpResponseRedirect(in_language_of(person, next_address))
    devices.remember(request, answer, person.email)
    return answer


def note_failure(request: HttpRequest, typed: str, *, step: str) -> None:
    """Writes a failed sign-in to the audit log. What is no address is left out: it may be a password."""
    try:
        validate_email(typed)
    except ValidationError:
        typed = ""
    person = User.objects.filter(email=typed).values_list("uuid", flat=True).first()
    audit.record(
        AuditKind.SIGN_IN_FAILED,
        details={"step": step},
        personal={"email": typed, "network_address": address_of(request)},
        person=person,
    )


def note_sign_out(sender, request, user, **_signal) -> None:
    """Receiver of Django's signal, which every way out sends."""
    if user is not None:
        audit.record(AuditKind.SIGNED_OUT, actor=user.uuid, subject=user.uuid)


def connect() -> None:
    """Called once, when the application is ready."""
    user_logged_out.connect(note_sign_out, dispatch_uid="subscribers.signing_in")


#: What Wagtail's own sign-in pages are replaced by: the way to the one there is.
sign_in_door = never_cache(RedirectView.as_view(pattern_name="login", query_string=True))


# --- A lost password ---------------------------------------------------------------------------------------------


class AddressField(forms.EmailField):
    """An e-mail address, normalised before it is judged."""

    def to_python(self, value) -> str:
        return normalise_email(super().to_python(value))


class ResetForm(PasswordResetForm):
    email = AddressField(max_length=254)

    def get_users(self, email: str) -> Iterator[User]:
        """The one active user with this address who signs in with a password, if there is one."""
        return (
            user for user in User.objects.filter(email=email, is_active=True) if user.has_usable_password()
        )


class AnsweredFirst(HttpResponseRedirect):
    """Leads on, and does `afterwards` when the answer has gone out: how long that takes tells nobody anything."""

    def __init__(self, address: str, afterwards: Callable[[], None]):
        super().__init__(address)
        self.afterwards: Callable[[], None] | None = afterwards

    def close(self) -> None:
        afterwards, self.afterwards = self.afterwards, None
        try:
            if afterwards is not None:
                afterwards()
        except Exception:
            # Nobody is there any more to be told.
            logger.exception("password_reset_mail_failed")
        finally:
            super().close()


class ResetView(views.PasswordResetView):
    """The link in the mail names the site as the settings do, never as the request's `Host` header does."""

    form_class = ResetForm
    template_name = "subscribers/password_reset_form.html"
    email_template_name = "subscribers/password_reset_email.txt"
    subject_template_name = "subscribers/password_reset_subject.txt"

    def form_valid(self, form: ResetForm) -> HttpResponse:
        """The account is looked for, and the mail written, after the answer: the same for every address."""
        may = throttling.may_send_mail("password reset", form.cleaned_data["email"], self.request)
        interface = translation.get_language()

        def send() -> None:
            if not may:
                return
            person = next(form.get_users(form.cleaned_data["email"]), None)
            with translation.override(language_of(person, otherwise=interface) if person else interface):
                form.save(
                    use_https=self.request.is_secure(),
                    token_generator=self.token_generator,
                    from_email=self.from_email,
                    email_template_name=self.email_template_name,
                    subject_template_name=self.subject_template_name,
                    request=self.request,
                    extra_email_context={"site_url": settings.SITE_URL},
                )

        return AnsweredFirst(self.get_success_url(), send)


class NewPasswordForm(SetPasswordForm):
    """A new password; and whether the person's tokens end with the old one, where some work."""

    revoke_tokens = forms.BooleanField(required=False, initial=True)

    def __init__(self, user: User, *args, **kwargs):
        super().__init__(user, *args, **kwargs)
        self.working_tokens = tokens.working_tokens_of(user).count()


class ResetConfirmView(views.PasswordResetConfirmView):
    """A new password ends every session of its person, and their tokens unless they keep them."""

    form_class = NewPasswordForm
    template_name = "subscribers/password_reset_confirm.html"

    def form_valid(self, form) -> HttpResponse:
        with transaction.atomic():
            answer = super().form_valid(form)
            device_sessions.end_all(self.user, by=self.user)
            revoked = tokens.revoke_all(self.user, by=self.user) if form.cleaned_data["revoke_tokens"] else 0
            audit.record(
                AuditKind.PASSWORD_CHANGED,
                actor=self.user.uuid,
                subject=self.user.uuid,
                details={"by": "reset link"},
            )
            security_mail.tell(self.user, Change.PASSWORD_CHANGED, otherwise=translation.get_language())
        if revoked:
            messages.success(
                self.request,
                ngettext(
                    "%(revoked)d erişim anahtarınız iptal edildi.",
                    "%(revoked)d erişim anahtarınız iptal edildi.",
                    revoked,
                )
                % {"revoked": revoked},
            )
        return answer
