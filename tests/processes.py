"""Processes of the site's own code that the tests start: each runs a module, spoken to through its pipes.

They are forked by `tests.loaded_site`, one of which serves a whole process of the suite.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TextIO

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Process:
    """A running process: what it is told and what it says, line by line. It ends by itself when `stdin` is closed."""

    number: int
    stdin: TextIO
    stdout: TextIO

    def tell(self, line: str) -> None:
        self.stdin.write(line + "\n")
        self.stdin.flush()

    def close(self) -> str:
        """Lets it end; what it said until then."""
        self.stdin.close()
        with self.stdout:
            return self.stdout.read()


@cache
def _loaded_site() -> socket.socket:
    """The way to a process that forks others, which ends when this one does."""
    ours, theirs = socket.socketpair()
    subprocess.Popen(
        [sys.executable, "-m", "tests.loaded_site", str(theirs.fileno())],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "LOG_LEVEL": "CRITICAL"},
        cwd=ROOT,
        pass_fds=[theirs.fileno()],
    )
    theirs.close()
    return ours


def start(module: str, environment: dict[str, str]) -> Process:
    """A process that runs `module` as a script, with `environment` (that of an own database)."""
    connection.close()
    to_read, to_tell = os.pipe()
    to_hear, to_say = os.pipe()
    loaded = _loaded_site()
    order = {"module": module, "environment": environment}
    socket.send_fds(loaded, [json.dumps(order).encode()], [to_read, to_say])
    os.close(to_read)
    os.close(to_say)
    number = int(loaded.recv(20))
    return Process(number, open(to_tell, "w"), open(to_hear))


def at_once(module: str, environment: dict[str, str], batches: Sequence[list[dict]]) -> list:
    """Gives each batch of orders to a process of its own that runs `module`; what came of all of them.

    Each reads its orders (a line of JSON), says `ready`, waits for `go`, and says a JSON list of what came of them.
    """
    processes = [start(module, environment) for _batch in batches]
    for process, batch in zip(processes, batches, strict=True):
        process.tell(json.dumps(batch))
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.tell("go")
    return [came for process in processes for came in json.loads(process.close())]
