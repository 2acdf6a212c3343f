import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulletin.publication import change_audience, withdraw
from home import paging
from home.lists import section_of
from home.paging import EPOCH, Position
from metrics.models import Presence
from tests import factories

ISTANBUL = ZoneInfo("Europe/Istanbul")


def moment(day: int, hour: int = 9, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ISTANBUL)


def headlines(html: str) -> list[str]:
    return re.findall(r'class="row-headline"><a [^>]*>([^<]*)</a>', html)


def test_list_is_newest_first_by_first_offer(page):
    old = factories.published_news(title="Eski", offered_at=moment(1))
    factories.published_news(title="Yeni", offered_at=moment(2))
    factories.corrected(old, title="Eski, düzeltildi")
    assert headlines(page("/haberler/")) == ["Yeni", "Eski, düzeltildi"]


def test_list_is_grouped_by_day_in_istanbul(page):
    factories.published_news(title="Gece yarısından önce", offered_at=moment(1, 23))
    factories.published_news(title="Gece yarısından sonra", offered_at=moment(2, 1))
    days = re.findall(r'<h2 class="day"><time datetime="([^"]*)">([^<]*)<', page("/haberler/"))
    assert days == [("2026-03-02", "2 Mart 2026 Pazartesi"), ("2026-03-01", "1 Mart 2026 Pazar")]


def test_day_headings_are_english_in_the_english_interface(page):
    factories.published_news(offered_at=moment(2))
    assert "Monday 2 March 2026" in page("/en/haberler/")


def test_each_section_lists_its_own_kind(page):
    factories.published_news(title="Bir haber")
    factories.published_statement(title="Bir açıklama")
    assert headlines(page("/aciklamalar/")) == ["Bir açıklama"]


def test_row_says_source_country_and_language(page):
    factories.published_news(
        outlet=factories.outlet(name="Alpenblick Kurier"), source_country="AT", source_language="de"
    )
    html = page("/haberler/")
    assert "<span>Alpenblick Kurier</span><span>Avusturya, Almanca</span>" in html


def test_row_says_the_language_of_a_text_in_another_than_the_interfaces(page):
    factories.published_news(language="en", title="Drones over the harbour")
    assert "<span>İngilizce metin</span>" in page("/haberler/")
    assert "text in English" not in page("/en/haberler/")
    factories.published_news(title="Limanda")
    assert page("/haberler/").count(" metin</span>") == 1
    assert "<span>text in Turkish</span>" in page("/en/haberler/")


def test_headline_carries_its_language_and_direction(page):
    factories.published_news(title="مرسين تستضيف ملتقى", language="ar")
    assert re.search(r'<a href="/haber/[^"]*" lang="ar" dir="rtl">مرسين تستضيف ملتقى</a>', page("/haberler/"))


def test_state_is_a_word_with_a_mark(client, site_tree, subscriber):
    item = factories.published_news(urgency="flash", audience=["subscriber"])
    factories.corrected(item, title="Düzeltilmiş")
    client.force_login(subscriber)
    html = client.get("/haberler/").content.decode()
    assert re.findall(r'<span class="mark mark-(\w+)">([^<]*)</span>', html) == [
        ("urgent", "Son dakika"),
        ("corrected", "Düzeltildi"),
        ("restricted", "Yalnızca kullanıcı kurumlara açık"),
    ]


def test_visitor_sees_public_items_alone(page):
    factories.published_news(title="Açık")
    factories.published_news(title="Kapalı", audience=["subscriber"])
    assert headlines(page("/haberler/")) == ["Açık"]


def test_subscriber_sees_both(client, site_tree, subscriber):
    factories.published_news(title="Açık")
    factories.published_news(title="Kapalı", audience=["subscriber"])
    client.force_login(subscriber)
    assert set(headlines(client.get("/haberler/").content.decode())) == {"Açık", "Kapalı"}


def test_withdrawn_item_leaves_the_list_and_the_home_page(page):
    item = factories.published_news(title="Geri çekilen")
    withdraw(item)
    assert "Geri çekilen" not in page("/haberler/")
    assert "Geri çekilen" not in page("/")


def test_narrowed_item_leaves_the_list_at_once(page):
    item = factories.published_news(title="Daralan")
    assert "Daralan" in page("/haberler/")
    change_audience(item, ["subscriber"])
    assert "Daralan" not in page("/haberler/")


def test_empty_section_says_so(page):
    assert "Okuyabileceğiniz bir içerik henüz yok." in page("/bultenler/")


