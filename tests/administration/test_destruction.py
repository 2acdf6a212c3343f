"""Destruction by retention, of every purpose: what is past its months goes, the rest stays, each with its record."""

import csv
import io
import subprocess
import sys
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import ModelLogEntry, UploadedFile

from administration import retention
from metrics import closed_years
from metrics.models import Presence
from metrics.months import Year
from subscribers import audit_verification, destruction
from subscribers.audit_kinds import AuditKind
from subscribers.models import (
    Agency,
    AuditCheckpoint,
    AuditEvent,
    DestructionRecord,
    DeviceSession,
    ImportedPerson,
    Invitation,
    PeopleImport,
    SignInFailures,
    Token,
    TokenUse,
    User,
)
from tests import factories
from tests.subscribers.audit_log import event_at, kinds

ROOT = Path(__file__).resolve().parents[2]
LONG_AGO = datetime(2021, 5, 5, 12, tzinfo=UTC)
RECORDS = "/yonetim/imha-tutanaklari/"


def hold_everything_twice() -> None:
    """In each place something that ended long ago and something that goes on."""
    now = timezone.now()
    agency = factories.agency()
    for number, moment in enumerate((LONG_AGO, now + timedelta(days=3))):
        person = factories.person(agency=agency)
        DeviceSession.objects.create(session_key=f"key{number}", session_data="", expire_date=moment)
        SignInFailures.objects.create(key=f"{number}" * 64, last_at=moment)
        Invitation.objects.create(
            agency=agency,
            email=f"cagri{number}@des.example",
            invited_by=person.uuid,
            digest=f"{number}" * 64,
            expires_at=moment,
        )
        uploaded = PeopleImport.objects.create(
            file_name="x.csv", uploaded_by=person.uuid, uploaded_at=min(moment, now)
        )
        ImportedPerson.objects.create(people_import=uploaded, line=1, email="x@y.example", outcome="invited")
        token, _secret = factories.token(person)
        Token.objects.filter(pk=token.pk).update(expires_at=moment)
        TokenUse.objects.create(token=token, day=date(2021, 5, 4))
        TokenUse.objects.create(token=token, day=timezone.localdate(now))
        kind = ContentType.objects.get_for_model(User)
        common = {"user": person, "content_type": kind, "object_id": str(number)}
        EditingSession.objects.create(**common, last_seen_at=moment)
        FormState.objects.create(**common, data="a=b", parent_object_id="", last_updated_at=moment)
        entry = ModelLogEntry.objects.log_action(person, "wagtail.edit")
        ModelLogEntry.objects.filter(pk=entry.pk).update(timestamp=min(moment, now))
        Agency.objects.create(
            name=f"Kurum {moment}",
            code=f"E{number}",
            contact_name="Ad Soyad",
            contact_email="ilgili@kurum.example",
            started_at=LONG_AGO,
            ended_at=moment,
        )
    closed = factories.person(last_login=LONG_AGO)
    User.objects.filter(pk=closed.pk).update(is_active=False, closed_at=LONG_AGO)


PLACES = (
    DeviceSession,
    SignInFailures,
    Invitation,
    PeopleImport,
    ImportedPerson,
    Token,
    EditingSession,
    FormState,
)


def destroy(now: datetime | None = None) -> None:
    outcome = destruction.run_all(now=now)
    assert outcome.failed == []


@pytest.fixture
def held(db):
    event_at(2021, 5)
    hold_everything_twice()


def test_what_is_past_goes_and_what_goes_on_stays(held):
    destroy()
    assert {model.__name__: model.objects.count() for model in PLACES} == {
        model.__name__: 1 for model in PLACES
    }
    assert sorted(TokenUse.objects.values_list("day", flat=True)) == [timezone.localdate()]
    assert ModelLogEntry.objects.count() == 1
    assert Agency.objects.filter(contact_name="Ad Soyad").count() == 1
    assert User.objects.exclude(erased_at=None).count() == 1
    assert AuditCheckpoint.objects.count() == 1


