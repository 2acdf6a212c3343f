"""How much a request may bring, judged through the WSGI callable: what is refused is refused unread."""

import io

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from subscribers.request_bodies import limit_for

pytestmark = pytest.mark.django_db

SMALL, LARGE = 128 * 1024, 16 * 1024 * 1024
#: Without it no form is read at all.
COOKIE = "csrftoken=" + "a" * 32


class Unreadable(io.RawIOBase):
    """A body that fails whoever reads it."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        raise AssertionError("The body was read.")


@pytest.fixture
def application():
    """Around each request a server would close the database of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def send(application, path: str, body, **more) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of the answer to a form sent to `path`."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.errors": io.StringIO(),
        **more,
    }
    answered = {}

    def start_response(status, headers, exc_info=None):
        answered.update(status=int(status[:3]), headers=dict(headers))

    answer = application(environ, start_response)
    try:
        text = b"".join(answer).decode()
    finally:
        answer.close()
    return answered["status"], answered["headers"], text


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/giris/", SMALL),
        ("/en/giris/", SMALL),
        ("/ara/", SMALL),
        ("/hesap/", SMALL),
        ("/rss/k/haberler.xml", SMALL),
        ("/yok/", SMALL),
        ("", SMALL),
        ("/yonetim", SMALL),
        ("/en/yonetim/", SMALL),
        ("/yonetim/images/multiple/add/", LARGE),
        ("/yonetim/login/", SMALL),
        ("/yonetim/password_reset/", SMALL),
    ],
)
def test_address_has_the_limit_of_its_beginning(application, path, limit):
    assert limit_for(path) == limit
    assert send(application, path, Unreadable(), CONTENT_LENGTH=str(limit + 1))[0] == 413


@pytest.mark.parametrize("length", [str(SMALL + 1), "9" * 18, "9" * 5_000, f"000{SMALL + 1}"])
def test_body_that_is_too_large_is_refused_in_a_sentence_and_unread(application, length):
    status, headers, text = send(application, "/giris/", Unreadable(), CONTENT_LENGTH=length)
    assert status == 413
    assert text == (
        "Gönderilen veri çok büyük: bu adrese en çok 128 KB gönderilebilir. Hiçbir şey kaydedilmedi.\n"
    )
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_no_method_brings_more(application, method):
    answer = send(application, "/", Unreadable(), REQUEST_METHOD=method, CONTENT_LENGTH=str(SMALL + 1))
    assert answer[0] == 413


def test_body_without_a_length_is_asked_for_one(application):
    status, _headers, text = send(application, "/giris/", Unreadable(), HTTP_TRANSFER_ENCODING="chunked")
    assert (status, text) == (
        411,
        "Gönderilen verinin uzunluğu belirtilmemiş. Hiçbir şey kaydedilmedi.\n",
    )


@pytest.mark.parametrize("length", ["-1", "+1", "x", "1e9", "0x20000", "²", "١", "1_000_000", "1, 1", " 1"])
def test_length_that_is_no_number_is_told_so_and_nothing_is_read(application, length):
    status, _headers, text = send(application, "/giris/", Unreadable(), CONTENT_LENGTH=length)
    assert (status, text) == (400, "Gönderilen verinin uzunluğu okunamadı. Hiçbir şey kaydedilmedi.\n")


def test_no_more_is_read_than_the_length_says(application):
    body = io.BytesIO(b"a" * (SMALL * 2))
    assert send(application, "/giris/", body, CONTENT_LENGTH="10", HTTP_COOKIE=COOKIE)[0] == 403
    assert body.tell() == 10


def test_largest_body_that_is_allowed_reaches_its_page(client):
    sent = "password=a&email=".ljust(SMALL, "a")
    answer = client.post("/giris/", sent, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200


def test_picture_of_the_largest_size_fits_with_its_form():
    assert limit_for("/yonetim/images/add/") > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE + 1024 * 1024
