"""Each way through the admin in which what is offered changes ends in a row of the log or in a sentence."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Revision, TaskState, WorkflowState

from bulletin import publication
from bulletin.models import CurrentItem, Item, NewsItem, Publication
from tests import factories
from tests.newsroom.pages import enter, form_of, fresh, kinds, moment_comes, said, stamp, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(editor):
    """A draft that the editor wrote."""
    item = factories.news_item()
    item.save_revision(user=editor)
    return fresh(item)


@pytest.fixture
def submitted(draft, editor):
    """A draft that waits for approval."""
    draft.get_workflow().start(draft, editor)
    return fresh(draft)


# --- Create and edit ---------------------------------------------------------------------------------------------


def test_created_item_published_by_its_writer_stays_a_draft_with_a_sentence(client, chief_editor):
    enter(client, chief_editor)
    unsaved = NewsItem(title="Yeni haber", body="<p>Metin.</p>", desk=factories.desk())
    response = client.post(url("add", NewsItem), form_of(unsaved, **{"action-publish": "1"}))
    item = NewsItem.objects.get()
    assert response.headers["Location"] == url("edit", item)
    assert "sizden başka kimse görmedi" in said(response)
    assert (item.title, item.live, kinds()) == ("Yeni haber", False, [])


def test_created_item_is_a_draft_without_a_row(client, editor):
    enter(client, editor)
    unsaved = NewsItem(title="Yeni haber", body="<p>Metin.</p>", desk=factories.desk())
    client.post(url("add", NewsItem), form_of(unsaved))
    item = NewsItem.objects.get()
    assert (item.live, item.latest_revision.user, kinds()) == (False, editor, [])


def test_draft_published_by_a_second_person_writes_one_row(client, draft, chief_editor):
    enter(client, chief_editor)
    client.post(url("edit", draft), form_of(draft, **{"action-publish": "1"}))
    assert fresh(draft).live
    row = Publication.objects.get()
    assert (row.kind, row.item_id, row.actor) == ("published", draft.pk, chief_editor.uuid)


def test_edited_words_that_nobody_else_saw_are_saved_and_not_published(client, draft, chief_editor):
    enter(client, chief_editor)
    response = client.post(
        url("edit", draft), form_of(draft, title="Benim başlığım", **{"action-publish": "1"})
    )
    assert "sizden başka kimse görmedi" in said(response)
    assert fresh(draft).latest_revision.content["title"] == "Benim başlığım"
    assert (fresh(draft).live, kinds()) == (False, [])


def test_correction_written_by_one_and_published_by_another_writes_an_updated_row(
    client, editor, chief_editor
):
    item = factories.published_news(title="İlk hâli")
    enter(client, editor).post(url("edit", item), form_of(item, title="Düzeltilmiş hâli"))
    assert (fresh(item).title, kinds()) == ("İlk hâli", ["published"])
    newest = fresh(item).get_latest_revision_as_object()
    enter(client, chief_editor).post(url("edit", item), form_of(newest, **{"action-publish": "1"}))
    assert (fresh(item).title, kinds()) == ("Düzeltilmiş hâli", ["published", "updated"])


def test_bulletin_naming_what_is_not_on_offer_is_refused_by_name(client, editor, chief_editor):
    unpublished = factories.news_item(title="Henüz taslak")
    bulletin = factories.bulletin(unpublished)
    bulletin.save_revision(user=editor)
    enter(client, chief_editor)
    response = client.post(
        url("edit", bulletin), form_of(fresh(bulletin), **{"action-publish": "1"}), follow=True
    )
    assert "Yayında değil: Henüz taslak" in response.content.decode()
    assert kinds() == []


def test_statement_with_a_number_already_used_is_refused_in_the_form(client, editor):
    factories.published_statement(number="7", issuing_office="Basın Bürosu")
    twin = factories.statement(issuing_office="Basın Bürosu")
    response = enter(client, editor).post(url("edit", twin), form_of(twin, number="7"))
    assert "Bu makamın bu sayıyla bir açıklaması zaten var." in response.content.decode()
    assert fresh(twin).number == ""


def test_editor_may_not_publish_even_by_sending_the_buttons_name(client, draft, editor):
    enter(client, editor).post(url("edit", draft), form_of(draft, **{"action-publish": "1"}))
    assert (fresh(draft).live, kinds()) == (False, [])


def test_draft_read_before_a_publication_is_not_written_over_it(
    client, draft, editor, chief_editor, monkeypatch
):
    from newsroom.editing import ItemEditView

    enter(client, editor)
    original = ItemEditView.get_form

    def publish_meanwhile(view, *args, **kwargs):
        publication.publish(fresh(draft).latest_revision, user=chief_editor)
        return original(view, *args, **kwargs)

    monkeypatch.setattr(ItemEditView, "get_form", publish_meanwhile)
    response = client.post(url("edit", draft), form_of(draft, title="Gecikmiş taslak"))
    assert "yayın durumu değişti" in said(response)
    assert (fresh(draft).live, fresh(draft).title, kinds()) == (True, draft.title, ["published"])


# --- Workflow ----------------------------------------------------------------------------------------------------


def test_submitting_waits_for_a_chief_editor_and_writes_no_row(client, draft, editor):
    enter(client, editor).post(url("edit", draft), form_of(draft, **{"action-submit": "1"}))
    assert fresh(draft).current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
    assert kinds() == []


def approve(client, item):
    return client.post(
        url("workflow_action", item, "approve", item.current_workflow_task_state.pk), {"comment": ""}
    )


def test_approval_publishes_and_finishes_the_workflow(client, submitted, chief_editor):
    approve(enter(client, chief_editor), submitted)
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED
    assert (fresh(submitted).live, kinds()) == (True, ["published"])
    assert not fresh(submitted).has_unpublished_changes


def test_approval_publishes_the_approved_revision_while_a_newer_one_exists(client, submitted, chief_editor):
    submitted.title = "Onaydan sonra yazıldı"
    submitted.save_revision(user=chief_editor)
    approve(enter(client, chief_editor), fresh(submitted))
    item = fresh(submitted)
    assert CurrentItem.objects.get().title != "Onaydan sonra yazıldı"
    assert item.has_unpublished_changes
    assert item.latest_revision.content["title"] == "Onaydan sonra yazıldı"


def test_refused_approval_keeps_the_workflow_open(client, submitted, chief_editor):
    taken = factories.statement(number="9", issuing_office="Basın Bürosu")
    taken.save_revision(user=chief_editor)
    taken.get_workflow().start(taken, chief_editor)
    factories.published_statement(issuing_office="Başka Büro")
    type(taken).objects.filter(pk=taken.pk).update(number="")
    factories.published_statement(number="9", issuing_office="Basın Bürosu")
    response = approve(enter(client, chief_editor), fresh(taken))
    assert "Onay verilmedi" in said(response)
    assert WorkflowState.objects.for_instance(taken).get().status == WorkflowState.STATUS_IN_PROGRESS
    assert TaskState.objects.for_instance(taken).get().status == TaskState.STATUS_IN_PROGRESS
    assert not fresh(taken).live


def test_approval_of_an_item_whose_picture_can_not_be_read_is_refused_with_a_sentence(
    client, editor, chief_editor
):
    image = factories.image()
    item = factories.news_item(image=image, image_alt="Tarla")
    item.save_revision(user=editor)
    item.get_workflow().start(item, editor)
    Path(image.file.path).write_bytes(b"bozuk")
    response = approve(enter(client, chief_editor), fresh(item))
    assert "Görsel okunamıyor" in said(response)
    assert fresh(item).current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
    assert kinds() == []


def test_own_words_can_not_be_approved(client, draft, chief_editor):
    own = factories.news_item(title="Kendi yazdığım")
    own.save_revision(user=chief_editor)
    own.get_workflow().start(own, chief_editor)
    response = approve(enter(client, chief_editor), fresh(own))
    assert "sizden başka kimse görmedi" in said(response)
    assert fresh(own).current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
    assert kinds() == []


def approve_in_form(client, item, **changes):
    return client.post(
        url("edit", item),
        form_of(
            fresh(item).get_latest_revision_as_object(),
            **{"action-workflow-action": "1", "workflow-action-name": "approve"},
            **changes,
        ),
    )


def test_approval_in_the_form_publishes_what_was_submitted(client, submitted, chief_editor):
    approve_in_form(enter(client, chief_editor), submitted)
    assert (fresh(submitted).live, kinds()) == (True, ["published"])
    assert not fresh(submitted).has_unpublished_changes


def test_approval_in_a_form_with_other_words_is_refused_and_they_are_kept(client, submitted, chief_editor):
    response = approve_in_form(enter(client, chief_editor), submitted, title="Yolda değişti")
    assert "onaya gönderilen metinden farklı" in said(response)
    assert fresh(submitted).latest_revision.content["title"] == "Yolda değişti"
    assert fresh(submitted).current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
    assert kinds() == []


def test_rejection_writes_no_row_and_asks_for_changes(client, submitted, chief_editor):
    enter(client, chief_editor).post(
        url("workflow_action", submitted, "reject", submitted.current_workflow_task_state.pk),
        {"comment": "Kaynak eksik."},
    )
    assert fresh(submitted).current_workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES
    assert kinds() == []


def test_editor_may_not_approve(client, submitted, editor):
    approve(enter(client, editor), submitted)
    assert (fresh(submitted).live, kinds()) == (False, [])


# --- Withdrawal, deletion, copy ----------------------------------------------------------------------------------


def test_withdrawal_page_writes_a_row_with_its_note(client, chief_editor):
    item = factories.published_news()
    enter(client, chief_editor).post(url("unpublish", item), {"note": "Kaynak haberi geri çekti."})
    row = Publication.objects.latest("sequence")
    assert (row.kind, row.note, row.actor) == ("withdrawn", "Kaynak haberi geri çekti.", chief_editor.uuid)
    assert not CurrentItem.objects.exists()


def test_withdrawal_without_a_reason_is_refused(client, chief_editor):
    item = factories.published_news()
    response = enter(client, chief_editor).post(url("unpublish", item), {"note": " \u200b "})
    assert response.status_code == 200
    assert kinds() == ["published"]


@pytest.mark.parametrize("page", ["unpublish", "audience"])
def test_note_that_only_the_log_keeps_is_not_promised_to_readers(client, chief_editor, page):
    form = enter(client, chief_editor).get(url(page, factories.published_news())).context["form"]
    assert form["note"].label == "Yayım günlüğüne yazılacak not"
    assert "Okurlara gösterilmez" in form["note"].help_text


def test_editor_may_not_withdraw(client, editor):
    item = factories.published_news()
    enter(client, editor).post(url("unpublish", item), {"note": "Olmaz."})
    assert kinds() == ["published"]


def test_deletion_page_refuses_what_was_published_with_a_sentence(client, chief_editor):
    item = factories.published_news()
    response = enter(client, chief_editor).post(url("delete", item))
    assert "silinemez" in said(response)
    assert NewsItem.objects.filter(pk=item.pk).exists()


def test_deletion_page_deletes_a_draft(client, draft, chief_editor):
    enter(client, chief_editor).post(url("delete", draft))
    assert not Item.objects.filter(pk=draft.pk).exists()


def test_draft_that_a_bulletin_names_is_not_deleted_and_the_bulletin_is_named(client, draft, chief_editor):
    factories.bulletin(draft, title="Onu toplayan bülten")
    response = enter(client, chief_editor).post(url("delete", draft))
    assert response.status_code == 302
    assert "Silinemedi" in said(response)
    assert Item.objects.filter(pk=draft.pk).exists()


def bulk(client, action: str, *items, **data):
    model = type(items[0])._meta.model_name
    numbers = "&".join(f"id={item.pk}" for item in items)
    return client.post(f"/yonetim/bulk/bulletin/{model}/{action}/?{numbers}&next=/yonetim/", data)


def test_bulk_deletion_deletes_drafts_and_names_what_was_published(client, draft, chief_editor):
    published = factories.published_news(title="Yayımlanmış olan")
    response = bulk(enter(client, chief_editor), "delete", draft, published)
    assert list(NewsItem.objects.values_list("pk", flat=True)) == [published.pk]
    assert "Yayımlanmış olan" in said(response)
    assert "silinemez" in said(response)


def test_bulk_publishing_publishes_each_by_itself(client, draft, submitted, chief_editor):
    own = factories.news_item(title="Kendi yazdığım")
    own.save_revision(user=chief_editor)
    response = bulk(enter(client, chief_editor), "publish", submitted, fresh(own))
    assert (fresh(submitted).live, fresh(own).live, kinds()) == (True, False, ["published"])
    assert WorkflowState.objects.for_instance(submitted).get().status == WorkflowState.STATUS_APPROVED
    assert "Kendi yazdığım" in said(response)


def test_bulk_withdrawal_writes_a_row_for_each(client, chief_editor, draft):
    items = [factories.published_news(), factories.published_news()]
    response = bulk(enter(client, chief_editor), "withdraw", *items, draft, note="Toplu düzeltme.")
    assert kinds() == ["published", "published", "withdrawn", "withdrawn"]
    assert "zaten yayında değil" in said(response)


@pytest.mark.parametrize("action", ["publish", "withdraw", "delete"])
def test_editor_may_not_change_many_at_once(client, editor, draft, action):
    published = factories.published_news()
    bulk(enter(client, editor), action, draft, published, note="Olmaz.")
    assert kinds() == ["published"]
    assert NewsItem.objects.count() == 2


def test_copy_is_a_draft_of_its_own(client, editor):
    source = factories.published_statement(number="12", title="Kopyalanan")
    enter(client, editor)
    shown = client.get(url("copy", source)).context["form"]
    assert (shown["title"].value(), shown["number"].value()) == ("Kopyalanan", "")
    copied = form_of(source, number=shown["number"].value(), audience_choice="subscriber")
    client.post(url("add", type(source)), copied)
    copy = type(source).objects.exclude(pk=source.pk).get()
    assert copy.uuid != source.uuid
    assert (copy.live, copy.number, kinds()) == (False, "", ["published"])


def test_copy_page_takes_no_form(client, editor):
    source = factories.published_statement()
    response = enter(client, editor).post(url("copy", source), form_of(source, title="Üzerine yazar mı?"))
    assert response.status_code == 405
    assert (fresh(source).title, kinds()) == (source.title, ["published"])


def test_copied_bulletin_keeps_its_contents_and_leaves_the_others(client, editor):
    source = factories.published_bulletin(factories.published_news(), factories.published_news())
    enter(client, editor)
    shown = client.get(url("copy", source)).context["form"]
    forms = shown.formsets["entries"].forms
    assert [form.initial.get("item") or form.instance.item_id for form in forms] == [
        entry.item_id for entry in source.ordered_entries()
    ]
    data = form_of(source, number=source.number + 1, audience_choice="public")
    data |= {f"entries-{place}-id": "" for place in range(2)}
    client.post(url("add", type(source)), data)
    copy = type(source).objects.exclude(pk=source.pk).get()
    assert (copy.entries.count(), fresh(source).entries.count(), copy.live) == (2, 2, False)


# --- Revert, lock, overwriting, schedule --------------------------------------------------------------------------


def test_reverting_makes_a_draft_and_publishing_it_a_row(client, editor, chief_editor):
    item = factories.news_item(title="Birinci")
    first = item.save_revision(user=editor)
    publication.publish(first)
    item = factories.corrected(fresh(item), title="İkinci")
    older = form_of(first.as_object(), title="Birinci")
    enter(client, editor).post(url("revisions_revert", item, first.pk), older)
    assert (fresh(item).title, kinds()) == ("İkinci", ["published", "updated"])
    older["action-publish"] = "1"
    enter(client, chief_editor).post(url("revisions_revert", item, first.pk), older)
    assert (fresh(item).title, kinds()) == ("Birinci", ["published", "updated", "updated"])


def test_locking_and_unlocking_what_is_on_offer_writes_no_row(client, chief_editor):
    item = factories.published_news()
    enter(client, chief_editor).post(url("lock", item))
    assert fresh(item).locked
    client.post(url("unlock", item))
    assert (fresh(item).locked, fresh(item).live, kinds()) == (False, True, ["published"])


def test_locked_item_is_not_saved_by_another(client, draft, editor, chief_editor):
    enter(client, chief_editor).post(url("lock", draft))
    enter(client, editor).post(url("edit", draft), form_of(draft, title="Kilide rağmen"))
    assert fresh(draft).get_latest_revision_as_object().title == draft.title


def autosave(client, item, **changes):
    return client.post(url("edit", item), form_of(item, **changes), headers={"Accept": "application/json"})


def test_autosave_overwrites_its_own_draft(client, draft, editor):
    enter(client, editor)
    newest = fresh(draft).latest_revision_id
    response = autosave(client, draft, title="Yazarken", overwrite_revision_id=newest)
    assert response.json()["revision_id"] == newest
    assert Revision.objects.get(pk=newest).content["title"] == "Yazarken"


def test_autosave_never_overwrites_the_revision_on_offer(client, editor):
    item = factories.news_item(title="Yayındaki")
    live = item.save_revision(user=editor)
    publication.publish(live)
    response = autosave(enter(client, editor), fresh(item), title="Yazarken", overwrite_revision_id=live.pk)
    assert response.json()["revision_id"] != live.pk
    assert Revision.objects.get(pk=live.pk).content["title"] == "Yayındaki"
    assert (fresh(item).title, kinds()) == ("Yayındaki", ["published"])


def test_autosave_never_overwrites_a_submitted_revision(client, submitted, editor, chief_editor):
    item = factories.news_item(title="Onaya giden")
    sent = item.save_revision(user=chief_editor)
    item.get_workflow().start(item, chief_editor)
    response = autosave(
        enter(client, chief_editor), fresh(item), title="Yazarken", overwrite_revision_id=sent.pk
    )
    assert response.json()["revision_id"] != sent.pk
    assert Revision.objects.get(pk=sent.pk).content["title"] == "Onaya giden"


def test_autosave_of_another_persons_draft_is_refused(client, draft, chief_editor):
    response = autosave(
        enter(client, chief_editor), draft, title="Üstüne", overwrite_revision_id=draft.latest_revision_id
    )
    assert response.status_code == 400
    assert fresh(draft).latest_revision.content["title"] == draft.title


def test_scheduled_publication_offers_nothing_before_its_time_and_a_row_after(client, draft, chief_editor):
    enter(client, chief_editor)
    later = timezone.now() + timedelta(hours=1)
    # The schedule was set by the writer; the second person agrees to it.
    client.post(url("edit", draft), form_of(draft, go_live_at=stamp(later), **{"action-publish": "1"}))
    assert (fresh(draft).live, kinds()) == (False, [])
    moment_comes(draft)
    call_command("publish_scheduled")
    assert (fresh(draft).live, kinds()) == (True, ["published"])


def test_expiry_writes_a_withdrawn_row():
    item = factories.published_news()
    item.expire_at = timezone.now() + timedelta(minutes=1)
    item = factories.offer(item)
    Item.objects.filter(pk=item.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled")
    assert (fresh(item).expired, kinds()) == (True, ["published", "withdrawn"])


def test_refused_scheduled_publication_keeps_its_schedule_and_holds_up_no_other(capsys):
    past = timezone.now() - timedelta(minutes=1)
    unpublished = factories.news_item(title="Taslak kalan")
    refused = factories.bulletin(unpublished).save_revision(approved_go_live_at=past)
    due = factories.news_item(title="Zamanı gelen").save_revision(approved_go_live_at=past)
    call_command("publish_scheduled")
    assert list(CurrentItem.objects.values_list("title", flat=True)) == ["Zamanı gelen"]
    assert "Taslak kalan" in capsys.readouterr().err
    refused.refresh_from_db()
    due.refresh_from_db()
    assert (refused.approved_go_live_at, due.approved_go_live_at) == (past, None)


def test_unscheduling_offers_nothing(client, draft, chief_editor):
    enter(client, chief_editor)
    later = stamp(timezone.now() + timedelta(hours=1))
    client.post(url("edit", draft), form_of(draft, go_live_at=later, **{"action-publish": "1"}))
    revision = fresh(draft).scheduled_revision
    client.post(url("revisions_unschedule", draft, revision.pk))
    assert (fresh(draft).scheduled_revision, kinds()) == (None, [])


def test_approver_is_not_offered_a_bare_publish_beside_the_approval(client, submitted, chief_editor):
    page = enter(client, chief_editor).get(url("edit", submitted)).content.decode()
    assert "Onayla ve yayımla" in page
    assert 'name="action-publish"' not in page


# --- Every kind through the same form ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: factories.news_item(original_date=date(2026, 1, 5)),
        lambda: factories.news_item(expire_at=timezone.now() + timedelta(days=30)),
        factories.statement,
        lambda: factories.bulletin(factories.published_news()),
    ],
    ids=["news with a day", "news that expires", "statement", "bulletin"],
)
def test_item_with_days_and_moments_is_approved_from_its_form(client, editor, chief_editor, make):
    item = make()
    item.save_revision(user=editor)
    item.get_workflow().start(item, editor)
    moments = {"expire_at": timezone.localtime(item.expire_at).isoformat()} if item.expire_at else {}
    action = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    response = enter(client, chief_editor).post(url("edit", item), form_of(fresh(item), **moments, **action))
    assert "Formdaki metin" not in said(response)
    assert fresh(item).live
