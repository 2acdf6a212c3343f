"""What stands on every page: masthead, languages, account, footer; and the pages of the way in."""

import re
from html.parser import HTMLParser

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client

from home.models import PlanPage
from tests import factories

PAGES = [
    "/",
    "/haberler/",
    "/aciklamalar/",
    "/bultenler/",
    "/plan/",
    "/plan/sunus/",
    "/giris/",
    "/beslemeler/",
]


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("address", PAGES)
def test_page_holds_no_inline_script_or_style(page, address):
    for tag, attributes in Elements(page(address)).found:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("address", PAGES)
def test_page_has_one_title_and_no_identifier_twice(page, address):
    elements = Elements(page(address)).found
    assert len([tag for tag, _attributes in elements if tag == "h1"]) == 1
    identifiers = [attributes["id"] for _tag, attributes in elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("address", PAGES)
def test_language_switch_leads_to_the_same_page(client, page, address):
    assert f'<a href="/en{address}?a=1" lang="en" hreflang="en">English</a>' in page(f"{address}?a=1")
    assert f'<a href="{address}" lang="tr" hreflang="tr">Türkçe</a>' in page(f"/en{address}")


def test_interface_language_is_said(page):
    assert '<html lang="tr">' in page("/")
    assert '<html lang="en">' in page("/en/")


def test_navigation_says_where_one_is(page):
    assert '<a href="/haberler/" aria-current="page">' in page("/haberler/")
    assert '<a href="/en/haberler/" aria-current="page">' in page("/en/haberler/")


def test_item_page_says_its_section(client, site_tree):
    item = factories.published_news()
    html = client.get(item.current.url_path).content.decode()
    assert '<a href="/haberler/" aria-current="true">' in html


def test_plan_page_says_its_section(page):
    assert '<a href="/plan/" aria-current="true">' in page("/plan/sunus/")


def test_figures_stand_in_the_navigation_of_those_who_may_see_them_alone(client, page, site_tree):
    assert "/gostergeler/h2-1/" not in page("/")
    client.force_login(factories.person(role="strategist"))
    assert '<a href="/gostergeler/h2-1/">Göstergeler</a>' in client.get("/").content.decode()
    assert (
        'href="/gostergeler/h2-1/" aria-current="page"' in client.get("/gostergeler/h2-1/").content.decode()
    )


def test_footer_names_the_sections_of_the_plan(page, site_tree):
    html = page("/haberler/")
    for plan_page in PlanPage.objects.exclude(slug="plan"):
        assert f'<a href="/plan/{plan_page.slug}/">{plan_page.title}</a>' in html


def test_sign_in_brings_back(client, site_tree):
    person = factories.person()
    assert (
        '<a href="/giris/?next=%2Fhaberler%2F%3Fdil%3Dtr" rel="nofollow">Giriş</a>'
        in client.get("/haberler/?dil=tr").content.decode()
    )
    answer = client.post(
        "/giris/", {"username": person.email, "password": factories.PASSWORD, "next": "/haberler/?dil=tr"}
    )
    assert answer["Location"] == "/haberler/?dil=tr"


def test_sign_in_never_leads_off_the_site(client, site_tree):
    person = factories.person()
    answer = client.post(
        "/giris/",
        {"username": person.email, "password": factories.PASSWORD, "next": "https://baska.example/"},
    )
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [
        ("", "", "e-posta adresinizi ve parolanızı yazın"),
        ("kimse@des.example", "yanlış", "e-posta adresi ya da parola yanlış"),
    ],
)
def test_refused_sign_in_says_why_and_keeps_the_address(client, site_tree, username, password, sentence):
    html = client.post("/giris/", {"username": username, "password": password}).content.decode()
    assert sentence in html
    assert f'value="{username}"' in html


def test_signed_in_reader_sees_their_name_and_may_leave(client, site_tree):
    client.force_login(factories.person(first_name="Ozan", last_name="Tekirova"))
    html = client.get("/").content.decode()
    assert '<a class="reader" href="/hesap/">Ozan Tekirova</a>' in html
    assert "Giriş" not in html
    answer = client.post("/cikis/")
    assert "Oturumunuz kapandı" in answer.content.decode()


def test_editors_alone_see_the_way_to_the_admin(client, site_tree):
    client.force_login(factories.person(is_superuser=True))
    assert 'href="/yonetim/"' in client.get("/").content.decode()
    client.force_login(factories.person(agency=factories.agency()))
    assert 'href="/yonetim/"' not in client.get("/").content.decode()


def test_password_is_reset_by_mail(client, site_tree):
    person = factories.person()
    assert client.post("/parola/sifirla/", {"email": person.email}).status_code == 302
    message = mail.outbox[0]
    assert message.subject == "Devlet Enformasyon Sistemi: parola sıfırlama"
    link = re.search(r"http://127.0.0.1:8000(/parola/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    assert "Yeni parola" in form.content.decode()
    refused = client.post(form.request["PATH_INFO"], {"new_password1": "kısa", "new_password2": "kısa"})
    assert "Parola değiştirilmedi" in refused.content.decode()
    new = "bambaşka ve upuzun bir parola"
    done = client.post(form.request["PATH_INFO"], {"new_password1": new, "new_password2": new}, follow=True)
    assert "Parolanız değiştirildi" in done.content.decode()
    person.refresh_from_db()
    assert person.check_password(new)


def test_used_link_says_so(client, site_tree):
    assert "artık geçerli değil" in client.get("/parola/sifirla/MQ/x-y/").content.decode()


def test_unknown_address_gets_the_same_answer_and_no_mail(client, site_tree):
    answer = client.post("/parola/sifirla/", {"email": "kimse@des.example"}, follow=True)
    assert "Yazdığınız adresle bir hesap varsa" in answer.content.decode()
    assert not mail.outbox


def test_wrong_address_is_a_sentence(client, site_tree):
    assert (
        "Geçerli bir e-posta adresi yazın"
        in client.post("/parola/sifirla/", {"email": "adres"}).content.decode()
    )


def test_missing_token_is_a_sentence(site_tree):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/giris/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "Form gönderilemedi" in answer.content.decode()


def test_feeds_page_names_each_feed(page):
    html = page("/beslemeler/")
    for name in ("haberler", "aciklamalar", "bultenler"):
        assert f'data-copy="http://testserver/rss/{name}.xml"' in html


def test_error_page_needs_neither_database_nor_request():
    html = render_to_string("500.html")
    assert "Bir hata oluştu" in html
    assert "{%" not in html


def test_refused_access_answers_like_what_is_not_there(site_tree):
    from django.core.exceptions import PermissionDenied
    from django.test import RequestFactory
    from django.urls import get_resolver

    from subscribers.middleware import Reader

    handler = get_resolver().resolve_error_handler(403)
    request = RequestFactory().get("/haber/")
    request.reader = Reader()
    assert handler(request, exception=PermissionDenied()).status_code == 404


def test_figures_are_offered_to_those_alone_who_may_see_them(client, site_tree):
    assert 'href="/gostergeler/h2-1/"' not in client.get("/").content.decode()
    client.force_login(factories.person(role="strategist"))
    assert 'href="/gostergeler/h2-1/"' in client.get("/").content.decode()


def test_form_that_can_not_be_read_is_told_so(db):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/giris/")
    answer = client.post("/giris/", b"a=+", content_type="application/x-www-form-urlencoded; charset=utf-7")
    assert answer.status_code == 400
    assert "İstek anlaşılamadı" in answer.content.decode()
