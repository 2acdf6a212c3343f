"""The notice, the closing of a year and the erasure of a person, each in a real browser by keyboard."""

import re
import uuid
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from wagtail.users.models import UserProfile

from home.site_tree import ensure_site_tree
from metrics.models import ClosedYear, Presence
from tests import factories

from .conftest import pages_of
from .test_access import type_password
from .well_made import assert_well_made

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def open_page(server, chromium):
    """A page of the site. axe runs a script of its own, which the policy refuses."""
    ensure_site_tree()
    with pages_of(server, chromium) as enter:
        yield lambda address, **options: enter(address, bypass_csp=True, reduced_motion="reduce", **options)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_newcomer_is_shown_the_notice_and_goes_on_to_what_was_asked(open_page, prefix):
    newcomer = factories.person(agency=factories.agency(), notice_version=0, notice_shown_at=None)
    page = open_page(f"{prefix}/giris/?next={prefix}/hesap/")
    if prefix:
        page.locator("#id_username").fill(newcomer.email)
        page.locator("#id_password").fill(factories.PASSWORD)
        page.keyboard.press("Enter")
    else:
        type_password(page, newcomer)
    expect(page).to_have_url(re.compile(f"{prefix}/aydinlatma-metni/"))
    assert_well_made(page)
    button = page.get_by_role("button", name="I have read it" if prefix else "Okudum")
    button.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{prefix}/hesap/$"))
    page.goto(f"{prefix}/aydinlatma-metni/")
    expect(button).to_have_count(0)
    assert_well_made(page)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_year_is_closed_after_its_figures_were_looked_at(open_page, prefix):
    Presence.objects.create(
        person=uuid.uuid4(), agency_id=1, channel="web", act="read", day=date(2025, 5, 5), is_service=False
    )
    page = open_page(f"{prefix}/gostergeler/yillar/", person=factories.person(role="strategist"))
    assert_well_made(page)
    page.goto(f"{prefix}/gostergeler/yillar/2025/kapat/")
    assert_well_made(page)
    close = page.get_by_role("button", name="Close the year" if prefix else "Yılı kapat")
    close.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_well_made(page)
    page.locator("#id_seen").focus()
    page.keyboard.press("Space")
    close.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{prefix}/gostergeler/yillar/$"))
    assert ClosedYear.objects.get().year == 2025
    assert_well_made(page)


def in_language(language: str, **fields):
    person = factories.person(**fields)
    UserProfile.objects.create(user=person, preferred_language=language)
    return person


@pytest.mark.parametrize("language", ["tr", "en"])
def test_person_is_erased_and_the_record_says_so(open_page, language):
    person = factories.person(agency=factories.agency(), first_name="Çağla", last_name="Işık")
    administrator = in_language(language, role="administrator")
    page = open_page(reverse("erase_person", args=[person.pk]), person=administrator)
    assert_well_made(page)
    page.locator("#id_number").fill("E-2026/114")
    page.locator("#id_received_on").fill("2026-01-05")
    page.locator("#id_email").fill("baskasi@kurum.example")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-child-email-errors, .error-message").first).to_be_visible()
    assert_well_made(page)
    page.locator("#id_email").fill(person.email)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/imha-tutanaklari/$"))
    assert_well_made(page)
    person.refresh_from_db()
    assert person.erased_at is not None
    page.goto(reverse("erase_person", args=[person.pk]))
    assert_well_made(page)


@pytest.mark.parametrize("language", ["tr", "en"])
def test_other_pages_of_administration_keep_the_rules_and_the_screen(open_page, language):
    agency, other = factories.agency(name="Işık Kurumu"), factories.agency(name="Eski Kurum")
    person = factories.person(agency=agency)
    item = factories.published_news(audience=["subscriber"])
    administrator = in_language(language, role="administrator")
    page = open_page(reverse("why_not"), person=administrator)
    for address in (
        reverse("why_not", query={"person": person.email, "item": item.pk}),
        reverse("audit_log"),
        reverse("agencies:index"),
        reverse("agencies:inspect", args=[agency.pk]),
        reverse("agencies:edit", args=[agency.pk]),
        reverse("agencies:suspend", args=[agency.pk]),
        reverse("agencies:merge", args=[other.pk]),
        reverse("service_accounts"),
        reverse("open_service_account"),
        reverse("tokens"),
        reverse("wagtailusers_users:index"),
        reverse("wagtailusers_users:edit", args=[person.pk]),
        "/yonetim/",
    ):
        answer = page.goto(address)
        assert answer.status == 200, address
        assert_well_made(page)
