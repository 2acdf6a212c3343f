"""Sitemap, robots.txt and health."""

from datetime import datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from bulletin import projections
from bulletin.models import CurrentItem, Publication
from bulletin.publication import change_audience, withdraw
from home import sitemaps
from home.health import PATIENCE
from tests import factories

ISTANBUL = ZoneInfo("Europe/Istanbul")
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def locations(answer) -> list[str]:
    return [node.text for node in ElementTree.fromstring(answer.content).iterfind(".//s:loc", NAMES)]


def url_of(item) -> str:
    return "http://testserver" + CurrentItem.objects.get(pk=item.pk).url_path


def test_index_names_each_month_with_items(client, site_tree):
    factories.published_news(offered_at=datetime(2026, 3, 31, 23, 59, tzinfo=ISTANBUL))
    factories.published_statement(offered_at=datetime(1920, 4, 23, tzinfo=ISTANBUL))
    assert locations(client.get("/sitemap.xml")) == [
        "http://testserver/sitemap-sayfalar.xml",
        "http://testserver/sitemap-2026-03-1.xml",
        "http://testserver/sitemap-1920-04-1.xml",
    ]


def test_month_holds_its_items_by_the_calendar_of_istanbul(client, site_tree):
    march = factories.published_news(offered_at=datetime(2026, 3, 31, 23, 59, tzinfo=ISTANBUL))
    april = factories.published_news(offered_at=datetime(2026, 4, 1, 0, 1, tzinfo=ISTANBUL))
    assert locations(client.get("/sitemap-2026-03-1.xml")) == [url_of(march)]
    assert locations(client.get("/sitemap-2026-04-1.xml")) == [url_of(april)]


def test_item_says_when_it_changed_last(client, site_tree):
    item = factories.published_news(offered_at=datetime(2026, 3, 3, 9, tzinfo=ISTANBUL))
    factories.corrected(item, title="Düzeltilmiş")
    root = ElementTree.fromstring(client.get("/sitemap-2026-03-1.xml").content)
    changed = datetime.fromisoformat(root.find(".//s:lastmod", NAMES).text)
    assert changed == Publication.objects.latest("sequence").offered_at.replace(microsecond=0)


def test_sitemap_holds_public_items_alone(client, site_tree):
    hidden = factories.published_news(offered_at=datetime(2026, 3, 3, tzinfo=ISTANBUL))
    gone = factories.published_news(offered_at=datetime(2026, 3, 3, tzinfo=ISTANBUL))
    change_audience(hidden, ["subscriber"])
    withdraw(gone)
    assert client.get("/sitemap-2026-03-1.xml").status_code == 404
    assert locations(client.get("/sitemap.xml")) == ["http://testserver/sitemap-sayfalar.xml"]


def test_signed_in_reader_gets_no_more_of_the_sitemap(client, site_tree, subscriber):
    factories.published_news(audience=["subscriber"])
    client.force_login(subscriber)
    assert len(locations(client.get("/sitemap.xml"))) == 1


def test_busy_month_is_split_into_parts(client, site_tree, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 2)
    items = [
        factories.published_news(offered_at=datetime(2026, 3, day, tzinfo=ISTANBUL)) for day in (1, 2, 3)
    ]
    assert len(locations(client.get("/sitemap.xml"))) == 3
    assert locations(client.get("/sitemap-2026-03-2.xml")) == [url_of(items[0])]


@pytest.mark.parametrize("name", ["2026-13-1", "0000-01-1", "9999-12-1", "2026-03-99999"])
def test_part_that_cannot_be_is_not_found(client, site_tree, name):
    assert client.get(f"/sitemap-{name}.xml").status_code == 404


def test_pages_of_the_tree_are_in_the_sitemap(client, site_tree):
    pages = locations(client.get("/sitemap-sayfalar.xml"))
    assert any(page.endswith("/haberler/") for page in pages)
    assert any(page.endswith("/plan/hedefler/") for page in pages)


def test_robots_are_kept_from_the_admin_and_led_to_the_sitemap(client, db):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /yonetim/\n" in text
    assert "Sitemap: http://testserver/sitemap.xml\n" in text


# --- Health ------------------------------------------------------------------------------------------------------


class Standing:
    """A projection that stands where it is told; registered beside the real ones."""

    name = "test"

    def __init__(self, position):
        self.at = position

    def position(self):
        if isinstance(self.at, Exception):
            raise self.at
        return self.at


@pytest.fixture
def only(monkeypatch):
    """Makes one projection the only one."""

    def register(position) -> None:
        monkeypatch.setattr(projections, "_projections", {"test": Standing(position)})

    return register


def test_system_that_keeps_up_is_well(client, db, only):
    factories.published_news()
    only(projections.head())
    answer = client.get("/saglik/")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "log": {"sequence": 1},
        "projections": {"test": {"status": "ok", "sequence": 1}},
    }


def test_real_projections_are_named(client, db):
    assert set(client.get("/saglik/").json()["projections"]) == set(projections.names())


def test_projection_that_has_just_fallen_behind_is_no_fault(client, db, only):
    factories.published_news()
    only(projections.Position())
    answer = client.get("/saglik/")
    assert answer.status_code == 200
    assert answer.json()["projections"]["test"] == {"status": "behind", "sequence": 0}


def test_projection_that_stands_still_is_a_fault(client, db, only, monkeypatch):
    factories.published_news()
    only(projections.Position())
    later = timezone.now() + PATIENCE + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    answer = client.get("/saglik/")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"


def test_projection_of_another_log_is_a_fault(client, db, only):
    factories.published_news()
    only(projections.Position(1, "f" * 64))
    assert client.get("/saglik/").status_code == 503


def test_projection_that_raises_is_a_fault_without_details(client, db, only):
    only(RuntimeError("password=secret"))
    answer = client.get("/saglik/")
    assert answer.status_code == 503
    assert "secret" not in answer.content.decode()


def test_database_that_does_not_answer_is_a_fault(client, db):
    from django.db import DatabaseError

    def refuse(execute, sql, params, many, context):
        raise DatabaseError("host=10.0.0.1 password=secret")

    with connection.execute_wrapper(refuse):
        answer = client.get("/saglik/")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "database": "failing"}


def test_health_is_never_kept(client, db):
    assert "no-store" in client.get("/saglik/")["Cache-Control"]


def test_months_of_the_sitemap_are_counted_again_only_when_the_log_went_on(
    client, site_tree, django_assert_num_queries
):
    factories.published_news()
    first = client.get("/sitemap.xml").content
    with django_assert_num_queries(1):  # the head of the log
        assert client.get("/sitemap.xml").content == first
    factories.published_news(offered_at=datetime(2026, 3, 3, tzinfo=ISTANBUL))
    assert client.get("/sitemap.xml").content != first
