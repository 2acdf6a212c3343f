"""The results page: what readers find, what they never learn of, and that nothing typed breaks it."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from bulletin import projections, publication
from metrics.models import Presence
from search.asked import MAXIMUM_PAGE
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    from metrics import presence

    monkeypatch.setattr(presence, "_written", presence.Memory())


def ask(client, text: str = "", **parts):
    return client.get(reverse("search:results"), {"q": text, **parts})


def index() -> None:
    projections.catch_up("search")


def titles(answer) -> list[str]:
    return [row.item.title for row in answer.context["found"].rows]


# --- What is found -------------------------------------------------------------------------------------------------


def test_hit_is_shown_with_its_words_marked(client):
    item = factories.published_news(title="Şehrin ışıkları", body="<p>Bütün ışıklar değişti.</p>")
    index()
    answer = ask(client, "ISIK")
    page = answer.content.decode()
    assert f'href="{item.current.url_path}"' in page
    assert "Şehrin <mark>ışıkları</mark>" in page
    assert "Bütün <mark>ışıklar</mark> değişti." in page
    assert "1 sonuç" in page


def test_hit_by_its_imprint_shows_the_imprint(client):
    factories.published_statement(title="Açılış", speaker="Ayşe Örnek")
    index()
    assert "<mark>Ayşe</mark> <mark>Örnek</mark>" in ask(client, "ayşe örnek").content.decode()


def test_every_word_of_what_is_typed_stays_in_the_form(client):
    assert 'value="&lt;b&gt; &quot;deniz&quot;"' in ask(client, '<b> "deniz"').content.decode()


def test_markup_in_titles_and_texts_is_escaped(client):
    factories.published_news(title="Deniz <script>alert(1)</script>", body="<p>a &lt;img src=x&gt; deniz</p>")
    index()
    page = ask(client, "deniz").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_without_a_query_there_is_a_form_and_nothing_is_searched(client):
    factories.published_news()
    index()
    answer = ask(client)
    assert answer.status_code == 200
    assert answer.context["found"] is None
    assert 'name="q"' in answer.content.decode()


def test_no_result_is_said_with_what_to_do(client):
    page = ask(client, "bulunmayan").content.decode()
    assert "için okuyabileceğiniz bir sonuç yok" in page
    assert "Daha az ya da başka sözcüklerle" in page


def test_query_without_a_word_is_said(client):
    assert "aranacak bir sözcük yok" in ask(client, "!!! …").content.decode()


def test_long_query_is_cut_and_said(client):
    factories.published_news(title="Kelime")
    index()
    page = ask(client, "kelime " * 500).content.decode()
    assert "Sorgu çok uzun" in page
    assert "1 sonuç" in page


def test_page_is_there_in_english(client):
    factories.published_news(title="Deniz")
    index()
    answer = client.get("/en/ara/", {"q": "deniz"})
    assert answer.status_code == 200
    assert answer.context["found"].total == 1


# --- Entitlement -----------------------------------------------------------------------------------------------------


def test_item_for_subscribers_is_neither_shown_nor_counted_for_a_visitor(client, subscriber):
    factories.published_news(title="Deniz açık")
    factories.published_news(title="Deniz kapalı", audience=["subscriber"])
    index()
    answer = ask(client, "deniz")
    assert (titles(answer), answer.context["found"].total) == (["Deniz açık"], 1)
    assert "kapalı" not in answer.content.decode()
    client.force_login(subscriber)
    assert ask(client, "deniz").context["found"].total == 2


def test_item_of_another_agency_answers_like_one_that_is_not_there(client, subscriber):
    other = factories.agency()
    factories.published_news(title="Deniz", audience=[f"agency:{other.pk}"])
    index()
    client.force_login(subscriber)
    hidden, missing = ask(client, "deniz"), ask(client, "okyanus")
    assert hidden.context["found"].total == missing.context["found"].total == 0
    assert (
        hidden.content.decode().replace("deniz", "X").split("<main")[1]
        == (missing.content.decode().replace("okyanus", "X").split("<main")[1])
    )


def test_withdrawn_item_is_gone(client):
    item = factories.published_news(title="Deniz")
    index()
    publication.withdraw(item)
    index()
    assert ask(client, "deniz").context["found"].total == 0


@pytest.mark.parametrize(
    "close",
    [
        publication.withdraw,
        lambda item: publication.change_audience(item, [f"agency:{factories.agency().pk}"]),
    ],
    ids=["withdrawn", "audience changed"],
)
def test_index_that_lags_shows_and_counts_nothing_closed_meanwhile(client, close):
    items = [factories.published_news(title=f"Deniz {number}") for number in range(3)]
    index()
    close(items[1])
    answer = ask(client, "deniz")
    assert sorted(titles(answer)) == ["Deniz 0", "Deniz 2"]
    assert answer.context["found"].total == 2


def test_correction_that_is_not_indexed_yet_shows_the_new_text(client):
    item = factories.published_news(title="Deniz eski")
    index()
    factories.corrected(item, title="Deniz yeni")
    assert titles(ask(client, "deniz")) == ["Deniz yeni"]


def test_index_far_behind_says_so_and_gives_no_total(client, monkeypatch):
    monkeypatch.setattr("search.finding.BOUND_OF_LAG", 2)
    kept = factories.published_news(title="Deniz")
    index()
    for _ in range(3):
        factories.published_news()
    answer = ask(client, "deniz")
    assert [row.item.pk for row in answer.context["found"].rows] == [kept.pk]
    assert answer.context["found"].total is None
    assert "dizini güncelleniyor" in answer.content.decode()


def test_closed_item_is_shown_nowhere_though_the_index_is_far_behind(client, monkeypatch):
    monkeypatch.setattr("search.finding.BOUND_OF_LAG", 0)
    factories.published_news(title="Deniz açık")
    narrowed = factories.published_news(title="Deniz kapalı")
    index()
    publication.change_audience(narrowed, [f"agency:{factories.agency().pk}"])
    answer = ask(client, "deniz")
    assert titles(answer) == ["Deniz açık"]
    assert "Deniz kapalı" not in answer.content.decode()


PAGE_SIZE = 4


@pytest.fixture
def short_pages(monkeypatch):
    """Pages of `PAGE_SIZE` rows."""
    for module in ("asked", "finding"):
        monkeypatch.setattr(f"search.{module}.PAGE_SIZE", PAGE_SIZE)


def test_closed_item_of_another_page_is_not_counted_either(client, short_pages):
    items = [factories.published_news(title="Deniz") for _number in range(PAGE_SIZE + 3)]
    index()
    first = {row.item.pk for row in ask(client, "deniz").context["found"].rows}
    gone = next(item for item in items if item.pk in first)
    publication.withdraw(gone)
    second = ask(client, "deniz", sayfa="2").context["found"]
    assert second.total == PAGE_SIZE + 2
    assert len(second.rows) == 2


# --- Filters, order, pages --------------------------------------------------------------------------------------------


@pytest.fixture
def several():
    factories.published_news(title="Deniz haberi", offered_at=datetime(2026, 1, 10, 20, 59, tzinfo=UTC))
    factories.published_statement(
        title="Deniz açıklaması", offered_at=datetime(2026, 1, 10, 21, 0, tzinfo=UTC)
    )
    factories.published_news(title="Deniz news", language="en", offered_at=datetime(2026, 1, 12, tzinfo=UTC))
    index()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, {"Deniz haberi", "Deniz açıklaması", "Deniz news"}),
        ({"tur": "aciklama"}, {"Deniz açıklaması"}),
        ({"tur": "haber"}, {"Deniz haberi", "Deniz news"}),
        ({"dil": "en"}, {"Deniz news"}),
        # Days are Istanbul's: 21:00 UTC is the next one.
        ({"bitis": "2026-01-10"}, {"Deniz haberi"}),
        ({"baslangic": "2026-01-11"}, {"Deniz açıklaması", "Deniz news"}),
        ({"baslangic": "11.01.2026", "bitis": "2026-01-11"}, {"Deniz açıklaması"}),
        ({"tur": "bulten"}, set()),
    ],
)
def test_filters(client, several, parts, expected):
    assert set(titles(ask(client, "deniz", **parts))) == expected


def test_newest_first(client, several):
    assert titles(ask(client, "deniz", sira="yeni")) == ["Deniz news", "Deniz açıklaması", "Deniz haberi"]


@pytest.mark.parametrize(
    "parts",
    [
        {"tur": "dedikodu"},
        {"dil": "xx"},
        {"baslangic": "dün"},
        {"bitis": "2026-02-30"},
        {"baslangic": "9999-01-01"},
        {"baslangic": "2026-02-01", "bitis": "2026-01-01"},
        {"sira": "rastgele"},
        {"sayfa": "0"},
        {"sayfa": "-1"},
        {"sayfa": "9" * 30},
        {"sayfa": str(MAXIMUM_PAGE + 1)},
        {"tur": "\x00<script>"},
    ],
)
def test_part_that_cannot_be_read_is_said_and_left_out(client, several, parts):
    answer = ask(client, "deniz", **parts)
    assert answer.status_code == 200
    assert len(answer.context["asked"].problems) == 1
    assert answer.context["found"].total == 3
    assert "<script>" not in answer.content.decode().split("<main")[1]


def test_pages_follow_each_other(client, short_pages):
    for number in range(PAGE_SIZE + 3):
        factories.published_news(title=f"Deniz {number}")
    index()
    first, second, third = (ask(client, "deniz", sayfa=str(number), sira="yeni") for number in (1, 2, 3))
    assert len(titles(first)) == PAGE_SIZE
    assert len(titles(second)) == 3
    assert not set(titles(first)) & set(titles(second))
    assert 'rel="next nofollow"' in first.content.decode()
    assert "sayfa=2" in first.content.decode()
    assert "sira=yeni" in first.context["next_page"]
    assert 'rel="next nofollow"' not in second.content.decode()
    assert "Sonuçlar bu sayfadan önce bitiyor" in third.content.decode()


def test_last_page_that_is_given_answers(client, several):
    assert ask(client, "deniz", sayfa=str(MAXIMUM_PAGE)).status_code == 200


def test_number_of_queries_does_not_grow_with_the_hits(client, django_assert_max_num_queries):
    for number in range(12):
        factories.published_news(title=f"Deniz {number}")
    index()
    ask(client, "deniz")
    with django_assert_max_num_queries(12):
        assert len(titles(ask(client, "deniz"))) == 12


# --- Presence, headers, trouble -------------------------------------------------------------------------------------


def test_search_of_a_subscriber_is_presence(client, subscriber):
    client.force_login(subscriber)
    ask(client, "deniz")
    row = Presence.objects.get()
    assert (row.person, row.channel, row.act) == (subscriber.uuid, "search", "read")


def test_asking_for_the_headers_of_a_search_is_no_presence(client, subscriber):
    client.force_login(subscriber)
    client.head(reverse("search:results"), {"q": "deniz"})
    assert not Presence.objects.exists()


def test_looking_at_the_form_is_no_presence(client, subscriber):
    client.force_login(subscriber)
    ask(client)
    assert not Presence.objects.exists()


def test_results_are_kept_by_no_shared_cache_and_no_search_engine(client):
    answer = ask(client, "deniz")
    assert "private" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_only_reading_is_allowed(client):
    assert client.post(reverse("search:results"), {"q": "deniz"}).status_code == 405


def test_engine_that_is_away_gives_a_sentence_and_keeps_the_words(client, settings):
    settings.SEARCH_URL = "http://127.0.0.1:9/?index=des"
    answer = ask(client, "deniz")
    assert answer.status_code == 503
    assert "Arama şu anda yanıt vermiyor" in answer.content.decode()
    assert 'value="deniz"' in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "q=%FF%FE%80",
        "q=%00",
        "q=%ED%A0%80",
        "q=%C0%AF..%2F",
        "q=" + "%22" * 999,
        "q=" + "a+" * 10_000,
        "q=" + "-" * 500,
        "q=" + "(" * 500 + "a" + ")" * 500,
        "q=deniz&q=kara",
        "q=deniz&sayfa=&tur=&dil=&baslangic=",
        "q=%F0%9F%98%80",
        "q=%E2%80%AE%D8%A7%D9%84",
        "q=a%0D%0ASet-Cookie:x",
        "q[]=a&%=%",
        "q=%u0130",
    ],
    ids=lambda query: query[:14],
)
def test_no_address_is_an_error(client, several, query):
    answer = client.get(f"{reverse('search:results')}?{query}")
    assert answer.status_code == 200


def test_menu_of_languages_tells_nothing_of_closed_items(client):
    before = re.findall(r'<option value="([a-z]{2})"', client.get("/ara/").content.decode())
    factories.published_news(language="sw", audience=[f"agency:{factories.agency().pk}"])
    projections.catch_up_all()
    after = client.get("/ara/").content.decode()
    assert re.findall(r'<option value="([a-z]{2})"', after) == before
    assert "tr" in before
