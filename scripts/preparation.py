"""Everything between a fresh clone and a site that can be served: packages, translations, database, demo content,
static files.

`run.py` calls `prepare` at every start. Each step remembers, in VAR/prepared.json, a fingerprint of all it depends
on, and is skipped while that holds; so a second start does nothing, and a start after a change of the code, of a
package, of a translation, or of the database by somebody else does what that change needs. A step that fails or is
interrupted is not remembered. Every step may be run again without harm.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from installation import DEMO, RUNTIME, SPEECHES, fingerprint, install, install_demo_source
from layout import LOGS, ROOT, VAR, VENV_PYTHON, ensure_room, ensure_writable
from refusal import Refused

PREPARED = VAR / "prepared.json"
DATABASE = VAR / "db.sqlite3"
#: What the database, the search index and the static files may grow by at a start.
ROOM_IN_MEGABYTES = 200


def rooms() -> list[str]:
    """The packages of the site, from the contract between them."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return contract["tool"]["importlinter"]["root_packages"]


def prepare(environment: dict[str, str]) -> None:
    """Brings packages, database, demo content, translations and static files up to date with the code.

    `environment` is what the site's processes get. Raises Refused with one sentence where a step fails.
    """
    ensure_writable(VAR)
    ensure_room(VAR, ROOM_IN_MEGABYTES)
    with _alone():
        install([RUNTIME])
        install_demo_source()
        code = fingerprint(RUNTIME, *_files("*.py"))
        static = fingerprint(RUNTIME, *_files("static/**/*"), *_files("settings/*.py"))

        _step(
            "translations",
            lambda: fingerprint(*sorted(ROOT.glob("locale/**/*.[pm]o"))),
            "Compiling the translations.",
            lambda: _quietly("translations", environment, "scripts/translations.py", "compile"),
        )
        _step(
            "database",
            lambda: _together(code, _database_identity()),
            "Bringing the database up to date.",
            lambda: _quietly("migrate", environment, "manage.py", "migrate", "--noinput"),
        )
        _step(
            "demo",
            lambda: _together(code, fingerprint(DEMO, *_files("demo/**/*")), _database_identity()),
            "Loading the demo content (a minute or two, once).",
            lambda: _load_demo(environment),
        )
        _step(
            "static",
            lambda: static if (VAR / "static" / "staticfiles.json").exists() else None,
            "Collecting the static files.",
            lambda: _quietly("collectstatic", environment, "manage.py", "collectstatic", "--noinput"),
        )


def _step(name: str, state: Callable[[], str | None], announcement: str, action: Callable[[], None]) -> None:
    """Runs `action` unless `state()` is what it was after the last time. A state of None is never remembered."""
    prepared = _prepared()
    if state() is not None and prepared.get(name) == state():
        return
    print(announcement, flush=True)
    action()
    new = PREPARED.with_suffix(".new")
    new.write_text(json.dumps({**prepared, name: state()}, indent=1))
    new.replace(PREPARED)


def _prepared() -> dict[str, str]:
    try:
        return json.loads(PREPARED.read_text())
    except (OSError, ValueError):
        return {}


def _files(pattern: str) -> list[Path]:
    """The files of all rooms that match `pattern` at any depth, in a fixed order."""
    found = (path for room in rooms() for path in (ROOT / room).rglob(pattern))
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _together(*parts: str | None) -> str | None:
    """One fingerprint of several; None if one of them is unknown."""
    if None in parts:
        return None
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _database_identity() -> str | None:
    """Which database this is and how far it was migrated: how many migrations, the first and the last moment.

    None where there is no such database yet, or where DATABASE_URL names another: those are asked every time.
    """
    if os.environ.get("DATABASE_URL") or not DATABASE.exists():
        return None
    try:
        with contextlib.closing(sqlite3.connect(f"{DATABASE.as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute(
                "SELECT count(*), min(applied), max(applied) FROM django_migrations"
            ).fetchone()
    except sqlite3.Error:
        return None
    return str(row)


def _load_demo(environment: dict[str, str]) -> None:
    for arguments in (["load_demo"], ["import_statements", "--lenient", str(SPEECHES)]):
        finished = subprocess.run(
            [VENV_PYTHON, "manage.py", *arguments], cwd=ROOT, env=environment, check=False
        )
        if finished.returncode != 0:
            raise Refused(f"The demo content could not be loaded: {arguments[0]} failed, see above.")


def _quietly(name: str, environment: dict[str, str], *command: str) -> None:
    """Runs a Python program of this repository, its words going to a log. Raises Refused with the last of them."""
    ensure_writable(LOGS)
    log = LOGS / f"{name}.log"
    with log.open("w") as words:
        finished = subprocess.run(
            [VENV_PYTHON, *command],
            cwd=ROOT,
            env=environment,
            stdout=words,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if finished.returncode != 0:
        last = (log.read_text(errors="replace").strip().splitlines() or ["it gave no reason"])[-1]
        raise Refused(f"{' '.join(command)} failed: {last} (all its words: {log})")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two starts in one folder prepare it one after the other."""
    with (VAR / "prepare.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start is preparing this folder; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
