"""Work of several editors in one process: threads, each with a connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection


def beside(work: Callable[[], object]) -> threading.Thread:
    """Runs `work` in a thread with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def at_once(*works: Callable[[], object]) -> list[Exception | None]:
    """Does each of `works` in a thread of its own, all at once; what each raised."""
    connection.close()
    start = threading.Barrier(len(works))
    raised: list[Exception | None] = [None] * len(works)

    def run(place: int) -> None:
        try:
            start.wait(timeout=20)
            works[place]()
        except Exception as error:
            raised[place] = error

    threads = [beside(lambda place=place: run(place)) for place in range(len(works))]
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return raised
