"""The supervisor and its tether, with real processes and real signals.

Each process prints to the same pipe, so that reading waits for what happens without a clock, and the end of the
pipe is the end of every process that held it.
"""

import fcntl
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.toolchain.conftest import REPOSITORY

SUPERVISE = """
import os, sys
sys.path.insert(0, "scripts")
from pathlib import Path
import tether
tether.PATIENCE = 0.5  # Seconds that a stubborn process is given: nobody waits here for the five of the site.
from supervisor import Supervisor
with Supervisor(Path.cwd()) as supervisor:
    supervisor.start("worker", [sys.executable, "-u", "-c", sys.argv[1]], os.environ)
    supervisor.keep_running()
print("done", flush=True)
"""
#: Is killed at the very moment a process of its own has been forked.
SUPERVISE_AND_DIE = """
import os, signal, subprocess, sys
sys.path.insert(0, "scripts")
from pathlib import Path
from supervisor import Supervisor
with Supervisor(Path.cwd()) as supervisor:
    class Popen(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            os.kill(os.getpid(), signal.SIGKILL)
    subprocess.Popen = Popen
    supervisor.start("worker", [sys.executable, "-u", "-c", sys.argv[1]], os.environ)
"""
PATIENT = "import os, signal; print(os.getpid()); signal.pause()"
#: Starts a process that ignores SIGTERM, as a hanging request would. It holds the lock on the file that is named.
WITH_A_STUBBORN_CHILD = """
import fcntl, os, signal
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    lock = open(os.environ["LOCK"], "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    print(os.getpgrp(), flush=True)
signal.pause()
"""


@pytest.fixture
def lock(tmp_path, monkeypatch):
    """The path of a file that a stubborn process locks for as long as it lives."""
    path = tmp_path / "lock"
    monkeypatch.setenv("LOCK", str(path))
    return path


@contextmanager
def supervised(program, by=SUPERVISE):
    process = subprocess.Popen(
        [sys.executable, "-c", by, program],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture(autouse=True)
def limit():
    """A process that outlives its test would keep the pipe open for ever: give up after a minute."""

    def give_up(_number, _frame):
        raise TimeoutError("A supervised process was still there after a minute.")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def signals_are_heard():
    """A suite under nohup ignores SIGHUP, one in a script's background SIGINT; what it starts would, too."""
    before = {
        signal.SIGHUP: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_killed_worker_is_started_again():
    with supervised(PATIENT) as process:
        first = int(process.stdout.readline())
        os.kill(first, signal.SIGKILL)
        assert (
            process.stdout.readline()
            == "The worker was killed by SIGKILL; starting it again in 0.5 seconds.\n"
        )
        assert int(process.stdout.readline()) != first


def test_pauses_grow_while_the_worker_keeps_ending():
    with supervised("raise SystemExit(3)") as process:
        said = [process.stdout.readline() for _ in range(3)]
    assert said == [
        f"The worker ended with code 3; starting it again in {pause} seconds.\n" for pause in ("0.5", 1, 2)
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_everything_calmly(number):
    with supervised(PATIENT) as process:
        process.stdout.readline()
        process.send_signal(number)
        assert process.stdout.read() == "done\n"
        assert process.wait() == 0


def test_killed_supervisor_leaves_no_orphan():
    with supervised(PATIENT) as process:
        process.stdout.readline()
        process.kill()
        assert process.stdout.read() == ""


def test_supervisor_killed_while_it_starts_a_process_leaves_no_orphan():
    with supervised(PATIENT, by=SUPERVISE_AND_DIE) as supervisor:
        supervisor.stdout.read()
        assert supervisor.wait() == -signal.SIGKILL


@pytest.mark.usefixtures("lock")
def test_killed_supervisor_leaves_no_stubborn_orphan_of_an_orphan():
    with supervised(WITH_A_STUBBORN_CHILD) as process:
        process.stdout.readline()
        process.kill()
        assert process.stdout.read() == ""


def test_what_a_killed_worker_started_ends_before_the_next_worker_starts(lock):
    with supervised(WITH_A_STUBBORN_CHILD) as process:
        first = int(process.stdout.readline())
        os.kill(first, signal.SIGKILL)
        assert "was killed by SIGKILL" in process.stdout.readline()
        with lock.open() as free:
            fcntl.flock(free, fcntl.LOCK_EX)
            assert process.poll() is None
