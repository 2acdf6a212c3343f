"""Karartma in a real browser: asked for from the item's page, approved by another, each page by the rules."""

import re

import pytest
from playwright.sync_api import expect

from bulletin.models import Redaction
from tests import factories
from tests.bulletin.ledger import is_on_offer
from tests.bulletin.redacting import WORDS, asked, rare_fields
from tests.newsroom.pages import url

from .conftest import pages_of
from .well_made import assert_well_made

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def page_of(server, chromium):
    """Opens an address of the admin as a person. axe runs a script of its own, which the policy refuses."""
    with pages_of(server, chromium) as enter:
        yield lambda person, address: enter(address, person=person, reduced_motion="reduce", bypass_csp=True)


def test_it_is_asked_for_by_one_and_approved_by_another(page_of):
    first = factories.person(role="chief_editor", first_name="Ayşe", last_name="Birinci")
    second = factories.person(role="administrator", first_name="Bora", last_name="İkinci")
    item = factories.published_news(image=factories.image(), **rare_fields())

    page = page_of(first, url("inspect", item))
    page.get_by_role("button", name=re.compile("Eylem|İşlem|Actions|Diğer")).first.click()
    page.get_by_role("link", name="Karart…").click()
    assert_well_made(page)
    page.get_by_label("Hukuki dayanak").select_option("court_order")
    page.get_by_label("Kararın ya da başvurunun sayısı").fill("2026/114 D. İş")
    page.get_by_label("Kararın ya da başvurunun tarihi").fill("2026-01-05")
    page.get_by_label("Not").fill("Mahkemenin kararı gereği.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("ikinci bir kişinin onayını bekliyor")).to_be_visible()
    assert_well_made(page)
    request = Redaction.objects.get()

    page = page_of(second, "/yonetim/karartmalar/")
    assert_well_made(page)
    page.get_by_role("link", name=f"Karartma {request.pk}").click()
    assert_well_made(page)
    assert WORDS["body"] not in page.content()
    page.get_by_label("Onaylamak için içeriğin numarasını yazın").fill(str(item.pk))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dosyalarda ve dizinlerde kalanlar siliniyor")).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()
    assert_well_made(page)
    assert not is_on_offer(item)


def test_pages_fit_a_telephone_in_english_too(page_of):
    from wagtail.users.models import UserProfile

    second = factories.person(role="administrator")
    UserProfile.objects.create(user=second, preferred_language="en")
    request = asked(factories.published_news(**rare_fields()))
    for address in ("/yonetim/karartmalar/", f"/yonetim/karartmalar/{request.pk}/"):
        assert_well_made(page_of(second, address))
