"""Sign-in and people's own access in a real browser: each step by keyboard and without script, at three widths."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from home.site_tree import ensure_site_tree
from subscribers import invitations
from tests import factories
from tests.subscribers.signing_in import code_of, with_second_factor

from .conftest import pages_of
from .well_made import assert_well_made

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def open_page(server, chromium):
    """A page of the site. Errors of the policy fail the test."""
    ensure_site_tree()
    with pages_of(server, chromium) as enter:
        yield enter


def type_password(page, person, password: str = factories.PASSWORD) -> None:
    page.get_by_label("E-posta adresi").fill(person.email)
    page.get_by_label("Parola", exact=True).fill(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["", "/en"])
def test_pages_keep_the_rules_and_the_screen(open_page, language):
    agency = factories.agency(second_factor_required=True)
    newcomer = factories.person(agency=agency, first_name="Ayşe", last_name="Yılmaz")
    # axe runs a script of its own, which the site's policy rightly refuses.
    page = open_page(f"{language}/giris/", bypass_csp=True)
    assert_well_made(page)
    page.locator("#id_username").fill(newcomer.email)
    page.locator("#id_password").fill("yanlış")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_well_made(page)
    page.locator("#id_password").fill(factories.PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/giris/dogrulama/kur/$"))
    assert_well_made(page)
    page.locator("#id_code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator("#code-error")).to_be_visible()
    assert_well_made(page)
    page.locator("#id_code").fill(code_of(page.locator(".key").inner_text()))
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    assert_well_made(page)
    page.locator(".onward a").click()
    for address in ("oturumlar", "parola", "dogrulama"):
        page.goto(f"{language}/hesap/{address}/")
        assert_well_made(page)
    other = open_page("/giris/", bypass_csp=True)
    type_password(other, newcomer)
    expect(other).to_have_url(re.compile("/giris/dogrulama/$"))
    assert_well_made(other)


def test_invitation_page_keeps_the_rules_and_the_screen(open_page):
    agency = factories.agency(name="Çok Uzun Adlı Deneme Kurumu Başkanlığı")
    invitations.invite(agency, "ayse@kurum.example", factories.person(agency=agency))
    link = re.search(r"/davet/\S+/", mail.outbox[-1].body)[0]
    page = open_page(link, bypass_csp=True)
    assert_well_made(page)
    page.get_by_label("Ad", exact=True).fill("Ayşe")
    page.get_by_label("Soyad").fill("Yılmaz")
    page.get_by_label("Parola", exact=True).fill("kısa")
    page.get_by_label("Parola, bir daha").fill("kısa")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("en az 12 karakter")
    assert_well_made(page)
    page.get_by_label("Parola", exact=True).fill("leylek fincan kuyruk")
    page.get_by_label("Parola, bir daha").fill("leylek fincan kuyruk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hesabınız açıldı")
    assert_well_made(page)
    page.goto(link)
    assert_well_made(page)


def test_both_steps_are_taken_by_keyboard_without_script(open_page):
    person = factories.person(agency=factories.agency(), first_name="Ayşe", last_name="Yılmaz")
    key, _codes = with_second_factor(person)
    page = open_page("/giris/?next=/hesap/oturumlar/", java_script_enabled=False)
    page.get_by_label("E-posta adresi").focus()
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name="Bu cihazda oturumum açık kalsın")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Kod")).to_be_focused()
    page.keyboard.type(code_of(key))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Oturumlarım")
    expect(page.get_by_text("bu oturum", exact=True)).to_have_count(1)


def test_session_of_another_browser_is_ended(open_page):
    person = factories.person(agency=factories.agency())
    here, there = open_page("/giris/"), open_page("/giris/")
    for page in (here, there):
        type_password(page, person)
        expect(page.get_by_role("button", name="Çıkış")).to_be_visible()
    here.goto("/hesap/oturumlar/")
    here.get_by_role("button", name="oturumunu kapat").click()
    expect(here.get_by_text("Başka bir cihazda açık oturumunuz yok.")).to_be_visible()
    there.goto("/hesap/oturumlar/")
    expect(there.get_by_role("heading", level=1)).to_have_text("Giriş")


def test_picture_of_the_key_is_dark_on_light_in_the_dark_theme(open_page):
    person = factories.person(agency=factories.agency(second_factor_required=True))
    page = open_page("/giris/", color_scheme="dark")
    type_password(page, person)
    squares = page.locator(".key-picture svg path")
    assert squares.nth(0).get_attribute("fill") == "#fff"
    assert squares.nth(1).get_attribute("stroke") == "#000"
    assert page.locator(".key-picture").bounding_box()["width"] > 150
