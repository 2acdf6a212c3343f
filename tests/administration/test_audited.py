"""What administrators change about people, roles, agencies and entitlements stands in the audit log."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bulletin import publication
from newsroom import desk_rights
from subscribers import roles
from subscribers.models import AgencyEntitlement, AuditEvent, AuditPersonalData, User
from tests import factories
from tests.administration.test_people import person_form
from tests.subscribers.audit_log import errors, kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, db):
    person = factories.person(role="administrator")
    client.force_login(person)
    return person


@pytest.fixture
def entered(client, administrator):
    return client


def event(kind: str) -> AuditEvent:
    return AuditEvent.objects.get(kind=kind)


def personal(kind: str) -> dict:
    return AuditPersonalData.objects.get(sequence=event(kind).sequence).fields


def edited(client, person, **changes):
    """The person's form, sent with nothing but `changes` changed."""
    data = person_form(
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        agency=person.agency_id or "",
        password1="",
        password2="",
        groups=[group.pk for group in person.groups.all()],
        desks=list(desk_rights.desks_of(person) or ()),
    )
    return client.post(reverse("wagtailusers_users:edit", args=[person.pk]), {**data, **changes})


def test_added_person_is_noted_with_the_names_apart(entered, administrator):
    agency = factories.agency()
    entered.post(reverse("wagtailusers_users:add"), person_form(agency=agency.pk))
    person = User.objects.get(email="yeni@des.example")
    noted = event("person.added")
    assert (noted.actor, noted.subject) == (administrator.uuid, person.uuid)
    assert noted.details["agency"] == str(agency.uuid)
    assert "yeni@" not in str(noted.details)
    assert personal("person.added")["email"] == "yeni@des.example"


def test_form_with_errors_is_noted_as_nothing(entered):
    entered.post(reverse("wagtailusers_users:add"), person_form(is_coordinator="on"))
    assert kinds() == []


def test_form_saved_without_a_change_is_noted_as_nothing(entered):
    edited(entered, factories.person(first_name="Ada", last_name="Yılmaz"))
    assert kinds() == []


def test_roles_given_and_taken_are_noted(entered):
    person = factories.person(role="editor", first_name="A", last_name="B")
    edited(entered, person, groups=[Group.objects.get(name=roles.CHIEF_EDITOR).pk])
    assert event("person.roles_changed").details == {
        "given": [roles.CHIEF_EDITOR],
        "taken": [roles.EDITOR],
    }


def test_desks_are_noted(entered):
    person, desk = factories.person(role="editor", first_name="A", last_name="B"), factories.desk()
    edited(entered, person, desks=[desk.pk])
    assert event("person.desks_changed").details == {"given": [desk.pk]}


def test_new_address_is_noted_apart_from_the_chain(entered):
    person = factories.person(first_name="A", last_name="B", email="eski@des.example")
    edited(entered, person, email="baska@des.example")
    assert personal("person.changed") == {"email": ["eski@des.example", "baska@des.example"]}
    assert "des.example" not in str(event("person.changed").details)


def test_closed_account_is_noted(entered):
    person = factories.person(first_name="A", last_name="B")
    edited(entered, person, is_active="")
    assert event("person.changed").details == {"changed": {"is_active": [True, False]}}


def test_closed_account_keeps_neither_tokens_nor_sessions(entered, administrator):
    agency = factories.agency()
    people = [factories.person(first_name="A", last_name="B", agency=agency) for _number in range(2)]
    held = [factories.token(person)[0] for person in people]
    for person in people:
        Client().force_login(person)
    edited(entered, people[0], is_active="", agency=agency.pk)
    bulk(entered, "set_active_state", people[1], mark_as_active="False")
    for token, person in zip(held, people, strict=True):
        token.refresh_from_db()
        assert token.revoked_at is not None
        assert not person.device_sessions.exists()
    told = AuditEvent.objects.filter(kind="token.revoked")
    assert {event.subject for event in told} == {token.uuid for token in held}
    assert {event.actor for event in told} == {administrator.uuid}


def test_new_password_is_noted_without_a_word_of_it(entered):
    person = factories.person(first_name="A", last_name="B")
    edited(entered, person, password1="başka uzun bir parola 7", password2="başka uzun bir parola 7")
    assert (event("person.password_set").details, kinds()) == ({}, ["person.password_set"])


def test_deleted_person_is_noted(entered):
    person = factories.person(role="editor")
    entered.post(reverse("wagtailusers_users:delete", args=[person.pk]))
    assert not User.objects.filter(pk=person.pk).exists()
    assert event("person.deleted").subject == person.uuid
    assert event("person.deleted").details["roles"] == [roles.EDITOR]


def bulk(client, action: str, *people, **data):
    address = reverse("wagtail_bulk_action", args=["subscribers", "user", action])
    query = "&".join(f"id={person.pk}" for person in people)
    return client.post(f"{address}?{query}", data)


def test_role_given_to_several_at_once_is_noted_for_each_who_had_it_not(entered):
    one, two = factories.person(), factories.person(role="editor")
    bulk(entered, "assign_role", one, two, role=Group.objects.get(name=roles.EDITOR).pk)
    assert event("person.roles_changed").subject == one.uuid


