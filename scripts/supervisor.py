"""Keeps processes running: starts them, starts them again with growing pauses when they end, ends them together.

`run.py` gives it the web server and the worker. Whatever happens to the supervisor, nothing it started outlives it:
on SIGINT, SIGTERM and SIGHUP it ends its processes itself, and on kill -9 its tether does.
"""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tether import PATIENCE, Tether, end_groups

#: Seconds before a process that ended is started again: the first pause, and the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
#: A process that ran this many seconds was well; its next end is answered with the first pause again.
WELL_AFTER = 60.0


@dataclass
class Supervised:
    """One process: how it is started, and what became of it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    #: When it is to be started again, in monotonic seconds; None until its end has been noticed.
    due_at: float | None = None

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def how_it_ended(self) -> str:
        code = self.process.returncode
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


class Supervisor:
    """Use as a context: leaving it ends everything it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked_to_stop = False
        self._children: list[Supervised] = []

    def __enter__(self) -> Self:
        self._wakeups, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(self._wakeups, False)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays what it is
                signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._tether = Tether()
        return self

    def __exit__(self, *_reason) -> None:
        started = [child.process for child in self._children if child.due_at is None]
        for process in started:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
        for process in started:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._tether.close()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Supervised:
        """Starts a process that is kept running from now on."""
        child = Supervised(name, command, environment)
        self._children.append(child)
        self._start(child)
        return child

    def wait(self, seconds: float) -> None:
        """Waits for a signal or the end of a process, at most `seconds`."""
        if not self.asked_to_stop:
            select.select([self._wakeups], [], [], seconds)
            with contextlib.suppress(BlockingIOError):
                os.read(self._wakeups, 4096)

    def keep_running(self) -> None:
        """Starts again what ends, until a signal asks to stop."""
        while not self.asked_to_stop:
            now = time.monotonic()
            for child in self._children:
                if child.is_running():
                    continue
                if child.due_at is None:
                    self._note_end(child, now)
                elif child.due_at <= now:
                    self._start(child)
            pauses = [child.due_at - now for child in self._children if child.due_at is not None]
            self.wait(max(0.0, min(pauses, default=LONGEST_PAUSE)))

    def _start(self, child: Supervised) -> None:
        child.process = self._tether.start(child.command, env=child.environment, cwd=self.folder)
        child.due_at = None
        child.started_at = time.monotonic()

    def _note_end(self, child: Supervised, now: float) -> None:
        end_groups([child.process.pid], PATIENCE)
        self._tether.release(child.process.pid)
        if now - child.started_at > WELL_AFTER:
            child.pause = FIRST_PAUSE
        print(
            f"The {child.name} {child.how_it_ended()}; starting it again in {child.pause:g} seconds.",
            flush=True,
        )
        child.due_at = now + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _stop(self, number: int, _frame) -> None:
        self.asked_to_stop = True
