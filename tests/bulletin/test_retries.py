"""A busy database is met again and again before an editor hears of it, and only then."""

import logging
import threading

import pytest
from django.db import OperationalError, connection, transaction

from bulletin import publication
from bulletin.locks import lock_log
from bulletin.models import NewsItem, Publication
from bulletin.recording import TRIES, with_retries
from tests import factories

from .ledger import findings
from .threads import beside


class WhenTriedAgain(logging.Handler):
    """Calls `then` when a transaction is tried again."""

    def __init__(self, then):
        super().__init__()
        self.then = then
        self.turns = 0

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith("recording_tried_again"):
            self.turns += 1
            self.then()


@pytest.fixture
def tried_again(request):
    """`tried_again(then)`: the handler, listening until the test ends."""
    logger = logging.getLogger("bulletin.recording")

    def listen(then) -> WhenTriedAgain:
        handler = WhenTriedAgain(then)
        logger.addHandler(handler)
        request.addfinalizer(lambda: logger.removeHandler(handler))
        return handler

    return listen


def wait_no_longer_than_a_moment() -> None:
    """This connection gives up on a lock after a tenth of a second."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET lock_timeout = '100ms'")
        else:
            cursor.execute("PRAGMA busy_timeout = 100")


def test_publication_that_meets_a_held_lock_is_tried_again(own_database, tried_again):
    item = factories.news_item()
    revision = item.save_revision()
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock_log()
            held.set()
            assert let_go.wait(timeout=30)

    handler = tried_again(let_go.set)
    holder = beside(hold)
    assert held.wait(timeout=30)
    wait_no_longer_than_a_moment()
    publication.publish(revision)
    holder.join(timeout=30)
    assert handler.turns >= 1
    assert NewsItem.objects.get(pk=item.pk).live
    assert Publication.objects.count() == 1
    assert findings() == []


def test_database_that_stays_busy_is_told_in_the_end(own_database, tried_again):
    handler = tried_again(lambda: None)
    calls = []

    def always_busy():
        calls.append(1)
        raise OperationalError("busy")

    with pytest.raises(OperationalError, match="busy"):
        with_retries(always_busy)
    assert len(calls) == TRIES == handler.turns + 1


@pytest.mark.django_db
def test_part_of_a_larger_transaction_is_not_tried_again():
    calls = []

    def busy():
        calls.append(1)
        raise OperationalError("busy")

    with pytest.raises(OperationalError):
        with_retries(busy)
    assert len(calls) == 1
