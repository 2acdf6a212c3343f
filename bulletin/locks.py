"""Locks between processes: the log's own, and one per projection.

On PostgreSQL they are advisory locks of the database, which hold across machines. On SQLite there is one machine: the
log's lock is the write lock an IMMEDIATE transaction takes when it begins, a projection's is a locked file in VAR.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

LOG = "publication log"


def _number(name: str) -> int:
    """`name` as the 64-bit number PostgreSQL knows a lock by."""
    return int.from_bytes(hashlib.sha256(f"des:{name}".encode()).digest()[:8], signed=True)


def lock_log() -> None:
    """Waits for the log's lock and holds it until the transaction ends. Must be its first statement."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(LOG)])


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside stands as at one moment, and nobody who writes is made to wait.

    Inside a transaction it goes on with that one.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # Not `atomic`, which would take the write lock.
        connection.cursor().execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            connection.cursor().execute("ROLLBACK")


@contextmanager
def try_lock(name: str) -> Iterator[bool]:
    """Whether this process could take the lock `name`; held until the block ends, never waited for."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_number(name)])
            held = cursor.fetchone()[0]
        try:
            yield held
        finally:
            if held:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_number(name)])
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
