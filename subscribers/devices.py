"""Which device a request comes from: in words for its owner, and as one on which a person signed in before.

A device is known by a signed cookie that names no person: for each account a keyed hash of its address, and a random
number of the device. Whoever has it is slowed down only by failures on that device (`subscribers.throttling`), so that
strangers who guess at an account never get in its owner's way.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

COOKIE = "bilinen_cihaz"
#: How long a device stays known without a sign-in on it.
KNOWN_FOR = timedelta(days=180)
#: Accounts that one device may be known to: people who share a computer.
ACCOUNTS = 3

_SALT = "subscribers.devices"

#: The first that is found: browsers name those they descend from as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser/", "Yandex"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def words_for(request: HttpRequest) -> str:
    """`Firefox, Windows`: what the browser says of itself, in words of our own; "" where it says nothing known."""
    said = request.headers.get("User-Agent", "")
    known = [next((name for mark, name in table if mark in said), None) for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in known if name)


def in_words(device: str) -> str:
    """`device` as people read it."""
    return device or _("Bilinmeyen cihaz")


def known_number(request: HttpRequest, account: str) -> str | None:
    """The number of this device where `account` signed in on it before; None elsewhere. Asks no database."""
    return _accounts(request).get(_name_of(account))


def remember(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Makes the device known to `account`."""
    accounts = _accounts(request)
    name = _name_of(account)
    number = accounts.pop(name, None) or secrets.token_hex(8)
    accounts = dict([*accounts.items(), (name, number)][-ACCOUNTS:])
    response.set_cookie(
        COOKIE,
        signing.dumps(accounts, salt=_SALT),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _accounts(request: HttpRequest) -> dict[str, str]:
    try:
        accounts = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return {}
    return accounts if isinstance(accounts, dict) else {}


def _name_of(account: str) -> str:
    return salted_hmac(_SALT, account, algorithm="sha256").hexdigest()[:24]
