"""Locks between processes: the log's own, and one per projection.

On PostgreSQL they are advisory locks of the database, which hold across machines. On SQLite there is one machine: the
log's lock is the write lock an IMMEDIATE transaction takes when it begins, a projection's is a locked file in VAR.
What every ledger of the system needs of them is `subscribers.locks`'.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from subscribers.locks import hold, lock_number

LOG = "publication log"


def lock_log() -> None:
    """Waits for the log's lock and holds it until the transaction ends. Must be its first statement."""
    hold(LOG)


@contextmanager
def try_lock(name: str) -> Iterator[bool]:
    """Whether this process could take the lock `name`; held until the block ends, never waited for."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock_number(name)])
            held = cursor.fetchone()[0]
        try:
            yield held
        finally:
            if held:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [lock_number(name)])
        return
    folder = Path(settings.VAR) / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
