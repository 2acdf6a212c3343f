import io

import pytest
from PIL import Image

from bulletin.images import storage
from bulletin.models import CurrentItem, PublishedImage
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
