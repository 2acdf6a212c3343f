"""What items name: desks, topics, outlets, series, images, people. Changing one changes nothing on offer."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from wagtail.images import get_image_model
from wagtail.models import Revision

from bulletin import images, publication
from bulletin.models import CurrentItem, Desk, NewsItem, Publication, Topic
from bulletin.refusals import PublishRefused
from subscribers.models import User
from tests import factories

from .ledger import current_dump, findings, nothing_changes, rows

pytestmark = pytest.mark.django_db


def fresh(item):
    return type(item).objects.get(pk=item.pk)


def everything_named():
    """An offered news item and the things it names."""
    named = {
        "desk": factories.desk(),
        "outlet": factories.outlet(),
        "image": factories.image(),
    }
    topic = factories.topic()
    item = factories.published_news(topics=[topic], image_alt="Bir görsel", **named)
    return item, {**named, "topic": topic}


# --- Renaming ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["desk", "outlet", "topic"])
def test_renaming_what_an_offered_item_names_changes_nothing_on_offer(name):
    item, named = everything_named()
    offered, current = rows(item)[0].content.metadata, current_dump()
    thing = named[name]
    thing.name = "Başka ad"
    thing.save()
    assert rows(item)[0].content.metadata == offered
    assert current_dump() == current
    assert findings() == []


def test_publishing_again_after_a_renaming_offers_the_new_name():
    item, named = everything_named()
    Desk.objects.filter(pk=named["desk"].pk).update(name="Başka ad")
    factories.offer(fresh(item))
    assert [row.edition for row in rows(item)] == [1, 2]
    assert rows(item)[1].content.metadata["desk"]["name"] == "Başka ad"
    assert rows(item)[1].characters_delta == 0
    assert findings() == []


def test_a_change_of_audience_after_a_renaming_changes_the_audience_alone():
    item, named = everything_named()
    Desk.objects.filter(pk=named["desk"].pk).update(name="Başka ad")
    publication.change_audience(item, ["subscriber"])
    first, changed = rows(item)
    assert (changed.edition, changed.content_id, changed.characters_delta) == (1, first.content_id, 0)
    assert (changed.previous_audience, changed.audience) == (["public"], ["subscriber"])
    assert findings() == []


# --- Deleting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["desk", "outlet", "image", "topic"])
@pytest.mark.parametrize("bulk", [False, True], ids=["one", "queryset"])
def test_what_an_offered_item_names_cannot_be_deleted(name, bulk):
    _item, named = everything_named()
    thing = named[name]
    with nothing_changes(), pytest.raises(ProtectedError), transaction.atomic():
        type(thing)._default_manager.filter(pk=thing.pk).delete() if bulk else thing.delete()
    assert type(thing)._default_manager.filter(pk=thing.pk).exists()
    assert findings() == []


def test_the_series_of_an_offered_bulletin_cannot_be_deleted():
    edition = factories.published_bulletin()
    with nothing_changes(), pytest.raises(ProtectedError):
        edition.series.delete()


def test_sql_cannot_delete_a_topic_that_an_offered_item_names():
    _item, named = everything_named()
    with nothing_changes(), pytest.raises(IntegrityError), transaction.atomic():
        NewsItem.topics.through.objects.filter(topic=named["topic"])._raw_delete("default")


def test_a_topic_that_only_drafts_and_withdrawn_items_name_can_be_deleted():
    withdrawn, named = everything_named()
    withdrawn.unpublish()
    draft = factories.news_item(topics=[named["topic"]])
    draft.save_revision()
    named["topic"].delete()
    assert not Topic.objects.exists()
    factories.offer(draft.get_latest_revision().as_object())
    assert findings() == []


def test_an_unused_thing_can_be_deleted():
    for thing in (factories.desk(), factories.outlet(), factories.topic(), factories.series()):
        thing.delete()
    assert not Desk.objects.exists()


@pytest.mark.parametrize("name", ["outlet", "desk", "image", "topic"])
def test_a_draft_that_names_what_was_deleted_since_still_opens(name):
    """Only the draft's revision names it, so no foreign key protects it."""
    make = {
        "outlet": factories.outlet,
        "desk": factories.desk,
        "image": factories.image,
        "topic": factories.topic,
    }[name]
    item = factories.published_news()
    thing = make()
    item.image_alt = "Bir görsel"
    setattr(item, "topics" if name == "topic" else name, [thing] if name == "topic" else thing)
    revision = item.save_revision()
    thing.delete()
    draft = Revision.objects.get(pk=revision.pk).as_object()
    assert draft.title == item.title
    if name == "desk":
        with nothing_changes(), pytest.raises(PublishRefused):
            revision.publish()
    else:
        revision.publish()
    assert findings() == []


