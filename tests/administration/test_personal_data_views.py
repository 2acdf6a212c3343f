"""Whoever looks at somebody's personal data in the admin is written down, on whichever page it is."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from administration.personal_data_views import PAGES
from subscribers import invitations, people_file, people_import
from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditEvent
from tests import factories
from tests.attacks.doors import admin_doors

pytestmark = pytest.mark.django_db

TELLING = "bilinmezkisi"
#: Pages that write a look at them down by themselves.
BY_THEMSELVES = {"audit_log", "audit_log_table", "why_not"}


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def somebody():
    agency = factories.agency(
        contact_name=TELLING, contact_email=f"{TELLING}@kurum.example", contact_phone="0312 555 00 11"
    )
    person = factories.person(agency=agency, email=f"{TELLING}@kurum.example")
    factories.token(person)
    invitations.invite(agency, f"{TELLING}2@kurum.example", person)
    return person


@pytest.fixture
def administrator():
    return factories.person(role="administrator")


def events(kind=AuditKind.PERSONAL_DATA_VIEWED):
    return AuditEvent.objects.filter(kind=kind)


def looked_at(client, address: str):
    before = events().count()
    assert client.get(address).status_code == 200
    return events().count() - before


def test_each_page_of_the_admin_that_shows_an_address_is_in_the_table(somebody):
    client = Client()
    client.force_login(factories.person(is_superuser=True, is_staff=True))
    rows = [people_file.Row(2, f"{TELLING}3@kurum.example", "", "", False)]
    made = people_import.look_at(rows, agency=somebody.agency, file_name="liste.csv", by=somebody)
    account = factories.service_account(agency=somebody.agency)
    shown = set()
    for door in admin_doors():
        if "logout" in door.route:
            continue
        uuid = made.uuid if "kisi-listesi" in door.route else account.uuid
        number = somebody.agency_id if "kurumlar" in door.route else somebody.pk
        address = door.address(lambda name, uuid=uuid, number=number: str(uuid if name == "uuid" else number))
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code == 200 and TELLING.encode() in body:
            shown.add(door.name.removeprefix("wagtailadmin:"))
    assert shown - BY_THEMSELVES <= PAGES.keys()
    assert {"wagtailusers_users:index", "agencies:inspect", "tokens", "people_import"} <= shown


def test_each_route_of_the_table_is_there():
    assert PAGES.keys() <= {door.name for door in admin_doors()}


def test_look_at_a_person_names_them(client, administrator, somebody):
    client.force_login(administrator)
    assert looked_at(client, reverse("wagtailusers_users:edit", args=[somebody.pk])) == 1
    event = events().get()
    assert (event.actor, event.subject) == (administrator.uuid, somebody.uuid)
    assert event.details == {"address": reverse("wagtailusers_users:edit", args=[somebody.pk])}


def test_looks_at_one_page_within_minutes_are_one(client, administrator, somebody):
    client.force_login(administrator)
    assert looked_at(client, reverse("wagtailusers_users:index")) == 1
    assert looked_at(client, reverse("wagtailusers_users:index")) == 0
    assert looked_at(client, reverse("agencies:inspect", args=[somebody.agency_id])) == 1
    client.force_login(factories.person(role="administrator"))
    assert looked_at(client, reverse("wagtailusers_users:index")) == 1


def test_page_that_was_refused_or_asked_for_its_headers_was_not_looked_at(client, administrator, somebody):
    address = reverse("wagtailusers_users:index")
    client.force_login(factories.person(role="editor"))
    client.get(address)
    client.force_login(administrator)
    client.head(address)
    assert not events().exists()


def test_table_that_is_downloaded_is_an_export_each_time(client, administrator, somebody):
    rows = [people_file.Row(2, "bozuk adres", "", "", False)]
    made = people_import.look_at(rows, agency=somebody.agency, file_name="liste.csv", by=administrator)
    client.force_login(administrator)
    for _turn in range(2):
        client.get(reverse("people_import_refused", args=[made.uuid]))
    assert events(AuditKind.PERSONAL_DATA_EXPORTED).count() == 2


def test_download_of_ones_own_data_is_written_down(client, somebody):
    client.force_login(somebody)
    client.get("/hesap/verilerim.json")
    event = AuditEvent.objects.get(kind=AuditKind.PERSON_DATA_EXPORTED)
    assert (event.actor, event.subject) == (somebody.uuid, somebody.uuid)
