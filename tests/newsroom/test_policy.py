"""What every page of the admin gets, and the editors' image files."""

import re

import pytest

from bulletin.refusals import PublishRefused
from newsroom.inline_scripts import with_nonce
from newsroom.policy import POLICY, guarded
from tests import factories
from tests.newsroom.pages import form_of, said, url

pytestmark = pytest.mark.django_db

HEADER = "Content-Security-Policy"


def script_sources(policy: str) -> list[str]:
    (sources,) = re.findall(r"script-src ([^;]*)", policy)
    return sources.split()


@pytest.mark.parametrize(
    "address", ["/yonetim/", "/yonetim/haberler/", "/yonetim/haberler/add/", "/yonetim/boyle-yok/"]
)
def test_admin_page_bears_its_own_policy(client, editor, address):
    client.force_login(editor)
    policy = client.get(address).headers[HEADER]
    assert re.sub(r" 'nonce-[\w-]+'", "", policy) == POLICY


def test_sign_in_page_bears_the_policy_too(client):
    assert client.get("/yonetim/login/").headers[HEADER] == POLICY


def test_no_script_of_the_admin_runs_inline_without_the_nonce_of_its_answer(client, chief_editor):
    client.force_login(chief_editor)
    edition = factories.bulletin(factories.published_news())
    nonces = set()
    for address in ("/yonetim/haberler/add/", url("edit", edition), url("edit", factories.news_item())):
        answer = client.get(address)
        *own, nonce = script_sources(answer.headers[HEADER])
        assert own == script_sources(POLICY)
        page = re.sub(
            r'<script [^>]*type="(?:application/json|text/[\w-]+)"[^>]*>', "", answer.content.decode()
        )
        inline = [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag]
        assert inline
        assert set(inline) == {f'<script nonce="{nonce[7:-1]}">'}
        nonces.add(nonce)
    assert len(nonces) == 3


def test_page_without_an_inline_script_needs_no_nonce(client, editor):
    client.force_login(editor)
    assert client.get("/yonetim/account/").headers[HEADER] == POLICY


@pytest.mark.parametrize(
    "script",
    [
        "alert(1)",
        'initDateChooser("id_x", {});alert(1)',
        'initDateChooser("id_x", {"a": alert(1)});',
        'initDateChooser("id_x", {"a": "b"+alert(1)});',
        'initDateChooser("id_x", {"a": "\\u003c"}, alert);',
        'initDateChooser(alert("x"), {});',
        'new Chooser("id_x", {"a": window});',
        'new Evil("id_x", {});',
        '(function() { var panel = new InlinePanel(JSON.parse("" + alert(1))); })();',
        'initDateChooser("id_x", {"a": "</script><script>alert(1)"});',
    ],
)
def test_script_that_is_none_of_wagtails_gets_no_nonce(script):
    assert "nonce" not in with_nonce(f"<p>a</p><script>{script}</script>", "n")


@pytest.mark.parametrize(
    "script",
    [
        'initDateChooser("id_date", {"dayOfWeekStart": 1, "format": "d.m.Y", "lazyInit": true});',
        'initDateTimeChooser("id\\u002Dgo_live_at", {"a": {"b": [1, -2.5, null, "\\u00fc \\""]}});',
        'new Chooser("id_item", {"modalUrl": "/yonetim/icerik-sec/"});',
        'new ImageChooser("id_image", {"modalUrl": "/x/", "icon": "image"});',
    ],
)
def test_script_of_wagtails_own_gets_the_nonce(script):
    for end in ("</script>", "<-/script>"):
        assert with_nonce(f"<script>{script}{end}", "n") == f'<script nonce="n">{script}{end}'


def test_what_is_not_there_in_the_admin_answers_strangers_as_everywhere(client, subscriber):
    """One page for what isn't there, with the site's own policy."""
    client.force_login(subscriber)
    hidden, missing = client.get("/yonetim/media/images/x.png"), client.get("/boyle-yok/")
    assert hidden.content == missing.content
    assert dict(hidden.headers) == dict(missing.headers)
    assert "inline" not in hidden.headers[HEADER]


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
    assert "unsafe-inline" not in " ".join(script_sources(POLICY))


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
