"""Karartma in the admin: asked for from the item's page, decided by a second person who sees what goes, watched."""

import re

import pytest
from django.urls import reverse
from wagtail.admin.models import FormState
from wagtail.models import Revision

from bulletin.corrections import Correction
from bulletin.models import NewsItem, Redaction
from bulletin.redaction_scope import scope_of
from tests import factories
from tests.bulletin.ledger import is_on_offer, rows
from tests.bulletin.redacting import WORDS, approved, asked, finish, rare_fields, redacted, second_person

from .pages import form_of, said, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def rare():
    return factories.published_news(image=factories.image(), **rare_fields())


@pytest.fixture
def first(client):
    person = factories.person(role="chief_editor", first_name="Ayşe", last_name="Birinci")
    client.force_login(person)
    return person


@pytest.fixture
def second(client):
    return second_person(first_name="Bora", last_name="İkinci")


def ask_form(**changes) -> dict:
    return {
        "extent": "all",
        "ground": "kvkk",
        "decision_number": "2026/7",
        "decision_date": "2026-01-05",
        "note": "İlgili kişinin başvurusu.",
        **changes,
    }


def page_of(request: Redaction) -> str:
    return reverse("redaction", args=[request.pk])


def approval(request: Redaction, **changes) -> dict:
    return {
        "decision": "approve",
        "seen": scope_of(request).fingerprint,
        "confirmation": str(request.item_id),
        **changes,
    }


# --- Asking ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["edit", "inspect"])
def test_page_of_a_published_item_leads_to_it(client, first, rare, page):
    address = reverse("ask_redaction", args=[rare.pk])
    assert address in client.get(url(page, rare)).content.decode()
    assert address not in client.get(url(page, factories.news_item())).content.decode().replace(
        str(rare.pk), "x"
    )


def test_editor_sees_no_way_to_it(client, rare):
    client.force_login(factories.person(role="editor"))
    assert reverse("ask_redaction", args=[rare.pk]) not in client.get(url("edit", rare)).content.decode()


def test_request_is_asked_for_and_listed(client, first, rare):
    response = client.post(reverse("ask_redaction", args=[rare.pk]), ask_form())
    request = Redaction.objects.get()
    assert response.url == page_of(request)
    assert (request.editions, request.ground, request.requested_by) == (None, "kvkk", first.uuid)
    listed = client.get(reverse("redactions"), {"state": "awaiting"}).content.decode()
    assert f"Karartma {request.pk}" in listed
    assert "Ayşe Birinci" in listed
    assert (
        f"Karartma {request.pk}<"
        not in client.get(reverse("redactions"), {"state": "finished"}).content.decode()
    )


def test_chosen_editions_are_asked_for(client, first, rare):
    factories.corrected(NewsItem.objects.get(pk=rare.pk), title="İkinci")
    client.post(reverse("ask_redaction", args=[rare.pk]), ask_form(extent="some", editions=["1"]))
    assert Redaction.objects.get().editions == [1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"extent": "some"},
        {"extent": "some", "editions": ["9"]},
        {"extent": "none"},
        {"ground": ""},
        {"ground": "x"},
        {"decision_number": ""},
        {"decision_date": "2999-01-01"},
        {"decision_date": "0001-01-01"},
        {"decision_date": "dün"},
        {"note": ""},
        {"note": "\x00"},
        {"note": "a" * 100_000},
        {"note": f"Şu: {rare_fields()['summary']}"},
    ],
    ids=str,
)
def test_request_that_lacks_something_is_refused_on_the_form(client, first, rare, wrong):
    wrong = {name: str(value)[:100_001] if isinstance(value, str) else value for name, value in wrong.items()}
    response = client.post(reverse("ask_redaction", args=[rare.pk]), ask_form(**wrong))
    assert response.status_code == 200
    assert Redaction.objects.count() == 0


def test_second_request_leads_to_the_first(client, first, rare):
    request = asked(rare)
    assert client.get(reverse("ask_redaction", args=[rare.pk])).url == page_of(request)


def test_draft_is_not_asked_for(client, first):
    response = client.get(reverse("ask_redaction", args=[factories.news_item().pk]), follow=True)
    assert "hiç yayımlanmadı" in said(response) or "hiç yayımlanmadı" in response.content.decode()


