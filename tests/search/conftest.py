"""The two engines, each as the site would make it, with an index of the test's own."""

import itertools
import os
import uuid
from datetime import UTC, datetime

import pytest

from bulletin.projections import Position
from search.documents import Document
from search.engines import engine_at
from search.engines.protocol import Engine


@pytest.fixture(scope="session")
def elasticsearch_addresses():
    """Gives addresses, each with an index of its own. Without a server: skipped, in CI a failure."""
    named = os.environ.get("ELASTICSEARCH_URL", "")
    if not named:
        said = "ELASTICSEARCH_URL names no server (scripts/elasticsearch start gives one)"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{said}; in CI the suite runs against the real one.")
        pytest.skip(f"NOT TESTED AGAINST ELASTICSEARCH: {said}")
    server, _question, options = named.partition("?")
    others = [part for part in options.split("&") if part and not part.startswith("index=")]
    session = f"des-test-{uuid.uuid4().hex}"
    numbers = itertools.count(1)
    yield lambda: f"{server}?{'&'.join([*others, f'index={session}-{next(numbers)}'])}"
    server_of_all = engine_at(named, "")._writing
    for name in server_of_all.indices.get(index=f"{session}-*"):
        server_of_all.indices.delete(index=name)


@pytest.fixture
def elasticsearch_address(elasticsearch_addresses) -> str:
    return elasticsearch_addresses()


@pytest.fixture(params=["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def search_engine(request, settings, own_folder) -> Engine:
    """The engine that the whole site uses in this test."""
    if request.param == "elasticsearch":
        settings.SEARCH_URL = request.getfixturevalue("elasticsearch_address")
    else:
        settings.SEARCH_URL = "tantivy://"
    return engine_at(settings.SEARCH_URL, str(own_folder))


def document(item: int, title: str = "Başlık", *paragraphs: str, **fields) -> Document:
    """A document of an item on offer to everybody, published at the sequence of its own number."""
    return Document(
        **{
            "item": item,
            "sequence": item,
            "offered": True,
            "kind": "news",
            "language": "tr",
            "title": title,
            "summary": "",
            "paragraphs": paragraphs,
            "imprint": (),
            "named": {},
            "keys": frozenset({"public"}),
            "first_offered_at": datetime(2026, 1, 1, 0, item % 60, tzinfo=UTC),
            "desk": None,
            "topics": (),
            "outlet": None,
            "source_country": "",
            "number": "",
            "url_path": f"/haber/2026/01/01/baslik-{item}/",
            **fields,
        }
    )


def position(sequence: int) -> Position:
    return Position(sequence, f"{sequence:064d}")


def fill(engine: Engine, *documents: Document) -> None:
    """Writes `documents` after what the index holds."""
    standing = engine.position().sequence
    engine.write(documents, position(max([standing, *(each.sequence for each in documents)])), after=standing)
