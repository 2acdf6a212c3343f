"""When a month of the audit log is destroyed, what is left of it, and that nothing else goes."""

import uuid
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from subscribers import audit, audit_retention
from subscribers.audit_kinds import AuditKind
from subscribers.audit_retention import destroy_due_months
from subscribers.models import AuditCheckpoint, AuditEvent, AuditPersonalData

from .audit_log import clock_at, errors, event_at, kinds

pytestmark = pytest.mark.django_db


def istanbul(*moment: int) -> datetime:
    return timezone.make_aware(datetime(*moment))


def test_month_is_kept_until_its_retention_has_passed():
    event_at(2020, 1, 1, 0)
    due = istanbul(2022, 2, 1, 0, 0)
    assert destroy_due_months(now=due - timedelta(microseconds=1)) == []
    assert [f"{month.month:%Y-%m}" for month in destroy_due_months(now=due)] == ["2020-01"]


def test_retention_is_a_setting(settings):
    settings.AUDIT_RETENTION_MONTHS = 11
    event_at(2020, 1)
    assert destroy_due_months(now=istanbul(2020, 12, 31)) == []
    assert len(destroy_due_months(now=istanbul(2021, 1, 1))) == 1


@pytest.mark.parametrize("months", [0, -1])
def test_retention_that_is_none_stops_the_start(settings, months):
    settings.AUDIT_RETENTION_MONTHS = months
    with pytest.raises(ImproperlyConfigured, match="AUDIT_RETENTION_MONTHS"):
        audit_retention.check_settings()


def test_months_are_those_of_istanbul():
    event_at(2020, 1, 31, 23)
    event_at(2020, 2, 1, 0)
    destroy_due_months(now=istanbul(2022, 2, 1))
    assert AuditCheckpoint.objects.get().last_sequence == 1


def test_destroyed_month_is_gone_with_its_personal_data_and_the_rest_stays():
    event_at(2020, 1, personal={"email": "a@des.example"})
    stays = event_at(2020, 2, personal={"email": "b@des.example"})
    destroy_due_months(now=istanbul(2022, 2, 1))
    assert AuditEvent.objects.order_by("sequence").first().sequence == stays.sequence
    assert [personal.fields["email"] for personal in AuditPersonalData.objects.all()] == ["b@des.example"]


def test_checkpoint_holds_what_the_chain_goes_on_from():
    event_at(2020, 1)
    last = event_at(2020, 1)
    (checkpoint,) = destroy_due_months(now=istanbul(2022, 2, 1))
    assert (checkpoint.first_sequence, checkpoint.last_sequence) == (1, 2)
    assert checkpoint.last_hash == last.hash
    assert checkpoint.hash == audit_retention.checkpoint_hash(AuditCheckpoint.objects.get())


def test_chain_goes_on_and_verifies_after_each_destruction():
    for month in range(1, 7):
        event_at(2020, month)
        event_at(2020, month)
    for month in (2, 3, 5):
        destroy_due_months(now=istanbul(2022, month, 1))
        assert errors() == []
    assert audit.record(AuditKind.AGENCY_CHANGED).sequence == 12 + 4 + 1
    assert errors() == []


def test_log_older_than_its_retention_leaves_only_what_tells_of_the_destruction():
    for month in (1, 3, 4):
        event_at(2020, month)
    assert len(destroy_due_months()) == 3
    assert kinds() == ["audit.month_destroyed"] * 3
    assert destroy_due_months() == []
    assert errors() == []


def test_events_of_destruction_are_destroyed_in_their_turn():
    event_at(2020, 1)
    destroy_due_months()
    later = timezone.now() + timedelta(days=900)
    with clock_at(later):
        destroy_due_months()
    assert AuditCheckpoint.objects.count() == 2
    assert errors() == []


def test_event_names_the_month_and_its_checkpoint():
    event_at(2020, 1)
    (checkpoint,) = destroy_due_months()
    assert AuditEvent.objects.get().details == {
        "month": "2020-01",
        "first": 1,
        "last": 1,
        "checkpoint": checkpoint.hash,
    }


def test_erasure_before_a_destruction_verifies_after_it():
    person = uuid.uuid4()
    event_at(2020, 1, personal={"email": "a@des.example"}, person=person)
    event_at(2020, 2, personal={"email": "a@des.example"}, person=person)
    audit_retention.erase_person(person)
    destroy_due_months(now=istanbul(2022, 2, 1))
    assert errors() == []


def test_command_tells_what_it_destroyed():
    event_at(2020, 1)
    outputs = [StringIO(), StringIO()]
    for output in outputs:
        call_command("destroy_audit_months", stdout=output)
    assert [output.getvalue().strip() for output in outputs] == [
        "2020-01 imha edildi: 1 kayıt.",
        "Saklama süresi (24 ay) dolmuş bir ay yok.",
    ]


def test_time_that_is_made_up_never_cuts_a_month_in_two():
    event_at(2020, 1)
    destroy_due_months(now=timezone.now() + timedelta(days=900))
    assert destroy_due_months(now=timezone.now() + timedelta(days=900)) == []
    assert errors() == []
