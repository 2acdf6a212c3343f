"""What verification of the audit log finds when somebody changed it past the triggers."""

import uuid
from datetime import date

import pytest
from django.core.management import CommandError

from subscribers import audit, audit_retention
from subscribers.audit_kinds import AuditKind
from subscribers.canonical import GENESIS
from subscribers.models import AuditCheckpoint, AuditEvent, AuditPersonalData

from .audit_log import errors, event_at, run, unprotected, verify

pytestmark = pytest.mark.django_db

EVENT, PERSONAL, CHECKPOINT = (
    model._meta.db_table for model in (AuditEvent, AuditPersonalData, AuditCheckpoint)
)
PERSON = uuid.UUID("11111111-1111-4111-8111-111111111111")


@pytest.fixture
def log(db):
    """Four events; the last without personal data."""
    for _ in "abc":
        audit.record(AuditKind.PERSON_CHANGED, personal={"email": "a@des.example"}, person=PERSON)
    audit.record(AuditKind.AGENCY_CREATED, actor=PERSON, subject=PERSON, details={"code": "K1"})


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (f"UPDATE {EVENT} SET kind = 'x' WHERE sequence = 2", "Denetim kaydı 2: Kendi özetini taşımıyor"),
        (f"UPDATE {EVENT} SET actor = NULL WHERE sequence = 4", "Denetim kaydı 4: Kendi özetini taşımıyor"),
        (f"UPDATE {EVENT} SET subject = NULL WHERE sequence = 4", "Denetim kaydı 4: Kendi özetini taşımıyor"),
        (f"UPDATE {EVENT} SET details = '{{}}' WHERE sequence = 4", "Denetim kaydı 4: Kendi özetini"),
        (f"UPDATE {EVENT} SET personal_hash = '' WHERE sequence = 2", "Denetim kaydı 2: Kendi özetini"),
        (
            f"UPDATE {EVENT} SET happened_at = '2020-01-01 00:00:00+00:00' WHERE sequence = 3",
            "Denetim kaydı 3: Önceki kayıttan erken",
        ),
        (f"UPDATE {EVENT} SET format = 9 WHERE sequence = 3", "Bilinmeyen kayıt biçimi: 9"),
        (f"DELETE FROM {EVENT} WHERE sequence = 2", "Denetim kaydı 3: Sıra 2 olmalıydı"),
        (f"DELETE FROM {EVENT} WHERE sequence = 1", "Denetim kaydı 2: Sıra 1 olmalıydı"),
        (
            f"UPDATE {EVENT} SET previous_hash = '{GENESIS}' WHERE sequence = 3",
            "Denetim kaydı 3: Önceki kaydın özetini taşımıyor",
        ),
        (
            f"UPDATE {PERSONAL} SET fields = '{{}}' WHERE sequence = 2",
            "Denetim kaydı 2: Kişisel verisi kaydın özetini taşımıyor",
        ),
        (f"UPDATE {PERSONAL} SET person = NULL WHERE sequence = 2", "Denetim kaydı 2: Kişisel verisi kaydın"),
        (
            f"DELETE FROM {PERSONAL} WHERE sequence = 2",
            "Denetim kaydı 2: Kişisel verisi yok ve silindiğini anlatan bir kayıt da yok.",
        ),
        (f"UPDATE {PERSONAL} SET sequence = 77 WHERE sequence = 2", "Denetim kaydı 77: Kaydı olmayan"),
    ],
)
def test_change_past_the_triggers_is_found(log, statement, sentence):
    with unprotected():
        run(statement)
    assert [found for found in errors() if sentence in found]


def test_personal_data_removed_behind_an_erasure_that_does_not_name_them_are_missed(log):
    audit.record(AuditKind.PERSON_CHANGED, personal={"email": "b@des.example"}, person=uuid.uuid4())
    audit_retention.erase_person(PERSON)
    AuditPersonalData.objects.all().delete()
    assert errors() == ["Denetim kaydı 5: Kişisel verisi yok ve silindiğini anlatan bir kayıt da yok."]


# --- Destroyed months --------------------------------------------------------------------------------------------


