"""Settings shared by every way of running; safe by default.

`local` and `test` loosen, `production` only adds what a real institution must name. Everything that can differ
between two installations is read here, once, from the environment; everything the system writes stands in `VAR`.
"""

from pathlib import Path

import environ

from subscribers.roles import ADMINISTRATOR, CHIEF_EDITOR

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()

#: The one folder the system writes to: database, media, search index, collected static files.
VAR = Path(env("DES_VAR", default=str(BASE_DIR / "var"))).resolve()

DEBUG = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "home",
    "administration",
    "newsroom",
    "feeds",
    "search",
    "metrics",
    "bulletin",
    "subscribers",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail.search",  # of images and pages, in the editors' pages
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # its Turkish, for the admin's “30 dakika önce”
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "subscribers.limits.RateLimitMiddleware",
    "subscribers.request_bodies.RequestBodyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "subscribers.authentication.PersonMiddleware",
    "subscribers.notice.NoticeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "subscribers.middleware.ReaderMiddleware",
    "administration.personal_data_views.PersonalDataMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# --- Data ------------------------------------------------------------------------------------------------------

#: A ledger that forgets is none: the write-ahead log is flushed at every commit, and each transaction takes the
#: write lock when it begins, so that two writers wait for each other instead of failing half-way. What is deleted is
#: overwritten with zeros: a redacted text stands in no free page.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-64000;"
        "PRAGMA secure_delete=ON;"
    ),
}

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"].setdefault("OPTIONS", {}).update(SQLITE_OPTIONS)
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# ATOMIC_REQUESTS stays off: on SQLite it would make every page view take the write lock.

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}
if CACHES["default"]["BACKEND"].endswith(".RedisCache"):
    # A cache that is away slows the site down and never stops it; it is logged and asked again.
    CACHES["default"]["BACKEND"] = "django_redis.cache.RedisCache"
    CACHES["default"].setdefault("OPTIONS", {}).update(
        IGNORE_EXCEPTIONS=True, SOCKET_CONNECT_TIMEOUT=1, SOCKET_TIMEOUT=1
    )
    DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

#: Where requests are counted, apart from what is merely kept: a full cache forgets its oldest entries.
CACHES["limits"] = {**CACHES["default"]}
if CACHES["limits"]["BACKEND"].endswith(".LocMemCache"):
    CACHES["limits"].update(LOCATION="limits", OPTIONS={"MAX_ENTRIES": 100_000})

#: `tantivy://` (embedded, in VAR/search) or `https://user:password@host:9200/?index=des` (Elasticsearch).
SEARCH_URL = env("SEARCH_URL", default="tantivy://")

# --- People ----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "subscribers.User"
AUTHENTICATION_BACKENDS = ["subscribers.authentication.EmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "subscribers.passwords.MaximumLength"},
    {"NAME": "subscribers.passwords.MinimumLength", "OPTIONS": {"min_length": 12}},
    {"NAME": "subscribers.passwords.UnlikeThePerson"},
    {"NAME": "subscribers.passwords.NotCommon"},
    {"NAME": "subscribers.passwords.NotCommonInTurkish"},
    {"NAME": "subscribers.passwords.NotFiguresAlone"},
]
#: Roles, by their names in `subscribers.roles`, whose people sign in with a second factor; a superuser counts as an
#: administrator. An agency may require it of its own people besides.
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=[ADMINISTRATOR, CHIEF_EDITOR])
SESSION_ENGINE = "subscribers.device_sessions"
#: Of visitors; who signs in gets what `subscribers.device_sessions` says.
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# A password or an address is changed on the site, where it is asked for again; not in the admin's account page.
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "newsroom.body_area.PageArea"}}
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = None
PASSWORD_RESET_TIMEOUT = 60 * 60 * 3

#: Networks in CIDR notation of the institution's own proxies, whose X-Forwarded-For is believed; nobody else's is.
#: They must drop header names with an underscore, as nginx does: WSGI can't tell X_Forwarded_For from X-Forwarded-For.
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])
#: Requests in seconds, by what is asked for; 0 for no limit. By address, save those named `token:`, by token.
RATE_LIMITS: dict[str, str] = {
    "site": env("RATE_LIMIT_SITE", default="6000/60"),
    "sign_in": env("RATE_LIMIT_SIGN_IN", default="300/60"),
    "feeds": env("RATE_LIMIT_FEEDS", default="1200/60"),
    "search": env("RATE_LIMIT_SEARCH", default="600/60"),
    "token:feeds": env("RATE_LIMIT_TOKEN_FEEDS", default="300/60"),
    "token:search": env("RATE_LIMIT_TOKEN_SEARCH", default="300/60"),
}

