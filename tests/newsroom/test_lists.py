"""The editors' lists, their filters and their search box; the chooser of items on offer; the dashboard."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bulletin import publication
from bulletin.models import Bulletin, Item, NewsItem, Statement
from newsroom import search_box
from search.engines.protocol import EngineUnavailable
from tests import factories
from tests.newsroom.pages import form_of, url

pytestmark = pytest.mark.django_db

#: Queries of a list page, whatever it holds: the person, their permissions, the count, the rows, what dresses them.
LIST_QUERIES = 25


def titles(response) -> list[str]:
    return [str(item) for item in response.context["object_list"]]


@pytest.fixture
def entered(client, chief_editor):
    client.force_login(chief_editor)
    return client


def rows(response) -> dict[str, object]:
    return {str(item): item for item in response.context["object_list"]}


def test_list_shows_the_newest_first_with_draft_titles(entered):
    factories.news_item(title="Eski")
    published = factories.published_news(title="Yayındaki başlık")
    published.title = "Taslaktaki başlık"
    published.save_revision()
    assert titles(entered.get(url("list", NewsItem))) == ["Taslaktaki başlık", "Eski"]


def test_list_shows_a_drafts_desk_and_urgency_as_last_saved(entered):
    item = factories.news_item()
    desk = factories.desk()
    entered.post(url("edit", item), form_of(item, desk=desk.pk, urgency="flash"))
    assert titles(entered.get(url("list", NewsItem), {"desk": desk.pk, "urgency": "flash"})) == [item.title]


def test_list_shows_of_an_item_on_offer_what_is_offered(entered):
    item = factories.published_news()
    offered = item.desk
    entered.post(url("edit", item), form_of(item, desk=factories.desk().pk))
    assert titles(entered.get(url("list", NewsItem), {"desk": offered.pk})) == [item.title]


def test_list_of_statements_shows_a_date_of_1938_as_a_date(entered):
    factories.statement(date=date(1938, 11, 1))
    page = entered.get(url("list", Statement)).content.decode()
    assert "01 Kas 1938" in page
    assert "yıl önce" not in page


def test_list_tells_where_each_item_stands_in_words(entered, editor, chief_editor):
    factories.news_item(title="taslak")
    awaiting = factories.news_item(title="bekleyen")
    awaiting.save_revision(user=editor)
    awaiting.get_workflow().start(awaiting, editor)
    returned = factories.news_item(title="geri dönen")
    returned.save_revision(user=editor)
    returned.get_workflow().start(returned, editor).current_task_state.reject(user=chief_editor)
    factories.published_news(title="yayında")
    changed = factories.published_news(title="değişen")
    changed.summary = "Başka bir spot."
    changed.save_revision()
    publication.withdraw(factories.published_news(title="kaldırılan"))
    soon = timezone.now() + timedelta(hours=1)
    factories.news_item(title="zamanlanan", go_live_at=soon).save_revision().publish()
    standing = {title: item.standing for title, item in rows(entered.get(url("list", NewsItem))).items()}
    assert standing.pop("zamanlanan").startswith("zamanlandı: ")
    assert standing == {
        "taslak": "taslak",
        "bekleyen": "onay bekliyor",
        "geri dönen": "düzeltme istendi",
        "yayında": "yayında",
        "değişen": "yayında · yayımlanmamış değişiklik var",
        "kaldırılan": "yayından kaldırıldı",
    }
    for state, title in (
        ("draft", "taslak"),
        ("awaiting", "bekleyen"),
        ("returned", "geri dönen"),
        ("scheduled", "zamanlanan"),
        ("changed", "değişen"),
        ("withdrawn", "kaldırılan"),
    ):
        assert title in titles(entered.get(url("list", NewsItem), {"state": state}))
    assert titles(entered.get(url("list", NewsItem), {"state": "awaiting"})) == ["bekleyen"]


def test_list_tells_the_audience_and_who_changed_it_last(entered, editor):
    agency = factories.agency(name="Tarım Bakanlığı")
    factories.news_item(title="a", audience=[f"agency:{agency.pk}"]).save_revision(user=editor)
    factories.news_item(title="b", audience=["subscriber"])
    factories.published_news(title="c")
    shown = rows(entered.get(url("list", NewsItem)))
    assert [shown[title].audience_words for title in "abc"] == [
        "Tarım Bakanlığı",
        "kullanıcı kurumlar",
        "herkese açık",
    ]
    assert (shown["a"].updated_by, shown["b"].updated_by) == (editor.email, "")
    assert (shown["b"].first_offered_at, bool(shown["c"].first_offered_at)) == (None, True)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"urgency": "flash"}, ["ivedi"]),
        ({"language": "en"}, ["english"]),
        ({"created_at_from": "2026-02-01", "created_at_to": "2026-02-01"}, ["şubat"]),
        ({"who": "me"}, ["benim"]),
    ],
)
def test_list_is_narrowed_by(entered, chief_editor, question, found):
    factories.news_item(title="ivedi", urgency="flash")
    factories.news_item(title="english", language="en")
    factories.news_item(title="şubat", created_at="2026-02-01T12:00:00+03:00")
    factories.news_item(title="benim").save_revision(user=chief_editor)
    assert titles(entered.get(url("list", NewsItem), question)) == found


def test_list_is_narrowed_by_desk(entered):
    desk = factories.desk()
    factories.news_item(title="bu masanın", desk=desk)
    factories.news_item(title="başka masanın")
    assert titles(entered.get(url("list", NewsItem), {"desk": desk.pk})) == ["bu masanın"]


@pytest.mark.parametrize(
    "nonsense", ["desk=x", "state=x", "created_at_from=dün", "p=99999999999", "q=%00%ff", "ordering=;"]
)
def test_list_answers_nonsense(entered, nonsense):
    factories.news_item()
    assert entered.get(f"{url('list', NewsItem)}?{nonsense}").status_code == 200


def test_each_kind_has_its_list(entered):
    factories.statement(title="açıklama")
    factories.bulletin(title="bülten")
    assert titles(entered.get(url("list", Statement))) == ["açıklama"]
    assert titles(entered.get(url("list", Bulletin))) == ["bülten"]


@pytest.mark.parametrize("typed", ["ıspanak", "ISPANAK", "ispanak", "Ispanağ"])
def test_search_box_finds_drafts_however_they_are_typed(entered, typed):
    factories.news_item(title="Ispanağın ve ISPANAK'ın fiyatı")
    factories.news_item(title="Başka konu")
    assert titles(entered.get(url("list", NewsItem), {"q": typed})) == ["Ispanağın ve ISPANAK'ın fiyatı"]


def test_search_box_falls_back_on_titles_where_the_engine_is_away(entered, monkeypatch):
    def away():
        raise EngineUnavailable("away")

    monkeypatch.setattr(search_box, "engine", away)
    factories.published_news(title="Ispanak hasadı")
    assert titles(entered.get(url("list", NewsItem), {"q": "ispanak"})) == ["Ispanak hasadı"]


@pytest.mark.parametrize(
    "make", [factories.published_news, factories.published_statement, factories.published_bulletin]
)
def test_queries_of_a_list_do_not_grow_with_it(entered, editor, make, django_assert_max_num_queries):
    make()
    address = url("list", type(make()))
    entered.get(address)
    with django_assert_max_num_queries(LIST_QUERIES) as few:
        entered.get(address)
    for _time in range(4):
        make()
    with django_assert_max_num_queries(len(few)):
        entered.get(address)


def test_list_says_how_many_there_are_without_joining_tables(entered):
    factories.news_item()
    factories.news_item()
    factories.statement()
    with CaptureQueriesContext(connection) as queries:
        response = entered.get(url("list", NewsItem))
    assert response.context["paginator"].count == 2
    counts = [query["sql"] for query in queries.captured_queries if "COUNT(" in query["sql"]]
    assert not any("JOIN" in sql for sql in counts if "bulletin_newsitem" in sql)
    assert entered.get(url("list", NewsItem), {"language": "en"}).context["paginator"].count == 0


@pytest.mark.sqlite
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the words of SQLite's plan")
def test_search_box_reads_no_row_that_does_not_match(db):
    """At a hundred thousand items the titles alone are read quickly; the rows, with their bodies, are not."""
    factories.news_item()
    factories.published_news()
    with connection.cursor() as cursor:
        # What the planner knows of a large table, of which half is on offer.
        cursor.execute("ANALYZE")
        cursor.execute("UPDATE sqlite_stat1 SET stat = '10000 1' WHERE tbl = 'bulletin_item'")
        cursor.execute("UPDATE sqlite_stat1 SET stat = '10000 5000 1 1' WHERE idx = 'item_folded_title'")
        cursor.execute("ANALYZE sqlite_schema")
    with CaptureQueriesContext(connection) as queries:
        search_box.find_drafts("hasat", kinds=["news"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries.captured_queries[0]['sql']}")
        assert "COVERING INDEX item_folded_title" in " ".join(str(row) for row in cursor.fetchall())


def test_list_reads_no_text(entered):
    factories.published_news()
    with_queries = []
    with connection.execute_wrapper(lambda run, sql, *rest: with_queries.append(sql) or run(sql, *rest)):
        entered.get(url("list", NewsItem))
    assert not [
        sql for sql in with_queries if '"body"' in sql or '"content"' in sql or '"original_text"' in sql
    ]


# --- The chooser -------------------------------------------------------------------------------------------------


def test_chooser_lists_what_is_on_offer_alone_the_newest_first(entered):
    first = factories.published_news(title="birinci")
    second = factories.published_statement(title="ikinci")
    factories.news_item(title="taslak")
    factories.published_bulletin(first, title="bülten")
    response = entered.get(reverse("newsroom_item_chooser:choose_results"))
    assert [row.pk for row in response.context["results"]] == [second.pk, first.pk]


def test_chooser_shows_an_administrator_only_what_everybody_reads(client):
    client.force_login(factories.person(role="administrator"))
    factories.published_news(audience=["subscriber"])
    public = factories.published_news()
    response = client.get(reverse("newsroom_item_chooser:choose_results"))
    assert [row.pk for row in response.context["results"]] == [public.pk]


# --- The dashboard -----------------------------------------------------------------------------------------------


def masa(response) -> str:
    return " ".join(response.content.decode().split())


def test_dashboard_counts_what_waits_for_whom(client, editor, chief_editor):
    factories.news_item().save_revision(user=editor)
    waiting = factories.news_item(title="Bekleyen haber")
    waiting.save_revision(user=editor)
    waiting.get_workflow().start(waiting, editor)
    factories.published_news()
    client.force_login(editor)
    page = masa(client.get("/yonetim/"))
    assert "Haberler, taslaklarım: 1" in page
    assert "Haberler, onay bekleyen: 1" in page
    assert "Haberler, bugün sunulan: 1" in page
    client.force_login(chief_editor)
    assert "Bekleyen haber" in masa(client.get("/yonetim/"))


def test_dashboard_names_what_missed_its_time(entered):
    late = timezone.now() - timedelta(minutes=10)
    factories.news_item().save_revision(approved_go_live_at=late)
    assert "Zamanı gelen 1 içerik yayımlanamadı" in masa(entered.get("/yonetim/"))


def test_dashboard_of_an_administrator_says_nothing_of_items(client):
    client.force_login(factories.person(role="administrator"))
    assert "onay bekleyen" not in masa(client.get("/yonetim/"))


def test_menu_is_turkish_and_holds_what_belongs(entered):
    page = entered.get("/yonetim/").content.decode()
    for label in ("Haberler", "A\\u00e7\\u0131klamalar", "B\\u00fcltenler", "Masalar"):
        assert label in page or label.encode().decode("unicode_escape") in page
    for meaningless in ("/yonetim/snippets/", "/yonetim/documents/", "/yonetim/reports/aging-pages/"):
        assert f'"{meaningless}"' not in page


@pytest.mark.parametrize("report", ["workflow", "workflow_tasks", "site-history"])
def test_report_that_stays_in_the_menu_answers(client, editor, django_user_model, report):
    waiting = factories.news_item(title="Bekleyen haber")
    waiting.save_revision(user=editor)
    waiting.get_workflow().start(waiting, editor)
    client.force_login(factories.person(email="kok@des.example", is_staff=True, is_superuser=True))
    page = client.get(f"/yonetim/reports/{report}/").content.decode()
    assert "Bekleyen haber" in page
    assert url("edit", waiting) in page or report == "site-history"


def test_items_stay_out_of_wagtails_search_index():
    from wagtail.search.index import class_is_indexed

    assert not any(class_is_indexed(model) for model in (Item, NewsItem, Statement, Bulletin))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wagtailusers_users:index", "2 kullanıcı"),
        ("agencies:index", "3 kullanıcı kurum"),
        ("tokens", "2 erişim anahtarı"),
        ("service_accounts", "2 servis hesabı"),
    ],
)
def test_number_in_any_list_of_the_admin_is_followed_by_the_singular(client, name, words):
    client.force_login(factories.person(role="administrator"))
    person = factories.person(agency=factories.agency(), is_staff=True)
    for _number in range(2):
        factories.token(person)
        factories.service_account(agency=factories.agency())
    html = client.get(reverse(name)).content.decode()
    assert re.search(rf"\b{words}\b", html)
    assert f"{words}lar" not in html