def test_chief_editor_of_another_desk_does_not_ask(client, first, rare):
    from newsroom.desk_rights import bind

    bind(first, [factories.desk()])
    assert client.post(reverse("ask_redaction", args=[rare.pk]), ask_form()).status_code in (302, 403)
    assert Redaction.objects.count() == 0


# --- Deciding ----------------------------------------------------------------------------------------------------


def test_page_says_what_goes_and_what_stays(client, rare, second):
    request = asked(rare)
    client.force_login(second)
    html = client.get(page_of(request)).content.decode()
    assert "içerik yayından kalkar" in html
    assert "1 görsel" in html
    assert rare.current.url_path in html
    assert str(rare.pk) in re.search("numarasını yazın: ([0-9]+)", html)[0]


def test_administrator_who_decides_reads_nothing_of_the_text(client, rare, second):
    request = asked(rare)
    client.force_login(second)
    html = client.get(page_of(request)).content.decode().replace(rare.current.url_path, "")
    assert [word for word in WORDS.values() if word in html] == []


def test_second_person_approves(client, rare, second):
    request = asked(rare)
    client.force_login(second)
    response = client.post(page_of(request), approval(request))
    assert response.status_code == 302
    assert not is_on_offer(rare)
    html = client.get(page_of(request)).content.decode()
    assert "sürüyor" in html
    assert "Bora İkinci" in html


def test_page_shows_how_far_it_is_done(client, rare, second):
    request = redacted(rare)
    finish(request)
    client.force_login(second)
    html = client.get(page_of(request)).content.decode()
    cells = re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', html)
    assert [place for place, when in cells if when == "sürüyor"] == ["veritabanının boşalan yerleri"]
    assert len(cells) == 6


@pytest.mark.parametrize("typed", ["", "evet", "0", "12345678901234567890123"])
def test_without_the_number_nothing_is_destroyed(client, rare, second, typed):
    request = asked(rare)
    client.force_login(second)
    response = client.post(page_of(request), approval(request, confirmation=typed))
    assert response.status_code == 200
    assert is_on_offer(rare)


@pytest.mark.parametrize("seen", ["", "x" * 64, "\x00"])
def test_what_was_not_shown_is_not_destroyed(client, rare, second, seen):
    request = asked(rare)
    client.force_login(second)
    client.post(page_of(request), approval(request, seen=seen))
    assert is_on_offer(rare)


def test_first_person_has_no_button_and_is_refused(client, first, rare):
    request = asked(rare, by=first)
    html = client.get(page_of(request)).content.decode()
    assert 'value="approve"' not in html
    assert 'value="take_back"' in html
    response = client.post(page_of(request), approval(request), follow=True)
    assert "ikinci bir kişi" in response.content.decode()
    assert is_on_offer(rare)


def test_person_who_came_after_the_request_may_only_refuse(client, rare):
    request = asked(rare)
    client.force_login(factories.person(role="administrator"))
    html = client.get(page_of(request)).content.decode()
    assert 'value="approve"' not in html
    assert 'value="refuse"' in html
    assert "Hesabınız bu istekten sonra açılmış" in html
    response = client.post(page_of(request), approval(request), follow=True)
    assert "Hesabınız bu istekten sonra açılmış" in said(response)
    assert is_on_offer(rare)
    client.post(page_of(request), {"decision": "refuse", "reason": "İsteyen ayrıldı."})
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.REFUSED


def test_first_person_takes_it_back(client, first, rare):
    request = asked(rare, by=first)
    client.post(page_of(request), {"decision": "take_back"})
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.TAKEN_BACK


def test_second_person_refuses_with_a_reason(client, rare, second):
    request = asked(rare)
    client.force_login(second)
    assert client.post(page_of(request), {"decision": "refuse", "reason": ""}).status_code == 200
    client.post(page_of(request), {"decision": "refuse", "reason": "Karar başka bir metin için."})
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.REFUSED
    assert "Karar başka bir metin için." in client.get(page_of(request)).content.decode()


def test_auditor_reads_and_does_not_decide(client, rare):
    request = asked(rare)
    client.force_login(factories.person(role="auditor"))
    html = client.get(page_of(request)).content.decode()
    assert 'value="approve"' not in html
    assert client.get(reverse("redactions")).status_code == 200
    client.post(page_of(request), approval(request))
    assert is_on_offer(rare)