def test_filter_without_matches_says_so_and_offers_to_clear(page):
    factories.published_news(source_country="DE")
    html = page("/haberler/?ulke=FR")
    assert "Bu süzgece uyan bir içerik yok." in html
    assert '<a href="/haberler/">Süzgeci temizle</a>' in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("baslangic=2026-03-02", ["C", "B"]),
        ("bitis=2026-03-02", ["B", "A"]),
        ("baslangic=02.03.2026&bitis=02.03.2026", ["B"]),
    ],
)
def test_dates_filter_by_whole_days_of_istanbul(page, query, expected):
    factories.published_news(title="A", offered_at=moment(1, 23))
    factories.published_news(title="B", offered_at=moment(2, 0))
    factories.published_news(title="C", offered_at=moment(3, 1))
    assert headlines(page(f"/haberler/?{query}")) == expected


def test_desk_filters(page):
    desk = factories.desk()
    factories.published_news(title="Bu masa", desk=desk)
    factories.published_news(title="Başka masa")
    assert headlines(page(f"/haberler/?masa={desk.pk}")) == ["Bu masa"]


def test_topic_filters(page):
    topic = factories.topic()
    factories.published_news(title="Bu konu", topics=[topic, factories.topic()])
    factories.published_news(title="Konusuz")
    assert headlines(page(f"/haberler/?konu={topic.pk}")) == ["Bu konu"]


def test_language_and_country_filter_together(page):
    factories.published_news(title="A", language="en", source_country="JP")
    factories.published_news(title="B", language="tr", source_country="JP")
    factories.published_news(title="C", language="en", source_country="DE")
    assert headlines(page("/haberler/?dil=en&ulke=JP")) == ["A"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("baslangic=31.02.2026", "“31.02.2026” bir gün olarak okunamadı"),
        ("bitis=0001-01-01", "“0001-01-01” bir gün olarak okunamadı"),
        ("bitis=9999-12-31", "“9999-12-31” bir gün olarak okunamadı"),
        ("masa=99999999999999999999999", "bir masa değil"),
        ("masa=٣", "bir masa değil"),
        ("konu=abc", "“abc” bir konu değil"),
        ("dil=xx", "“xx” bir dil kodu değil"),
        ("ulke=%00%3Cscript%3E", "bir ülke kodu değil"),
        ("once=abc", "Sayfanın adresi okunamadı"),
        ("sonra=99999999999999999999.1", "Sayfanın adresi okunamadı"),
        ("baslangic=2026-03-03&bitis=2026-03-01", "Başlangıç tarihi bitiş tarihinden sonra"),
    ],
)
def test_unreadable_filter_is_a_sentence_over_the_whole_list(page, query, sentence):
    factories.published_news(title="Yine de burada")
    html = page(f"/haberler/?{query}")
    assert sentence in html
    assert "<script>" not in html
    assert headlines(html) == ["Yine de burada"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    values=st.dictionaries(
        st.sampled_from(["baslangic", "bitis", "masa", "konu", "dil", "ulke", "once", "sonra"]),
        st.text(max_size=40),
    )
)
def test_no_query_breaks_a_section(client, site_tree, values):
    assert client.get("/haberler/", values).status_code == 200


@given(st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999), st.integers(0, 10**18 - 1))
def test_position_is_read_as_it_was_written(microseconds, number):
    position = Position(EPOCH + timedelta(microseconds=microseconds), number)
    assert Position.read(str(position)) == position


PAGE_SIZE = 4


