"""Locks that hold until a transaction ends, and readings that stand as at one moment; for every ledger of the system.

On PostgreSQL a lock is an advisory lock of the database, which holds across machines. On SQLite it is the write lock
that an IMMEDIATE transaction takes when it begins, so that there is nothing more to take.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

#: The lock under which the audit log is written. Taken last of all: whoever holds it waits for nothing else.
AUDIT_LOG = "audit log"


def lock_number(name: str) -> int:
    """`name` as the 64-bit number PostgreSQL knows a lock by."""
    return int.from_bytes(hashlib.sha256(f"des:{name}".encode()).digest()[:8], signed=True)


def hold(name: str) -> None:
    """Waits for the lock `name` and holds it until the transaction, which the caller has begun, ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(name)])


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
