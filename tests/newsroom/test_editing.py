"""The editor's pages: what the form does, what each page shows, and that no refusal is an error page."""

import json
from datetime import datetime

import pytest
from django.db import IntegrityError, OperationalError
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from bulletin import publication
from bulletin.models import Bulletin, Item, NewsItem, Publication, Statement
from tests import factories
from tests.newsroom.pages import body, enter, form_of, fresh, said, url

pytestmark = pytest.mark.django_db

#: Queries of the edit page, whatever the database holds.
EDIT_QUERIES = 60


def unsaved_news(**fields) -> NewsItem:
    return NewsItem(**{"title": "Yeni", "body": "<p>Metin.</p>", "desk": factories.desk(), **fields})


# --- Every page answers ------------------------------------------------------------------------------------------

PAGES = [
    "edit",
    "history",
    "workflow_history",
    "usage",
    "inspect",
    "copy",
    "translate",
    "delete",
    "preview_on_edit",
]


@pytest.mark.parametrize("make", [factories.news_item, factories.statement, factories.bulletin])
@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_draft_answers(client, chief_editor, editor, make, name):
    item = make()
    item.save_revision(user=editor)
    assert enter(client, chief_editor).get(url(name, item)).status_code == 200


@pytest.mark.parametrize(
    "make", [factories.published_news, factories.published_statement, factories.published_bulletin]
)
@pytest.mark.parametrize("name", [*PAGES[:-2], "audience", "unpublish"])
def test_page_of_what_is_on_offer_answers(client, chief_editor, make, name):
    assert enter(client, chief_editor).get(url(name, make())).status_code == 200


@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
def test_form_of_a_new_item_answers(client, editor, model):
    assert enter(client, editor).get(url("add", model)).status_code == 200


def test_two_revisions_are_compared(client, editor):
    item = factories.published_bulletin(title="Önce")
    item = factories.corrected(item, title="Sonra")
    first, last = item.revisions.order_by("pk").values_list("pk", flat=True)[:2]
    page = enter(client, editor).get(url("revisions_compare", item, first, last)).content.decode()
    assert "Önce" in page
    assert "Sonra" in page


def test_revision_is_shown_and_can_be_returned_to(client, editor):
    item = factories.corrected(factories.published_news(title="Önce"), title="Sonra")
    first = item.revisions.order_by("pk").first()
    enter(client, editor)
    assert "Önce" in client.get(url("revisions_view", item, first.pk)).content.decode()
    form = client.get(url("revisions_revert", item, first.pk)).context["form"]
    assert form["title"].value() == "Önce"


def test_preview_shows_what_is_being_typed(client, editor):
    item = factories.news_item()
    enter(client, editor)
    answer = client.post(url("preview_on_edit", item), form_of(item, title="Yazılmakta olan"))
    assert answer.json()["is_valid"]
    assert "Yazılmakta olan" in client.get(url("preview_on_edit", item), {"mode": ""}).content.decode()


def test_queries_of_the_form_do_not_grow_with_the_database(
    client, editor, django_assert_max_num_queries, django_assert_num_queries
):
    item = factories.published_news()
    enter(client, editor).get(url("edit", item))
    with django_assert_max_num_queries(EDIT_QUERIES) as few:
        client.get(url("edit", item))
    for _time in range(8):
        factories.published_news()
    with django_assert_max_num_queries(len(few)):
        client.get(url("edit", item))


def test_record_of_an_item_names_who_did_what(client, editor):
    chief_editor = factories.person(role="chief_editor", first_name="Şefika", last_name="Onay")
    item = factories.news_item()
    item.save_revision(user=editor)
    publication.publish(fresh(item).latest_revision, user=chief_editor)
    publication.withdraw(fresh(item), user=chief_editor, note="Kaynak geri çekti.")
    page = enter(client, editor).get(url("edit", item)).content.decode()
    for told in ("yayımlandı", "yayından kaldırıldı", "Şefika Onay", "Kaynak geri çekti."):
        assert told in page
    chief_editor.delete()
    page = client.get(url("edit", item)).content.decode()
    assert "kaydı silinmiş kişi" in page


# --- The form ----------------------------------------------------------------------------------------------------


def test_writer_is_the_translator_at_first(client):
    writer = factories.person(role="editor", first_name="Ece", last_name="Yazar")
    form = enter(client, writer).get(url("add", NewsItem)).context["form"]
    assert form["translator"].value() == "Ece Yazar"


