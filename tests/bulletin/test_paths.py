"""Wagtail's ways of putting an item on offer, changing it and taking it off: each writes its row or is refused."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.actions.unpublish import UnpublishAction
from wagtail.models import GroupApprovalTask, Revision, Workflow, WorkflowTask
from wagtail.models import Task as WagtailTask

from bulletin import publication
from bulletin.models import Bulletin, CurrentItem, Item, NewsItem, Publication, Statement
from bulletin.refusals import PublishRefused
from subscribers.models import User
from tests import factories

from .ledger import findings, is_on_offer, kinds, nothing_changes, rows

pytestmark = pytest.mark.django_db

MAKERS = {
    "news": factories.news_item,
    "statement": factories.statement,
    "bulletin": lambda **fields: factories.bulletin(factories.published_news(), **fields),
}
every_kind = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.fixture
def clock(monkeypatch):
    """Moves what the site takes for now; returns the function that does."""
    real = timezone.now
    shift = timedelta()
    monkeypatch.setattr(timezone, "now", lambda: real() + shift)

    def advance(step: timedelta) -> None:
        nonlocal shift
        shift += step

    return advance


def fresh(item: Item) -> Item:
    return type(item).objects.get(pk=item.pk)


def chief() -> User:
    """Somebody who may do everything and wrote nothing."""
    return User.objects.create_superuser(
        f"{Item.objects.count()}-{User.objects.count()}@des.example", "parola"
    )


def without_a_live_revision(item: Item) -> Item:
    """`item` as a database restored by halves would hold it: on offer, its revision lost."""
    Item.objects.filter(pk=item.pk).update(live_revision=None)
    return fresh(item)


# --- On offer ----------------------------------------------------------------------------------------------------


@every_kind
def test_publishing_a_revision_offers_the_item(make):
    item = make()
    item.save_revision().publish()
    assert kinds(item) == ["published"]
    assert is_on_offer(item)
    assert findings() == []


@every_kind
def test_publishing_through_the_item_offers_it(make):
    item = make()
    item.publish(item.save_revision())
    assert kinds(item) == ["published"]


def test_publishing_through_a_bare_item_offers_it():
    item = factories.news_item()
    revision = item.save_revision()
    Item.objects.get(pk=item.pk).publish(revision)
    assert kinds(item) == ["published"]


@every_kind
def test_publishing_other_words_is_an_update(make):
    item = factories.offer(make())
    factories.corrected(item, title="Düzeltilmiş başlık")
    assert kinds(item) == ["published", "updated"]
    assert CurrentItem.objects.get(pk=item.pk).title == "Düzeltilmiş başlık"
    assert findings() == []


@every_kind
def test_publishing_the_same_again_writes_no_row(make):
    item = factories.offer(make())
    item.save_revision().publish()
    assert kinds(item) == ["published"]
    assert findings() == []


def test_published_item_has_a_live_revision():
    assert factories.published_news().live_revision_id is not None


def test_saving_a_revision_of_an_offered_item_changes_nothing_on_offer():
    item = factories.published_news(title="Yayındaki başlık")
    item.title = "Taslağın başlığı"
    item.save_revision()
    assert kinds(item) == ["published"]
    assert fresh(item).title == "Yayındaki başlık"
    assert findings() == []


def test_reverting_and_publishing_is_an_update():
    item = factories.published_news(title="İlk başlık")
    first = item.live_revision
    item = factories.corrected(item, title="İkinci başlık")
    reverted = first.as_object().save_revision(previous_revision=first)
    assert kinds(item) == ["published", "updated"]
    reverted.publish(previous_revision=first)
    assert kinds(item) == ["published", "updated", "updated"]
    assert CurrentItem.objects.get(pk=item.pk).title == "İlk başlık"


# --- Off offer ---------------------------------------------------------------------------------------------------


@every_kind
def test_unpublishing_withdraws(make):
    item = factories.offer(make())
    item.unpublish()
    assert kinds(item) == ["published", "withdrawn"]
    assert not is_on_offer(item)
    assert findings() == []


def test_unpublishing_by_a_person_withdraws_in_their_name():
    item, person = factories.published_news(), chief()
    item.unpublish(user=person)
    assert rows(item)[-1].actor == person.uuid


def test_unpublishing_a_bare_item_withdraws():
    item = factories.published_news()
    Item.objects.get(pk=item.pk).unpublish(set_expired=True)
    assert kinds(item) == ["published", "withdrawn"]
    assert fresh(item).expired
    assert findings() == []


@pytest.mark.parametrize("model", [NewsItem, Item])
def test_the_unpublish_action_withdraws(model):
    item = factories.published_news()
    UnpublishAction(model.objects.get(pk=item.pk)).execute(skip_permission_checks=True)
    assert kinds(item) == ["published", "withdrawn"]
    assert not is_on_offer(item)
    assert findings() == []


def test_unpublishing_what_is_not_on_offer_writes_no_row():
    item = factories.news_item()
    item.save_revision()
    item.unpublish()
    assert rows(item) == []


def test_unpublishing_twice_writes_one_withdrawal():
    item = factories.published_news()
    item.unpublish()
    item.unpublish()
    assert kinds(item) == ["published", "withdrawn"]


def test_withdrawn_item_published_again_keeps_its_edition_address_and_first_moment():
    item = factories.published_news(title="İlk başlık", offered_at=timezone.now() - timedelta(days=40))
    item.unpublish()
    item = factories.corrected(item, title="Başka başlık")
    first, withdrawn, again = rows(item)
    assert (again.kind, again.edition, again.url_path) == ("published", 2, first.url_path)
    assert withdrawn.characters_delta == 0
    assert again.characters_delta == again.characters - first.characters
    assert CurrentItem.objects.get(pk=item.pk).first_offered_at == first.offered_at
    assert findings() == []


def test_withdrawn_item_published_again_unchanged_is_the_same_edition():
    item = factories.published_news()
    item.unpublish()
    factories.offer(fresh(item))
    assert [(row.kind, row.edition, row.characters_delta) for row in rows(item)] == [
        ("published", 1, rows(item)[0].characters),
        ("withdrawn", 1, 0),
        ("published", 1, 0),
    ]


# --- Schedules ---------------------------------------------------------------------------------------------------


@every_kind
def test_scheduling_offers_nothing(make):
    item = make()
    item.go_live_at = timezone.now() + timedelta(hours=1)
    item.save_revision().publish()
    assert rows(item) == []
    assert not is_on_offer(item)
    assert not fresh(item).live


@every_kind
def test_scheduled_item_is_offered_when_its_time_comes(make, clock):
    item = make()
    item.go_live_at = timezone.now() + timedelta(hours=1)
    item.save_revision().publish()
    clock(timedelta(hours=2))
    call_command("publish_scheduled")
    assert kinds(item) == ["published"]
    assert findings() == []


def test_scheduled_item_is_offered_at_the_moment_it_went_on_offer(clock):
    item = factories.news_item(go_live_at=timezone.now() + timedelta(hours=1))
    item.save_revision().publish()
    clock(timedelta(hours=2))
    before = timezone.now()
    call_command("publish_scheduled")
    assert before <= rows(item)[0].offered_at <= timezone.now()


def test_scheduling_an_update_leaves_the_offer_until_its_time_comes(clock):
    item = factories.published_news(title="Bugünün başlığı")
    item.title, item.go_live_at = "Yarının başlığı", timezone.now() + timedelta(hours=1)
    item.save_revision().publish()
    assert kinds(item) == ["published"]
    assert CurrentItem.objects.get(pk=item.pk).title == "Bugünün başlığı"
    assert findings() == []
    clock(timedelta(hours=2))
    call_command("publish_scheduled")
    assert kinds(item) == ["published", "updated"]
    assert CurrentItem.objects.get(pk=item.pk).title == "Yarının başlığı"


def test_scheduling_an_update_of_an_item_whose_live_revision_is_lost_is_refused():
    item = without_a_live_revision(factories.published_news())
    item.title, item.go_live_at = "Yarının başlığı", timezone.now() + timedelta(hours=1)
    revision = item.save_revision()
    with nothing_changes(), pytest.raises(PublishRefused, match="zamanlayın"):
        revision.publish()


@every_kind
def test_expiry_withdraws(make, clock):
    item = make()
    item.expire_at = timezone.now() + timedelta(hours=1)
    factories.offer(item)
    clock(timedelta(hours=2))
    call_command("publish_scheduled")
    assert kinds(item) == ["published", "withdrawn"]
    assert fresh(item).expired
    assert findings() == []


def test_expiry_of_many_withdraws_each(clock):
    items = [factories.published_news(expire_at=timezone.now() + timedelta(hours=1)) for _ in range(3)]
    clock(timedelta(hours=2))
    call_command("publish_scheduled")
    assert [kinds(item) for item in items] == [["published", "withdrawn"]] * 3


# --- Workflow ----------------------------------------------------------------------------------------------------


def in_workflow(item: Item, author: User):
    """`item`'s newest draft with an approver; the task that waits for them."""
    workflow = Workflow.objects.create(name="Onay")
    task = GroupApprovalTask.objects.create(name="Sorumlu editör onayı")
    WorkflowTask.objects.create(workflow=workflow, task=WagtailTask.objects.get(pk=task.pk), sort_order=1)
    return workflow.start(item, author).current_task_state.specific


