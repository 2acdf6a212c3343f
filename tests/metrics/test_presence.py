"""Presence: one row per person, agency, channel, act and day, whoever writes it and however busy the database is."""

import sqlite3
import subprocess
import sys
import threading
from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from metrics import journal, presence
from metrics.models import Presence
from subscribers.middleware import Reader, reader_of
from tests import factories


def request_of(reader) -> SimpleNamespace:
    return SimpleNamespace(reader=reader)


def counted_reader(**fields) -> Reader:
    return Reader(**{"person": uuid4(), "agency_id": 7, "counted": True, **fields})


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    """Each test begins as a process that has written nothing yet."""
    monkeypatch.setattr(presence, "_written", presence.Memory())


def forget(monkeypatch) -> None:
    """As if another process went on."""
    monkeypatch.setattr(presence, "_written", presence.Memory())


@pytest.mark.django_db
def test_reading_leaves_person_agency_channel_act_and_day_in_istanbul():
    reader = counted_reader()
    presence.record_read(request_of(reader), "web")
    assert list(Presence.objects.values_list("person", "agency_id", "channel", "act", "day")) == [
        (reader.person, 7, "web", "read", timezone.localdate())
    ]


@pytest.mark.django_db
def test_day_is_that_of_istanbul_whatever_zone_is_active(monkeypatch):
    moment = timezone.datetime.fromisoformat("2026-03-31T22:30:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    with timezone.override("America/New_York"):
        assert presence.today() == date(2026, 4, 1)


@pytest.mark.django_db
def test_second_reading_of_the_day_is_not_written_again(monkeypatch):
    reader = counted_reader()
    presence.record_read(request_of(reader), "web")
    forget(monkeypatch)
    presence.record_read(request_of(reader), "web")
    assert Presence.objects.count() == 1


@pytest.mark.django_db
def test_process_asks_the_database_once_a_day_per_use(django_assert_num_queries):
    reader = counted_reader()
    presence.record_read(request_of(reader), "web")
    with django_assert_num_queries(0):
        presence.record_read(request_of(reader), "web")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("record", "act"),
    [
        (presence.record_read, "read"),
        (presence.record_delivery, "delivery"),
        (presence.record_poll, "poll"),
    ],
)
def test_acts_and_channels_are_rows_of_their_own(record, act):
    reader = counted_reader()
    for channel in ("feed", "search"):
        record(request_of(reader), channel)
    assert set(Presence.objects.values_list("channel", "act")) == {("feed", act), ("search", act)}


@pytest.mark.django_db
def test_visitor_leaves_nothing():
    presence.record_read(request_of(Reader()), "web")
    assert not Presence.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_staff_leave_nothing_even_with_an_agency(flag):
    person = factories.person(agency=factories.agency(), **{flag: True})
    presence.record_read(request_of(reader_of(person)), "web")
    assert not Presence.objects.exists()


@pytest.mark.django_db
def test_person_of_an_ended_agency_leaves_nothing():
    now = timezone.now()
    ended = factories.agency(started_at=now - timezone.timedelta(days=9), ended_at=now)
    presence.record_read(request_of(reader_of(factories.person(agency=ended))), "web")
    assert not Presence.objects.exists()


@pytest.mark.django_db
def test_unknown_channel_is_the_callers_mistake():
    with pytest.raises(ValueError):
        presence.record_read(request_of(counted_reader()), "fax")


@pytest.mark.django_db
def test_database_refuses_an_unknown_act():
    with pytest.raises(IntegrityError), transaction.atomic():
        Presence.objects.create(
            person=uuid4(), agency_id=1, channel="web", act="glance", day=date(2026, 1, 1)
        )


def test_memory_is_bounded_and_forgets_yesterday():
    memory = presence.Memory(size=3)
    uses = [journal.Use(uuid4(), 1, "web", "read", date(2026, 1, 1)) for _ in range(4)]
    for use in uses:
        memory.add(use)
    assert len(memory) <= 3
    memory.add(journal.Use(uuid4(), 1, "web", "read", date(2026, 1, 2)))
    assert len(memory) == 1


@pytest.mark.sqlite
def test_busy_database_journals_the_use_and_lets_the_answer_go(own_database, settings):
    reader = counted_reader()
    busy = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    presence.record_read(request_of(reader), "web")
    assert not Presence.objects.exists()
    lines = (settings.VAR / "presence" / "journal.jsonl").read_text().splitlines()
    assert [journal.Use.parse(line).person for line in lines] == [reader.person]
    busy.execute("ROLLBACK")
    busy.close()


