"""Requests that no page of the admin makes: refused before a view of Wagtail's fails on them."""

import json

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Page

from home.models import PlanPage
from home.site_tree import ensure_site_tree
from tests import factories
from tests.newsroom.pages import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def entered(client):
    """A browser in which somebody who may do everything is signed in; errors are answers."""
    ensure_site_tree()
    client.force_login(factories.person(is_superuser=True, is_staff=True))
    client.raise_request_exception = False
    return client


@pytest.fixture
def page(entered) -> Page:
    return Page.objects.filter(depth=3).first()


@pytest.mark.parametrize(
    ("number", "revisions"),
    [
        ("abc", "1...2"),
        ("1/x", "live...latest"),
        ("%00", "1...2"),
        ("9" * 40, "earliest...latest"),
        ("0", f"{'9' * 40}...latest"),
        ("0", f"live...{'9' * 19}"),
    ],
)
def test_comparison_of_forged_numbers_is_not_there(entered, number, revisions):
    for address in (f"haberler/history/{number}", "pages/0"):
        assert entered.get(f"/yonetim/{address}/revisions/compare/{revisions}/").status_code == 404


@pytest.mark.parametrize(
    "way", ["set_position/?position=1", "lock/", "unlock/", "copy/", "move/", "history/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_root_of_the_tree_is_no_page(entered, way, method):
    root = Page.objects.get(depth=1)
    assert getattr(entered, method)(f"/yonetim/pages/{root.pk}/{way}").status_code == 404


@pytest.mark.parametrize("position", ["x", "-1", "9" * 18, "1e9", ""])
def test_forged_position_moves_a_page_to_an_end_at_most(entered, page, position):
    answer = entered.post(f"/yonetim/pages/{page.pk}/set_position/?position={position}")
    assert answer.status_code in (200, 400)
    assert Page.objects.get(pk=page.pk).get_parent() == page.get_parent()


def test_page_is_not_reverted_to_a_revision_of_something_else(entered, page):
    item = factories.news_item()
    foreign = item.save_revision()
    for number in (0, foreign.pk, 10**30):
        address = f"/yonetim/pages/{page.pk}/revisions/{number}/revert/"
        assert entered.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "bulk/bulletin/newsitem/publish/?id=abc",
        f"bulk/bulletin/newsitem/publish/?id={'9' * 40}",
        "choose-page/chosen-multiple/?id='",
        "images/chooser/chosen-multiple/?id=%00",
        f"snippets/choose/bulletin/desk/chosen-multiple/?id={'9' * 19}",
        f"pages/?locale={'9' * 40}",
        "choose-external-link/?parent_page_id=<",
        "api/main/pages/3/?search_operator=x",
        f"images/?collection_id={'9' * 19}",
    ],
)
def test_forged_number_in_an_address_is_not_understood(entered, address):
    assert entered.get(f"/yonetim/{address}").status_code == 400


@pytest.mark.parametrize("value", ["9" * 40, "%00"])
def test_page_whose_address_is_read_by_a_form_tells_what_is_wrong_with_it(entered, value):
    assert entered.get(f"/yonetim/denetim-gunlugu/?before={value}").status_code == 200
    assert entered.get(f"/yonetim/denetim-gunlugu/?before={value}&next=//baska.example/").status_code == 400


@pytest.mark.parametrize("words", ["9" * 40, "'", "%22", "%25", "a%00b"])
def test_words_to_look_for_may_be_anything(entered, words):
    for address in ("images/", "haberler/", "pages/search/"):
        assert entered.get(f"/yonetim/{address}?q={words}").status_code == 200


def test_pictures_are_looked_for_by_words_where_a_tag_is_sent_too(entered):
    image = factories.image()
    for address in ("images/chooser/results/", "images/chooser/", "images/results/"):
        answer = entered.get(f"/yonetim/{address}?q={image.title}&tag=x")
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://baska.example/", "//baska.example/", "/\\baska.example/", "9", "x y"]
)
@pytest.mark.parametrize("way", ["lock", "delete", "unpublish"])
def test_way_back_is_an_address_of_this_site(entered, page, elsewhere, way):
    assert entered.post(f"/yonetim/pages/{page.pk}/{way}/", {"next": elsewhere}).status_code == 400
    assert Page.objects.filter(pk=page.pk, live=True, locked=False).exists()


