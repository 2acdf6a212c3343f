"""The steps of a start: done once, done again when what they depend on changed, never taken for done."""

import sqlite3

import pytest

import preparation
from refusal import Refused


@pytest.fixture
def step(tmp_path, monkeypatch):
    """Runs one step in a folder of its own and says whether it did anything."""
    monkeypatch.setattr(preparation, "PREPARED", tmp_path / "prepared.json")

    def run(state, action=lambda: None, name="database"):
        done = []
        preparation._step(name, lambda: state, "Working.", lambda: done.append(action()))
        return bool(done)

    return run


def test_step_is_done_once(step):
    assert step("code 1")
    assert not step("code 1")


def test_step_is_done_again_when_its_state_changed(step):
    step("code 1")
    assert step("code 2")


def test_steps_are_remembered_apart(step):
    step("code 1", name="database")
    assert step("code 1", name="static")
    assert not step("code 1", name="database")


def test_failed_step_is_done_again(step):
    def fail():
        raise Refused("It failed.")

    with pytest.raises(Refused):
        step("code 1", fail)
    assert step("code 1")


def test_step_whose_state_is_unknown_is_never_skipped(step):
    step(None)
    assert step(None)


def test_damaged_memory_is_no_memory(step):
    step("code 1")
    preparation.PREPARED.write_text('{"database": ')
    assert step("code 1")


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(preparation, "DATABASE", tmp_path / "db.sqlite3")
    with sqlite3.connect(preparation.DATABASE) as connection:
        connection.execute("CREATE TABLE django_migrations (name text, applied text)")
        connection.execute("INSERT INTO django_migrations VALUES ('0001_initial', '2026-01-01 00:00:00')")
    yield connection
    connection.close()


def test_database_keeps_its_identity_while_nothing_migrates_it(database):
    assert preparation._database_identity() == preparation._database_identity() is not None


def test_migrated_database_has_another_identity(database):
    before = preparation._database_identity()
    with database:
        database.execute("INSERT INTO django_migrations VALUES ('0002_more', '2026-01-02 00:00:00')")
    assert preparation._database_identity() != before


def test_missing_database_has_no_identity(database):
    preparation.DATABASE.unlink()
    assert preparation._database_identity() is None


def test_database_elsewhere_is_asked_every_time(database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://des@127.0.0.1/des")
    assert preparation._database_identity() is None


def test_program_that_fails_is_told_by_its_last_line(tmp_path, monkeypatch):
    monkeypatch.setattr(preparation, "LOGS", tmp_path)
    program = "import sys; print('first'); sys.exit('The table is locked.')"
    with pytest.raises(Refused, match=r"failed: The table is locked\. \(all its words: .*migrate\.log\)"):
        preparation._quietly("migrate", {"PYTHONUNBUFFERED": "1"}, "-c", program)
