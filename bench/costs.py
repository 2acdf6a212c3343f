"""What a piece of work costs: its queries, the time spent in them, and the whole of it.

Used by `bench.pages` and `bench.moments`. Fetching counts as time in queries: SQLite, and a list that is walked along
an index anywhere, does most of its work there and not when the query is sent.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True)
class Cost:
    """queries: statements sent, without BEGIN and COMMIT. in_queries, whole: milliseconds."""

    queries: int
    in_queries: float
    whole: float

    def as_dict(self) -> dict:
        return asdict(self)


class QueryClock:
    """Counts statements, and adds up the seconds from sending them to the last row that was fetched."""

    def __init__(self) -> None:
        self.queries = 0
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - began


class TimedCursor(CursorWrapper):
    """Django's cursor, with a clock at each call that waits for the database."""

    def __init__(self, cursor, db, clock: QueryClock) -> None:
        super().__init__(cursor, db)
        self.clock = clock

    def execute(self, sql, params=None):
        self.clock.queries += 1
        with self.clock.running():
            return super().execute(sql, params)

    def executemany(self, sql, param_list):
        self.clock.queries += 1
        with self.clock.running():
            return super().executemany(sql, param_list)

    def fetchone(self):
        with self.clock.running():
            return self.cursor.fetchone()

    def fetchmany(self, *size):
        with self.clock.running():
            return self.cursor.fetchmany(*size)

    def fetchall(self):
        with self.clock.running():
            return self.cursor.fetchall()


@contextmanager
def timed_queries() -> Iterator[QueryClock]:
    """Times every query of this thread's connection inside."""
    clock, make_cursor = QueryClock(), connection.make_cursor
    connection.make_cursor = lambda cursor: TimedCursor(cursor, connection, clock)
    try:
        yield clock
    finally:
        connection.make_cursor = make_cursor


def cost_of(work: Callable[[], object]) -> Cost:
    """What doing `work` once costs."""
    with timed_queries() as clock:
        began = time.perf_counter()
        work()
        whole = time.perf_counter() - began
    return Cost(clock.queries, clock.seconds * 1000, whole * 1000)


def middle_of(costs: list[Cost]) -> Cost:
    """The median of each time, and the usual number of queries: what a process keeps may run out in one of them."""
    return Cost(
        statistics.mode(cost.queries for cost in costs),
        statistics.median(cost.in_queries for cost in costs),
        statistics.median(cost.whole for cost in costs),
    )
