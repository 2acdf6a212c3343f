"""A real institution: TLS in front, every secret and address named by the environment, or a sentence at start."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import env


def required(name: str, what: str) -> str:
    """The environment's value of `name`; stops the start with a sentence where it is missing."""
    value = env(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. It must hold {what}; see the README, going to production."
        )
    return value


SECRET_KEY = required("SECRET_KEY", "a random text of at least 50 characters")
ALLOWED_HOSTS = required("ALLOWED_HOSTS", "the host names of the site, separated by commas").split(",")
SITE_URL = WAGTAILADMIN_BASE_URL = required(
    "SITE_URL", "the address of the site, such as https://des.example"
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