@pytest.mark.parametrize(("kind", "kept"), [("", ""), ("full", "Ece Yazar")])
def test_translator_is_kept_with_a_kind_of_translation(client, editor, kind, kept):
    enter(client, editor)
    client.post(url("add", NewsItem), form_of(unsaved_news(), translator="Ece Yazar", translation_kind=kind))
    assert NewsItem.objects.get().translator == kept


def test_item_without_a_headline_is_not_saved(client, editor):
    response = enter(client, editor).post(url("add", NewsItem), form_of(unsaved_news(), title=" "))
    assert "Başlık boş olamaz." in response.content.decode()
    assert not NewsItem.objects.exists()


def test_picture_without_words_for_who_can_not_see_it_is_refused(client, editor):
    data = form_of(unsaved_news(), image=factories.image().pk)
    response = enter(client, editor).post(url("add", NewsItem), data)
    assert "Görselin alternatif metnini yazın" in response.content.decode()


@pytest.mark.parametrize("nonsense", ["{", "[]", '{"blocks": [{}]}', "[" * 50_000])
def test_unreadable_body_is_not_saved_and_the_rest_is_kept_in_the_form(client, editor, nonsense):
    item = factories.news_item(body="<p>Eski metin.</p>")
    response = enter(client, editor).post(
        url("edit", item), form_of(item, title="Yeni başlık", body=nonsense)
    )
    page = response.content.decode()
    assert "Metin okunamadı ve kaydedilmedi" in page
    assert "Yeni başlık" in page
    assert fresh(item).body == "<p>Eski metin.</p>"


def test_characters_that_no_text_holds_are_dropped(client, editor):
    blocks = [{"key": "a", "text": "bir\ud800\x01\x00 iki", "type": "unstyled", "depth": 0}]
    blocks[0] |= {"inlineStyleRanges": [], "entityRanges": []}
    sent = json.dumps({"blocks": blocks, "entityMap": {}})
    enter(client, editor).post(url("add", NewsItem), form_of(unsaved_news(), body=sent))
    assert ">bir iki<" in NewsItem.objects.get().body


def test_script_in_every_field_comes_out_as_text(client, editor, chief_editor):
    script = "<script>alert(1)</script>"
    data = form_of(unsaved_news(), body=body("<p>Metin.</p>"), translation_kind="full")
    data |= dict.fromkeys(("title", "summary", "original_title", "original_text", "translator"), script)
    enter(client, editor).post(url("add", NewsItem), data)
    item = NewsItem.objects.get()
    publication.publish(item.latest_revision, user=chief_editor)
    for address in (url("edit", item), url("inspect", item), url("list", NewsItem), "/yonetim/"):
        assert script not in client.get(address).content.decode()


def test_too_large_a_body_is_refused_with_a_sentence(client, editor):
    data = form_of(unsaved_news(), body=body("<p>" + "a" * 1_000_001 + "</p>"))
    response = enter(client, editor).post(url("add", NewsItem), data)
    assert "Metin çok büyük" in response.content.decode()
    assert not NewsItem.objects.exists()


@pytest.mark.parametrize(
    ("html", "sentence"),
    [
        ("<p>a</p>" * 10_001, "çok fazla parçadan oluşuyor"),
        (f"<p>{'&amp;' * 200_001}</p>", "Metin çok büyük"),
    ],
)
def test_body_that_could_not_be_published_is_told_when_it_is_saved(client, editor, html, sentence):
    response = enter(client, editor).post(url("add", NewsItem), form_of(unsaved_news(), body=body(html)))
    assert sentence in " ".join(response.context["form"].errors["body"])
    assert not NewsItem.objects.exists()


@pytest.mark.parametrize("year", [1906, 2100])
def test_statement_of_any_year_is_written(client, editor, year):
    unsaved = Statement(title="Eski", body="<p>Metin.</p>", issuing_office="Büro", date=f"{year}-05-19")
    enter(client, editor).post(url("add", Statement), form_of(unsaved))
    assert Statement.objects.get().date.year == year


def test_draft_opens_though_what_it_names_was_deleted(client, editor):
    outlet = factories.outlet()
    item = factories.published_news()
    item.outlet = outlet
    item.save_revision(user=editor)
    outlet.delete()
    form = enter(client, editor).get(url("edit", item)).context["form"]
    assert form["outlet"].value() is None