@pytest.fixture
def destroyed(db):
    """January and February 2020 destroyed; what is left are the two events that tell of it."""
    for month in (1, 2):
        for _ in "ab":
            event_at(2020, month, personal={"email": "a@des.example"}, person=PERSON)
    audit_retention.destroy_due_months()


def test_destroyed_months_verify(destroyed):
    assert errors() == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (f"UPDATE {CHECKPOINT} SET destroyed_at = '2020-01-10 00:00:00+00:00'", "Ay bitmeden imha edilmiş"),
        (f"UPDATE {CHECKPOINT} SET last_hash = '{GENESIS}'", "İmha 2020-02: Kendi özetini taşımıyor"),
        (f"UPDATE {CHECKPOINT} SET last_hash = '{GENESIS}'", "Denetim kaydı 5: Önceki kaydın özetini"),
        (f"UPDATE {CHECKPOINT} SET first_sequence = 9", "İmha 2020-02: 3. kayıttan başlamalıydı"),
        (f"UPDATE {CHECKPOINT} SET format = 9", "İmha 2020-01: Bilinmeyen kayıt biçimi: 9"),
        (f"UPDATE {CHECKPOINT} SET previous_hash = 'x'", "İmha 2020-02: Önceki imhanın özetini taşımıyor"),
        (f"DELETE FROM {CHECKPOINT} WHERE last_sequence = 2", "İmha 2020-02: 1. kayıttan başlamalıydı"),
        (f"DELETE FROM {CHECKPOINT} WHERE last_sequence = 4", "Denetim kaydı 5: Sıra 3 olmalıydı"),
        (f"DELETE FROM {CHECKPOINT}", "Denetim kaydı 6: Anlattığı imhanın özeti yok"),
    ],
)
def test_change_of_a_checkpoint_is_found(destroyed, statement, sentence):
    with unprotected():
        run(statement)
    assert [found for found in errors() if sentence in found]


def test_checkpoint_that_no_event_tells_of_is_found(db):
    event_at(2020, 1)
    event_at(2020, 2)
    with unprotected():
        first = AuditEvent.objects.get(sequence=1)
        made = AuditCheckpoint(
            month=date(2020, 1, 1),
            first_sequence=1,
            last_sequence=1,
            last_hash=first.hash,
            destroyed_at=AuditEvent.objects.get(sequence=2).happened_at,
            previous_hash=GENESIS,
        )
        made.hash = audit_retention.checkpoint_hash(made)
        made.save()
        run(f"DELETE FROM {EVENT} WHERE sequence = 1")
    assert errors() == ["İmha 2020-01: İmhayı anlatan bir kayıt yok."]


# --- Anchors -----------------------------------------------------------------------------------------------------


def noted() -> str:
    head = audit.head()
    return f"{head.sequence}:{head.hash}"


def test_command_prints_a_head_that_serves_as_an_anchor(log):
    printed = verify().splitlines()
    assert noted() in printed
    audit.record(AuditKind.AGENCY_CHANGED)
    assert "Doğrulandı: 5 kayıt." in verify("--anchor", printed[-2])


def test_tail_that_was_cut_off_is_found_by_the_anchor(log):
    anchor = noted()
    with unprotected():
        run(f"DELETE FROM {EVENT} WHERE sequence = 4")
    assert errors() == []
    with pytest.raises(CommandError, match="1 bulgu"):
        verify("--anchor", anchor)


def test_anchor_in_a_destroyed_month_is_no_error(db):
    event_at(2020, 1)
    anchor = noted()
    event_at(2020, 1)
    audit_retention.destroy_due_months()
    assert "Doğrulandı" in verify("--anchor", anchor)


def test_anchor_at_the_end_of_a_destroyed_month_is_compared(db):
    event_at(2020, 1)
    audit_retention.destroy_due_months()
    with pytest.raises(CommandError):
        verify("--anchor", f"1:{'d' * 64}")


@pytest.mark.parametrize("anchor", ["5", "5:abc", "x:" + "a" * 64])
def test_anchor_that_is_none_is_refused_with_a_sentence(log, anchor):
    with pytest.raises(CommandError, match="SIRA:ÖZET"):
        verify("--anchor", anchor)


def test_empty_log_verifies(db):
    assert f"0:{GENESIS}" in verify("--anchor", f"0:{GENESIS}")
