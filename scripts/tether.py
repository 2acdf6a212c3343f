"""Ends what a supervisor started when the supervisor itself is gone without having done so (kill -9, no memory).

A process of its own at the other end of a pipe: `+PID` says a process group was started, `-PID` that it has ended;
the end of the pipe means nobody is left to look after those still on the list. A process that is started writes its
own `+PID` before it becomes what it is to run, and holds the pipe until then: at no moment can the supervisor be
killed between starting a process and saying so. It works the same on every Unix, and reaches the processes that
granian starts in turn.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path

#: Seconds between asking a process group to end and ending it.
PATIENCE = 5


class Tether:
    """The supervisor's end of the pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).resolve(), str(PATIENCE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def start(self, command: Sequence[str | Path], **options) -> subprocess.Popen:
        """Starts `command` in a session and process group of its own, held from its first moment. `options` are
        those of subprocess.Popen.
        """
        pipe = self._process.stdin.fileno()
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: _tell(pipe, f"+{os.getpid()}\n"),  # noqa: PLW1509 - takes no lock
            **options,
        )

    def release(self, group: int) -> None:
        _tell(self._process.stdin.fileno(), f"-{group}\n")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def end_groups(groups: Collection[int], patience: float) -> None:
    """Asks the leader of each process group, or what it left behind, to end (SIGTERM); after `patience` seconds ends
    what is still there (SIGKILL).
    """
    for group in groups:
        if not _send(os.kill, group, signal.SIGTERM):
            _send(os.killpg, group, signal.SIGTERM)
    deadline = time.monotonic() + patience
    left = {group for group in groups if _send(os.killpg, group, 0)}
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {group for group in left if _send(os.killpg, group, 0)}
    for group in left:
        _send(os.killpg, group, signal.SIGKILL)


def _send(send, identifier: int, number: int) -> bool:
    """Whether there was a process to receive the signal."""
    try:
        send(identifier, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _tell(pipe: int, line: str) -> None:
    # Without the tether (somebody ended it) the supervisor still looks after its processes itself.
    with contextlib.suppress(BrokenPipeError):
        os.write(pipe, line.encode())


def _watch(patience: float) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    held: set[int] = set()
    for line in sys.stdin:
        (held.add if line[0] == "+" else held.discard)(int(line[1:]))
    end_groups(held, patience)


if __name__ == "__main__":
    _watch(float(sys.argv[1]))
