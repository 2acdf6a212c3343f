"""What people with a foot in the admin try beyond their role: names of drafts, files of others, made-up addresses."""

import html
import io

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Picture
from wagtail.images import get_image_model
from wagtail.models import Collection

from bulletin.images import freeze_image
from tests import factories
from tests.newsroom.pages import form_of, url

pytestmark = pytest.mark.django_db

TITLE = "Kimsenin görmediği taslak"


@pytest.fixture
def administrator(client, db):
    client.force_login(factories.person(role="administrator"))
    return client


def read(client, address: str, **query) -> str:
    """The page at `address`, or the one it leads to, as a person reads it."""
    return html.unescape(client.get(address, query, follow=True).content.decode())


@pytest.mark.parametrize("action", ["publish", "withdraw", "delete"])
def test_bulk_page_names_no_item_to_whoever_may_not_read_it(administrator, action):
    item = factories.news_item(title=TITLE)
    address = reverse("wagtail_bulk_action", args=["bulletin", "newsitem", action])
    assert TITLE not in read(administrator, address, id=item.pk)


def test_preview_for_approval_names_no_item_to_whoever_may_not_read_it(administrator, editor):
    item = factories.news_item(title=TITLE)
    task = item.get_default_workflow().tasks.get()
    address = url("workflow_preview", item, task.pk)
    assert TITLE not in read(administrator, address)


@pytest.mark.parametrize("name", ["chosen", "chosen_multiple"])
def test_chooser_names_no_draft(client, editor, name):
    client.force_login(editor)
    item = factories.news_item(title=TITLE)
    own = [item.pk] if name == "chosen" else []
    assert TITLE not in read(client, reverse(f"newsroom_item_chooser:{name}", args=own), id=item.pk)


def test_chooser_names_no_item_that_the_person_may_not_read(administrator):
    item = factories.published_news(title=TITLE, audience=["subscriber"])
    answer = administrator.get(reverse("newsroom_item_chooser:chosen", args=[item.pk]))
    assert answer.status_code == 404


def test_chooser_names_the_item_on_offer_that_an_editor_chose(client, editor):
    client.force_login(editor)
    item = factories.published_news(title=TITLE)
    answer = client.get(reverse("newsroom_item_chooser:chosen", args=[item.pk]))
    assert answer.json()["result"]["title"] == TITLE


@pytest.mark.parametrize("kind", ["newsitem", "statement", "bulletin"])
def test_wagtails_own_chooser_of_items_is_not_there(client, chief_editor, kind):
    client.force_login(chief_editor)
    assert client.get(f"/yonetim/snippets/choose/bulletin/{kind}/").status_code == 404


@pytest.mark.parametrize(
    "way", ["images/../published", "images/%2e%2e/published", "original_images/../published"]
)
def test_editors_media_leads_to_no_frozen_image(client, editor, way):
    client.force_login(editor)
    digest = freeze_image(factories.image()).pk
    answer = client.get(f"{settings.MEDIA_URL}{way}/{digest[:2]}/{digest}")
    assert answer.status_code == 404


def test_media_of_a_name_no_file_can_have_is_not_there(client, editor):
    client.force_login(editor)
    assert client.get(f"{settings.MEDIA_URL}images/{'a' * 5000}").status_code == 404


@pytest.mark.parametrize("number", ["9" * 31, "abc", "%00", "_5F", "1.0", "%ff", "-1"])
@pytest.mark.parametrize("page", ["edit", "inspect", "history", "delete", "audience", "preview"])
def test_page_of_an_item_with_a_made_up_number_is_not_there(client, chief_editor, page, number):
    client.force_login(chief_editor)
    assert client.get(f"/yonetim/haberler/{page}/{number}/").status_code == 404


@pytest.mark.parametrize("number", ["9" * 31, "abc", "%00"])
def test_choosing_a_made_up_number_chooses_nothing(client, editor, number):
    client.force_login(editor)
    assert client.get(f"/yonetim/icerik-sec/chosen/{number}/").status_code == 404


def test_comment_nested_too_deep_is_left_out_of_a_rejection(client, editor, chief_editor):
    item = factories.news_item()
    item.save_revision(user=editor)
    state = item.get_default_workflow().start(item, editor)
    client.force_login(chief_editor)
    sent = {
        "action-workflow-action": "true",
        "workflow-action-name": "reject",
        "workflow-action-extra-data": "[" * 100_000,
    }
    client.post(url("edit", item), form_of(item) | sent)
    state.refresh_from_db()
    assert state.status == state.STATUS_NEEDS_CHANGES


