"""What the database itself refuses of the audit log, and that its triggers come back."""

import uuid
from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models.signals import post_migrate, pre_migrate

from subscribers import audit, audit_retention, audit_triggers
from subscribers.audit_kinds import AuditKind
from subscribers.audit_retention import destroy_due_months
from subscribers.audit_triggers import CHECKPOINT_REFUSAL, LOG_REFUSAL, PERSONAL_REFUSAL, SUCCESSION_REFUSAL
from subscribers.canonical import GENESIS
from subscribers.models import AuditCheckpoint, AuditEvent, AuditPersonalData

from .audit_log import errors, event_at, run, standing

only_sqlite = [
    pytest.mark.sqlite,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite alone"),
]
only_postgresql = [
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL alone"),
]
EVENT, PERSONAL, CHECKPOINT = (
    model._meta.db_table for model in (AuditEvent, AuditPersonalData, AuditCheckpoint)
)
EVENT_COLUMNS, PERSONAL_COLUMNS, CHECKPOINT_COLUMNS = (
    [field.column for field in model._meta.concrete_fields]
    for model in (AuditEvent, AuditPersonalData, AuditCheckpoint)
)
PERSON = uuid.UUID("11111111-1111-4111-8111-111111111111")


@pytest.fixture
def log(db):
    """A destroyed month, then two months with two events each, of which the newest has personal data."""
    for month in (1, 2, 3):
        for _ in "ab":
            event_at(2020, month, personal={"email": "a@des.example"}, person=PERSON)
    audit_retention._destroy_oldest_month(audit_retention.due_from(event_month(1)))
    audit.record(AuditKind.PERSON_CHANGED, personal={"email": "b@des.example"}, person=PERSON)


def event_month(month: int):
    return date(2020, month, 1)


def refused(statement: str, sentence: str, *parameters) -> None:
    before = standing()
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        run(statement, *parameters)
    assert standing() == before


@pytest.mark.parametrize("column", EVENT_COLUMNS)
def test_no_column_of_an_event_can_be_changed(log, column):
    refused(f'UPDATE {EVENT} SET "{column}" = "{column}"', LOG_REFUSAL)


def test_no_event_outside_a_checkpoint_can_be_removed(log):
    for sequence in AuditEvent.objects.values_list("sequence", flat=True):
        refused(f"DELETE FROM {EVENT} WHERE sequence = %s", LOG_REFUSAL, sequence)


@pytest.mark.parametrize("column", CHECKPOINT_COLUMNS)
def test_no_column_of_a_checkpoint_can_be_changed(log, column):
    refused(f'UPDATE {CHECKPOINT} SET "{column}" = "{column}"', LOG_REFUSAL)


def test_no_checkpoint_can_be_removed(log):
    refused(f"DELETE FROM {CHECKPOINT}", LOG_REFUSAL)


def inserted(table: str, columns: list[str], source: str, changes: dict, way: str = "INSERT") -> None:
    """The row `source` (an SQL condition) once more, but for `changes`."""
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join("%s" if name in changes else f'"{name}"' for name in columns)
    run(
        f"{way} INTO {table} ({names}) SELECT {values} FROM {table} WHERE {source}",
        *(changes[name] for name in columns if name in changes),
    )


def insert_event(way: str = "INSERT", **changes) -> None:
    head = audit.head()
    changes = {"sequence": head.sequence + 1, "previous_hash": head.hash, "hash": "f" * 64, **changes}
    inserted(EVENT, EVENT_COLUMNS, f"sequence = {head.sequence}", changes, way)


def test_an_event_that_follows_the_head_is_taken(log):
    count = AuditEvent.objects.count()
    insert_event()
    assert AuditEvent.objects.count() == count + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 1},
        {"sequence": 3},
        {"sequence": 99},
        {"sequence": 0},
        {"previous_hash": GENESIS},
        {"previous_hash": "e" * 64},
        {"happened_at": "2019-01-01 00:00:00+00:00"},
    ],
    ids=str,
)
def test_an_event_that_does_not_follow_the_head_is_refused(log, changes):
    before = standing()
    with pytest.raises(IntegrityError, match=f"{SUCCESSION_REFUSAL}|{LOG_REFUSAL}"), transaction.atomic():
        insert_event(**changes)
    assert standing() == before


@pytest.mark.django_db
def test_after_the_last_month_is_destroyed_the_chain_goes_on_from_the_checkpoint():
    event = event_at(2020, 1)
    destroy_due_months()
    (newest,) = AuditEvent.objects.all()
    assert (newest.sequence, newest.previous_hash) == (2, event.hash)
    assert errors() == []


# --- Checkpoints -------------------------------------------------------------------------------------------------


def checkpoint(**changes) -> AuditCheckpoint:
    """What covers February, the oldest month left, but for `changes`; saved past the destruction."""
    of_month = [AuditEvent.objects.get(sequence=sequence) for sequence in (3, 4)]
    fields = {
        "month": event_month(2),
        "first_sequence": 3,
        "last_sequence": 4,
        "last_hash": of_month[-1].hash,
        "destroyed_at": of_month[-1].happened_at,
        "previous_hash": AuditCheckpoint.objects.get().hash,
        "hash": "c" * 64,
        **changes,
    }
    row = AuditCheckpoint(**fields)
    row.save(force_insert=True)
    return row


def test_a_checkpoint_of_the_oldest_month_lets_that_month_go_and_no_other_event(log):
    checkpoint()
    run(f"DELETE FROM {EVENT} WHERE sequence BETWEEN 3 AND 4")
    refused(f"DELETE FROM {EVENT} WHERE sequence = 5", LOG_REFUSAL)


