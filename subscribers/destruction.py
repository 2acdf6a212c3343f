"""Destruction of personal data by the register: which run belongs to which purpose, and the record each one leaves.

A room registers, for a purpose of `subscribers.purposes`, a run that destroys what ended before a given moment, in
transactions of its own, each with its `DestructionRecord` (imha tutanağı) and its event of the audit log: what is
destroyed is told, and what is told is destroyed. Running again goes on where the last run was cut off and otherwise
changes nothing. Called daily by the worker (`manage.py destroy_past_retention`); the limits are midnights at which
months begin, so that there is something to do once a month.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from . import audit
from .audit_kinds import AuditKind
from .audit_retention import midnight, month_of, months_later
from .locks import hold
from .models import DestructionRecord
from .purposes import PURPOSES, Purpose

logger = logging.getLogger(__name__)

#: Taken by every transaction that destroys by retention, before anything else: two workers never destroy together.
LOCK = "destruction"

#: Given the moment before which data must have ended and the present one; how many rows were destroyed.
Run = Callable[[datetime, datetime], int]

_runs: dict[str, Run] = {}


@dataclass(frozen=True)
class Destroyed:
    """So many rows of a place. first_day, last_day: of what was destroyed, where it had days."""

    purpose: str
    place: str
    number: int
    method: str = DestructionRecord.Method.DELETED
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Outcome:
    """rows: destroyed by each purpose's run. failed: the purposes whose run failed, to be run again."""

    rows: dict[str, int]
    failed: list[str]


def register(purpose: str, run: Run) -> None:
    """Called by a room when the application is ready. Raises KeyError for what is no purpose."""
    _runs[PURPOSES[purpose].name] = run


def without_run() -> list[str]:
    """Purposes that have an end and nothing that brings it about. Empty when all is well."""
    return [
        purpose.name for purpose in PURPOSES.values() if not purpose.is_kept and purpose.name not in _runs
    ]


def due_before(purpose: Purpose, now: datetime) -> datetime:
    """What ended before this moment is past its retention: the beginning of a month, in Istanbul."""
    return midnight(months_later(month_of(now), -purpose.months))


def run_all(*, now: datetime | None = None) -> Outcome:
    """Destroys what is past its retention, purpose by purpose; one that fails doesn't hold up the others."""
    now = now or timezone.now()
    rows, failed = {}, []
    for name, run in _runs.items():
        try:
            rows[name] = run(due_before(PURPOSES[name], now), now)
        except Exception:
            logger.exception("destruction_failed purpose=%s", name)
            failed.append(name)
    return Outcome(rows, failed)


def begin() -> None:
    """Waits for other runs. Called first in each transaction that destroys by retention."""
    hold(LOCK)


def record(
    destroyed: Iterable[Destroyed],
    *,
    cause: str = DestructionRecord.Cause.RETENTION,
    by: UUID | None = None,
    request_number: str = "",
    request_date: date | None = None,
) -> list[DestructionRecord]:
    """Writes the records of what was destroyed together, in the transaction that destroyed it; nothing for no rows."""
    occasion, now = uuid4(), timezone.now()
    return DestructionRecord.objects.bulk_create(
        DestructionRecord(
            happened_at=now,
            occasion=occasion,
            purpose=part.purpose,
            place=part.place,
            number=part.number,
            method=part.method,
            cause=cause,
            first_day=part.first_day,
            last_day=part.last_day,
            request_number=request_number,
            request_date=request_date,
            by=by,
        )
        for part in destroyed
        if part.number
    )


def tell(destroyed: Iterable[Destroyed]) -> None:
    """The record and the event of a destruction by retention. The last statement of its transaction."""
    parts = [part for part in destroyed if part.number]
    if not parts:
        return
    record(parts)
    audit.record(
        AuditKind.DATA_DESTROYED,
        details={"purpose": parts[0].purpose, "rows": {part.place: part.number for part in parts}},
    )


def delete(purpose: str, *doomed) -> int:
    """Deletes the rows of querysets, all in one transaction, and tells of it; how many rows of theirs there were."""
    with transaction.atomic():
        begin()
        parts = [
            Destroyed(purpose, rows.model._meta.label, rows._raw_delete(rows.db) or 0) for rows in doomed
        ]
        tell(parts)
    return sum(part.number for part in parts)