def test_a_draft_bulletin_that_names_a_deleted_draft_still_opens():
    gathered, gone = factories.published_news(), factories.news_item()
    edition = factories.bulletin(gathered)
    edition.entries.add(type(edition.entries.all()[0])(item=gone, section="Kalkan", sort_order=1))
    revision = edition.save_revision()
    gone.delete()
    assert [entry.item_id for entry in revision.as_object().entries.all()] == [gathered.pk]


# --- Images ------------------------------------------------------------------------------------------------------


def test_a_published_image_is_served_after_its_file_was_replaced():
    item, named = everything_named()
    digest = rows(item)[0].content.metadata["image"]["hash"]
    with images.open_published_image(digest) as file:
        offered = file.read()
    other = factories.image(colour="#ff0000")
    image = named["image"]
    image.file = other.file
    image.save()
    with images.open_published_image(digest) as file:
        assert file.read() == offered
    assert set(CurrentItem.objects.get().images.values_list("hash", flat=True)) == {digest}
    assert findings() == []


def test_a_published_image_outlives_the_file_of_the_original():
    item, named = everything_named()
    digest = rows(item)[0].content.metadata["image"]["hash"]
    named["image"].file.storage.delete(named["image"].file.name)
    with images.open_published_image(digest) as file:
        assert file.read()


def test_a_change_of_audience_does_not_offer_a_replaced_image():
    item, named = everything_named()
    image = get_image_model().objects.get(pk=named["image"].pk)
    image.file = factories.image(colour="#ff0000").file
    image.save()
    publication.change_audience(item, ["subscriber"])
    assert rows(item)[1].content_id == rows(item)[0].content_id
    assert findings() == []


def test_an_image_whose_file_is_gone_is_refused_with_a_sentence():
    image = factories.image()
    item = factories.news_item(image=image, image_alt="Bir görsel")
    image.file.storage.delete(image.file.name)
    revision = item.save_revision()
    with nothing_changes(), pytest.raises(PublishRefused, match="Görsel okunamıyor"):
        revision.publish()


def test_a_file_torn_by_a_crash_is_not_taken_for_the_image():
    """A process killed while it wrote the frozen copy leaves a shorter file under no name that counts."""
    image = factories.image()
    content = image.file.open().read()
    folder = images.storage()
    from hashlib import sha256

    from django.core.files.base import ContentFile

    digest = sha256(content).hexdigest()
    folder.save(f"{digest[:2]}/{digest}", ContentFile(content[: len(content) // 2]))
    images.freeze_image(image)
    with images.open_published_image(digest) as file:
        assert file.read() == content


# --- People ------------------------------------------------------------------------------------------------------


def test_person_who_wrote_stays_and_deleting_one_who_published_keeps_the_log():
    author = User.objects.create_superuser("yazan@des.example", "parola")
    publisher = User.objects.create_superuser("yayimlayan@des.example", "parola")
    item = factories.news_item()
    item.locked_by = author
    revision = item.save_revision(user=author, log_action=True)
    revision.publish(user=publisher)
    actor = publisher.uuid
    with pytest.raises(ValidationError, match="silinemez"), transaction.atomic():
        author.delete()
    publisher.delete()
    assert Publication.objects.get().actor == actor
    assert findings() == []


def test_deleting_an_agency_an_item_is_addressed_to_opens_it_to_nobody():
    agency = factories.agency()
    factories.published_news(audience=[f"agency:{agency.pk}"])
    agency.delete()
    successor = factories.agency()
    from subscribers.entitlement import keys_of

    assert not CurrentItem.objects.readable_by(keys_of(factories.person(agency=successor))).exists()
    assert findings() == []
