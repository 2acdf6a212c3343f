"""The `search` projection: in line with the log after each publication, after a crash and after a rebuild."""

from datetime import UTC, datetime

import pytest

from bulletin import projections, publication
from bulletin.models import CurrentItem, CurrentItemKey, Publication
from search.documents import document_of
from search.engines import engine
from search.engines.protocol import EngineUnavailable
from search.indexer import SearchIndex
from search.query_language import parse
from tests import factories

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset({"public", "newsroom"})


def found(text: str, keys=EVERYBODY) -> set[int]:
    return {hit.item for hit in engine().search(parse(text).node, keys=keys).hits}


def documents() -> dict[int, object]:
    rows = Publication.objects.select_related("content").order_by("sequence")
    return {row.item_id: document_of(row, first_offered_at=row.offered_at) for row in rows}


def test_published_item_is_found(search_engine):
    item = factories.published_news(title="Şehrin ışıkları", body="<p>Belediye lambaları yeniledi.</p>")
    projections.catch_up("search")
    assert found("ışık") == found("belediye lamba") == {item.pk}
    assert projections.projection("search").position() == projections.head()


def test_withdrawn_item_is_not_found(search_engine):
    item = factories.published_news(title="Işıklar")
    projections.catch_up("search")
    publication.withdraw(item)
    projections.catch_up("search")
    assert found("ışıklar") == set()


def test_correction_takes_the_place_of_the_text(search_engine):
    item = factories.published_news(title="Eski başlık")
    projections.catch_up("search")
    factories.corrected(item, title="Yeni manşet")
    projections.catch_up("search")
    assert (found("eski"), found("manşet")) == (set(), {item.pk})


def test_keys_of_a_document_are_those_of_the_current_item():
    desk, topic = factories.desk(), factories.topic()
    items = [
        factories.published_news(audience=["subscriber"], desk=desk, topics=[topic]),
        factories.published_news(audience=["public"]),
        factories.published_news(audience=["agency:7"], desk=desk),
        factories.published_bulletin(audience=["subscriber"]),
        factories.published_statement(audience=["subscriber", "agency:9"]),
    ]
    held = documents()
    for item in items:
        assert held[item.pk].keys == set(
            CurrentItemKey.objects.filter(item=item.pk).values_list("key", flat=True)
        )


def test_document_is_made_of_frozen_content_alone():
    item = factories.published_news(
        outlet=factories.outlet(name="Örnek Postası"), desk=factories.desk(name="Avrupa")
    )
    before = documents()[item.pk]
    item.outlet.name = item.desk.name = "Başka"
    item.outlet.save()
    item.desk.save()
    assert documents()[item.pk] == before
    assert "Örnek Postası" in before.imprint


@pytest.mark.parametrize(
    ("make", "typed"),
    [
        (lambda: factories.published_statement(speaker="Ayşe Örnek", number="2026/41"), "ayşe örnek 2026/41"),
        (lambda: factories.published_statement(issuing_office="Basın Bürosu"), "basın bürosu"),
        (lambda: factories.published_news(summary="Birinci satır\nİkinci satır"), '"ikinci satır"'),
        (lambda: factories.published_news(original_title="Le pont du port"), '"pont du port"'),
        (lambda: factories.published_bulletin(section="Güneydoğu gündemi"), "güneydoğu gündemi"),
    ],
)
def test_words_of_the_imprint_are_found(search_engine, make, typed):
    item = make()
    projections.catch_up("search")
    assert item.pk in found(typed)


def test_bulletin_is_not_found_by_the_texts_it_gathers(search_engine):
    """What it gathers may be closed to its reader."""
    news = factories.published_news(title="Gizemli olay", audience=["agency:5"])
    factories.published_bulletin(news, audience=["public"])
    projections.catch_up("search")
    assert found("gizemli", frozenset({"public"})) == set()


def test_newest_first_goes_by_the_first_offer_and_not_by_corrections(search_engine):
    from search.engines.protocol import Order

    old = factories.published_news(offered_at=datetime(1920, 4, 23, 9, tzinfo=UTC))
    new = factories.published_news()
    factories.corrected(old, title="Düzeltilmiş")
    projections.catch_up("search")
    hits = engine().search(None, keys=EVERYBODY, order=Order.NEWEST).hits
    assert [hit.item for hit in hits] == [new.pk, old.pk]


def test_rebuild_gives_the_same_dump(search_engine):
    items = [factories.published_news(topics=[factories.topic()]) for _ in range(4)]
    projections.catch_up("search")
    factories.corrected(items[0], title="Düzeltildi")
    publication.withdraw(items[1])
    publication.change_audience(items[2], ["subscriber"])
    factories.published_bulletin(items[3])
    projections.catch_up("search")
    grown = list(projections.projection("search").dump())
    projections.rebuild("search")
    assert list(projections.projection("search").dump()) == grown
    assert len(grown) == CurrentItem.objects.count() == 4


def test_applying_again_changes_nothing(search_engine):
    item = factories.published_news(title="Işıklar")
    publication.withdraw(item)
    factories.published_news(title="Deniz")
    rows = list(Publication.objects.select_related("content").order_by("sequence"))
    index = SearchIndex()
    index.apply(rows)
    once = list(index.dump())
    index.apply(rows[:1])
    index.apply(rows)
    assert list(index.dump()) == once
    assert index.position() == projections.head()
    assert found("ışıklar") == set()


def test_rows_after_a_gap_are_refused(search_engine):
    for _ in range(3):
        factories.published_news()
    rows = list(Publication.objects.select_related("content").order_by("sequence"))
    with pytest.raises(EngineUnavailable):
        SearchIndex().apply(rows[1:])


def test_index_of_another_log_is_built_anew(search_engine):
    """As after a backup was restored: the index stands at a publication that this log doesn't hold."""
    from tests.search.conftest import document, position

    engine().write([document(99, "Kayıp haber")], position(99), after=0)
    item = factories.published_news(title="Işıklar")
    projections.catch_up("search")
    assert found("kayıp") == set()
    assert found("ışıklar") == {item.pk}