def test_each_destruction_leaves_a_record_that_names_nobody(held):
    destroy()
    told = dict(DestructionRecord.objects.values_list("place", "number"))
    assert told == {
        "subscribers.DeviceSession": 1,
        "subscribers.SignInFailures": 1,
        "subscribers.Invitation": 1,
        "subscribers.ImportedPerson": 1,
        "subscribers.PeopleImport": 1,
        "subscribers.Token": 1,
        "subscribers.TokenUse": 3,
        "subscribers.Agency": 1,
        "subscribers.AuditEvent": 1,
        "wagtailadmin.EditingSession": 1,
        "wagtailadmin.FormState": 1,
        "wagtailcore.ModelLogEntry": 1,
        "subscribers.User": 1,
    }
    assert set(DestructionRecord.objects.values_list("by", "cause")) == {(None, "retention")}
    assert "@" not in str(list(DestructionRecord.objects.values()))


def test_each_destruction_is_an_event(held):
    destroy()
    purposes = [
        event.details["purpose"] for event in AuditEvent.objects.filter(kind=AuditKind.DATA_DESTROYED)
    ]
    assert sorted(purposes) == [
        "contacts",
        "editing_log",
        "invitations",
        "sign_in",
        "tokens",
        "working_copies",
    ]
    assert AuditKind.AUDIT_MONTH_DESTROYED in kinds()
    assert [str(finding) for finding in audit_verification.verify() if finding.is_error] == []


def test_running_again_changes_nothing(held):
    destroy()
    before = DestructionRecord.objects.count(), AuditEvent.objects.count()
    destroy()
    assert (DestructionRecord.objects.count(), AuditEvent.objects.count()) == before


@pytest.mark.django_db
def test_nothing_to_destroy_leaves_nothing_behind():
    destroy()
    assert not DestructionRecord.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_limit_is_the_beginning_of_a_month_in_istanbul():
    six = destruction.PURPOSES["invitations"]
    assert six.months == 6
    before = datetime(2026, 7, 31, 20, 59, tzinfo=UTC)
    assert destruction.due_before(six, before) == datetime(2025, 12, 31, 21, tzinfo=UTC)
    after = datetime(2026, 7, 31, 21, tzinfo=UTC)
    assert destruction.due_before(six, after) == datetime(2026, 1, 31, 21, tzinfo=UTC)


@pytest.mark.django_db
def test_file_left_lying_goes_with_its_row(settings):
    upload = UploadedFile.objects.create(file=ContentFile(b"x", name="kalan.jpg"))
    path = Path(upload.file.path)
    retention.destroy_working_copies(timezone.now() - timedelta(days=1), timezone.now())
    assert path.exists()
    retention.destroy_working_copies(timezone.now() + timedelta(days=1), timezone.now())
    assert not path.exists()
    assert not UploadedFile.objects.exists()


@pytest.mark.django_db
def test_run_that_fails_keeps_its_rows_and_holds_up_no_other(held, monkeypatch):
    monkeypatch.setitem(
        destruction._runs, "tokens", lambda *_: (_ for _ in ()).throw(DatabaseError("broken"))
    )
    outcome = destruction.run_all()
    assert outcome.failed == ["tokens"]
    assert Token.objects.count() == 2
    assert Invitation.objects.count() == 1
    monkeypatch.undo()
    destroy()
    assert Token.objects.count() == 1


@pytest.mark.parametrize("statement", ["UPDATE", "DELETE"])
def test_record_is_never_changed(held, statement):
    destroy()
    before = list(DestructionRecord.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE subscribers_destructionrecord SET number = 0"
            if statement == "UPDATE"
            else "DELETE FROM subscribers_destructionrecord"
        )
    assert list(DestructionRecord.objects.values()) == before


# --- Killed in the middle ------------------------------------------------------------------------------------------

MORTAL = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from subscribers import destruction

def die_at(last):
    seen = 0
    def count(execute, *arguments):
        nonlocal seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)
    return count

