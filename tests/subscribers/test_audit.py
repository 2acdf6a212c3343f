"""What the audit log keeps of an event: the chain, order and clock, personal data apart; what an erasure leaves."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from subscribers import audit
from subscribers.audit_kinds import AuditKind
from subscribers.audit_retention import erase_person
from subscribers.canonical import GENESIS
from subscribers.models import AuditEvent, AuditPersonalData

from .audit_log import clock_at, errors, kinds, told, verify

pytestmark = pytest.mark.django_db

PERSON = uuid.UUID("11111111-1111-4111-8111-111111111111")
OTHER = uuid.UUID("22222222-2222-4222-8222-222222222222")


def test_first_event_is_number_one_and_names_nothing_before_it():
    event = audit.record(AuditKind.AGENCY_CREATED, actor=PERSON, subject=OTHER)
    assert (event.sequence, event.previous_hash) == (1, GENESIS)


def test_each_event_names_the_hash_of_the_one_before():
    first, second = audit.record(AuditKind.AGENCY_CREATED), audit.record(AuditKind.AGENCY_CHANGED)
    assert (second.sequence, second.previous_hash) == (2, first.hash)


def test_what_is_recorded_verifies():
    audit.record(AuditKind.AGENCY_CREATED, actor=PERSON, subject=OTHER, details={"code": "K1", "limit": 20})
    audit.record(AuditKind.PERSON_ADDED, personal={"email": "a@des.example"}, person=PERSON)
    assert errors() == []


def test_clock_never_runs_backwards():
    later = datetime(2031, 1, 1, tzinfo=UTC)
    with clock_at(later):
        audit.record(AuditKind.AGENCY_CREATED)
    with clock_at(later - timedelta(days=1)):
        assert audit.record(AuditKind.AGENCY_CHANGED).happened_at == later
    assert errors() == []


def test_event_of_a_transaction_that_fails_is_not_kept():
    with transaction.atomic():
        audit.record(AuditKind.AGENCY_CREATED)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()
    assert audit.record(AuditKind.AGENCY_CREATED).sequence == 1


def test_personal_fields_stand_apart_and_only_their_hash_in_the_chain():
    event = audit.record(AuditKind.PERSON_ADDED, personal={"email": "gizli@des.example"}, person=PERSON)
    row = AuditEvent.objects.values().get()
    assert "gizli" not in str(row)
    personal = AuditPersonalData.objects.get(sequence=event.sequence)
    assert personal.fields == {"email": "gizli@des.example"}
    assert audit.personal_hash(personal.salt, PERSON, personal.fields) == row["personal_hash"]


def test_same_personal_data_have_another_hash_each_time():
    personal = {"email": "a@des.example"}
    hashes = {
        audit.record(AuditKind.PERSON_ADDED, personal=personal, person=PERSON).personal_hash for _ in "ab"
    }
    assert len(hashes) == 2


def test_event_without_personal_fields_leaves_no_row_of_them():
    audit.record(AuditKind.AGENCY_CREATED, personal={}, person=PERSON)
    assert not AuditPersonalData.objects.exists()


def test_fraction_is_refused_in_details():
    with pytest.raises(TypeError, match="fraction"):
        audit.record(AuditKind.AGENCY_CREATED, details={"share": 0.5})


def test_long_text_from_outside_is_cut():
    audit.record(AuditKind.PERSON_ADDED, personal={"email": "a" * 5000}, person=PERSON)
    assert len(AuditPersonalData.objects.get().fields["email"]) == audit.TEXT_LENGTH


def test_what_json_does_not_know_is_kept_by_its_text():
    moment = timezone.now()
    audit.record(AuditKind.AGENCY_CREATED, details={"id": PERSON, "at": moment, "keys": {"b", "a"}})
    details = AuditEvent.objects.get().details
    assert details["id"] == str(PERSON)
    assert details["at"] == moment.astimezone(UTC).isoformat(timespec="microseconds")
    assert details["keys"] == ["a", "b"]
    assert errors() == []


words = st.text(max_size=30)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(words, parts, max_size=3),
    max_leaves=8,
)


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    details=st.dictionaries(words, plain, max_size=4),
    personal=st.dictionaries(words, words, max_size=4),
)
def test_whatever_is_recorded_verifies(details, personal):
    with transaction.atomic():
        audit.record(AuditKind.AGENCY_CREATED, details=details, personal=personal, person=PERSON)
        assert errors() == []


def test_text_that_no_database_keeps_is_recorded_all_the_same():
    audit.record(AuditKind.PERSON_ADDED, personal={"email": "a\x00b\ud800c"}, person=PERSON)
    assert AuditPersonalData.objects.get().fields["email"] == "a\ufffdb?c"
    assert errors() == []


# --- Erasing the personal data of one person ---------------------------------------------------------------------


def test_erased_person_is_gone_from_every_event_and_others_stay():
    for person in (PERSON, OTHER, PERSON):
        audit.record(AuditKind.PERSON_CHANGED, personal={"email": f"{person}@des.example"}, person=person)
    assert erase_person(PERSON) == 2
    assert list(AuditPersonalData.objects.values_list("person", flat=True)) == [OTHER]


def test_chain_verifies_after_an_erasure_and_says_so_for_each_event():
    for _ in "abc":
        audit.record(AuditKind.PERSON_CHANGED, personal={"email": "a@des.example"}, person=PERSON)
    erase_person(PERSON)
    assert errors() == []
    assert told() == [f"Denetim kaydı {sequence}: Kişisel verisi silindi." for sequence in (1, 2, 3)]
    assert "Kişisel verisi silindi." in verify()


def test_erasure_is_an_event_that_names_the_events_and_who_asked():
    for person in (PERSON, PERSON, OTHER, PERSON):
        audit.record(AuditKind.PERSON_CHANGED, personal={"email": "a@des.example"}, person=person)
    erase_person(PERSON, by=OTHER)
    event = AuditEvent.objects.first()
    assert (event.kind, event.actor, event.subject) == ("personal_data.erased", OTHER, PERSON)
    assert event.details == {"sequences": [[1, 2], [4, 4]]}


def test_erasing_nothing_leaves_no_event():
    audit.record(AuditKind.AGENCY_CREATED)
    assert erase_person(PERSON) == 0
    assert kinds() == ["agency.created"]


def test_what_comes_after_an_erasure_can_be_erased_again():
    for _ in "ab":
        audit.record(AuditKind.PERSON_CHANGED, personal={"email": "a@des.example"}, person=PERSON)
        assert erase_person(PERSON) == 1
    assert errors() == []
    assert len(told()) == 2
