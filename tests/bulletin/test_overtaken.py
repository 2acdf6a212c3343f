"""An instance read before a publication or a withdrawal, and saved after it: never over what is on offer."""

import pytest
from wagtail.actions.unpublish import UnpublishAction

from bulletin import publication
from bulletin.models import Bulletin, Item, NewsItem, Statement
from bulletin.refusals import PublishRefused
from tests import factories

from .ledger import findings, is_on_offer, kinds, nothing_changes
from .threads import at_once

OVERTAKEN = "Bu içeriğin yayını, siz okuduktan sonra değişti"

every_kind = pytest.mark.parametrize(
    "make",
    [factories.news_item, factories.statement, factories.bulletin],
    ids=["news", "statement", "bulletin"],
)


def fresh(item: Item) -> Item:
    return type(item).objects.get(pk=item.pk)


def draft(make=factories.news_item) -> Item:
    return make(factories.published_news()) if make is factories.bulletin else make()


# --- A draft that was published meanwhile ------------------------------------------------------------------------


@pytest.mark.django_db
@every_kind
@pytest.mark.parametrize("bare", [False, True], ids=["specific", "bare"])
@pytest.mark.parametrize(
    "options",
    [{}, {"update_fields": ["live"]}, {"update_fields": ["title"]}, {"update_fields": ["live", "title"]}],
    ids=str,
)
def test_draft_published_meanwhile_is_not_taken_off_offer_by_its_old_instance(make, bare, options):
    item = draft(make)
    stale = Item.objects.get(pk=item.pk) if bare else fresh(item)
    factories.offer(item)
    stale.title = "Eski taslağın başlığı"
    with nothing_changes(), pytest.raises(PublishRefused, match=OVERTAKEN):
        stale.save(**options)
    assert is_on_offer(item)
    assert findings() == []


@pytest.mark.django_db
def test_unchanged_old_instance_is_refused_too():
    item = draft()
    stale = fresh(item)
    factories.offer(item)
    with nothing_changes(), pytest.raises(PublishRefused, match=OVERTAKEN):
        stale.save()


@pytest.mark.django_db
def test_instance_that_was_published_itself_and_not_read_anew_is_refused():
    item = draft()
    publication.publish(item.save_revision())
    with nothing_changes(), pytest.raises(PublishRefused, match=OVERTAKEN):
        item.save()


@pytest.mark.django_db
def test_instance_read_in_part_is_refused():
    """What wasn't read can't tell whether it is old; asking for it now would always answer no."""
    item = factories.published_news()
    partial = NewsItem.objects.only("title", "live").get(pk=item.pk)
    partial.live = False
    with nothing_changes(), pytest.raises(PublishRefused, match=OVERTAKEN):
        partial.save()


@pytest.mark.django_db
def test_withdrawn_and_published_again_meanwhile_is_refused():
    item = factories.published_news()
    item.unpublish()
    stale = fresh(item)
    stale.title = "Eski"
    factories.corrected(fresh(item), title="Yeni")
    with nothing_changes(), pytest.raises(PublishRefused, match=OVERTAKEN):
        stale.save()


@pytest.mark.django_db
def test_corrected_meanwhile_is_not_withdrawn_by_whoever_saw_the_edition_before():
    item = factories.published_news()
    stale = fresh(item)
    factories.corrected(fresh(item), title="Düzeltilmiş")
    stale.live = False
    with nothing_changes(), pytest.raises(PublishRefused, match=OVERTAKEN):
        stale.save()


@pytest.mark.django_db
def test_nothing_of_a_surrounding_transaction_is_kept():
    from django.db import transaction

    item, other = draft(), draft()
    stale = fresh(item)
    factories.offer(item)

    def save_both() -> None:
        with transaction.atomic():
            other.title = "Birlikte kaydedilen"
            other.save()
            stale.save()

    with nothing_changes(), pytest.raises(PublishRefused, match=OVERTAKEN):
        save_both()


