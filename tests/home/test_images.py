import io
import re

import pytest
from django.utils import timezone
from PIL import Image

from bulletin.images import storage
from bulletin.models import CurrentItem, Publication, PublishedContent, PublishedImage
from bulletin.publication import change_audience, withdraw
from tests import factories


@pytest.fixture
def item(db):
    return factories.published_news(image=factories.image(width=900, height=600), image_alt="Liman")


@pytest.fixture
def address(item):
    return f"/gorsel/{PublishedImage.objects.get().hash}"


def drawn(answer) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


@pytest.mark.parametrize(
    ("width", "expected"),
    [("320/", (320, 213)), ("640/", (640, 427)), ("1280/", (900, 600)), ("", (900, 600))],
)
def test_image_is_served_no_wider_than_asked_and_never_enlarged(client, address, width, expected):
    answer = client.get(f"{address}/{width}")
    assert answer["Content-Type"] == "image/png"
    assert drawn(answer).size == expected


@pytest.mark.parametrize("width", ["321", "0", "99999"])
def test_other_widths_are_not_made(client, address, width):
    assert client.get(f"{address}/{width}/").status_code == 404


def test_image_of_a_hidden_item_is_not_found(client, item, address, subscriber):
    change_audience(item, ["subscriber"])
    assert client.get(f"{address}/320/").status_code == 404
    client.force_login(subscriber)
    assert client.get(f"{address}/320/").status_code == 200


def test_image_of_a_withdrawn_item_is_not_found(client, item, address):
    withdraw(item)
    assert client.get(f"{address}/320/").status_code == 404


# --- Editions with different images ------------------------------------------------------------------------------


@pytest.fixture
def replaced(item):
    """The item with another image in its second edition."""
    return factories.corrected(item, image=factories.image(colour="#701010"), image_alt="Başka liman")


def served(client, item, edition: int) -> int:
    """The status of the image that an edition of `item` shows."""
    row = Publication.objects.filter(item=item, edition=edition).latest("sequence")
    return client.get(f"/gorsel/{row.content.metadata['image']['hash']}/320/").status_code


def test_image_of_an_older_edition_stays_with_it(page, client, replaced):
    html = page(f"{CurrentItem.objects.get().url_path}surum/1/")
    addresses = re.findall(r'<img src="([^"]*)"', html)
    assert [client.get(address).status_code for address in addresses] == [200]


@pytest.mark.parametrize("edition", [1, 2])
def test_audience_narrowed_between_two_editions_takes_both_images_along(client, item, subscriber, edition):
    change_audience(item, ["subscriber"])
    item.refresh_from_db()
    replaced = factories.corrected(item, image=factories.image(colour="#701010"), image_alt="Başka liman")
    assert served(client, replaced, edition) == 404
    client.force_login(subscriber)
    assert served(client, replaced, edition) == 200


def test_audience_widened_after_a_correction_opens_the_newer_image_alone(client, subscriber):
    item = factories.published_news(audience=["subscriber"], image=factories.image(), image_alt="Liman")
    item = factories.corrected(item, image=factories.image(colour="#701010"), image_alt="Başka liman")
    change_audience(item, ["public"])
    assert (served(client, item, 1), served(client, item, 2)) == (404, 200)
    client.force_login(subscriber)
    assert (served(client, item, 1), served(client, item, 2)) == (200, 200)


def test_image_of_a_redacted_edition_is_not_found(client, site_tree, replaced):
    row = Publication.objects.get(item=replaced, edition=1)
    digest = row.content.metadata["image"]["hash"]
    PublishedContent.objects.filter(pk=row.content_id).update(
        title="", summary="", html="", metadata={}, redacted_at=timezone.now()
    )
    assert client.get(f"/gorsel/{digest}/320/").status_code == 404
    assert served(client, replaced, 2) == 200


def test_hidden_image_answers_like_an_absent_one(client, site_tree, item, address):
    change_audience(item, ["subscriber"])
    assert client.get(f"{address}/320/").content == client.get(f"/gorsel/{'0' * 64}/320/").content


def test_image_shown_by_a_second_public_item_stays_readable(client, item, address):
    twin = factories.news_item(image=item.image, image_alt="Aynı liman")
    factories.offer(twin)
    withdraw(item)
    assert client.get(f"{address}/320/").status_code == 200


def test_answer_is_private_unchanging_and_never_sniffed(client, address):
    answer = client.get(f"{address}/320/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert set(answer["Cache-Control"].split(", ")) == {"private", "max-age=31536000", "immutable"}


def test_copy_that_the_reader_has_is_confirmed(client, address):
    etag = client.get(f"{address}/320/")["ETag"]
    again = client.get(f"{address}/320/", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_head_gives_the_size_alone(client, address):
    answer = client.head(f"{address}/320/")
    assert answer.status_code == 200
    assert int(answer["Content-Length"]) > 0


def test_range_is_declined_and_the_whole_image_sent(client, address):
    answer = client.get(f"{address}/320/", headers={"range": "bytes=0-9"})
    assert answer.status_code == 200
    assert answer["Accept-Ranges"] == "none"
    assert drawn(answer).width == 320


def test_rendition_is_made_once(client, address, own_folder):
    b"".join(client.get(f"{address}/320/").streaming_content)
    storage().delete(storage_name(address))
    assert drawn(client.get(f"{address}/320/")).width == 320
    assert [path for path in (own_folder / "media" / "renditions").rglob("*") if path.is_file()]


def test_lost_original_is_not_found(client, site_tree, address):
    storage().delete(storage_name(address))
    assert client.get(f"{address}/640/").status_code == 404


def test_damaged_original_is_not_found_and_leaves_no_file(client, site_tree, address, own_folder):
    with open(storage().path(storage_name(address)), "r+b") as file:
        file.seek(60)
        file.write(b"\0" * 200)
    assert client.get(f"{address}/640/").status_code == 404
    assert not [path for path in (own_folder / "media" / "renditions").rglob("*") if path.is_file()]


def test_page_shows_the_image_with_its_text_credit_and_sizes(page, db):
    item = factories.published_news(
        image=factories.image(width=900, height=600), image_alt="Liman", image_credit="Çizim: DES"
    )
    name = f"/gorsel/{PublishedImage.objects.get().hash}"
    html = page(CurrentItem.objects.get(pk=item.pk).url_path)
    assert f'srcset="{name}/320/ 320w, {name}/640/ 640w, {name}/1280/ 900w"' in html
    assert 'width="900" height="600" alt="Liman"' in html
    assert "Çizim: DES" in html


def test_image_costs_three_queries(client, address, django_assert_max_num_queries):
    client.get(f"{address}/320/")
    with django_assert_max_num_queries(3):
        client.get(f"{address}/320/")


def storage_name(address: str) -> str:
    digest = address.rsplit("/", 1)[1]
    return f"{digest[:2]}/{digest}"
