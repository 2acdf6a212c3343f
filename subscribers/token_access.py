"""Lets readers in by token: in the address, by HTTP Basic or by Bearer.

A view that may be read with a token is wrapped in `readable_by_token`; the reader is then the token's holder, whoever
else the browser is signed in as, and neither session nor cookie has any part in the answer. The token is looked up at
each request, so that a revocation holds from the next one on, in every process. Whatever is wrong with a token, the
answer is the same: in the address that of what isn't there, by header one and the same 401.
"""

import base64
import binascii
import logging
import threading
from collections.abc import Callable
from datetime import date
from functools import wraps

from django.contrib.auth.models import AnonymousUser
from django.db import Error as DatabaseFailure
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext

from . import limits
from .addresses import UNKNOWN, address_of, is_within, parse_address, parse_network
from .entitlement import NEWSROOM, keys_of, keys_of_agency
from .middleware import Reader
from .models import Token, TokenUse
from .patience import impatient_transaction
from .tokens import digest_of, is_secret

logger = logging.getLogger(__name__)

#: Characters of an Authorization header that are looked at; a secret and a long user name have room in them.
LONGEST_HEADER = 512
#: Asked of feed readers that send nothing until they are asked; they know Basic.
CHALLENGE = 'Basic realm="DES", charset="UTF-8", Bearer realm="DES"'
#: Uses of tokens that a process remembers having written down.
REMEMBERED = 100_000


class TokenRefused(Exception):
    """What was shown opens nothing. Never says why: that is nobody's business."""


def readable_by_token(scope: str, *, required: bool = False) -> Callable:
    """Makes a view one that tokens of `scope` open. Its route may capture a `secret`, which the view doesn't see.

    required: whether nobody is answered without one. Otherwise a request without a token goes on as it is.
    """

    def wrap(view: Callable) -> Callable:
        @wraps(view)
        def wrapped(request: HttpRequest, *args, secret: str | None = None, **kwargs) -> HttpResponse:
            try:
                token = token_of_request(request, scope, in_address=secret)
            except TokenRefused:
                if secret is not None:
                    raise Http404 from None
                return challenge()
            if token is None:
                return challenge() if required else view(request, *args, **kwargs)
            wait = limits.wait_for(f"token:{scope}", str(token.uuid))
            if wait:
                return limits.too_many(wait)
            record_use(token)
            request.reader = reader_of_token(token)
            request.user = AnonymousUser()
            return _answered(request, view(request, *args, **kwargs))

        # Read by `subscribers.notice`: whoever shows a token is not asked who is signed in.
        wrapped.with_token, wrapped.without_session = True, required
        return wrapped

    return wrap


def reader_of_request(request: HttpRequest, scope: str, *, in_address: str | None = None) -> Reader | None:
    """Who reads by the token that `request` shows; None where it shows none. Raises TokenRefused."""
    token = token_of_request(request, scope, in_address=in_address)
    return None if token is None else reader_of_token(token)


def token_of_request(request: HttpRequest, scope: str, *, in_address: str | None = None) -> Token | None:
    """The token that `request` shows, which opens `scope` now and from where it was sent. Raises TokenRefused.

    in_address: the secret that the address held. Where several are shown they must be the same.
    """
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None and in_address is None:
        return None
    shown = set() if in_address is None else {in_address}
    if header is not None:
        shown.add(_secret_of_header(header))
    if len(shown) > 1:
        raise TokenRefused
    holders = ("person__agency", "service_account__agency")
    token = Token.objects.select_related(*holders).filter(digest=digest_of(shown.pop())).first()
    if token is None or not _opens(token, scope) or not _comes_from(request, token.networks):
        raise TokenRefused
    return token


def _secret_of_header(header: str) -> str:
    """The secret that an Authorization header holds: as Bearer, or as user name or password of Basic (RFC 7617)."""
    if len(header) > LONGEST_HEADER or not header.isascii():
        raise TokenRefused
    scheme, _space, credentials = header.partition(" ")
    credentials = credentials.strip()
    if scheme.lower() == "bearer":
        found = {credentials}
    elif scheme.lower() == "basic":
        try:
            decoded = base64.b64decode(credentials, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise TokenRefused from None
        user, _colon, password = decoded.partition(":")
        found = {part for part in (user, password) if is_secret(part)}
    else:
        raise TokenRefused
    if len(found) != 1:
        raise TokenRefused
    secret = found.pop()
    if not is_secret(secret):
        raise TokenRefused
    return secret


def _opens(token: Token, scope: str) -> bool:
    """Whether `token` works for `scope`, and its holder still reads for an agency in force."""
    if token.revoked_at is not None or token.expires_at <= timezone.now() or scope not in token.scopes:
        return False
    if token.person is not None:
        is_open, agency = token.person.is_active, token.person.agency
    else:
        is_open, agency = token.service_account.ended_at is None, token.service_account.agency
    return is_open and agency is not None and agency.is_current()


def _comes_from(request: HttpRequest, networks: list[str]) -> bool:
    if not networks:
        return True
    address = address_of(request)
    if address == UNKNOWN:
        return False
    return is_within(parse_address(address), (parse_network(network) for network in networks))


def reader_of_token(token: Token) -> Reader:
    """The reader that the holder of `token`, which opens something, is at this moment."""
    if token.service_account is not None:
        account = token.service_account
        return Reader(
            keys=keys_of_agency(account.agency),
            person=account.uuid,
            agency_id=account.agency_id,
            counted=True,
            is_service=True,
        )
    person = token.person
    keys = keys_of(person)
    return Reader(
        keys=keys,
        person=person.uuid,
        agency_id=person.agency_id,
        counted=not person.is_staff and NEWSROOM not in keys,
    )


def challenge() -> HttpResponse:
    """401, the same for everything that can be wrong."""
    sentence = gettext("Bu adres geçerli bir erişim anahtarıyla okunur.")
    response = HttpResponse(f"{sentence}\n", status=401, content_type="text/plain; charset=utf-8")
    response.headers["WWW-Authenticate"] = CHALLENGE
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    patch_vary_headers(response, ["Authorization", "Accept-Language", "Cookie"])
    return response


def _answered(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """`response` as one that belongs to the token's holder alone and leaves nothing in the browser."""
    response.cookies.clear()
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    if "private" not in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Authorization"])
    return response


# --- The days of use ---------------------------------------------------------------------------------------------


class _Days:
    """The tokens that this process has written down as used today. Safe between threads, bounded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: date | None = None
        self._tokens: set[int] = set()

    def has(self, token_id: int, day: date) -> bool:
        with self._lock:
            return day == self._day and token_id in self._tokens

    def add(self, token_id: int, day: date) -> None:
        with self._lock:
            if day != self._day or len(self._tokens) >= REMEMBERED:
                self._day = day
                self._tokens.clear()
            self._tokens.add(token_id)


_written = _Days()


def record_use(token: Token) -> None:
    """Keeps that `token` was used today: written at most once a day by each process, never in the reader's way."""
    day = timezone.localdate(timezone=timezone.get_default_timezone())
    if _written.has(token.pk, day):
        return
    try:
        with impatient_transaction():
            TokenUse.objects.bulk_create([TokenUse(token=token, day=day)], ignore_conflicts=True)
    except DatabaseFailure as error:
        logger.warning("token_use_not_kept reason=%s", str(error).strip().split("\n")[0])
        return
    _written.add(token.pk, day)