@pytest.mark.django_db
@every_kind
def test_field_that_no_reader_sees_is_saved_from_an_old_instance(make):
    item = draft(make)
    stale = fresh(item)
    factories.offer(item)
    stale.locked = True
    stale.save(update_fields=["locked"])
    assert (fresh(item).live, fresh(item).locked) == (True, True)
    assert kinds(item) == ["published"]


@pytest.mark.django_db
@every_kind
@pytest.mark.parametrize("way", ["unpublish", "withdraw", "bare", "action"])
def test_withdrawing_works_by_every_way(make, way):
    item = draft(make)
    stale = fresh(item)
    factories.offer(item)
    if way == "unpublish":
        stale.unpublish()
    elif way == "withdraw":
        publication.withdraw(stale)
    elif way == "action":
        UnpublishAction(fresh(item)).execute(skip_permission_checks=True)
    else:
        Item.objects.get(pk=item.pk).unpublish()
    assert kinds(item) == ["published", "withdrawn"]
    assert findings() == []


@pytest.mark.django_db
@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
def test_drafts_are_saved_as_ever(model):
    item = draft(
        {NewsItem: factories.news_item, Statement: factories.statement}.get(model, factories.bulletin)
    )
    for title in ("bir", "iki"):
        item.title = title
        item.save()
    assert fresh(item).title == "iki"


# --- An item that was withdrawn meanwhile ------------------------------------------------------------------------


@pytest.mark.django_db
@every_kind
@pytest.mark.parametrize("options", [{}, {"update_fields": ["live"]}, {"update_fields": ["title"]}], ids=str)
def test_item_withdrawn_meanwhile_is_not_put_on_offer_by_its_old_instance(make, options):
    item = factories.offer(draft(make))
    stale = fresh(item)
    item.unpublish()
    stale.title = "Eski"
    with nothing_changes(), pytest.raises(PublishRefused, match="yalnızca yayımlanarak yayına girer"):
        stale.save(**options)
    assert not is_on_offer(item)


# --- At the same moment ------------------------------------------------------------------------------------------


def test_draft_saved_while_it_is_published_stays_on_offer(own_database):
    """Either the save came first and is a draft's, or it is refused: in no order is the item taken off offer."""
    for _turn in range(10):
        item = draft()
        revision = item.save_revision()
        stale = fresh(item)
        stale.summary = "Eski taslağın spotu"
        published, saved = at_once(revision.publish, stale.save)
        assert published is None
        assert saved is None or (isinstance(saved, PublishRefused) and OVERTAKEN in str(saved))
        assert kinds(item) == ["published"]
        assert fresh(item).summary == item.summary
    assert findings() == []


def test_item_saved_while_it_is_withdrawn_stays_withdrawn(own_database):
    for _turn in range(10):
        item = factories.published_news()
        stale = fresh(item)
        withdrawn, saved = at_once(fresh(item).unpublish, stale.save)
        assert withdrawn is None
        assert saved is None or isinstance(saved, PublishRefused)
        assert kinds(item) == ["published", "withdrawn"]
        assert not fresh(item).live
    assert findings() == []


def test_draft_published_between_the_look_and_the_save_is_refused(own_database, monkeypatch):
    """The moment itself: another editor publishes after the save has seen a draft and before it has written."""
    item = draft()
    revision = item.save_revision()
    stale = fresh(item)
    stale.title = "Eski"
    exists, raised = type(Item.objects.all()).exists, []

    def meanwhile(queryset) -> bool:
        seen = exists(queryset)
        monkeypatch.undo()
        raised.extend(at_once(revision.publish))
        return seen

    monkeypatch.setattr(type(Item.objects.all()), "exists", meanwhile)
    with pytest.raises(PublishRefused, match=OVERTAKEN):
        stale.save()
    assert raised == [None]
    assert kinds(item) == ["published"]
    assert fresh(item).title == item.title
    assert findings() == []