# --- What the buttons are ----------------------------------------------------------------------------------------


def buttons(response) -> list[str]:
    menu = response.context["action_menu"]
    items = [menu.default_item, *menu.menu_items] if menu.default_item else []
    return [item.name for item in items]


def test_writers_button_sends_for_approval(client, editor):
    item = factories.news_item()
    shown = buttons(enter(client, editor).get(url("edit", item)))
    assert shown[0] == "action-submit"
    assert "action-publish" not in shown
    assert "Onaya gönder" in client.get(url("edit", item)).content.decode()


def test_nobody_publishes_what_is_being_created(client, chief_editor):
    shown = buttons(enter(client, chief_editor).get(url("add", NewsItem)))
    assert "action-publish" not in shown
    assert "action-submit" in shown


def test_approvers_button_approves(client, editor, chief_editor):
    item = factories.news_item()
    item.save_revision(user=editor)
    item.get_workflow().start(item, editor)
    assert buttons(enter(client, chief_editor).get(url("edit", item)))[0] == "approve"


@pytest.mark.parametrize(
    ("verdict", "year", "told"),
    [
        ("approve", None, "“Başlık” onaylandı ve yayımlandı."),
        ("approve", 2099, "“Başlık” onaylandı; belirlenen zamanda yayımlanacak."),
        ("reject", None, "“Başlık” için düzeltme istendi."),
    ],
)
def test_approver_is_told_what_was_decided(client, editor, chief_editor, verdict, year, told):
    moment = year and timezone.make_aware(datetime(year, 11, 23, 9, 0))
    item = factories.news_item(title="Başlık", go_live_at=moment)
    item.save_revision(user=editor)
    item.get_workflow().start(item, editor)
    action = {"action-workflow-action": "1", "workflow-action-name": verdict}
    sent = form_of(fresh(item), go_live_at=f"{year}-11-23 09:00" if year else "", **action)
    assert told in said(enter(client, chief_editor).post(url("edit", item), sent))


def test_what_was_published_offers_no_deletion(client, chief_editor):
    draft, item = factories.news_item(), factories.published_news()
    enter(client, chief_editor)
    assert url("delete", draft) in client.get(url("edit", draft)).content.decode()
    assert url("delete", item) not in client.get(url("edit", item)).content.decode()


# --- Refusals that come from below -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "sentence"), [(IntegrityError("x"), "Kaydedilemedi"), (OperationalError("busy"), "çok meşgul")]
)
@pytest.mark.parametrize("name", ["add", "edit"])
def test_refusal_by_the_database_keeps_the_words_in_the_form(
    client, editor, monkeypatch, error, sentence, name
):
    item = factories.news_item(title="Duran")

    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(NewsItem, "save_revision", refuse)
    address = url("add", NewsItem) if name == "add" else url("edit", item)
    response = enter(client, editor).post(
        address, form_of(item, title="Yazdığım başlık", audience_choice="public")
    )
    page = response.content.decode()
    assert sentence in page
    assert "Yazdığım başlık" in page
    assert list(NewsItem.objects.values_list("title", flat=True)) == ["Duran"]


def test_busy_database_at_publication_leaves_the_draft_and_a_sentence(
    client, editor, chief_editor, monkeypatch
):
    item = factories.news_item()
    item.save_revision(user=editor)

    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(publication, "publish", busy)
    data = form_of(item, **{"action-publish": "1"})
    response = enter(client, chief_editor).post(url("edit", item), data)
    assert "çok meşgul" in said(response)
    assert not fresh(item).live


# --- Translations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [factories.published_news, factories.published_statement, factories.published_bulletin]
)
def test_translation_is_a_draft_of_its_own_that_names_its_source(client, make):
    translator = factories.person(role="editor", first_name="Ece", last_name="Yazar")
    source = make(title="Kaynak başlık", summary="Spot.")
    response = enter(client, translator).post(url("translate", source), {"language": "en"})
    draft = type(source).objects.get(translation_of=source)
    assert response.headers["Location"] == url("edit", draft)
    assert (draft.title, draft.summary, draft.body) == ("Kaynak başlık", "Spot.", source.body)
    assert (draft.language, draft.live, draft.latest_revision.user) == ("en", False, translator)
    assert draft.uuid != source.uuid
    assert Publication.objects.filter(item=draft).count() == 0


