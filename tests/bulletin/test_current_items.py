"""What is on offer, kept row by row, is what the log gives when it is read from the beginning."""

import pytest
from django.utils import timezone

from bulletin import publication
from bulletin.models import CurrentItem, Publication, PublishedContent
from tests import factories
from tests.bulletin.ledger import current_dump, decided, findings, rebuilt_dump

pytestmark = pytest.mark.django_db


def illustrated(**fields):
    """A news item of two editions with an image each; the audience was widened before the second."""
    item = factories.published_news(
        audience=["subscriber"], image=factories.image(), image_alt="Liman", **fields
    )
    publication.change_audience(item, ["public"])
    item.refresh_from_db()
    return factories.corrected(item, image=factories.image(colour="#701010"), image_alt="Başka liman")


def image_of(item, edition: int) -> str:
    row = Publication.objects.filter(item=item, edition=edition).latest("sequence")
    return row.content.metadata["image"]["hash"]


def redact(item, edition: int) -> None:
    row = Publication.objects.filter(item=item, edition=edition).latest("sequence")
    PublishedContent.objects.filter(pk=row.content_id).update(
        title="", summary="", html="", metadata={}, redacted_at=timezone.now()
    )
    decided(row.content_id)


def test_images_of_every_edition_are_kept_with_the_item():
    item = illustrated()
    kept = set(item.current.images.values_list("hash", flat=True))
    assert kept == {image_of(item, 1), image_of(item, 2)}


def test_edition_that_comes_back_keeps_the_keys_of_both_times():
    item = factories.published_news(audience=["subscriber"], image=factories.image(), image_alt="Liman")
    first = item.image
    item = factories.corrected(item, image=factories.image(colour="#701010"), image_alt="Liman")
    publication.change_audience(item, ["public"])
    item.refresh_from_db()
    item = factories.corrected(item, image=first)
    keys = item.current.images.filter(hash=image_of(item, 1)).values_list("key", flat=True)
    assert {"public", "subscriber"} <= set(keys)
    assert rebuilt_dump() == current_dump()


@pytest.mark.parametrize(
    "change", ["correct", "open", "close", "remove the image", "withdraw", "offer again"]
)
def test_rebuild_gives_what_stood(change):
    item = illustrated()
    if change == "correct":
        factories.corrected(item, image=factories.image(colour="#107010"), image_alt="Üçüncü")
    elif change == "open":
        publication.change_audience(item, ["public"])
    elif change == "close":
        publication.change_audience(item, [f"agency:{factories.agency().pk}"])
    elif change == "remove the image":
        factories.corrected(item, image=None)
    else:
        publication.withdraw(item)
        if change == "offer again":
            factories.offer(item)
    standing = current_dump()
    assert rebuilt_dump() == standing
    assert findings() == []


@pytest.mark.parametrize("edition", [1, 2])
def test_redacted_edition_shows_no_image_before_or_after_a_rebuild(edition):
    item = illustrated()
    images = {number: image_of(item, number) for number in (1, 2)}
    item = factories.corrected(item, title="Üçüncü hali", image=None)
    redact(item, edition)
    standing = current_dump()
    for _rebuilt in (False, True):
        opened = {
            number
            for number, digest in images.items()
            if CurrentItem.objects.showing(digest, {"public", "subscriber"}).exists()
        }
        assert opened == {1, 2} - {edition}
        assert findings() == []
        assert rebuilt_dump() == standing


def test_row_that_opens_an_image_to_others_is_found():
    item = illustrated()
    item.current.images.filter(hash=image_of(item, 1), key="public").update(key="agency:99")
    assert findings() != []
