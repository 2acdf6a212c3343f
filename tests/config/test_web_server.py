"""The site behind granian with the documented options: raw bytes in, and what becomes of the connection."""

import contextlib
import socket

import pytest

from tests.conftest import database_copy
from tests.feeds.granian import Served, served

from .documented import granian_options

pytestmark = pytest.mark.once

HEALTH = b"GET /saglik/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
FORM = (
    b"POST /giris/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Cookie: csrftoken=" + b"a" * 32 + b"\r\n"
)


def answer_to(server: Served, sent: bytes) -> bytes:
    """Everything that came back until the server closed the connection."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as line:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(sent)
        return _rest(line)


def _rest(line: socket.socket) -> bytes:
    came = b""
    with contextlib.suppress(ConnectionResetError):
        while part := line.recv(65536):
            came += part
    return came


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker, tmp_path_factory):
    """One start of the server for all of it: each test has connections of its own."""
    # The time for headers alone is shortened, so that nobody waits for it.
    options = (*granian_options(), "--http1-header-read-timeout", "700")
    with (
        django_db_blocker.unblock(),
        database_copy(tmp_path_factory.mktemp("served")) as own,
        served(own.environment, options=options) as (running,),
    ):
        yield running


def test_what_is_too_large_or_malformed_is_refused_at_once_and_the_site_goes_on(server):
    too_large = answer_to(server, FORM + b"Content-Length: 10000000000\r\n\r\n")
    assert too_large.startswith(b"HTTP/1.1 413 ")
    assert "en çok 128 KB gönderilebilir".encode() in too_large

    chunked = answer_to(
        server, FORM + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\na\r\n0\r\n\r\n"
    )
    assert chunked.startswith(b"HTTP/1.1 411 ")

    for length in (b"-1", b"+5", b"abc", b"1_0", b"5, 6", b"5\r\nContent-Length: 6"):
        refused = answer_to(server, FORM + b"Content-Length: " + length + b"\r\n\r\naaaaa")
        assert refused.startswith(b"HTTP/1.1 400 "), length

    for line in (
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n",
    ):
        assert answer_to(server, line + b"Host: 127.0.0.1\r\n\r\n").startswith(b"HTTP/1.1 431 ")

    assert answer_to(server, HEALTH).startswith(b"HTTP/1.1 200 ")


def test_body_longer_than_it_says_is_read_no_further_than_it_says(server):
    """What follows is the next request, and answered as one."""
    both = answer_to(server, FORM + b"Content-Length: 5\r\n\r\na=aaa" + HEALTH)
    assert both.startswith(b"HTTP/1.1 403 ")
    assert both.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 200 OK" in both


def test_body_shorter_than_it_says_holds_nothing_once_its_sender_is_gone(server):
    for _turn in range(4):
        line = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        line.sendall(FORM + b"Content-Length: 100\r\n\r\na=a")
        line.close()
    assert answer_to(server, HEALTH).startswith(b"HTTP/1.1 200 ")


def test_slow_headers_end_the_connection(server):
    lines = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _turn in range(20)]
    for line in lines:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    assert answer_to(server, HEALTH).startswith(b"HTTP/1.1 200 ")
    for line in lines:
        with contextlib.closing(line):
            assert b"200" not in _rest(line)
