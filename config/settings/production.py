"""A real institution: TLS in front, every secret and address named by the environment, or a sentence at start."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import env


def required(name: str, what: str) -> str:
    """The environment's value of `name`; stops the start with a sentence where it is missing."""
    value = env(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. It must hold {what}; see the README, going to production."
        )
    return value


def hosts_in(text: str) -> list[str]:
    """The host names in `text`. Raises ImproperlyConfigured for an empty one and for `*`, which is every host."""
    hosts = [host.strip() for host in text.split(",")]
    if not all(hosts) or "*" in hosts:
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS is “{text}”. Write each host name of the site, separated by commas, and no “*”."
        )
    return hosts


def origin_in(text: str) -> str:
    """The address in `text`, without a slash behind it. Raises ImproperlyConfigured unless it is https and a host."""
    address = urlsplit(text)
    if address.scheme != "https" or not address.hostname or text.rstrip("/") != f"https://{address.netloc}":
        raise ImproperlyConfigured(
            f"SITE_URL is “{text}”. Write https:// and the host name alone, such as https://des.example."
        )
    return text.rstrip("/")


SECRET_KEY = required("SECRET_KEY", "a random text of at least 50 characters")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "SECRET_KEY is too short. It must hold a random text of at least 50 characters."
    )
ALLOWED_HOSTS = hosts_in(required("ALLOWED_HOSTS", "the host names of the site, separated by commas"))
SITE_URL = WAGTAILADMIN_BASE_URL = origin_in(
    required("SITE_URL", "the address of the site, such as https://des.example")
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
