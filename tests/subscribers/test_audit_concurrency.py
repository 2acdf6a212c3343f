"""Several processes write to the audit log at once: no gap, no fork, no lost event, no error."""

import uuid
from itertools import pairwise

import pytest
from django.db import connection

from subscribers.canonical import GENESIS
from subscribers.models import AuditCheckpoint, AuditEvent, AuditPersonalData
from tests import processes

from .audit_log import errors, event_at

PROCESSES = 4
EVENTS = 50 if connection.vendor == "postgresql" else 25


@pytest.fixture
def at_once(own_database):
    """Gives each list of orders to a process of its own, all at once; fails where one met an error."""

    def does(*batches: list[dict]) -> None:
        met = processes.at_once("tests.subscribers.busy_audit", own_database.environment, batches)
        assert met == []

    return does


def assert_whole(first: int = 1) -> None:
    log = list(AuditEvent.objects.order_by("sequence"))
    assert [event.sequence for event in log] == list(range(first, first + len(log)))
    if first == 1:
        assert log[0].previous_hash == GENESIS
    assert all(two.previous_hash == one.hash for one, two in pairwise(log))
    assert all(one.happened_at <= two.happened_at for one, two in pairwise(log))
    assert errors() == []


def test_every_event_of_every_process_stands_in_one_chain(at_once):
    people = [str(uuid.uuid4()) for _ in range(PROCESSES)]
    at_once(*([{"work": "record", "person": person}] * EVENTS for person in people))
    assert AuditEvent.objects.count() == PROCESSES * EVENTS
    for person in people:
        assert AuditPersonalData.objects.filter(person=person).count() == EVENTS
    assert_whole()


def test_transactions_that_fail_leave_no_gap(at_once):
    person = str(uuid.uuid4())
    mixed = [{"work": "record", "person": person}, {"work": "give up", "person": person}] * 12
    at_once(mixed, mixed, mixed[::-1])
    assert AuditEvent.objects.count() == 36
    assert_whole()


def test_erasure_destruction_and_verification_beside_events(at_once):
    person = str(uuid.uuid4())
    for month in (1, 2, 3):
        event_at(2020, month, personal={"email": "a@des.example"}, person=uuid.UUID(person))
    at_once(
        [{"work": "record", "person": person}] * 15,
        [{"work": "erase", "person": person}, {"work": "record", "person": person}] * 5,
        [{"work": "destroy"}] * 3,
        [{"work": "destroy"}, {"work": "verify"}] * 4,
    )
    assert AuditCheckpoint.objects.count() == 3
    assert_whole(first=4)
