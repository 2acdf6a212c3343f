"""The production settings as a real start reads them: what they refuse, and what they put on every answer."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import database_copy

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "a-sample-of-fifty-characters-and-more-for-the-suite-0123456789",
    "ALLOWED_HOSTS": "des.example,www.des.example",
    "SITE_URL": "https://des.example",
}
#: What the suite's own environment would say otherwise.
OTHERS = {"DATABASE_URL", "CACHE_URL", "SEARCH_URL", "EMAIL_URL", "DEBUG", "DES_VAR", "DES_TEST_VAR", *SAMPLE}

#: Asks for each address in a request of its own and prints what came; and the settings that no answer shows.
ASKING = """
import json, sys
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("site_tree", verbosity=0)
# Nobody here asks for the compressed copies, whose making takes longest.
settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["css", "js", "json", "html", "map", "svg", "txt", "ttf"]
call_command("collectstatic", verbosity=0, interactive=False)
told = {"debug": settings.DEBUG, "hosts": settings.ALLOWED_HOSTS, "apps": sorted(settings.INSTALLED_APPS)}
User = apps.get_model("subscribers", "User")
told["people"] = User.objects.count()
person = User.objects.create_user(email="ada@kurum.example", password="uzun-bir-parola-7391", first_name="Ada")
for name, (method, path, how) in json.loads(sys.argv[1]).items():
    client = Client(enforce_csrf_checks=False, raise_request_exception=False)
    form = {"username": "ada@kurum.example", "password": "uzun-bir-parola-7391"} if method == "post" else None
    answer = getattr(client, method)(path, form, **how)
    told[name] = {
        "status": answer.status_code,
        "headers": dict(answer.headers),
        "cookies": {key: dict(morsel) for key, morsel in answer.cookies.items()},
        "text": "" if answer.streaming else answer.content.decode(),
    }
print(json.dumps(told))
"""

TLS = {"HTTP_HOST": "des.example", "HTTP_X_FORWARDED_PROTO": "https"}
ASKED = {
    "home": ("get", "/", TLS),
    "plain": ("get", "/ara/?q=su", {"HTTP_HOST": "des.example"}),
    "claimed plain": ("get", "/", {**TLS, "HTTP_X_FORWARDED_PROTO": "http"}),
    "sign-in page": ("get", "/giris/", TLS),
    "sign-in": ("post", "/giris/", TLS),
    "admin": ("get", "/yonetim/login/", TLS),
    "missing": ("get", "/yok/", TLS),
    "other host": ("get", "/", {**TLS, "HTTP_HOST": "evil.example"}),
    "feed": ("get", "/rss/haberler.xml", TLS),
}


def started(folder: Path, code: str, *arguments: str, without: str | None = None, **changes: str):
    environment = {name: value for name, value in os.environ.items() if name not in OTHERS}
    environment |= {**SAMPLE, "DES_VAR": str(folder), "LOG_LEVEL": "ERROR", **changes}
    if without:
        del environment[without]
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def production(django_db_setup, django_db_blocker, tmp_path_factory) -> dict:
    """What one start of the site answered to `ASKED`. Most of its database was laid by the suite's migrations."""
    with django_db_blocker.unblock(), database_copy(tmp_path_factory.mktemp("database")) as own:
        address = own.environment["DATABASE_URL"]
        folder = tmp_path_factory.mktemp("production")
        ran = started(folder, ASKING, json.dumps(ASKED), DATABASE_URL=address)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


# --- What it needs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("SECRET_KEY", "a random text of at least 50 characters"),
        ("ALLOWED_HOSTS", "the host names of the site, separated by commas"),
        ("SITE_URL", "the address of the site, such as https://des.example"),
    ],
)
def test_start_without_a_needed_variable_stops_with_a_sentence(tmp_path, name, what, empty):
    changes = {name: ""} if empty else {}
    ran = started(tmp_path, "import django; django.setup()", without=None if empty else name, **changes)
    assert ran.returncode != 0
    assert ran.stderr.splitlines()[-1].endswith(
        f"{name} is not set. It must hold {what}; see the README, going to production."
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("SITE_URL", "http://des.example", "SITE_URL is “http://des.example”"),
        ("SITE_URL", "https://des.example/yol", "SITE_URL is “https://des.example/yol”"),
        ("SITE_URL", "des.example", "SITE_URL is “des.example”"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", "des.example,,", "ALLOWED_HOSTS"),
    ],
)
def test_start_with_a_variable_that_cannot_be_true_stops_with_a_sentence(tmp_path, name, value, said):
    ran = started(tmp_path, "import django; django.setup()", **{name: value})
    assert ran.returncode != 0
    last = ran.stderr.splitlines()[-1]
    assert said in last
    assert name != "SECRET_KEY" or "“" not in last


def test_spaces_between_the_names_of_hosts_are_no_part_of_them(tmp_path):
    code = "import django; django.setup(); from django.conf import settings; print(settings.ALLOWED_HOSTS)"
    ran = started(tmp_path, code, ALLOWED_HOSTS="des.example, www.des.example")
    assert ran.stdout.strip() == "['des.example', 'www.des.example']"


def test_nothing_of_the_demo_is_there(production):
    assert production["people"] == 0
    assert not any("demo" in name for name in production["apps"])


def test_debugging_cannot_be_turned_on_from_outside(tmp_path, production):
    code = "import django; django.setup(); from django.conf import settings; print(settings.DEBUG)"
    assert production["debug"] is False
    assert started(tmp_path, code, DEBUG="true").stdout.strip() == "False"


# --- What it answers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["home", "sign-in page", "sign-in", "admin", "missing", "feed"])
def test_every_answer_keeps_browsers_at_https_for_a_year_with_subdomains(production, page):
    assert production[page]["status"] in (200, 302, 404)
    assert production[page]["headers"]["Strict-Transport-Security"] == (
        "max-age=31536000; includeSubDomains; preload"
    )


@pytest.mark.parametrize(
    ("page", "address"),
    [("plain", "https://des.example/ara/?q=su"), ("claimed plain", "https://des.example/")],
)
def test_plain_request_is_led_to_https(production, page, address):
    answer = production[page]
    assert (answer["status"], answer["headers"]["Location"]) == (301, address)
    assert answer["cookies"] == {}


@pytest.mark.parametrize(
    "header", ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"]
)
@pytest.mark.parametrize("page", ["home", "sign-in page", "admin", "missing"])
def test_pages_bear_the_headers_of_the_site(production, page, header):
    assert header in production[page]["headers"]


def test_session_cookie_is_for_this_site_alone_over_https_and_no_script_reads_it(production):
    cookie = production["sign-in"]["cookies"]["sessionid"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["domain"] == ""


def test_cookie_against_forged_forms_is_for_this_site_alone_over_https(production):
    cookie = production["sign-in page"]["cookies"]["csrftoken"]
    assert (cookie["secure"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")


def test_every_cookie_is_secure(production):
    cookies = [cookie for page in ASKED for cookie in production[page]["cookies"].values()]
    assert cookies
    assert all(cookie["secure"] and cookie["samesite"] in ("Lax", "Strict") for cookie in cookies)


def test_foreign_host_gets_nothing(production):
    answer = production["other host"]
    assert answer["status"] == 400
    assert "evil.example" not in answer["text"]


def test_error_page_shows_nothing_of_the_code(production):
    assert "Traceback" not in production["missing"]["text"]
    assert "config.urls" not in production["missing"]["text"]