last = 3
while True:
    connection.close()
    child = os.fork()
    if child == 0:
        with connection.execute_wrapper(die_at(last)):
            failed = destruction.run_all().failed
        os._exit(1 if failed else 0)
    _child, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        print(last, os.WEXITSTATUS(status))
        break
    last += 7
"""


def test_run_killed_again_and_again_destroys_everything_once_and_tells_of_all(own_database):
    event_at(2021, 5)
    hold_everything_twice()
    strategist = factories.person(role="strategist")
    for number in range(6):
        Presence.objects.create(
            person=uuid.uuid4(), agency_id=1, channel="web", act="read", day=date(2021, 1 + number, 1)
        )
    closed = closed_years.close(Year(2021), by=strategist)
    with connection.cursor() as cursor:
        # As if it had been closed long ago.
        cursor.execute("DROP TRIGGER closed_year_no_update" + _on("metrics_closedyear"))
        cursor.execute("UPDATE metrics_closedyear SET closed_at = %s", [LONG_AGO])
    connection.close()
    killed = subprocess.run(
        [sys.executable, "-c", MORTAL],
        env={**own_database.environment, "LOG_LEVEL": "CRITICAL"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    deaths, failed = map(int, killed.stdout.split()[-2:])
    assert deaths > 30
    assert failed == 0
    assert not Presence.objects.exists()
    assert {model.__name__: model.objects.count() for model in PLACES} == {
        model.__name__: 1 for model in PLACES
    }
    told = dict(DestructionRecord.objects.values_list("place").annotate(Sum("number")))
    assert (told["metrics.Presence"], told["subscribers.TokenUse"], told["subscribers.User"]) == (6, 3, 1)
    assert told["wagtailcore.ModelLogEntry"] == 1
    assert closed.figures["users"]["total"] == 6
    assert [str(finding) for finding in audit_verification.verify() if finding.is_error] == []


def _on(table: str) -> str:
    return "" if connection.vendor == "sqlite" else f" ON {table}"


# --- The page ------------------------------------------------------------------------------------------------------


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(factories.person(role=role))
    return client


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_administrators_and_auditors_read_the_records(held, role):
    destroy()
    answer = signed_in(role).get(RECORDS)
    assert answer.status_code == 200
    assert "subscribers.TokenUse" in answer.content.decode()
    assert "saklama süresi doldu" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("role", ["editor", "chief_editor", "strategist"])
def test_nobody_else_does(held, role):
    for address in (RECORDS, reverse("destruction_records_table")):
        assert signed_in(role).get(address).status_code in (302, 403)


def test_page_changes_nothing(held):
    assert signed_in("administrator").post(RECORDS).status_code == 405


def test_table_holds_every_record_and_is_written_down(held):
    destroy()
    client = signed_in("auditor")
    answer = client.get(reverse("destruction_records_table"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + DestructionRecord.objects.count()
    assert "subscribers.TokenUse" in [row[4] for row in rows]
    assert AuditEvent.objects.filter(kind=AuditKind.DESTRUCTIONS_EXPORTED).count() == 1
    client.head(reverse("destruction_records_table"))
    assert AuditEvent.objects.filter(kind=AuditKind.DESTRUCTIONS_EXPORTED).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["x", "0", "99", "-1"])
def test_pages_that_arent_there_show_one_that_is(page):
    assert signed_in("auditor").get(RECORDS, {"p": page}).status_code == 200


@pytest.mark.django_db
def test_year_that_waits_to_be_closed_is_told():
    Presence.objects.create(person=uuid.uuid4(), agency_id=1, channel="web", act="read", day=date(2020, 1, 1))
    assert "imha edilemeyen yıllar: 2020." in signed_in("administrator").get(RECORDS).content.decode()


@pytest.mark.django_db
def test_worker_destroys_daily():
    from bulletin.management.commands.catch_up import CHORES, DAY

    assert CHORES["destroy_past_retention"] == DAY
