"""Writes presence: the one door through which a use of the bulletin is counted.

Pages, search and feeds call `record_read`, `record_delivery` or `record_poll` before they answer, outside any
transaction of theirs. A process writes each row once a day and then knows it has; a row that the database can't take
now goes to the journal instead, and the answer goes out all the same. Only readers who count (`Reader.counted`) leave
a row: visitors and the directorate's own staff never do.
"""

import logging
import threading
from datetime import date

from django.db import Error as DatabaseFailure
from django.utils import timezone

from subscribers.models import User
from subscribers.patience import impatient_transaction

from . import journal
from .journal import Use
from .models import Presence

logger = logging.getLogger(__name__)

#: Rows that a process remembers having written; beyond them it forgets all and asks the database again.
REMEMBERED = 100_000


class Memory:
    """The uses of the present day that this process has written. Safe between threads, bounded."""

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._day: date | None = None
        self._uses: set[Use] = set()

    def __contains__(self, use: Use) -> bool:
        with self._lock:
            return use in self._uses

    def __len__(self) -> int:
        return len(self._uses)

    def add(self, use: Use) -> None:
        with self._lock:
            if use.day != self._day or len(self._uses) >= self._size:
                self._day = use.day
                self._uses.clear()
            self._uses.add(use)


_written = Memory()


def record_read(request, channel: str) -> None:
    """A deliberate reading: a page, a search, a document. channel: one of `Presence.Channel`."""
    record(request.reader, channel, Presence.Act.READ)


def record_delivery(request, channel: str) -> None:
    """Something new that went out by itself, such as a feed."""
    record(request.reader, channel, Presence.Act.DELIVERY)


def record_poll(request, channel: str) -> None:
    """Somebody's program asked and there was nothing new; shown apart, never counted as use."""
    record(request.reader, channel, Presence.Act.POLL)


def record(reader, channel: str, act: str) -> None:
    """Writes that `reader` used the bulletin today, if they count and it isn't written yet.

    Whatever goes wrong is logged and doesn't reach the caller: no reading fails because it could not be counted.
    Raises ValueError for a channel or an act that there isn't, which is the caller's mistake.
    """
    channel, act = Presence.Channel(channel).value, Presence.Act(act).value
    if not reader.counted:
        return
    use = Use(reader.person, reader.agency_id, channel, act, today(), reader.is_service)
    if use in _written:
        return
    try:
        _keep(use)
    except Exception:
        logger.exception("presence_lost channel=%s act=%s day=%s", use.channel, use.act, use.day)
        return
    _written.add(use)


def today() -> date:
    """The day in Istanbul."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def fold() -> journal.Folded:
    """Brings what was journalled into the database. Raises django.db.Error where it is still busy; nothing is lost."""
    return journal.fold(_insert)


def _keep(use: Use) -> None:
    """Inserts `use`, or journals it. Raises OSError where the journal can't be written either."""
    try:
        _insert([use])
    except DatabaseFailure as error:
        logger.warning("presence_journalled reason=%s", str(error).strip().split("\n")[0])
        journal.append(use)
        return
    if not journal.is_empty():
        try:
            fold()
        except (DatabaseFailure, OSError):
            logger.exception("presence_not_folded")


def _insert(uses: list[Use]) -> None:
    """Inserts the `uses` that aren't there yet, in one short transaction; those of erased people are dropped.

    Whoever is being erased at this moment is waited for: what is written meanwhile would bear their old number.
    """
    with impatient_transaction():
        uses = _of_people_who_stay(uses)
        Presence.objects.bulk_create(
            [
                Presence(
                    person=use.person,
                    agency_id=use.agency_id,
                    channel=use.channel,
                    act=use.act,
                    day=use.day,
                    is_service=use.is_service,
                )
                for use in uses
            ],
            batch_size=500,
            ignore_conflicts=True,
        )


def _of_people_who_stay(uses: list[Use]) -> list[Use]:
    held = User.objects.select_for_update(of=("self",), no_key=True).filter(
        uuid__in={use.person for use in uses if not use.is_service}
    )
    erased = {
        number for number, erased_at in held.order_by("pk").values_list("uuid", "erased_at") if erased_at
    }
    if erased:
        logger.info("presence_of_erased_people_dropped people=%d", len(erased))
    return [use for use in uses if use.person not in erased]
