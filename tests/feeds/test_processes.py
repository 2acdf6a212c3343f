"""Feeds where commits are real: several processes, a worker that is away, a database that is busy, a real reader."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.test import Client

from bulletin import projections
from feeds.models import FeedDocument
from tests import factories
from tests.feeds.history import log_of_every_kind_of_change
from tests.feeds.reading import parsed

NEWS = "/rss/haberler.xml"

ETAGS = """
import django
django.setup()
from django.test import Client
for name in ("haberler", "aciklamalar", "bultenler"):
    print(Client().get(f"/rss/{name}.xml").headers["ETag"])
"""


def test_etag_is_the_same_in_every_process_and_after_a_rebuild(own_database):
    log_of_every_kind_of_change()

    def ask(**environment) -> str:
        return subprocess.run(
            [sys.executable, "-c", ETAGS],
            env={**own_database.environment, **environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    first = ask(PYTHONHASHSEED="1")
    FeedDocument.objects.all().delete()
    assert ask(PYTHONHASHSEED="2", TZ="America/New_York", LC_ALL="tr_TR.UTF-8") == first
    projections.rebuild("feeds")
    assert ask(PYTHONHASHSEED="3") == first


def test_publishing_makes_the_public_feed_ready(own_database):
    factories.published_news(title="Haber")
    assert b"Haber" in bytes(FeedDocument.objects.get(kind="news").body)


@pytest.mark.sqlite
def test_feed_goes_out_though_the_database_is_too_busy_to_keep_it(own_database):
    factories.published_news(title="Haber")
    FeedDocument.objects.all().delete()
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        assert parsed(Client().get(NEWS).content).titles == ["Haber"]
        busy.execute("ROLLBACK")
    assert not FeedDocument.objects.exists()


def test_item_withdrawn_by_another_process_is_gone_from_the_feed(own_database):
    item = factories.published_news(title="Gidecek")
    assert parsed(Client().get(NEWS).content).titles == ["Gidecek"]
    program = (
        "import django; django.setup();"
        "from bulletin import projections, publication; from bulletin.models import Item;"
        "projections._projections.clear();"  # as if the process died before it caught anything up
        f"publication.withdraw(Item.objects.get(pk={item.pk}))"
    )
    subprocess.run(
        [sys.executable, "-c", program], env=own_database.environment, check=True, capture_output=True
    )
    assert parsed(Client().get(NEWS).content).titles == []


# --- A real reader -----------------------------------------------------------------------------------------------


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_arguments) -> None:
        pass


@contextmanager
def live_server():
    """The site on a free port of this machine; yields its address."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=QuietHandler) as server:
        thread = threading.Thread(target=_serve, args=(server,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _serve(server) -> None:
    server.serve_forever(poll_interval=0.05)
    connections.close_all()


class Newsboat:
    """The feed reader newsboat with a folder of its own."""

    def __init__(self, folder, address: str) -> None:
        self.folder = folder
        (folder / "urls").write_text(f"{address}\n")
        (folder / "config").write_text("auto-reload no\nshow-read-feeds yes\nmax-items 0\n")

    def reload(self) -> None:
        subprocess.run(
            [
                *("newsboat", "-q", "-u", self.folder / "urls", "-c", self.folder / "cache.db"),
                *("-C", self.folder / "config", "-x", "reload"),
            ],
            env={**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            check=True,
            capture_output=True,
            timeout=60,
        )

    def ask(self, question: str) -> dict[str, str]:
        with closing(sqlite3.connect(self.folder / "cache.db")) as cache:
            return dict(cache.execute(question).fetchall())

    @property
    def titles(self) -> dict[str, str]:
        return self.ask("SELECT guid, title FROM rss_item")

    @property
    def texts(self) -> dict[str, str]:
        return self.ask("SELECT guid, content FROM rss_item")


@pytest.fixture
def newsboat_folder(tmp_path):
    if shutil.which("newsboat") is None:
        pytest.skip("a real feed reader: newsboat is not installed here (apt-get install newsboat)")
    folder = tmp_path / "newsboat"
    folder.mkdir()
    return folder


@pytest.mark.once
def test_real_reader_reads_titles_texts_and_identifiers(own_database, newsboat_folder):
    first = factories.published_news(title="Işık & “gölge” <i>", summary="", body="<p>İlk metin.</p>")
    second = factories.published_news(title="İkinci haber")
    with live_server() as address:
        newsboat = Newsboat(newsboat_folder, f"{address}{NEWS}")
        newsboat.reload()
    assert newsboat.ask("SELECT title, url FROM rss_feed") == {
        "Devlet Enformasyon Sistemi: Haberler": "http://127.0.0.1:8000/haberler/"
    }
    assert newsboat.titles == {
        f"urn:uuid:{first.uuid}": "Işık & “gölge” <i>",
        f"urn:uuid:{second.uuid}": "İkinci haber",
    }
    assert newsboat.texts[f"urn:uuid:{first.uuid}"] == "<p>İlk metin.</p>"


@pytest.mark.once
def test_real_reader_takes_a_correction_for_the_same_item(own_database, newsboat_folder):
    item = factories.published_news(body="<p>İlk metin.</p>")
    with live_server() as address:
        newsboat = Newsboat(newsboat_folder, f"{address}{NEWS}")
        newsboat.reload()
        factories.corrected(item, title="Düzeltildi", body="<p>Düzeltilmiş metin.</p>")
        newsboat.reload()
    assert newsboat.titles == {f"urn:uuid:{item.uuid}": "Düzeltildi"}
    assert newsboat.texts == {f"urn:uuid:{item.uuid}": "<p>Düzeltilmiş metin.</p>"}
