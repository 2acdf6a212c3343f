"""Writes that nobody should wait for: a reader's answer goes out even where the database is busy.

Used for what can be written later as well: presence, which has a journal, documents that can be made again, and the
days on which a token was used.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

#: Milliseconds that an answer waits for a busy database.
PATIENCE = 500


@contextmanager
def impatient_transaction() -> Iterator[None]:
    """A transaction that waits for other writers no longer than `PATIENCE`, then fails with a django.db.Error."""
    if connection.vendor == "sqlite":
        with _impatient_connection(), transaction.atomic():
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}ms'")
            yield


@contextmanager
def _impatient_connection() -> Iterator[None]:
    """On SQLite patience belongs to the connection, and is asked when a transaction begins."""
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
