"""The notice (aydınlatma metni, law 6698, article 10): shown to everybody, and to each person before anything else.

Somebody signed in who hasn't been shown the newest version is led to it from every address there is, the admin's too,
by `NoticeMiddleware`, the one gate; nothing opens but the notice, the way out, and what a token opens, which knows no
session. They confirm having been shown it, which is no consent and asks for none. The texts stand in
`templates/subscribers/notice/`, one for each version and language; a shown one is never changed: another number is
another text.
"""

from urllib.parse import urlsplit

from django import forms
from django.contrib.auth.views import RedirectURLMixin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from . import audit
from .audit_kinds import AuditKind
from .models import User
from .purposes import REGISTER

#: The number of the text that holds, and the languages it is written in; the first stands for any other.
VERSION = 1
LANGUAGES = ("tr", "en")

ROUTE = "notice"
#: What whoever hasn't seen it may do besides: sign out.
WAYS_OUT = frozenset({"logout", "wagtailadmin_logout"})


def has_seen(person: User) -> bool:
    """Whether `person` confirmed having been shown the text that holds."""
    return person.notice_version >= VERSION


def template_of(version: int, language: str) -> str:
    """The template of a text."""
    return f"subscribers/notice/{version}.{language if language in LANGUAGES else LANGUAGES[0]}.html"


def confirm(person: User, version: int) -> None:
    """Keeps that `person` was shown `version` now; once, however often they say so."""
    with transaction.atomic():
        held = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if held.notice_version >= version:
            return
        held.notice_version, held.notice_shown_at = version, timezone.now()
        held.save(update_fields=["notice_version", "notice_shown_at"])
        audit.record(
            AuditKind.NOTICE_SHOWN,
            actor=held.uuid,
            subject=held.uuid,
            details={"version": version, "language": get_language()},
        )


class NoticeMiddleware:
    """Stands behind `PersonMiddleware`: it asks who is signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, arguments, options) -> HttpResponse | None:
        match = request.resolver_match
        if match.namespaces == [] and match.url_name in WAYS_OUT | {ROUTE}:
            return None
        if shows_a_token(request, view):
            return None
        person = request.user
        if not person.is_authenticated or has_seen(person):
            return None
        query = {"next": request.get_full_path()} if request.method == "GET" and _can_go_back(match) else {}
        answer = HttpResponseRedirect(reverse(ROUTE, query=query))
        answer.status_code = 303
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer


def shows_a_token(request: HttpRequest, view) -> bool:
    """Whether `view` will answer by the token that `request` shows, or not at all; never by its session.

    `readable_by_token` marks its views: `without_session` where nobody is answered without a token, `with_token` where
    one may be shown.
    """
    if getattr(view, "without_session", False):
        return True
    return getattr(view, "with_token", False) and "HTTP_AUTHORIZATION" in request.META


def _can_go_back(match) -> bool:
    """Whether the address may stand in another: those of signing in can hold secrets."""
    from .limits import limit_of

    return limit_of(match) != "sign_in" and "password_reset" not in (match.url_name or "")


class ConfirmForm(forms.Form):
    """version: the number of the text that was on the page; another one may hold by now."""

    version = forms.IntegerField(min_value=1, max_value=32_000)


@method_decorator(never_cache, name="dispatch")
class NoticeView(RedirectURLMixin, FormView):
    """`/aydinlatma-metni/`: the text, and the register below it; for whoever hasn't confirmed, the button."""

    form_class = ConfirmForm
    template_name = "subscribers/notice.html"
    next_page = reverse_lazy("wagtail_serve", args=("",))

    def get_context_data(self, **kwargs) -> dict:
        person = self.request.user
        is_known = person.is_authenticated
        return super().get_context_data(
            **kwargs,
            version=VERSION,
            text=template_of(VERSION, get_language()),
            purposes=REGISTER,
            to_confirm=is_known and not has_seen(person),
            seen_at=person.notice_shown_at if is_known and has_seen(person) else None,
            next=self.get_redirect_url(),
        )

    def get_redirect_url(self) -> str:
        """Where the person wanted to go; "" where that is no address of the site, or this page."""
        address = super().get_redirect_url()
        own = {urlsplit(self.request.path).path, reverse(ROUTE)}
        return "" if urlsplit(address).path in own else address

    def form_valid(self, form: ConfirmForm) -> HttpResponse:
        if not self.request.user.is_authenticated:
            raise PermissionDenied
        if form.cleaned_data["version"] != VERSION:
            form.add_error(None, _("Metin bu arada değişti. Yeni metin aşağıda."))
            return self.form_invalid(form)
        confirm(self.request.user, VERSION)
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: ConfirmForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
