"""Rate limits: how often one address, and one token, may ask. A program that runs wild is told when to come back.

Requests are counted in fixed windows in the cache `limits`: on one machine each process counts for itself, with Redis
all count together. A cache that is away limits nobody. The rates stand in `settings.RATE_LIMITS`, generous: behind one
address there may be a whole ministry. Guessing passwords is slowed down elsewhere, and much sooner.
"""

import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from .addresses import address_of

logger = logging.getLogger(__name__)

CACHE = "limits"
#: Whoever has an IPv6 line has a whole network of this many bits of addresses to ask from.
IPV6_LINE = 64
#: Limits beside that of the whole site, by the name space of a route.
SECTIONS = {"feeds": "feeds", "search": "search"}
#: Routes of the admin where people sign in.
ADMIN_SIGN_IN = frozenset({"wagtailadmin_login", "wagtailadmin_password_reset"})


@dataclass(frozen=True)
class Rate:
    """So many requests in so many seconds."""

    requests: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Rate | None":
        """`600/60`: 600 requests in 60 seconds; None for `0`, no limit. Raises ValueError for anything else."""
        if text.strip() == "0":
            return None
        requests, _slash, seconds = text.partition("/")
        rate = cls(int(requests), int(seconds))
        if rate.requests < 1 or rate.seconds < 1:
            raise ValueError(text)
        return rate


_rate = lru_cache(maxsize=32)(Rate.parse)


def wait_for(name: str, who: str) -> int:
    """Counts one request of `who` under the limit `name`; seconds to wait where it is one too many, otherwise 0."""
    written = settings.RATE_LIMITS.get(name)
    rate = _rate(written) if written else None
    if rate is None:
        return 0
    now = time.time()
    window = int(now // rate.seconds)
    requests = _counted(f"{name}:{window}:{_unreadable(who)}", rate.seconds * 2)
    if requests <= rate.requests:
        return 0
    if requests == rate.requests + 1:
        logger.warning("rate_limited limit=%s requests=%d seconds=%d", name, rate.requests, rate.seconds)
    return max(1, int((window + 1) * rate.seconds - now + 0.999))


def _counted(key: str, keep: int) -> int:
    """How many times `key` was counted, this one included; 0 where the cache is away."""
    cache = caches[CACHE]
    for _turn in range(2):
        try:
            return cache.incr(key) or 0
        except ValueError:
            if cache.add(key, 1, timeout=keep):
                return 1
    return 0


def _unreadable(who: str) -> str:
    """What stands for an address or a token in the cache."""
    return salted_hmac("subscribers.limits", who, algorithm="sha256").hexdigest()[:32]


def line_of(address: str) -> str:
    """What counts as one asker: an IPv4 address, or the IPv6 network of one line."""
    if ":" in address:
        return str(ip_network((address.partition("%")[0], IPV6_LINE), strict=False))
    return address


def too_many(wait: int) -> HttpResponse:
    """429 with the seconds to wait."""
    sentence = ngettext(
        "Kısa sürede çok fazla istek geldi. %(wait)d saniye sonra yeniden deneyin.",
        "Kısa sürede çok fazla istek geldi. %(wait)d saniye sonra yeniden deneyin.",
        wait,
    ) % {"wait": wait}
    response = HttpResponse(f"{sentence}\n", status=429, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


class RateLimitMiddleware:
    """Counts each request by its address: for the whole site, and for the section its route belongs to."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wait = wait_for("site", line_of(address_of(request)))
        return too_many(wait) if wait else self.get_response(request)

    def process_view(self, request: HttpRequest, view, arguments, options) -> HttpResponse | None:
        name = limit_of(request.resolver_match)
        wait = wait_for(name, line_of(address_of(request))) if name else 0
        return too_many(wait) if wait else None


def limit_of(match) -> str | None:
    """The limit of the section that a resolved route belongs to, if it has one of its own."""
    if match.namespace in SECTIONS:
        return SECTIONS[match.namespace]
    if not match.namespace and (match.url_name in _sign_in_routes() or match.url_name in ADMIN_SIGN_IN):
        return "sign_in"
    return None


@lru_cache(maxsize=1)
def _sign_in_routes() -> frozenset[str]:
    """Every route of `subscribers.urls`: signing in, out, and whatever a forgotten password needs."""
    from . import urls

    return frozenset(pattern.name for pattern in urls.urlpatterns)


def check_settings() -> None:
    """Called when the application starts. Raises ImproperlyConfigured for a rate that can't be read."""
    for name, text in settings.RATE_LIMITS.items():
        try:
            _rate(text)
        except ValueError:
            raise ImproperlyConfigured(
                f"The rate limit “{name}” is “{text}”. Write requests and seconds as 600/60, or 0 for no limit."
            ) from None
