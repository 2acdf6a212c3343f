"""The secret of a token stands in no log, no error report, no mail, no referrer and no link."""

import base64
import logging
import re
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils.log import AdminEmailHandler
from django.views.debug import technical_500_response

from config import urls as site_urls
from subscribers import secrecy
from subscribers.secrecy import SecretFilter, without_secrets
from tests import factories

SECRET = "des_Zk3-q_" + "Bx9" * 12 + "w"
BASIC = base64.b64encode(f"kisi@kurum.example:{SECRET}".encode()).decode()
ADDRESS = f"/rss/k/{SECRET}/haberler.xml"


def holds_secret(text: str) -> bool:
    """Whether any longer part of the secret can be read in `text`, plain, percent-encoded or in base 64."""
    plain = SECRET.removeprefix("des_")
    return any(part in text for part in (plain, plain[:16], plain[-16:], quote(SECRET), BASIC, BASIC[-24:]))


# --- By looks and by place ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"Not Found: {ADDRESS}",
        f"GET {ADDRESS}?x=1 HTTP/1.1",
        f"https://des.example{ADDRESS}",
        f"Referer: 'https://des.example{ADDRESS}'",
        f"/giris/?next={quote(ADDRESS, safe='')}",
        ADDRESS.replace("_", "%5F", 1),
        ADDRESS.replace("des_", "%64es_", 1),
        ADDRESS.replace("des_", "%64%65%73%5f", 1),
        ADDRESS.replace("/k/", "/%6B/", 1),
        f"Authorization: Bearer {SECRET}",
        f"{{'HTTP_AUTHORIZATION': 'Basic {BASIC}'}}",
        f"basic {BASIC}",
        f"('Basic '\n '{BASIC}')",
        f"{SECRET}:{SECRET}",
        f"bir{SECRET}iki",
    ],
)
def test_secret_is_taken_out_of_a_text(text):
    cleaned = without_secrets(text)
    assert not holds_secret(cleaned)
    assert secrecy.HIDDEN in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "Not Found: /haberler/2026/11/23/des_kararlari-12/",
        "/rss/haberler.xml",
        "basic settings",
        "/k/",
        "desk_id=4",
        "description_of_everything_that_there_is_to_know",
    ],
)
def test_other_texts_stay_what_they_are(text):
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    "address",
    ["/davet/Q7w-hVx2_kd8sLm3/", "/en/davet/Q7w-hVx2_kd8sLm3/", "/parola/sifirla/MQ/cxyz12-Q7w0hVx2kd8sLm3/"],
)
def test_links_that_were_mailed_are_taken_out_too(address):
    assert "Q7w" not in without_secrets(f"Not Found: {address}")


# --- Logs --------------------------------------------------------------------------------------------------------


def logged(*arguments, **options) -> str:
    """What a handler with the filter writes."""
    lines = []

    class Lines(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Lines()
    handler.addFilter(SecretFilter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.error(*arguments, **options)
    (line,) = lines
    return line


def failure(text: str) -> Exception:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((f"a {SECRET}",), {}),
        (("a %s", SECRET), {}),
        (("a %(path)s", {"path": ADDRESS}), {}),
        (("a %s", [ADDRESS]), {}),
        (("a",), {"exc_info": failure(SECRET)}),
        (("a",), {"stack_info": True}),
        (("a %d", SECRET), {}),
        (("a %s %s", SECRET), {}),
    ],
)
def test_no_record_holds_a_secret(arguments, options):
    line = logged(*arguments, **options)
    assert line.startswith("a")
    assert not holds_secret(line)


def test_traceback_is_still_there():
    line = logged("a", exc_info=failure(SECRET))
    assert "Traceback" in line
    assert "ValueError" in line


def test_every_handler_of_the_settings_has_the_filter():
    for name, handler in site_settings.LOGGING["handlers"].items():
        assert "secrets" in handler["filters"], name
    handlers = [
        handler
        for name in (None, "django", "django.server", "django.request")
        for handler in logging.getLogger(name).handlers
        if not handler.__class__.__module__.startswith("_pytest")
    ]
    assert len(handlers) >= 2
    for handler in handlers:
        assert any(isinstance(known, SecretFilter) for known in handler.filters), handler