@pytest.mark.parametrize(
    "changes",
    [
        {"first_sequence": 2},
        {"first_sequence": 4},
        {"first_sequence": 5, "last_sequence": 6},
        {"last_sequence": 3},
        {"last_sequence": 5},
        {"last_sequence": 2},
        {"last_sequence": 99},
        {"last_hash": "d" * 64},
        {"month": event_month(3)},
        {"month": event_month(1)},
        {"previous_hash": GENESIS},
    ],
    ids=str,
)
def test_any_other_checkpoint_is_refused(log, changes):
    if set(changes) & {"last_sequence"} and changes["last_sequence"] in (3, 5, 6):
        changes = {**changes, "last_hash": AuditEvent.objects.get(sequence=changes["last_sequence"]).hash}
    before = standing()
    with pytest.raises(IntegrityError, match=f"{CHECKPOINT_REFUSAL}|{LOG_REFUSAL}"), transaction.atomic():
        checkpoint(**changes)
    assert standing() == before


# --- Personal data -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", PERSONAL_COLUMNS)
def test_no_column_of_personal_data_can_be_changed(log, column):
    refused(f'UPDATE {PERSONAL} SET "{column}" = "{column}"', PERSONAL_REFUSAL)


def test_personal_data_cannot_be_removed_without_an_erasure(log):
    refused(f"DELETE FROM {PERSONAL}", PERSONAL_REFUSAL)


def test_personal_data_come_with_the_newest_event_alone(log):
    audit_retention.erase_person(PERSON)
    event_at(2030, 1, personal={"email": "c@des.example"}, person=PERSON)
    for sequence in (5, 500):
        before = standing()
        with pytest.raises(IntegrityError, match=PERSONAL_REFUSAL), transaction.atomic():
            inserted(PERSONAL, PERSONAL_COLUMNS, "sequence > 0", {"sequence": sequence})
        assert standing() == before


class TestSQLite:
    pytestmark = only_sqlite

    @pytest.mark.parametrize("way", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
    def test_no_event_can_be_replaced(self, log, way):
        before = standing()
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_event(way, sequence=5, kind="x")
        assert standing() == before

    def test_no_event_can_be_replaced_by_one_with_its_hash(self, log):
        before = standing()
        stolen = AuditEvent.objects.get(sequence=5).hash
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_event("INSERT OR REPLACE", hash=stolen)
        assert standing() == before

    def test_no_personal_data_can_be_replaced(self, log):
        before = standing()
        with pytest.raises(IntegrityError), transaction.atomic():
            inserted(PERSONAL, PERSONAL_COLUMNS, "sequence > 0", {"fields": "{}"}, "INSERT OR REPLACE")
        assert standing() == before

    def test_no_checkpoint_can_be_replaced(self, log):
        before = standing()
        with pytest.raises(IntegrityError), transaction.atomic():
            inserted(CHECKPOINT, CHECKPOINT_COLUMNS, "id > 0", {"month": "2019-01-01"}, "INSERT OR REPLACE")
        assert standing() == before


class TestPostgreSQL:
    pytestmark = only_postgresql

    @pytest.mark.parametrize("table", [EVENT, PERSONAL, CHECKPOINT])
    def test_truncate_is_refused(self, log, table):
        refused(f"TRUNCATE {table} CASCADE", LOG_REFUSAL)


# --- The triggers themselves -------------------------------------------------------------------------------------


def drop(name: str) -> None:
    table = next(r.table for r in audit_triggers.refusals(connection.vendor) if r.name == name)
    run(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))


@pytest.mark.django_db
def test_every_trigger_stands_after_the_migrations():
    assert audit_triggers.PROTECTION.missing(connection) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", [r.name for r in audit_triggers.refusals(connection.vendor)])
def test_a_dropped_trigger_is_missed_by_check_and_verification_and_laid_anew(name):
    drop(name)
    (warning,) = audit_triggers.PROTECTION.check_triggers(databases=["default"])
    assert warning.id == "subscribers.W001"
    assert name in warning.msg
    assert [finding for finding in errors() if finding.startswith(f"{name}:")]
    audit_triggers.PROTECTION.install(connection)
    assert audit_triggers.PROTECTION.check_triggers(databases=["default"]) == []


@pytest.mark.parametrize("name", ["kind", "details"])
def test_a_remade_table_is_protected_as_before(own_database, name):
    event_at(2020, 1, personal={"email": "a@des.example"}, person=PERSON)
    before = standing()
    config = apps.get_app_config("subscribers")
    plan = [(type("Migration", (), {"app_label": "subscribers"})(), False)]
    signal = {"app_config": config, "verbosity": 0, "interactive": False, "using": "default", "plan": plan}
    pre_migrate.send(sender=config, **signal, apps=apps)
    old = AuditEvent._meta.get_field(name)
    new = models.TextField(null=True)
    new.set_attributes_from_name(name)
    new.model = AuditEvent
    with connection.schema_editor() as editor:
        editor.alter_field(AuditEvent, old, new)
        editor.alter_field(AuditEvent, new, old)
    post_migrate.send(sender=config, **signal, apps=apps)
    assert audit_triggers.PROTECTION.missing(connection) == []
    assert standing() == before
    audit.record(AuditKind.AGENCY_CREATED)
    assert errors() == []


def test_migrate_lays_what_was_dropped(own_database):
    drop("audit_no_delete")
    call_command("migrate", verbosity=0)
    assert audit_triggers.PROTECTION.missing(connection) == []
