"""Agencies suspended, merged, renamed; people who leave: who reads what from then on, and what stays as it was."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from home.site_tree import ensure_site_tree
from metrics.models import Presence
from subscribers import agencies
from subscribers.audit_kinds import AuditKind
from subscribers.entitlement import ANONYMOUS_KEYS, SUBSCRIBER, agency_key, keys_of
from subscribers.models import Agency, AuditEvent, Invitation, ServiceAccount
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    ensure_site_tree()


@pytest.fixture
def administrator():
    return factories.person(role="administrator")


def ended_agency() -> Agency:
    now = timezone.now()
    return factories.agency(started_at=now - timedelta(days=1), ended_at=now)


def again(thing):
    return type(thing).objects.get(pk=thing.pk)


def audited(kind: AuditKind) -> AuditEvent:
    return AuditEvent.objects.get(kind=kind)


def test_people_of_a_suspended_agency_read_what_everybody_reads_until_it_is_resumed(administrator):
    person = factories.person(agency=factories.agency())
    agencies.suspend(person.agency, by=administrator)
    assert keys_of(again(person)) == ANONYMOUS_KEYS
    agencies.resume(person.agency, by=administrator)
    assert SUBSCRIBER in keys_of(again(person))
    assert audited(AuditKind.AGENCY_SUSPENDED).subject == person.agency.uuid
    assert audited(AuditKind.AGENCY_RESUMED).actor == administrator.uuid


def test_agency_that_ended_is_not_suspended(administrator):
    agency = ended_agency()
    with pytest.raises(ValidationError, match="sözleşmesi süren"):
        agencies.suspend(agency, by=administrator)
    assert again(agency).suspended_at is None


def test_agency_that_is_not_suspended_is_not_resumed(administrator):
    with pytest.raises(ValidationError, match="askıda değil"):
        agencies.resume(factories.agency(), by=administrator)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, Agency.State.CURRENT),
        ({"started_at": timedelta(seconds=1)}, Agency.State.NOT_BEGUN),
        ({"ended_at": timedelta(0)}, Agency.State.ENDED),
        ({"ended_at": timedelta(seconds=1)}, Agency.State.CURRENT),
        ({"suspended_at": timedelta(0)}, Agency.State.SUSPENDED),
        ({"suspended_at": timedelta(0), "ended_at": timedelta(0)}, Agency.State.ENDED),
    ],
)
def test_state_follows_the_contract_to_the_second(fields, state):
    now = timezone.now()
    began = {"started_at": now - timedelta(days=1)}
    agency = Agency(**began | {name: now + offset for name, offset in fields.items()})
    assert agency.state_at(now) == state


# --- Merging -----------------------------------------------------------------------------------------------------


def test_people_of_a_merged_agency_read_for_its_successor(administrator):
    source, target = factories.agency(), factories.agency()
    person = factories.person(agency=source)
    agencies.merge(source, target, by=administrator)
    person = again(person)
    assert person.agency == target
    assert {agency_key(source.pk), agency_key(target.pk)} <= keys_of(person)
    assert again(source).state_at(timezone.now()) == Agency.State.ENDED
    assert audited(AuditKind.AGENCY_MERGED).details == {
        "into": str(target.uuid),
        "moved": [str(person.uuid)],
        "coordinators": [],
    }


def test_coordinators_of_a_merged_agency_answer_for_nobody_in_its_successor(client, administrator, site):
    source, target = factories.agency(), factories.agency()
    moved = factories.person(agency=source, is_coordinator=True)
    closed = factories.person(agency=source, is_coordinator=True, is_active=False)
    own = factories.person(agency=target, is_coordinator=True)
    assert agencies.merge(source, target, by=administrator) == 2
    assert [again(person).is_coordinator for person in (moved, closed, own)] == [False, False, True]
    client.force_login(again(moved))
    assert client.get("/hesap/kurum/").status_code == 404
    details = audited(AuditKind.AGENCY_MERGED).details
    assert details["coordinators"] == details["moved"] == sorted(str(one.uuid) for one in (moved, closed))


def test_successor_reads_what_was_addressed_to_each_before_it(client, administrator, site):
    first, second, third = factories.agency(), factories.agency(), factories.agency()
    item = factories.published_news(title="Yalnız birinciye", audience=[agency_key(first.pk)])
    reader = factories.person(agency=third)
    agencies.merge(first, second, by=administrator)
    agencies.merge(again(second), third, by=administrator)
    client.force_login(again(reader))
    assert item.title in client.get("/haberler/").content.decode()


def test_merging_leaves_what_was_read_where_it_was_counted(administrator):
    source, target = factories.agency(), factories.agency()
    person = factories.person(agency=source)
    Presence.objects.create(
        person=person.uuid, agency_id=source.pk, channel="web", act="read", day=timezone.localdate()
    )
    before = list(Presence.objects.values())
    agencies.merge(source, target, by=administrator)
    assert list(Presence.objects.values()) == before


def test_merging_takes_service_accounts_and_withdraws_invitations(administrator):
    source, target = factories.agency(code="ESKI"), factories.agency()
    for agency in (source, target):
        ServiceAccount.objects.create(agency=agency, name="Arşiv")
    Invitation.objects.create(
        agency=source,
        email="a@b.example",
        invited_by=administrator.uuid,
        digest="d",
        expires_at=timezone.now(),
    )
    agencies.merge(source, target, by=administrator)
    names = ServiceAccount.objects.filter(agency=target).values_list("name", flat=True)
    assert sorted(names) == ["Arşiv", "Arşiv (ESKI)"]
    assert Invitation.objects.get().withdrawn_at is not None


def test_agency_is_not_merged_with_itself_twice_or_into_one_that_ended(administrator):
    source, target, ended = factories.agency(), factories.agency(), ended_agency()
    for pair in ((source, source), (source, ended)):
        with pytest.raises(ValidationError):
            agencies.merge(*pair, by=administrator)
    agencies.merge(source, target, by=administrator)
    with pytest.raises(ValidationError, match="zaten başka bir kurumla birleşti"):
        agencies.merge(source, target, by=administrator)
    assert AuditEvent.objects.filter(kind=AuditKind.AGENCY_MERGED).count() == 1


def test_merging_beyond_the_limit_of_people_is_refused_and_changes_nothing(administrator):
    source, target = factories.agency(), factories.agency(people_limit=1)
    person = factories.person(agency=source)
    factories.person(agency=target)
    with pytest.raises(ValidationError, match="Birlikte 2 kişi olur"):
        agencies.merge(source, target, by=administrator)
    assert again(person).agency == source
    assert again(source).ended_at is None


# --- Names -------------------------------------------------------------------------------------------------------


def test_renaming_changes_neither_keys_nor_audiences(administrator):
    agency = factories.agency()
    item = factories.published_news(audience=[agency_key(agency.pk)])
    before = agency_key(agency.pk), list(Agency.objects.values_list("pk", "uuid"))
    agency.name = agency.code = "YENI"
    agency.save()
    assert (agency_key(agency.pk), list(Agency.objects.values_list("pk", "uuid"))) == before
    assert again(item).audience == [agency_key(agency.pk)]


# --- People ------------------------------------------------------------------------------------------------------


def test_whoever_leaves_loses_access_at_once(client, administrator, site):
    person = factories.person(agency=factories.agency(), is_coordinator=True)
    closed = factories.published_news(title="Kurumlara açık", audience=["subscriber"])
    client.force_login(person)
    assert closed.title in client.get("/haberler/").content.decode()
    agencies.leave(person, by=administrator)
    assert closed.title not in client.get("/haberler/").content.decode()
    left = again(person)
    assert (left.agency, left.is_coordinator, left.is_active) == (None, False, False)
    assert audited(AuditKind.PERSON_LEFT).subject == person.uuid


def test_editor_who_leaves_an_agency_keeps_the_account(administrator):
    person = factories.person(role="editor", agency=factories.agency())
    agencies.leave(person, by=administrator)
    assert again(person).is_active


def test_person_without_an_agency_leaves_none(administrator):
    with pytest.raises(ValidationError, match="kurumu yok"):
        agencies.leave(factories.person(), by=administrator)


def test_list_of_people_is_due_a_year_after_it_was_confirmed(administrator):
    now = timezone.now()
    agency = factories.agency(started_at=now - timedelta(days=364))
    factories.person(agency=agency)
    assert not agencies.list_is_due(agency, now=now)
    assert agencies.list_is_due(agency, now=now + timedelta(days=1))
    agencies.confirm_list(agency, by=administrator, shown=agencies.digest_of_list(agency))
    assert not agencies.list_is_due(agency, now=now + timedelta(days=1))
    assert agencies.list_is_due(agency, now=timezone.now() + timedelta(days=365))
    assert audited(AuditKind.LIST_CONFIRMED).details == {"people": 1}


def test_another_list_than_the_one_shown_is_not_confirmed(administrator):
    agency = factories.agency()
    colleague = factories.person(agency=agency)
    shown = agencies.digest_of_list(agency)
    for change in ("one more", "one fewer"):
        if change == "one more":
            newcomer = factories.person(agency=agency)
        else:
            agencies.leave(newcomer, by=administrator)
            agencies.leave(colleague, by=administrator)
        with pytest.raises(ValidationError, match="siz bakarken değişti"):
            agencies.confirm_list(agency, by=administrator, shown=shown)
    assert again(agency).list_confirmed_at is None
