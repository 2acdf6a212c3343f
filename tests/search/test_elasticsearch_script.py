"""`scripts/elasticsearch` says in one sentence what a machine lacks."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "elasticsearch"


def run(folder: Path, *arguments: str, java: str = "") -> subprocess.CompletedProcess:
    """Runs the script on a machine whose only program is a Java that gives `java` as its version, if any."""
    programs = folder / "bin"
    programs.mkdir()
    if java:
        (programs / "java").write_text(f"#!/bin/sh\necho 'openjdk version \"{java}\" 2025-01-01' >&2\n")
        (programs / "java").chmod(0o755)
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments, "--folder", folder / "server", "--port", "1"],
        env={"PATH": str(programs), "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("java", "sentence"),
    [
        ("", "none was found here"),
        ("11.0.2", "is Java 11"),
        ("1.8.0_392", "is Java 1"),
        ("17.0.9", "mvn was not found"),
    ],
)
def test_what_is_missing_is_said(tmp_path, java, sentence):
    done = run(tmp_path, "start", java=java)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_stopping_what_does_not_run_is_no_error(tmp_path):
    assert run(tmp_path, "stop").returncode == 0