def test_approval_offers_the_approved_revision_and_not_the_newest():
    author = chief()
    item = factories.news_item(title="Onaylanan başlık")
    item.save_revision(user=author)
    task_state = in_workflow(item, author)
    item.title = "Sonradan yazılan başlık"
    item.save_revision(user=author)
    task_state.task.specific.on_action(task_state, user=chief(), action_name="approve")
    assert kinds(item) == ["published"]
    assert CurrentItem.objects.get(pk=item.pk).title == "Onaylanan başlık"
    assert fresh(item).has_unpublished_changes
    assert findings() == []


def test_approval_by_the_author_alone_is_refused_and_nothing_is_approved():
    author = chief()
    item = factories.news_item()
    item.save_revision(user=author)
    task_state = in_workflow(item, author)
    with nothing_changes(), pytest.raises(PublishRefused, match="sizden başka kimse görmedi"):
        task_state.task.specific.on_action(task_state, user=author, action_name="approve")
    task_state.refresh_from_db()
    assert task_state.status == "in_progress"


def test_publishing_own_words_is_refused():
    author = chief()
    revision = factories.news_item().save_revision(user=author)
    with nothing_changes(), pytest.raises(PublishRefused, match="sizden başka kimse görmedi"):
        revision.publish(user=author)


def test_publishing_words_that_another_wrote_offers_them():
    item = factories.news_item()
    revision = item.save_revision(user=chief())
    person = chief()
    revision.publish(user=person)
    assert rows(item)[0].actor == person.uuid


