"""The transaction in which the log is written: one lock, all or nothing, tried again when busy.

The log's lock is its first statement. While it is open the triggers let the fields of an item on offer change; the flag
that tells them lives and dies with the transaction.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from .locks import lock_log

logger = logging.getLogger(__name__)

#: How often a transaction that met a busy database or a deadlock is tried, in all.
TRIES = 6

Result = TypeVar("Result")

_open: ContextVar[bool] = ContextVar("recording_open", default=False)


def is_open() -> bool:
    """Whether this thread is inside `recording()`."""
    return _open.get()


@contextmanager
def recording() -> Iterator[None]:
    """One transaction that holds the log's lock. Entered again inside itself, it goes on with the same one."""
    if is_open():
        yield
        return
    with transaction.atomic():
        lock_log()
        _tell_triggers(True)
        token = _open.set(True)
        try:
            yield
        finally:
            _open.reset(token)
        _tell_triggers(False)


def _tell_triggers(recording: bool) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('des.recording', %s, TRUE)", ["on" if recording else ""])
        elif recording:
            cursor.execute("INSERT INTO bulletin_recording (id) VALUES (1)")
        else:
            cursor.execute("DELETE FROM bulletin_recording")


def with_retries(attempt: Callable[[], Result]) -> Result:
    """Calls `attempt`, a whole transaction, again when the database was busy or broke a deadlock (`TRIES` in all).

    Inside an outer transaction it is called once: only the outermost can be tried again.
    """
    if connection.in_atomic_block:
        return attempt()
    for turn in range(1, TRIES + 1):
        try:
            return attempt()
        except OperationalError as error:
            if turn == TRIES:
                raise
            logger.warning("recording_tried_again turn=%d reason=%s", turn, str(error).strip().split("\n")[0])
            time.sleep(random.uniform(0, 0.05 * 2**turn))  # noqa: S311
    raise AssertionError("unreachable")
