"""Hedef kitle: chosen with a new item, changed by an action of its own once it is on offer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bulletin import publication
from bulletin.models import NewsItem, Publication
from newsroom.audience import in_words
from tests import factories
from tests.newsroom.pages import enter, form_of, fresh, said, url

pytestmark = pytest.mark.django_db


def create(client, **changes):
    unsaved = NewsItem(title="Yeni", body="<p>Metin.</p>", desk=factories.desk())
    client.post(url("add", NewsItem), form_of(unsaved, **changes))
    return NewsItem.objects.filter(title="Yeni").first()


def test_new_item_is_for_subscribers_until_somebody_says_otherwise(client, editor):
    enter(client, editor)
    assert client.get(url("add", NewsItem)).context["form"]["audience_choice"].value() == "subscriber"
    assert create(client, audience_choice="").audience == ["subscriber"]


def test_audience_is_chosen_with_a_new_item(client, editor):
    agency = factories.agency()
    item = create(enter(client, editor), audience_choice="agencies", audience_agencies=[agency.pk])
    assert item.audience == [f"agency:{agency.pk}"]


def test_no_agency_is_not_an_audience(client, editor):
    assert create(enter(client, editor), audience_choice="agencies") is None


def test_agencies_ticked_and_not_chosen_are_left_out(client, editor):
    agency = factories.agency()
    item = create(enter(client, editor), audience_choice="subscriber", audience_agencies=[agency.pk])
    assert item.audience == ["subscriber"]


def test_agency_whose_contract_ended_can_not_be_chosen(client, editor):
    past = timezone.now() - timedelta(days=1)
    ended = factories.agency(started_at=past - timedelta(days=1), ended_at=past)
    assert create(enter(client, editor), audience_choice="agencies", audience_agencies=[ended.pk]) is None


def test_drafts_audience_changes_with_its_form_and_is_in_no_revision(client, editor):
    item = factories.news_item(audience=["public"])
    enter(client, editor).post(url("edit", item), form_of(item, audience_choice="subscriber"))
    assert fresh(item).audience == ["subscriber"]
    assert not Publication.objects.exists()


def test_form_of_what_is_on_offer_has_no_audience(client, chief_editor):
    item = factories.published_news()
    form = enter(client, chief_editor).get(url("edit", item)).context["form"]
    assert "audience_choice" not in form.fields


def test_form_opened_before_a_publication_does_not_change_the_audience_silently(client, editor):
    item = factories.published_news(audience=["public"])
    data = form_of(item, audience_choice="subscriber", title="Yeni başlık")
    response = enter(client, editor).post(url("edit", item), data)
    assert "hedef kitlesi artık bu formda değil" in response.content.decode()
    assert (fresh(item).audience, fresh(item).draft_title) == (["public"], item.title)


def test_form_opened_before_a_publication_is_saved_where_its_audience_is_the_same(client, editor):
    item = factories.published_news(audience=["public"])
    enter(client, editor).post(
        url("edit", item), form_of(item, audience_choice="public", title="Yeni başlık")
    )
    assert fresh(item).draft_title == "Yeni başlık"


def test_change_on_offer_is_told_back_before_it_is_made(client, chief_editor):
    item = factories.published_news(audience=["public"])
    response = enter(client, chief_editor).post(url("audience", item), {"audience_choice": "subscriber"})
    page = response.content.decode()
    assert "Yeni hedef kitle: <strong>kullanıcı kurumlar</strong>" in page
    assert "Artık okuyamayacak olanlar" in page
    assert fresh(item).audience == ["public"]


def test_confirmed_change_on_offer_writes_a_row_with_its_note(client, chief_editor):
    agency = factories.agency()
    item = factories.published_news(audience=["public"])
    confirmed = {
        "audience_choice": "agencies",
        "audience_agencies": [agency.pk],
        "note": "Yanlış kitle.",
        "confirmed": "1",
    }
    enter(client, chief_editor).post(url("audience", item), confirmed)
    row = Publication.objects.latest("sequence")
    assert (row.kind, row.previous_audience, row.audience) == ("updated", ["public"], [f"agency:{agency.pk}"])
    assert (row.note, row.actor, row.characters_delta) == ("Yanlış kitle.", chief_editor.uuid, 0)


def test_same_audience_again_writes_no_row(client, chief_editor):
    item = factories.published_news(audience=["public"])
    response = enter(client, chief_editor).post(
        url("audience", item), {"audience_choice": "public", "confirmed": "1"}
    )
    assert "hiçbir şey değişmedi" in said(response)
    assert Publication.objects.count() == 1


def test_editor_may_not_change_the_audience_of_what_is_on_offer(client, editor):
    item = factories.published_news(audience=["public"])
    enter(client, editor).post(url("audience", item), {"audience_choice": "subscriber", "confirmed": "1"})
    assert (fresh(item).audience, Publication.objects.count()) == (["public"], 1)


def test_audience_of_a_draft_with_an_approver_is_not_the_writers_to_change(client, editor):
    item = factories.news_item(audience=["subscriber"])
    item.save_revision(user=editor)
    item.get_workflow().start(item, editor)
    response = enter(client, editor).post(
        url("audience", item), {"audience_choice": "public", "confirmed": "1"}
    )
    assert "kilitli" in said(response)
    assert fresh(item).audience == ["subscriber"]


def test_publishing_an_old_draft_does_not_widen_the_audience(client, chief_editor, editor):
    item = factories.news_item(audience=["public"])
    item.save_revision(user=editor)
    type(item).objects.filter(pk=item.pk).update(audience=["subscriber"])
    fresh(item).latest_revision.publish(user=chief_editor)
    assert Publication.objects.get().audience == ["subscriber"]


def test_every_subscriber_and_one_agency_besides_stays_so(client, chief_editor):
    agency = factories.agency()
    item = factories.published_news(audience=["subscriber", f"agency:{agency.pk}"])
    form = enter(client, chief_editor).get(url("audience", item)).context["form"]
    assert form["audience_choice"].value() == "both"
    assert form["audience_agencies"].value() == [agency.pk]


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (["public"], "herkese açık"),
        (["subscriber"], "kullanıcı kurumlar"),
        (["agency:1"], "Bir"),
        (["agency:1", "agency:2"], "Bir, İki"),
        (["agency:1", "agency:2", "agency:9"], "3 kurum"),
        (["agency:9"], "9"),
        (["agency:1", "subscriber"], "kullanıcı kurumlar, Bir"),
    ],
)
def test_audience_in_words(audience, words):
    assert in_words(audience, {1: "Bir", 2: "İki"}) == words


def test_draft_published_while_its_audience_is_being_changed_keeps_the_one_it_went_out_with(
    client, editor, chief_editor, monkeypatch
):
    item = factories.news_item(audience=["subscriber"])
    revision = item.save_revision(user=editor)
    change = publication.change_audience

    def overtaken(*arguments, **options):
        publication.publish(revision, user=chief_editor)
        return change(*arguments, **options)

    monkeypatch.setattr("newsroom.actions.publication.change_audience", overtaken)
    enter(client, editor).post(
        url("audience", item), {"audience_choice": "public", "confirmed": "1", "note": ""}
    )
    assert fresh(item).audience == ["subscriber"]
    assert [row.audience for row in Publication.objects.filter(item=item)] == [["subscriber"]]