def test_accounts_closed_at_once_are_noted(entered):
    people = [factories.person(), factories.person()]
    bulk(entered, "set_active_state", *people, mark_as_active="False")
    assert kinds() == ["person.changed"] * 2


def test_people_deleted_at_once_are_noted(entered):
    people = [factories.person(), factories.person()]
    bulk(entered, "delete", *people)
    assert set(AuditEvent.objects.filter(kind="person.deleted").values_list("subject", flat=True)) == {
        person.uuid for person in people
    }


def role_form(client, address: str, name: str, *permissions) -> dict:
    """The page's form with no row in any of its formsets."""
    page = client.get(address).content.decode()
    empty = {f"{prefix}-TOTAL_FORMS": 0 for prefix in re.findall('name="([a-z_]+)-TOTAL_FORMS"', page)}
    empty |= {name.replace("TOTAL", "INITIAL"): 0 for name in empty}
    return {"name": name, "permissions": [permission.pk for permission in permissions], **empty}


def permission(name: str) -> Permission:
    label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=label, codename=codename)


def test_role_is_noted_from_beginning_to_end(entered):
    address = reverse("wagtailusers_groups:add")
    entered.post(address, role_form(entered, address, "Gözlemci", permission("bulletin.add_desk")))
    group = Group.objects.get(name="Gözlemci")
    address = reverse("wagtailusers_groups:edit", args=[group.pk])
    entered.post(address, role_form(entered, address, "Gözlemci", permission("bulletin.add_topic")))
    entered.post(reverse("wagtailusers_groups:delete", args=[group.pk]))
    assert kinds() == ["role.added", "role.changed", "role.deleted"]
    assert event("role.added").details["permissions"] == ["bulletin.add_desk"]
    changed = event("role.changed").details
    assert (changed["role"], changed["given"], changed["taken"]) == (
        "Gözlemci",
        ["bulletin.add_topic"],
        ["bulletin.add_desk"],
    )


AGENCY = {
    "name": "Yeni kurum",
    "code": "YK",
    "started_at": "2026-01-01 00:00",
    "entitled_to_everything": "on",
    "kind": "ministry",
    "people_limit": "20",
    "contact_name": "Ayşe Yılmaz",
}


def test_agency_added_changed_and_ended_is_noted(entered):
    entered.post(reverse("agencies:add"), AGENCY)
    number = factories.Agency.objects.get(code="YK").pk
    address = reverse("agencies:edit", args=[number])
    entered.post(address, {**AGENCY, "people_limit": "30"})
    entered.post(address, {**AGENCY, "people_limit": "30", "ended_at": "2026-02-01 00:00"})
    assert kinds() == ["agency.created", "agency.changed", "agency.ended"]
    assert event("agency.changed").details == {"changed": {"people_limit": [20, 30]}}
    assert personal("agency.created") == {"contact_name": "Ayşe Yılmaz"}
    assert "Ayşe" not in str(event("agency.created").details)
    assert errors() == []


def test_entitlement_given_changed_and_taken_is_noted(entered):
    agency = factories.agency(entitled_to_everything=False)
    data = {"agency": agency.pk, "part": "language:tr"}
    entered.post(reverse("agency_entitlements:add"), data)
    entitlement = AgencyEntitlement.objects.get()
    entered.post(reverse("agency_entitlements:edit", args=[entitlement.pk]), {**data, "part": "language:en"})
    entered.post(reverse("agency_entitlements:delete", args=[entitlement.pk]))
    given = [
        (noted.kind, noted.subject, noted.details["value"])
        for noted in AuditEvent.objects.order_by("sequence")
    ]
    assert given == [
        ("entitlement.given", agency.uuid, "tr"),
        ("entitlement.taken", agency.uuid, "tr"),
        ("entitlement.given", agency.uuid, "en"),
        ("entitlement.taken", agency.uuid, "en"),
    ]


# --- What readers are offered; figures ---------------------------------------------------------------------------


def test_changed_audience_is_noted_beside_its_row_of_the_publication_log(chief_editor):
    item = factories.published_news(audience=["public"])
    row = publication.change_audience(item, ["subscriber"], user=chief_editor)
    noted = event("item.audience_changed")
    assert (noted.actor, noted.subject) == (chief_editor.uuid, item.uuid)
    assert noted.details == {"before": ["public"], "after": ["subscriber"], "publication": row.sequence}


def test_audience_that_stays_is_noted_as_nothing(chief_editor):
    item = factories.published_news(audience=["public"])
    publication.change_audience(item, ["public"], user=chief_editor)
    assert kinds() == []


def test_downloaded_figures_are_noted(client, db):
    strategist = factories.person(role="strategist")
    client.force_login(strategist)
    client.get("/gostergeler/h2-1.csv", {"yil": timezone.localdate().year})
    client.head("/gostergeler/h2-1.csv", {"yil": timezone.localdate().year})
    noted = event("figures.exported")
    assert noted.actor == strategist.uuid
    assert noted.details["period"] == str(timezone.localdate().year)