def test_translated_news_item_names_its_translator(client):
    translator = factories.person(role="editor", first_name="Ece", last_name="Yazar")
    enter(client, translator).post(url("translate", factories.published_news()), {"language": "de"})
    draft = NewsItem.objects.get(language="de")
    assert (draft.translator, draft.translation_kind, draft.source_language) == ("Ece Yazar", "full", "tr")


@pytest.mark.parametrize(
    ("language", "sentence"), [("tr", "kendi dili"), ("en", "zaten var"), ("xx", "seçenek")]
)
def test_translation_that_makes_no_sense_is_refused_with_a_sentence(client, editor, language, sentence):
    source = factories.published_news()
    enter(client, editor).post(url("translate", source), {"language": "en"})
    response = client.post(url("translate", source), {"language": language})
    assert sentence in response.content.decode()
    assert Item.objects.count() == 2


# --- Sorting -----------------------------------------------------------------------------------------------------


def test_outlet_that_items_name_is_not_deleted_and_they_are_named(client, chief_editor):
    outlet = factories.outlet()
    factories.published_news(outlet=outlet, title="Onu anan haber")
    address = reverse("wagtailsnippets_bulletin_outlet:delete", args=[outlet.pk])
    response = enter(client, chief_editor).post(address)
    assert response.status_code == 302
    assert type(outlet).objects.filter(pk=outlet.pk).exists()


def test_outlets_that_items_name_are_not_deleted_together(client, chief_editor):
    named, free = factories.outlet(), factories.outlet()
    factories.published_news(outlet=named, title="Onu anan haber")
    enter(client, chief_editor)
    client.post(f"/yonetim/bulk/bulletin/outlet/delete/?id={named.pk}&id={free.pk}&next=/yonetim/")
    assert type(named).objects.filter(pk=named.pk).exists()


def test_outlet_that_nothing_names_is_deleted(client, chief_editor):
    outlet = factories.outlet()
    enter(client, chief_editor).post(reverse("wagtailsnippets_bulletin_outlet:delete", args=[outlet.pk]))
    assert not type(outlet).objects.exists()


@pytest.mark.parametrize("name", ["desk", "topic", "outlet", "bulletinseries"])
def test_pages_of_what_items_are_sorted_by_answer(client, chief_editor, name):
    made = {"desk": factories.desk, "topic": factories.topic, "outlet": factories.outlet}.get(
        name, factories.series
    )()
    enter(client, chief_editor)
    pages = [reverse(f"wagtailsnippets_bulletin_{name}:{page}") for page in ("list", "add")]
    pages += [
        reverse(f"wagtailsnippets_bulletin_{name}:{page}", args=[made.pk])
        for page in ("edit", "delete", "history", "usage")
    ]
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


# --- Pictures ----------------------------------------------------------------------------------------------------


def test_picture_that_an_item_names_is_not_deleted(client, chief_editor):
    image = factories.image()
    factories.published_news(image=image, image_alt="Tarla", title="Onu gösteren haber")
    enter(client, chief_editor)
    client.post(reverse("wagtailimages:delete", args=[image.pk]))
    client.post(f"/yonetim/bulk/wagtailimages/image/delete/?id={image.pk}&next=/yonetim/images/")
    assert type(image).objects.filter(pk=image.pk).exists()


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("tr", "20.11.2026"),
        ("tr", "20/11/2026"),
        ("tr", "2026-11-20"),
        ("en", "20.11.2026"),
        ("en", "2026-11-20"),
    ],
)
def test_day_is_read_as_people_write_it(client, editor, language, written):
    UserProfile.objects.create(user=editor, preferred_language=language)
    item = factories.news_item()
    client.force_login(editor)
    client.post(url("edit", item), form_of(item, original_date=written))
    item = NewsItem.objects.get(pk=item.pk)
    assert item.latest_revision.content["original_date"] == "2026-11-20"
    assert 'value="20.11.2026"' in client.get(url("edit", item)).content.decode()


def test_headline_left_out_is_told_once(client, editor):
    client.force_login(editor)
    data = form_of(NewsItem(desk=factories.desk()), **{"action-submit": "1"})
    form = client.post(url("add", NewsItem), data).context["form"]
    assert form.errors["title"] == ["Bu alan zorunludur."]
