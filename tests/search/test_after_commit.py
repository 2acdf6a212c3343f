"""From a real commit to a hit: at once, after a crash, and while the engine is away."""

import multiprocessing
import os
import signal

from django.db import connections
from django.urls import reverse

from bulletin import projections, publication
from bulletin.models import Publication
from search.engines import engine
from search.engines.tantivy import TantivyEngine
from search.query_language import parse
from tests import factories


def found(text: str) -> set[int]:
    hits = engine().search(parse(text).node, keys=frozenset({"public"})).hits
    return {hit.item for hit in hits}


def test_publishing_makes_an_item_found_without_any_worker(own_database):
    item = factories.published_news(title="Işıklar")
    assert found("ışıklar") == {item.pk}
    publication.withdraw(item)
    assert found("ışıklar") == set()


def test_killed_indexer_is_made_good_by_the_next_catch_up(own_database):
    item = factories.published_news(title="Işıklar")

    def publish_and_die() -> None:
        connections.close_all()
        TantivyEngine._put_position = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        factories.published_news(title="Deniz")

    connections.close_all()
    killed = multiprocessing.get_context("fork").Process(target=publish_and_die)
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    assert Publication.objects.count() == 2
    assert projections.projection("search").position().sequence == 1
    projections.catch_up("search")
    assert found("deniz") == set(Publication.objects.filter(sequence=2).values_list("item_id", flat=True))
    assert found("ışıklar") == {item.pk}


def test_publishing_goes_on_while_the_engine_is_away(own_database, client, settings):
    settings.SEARCH_URL = "http://127.0.0.1:9/?index=des"
    item = factories.published_news(title="Deniz")
    assert client.get(item.current.url_path).status_code == 200
    assert client.get(reverse("search:results"), {"q": "deniz"}).status_code == 503
    settings.SEARCH_URL = "tantivy://"
    projections.catch_up("search")
    assert found("deniz") == {item.pk}
