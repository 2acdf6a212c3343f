"""No word goes out unseen by a second person: nor a note of a correction, nor a name that stands beside the text."""

import html
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from bulletin.models import Publication
from newsroom.copying import translation_draft
from tests import factories
from tests.newsroom.pages import enter, form_of, fresh, kinds, moment_comes, said, stamp, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(editor):
    """An item on offer with a correction that the editor wrote."""
    item = factories.published_news(title="İlk hâli")
    item.title = "Düzeltilmiş hâli"
    item.save_revision(user=editor)
    return fresh(item)


def told(row) -> tuple:
    return row.kind, row.note, row.major


TOLD = {"correction_note": "Başlıktaki ad düzeltildi.", "correction_major": "on"}


@pytest.fixture
def annotated(client, corrected, editor):
    """The same, with what readers are to be told of it, saved by the editor's form."""
    newest = corrected.get_latest_revision_as_object()
    enter(client, editor).post(url("edit", corrected), form_of(newest, **TOLD))
    return fresh(corrected)


def correct(client, person, item, **sent):
    """`person` sends the edit form of the newest draft with `sent`."""
    return enter(client, person).post(
        url("edit", item), form_of(fresh(item).get_latest_revision_as_object(), **sent)
    )


PUBLISH = {"action-publish": "1"}
APPROVE = {"action-workflow-action": "1", "workflow-action-name": "approve"}


def test_note_of_a_correction_stays_with_the_draft(client, annotated, chief_editor):
    page = enter(client, chief_editor).get(url("edit", annotated)).content.decode()
    assert "Başlıktaki ad düzeltildi." in page
    assert kinds() == ["published"]


def test_note_of_a_correction_goes_into_the_log_with_its_publication(client, annotated, chief_editor):
    correct(client, chief_editor, annotated, **TOLD, **PUBLISH)
    assert told(Publication.objects.latest("sequence")) == ("updated", "Başlıktaki ad düzeltildi.", True)


def test_note_of_a_correction_goes_into_the_log_with_its_approval(client, annotated, editor, chief_editor):
    annotated.get_workflow().start(annotated, editor)
    correct(client, chief_editor, annotated, **TOLD, **APPROVE)
    assert fresh(annotated).title == "Düzeltilmiş hâli"
    assert told(Publication.objects.latest("sequence")) == ("updated", "Başlıktaki ad düzeltildi.", True)


@pytest.mark.parametrize("sent", [TOLD, {"correction_major": "on"}], ids=["note", "mark"])
def test_note_that_nobody_else_saw_is_not_published(client, corrected, chief_editor, sent):
    response = correct(client, chief_editor, corrected, **sent, **PUBLISH)
    assert "sizden başka kimse görmedi" in said(response)
    assert kinds() == ["published"]


@pytest.mark.parametrize("sent", [{}, {**TOLD, "correction_note": "Başka bir not."}], ids=["none", "another"])
def test_approver_who_changes_the_note_is_told_to_have_it_seen(client, annotated, editor, chief_editor, sent):
    annotated.get_workflow().start(annotated, editor)
    response = correct(client, chief_editor, annotated, **sent, **APPROVE)
    assert "onaya gönderilen metinden farklı" in said(response)
    assert kinds() == ["published"]


def test_correction_is_published_without_the_note_that_its_writer_proposed(client, annotated, chief_editor):
    correct(client, chief_editor, annotated, **PUBLISH)
    assert told(Publication.objects.latest("sequence")) == ("updated", "", False)


def test_scheduled_correction_is_told_when_it_goes_on_offer(client, annotated, chief_editor):
    tomorrow = stamp(timezone.now() + timedelta(days=1))
    correct(client, chief_editor, annotated, **TOLD, go_live_at=tomorrow, **PUBLISH)
    assert kinds() == ["published"]
    moment_comes(annotated)
    call_command("publish_scheduled")
    assert told(Publication.objects.latest("sequence")) == ("updated", "Başlıktaki ad düzeltildi.", True)


def test_next_draft_begins_without_the_note_of_the_one_before(client, annotated, editor, chief_editor):
    correct(client, chief_editor, annotated, **TOLD, **PUBLISH)
    form = enter(client, editor).get(url("edit", annotated)).context["form"]
    assert form["correction_note"].value() is None
    assert form["correction_major"].value() is None


