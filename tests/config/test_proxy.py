"""The documented nginx in front of a server that writes down what reaches it."""

import contextlib
import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from .documented import nginx_site

pytestmark = pytest.mark.once

SECRET = "des_" + "geheim0123456789" * 2
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")


class Upstream(http.server.ThreadingHTTPServer):
    """In the place of the site. reached: request line and headers of each request. bodies: bytes of each."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.reached: list[tuple[str, list[tuple[str, str]]]] = []
        self.bodies: list[int] = []


class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def _answer(self):
        self.server.reached.append((self.path, self.headers.items()))
        self.server.bodies.append(len(self.rfile.read(int(self.headers.get("Content-Length", 0)))))
        if self.path.startswith(("/rss/k/hang", "/hang")):
            self.close_connection = True  # An upstream that breaks off: nginx writes an error.
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_arguments):
        pass


class Proxy:
    """A running nginx. upstream: what it leads to. folder: where its logs are. plain, port: without TLS and with it."""

    def __init__(self, folder: Path, upstream: Upstream, plain: int, port: int):
        self.folder, self.upstream, self.plain, self.port = folder, upstream, plain, port

    def connect(self) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=self.folder / "des.pem")
        line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return context.wrap_socket(line, server_hostname="des.example")

    def ask(self, sent: bytes) -> bytes:
        with contextlib.closing(self.connect()) as line:
            with contextlib.suppress(OSError):
                line.sendall(sent)
            came = b""
            with contextlib.suppress(OSError):
                while part := line.recv(65536):
                    came += part
            return came

    def get(self, path: str, *headers: str) -> bytes:
        lines = [f"GET {path} HTTP/1.1", "Host: des.example", "Connection: close", *headers, "", ""]
        return self.ask("\r\n".join(lines).encode())

    def logs(self) -> str:
        return "".join(log.read_text() for log in self.folder.glob("*.log"))


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as candidate:
        candidate.bind(("127.0.0.1", 0))
        return candidate.getsockname()[1]


def _configuration(folder: Path, upstream: int, plain: int, port: int) -> Path:
    """The documented file with this machine's ports and folders, in the smallest nginx.conf around it.

    Around it, nginx lets go at once of who was refused and doesn't hang up: it would wait five seconds for them to.
    """
    site = nginx_site()
    for there, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("/etc/ssl/des.example", f"{folder}/des"),
        ("/var/log/nginx/", f"{folder}/"),
        # The one number that a test would have to wait for.
        ("client_body_timeout 10s", "client_body_timeout 1s"),
    ):
        assert there in site, there
        site = site.replace(there, here)
    kept = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/start.log;\n"
        f"events {{ worker_connections 64; }}\nhttp {{ lingering_timeout 100ms; {kept}\n{site}\n}}\n"
    )
    return file


@pytest.fixture(scope="module")
def proxy(tmp_path_factory) -> Iterator[Proxy]:
    if NGINX is None:
        pytest.skip("the documented proxy: nginx is not installed here (apt-get install nginx-light)")
    folder = tmp_path_factory.mktemp("nginx")
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=des.example",
            ),
            *("-addext", "subjectAltName=DNS:des.example"),
            *("-keyout", folder / "des.key", "-out", folder / "des.pem"),
        ],
        check=True,
        capture_output=True,
    )
    upstream = Upstream()
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    plain, port = _free_port(), _free_port()
    file = _configuration(folder, upstream.server_address[1], plain, port)
    tried = subprocess.run(
        [NGINX, "-p", folder, "-c", file, "-t"], capture_output=True, text=True, check=False
    )
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr, tried.stderr
    process = subprocess.Popen([NGINX, "-p", folder, "-c", file], stderr=subprocess.DEVNULL)
    running = Proxy(folder, upstream, plain, port)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.closing(socket.socket()) as candidate:
            if candidate.connect_ex(("127.0.0.1", port)) == 0:
                break
    yield running
    process.terminate()
    process.wait(30)
    upstream.shutdown()
    upstream.server_close()


@pytest.fixture(autouse=True)
def nothing_reached_yet(proxy):
    proxy.upstream.reached.clear()
    proxy.upstream.bodies.clear()


def test_headers_that_a_proxy_writes_are_its_own(proxy):
    proxy.get(
        "/",
        *("X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: http", "X_Forwarded_For: 192.0.2.1"),
        *("X_Forwarded_Proto: http", "Forwarded: for=192.0.2.1", "X-Real-IP: 192.0.2.1"),
    )
    ((_path, headers),) = proxy.upstream.reached
    told = [
        (name.lower(), value)
        for name, value in headers
        if "forwarded" in name.lower() or "real" in name.lower()
    ]
    assert sorted(told) == [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")]
    assert dict(headers)["Host"] == "des.example"


def test_plain_request_is_led_to_https_without_reaching_the_site(proxy):
    with contextlib.closing(socket.create_connection(("127.0.0.1", proxy.plain), timeout=30)) as line:
        line.sendall(
            b"GET /a%0d%0aSet-Cookie:x=1?q=su HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        )
        came = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert "Location: https://des.example/a%0d%0aSet-Cookie:x=1?q=su\r\n" in came
    assert "\r\nSet-Cookie" not in came
    assert proxy.upstream.reached == []


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(path, settings.REQUEST_BODY_LIMITS[path]) for path in ("/", "/yonetim/", "/yonetim/login/")],
)
def test_body_may_be_as_large_as_the_site_allows_and_no_larger(proxy, path, allowed):
    start = f"POST {path} HTTP/1.1\r\nHost: des.example\r\nConnection: close\r\n".encode()
    refused = proxy.ask(start + f"Content-Length: {allowed + 1}\r\n\r\n".encode())
    assert refused.startswith(b"HTTP/1.1 413 ")
    assert "Gönderilen veri çok büyük. Hiçbir şey kaydedilmedi.\n".encode() in refused
    assert proxy.upstream.reached == []
    proxy.ask(start + f"Content-Length: {allowed}\r\n\r\n".encode() + b"a" * allowed)
    assert proxy.upstream.bodies == [allowed]


def test_slow_body_never_reaches_the_site(proxy):
    start = b"POST /giris/ HTTP/1.1\r\nHost: des.example\r\n"
    assert b" 200 " not in proxy.ask(start + b"Content-Length: 100\r\n\r\na=a")
    assert proxy.upstream.reached == []


def test_body_without_a_length_reaches_the_site_with_one(proxy):
    proxy.ask(
        b"POST / HTTP/1.1\r\nHost: des.example\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n0\r\n\r\n"
    )
    ((_path, headers),) = proxy.upstream.reached
    assert dict(headers)["Content-Length"] == "3"
    assert "Transfer-Encoding" not in dict(headers)


def test_long_address_and_long_header_do_not_reach_the_site(proxy):
    assert b" 414 " in proxy.get("/" + "a" * 9_000)
    assert b" 400 " in proxy.get("/", "X-Long: " + "a" * 9_000)
    assert proxy.upstream.reached == []


@pytest.mark.parametrize("breaks", ["", "hang/"])
@pytest.mark.parametrize(
    "path",
    [
        "/rss/k/{}{}/haberler.xml",
        "/rss/%6B/{}{}/haberler.xml",
        "//rss//k/{}{}/x",
        "/RSS/K/{}{}/",
        "/davet/{}{}/",
        "/en/davet/{}{}/",
        "/parola/sifirla/{}MQ/{}/",
    ],
)
def test_secret_of_an_address_stands_in_no_log(proxy, path, breaks):
    proxy.get(path.format(breaks, SECRET), f"Referer: https://des.example/davet/{SECRET}/")
    assert len(proxy.upstream.reached) >= 1
    assert SECRET[4:] not in proxy.logs()


def test_other_addresses_are_logged_without_what_was_searched_for(proxy):
    proxy.get("/ara/?q=bir-hastalik")
    written = (proxy.folder / "des.log").read_text()
    assert re.search(r'127\.0\.0\.1 \[[^]]+\] GET "/ara/" 200 2 ', written)
    assert "hastalik" not in written
