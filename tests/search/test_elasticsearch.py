"""What the distributed engine must survive: a stalled indexer, an index replaced meanwhile, a server away."""

import socket

import pytest
from elasticsearch import Elasticsearch

from bulletin.projections import Position
from search.engines import engine_at
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.protocol import EngineUnavailable
from search.query_language import parse
from tests.search.conftest import document, fill, position

pytestmark = pytest.mark.once

PUBLIC = frozenset({"public"})


@pytest.fixture
def engine(elasticsearch_address) -> ElasticsearchEngine:
    return engine_at(elasticsearch_address, "")


@pytest.fixture
def closed_address():
    """The address of a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/?index=des"


@pytest.mark.elasticsearch
def test_stalled_indexer_does_not_bring_a_withdrawn_item_back(engine):
    """It had read its rows and checked the position an hour ago; only its request arrives now."""
    fill(engine, document(1, "Enerji"))
    fill(engine, document(1, sequence=2, offered=False, keys=frozenset()))
    target = f"{engine._indexes()[0]}-write"
    engine._put(target, [document(1, "Enerji")])
    engine._put_position(target, position(1))
    engine._writing.indices.refresh(index=target)
    assert engine.search(parse("enerji").node, keys=PUBLIC).total == 0
    assert engine.position() == position(2)


@pytest.mark.elasticsearch
def test_writer_whose_index_was_replaced_is_refused(engine):
    fill(engine, document(1))
    target = f"{engine._indexes()[0]}-write"
    engine.reset()
    with pytest.raises(EngineUnavailable):
        engine._put(target, [document(2)])
    assert engine.position() == Position()
    assert len(engine._indexes()) == 1


@pytest.mark.elasticsearch
def test_reset_leaves_one_index_behind_the_alias(engine):
    for _ in range(3):
        engine.reset()
    fill(engine, document(1))
    assert len(engine._indexes()) == 1
    held = engine._client.indices.get(index=f"{engine.alias}-*")
    assert len(held) == 1


@pytest.mark.elasticsearch
def test_index_of_another_version_counts_as_empty(engine, monkeypatch):
    fill(engine, document(1))
    monkeypatch.setattr("search.engines.schema.VERSION", "0.0")
    assert engine.position() == Position()
    fill(engine, document(2))
    assert engine.search(None, keys=PUBLIC).total == 1


@pytest.mark.elasticsearch
def test_refused_document_does_not_move_the_position(engine):
    fill(engine, document(1))
    with pytest.raises(EngineUnavailable, match="refused item 2"):
        fill(engine, document(2, keys=frozenset({"x" * 40_000})))
    assert engine.position() == position(1)


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: engine.position(),
        lambda engine: engine.search(None, keys=PUBLIC),
        lambda engine: engine.languages(),
        lambda engine: list(engine.dump()),
        lambda engine: engine.write([document(1)], position(1), after=0),
        lambda engine: engine.reset(),
    ],
    ids=["position", "search", "languages", "dump", "write", "reset"],
)
def test_server_that_is_away_is_said_so(closed_address, call):
    with pytest.raises(EngineUnavailable, match="Elasticsearch"):
        call(ElasticsearchEngine.at(closed_address))


def test_address_names_server_index_and_password():
    engine = ElasticsearchEngine.at("https://des:a%40b@search.example/?index=haber")
    assert engine.alias == "haber"
    node = next(iter(engine._client.transport.node_pool.all()))
    assert node.base_url == "https://search.example:443"
    assert isinstance(engine._client, Elasticsearch)
    assert "authorization" in engine._client._headers


@pytest.mark.parametrize("url", ["", "solr://127.0.0.1", "http://", "sqlite:///x"])
def test_address_of_no_engine_is_refused(url):
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match="SEARCH_URL"):
        engine_at(url, "")