@pytest.mark.parametrize("role", ["editor", "strategist", None])
def test_nobody_else_sees_a_request(client, rare, role):
    request = asked(rare)
    client.force_login(factories.person(role=role))
    for address in (page_of(request), reverse("redactions"), reverse("ask_redaction", args=[rare.pk])):
        assert client.get(address).status_code in (302, 403, 404)


def test_unknown_decision_does_nothing(client, rare, second):
    request = asked(rare)
    client.force_login(second)
    client.post(page_of(request), {"decision": "burn"})
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.AWAITING


# --- What comes back through the editors' pages --------------------------------------------------------------------


def test_form_opened_before_is_not_saved(client, first, rare):
    item = NewsItem.objects.get(pk=rare.pk)
    item.save_revision()
    form = form_of(item, loaded_revision_id=NewsItem.objects.get(pk=rare.pk).latest_revision_id)
    redacted(rare)
    item = NewsItem.objects.get(pk=rare.pk)
    response = client.post(url("edit", item), form)
    assert not Revision.objects.for_instance(item).exists()
    assert response.status_code in (200, 302)


def test_preview_of_a_form_opened_before_is_not_kept(client, first, rare):
    item = NewsItem.objects.get(pk=rare.pk)
    form = form_of(item, loaded_revision_id=item.latest_revision_id)
    address = url("preview_on_edit", item)
    client.post(address, form)
    assert FormState.objects.count() == 1
    redacted(rare)
    assert FormState.objects.count() == 0
    client.post(address, form)
    assert FormState.objects.count() == 0


def test_older_draft_is_not_brought_back(client, first, rare):
    revision = NewsItem.objects.get(pk=rare.pk).latest_revision_id
    redacted(rare)
    address = url("revisions_revert", rare, revision)
    assert client.get(address).status_code == 404
    assert client.post(address, form_of(NewsItem.objects.get(pk=rare.pk))).status_code == 404


@pytest.mark.parametrize("page", ["edit", "inspect", "history", "copy", "usage"])
def test_pages_of_a_redacted_item_stand_and_hold_nothing(client, first, rare, page):
    redacted(rare)
    response = client.get(url(page, rare))
    assert response.status_code == 200
    html = response.content.decode().replace(rare.current.url_path if is_on_offer(rare) else "", "")
    assert [word for name, word in WORDS.items() if name != "title" and word in html] == []
    assert rare_fields()["title"] not in html


def test_lists_and_the_search_box_find_the_item_no_more_by_its_words(client, first, rare):
    redacted(rare)
    assert WORDS["title"] not in client.get(url("list", NewsItem)).content.decode()
    found = client.get(url("list", NewsItem), {"q": WORDS["title"]}).content.decode()
    assert "Karartılmış içerik" not in found


def test_redacted_item_is_written_anew_and_published(client, first, rare):
    redacted(rare)
    item = NewsItem.objects.get(pk=rare.pk)
    client.post(url("edit", item), form_of(item, title="Yeni başlık", body_html="<p>Yeni metin.</p>"))
    draft = NewsItem.objects.get(pk=rare.pk)
    assert draft.latest_revision.content["title"] == "Yeni başlık"
    draft.latest_revision.publish()
    assert is_on_offer(draft)


def test_note_that_quotes_a_redacted_sentence_is_not_published_from_the_draft(client, rare):
    """The draft's text is clean, its correction note repeats what the court had destroyed."""
    clean = {"title": "Temiz başlık", "summary": "Temiz spot.", "body": "<p>Temiz metin.</p>"}
    particulars = dict.fromkeys(
        ("original_title", "original_url", "original_text", "translator", "image_alt", "image_credit"), ""
    )
    factories.corrected(NewsItem.objects.get(pk=rare.pk), **clean, **particulars, image=None)
    item = NewsItem.objects.get(pk=rare.pk)
    item.title = "Üçüncü hâli"
    item.correction = Correction(f"“{rare_fields()['summary']}” cümlesi çıkarıldı.", True)
    item.save_revision(user=factories.person(role="editor"))
    approved(asked(item, editions=[1]))
    item = NewsItem.objects.get(pk=rare.pk)
    draft = item.get_latest_revision_as_object()
    client.force_login(factories.person(role="chief_editor"))
    client.post(
        url("edit", item),
        form_of(
            draft, correction_note=draft.correction.note, correction_major="on", **{"action-publish": "1"}
        ),
    )
    assert WORDS["summary"] not in client.get(item.current.url_path).content.decode()
    assert not any(WORDS["summary"] in row.note for row in rows(item))