@pytest.fixture
def three_pages(site_tree, monkeypatch):
    """Two pages and a half of news, three of them in the same second each time. The pages are short ones."""
    monkeypatch.setattr(paging, "PAGE_SIZE", PAGE_SIZE)
    total = 2 * PAGE_SIZE + PAGE_SIZE // 2
    for number in range(total):
        factories.published_news(
            title=f"Haber {number:03}", offered_at=moment(1) + timedelta(minutes=number // 3)
        )
    return [f"Haber {number:03}" for number in reversed(range(total))]


def follow(client, html: str, relation: str) -> str:
    link = re.search(rf'<a href="(\?[^"]*)" rel="{relation}">', html)[1]
    return client.get("/haberler/" + link.replace("&amp;", "&")).content.decode()


def test_older_pages_hold_every_item_once(client, three_pages):
    html = client.get("/haberler/").content.decode()
    seen = headlines(html)
    for _page in range(2):
        html = follow(client, html, "next")
        seen += headlines(html)
    assert seen == three_pages
    assert 'rel="next"' not in html


def test_newer_leads_back_to_the_same_page(client, three_pages):
    first = client.get("/haberler/").content.decode()
    third = follow(client, follow(client, first, "next"), "next")
    second = follow(client, third, "prev")
    assert headlines(second) == three_pages[PAGE_SIZE : 2 * PAGE_SIZE]
    assert headlines(follow(client, second, "prev")) == headlines(first)


def test_pages_keep_the_filter(client, three_pages):
    html = client.get("/haberler/?dil=tr").content.decode()
    assert re.search(r'<a href="\?dil=tr&amp;once=[^"]*" rel="next">', html)


def test_item_known_by_its_year_alone_stands_under_the_year(page):
    factories.published_statement(
        date=datetime(1906, 1, 1).date(),
        date_precision="year",
        offered_at=datetime(1906, 1, 1, tzinfo=ISTANBUL),
    )
    html = page("/aciklamalar/")
    assert '<h2 class="day">1906 (günü bilinmiyor)</h2>' in html
    assert "1 Ocak 1906" not in html


def test_midnight_of_an_archive_date_is_not_shown_as_an_hour(page):
    factories.published_statement(offered_at=datetime(1920, 4, 23, tzinfo=ISTANBUL))
    assert "00:00" not in page("/aciklamalar/")


def test_section_offers_its_feed(page):
    assert (
        '<link rel="alternate" type="application/rss+xml" title="Haberler" href="/rss/haberler.xml">'
        in page("/haberler/")
    )


# --- Home page ---------------------------------------------------------------------------------------------------


def test_home_page_leads_with_the_most_urgent_item_of_the_newest_day(page):
    factories.published_news(title="Dünkü son dakika", urgency="flash", offered_at=moment(1))
    factories.published_news(title="Sabahın son dakikası", urgency="flash", offered_at=moment(2, 8))
    factories.published_news(title="Öğlenin haberi", offered_at=moment(2, 12))
    html = page("/")
    assert re.search(r'class="leading-headline"><a [^>]*>Sabahın son dakikası</a>', html)
    assert headlines(html) == ["Öğlenin haberi", "Dünkü son dakika"]


def test_home_page_shows_statements_and_bulletins(page):
    factories.published_statement(title="Bir açıklama")
    factories.published_bulletin(title="Bir bülten")
    assert {"Bir açıklama", "Bir bülten"} <= set(headlines(page("/")))


def test_empty_home_page_says_so(page):
    html = page("/")
    assert "Okuyabileceğiniz bir haber henüz yok." in html
    assert "Henüz bir bülten yok." in html


# --- Queries -----------------------------------------------------------------------------------------------------


BUDGETS = {"/haberler/": 11, "/aciklamalar/": 8, "/bultenler/": 8, "/": 8}


def offer_one_of_each() -> None:
    news = factories.published_news(topics=[factories.topic()], outlet=factories.outlet(country="DE"))
    factories.published_statement()
    factories.published_bulletin(news)


def queries_of_lists(client) -> dict[str, int]:
    """How many queries each list of `BUDGETS` needs once it has been shown."""
    numbers = {}
    for address in BUDGETS:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        numbers[address] = len(queries)
    return numbers


def test_list_costs_the_same_however_many_items(client, site_tree):
    offer_one_of_each()
    for_one = queries_of_lists(client)
    assert {address: number for address, number in for_one.items() if number > BUDGETS[address]} == {}
    for _number in range(3):
        offer_one_of_each()
    assert queries_of_lists(client) == for_one


def test_signed_in_reader_costs_six_queries_more(
    client, site_tree, subscriber, django_assert_max_num_queries
):
    factories.published_news()
    client.force_login(subscriber)
    client.get("/haberler/")
    with django_assert_max_num_queries(16):
        client.get("/haberler/")


def test_deep_page_reads_one_page_of_rows(three_pages, django_assert_num_queries):
    from django.http import QueryDict

    position = Position(moment(1), 10**17)
    with django_assert_num_queries(4):
        section = section_of("news", QueryDict(f"once={position}"), frozenset({"public"}))
    assert len(section.page.items) <= PAGE_SIZE


# --- Presence ----------------------------------------------------------------------------------------------------

PAGES_WITH_ITEMS = ("/", "/haberler/", "/aciklamalar/", "/bultenler/", "/en/", "/en/haberler/?dil=tr")


@pytest.mark.parametrize("address", PAGES_WITH_ITEMS)
def test_reading_a_list_is_a_read_of_the_day(client, site_tree, subscriber, address):
    client.force_login(subscriber)
    for _time in range(2):
        client.get(address)
    assert list(Presence.objects.values_list("person", "act", "channel")) == [
        (subscriber.uuid, "read", "web")
    ]


@pytest.mark.parametrize("address", PAGES_WITH_ITEMS)
def test_asking_for_the_headers_of_a_list_is_no_read(client, site_tree, subscriber, address):
    client.force_login(subscriber)
    client.head(address)
    assert not Presence.objects.exists()


def test_page_of_the_plan_is_no_read(client, site_tree, subscriber):
    client.force_login(subscriber)
    assert client.get("/plan/").status_code == 200
    assert not Presence.objects.exists()


def test_reading_lists_again_asks_no_more_than_the_first_time(client, site_tree, subscriber):
    client.force_login(subscriber)
    client.get("/")
    for address in ("/", "/haberler/"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert not [query for query in queries if "metrics_presence" in query["sql"]], address