def test_translation_of_a_correction_begins_without_its_note(annotated, editor):
    draft = translation_draft(annotated, "en", editor)
    assert not draft.get_latest_revision_as_object().correction


def test_note_is_asked_of_items_on_offer_alone(client, editor):
    assert "correction_note" not in (
        enter(client, editor).get(url("edit", factories.news_item())).content.decode()
    )


# --- Names ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def sourced(editor):
    """A draft of the editor's with every name that readers are shown."""
    item = factories.news_item(outlet=factories.outlet())
    item.topics.set([factories.topic()])
    item.save()
    item.save_revision(user=editor)
    return fresh(item)


def of_series(editor):
    item = factories.bulletin(factories.published_news())
    item.save_revision(user=editor)
    return fresh(item)


NAMED = {
    "outlet": lambda item: item.outlet,
    "desk": lambda item: item.desk,
    "topic": lambda item: item.topics.get(),
    "series": lambda item: item.series,
}


@pytest.mark.parametrize("what", NAMED)
def test_name_that_nobody_else_saw_is_not_published(client, editor, chief_editor, request, what):
    item = of_series(editor) if what == "series" else request.getfixturevalue("sourced")
    named, before = NAMED[what](item), kinds()
    type(named).objects.filter(pk=named.pk).update(name="Yeni ad")
    response = correct(client, chief_editor, item, **PUBLISH)
    assert "yeni adı da ikinci bir kişi görmelidir" in said(response)
    assert kinds() == before

    fresh(item).get_latest_revision_as_object().save_revision(user=editor)
    correct(client, chief_editor, item, **PUBLISH)
    assert fresh(item).live


def test_name_changed_after_the_approval_does_not_go_on_offer_by_itself(
    client, sourced, editor, chief_editor
):
    tomorrow = stamp(timezone.now() + timedelta(days=1))
    correct(client, chief_editor, sourced, go_live_at=tomorrow, **PUBLISH)
    type(sourced.outlet).objects.filter(pk=sourced.outlet_id).update(name="Yeni ad")
    moment_comes(sourced)
    call_command("publish_scheduled")
    assert not fresh(sourced).live
    assert fresh(sourced).scheduled_revision is not None

    type(sourced.outlet).objects.filter(pk=sourced.outlet_id).update(name=sourced.outlet.name)
    call_command("publish_scheduled")
    assert fresh(sourced).live


@pytest.mark.parametrize("what", NAMED)
def test_form_opened_before_a_renaming_comes_back_with_the_new_name(client, editor, request, what):
    item = of_series(editor) if what == "series" else request.getfixturevalue("sourced")
    opened, revisions = form_of(item), item.revisions.count()
    named = NAMED[what](item)
    type(named).objects.filter(pk=named.pk).update(name="Yeni ad")
    response = enter(client, editor).post(url("edit", item), {**opened, "title": "Yeni başlık"})
    assert "Form açıldıktan sonra ad değişti, şimdi: Yeni ad." in response.content.decode()
    assert item.revisions.count() == revisions

    shown = re.findall('name="shown_names" value="([^"]*)"', response.content.decode())
    assert len(shown) == 1
    again = {**opened, "shown_names": html.unescape(shown[0]), "title": "Yeni başlık"}
    client.post(url("edit", item), again)
    assert fresh(item).get_latest_revision_as_object().title == "Yeni başlık"


def test_form_that_does_not_tell_the_names_it_showed_is_not_saved(client, editor, sourced):
    for sent in ("", "[]", "{", '{"desk": 1}', "[" * 100_000):
        response = enter(client, editor).post(url("edit", sourced), form_of(sourced, shown_names=sent))
        assert "Form açıldıktan sonra ad değişti" in response.content.decode()


def test_renaming_of_what_was_not_chosen_troubles_nobody(client, editor, sourced):
    opened = form_of(sourced, title="Yeni başlık")
    factories.outlet()
    type(sourced.outlet).objects.exclude(pk=sourced.outlet_id).update(name="Yeni ad")
    enter(client, editor).post(url("edit", sourced), opened)
    assert fresh(sourced).get_latest_revision_as_object().title == "Yeni başlık"
