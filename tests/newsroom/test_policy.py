"""What every page of the admin gets, and the editors' image files."""

import pytest

from bulletin.refusals import PublishRefused
from newsroom.policy import POLICY, guarded
from tests import factories
from tests.newsroom.pages import form_of, said, url

pytestmark = pytest.mark.django_db

HEADER = "Content-Security-Policy"


@pytest.mark.parametrize(
    "address", ["/yonetim/", "/yonetim/haberler/", "/yonetim/haberler/add/", "/yonetim/boyle-yok/"]
)
def test_admin_page_bears_its_own_policy(client, editor, address):
    client.force_login(editor)
    assert client.get(address).headers[HEADER] == POLICY


def test_sign_in_page_bears_the_policy_too(client):
    assert client.get("/yonetim/login/").headers[HEADER] == POLICY


def test_preview_bears_the_sites_policy_and_may_stand_in_the_editing_page(client, editor):
    item = factories.news_item()
    client.force_login(editor)
    client.post(url("preview_on_edit", item), form_of(item))
    policy = client.get(url("preview_on_edit", item), {"in_preview_panel": "true"}).headers[HEADER]
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-inline" not in policy


def test_policy_lets_nothing_in_from_elsewhere():
    assert "http" not in POLICY
    assert "*" not in POLICY
    assert "unsafe-eval" not in POLICY


def refusing(request):
    raise PublishRefused("Olmaz, çünkü.")


def test_refusal_of_any_page_is_a_sentence_on_the_page_before(client, editor, rf, monkeypatch):
    client.force_login(editor)
    request = rf.post("/yonetim/x/", headers={"Referer": "http://testserver/yonetim/haberler/"})
    from django.contrib.messages.storage.cookie import CookieStorage

    request._messages = CookieStorage(request)
    response = guarded(refusing)(request)
    assert response.headers["Location"] == "http://testserver/yonetim/haberler/"
    assert "Olmaz, çünkü." in "".join(str(message) for message in request._messages)


def test_refusal_never_leads_to_another_site(rf):
    from django.contrib.messages.storage.cookie import CookieStorage

    request = rf.post("/yonetim/x/", headers={"Referer": "https://example.org/"})
    request._messages = CookieStorage(request)
    assert guarded(refusing)(request).headers["Location"] == "/yonetim/"


def test_refusal_told_to_a_script_is_json(rf):
    response = guarded(refusing)(rf.post("/yonetim/x/", headers={"Accept": "application/json"}))
    assert response.status_code == 400
    assert "çünkü" in response.content.decode("unicode_escape")


def address_of(image) -> str:
    return image.file.url


def test_editors_see_wagtails_image_files(client, editor):
    image = factories.image()
    client.force_login(editor)
    response = client.get(address_of(image))
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    assert response.headers["Cache-Control"].startswith("private")


@pytest.mark.parametrize("who", ["visitor", "subscriber"])
def test_nobody_else_sees_wagtails_image_files(client, subscriber, who):
    image = factories.image()
    if who == "subscriber":
        client.force_login(subscriber)
    assert client.get(address_of(image)).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["db.sqlite3", "../db.sqlite3", "published/aa/x", "images/../../db.sqlite3", "images/", "images/yok.png"],
)
def test_no_other_file_is_served(client, editor, own_folder, path):
    (own_folder / "db.sqlite3").write_bytes(b"x")
    (own_folder / "media" / "images").mkdir(parents=True)
    client.force_login(editor)
    assert client.get(f"/yonetim/media/{path}").status_code == 404


def test_page_is_never_made_an_alias(client, django_user_model):
    from wagtail.models import Page, Site

    client.force_login(factories.person(email="kok@des.example", is_staff=True, is_superuser=True))
    page = Site.objects.get(is_default_site=True).root_page
    parent = page.get_parent()
    data = {"new_title": "x", "new_slug": "x", "new_parent_page": parent.pk, "alias": "on"}
    before = Page.objects.count()
    response = client.post(f"/yonetim/pages/{page.pk}/copy/", data)
    assert "Takma sayfa oluşturulamaz" in said(response)
    assert Page.objects.count() == before


def test_too_many_at_once_are_refused_before_they_are_read(client, chief_editor, monkeypatch):
    from newsroom import bulk

    monkeypatch.setattr(bulk, "LIMIT", 2)
    items = [factories.published_news() for _time in range(3)]
    client.force_login(chief_editor)
    response = client.post("/yonetim/bulk/bulletin/newsitem/withdraw/?id=all&next=/yonetim/", {"note": "x"})
    assert "en çok 2 kayıt" in said(response)
    assert all(type(item).objects.get(pk=item.pk).live for item in items)
    assert client.get(url("list", type(items[0]))).status_code == 200
