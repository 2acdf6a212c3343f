"""`make test`: everything that must hold before a change is taken, the cheap checks first.

The quick checks all run, so that one go shows all they find; the suite follows only when they pass: on SQLite with
the embedded engine, then on PostgreSQL what isn't marked `once` or `sqlite`. What could not be run for want of a
server, a browser or an engine stands in a box at the end, and is a failure where CI is set.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import postgresql
from audit import NOT_RUN as AUDIT_NOT_RUN
from installation import RUNTIME, SUITE, install
from layout import ROOT, VENV, VENV_PYTHON, free_port
from refusal import exit_code_of

#: What a real institution would name; `check --deploy` reads it and nothing is served with it.
SAMPLE_OF_PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "a-sample-of-fifty-characters-and-more-for-check-deploy-0123456789",
    "ALLOWED_HOSTS": "des.example",
    "SITE_URL": "https://des.example",
}
#: Variables of the person's shell that would make the suite test something else.
NOT_FOR_THE_SUITE = (
    "DATABASE_URL",
    "SEARCH_URL",
    "CACHE_URL",
    "EMAIL_URL",
    "DEBUG",
    "DES_VAR",
    "DES_TEST_VAR",
    "SECRET_KEY",
)

#: pytest's exit code when it ran nothing.
NO_TESTS = 5

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Outcome:
    """What went wrong and what was left out, for the box at the end."""

    failed: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    #: Not run either, and no failure anywhere: what needs more than this machine.
    out_of_reach: list[str] = field(default_factory=list)


def main() -> int:
    arguments = sys.argv[1:]
    install([RUNTIME, SUITE])
    if arguments == ["--prepare-only"]:
        return 0
    outcome = Outcome()
    # Everything the checks write is temporary, and goes with this folder. A server that runs as another user has to
    # pass through it.
    with tempfile.TemporaryDirectory(prefix="des-checks-") as folder:
        os.chmod(folder, 0o711)
        environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_THE_SUITE}
        environment |= {"DJANGO_SETTINGS_MODULE": "config.settings.test", "TMPDIR": folder}
        quick_checks(environment, outcome)
        if in_ci():
            audit(environment, outcome)
        if arguments != ["--without-suite"] and not outcome.failed:
            suite(environment, arguments, Path(folder), outcome)
    return verdict(outcome)


def quick_checks(environment: Mapping[str, str], outcome: Outcome) -> None:
    python = str(VENV_PYTHON)
    programs = VENV / "bin"
    production = {**environment, **SAMPLE_OF_PRODUCTION}
    checks = (
        ("lint", [programs / "ruff", "check", "--quiet", "."], environment),
        ("formatting", [programs / "ruff", "format", "--check", "--quiet", "."], environment),
        (
            "imports between rooms",
            [python, programs / "lint-imports", "--no-cache", "--no-logo"],
            environment,
        ),
        ("translations", [python, "scripts/translations.py", "check"], environment),
        ("compiled translations", [python, "scripts/translations.py", "compile"], environment),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"], environment),
        ("deployment", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production),
    )
    for name, command, its_environment in checks:
        run(name, command, its_environment, outcome)


def audit(environment: Mapping[str, str], outcome: Outcome) -> None:
    """Whether pinned packages are known to be vulnerable, where that can be asked (`scripts/audit.py`)."""
    command = [sys.executable, "scripts/audit.py"]
    if run("audit", command, environment, outcome, good=(0, AUDIT_NOT_RUN)) == AUDIT_NOT_RUN:
        outcome.out_of_reach.append(
            "the audit of the pinned packages: its data could not be reached, see above. Run `make audit` where there "
            "is a network."
        )


def suite(environment: Mapping[str, str], arguments: list[str], folder: Path, outcome: Outcome) -> None:
    """The tests: on SQLite, then on PostgreSQL. `arguments` go to pytest."""
    left_out = []
    browser, missing = find_browser()
    if browser:
        environment = {**environment, "CHROMIUM": browser}
    else:
        left_out.append("browser")
        outcome.not_run.append(f"tests in a real browser: {missing}")

    skips = []
    with elasticsearch(outcome) as engine:
        if engine:
            environment = {**environment, "ELASTICSEARCH_URL": engine}
        else:
            left_out.append("elasticsearch")
        results = folder / "sqlite.xml"
        pytest("suite on SQLite", environment, arguments, ["postgresql", *left_out], results, outcome)
        skips.append(skips_of(results))

        with postgresql.server() as database:
            if database:
                results = folder / "postgresql.xml"
                its_environment = {**environment, "DATABASE_URL": database}
                left_out = ["sqlite", "once", *left_out]
                pytest("suite on PostgreSQL", its_environment, arguments, left_out, results, outcome)
                skips.append(skips_of(results))
            else:
                outcome.not_run.append(
                    "the suite on PostgreSQL: no server is named in TEST_POSTGRES_URL and none is installed here "
                    "(apt-get install postgresql)"
                )
    outcome.not_run += never_run(skips)


def find_browser() -> tuple[str | None, str]:
    """The Chromium that the tests drive: the one CHROMIUM names, or one on the path. Without it, what is missing."""
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return None, "no Chromium here (apt-get install chromium)"
    driver = subprocess.run(
        [VENV / "bin" / "playwright", "--version"], capture_output=True, text=True, check=False
    )
    if driver.returncode != 0:
        said = (driver.stderr.strip().splitlines() or ["it gave no reason"])[0]
        return None, f"Playwright's driver does not start: {said} (apt-get install libatomic1)"
    return browser, ""


@contextlib.contextmanager
def elasticsearch(outcome: Outcome) -> Iterator[str | None]:
    """The address of a server for as long as the context lasts: the one that ELASTICSEARCH_URL names, or one started
    here. None, noted in `outcome`, where there is neither.
    """
    named = os.environ.get("ELASTICSEARCH_URL")
    if named:
        yield named
        return
    script = [sys.executable, ROOT / "scripts" / "elasticsearch"]
    port = str(free_port())
    started = subprocess.run([*script, "start", "--port", port], capture_output=True, text=True, check=False)
    try:
        if started.returncode != 0:
            reason = started.stderr.strip()
            outcome.not_run.append(f"tests on Elasticsearch, a server for which was not to be had: {reason}")
        yield started.stdout.strip() or None
    finally:
        subprocess.run([*script, "stop", "--port", port], check=False)


def pytest(
    name: str,
    environment: Mapping[str, str],
    arguments: list[str],
    left_out: list[str],
    results: Path,
    outcome: Outcome,
) -> None:
    command = [
        *(VENV_PYTHON, "-m", "pytest", "--numprocesses", "auto", "--dist", "worksteal"),
        *("--junit-xml", results, "-m", " and ".join(f"not {mark}" for mark in left_out)),
        *arguments,
    ]
    # A person who chose some tests may have chosen none of this pass.
    run(name, command, environment, outcome, good=(0, NO_TESTS) if arguments else (0,))


def run(
    name: str, command: list, environment: Mapping[str, str], outcome: Outcome, good: tuple[int, ...] = (0,)
) -> int:
    """Runs `command` and gives its exit code; one that isn't `good` is noted as a failure."""
    print(f"\n── {name} ".ljust(100, "─"), flush=True)
    began = time.monotonic()
    finished = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    took = time.monotonic() - began
    if finished.returncode == AUDIT_NOT_RUN and AUDIT_NOT_RUN in good:
        print(f"{name}: NOT RUN, after {took:.1f} s", flush=True)
    elif finished.returncode in good:
        print(f"{name}: passed in {took:.1f} s", flush=True)
    else:
        print(f"{name}: FAILED with code {finished.returncode} after {took:.1f} s", flush=True)
        outcome.failed.append(name)
    return finished.returncode


