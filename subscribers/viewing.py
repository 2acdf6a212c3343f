"""Okurun gözüyle: an administrator sees the site for a while as a person or an agency would.

Only `request.reader` is another's: `request.user` stays the administrator, who does nothing meanwhile. What is shown is
reading alone; everything else, and whatever would change anything, is answered by one page that says so. Nothing is
counted, and nothing of the person is touched: the reader bears the administrator's number, with the other's keys.

The session keeps who is looked for and until when. Whether it may go on is asked anew at each request: of the
administrator's right, of the person's account and rights, of the clock. Signing in or out begins another session.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from . import audit
from .audit_kinds import AuditKind
from .authentication import works_in_the_directorate
from .entitlement import NEWSROOM, keys_of, keys_of_agency
from .models import Agency, User

LASTS = timedelta(minutes=15)
#: Whoever may change people's accounts.
PERMISSION = "subscribers.change_user"

#: What is shown meanwhile: name spaces, and routes without one. Whatever isn't named here is not shown, so that a page
#: about the person or the administrator never appears by being forgotten.
SHOWN_SPACES = frozenset({"site", "search", "feeds"})
SHOWN_ROUTES = frozenset(
    {
        "wagtail_serve",
        "notice",
        "image",
        "image_at_full_width",
        "sitemap",
        "sitemap_pages",
        "sitemap_month",
        "robots",
        "health",
    }
)
#: Ends the session, and everything in it.
SIGN_OUT = "logout"

_KEY = "viewing"


@dataclass(frozen=True)
class Viewing:
    """Through whose eyes. is_over: the administrator sees with their own again, and is told so until they end it.

    is_barred: not because the time is up, but because the person's account was closed or they got a role meanwhile.
    subject: None where there is no such person or agency any more, and then it is over.
    """

    subject: User | Agency | None
    until: datetime
    is_over: bool = False
    is_barred: bool = False

    @property
    def name(self) -> str:
        return self.subject.display_name if isinstance(self.subject, User) else self.subject.name

    @property
    def is_agency(self) -> bool:
        return isinstance(self.subject, Agency)

    @property
    def keys(self) -> frozenset[str]:
        """The keys that they hold at this moment."""
        return keys_of_agency(self.subject) if self.is_agency else keys_of(self.subject)


def begin(request: HttpRequest, subject: User | Agency, *, reason: str) -> Viewing:
    """Lets whoever is signed in see the site as `subject` for `LASTS`. Raises ValidationError where it may not be."""
    if isinstance(subject, User):
        _refuse(subject)
    until = timezone.now() + LASTS
    with transaction.atomic():
        request.session[_KEY] = {
            "kind": "person" if isinstance(subject, User) else "agency",
            "subject": str(subject.uuid),
            "until": until.isoformat(),
        }
        audit.record(
            AuditKind.VIEWING_BEGUN,
            actor=request.user.uuid,
            subject=subject.uuid,
            details={"until": until.isoformat(timespec="seconds")},
            personal={"reason": reason},
            person=subject.uuid if isinstance(subject, User) else None,
        )
    return Viewing(subject, until)


def end(request: HttpRequest) -> None:
    """Ends it; nothing where there is none."""
    kept = request.session.pop(_KEY, None)
    if kept is not None and request.user.is_authenticated:
        audit.record(AuditKind.VIEWING_ENDED, actor=request.user.uuid, subject=UUID(kept["subject"]))


def is_going(request: HttpRequest) -> bool:
    """Whether one was begun in this session and not ended, though its time may be up."""
    return _KEY in request.session


def viewing_of(request: HttpRequest) -> Viewing | None:
    """Through whose eyes this request is made; None for the asker's own. Without a session it costs nothing."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(_admin()):
        return None
    kept = request.session.get(_KEY)
    if kept is None or not request.user.is_authenticated or not request.user.has_perm(PERMISSION):
        return None
    model = User if kept["kind"] == "person" else Agency
    found = model.objects.select_related("agency") if model is User else model.objects.all()
    subject = found.filter(uuid=kept["subject"]).first()
    until = datetime.fromisoformat(kept["until"])
    barred = subject is None or (isinstance(subject, User) and not _may_be_viewed(subject))
    return Viewing(subject, until, is_over=barred or until <= timezone.now(), is_barred=barred)


def stands_in_the_way(request: HttpRequest, viewing: Viewing) -> bool:
    """Whether this request, while it lasts, is for something else than reading."""
    match = request.resolver_match
    if not match.namespace and match.url_name == SIGN_OUT:
        return False
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        return True
    return not (match.namespace in SHOWN_SPACES or (not match.namespace and match.url_name in SHOWN_ROUTES))


def not_shown(request: HttpRequest) -> HttpResponse:
    """What is answered then: the same for whatever was asked."""
    return render(request, "subscribers/not_shown.html", status=403)


def kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """`response`, of which no copy is kept: the next one may be for other eyes."""
    response.headers["Cache-Control"] = "private, no-store"
    for name in ("ETag", "Last-Modified"):
        response.headers.pop(name, None)
    patch_vary_headers(response, ["Cookie"])
    return response


def _refuse(person: User) -> None:
    if not person.is_active:
        raise ValidationError(_("Bu kişinin hesabı kapalı; yalnızca bir ziyaretçinin gördüğünü görür."))
    if not _may_be_viewed(person):
        raise ValidationError(
            _("Başkanlık'ta görevli birinin gözüyle bakılmaz: onun gördüğü, görevinin yetkisidir.")
        )


def _may_be_viewed(person: User) -> bool:
    return person.is_active and not works_in_the_directorate(person) and NEWSROOM not in keys_of(person)


def _admin() -> str:
    return reverse("wagtailadmin_home")