def test_publishing_without_the_right_to_is_refused(editor):
    from django.core.exceptions import PermissionDenied

    revision = factories.news_item().save_revision(user=chief())
    with nothing_changes(), pytest.raises(PermissionDenied):
        revision.publish(user=editor)


def test_withdrawing_without_the_right_to_is_refused(subscriber):
    from django.core.exceptions import PermissionDenied

    item = factories.published_news()
    with nothing_changes(), pytest.raises(PermissionDenied):
        item.unpublish(user=subscriber)


def test_changing_the_audience_without_the_right_to_is_refused(subscriber):
    from django.core.exceptions import PermissionDenied

    item = factories.published_news(audience=["subscriber"])
    with nothing_changes(), pytest.raises(PermissionDenied):
        publication.change_audience(item, ["public"], user=subscriber)


# --- Revisions that are overwritten ------------------------------------------------------------------------------


def overwritten(item: Item, revision: Revision, user: User | None = None) -> Revision:
    """What autosave does: saves `item` into `revision` where it may."""
    item.title = "Otomatik kaydedilen başlık"
    return item.save_revision(user=user, overwrite_revision=revision)


def test_a_draft_revision_is_overwritten():
    item = factories.news_item()
    revision = item.save_revision()
    assert overwritten(item, revision).pk == revision.pk