@pytest.mark.postgresql
def test_locked_table_journals_the_use_and_lets_the_answer_go(own_database, settings):
    import psycopg

    reader = counted_reader()
    with psycopg.connect(
        own_database.environment["DATABASE_URL"].replace("postgres://", "postgresql://")
    ) as busy:
        busy.execute("LOCK TABLE metrics_presence IN ACCESS EXCLUSIVE MODE")
        presence.record_read(request_of(reader), "web")
        busy.rollback()
    assert not Presence.objects.exists()
    assert not journal.is_empty()


@pytest.mark.sqlite
def test_patience_of_presence_is_not_left_behind_on_the_connection(own_database):
    presence.record_read(request_of(counted_reader()), "web")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 20_000


def journalled(reader, channel="web", act="read") -> journal.Use:
    use = journal.Use(reader.person, reader.agency_id, channel, act, presence.today())
    journal.append(use)
    return use


@pytest.mark.django_db
def test_next_success_folds_the_journal_back():
    use = journalled(counted_reader())
    presence.record_read(request_of(counted_reader()), "web")
    assert Presence.objects.filter(person=use.person).count() == 1
    assert journal.is_empty()


@pytest.mark.django_db
def test_command_folds_the_journal_back(capsys):
    journalled(counted_reader())
    call_command("fold_presence")
    assert Presence.objects.count() == 1
    assert capsys.readouterr().out == "1 kullanım kaydı işlendi.\n"


@pytest.mark.django_db
def test_folding_the_same_line_twice_writes_one_row():
    use = journalled(counted_reader())
    presence.fold()
    journal.append(use)
    presence.fold()
    assert Presence.objects.count() == 1


@pytest.mark.django_db
def test_folding_cut_short_before_the_rows_is_taken_up_again():
    use = journalled(counted_reader())

    class Killed(BaseException):
        pass

    def die(_uses):
        raise Killed

    with pytest.raises(Killed):
        journal.fold(die)
    presence.fold()
    assert Presence.objects.get().person == use.person
    assert journal.is_empty()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "line",
    [
        b'["0b4dd7a8-0000-4000-8000-0000000000',
        b"\xff\xfe\n",
        b"null\n",
        b'["x",1,"web","read","2026-01-01"]\n',
        b'["0b4dd7a8-0000-4000-8000-000000000000",1,"fax","read","2026-01-01"]\n',
        b'["0b4dd7a8-0000-4000-8000-000000000000",1,["web"],"read","2026-01-01"]\n',
        b'["0b4dd7a8-0000-4000-8000-000000000000",99999999999999999999,"web","read","2026-01-01"]\n',
        b'["0b4dd7a8-0000-4000-8000-000000000000",1,"web","read","2026-13-01"]\n',
        b'["0b4dd7a8-0000-4000-8000-000000000000",1,"web","read","2026-01-01","machine"]\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_broken_line_is_kept_aside_and_the_others_are_folded(line, settings):
    folder = settings.VAR / "presence"
    folder.mkdir()
    (folder / "journal.jsonl").write_bytes(line)
    use = journalled(counted_reader())
    with pytest.raises(CommandError, match="1 satır okunamadı"):
        call_command("fold_presence")
    assert Presence.objects.get().person == use.person
    assert (folder / "unreadable.jsonl").read_bytes().rstrip(b"\n") == line.rstrip(b"\n")


@pytest.mark.django_db
def test_answer_goes_out_when_neither_database_nor_journal_can_be_written(settings, caplog, monkeypatch):
    (settings.VAR / "presence").write_text("in the way of the folder")

    def locked(_uses):
        raise presence.DatabaseFailure("database is locked")

    monkeypatch.setattr(presence, "_insert", locked)
    presence.record_read(request_of(counted_reader()), "web")
    assert "presence_lost" in caplog.text


def test_threads_and_processes_write_one_row_between_them(own_database):
    person = uuid4()
    reader = counted_reader(person=person)
    program = (
        "import django; django.setup(); from uuid import UUID; from metrics import presence;"
        "from subscribers.middleware import Reader;"
        f"presence.record(Reader(person=UUID('{person}'), agency_id=7, counted=True), 'web', 'read')"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program], env=own_database.environment) for _ in range(3)
    ]

    def read():
        presence.Memory()
        presence.record_read(request_of(reader), "web")
        connection.close()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in processes] == [0, 0, 0]
    presence.fold()
    assert Presence.objects.count() == 1


@pytest.mark.django_db
def test_use_of_a_machine_is_marked_also_where_it_was_journalled():
    machine, person = counted_reader(is_service=True), counted_reader()
    presence.record_read(request_of(machine), "feed")
    presence.record_read(request_of(person), "feed")
    journalled_machine = journal.Use(uuid4(), 7, "feed", "delivery", presence.today(), True)
    journal.append(journalled_machine)
    presence.fold()
    assert set(Presence.objects.filter(is_service=True).values_list("person", flat=True)) == {
        machine.person,
        journalled_machine.person,
    }
