"""A person's own pages in a real browser: at three widths, light and dark, and without script."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from home.site_tree import ensure_site_tree
from subscribers import tokens
from subscribers.models import Invitation
from tests import factories

from .conftest import pages_of
from .test_access import type_password
from .well_made import assert_well_made

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def coordinator(own_database):
    ensure_site_tree()
    agency = factories.agency(name="Ormancılık ve Kırsal Kalkınma Araştırmaları Genel Müdürlüğü")
    for number in range(3):
        factories.person(agency=agency, first_name="Ayşe", last_name=f"Yılmaz {number}")
    now = timezone.now()
    Invitation.objects.create(
        agency=agency,
        email="yeni.kisi@kurum.example",
        invited_by=uuid.uuid4(),
        digest="d",
        expires_at=now + timedelta(days=7),
        mail_failed_at=now,
    )
    return factories.person(agency=agency, is_coordinator=True)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_own_pages_keep_the_rules_and_the_screen(server, coordinator, chromium, prefix):
    with pages_of(server, chromium) as enter:
        page = enter(person=coordinator, bypass_csp=True)
        for address in ("/hesap/", "/hesap/kurum/", "/hesap/anahtarlar/"):
            page.goto(prefix + address)
            assert_well_made(page)
        page.goto(f"{prefix}/hesap/kurum/kisi/{coordinator.agency.people.first().pk}/cikar/")
        assert_well_made(page)


def test_token_is_made_and_copied_and_its_feed_read_without_script(server, coordinator, chromium):
    item = factories.published_news(title="Kurumlara açık haber", audience=["subscriber"])
    with pages_of(server, chromium) as enter:
        page = enter("/giris/", java_script_enabled=False)
        type_password(page, coordinator)
        page.get_by_role("link", name=coordinator.email).click()
        page.get_by_role("link", name="Erişim anahtarlarım ve özel beslemelerim").click()
        page.get_by_label("Ad", exact=True).fill("Ofisteki okuyucu")
        page.get_by_label("Parolanız").fill(factories.PASSWORD)
        page.get_by_role("button", name="Anahtar oluştur").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ofisteki okuyucu")
        (address, *_others) = page.locator(".feed-list code").all_inner_texts()
        assert tokens.is_secret(page.locator("code").first.inner_text())
        page.context.clear_cookies()
        assert item.title in page.request.get(address).text()


def test_page_with_the_secret_keeps_the_rules_and_the_screen(server, coordinator, chromium):
    with pages_of(server, chromium) as enter:
        page = enter("/hesap/anahtarlar/", person=coordinator, bypass_csp=True)
        page.get_by_label("Ad", exact=True).fill("Ofis")
        page.get_by_label("Parolanız").fill(factories.PASSWORD)
        page.get_by_role("button", name="Anahtar oluştur").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ofis")
        assert_well_made(page)