def test_handlers_of_the_server_get_the_filter_when_the_site_starts():
    logger = logging.getLogger("granian.access")
    handler = logging.NullHandler()
    logger.addHandler(handler)
    try:
        secrecy.install()
        secrecy.install()
        assert [type(known) for known in handler.filters] == [SecretFilter]
    finally:
        logger.removeHandler(handler)


# --- Errors ------------------------------------------------------------------------------------------------------


def fails(request, **_captured):
    shown = request.headers.get("Authorization", "")
    raise RuntimeError(f"{request.path} {shown}")


class FailingUrls:
    urlpatterns = [path("rss/k/<secret>/haberler.xml", fails), *site_urls.urlpatterns]
    handler404 = site_urls.handler404
    handler500 = site_urls.handler500


@pytest.mark.django_db
def test_neither_page_nor_mail_nor_log_of_an_error_holds_it(settings, capsys):
    settings.ADMINS = [("Yönetici", "yonetici@des.example")]
    client = Client(raise_request_exception=False)
    with override_settings(ROOT_URLCONF=FailingUrls):
        answer = client.get(ADDRESS, headers={"Authorization": f"Basic {BASIC}"})
    assert answer.status_code == 500
    assert not holds_secret(answer.content.decode())
    (report,) = mail.outbox
    written = [
        report.subject,
        report.body,
        *(str(part) for part, _kind in getattr(report, "alternatives", [])),
    ]
    assert "RuntimeError" in report.body
    assert not any(holds_secret(text) for text in written)


@pytest.mark.parametrize("report", ["get_traceback_html", "get_traceback_text"])
def test_no_report_of_an_error_holds_it(settings, report):
    settings.DEBUG = True
    request = RequestFactory().get(ADDRESS, {"x": SECRET}, HTTP_AUTHORIZATION=f"Basic {BASIC}")
    request.COOKIES["x"] = SECRET
    try:
        fails(request)
    except RuntimeError:
        answer = technical_500_response(request, *sys.exc_info()).content.decode()
        made = getattr(secrecy.SecretReporter(request, *sys.exc_info()), report)()
    assert "RuntimeError" in made
    assert not holds_secret(made)
    assert not holds_secret(answer)


def test_mail_to_administrators_uses_the_report_without_secrets():
    assert AdminEmailHandler().reporter_class is secrecy.SecretReporter


# --- Answers -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_answer_to_a_token_holds_it_nowhere():
    factories.published_news(audience=["subscriber"], body='<p><a href="/haberler/">haberler</a></p>')
    _token, secret = factories.token()
    for address, headers in (
        (f"/rss/k/{secret}/haberler.xml", {}),
        ("/rss/k/haberler.xml", {"Authorization": f"Bearer {secret}"}),
        ("/ara/?q=haber", {"Authorization": f"Bearer {secret}"}),
    ):
        answer = Client().get(address, headers=headers)
        assert answer.status_code == 200
        assert secret[8:24] not in answer.content.decode() + str(answer.headers)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not re.search("max-age=[1-9]|public", answer.headers["Cache-Control"])


@pytest.mark.django_db
def test_page_of_what_isnt_there_names_no_secret_and_sends_no_referrer(client):
    answer = client.get(ADDRESS)
    assert answer.status_code == 404
    assert not holds_secret(answer.content.decode())
    assert answer.headers["Referrer-Policy"] == "no-referrer"


# --- A whole process ---------------------------------------------------------------------------------------------

PROGRAM = """
import logging, sys
import django
django.setup()
from django.test import Client
address = sys.stdin.readline().strip()
logging.getLogger("feeds").warning("asked %s", address)
logging.getLogger("django.server").warning('"GET %s HTTP/1.1" 404', address)
print(Client().get(address).status_code)
"""


@pytest.mark.parametrize("module", ["config.settings.test", "config.settings.local"])
def test_process_writes_it_nowhere(own_database, own_folder, module):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=ADDRESS,
        env={
            **own_database.environment,
            "DJANGO_SETTINGS_MODULE": module,
            "DES_VAR": str(own_folder),
            "ALLOWED_HOSTS": "testserver",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert secrecy.HIDDEN in done.stderr
    assert not holds_secret(done.stdout + done.stderr)
    for file in own_folder.rglob("*"):
        if file.is_file():
            assert SECRET[8:24].encode() not in file.read_bytes(), file.name
