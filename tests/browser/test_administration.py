"""The administrators' pages in a real browser: a list of people, tokens of a machine, a reader's eyes."""

import re

import pytest
from playwright.sync_api import expect

from home.site_tree import ensure_site_tree
from subscribers import people_file, people_import, tokens
from tests import factories
from tests.subscribers.signing_in import with_second_factor

from .conftest import pages_of
from .well_made import assert_well_made

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def administrator(own_database):
    ensure_site_tree()
    return factories.person(role="administrator", first_name="Yönetici", last_name="Kişi")


@pytest.fixture
def page(server, administrator, chromium):
    """A page on which the administrator is signed in. axe runs a script of its own, which the policy refuses."""
    with pages_of(server, chromium) as enter:
        yield enter(person=administrator, bypass_csp=True, reduced_motion="reduce")


def test_list_of_people_is_uploaded_looked_at_and_sent(page):
    agency = factories.agency(name="Ormancılık ve Kırsal Kalkınma Araştırmaları Genel Müdürlüğü")
    page.goto("/yonetim/kisi-listesi/")
    assert_well_made(page)
    page.locator("#id_agency").select_option(label=agency.name)
    content = "E-posta;Ad Soyad\r\ncagla@orman.example;Çağla Işık\r\nbozuk adres;Veli\r\n".encode("cp1254")
    page.locator("#id_file").set_input_files({"name": "liste.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Önizle").click()
    expect(page.get_by_text("1 kişi çağrılacak.")).to_be_visible()
    expect(page.get_by_role("cell", name="Çağla Işık")).to_be_visible()
    assert_well_made(page)
    page.get_by_role("button", name="1 kişiye çağrı gönder").click()
    expect(page.get_by_text("1 kişi çağrıldı.")).to_be_visible()
    assert_well_made(page)


def test_list_that_is_at_work_says_how_far_it_is(page, administrator):
    rows = [people_file.Row(line, f"k{line}@x.example", "", "", False) for line in range(2, 5)]
    made = people_import.look_at(rows, agency=factories.agency(), file_name="uzun.csv", by=administrator)
    people_import.confirm(made, by=administrator)
    page.goto(f"/yonetim/kisi-listesi/{made.uuid}/")
    expect(page.get_by_text("3 satırdan 0 çağrıldı, 3 sırada.")).to_be_visible()
    assert_well_made(page)


def test_machine_gets_an_account_and_a_token_that_reads(page):
    factories.agency(name="Işık Kurumu")
    item = factories.published_news(title="Kurumlara açık haber", audience=["subscriber"])
    page.goto("/yonetim/servis-hesaplari/")
    page.get_by_role("link", name="Servis hesabı aç").click()
    expect(page.locator("#id_agency")).to_be_visible()
    assert_well_made(page)
    page.locator("#id_agency").select_option(label="Işık Kurumu")
    page.locator("#id_name").fill("Sunucu")
    page.get_by_role("button", name="Hesabı aç").click()
    expect(page.get_by_text("anahtarsız okuyamaz")).to_be_visible()
    assert_well_made(page)
    page.locator("#id_name").fill("Besleme")
    page.get_by_role("button", name="Anahtar oluştur").click()
    secret = page.locator(".newsroom-secret").first.inner_text()
    assert tokens.is_secret(secret)
    assert_well_made(page)
    answer = page.request.get("/rss/k/haberler.xml", headers={"Authorization": f"Bearer {secret}"})
    assert item.title in answer.text()
    page.goto("/yonetim/erisim-anahtarlari/")
    assert_well_made(page)
    page.get_by_role("link", name=re.compile("Yenile ?: Besleme")).click()
    expect(page.get_by_text("bir kez gösterilir")).to_be_visible()
    assert_well_made(page)


def test_second_factor_is_reset_from_the_persons_page(page):
    person = factories.person(agency=factories.agency(), first_name="Çağla", last_name="Işık")
    with_second_factor(person)
    page.goto(f"/yonetim/ikinci-dogrulama/{person.pk}/")
    assert_well_made(page)
    page.get_by_role("button", name="Sıfırla").click()
    expect(page.get_by_text("Gerekçeyi yazın.")).to_be_visible()
    page.locator("#id_reason").fill("Telefonunu kaybetti.")
    page.get_by_role("button", name="Sıfırla").click()
    expect(page.get_by_text("ikinci doğrulama sıfırlandı")).to_be_visible()


def test_site_is_seen_through_a_readers_eyes_and_left_by_keyboard(page):
    person = factories.person(agency=factories.agency(), first_name="Çağla", last_name="Işık")
    item = factories.published_news(title="Kurumlara açık haber", audience=["subscriber"])
    page.goto(f"/yonetim/okurun-gozuyle/?kisi={person.pk}")
    assert_well_made(page)
    page.locator("#id_reason").fill("“Göremiyorum” diye aradı.")
    page.get_by_role("button", name="Siteyi onun gözüyle aç").click()
    banner = page.get_by_role("complementary", name="Okurun gözüyle")
    for address in ("/haberler/", "/hesap/", "/yok/"):
        page.goto(address)
        expect(banner).to_contain_text("Çağla Işık")
        assert_well_made(page)
    page.goto("/haberler/")
    expect(page.get_by_role("link", name=item.title)).to_be_visible()
    banner.get_by_role("button", name="Görünümü bitir").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("kendi yetkilerinizle görüyorsunuz")).to_be_visible()
    page.goto("/haberler/")
    expect(page.get_by_role("link", name=item.title)).to_have_count(0)