def test_way_back_within_the_site_is_followed(entered, page):
    answer = entered.post(f"/yonetim/pages/{page.pk}/lock/", {"next": "/yonetim/pages/"})
    assert answer.headers["Location"] == "/yonetim/pages/"


@pytest.mark.parametrize("path", ["pages/{page}/copy/", "choose-external-link/"])
def test_form_without_its_one_field_is_not_understood(entered, page, path):
    assert entered.post(f"/yonetim/{path.format(page=page.pk)}").status_code == 400


@pytest.mark.parametrize(
    "sent",
    [b"[1]", b"\xff", b"[" * 100_000, b"", b"null", b'{"a": {"b": 1}}', b'{"a": "' + b"x" * 2000 + b'"}'],
)
def test_notes_that_no_page_makes_are_not_kept(entered, sent):
    answer = entered.patch("/yonetim/dismissibles/", sent, content_type="application/json")
    assert answer.status_code == 400
    assert entered.get("/yonetim/dismissibles/").json() == {}


def test_hint_that_a_person_puts_away_stays_away(entered):
    sent = json.dumps({"whats-new": True})
    assert entered.patch("/yonetim/dismissibles/", sent, content_type="application/json").status_code == 200
    assert entered.get("/yonetim/dismissibles/").json() == {"whats-new": True}


@pytest.mark.parametrize(
    "door",
    [
        "documents/",
        "documents/add/",
        "documents/multiple/add/",
        "documents/chooser/",
        "documents/edit/1/",
        "api/main/documents/",
        "api/main/documents/1/",
        "api/main/images/find/",
        "api/main/pages/find/?html_path=/",
        "api/main/pages/3/action/publish/",
        "snippets/choose/bulletin/desk/create/",
        "failwhale/",
        "test404/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_door_without_a_use_is_closed(entered, door, method):
    assert getattr(entered, method)(f"/yonetim/{door}").status_code == 404


def test_null_character_in_an_address_names_nothing(entered):
    for path in (
        "workflows/tasks/add/%00/x/",
        "workflows/tasks/add/bulletin/%00/",
        "bulk/%00/newsitem/publish/",
    ):
        assert entered.get(f"/yonetim/{path}").status_code == 404


def test_item_with_a_true_number_is_compared(entered):
    item = factories.corrected(factories.published_news(), title="ikinci hali")
    first, last = item.revisions.order_by("pk").values_list("pk", flat=True)[:2]
    assert entered.get(url("revisions_compare", item, first, last)).status_code == 200


def test_nobody_is_signed_out_by_a_link(client, editor):
    client.force_login(editor)
    answer = client.get("/yonetim/logout/")
    assert answer.status_code == 405
    assert "sessionid" not in answer.cookies
    assert client.get("/yonetim/").status_code == 200
    client.post("/yonetim/logout/")
    assert client.get("/yonetim/").status_code == 302


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "9" * 25) for name in ("permissions", "image_permissions-0-permissions", "groups")),
        *(("image_permissions-TOTAL_FORMS", value) for value in ("9" * 25, "999999", "-1", "x")),
    ],
)
def test_forged_number_in_the_form_of_a_role_is_not_understood(entered, name, value):
    role = Group.objects.create(name="Rol")
    data = {"name": "Başka", "image_permissions-0-collection": "1", name: value}
    assert entered.post(f"/yonetim/groups/edit/{role.pk}/", data).status_code == 400
    assert Group.objects.get(pk=role.pk).name == "Rol"


@pytest.mark.parametrize("sent", ["9" * 25, "x", "[]", "\x00"])
def test_text_of_a_page_that_no_editing_area_sent_is_not_understood(entered, sent):
    plan = PlanPage.objects.get(slug="plan")
    data = {"title": "A", "title_en": "A", "slug": "a", "body_tr": sent, "body_en": "null"}
    assert entered.post(f"/yonetim/pages/{plan.pk}/edit/", data).status_code == 400