@pytest.mark.parametrize("address", ["/yonetim/images/", "/yonetim/images/chooser/results/"])
def test_editors_find_an_image_by_its_title(client, chief_editor, address):
    client.force_login(chief_editor)
    wanted, other = factories.image(), factories.image(colour="#aa0000")
    for image, title in ((wanted, "Rıhtımdaki vinç"), (other, "Portakal bahçesi")):
        image.title = title
        image.save()
    page = read(client, address, q="vinç")
    assert (wanted.title in page, other.title in page) == (True, False)


# --- Images ------------------------------------------------------------------------------------------------------


def test_file_of_an_image_is_not_replaced(client, editor):
    """Whoever approves an item approves its picture: nobody puts another in its place afterwards."""
    image = factories.image(colour="#a00000")
    seen = image.file.open().read()
    image.uploaded_by_user = editor
    image.save()
    client.force_login(editor)
    address = reverse("wagtailimages:edit", args=[image.pk])
    assert "başka bir dosya için yeni bir görsel yükleyin" in read(client, address)
    other = SimpleUploadedFile("other.png", factories.image(colour="#0000a0").file.open().read(), "image/png")
    answer = client.post(
        address, {"title": "Yeni ad", "file": other, "tags": "", "collection": image.collection_id}
    )
    assert answer.status_code == 302
    image.refresh_from_db()
    assert image.title == "Yeni ad"
    assert image.file.open().read() == seen


def picture(form: str, size: tuple[int, int] = (300, 200)) -> bytes:
    buffer = io.BytesIO()
    Picture.new("RGB", size, "#0a6e6e").save(buffer, form)
    return buffer.getvalue()


def upload(client, door: str, file: SimpleUploadedFile) -> str:
    """Sends `file` through one of Wagtail's three doors; what the answer says."""
    collection = Collection.objects.get().pk
    address, data = {
        "page": (reverse("wagtailimages:add"), {"title": "Vinç", "file": file, "collection": collection}),
        "several": (reverse("wagtailimages:add_multiple"), {"title": "Vinç", "files[]": file}),
        "chooser": (
            reverse("wagtailimages_chooser:create"),
            {
                "image-chooser-upload-title": "Vinç",
                "image-chooser-upload-file": file,
                "image-chooser-upload-collection": collection,
            },
        ),
    }[door]
    answer = client.post(address, data)
    return html.unescape(str(answer.json() if "json" in answer["Content-Type"] else answer.content.decode()))


BROKEN_PICTURES = {
    "png cut short": ("a.png", lambda: picture("PNG")[:-60], "dosya eksik ya da bozuk"),
    "jpeg cut short": ("a.jpg", lambda: picture("JPEG")[:-400], "dosya eksik ya da bozuk"),
    "webp cut short": ("a.webp", lambda: picture("WEBP")[:-40], "dosya eksik ya da bozuk"),
    "no more than a beginning": (
        "a.webp",
        lambda: picture("WEBP")[:14],
        "JPEG, PNG ya da WebP görseli değil",
    ),
    "another format": ("a.png", lambda: picture("GIF"), "JPEG, PNG ya da WebP görseli değil"),
    "no picture": ("a.jpg", lambda: b"<script>", "JPEG, PNG ya da WebP görseli değil"),
    "another name": ("a.jpg", lambda: picture("PNG"), "jpeg"),
    "more pixels than memory": ("a.png", lambda: picture("PNG", (10_000, 7_000)), "en çok 60 milyon piksel"),
}


@pytest.mark.parametrize("door", ["page", "several", "chooser"])
@pytest.mark.parametrize("broken", BROKEN_PICTURES)
def test_picture_that_can_not_be_shown_is_refused_with_a_sentence(client, editor, door, broken):
    name, content, sentence = BROKEN_PICTURES[broken]
    client.force_login(editor)
    assert sentence in upload(client, door, SimpleUploadedFile(name, content()))
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize("door", ["page", "several", "chooser"])
def test_picture_that_is_whole_is_kept(client, editor, door):
    client.force_login(editor)
    upload(client, door, SimpleUploadedFile("vinç.webp", picture("WEBP")))
    assert get_image_model().objects.get().file.size == len(picture("WEBP"))


@pytest.mark.parametrize("asked", ['"', '"(*', "(", "*", "a AND", "\\", "%", "'"])
def test_signs_in_the_search_for_images_find_nothing_and_break_nothing(client, editor, asked):
    factories.image()
    client.force_login(editor)
    assert client.get(reverse("wagtailimages:index"), {"q": asked}).status_code == 200
