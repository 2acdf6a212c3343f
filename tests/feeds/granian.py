"""The site as it really runs: granian in processes of its own, over the database of a test."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Served:
    """One granian on a port of its own. written: what it wrote, once it has ended. options: of its command line."""

    def __init__(self, environment: dict[str, str], options: tuple[str, ...] = ()) -> None:
        self.port = _free_port()
        self.written = ""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi"),
                *("--host", "127.0.0.1", "--port", str(self.port), "--access-log"),
                *("--no-ws", *options, "--workers", "1", "--blocking-threads", "2"),
            ],
            cwd=ROOT,
            env={**environment, "PYTHONUNBUFFERED": "1", "LOG_LEVEL": "INFO"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        for line in self._process.stdout:
            self.written += line
            if "Started worker" in line:
                break
        deadline = time.monotonic() + 60
        while not self._stands() and time.monotonic() < deadline:
            pass  # It listens a few milliseconds after saying so.

    def _stands(self) -> bool:
        with contextlib.closing(socket.socket()) as candidate:
            return candidate.connect_ex(("127.0.0.1", self.port)) == 0

    def ask(self, path: str, *headers: tuple[str, str]) -> tuple[int, bytes]:
        """Status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest("GET", path)
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def end(self) -> None:
        self._process.terminate()
        try:
            self.written += self._process.communicate(timeout=30)[0]
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            raise


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as candidate:
        candidate.bind(("127.0.0.1", 0))
        return candidate.getsockname()[1]


@contextmanager
def served(
    environment: dict[str, str], number: int = 1, options: tuple[str, ...] = ()
) -> Iterator[list[Served]]:
    """`number` processes of the site, each on a port of its own."""
    running = []
    try:
        for _turn in range(number):
            running.append(Served(environment, options))
        yield running
    finally:
        for process in running:
            process.end()
