"""`make test` and `make help`: nothing is left out in silence."""

import os
import re
import subprocess
import urllib.parse

import psycopg
import pytest

import checks
import postgresql
from tests.toolchain.conftest import REPOSITORY

RESULTS = """
<testsuites><testsuite>
<testcase classname="tests.feeds" name="test_ran"/>
<testcase classname="tests.feeds" name="test_later"><skipped type="pytest.skip" message="not on SQLite"/></testcase>
<testcase classname="tests.feeds" name="test_never"><skipped type="pytest.skip" message="no engine"/></testcase>
<testcase classname="tests.feeds" name="test_known"><skipped type="pytest.xfail" message="known"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "results.xml"
    path.write_text(RESULTS.strip())
    return checks.skips_of(path)


def test_skipped_test_is_named_with_its_reason(results):
    assert "tests.feeds::test_never: no engine" in checks.never_run([results])


def test_test_that_ran_once_is_not_named(results):
    ran_later = {"tests.feeds::test_later": None}
    assert checks.never_run([results, ran_later]) == ["tests.feeds::test_never: no engine"]
    assert checks.never_run([ran_later, results]) == ["tests.feeds::test_never: no engine"]


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1), ("1", 1), ("false", 0)])
def test_what_was_not_run_fails_in_ci_alone(monkeypatch, capsys, ci, code):
    monkeypatch.setenv("CI", ci)
    assert checks.verdict(checks.Outcome(not_run=["the suite on PostgreSQL"])) == code
    assert "NOT RUN  the suite on PostgreSQL" in capsys.readouterr().out


def test_audit_without_its_data_is_told_in_ci_and_fails_nothing(monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    outcome = checks.Outcome()
    monkeypatch.setattr(
        checks.subprocess,
        "run",
        lambda command, **_how: subprocess.CompletedProcess(command, checks.AUDIT_NOT_RUN),
    )
    checks.audit({}, outcome)
    assert checks.verdict(outcome) == 0
    assert "NOT RUN  the audit of the pinned packages" in capsys.readouterr().out


def test_failed_check_fails_everywhere(monkeypatch):
    monkeypatch.setenv("CI", "")
    assert checks.verdict(checks.Outcome(failed=["lint"])) == 1


def test_failed_quick_check_keeps_the_suite_from_running(capfd):
    outcome = checks.Outcome()
    checks.run("lint", ["false"], dict(os.environ), outcome)
    assert outcome.failed == ["lint"]
    assert "lint: FAILED" in capfd.readouterr().out


def test_named_postgresql_server_is_used(monkeypatch):
    monkeypatch.setenv("TEST_POSTGRES_URL", "postgres://des@database.example/des")
    with postgresql.server() as address:
        assert address == "postgres://des@database.example/des"


def test_machine_without_postgresql_has_no_server(monkeypatch):
    monkeypatch.delenv("TEST_POSTGRES_URL", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(postgresql, "programs_folder", lambda: None)
    with postgresql.server() as address:
        assert address is None


@pytest.mark.skipif(postgresql.programs_folder() is None, reason="PostgreSQL is not installed")
def test_throw_away_server_answers_and_is_gone_afterwards():
    with postgresql.throw_away_server(postgresql.programs_folder()) as address:
        with psycopg.connect(address) as connection:
            (folder,) = connection.execute("SHOW data_directory").fetchone()
        port = urllib.parse.urlsplit(address).port
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(f"postgres://des:guess@127.0.0.1:{port}/postgres")
        assert os.path.isdir(folder)
    assert not os.path.exists(folder)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)


def test_help_lists_every_target():
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    listed = subprocess.run(
        ["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    assert re.findall(r"^ *make (\w+)", listed, re.MULTILINE) == targets


def test_ci_starts_from_what_a_bare_machine_has():
    script = REPOSITORY / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "://" not in script.read_text()
