"""The cache that several processes share, on a real Redis."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from home.site_tree import ensure_site_tree
from tests import factories

pytestmark = pytest.mark.once

KEEP = "from django.core.cache import cache; cache.set('what', 'kept'); print(cache.get('what'))"
FETCH = "from django.core.cache import cache; print(cache.get('what'))"
READ = (
    "from django.test import Client; answer = Client().get('/haberler/');"
    "print(answer.status_code, 'Hasat' in answer.content.decode())"
)


class Redis:
    """A server of its own on a free port; `url` is its CACHE_URL."""

    def __init__(self, folder: Path):
        with closing(socket.socket()) as candidate:
            candidate.bind(("127.0.0.1", 0))
            self.port = candidate.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process = subprocess.Popen(
            [
                *("redis-server", "--bind", "127.0.0.1", "--port", str(self.port)),
                *("--save", "", "--appendonly", "no", "--dir", folder),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in self._process.stdout:
            if "Ready to accept connections" in line:
                return
        raise RuntimeError("redis-server ended before it was ready")

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.communicate()


@pytest.fixture
def redis(tmp_path) -> Iterator[Redis]:
    if shutil.which("redis-server") is None:
        pytest.skip("a real cache server: redis-server is not installed here (apt-get install redis-server)")
    server = Redis(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def said(own_database, redis):
    """What a process with this Redis as its cache prints."""

    def ask(program: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", f"import django; django.setup(); {program}"],
            env={**own_database.environment, "CACHE_URL": redis.url},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    return ask


def test_what_one_process_keeps_another_finds(said):
    assert said(KEEP) == "kept"
    assert said(FETCH) == "kept"


def test_site_goes_on_when_the_cache_is_away(said, redis):
    ensure_site_tree()
    factories.published_news(title="Hasat başladı")
    assert said(READ) == "200 True"
    redis.stop()
    assert said(f"{READ}; {KEEP}") == "200 True\nNone"