#: Whole months that an event of the audit log is kept after the month it happened in; then the month is destroyed.
AUDIT_RETENTION_MONTHS: int = env.int("AUDIT_RETENTION_MONTHS", default=24)

#: The same for every other purpose of `subscribers.purposes` that has an end; from what on, stands there.
RETENTION_MONTHS: dict[str, int] = {
    "accounts": env.int("RETENTION_ACCOUNTS_MONTHS", default=12),
    "sign_in": env.int("RETENTION_SIGN_IN_MONTHS", default=1),
    "invitations": env.int("RETENTION_INVITATIONS_MONTHS", default=6),
    "tokens": env.int("RETENTION_TOKENS_MONTHS", default=12),
    "use": env.int("RETENTION_USE_MONTHS", default=3),
    "contacts": env.int("RETENTION_CONTACTS_MONTHS", default=12),
    "working_copies": env.int("RETENTION_WORKING_COPIES_MONTHS", default=1),
    "editing_log": env.int("RETENTION_EDITING_LOG_MONTHS", default=24),
}

# --- Language and time -----------------------------------------------------------------------------------------

LANGUAGE_CODE = "tr"
LANGUAGES = [("tr", "Türkçe"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Istanbul"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "config.formats"

# --- Files -----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
#: Wagtail's own renditions, for editors only; readers are served frozen copies by a view that asks entitlement.
MEDIA_URL = "/yonetim/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
#: Bytes of a request's body, by the beginning of its address; the longest that fits counts. In the admin a picture of
#: WAGTAILIMAGES_MAX_UPLOAD_SIZE beside the fields of its form, but not at the doors that stand open to everybody.
REQUEST_BODY_LIMITS: dict[str, int] = {
    "/": 128 * 1024,
    "/yonetim/": 16 * 1024 * 1024,
    "/yonetim/login/": 128 * 1024,
    "/yonetim/password_reset/": 128 * 1024,
}

# --- Wagtail ---------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Devlet Enformasyon Sistemi"
WAGTAILADMIN_BASE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
WAGTAIL_I18N_ENABLED = False
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS: list[dict] = []
WAGTAIL_USAGE_COUNT_ENABLED = False
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
#: As days are written in Turkey; `config.formats` reads it in both languages.
WAGTAIL_DATE_FORMAT = "%d.%m.%Y"
WAGTAIL_DATETIME_FORMAT = "%d.%m.%Y %H:%M"
WAGTAIL_FINISH_WORKFLOW_ACTION = "newsroom.workflow.publish_approved_revision"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
# What a camera of today makes. Each pixel costs four bytes of memory when a smaller picture is made of it.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
#: Wagtail's own search tables hold pages and images; what is offered is searched by `search/`.
#: Images and pages are few; SQLite's own full text answers a lone quotation mark with an error.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database.fallback"}}
WAGTAILIMAGES_IMAGE_FORM_BASE = "newsroom.images.ImageForm"
TAGGIT_CASE_INSENSITIVE = True

# --- Answers ---------------------------------------------------------------------------------------------------

SITE_URL = WAGTAILADMIN_BASE_URL
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # Wagtail lifts it for its own previews.
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # Wagtail's admin reads it.

#: The site holds nothing inline, so it needs no nonces. Pages under /yonetim/ bear `newsroom.policy.POLICY` instead.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    },
}

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="des@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    # Every handler has the filter: no secret of a token is written anywhere.
    "filters": {
        "secrets": {"()": "subscribers.secrecy.SecretFilter"},
        "not_debugging": {"()": "django.utils.log.RequireDebugFalse"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]},
        "mail_admins": {
            "level": "ERROR",
            "class": "django.utils.log.AdminEmailHandler",
            "filters": ["secrets", "not_debugging"],
        },
    },
    "loggers": {
        # Named here because Django's own handlers would have no filter.
        "django": {"handlers": ["mail_admins"], "level": "INFO"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
DEFAULT_EXCEPTION_REPORTER = "subscribers.secrecy.SecretReporter"
