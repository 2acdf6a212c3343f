"""The scripts are tried as a person runs them: as processes, in a copy of what they need, by what they print.

Everything here is independent of the database and runs once.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.once)


@pytest.fixture
def clone(tmp_path):
    """A folder with the scripts, the Makefile and the requirement files, and nothing made from them yet."""
    for name in ("Makefile", "requirements.txt", "requirements-demo.txt"):
        shutil.copy(REPOSITORY / name, tmp_path)
    shutil.copytree(
        REPOSITORY / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


@pytest.fixture
def run_in(clone):
    """Runs a command in the clone to its end, with `environment` on top of one that names no other place."""

    def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
        names = ("DES_VAR", "DATABASE_URL", "PORT", "PYTHON", "MAKEFLAGS", "MAKELEVEL")
        inherited = {name: value for name, value in os.environ.items() if name not in names}
        return subprocess.run(
            command,
            cwd=clone,
            env={**inherited, "PYTHON": sys.executable, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def assert_refused():
    """One sentence, a non-zero exit and no traceback."""

    def check(finished: subprocess.CompletedProcess, *words: str) -> None:
        lines = [line for line in finished.stderr.splitlines() if not line.startswith("make")]
        assert finished.returncode != 0
        assert "Traceback" not in finished.stdout + finished.stderr
        assert len(lines) == 1, finished.stderr
        for word in words:
            assert word in lines[0]

    return check
