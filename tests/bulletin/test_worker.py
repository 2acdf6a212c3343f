"""The worker: follows the log and the clock until it is told to stop."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from bulletin.models import CurrentItem
from subscribers.models import AuditCheckpoint, AuditEvent, DeviceSession, ImportedPerson, PeopleImport
from tests import factories
from tests.processes import start
from tests.subscribers.audit_log import event_at

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def follow(own_database):
    """Starts the worker when it is called."""
    running = []
    yield lambda: running.append(start("tests.bulletin.following", own_database.environment))
    for process in running:
        os.kill(process.number, signal.SIGKILL)
        process.close()


@pytest.fixture
def supervised(own_database):
    """Starts the worker when it is called, as whoever supervises it does."""
    running = []

    def start_it() -> subprocess.Popen:
        running.append(
            subprocess.Popen(
                [sys.executable, ROOT / "manage.py", "catch_up", "--all", "--follow"],
                env=own_database.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        return running[-1]

    yield start_it
    for process in running:
        process.kill()
        process.wait()


def wait_for(true, *, seconds: float = 90) -> bool:
    """Asks again and again; False where it never came true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
    return False


def test_worker_publishes_what_was_scheduled(follow):
    """What is due when the worker starts is put on offer at its first look, without its interval passing."""
    hour = timezone.now() + timedelta(seconds=1)
    item = factories.news_item(title="Zamanlanmış", go_live_at=hour)
    item.save_revision().publish()
    assert not CurrentItem.objects.exists()
    assert wait_for(lambda: timezone.now() >= hour)
    follow()
    assert wait_for(CurrentItem.objects.filter(pk=item.pk).exists)


def test_worker_destroys_what_is_past_its_retention(follow):
    old = event_at(2020, 3)
    DeviceSession.objects.create(
        session_key="gecmis", session_data="", expire_date=timezone.now() - timedelta(days=1)
    )
    follow()
    assert wait_for(lambda: not AuditEvent.objects.filter(pk=old.pk).exists())
    assert AuditCheckpoint.objects.get().last_sequence == old.pk
    assert wait_for(lambda: not DeviceSession.objects.exists())


def test_worker_stops_when_told(supervised):
    worker, item = supervised(), factories.published_news()
    assert wait_for(CurrentItem.objects.filter(pk=item.pk).exists)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=60) in (0, -signal.SIGTERM)


def test_long_list_of_people_keeps_the_worker_from_nothing(supervised):
    by, agency = factories.person(), factories.agency(people_limit=10_000)
    made = PeopleImport.objects.create(
        file_name="liste.csv", uploaded_by=by.uuid, confirmed_by=by.uuid, confirmed_at=timezone.now()
    )
    ImportedPerson.objects.bulk_create(
        ImportedPerson(
            people_import=made, line=line, email=f"kisi{line}@x.example", agency=agency, outcome="to_invite"
        )
        for line in range(2, 9_000)
    )
    waiting = made.rows.filter(outcome="to_invite")
    worker = supervised()
    assert wait_for(made.rows.filter(outcome="invited").exists)
    item = factories.news_item(title="Zamanlanmış", go_live_at=timezone.now() + timedelta(seconds=1))
    item.save_revision().publish()
    assert wait_for(CurrentItem.objects.filter(pk=item.pk).exists, seconds=45)
    assert waiting.exists()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=15) in (0, -signal.SIGTERM)
    assert waiting.exists()