def skips_of(results: Path) -> dict[str, str | None]:
    """For each test in a JUnit file the reason it was skipped for, None if it ran. Empty if there is no file."""
    if not results.exists():
        return {}
    reasons = {}
    for case in ElementTree.parse(results).iter("testcase"):
        skipped = case.find("skipped")
        is_skip = skipped is not None and skipped.get("type") != "pytest.xfail"
        reasons[f"{case.get('classname')}::{case.get('name')}"] = skipped.get("message") if is_skip else None
    return reasons


def never_run(passes: list[dict[str, str | None]]) -> list[str]:
    """The tests that were skipped each time they were met, with the reason; a test for PostgreSQL alone may be
    skipped on SQLite.
    """
    reasons: dict[str, str | None] = {}
    for one in passes:
        for test, reason in one.items():
            reasons[test] = reason if test not in reasons or reason is None else reasons[test]
    return [f"{test}: {reason}" for test, reason in sorted(reasons.items()) if reason is not None]


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def verdict(outcome: Outcome) -> int:
    """Prints the box and gives the exit code."""
    fails = bool(outcome.failed) or (bool(outcome.not_run) and in_ci())
    lines = [f"FAILED   {name}" for name in outcome.failed]
    lines += [f"NOT RUN  {what}" for what in outcome.not_run]
    if outcome.not_run and in_ci():
        lines.append("In CI everything has to run: this counts as a failure.")
    lines += [f"NOT RUN  {what} (no failure)" for what in outcome.out_of_reach]
    if not lines:
        print("\nEverything ran, and everything passed.")
        return 0
    print(f"\n{'═' * 100}")
    for line in lines:
        print(f"  {line}")
    print("═" * 100)
    return 1 if fails else 0


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