def test_the_revision_on_offer_gets_a_successor():
    item = factories.published_news()
    words = item.live_revision.content["title"]
    assert overwritten(item, item.live_revision).pk != item.live_revision_id
    assert Revision.objects.get(pk=item.live_revision_id).content["title"] == words


def test_a_scheduled_revision_gets_a_successor():
    item = factories.news_item(go_live_at=timezone.now() + timedelta(hours=1))
    revision = item.save_revision()
    revision.publish()
    revision.refresh_from_db()
    assert overwritten(fresh(item), revision).pk != revision.pk


def test_a_revision_with_an_approver_gets_a_successor():
    author = chief()
    item = factories.news_item()
    revision = item.save_revision(user=author)
    in_workflow(item, author)
    assert overwritten(fresh(item), revision, author).pk != revision.pk


def test_an_overwritten_live_revision_leaves_what_is_offered():
    """Past `save_revision`, as a restored backup of the revisions alone would do it."""
    item = factories.published_news(title="Sunulan başlık")
    Revision.objects.filter(pk=item.live_revision_id).update(
        content={**item.live_revision.content, "title": "Başka başlık"}
    )
    assert CurrentItem.objects.get(pk=item.pk).title == "Sunulan başlık"
    assert findings() == []


def test_purging_old_revisions_spares_the_one_on_offer():
    item = factories.published_news()
    live = item.live_revision_id
    item.title = "Yeni taslak"
    item.save_revision()
    call_command("purge_revisions")
    assert fresh(item).live_revision_id == live
    assert findings() == []


# --- What isn't revisioned ---------------------------------------------------------------------------------------


def test_publishing_an_old_draft_does_not_widen_the_audience():
    item = factories.published_news(audience=["public"])
    wide = item.live_revision
    publication.change_audience(item, ["subscriber"])
    wide.publish()
    assert fresh(item).audience == ["subscriber"]
    assert CurrentItem.objects.get(pk=item.pk).audience == ["subscriber"]
    assert not CurrentItem.objects.readable_by({"public"}).exists()


@pytest.mark.parametrize(
    "forged",
    [
        {"audience": ["public"]},
        {"live": False},
        {"uuid": "0" * 32},
        {"kind": "bulletin"},
        {"live_revision": None},
        {"pk": 10_000},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_a_revision_cannot_carry_what_belongs_to_the_row(forged):
    item = factories.published_news(audience=["subscriber"])
    expected = (item.pk, item.uuid, item.kind, item.audience)
    revision = item.save_revision()
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, **forged})
    Revision.objects.get(pk=revision.pk).publish()
    item = fresh(item)
    assert (item.pk, item.uuid, item.kind, item.audience) == expected
    assert item.live
    assert item.live_revision_id == revision.pk
    assert findings() == []


def test_a_copy_of_an_offered_item_cannot_be_saved_live():
    item = factories.published_news()
    with nothing_changes(), pytest.raises(PublishRefused, match="taslak"):
        NewsItem.from_serializable_data({**item.serializable_data(), "pk": None}).save()


def test_a_copy_starts_as_a_draft_with_an_identity_of_its_own():
    item = factories.published_news()
    data = {**item.serializable_data(), "pk": None}
    for name in ("uuid", "live", "live_revision", "latest_revision", "first_published_at"):
        del data[name]
    copy = NewsItem.from_serializable_data(data)
    copy.save()
    assert copy.uuid != item.uuid
    assert not copy.live
    assert kinds(copy) == []
    assert Publication.objects.count() == 1


@every_kind
def test_a_new_item_is_a_draft(make):
    item = make()
    assert not item.live
    assert rows(item) == []


@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
def test_a_new_item_cannot_be_born_live(model):
    with pytest.raises(PublishRefused, match="taslak"):
        model(title="Başlık", live=True).save()
    assert not Item.objects.exists()
