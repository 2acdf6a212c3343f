"""The audit log: writes what happened, once and for ever, each event after the last and chained to it.

Every room calls `record`, inside the transaction of what it tells of and as its last statement: it takes the log's own
lock, which is taken after every other. Order is the order of that lock, so there is no gap and no fork, and clocks are
read under it and never run backwards. What is personal stands in `AuditPersonalData` alone; the chain holds its salted
hash. The triggers are `audit_triggers`', the proof is `audit_verification`'s, destruction is `audit_retention`'s.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from .audit_kinds import AuditKind
from .canonical import GENESIS, canonical_json, digest
from .locks import AUDIT_LOG, hold
from .models import AuditCheckpoint, AuditEvent, AuditPersonalData

#: The format written today, and for each format ever written the columns that `hash` covers.
FORMAT = 1
HASHED_COLUMNS = {
    1: (
        "sequence",
        "happened_at",
        "kind",
        "actor",
        "subject",
        "details",
        "personal_hash",
        "format",
        "previous_hash",
    ),
}

#: Code points of a text that are kept; what comes from outside has no bound of its own.
TEXT_LENGTH = 1000


@dataclass(frozen=True)
class Head:
    """The newest event: its sequence, hash and moment. Before the first event (0, GENESIS, None)."""

    sequence: int
    hash: str
    happened_at: datetime | None = None


def record(
    kind: AuditKind,
    *,
    actor: UUID | None = None,
    subject: UUID | None = None,
    details: dict | None = None,
    personal: dict | None = None,
    person: UUID | None = None,
) -> AuditEvent:
    """Writes down that `kind` happened now; returns the event.

    actor: who did it; None for the system or nobody known. subject: what or whom it was done to. details: JSON
    without anything personal and without fractions. personal: names, addresses and the like, which can be erased;
    person: whose they are. Texts are cut at `TEXT_LENGTH`. Raises TypeError for details that can't be hashed the
    same way on every database.
    """
    details, fields = _storable(details or {}), _storable(personal or {})
    with transaction.atomic():
        hold(AUDIT_LOG)
        last = head()
        salt = secrets.token_hex(32) if fields else ""
        event = AuditEvent(
            sequence=last.sequence + 1,
            happened_at=_not_before(last),
            kind=str(kind),
            actor=actor,
            subject=subject,
            details=details,
            personal_hash=personal_hash(salt, person, fields) if fields else "",
            format=FORMAT,
            previous_hash=last.hash,
        )
        event.hash = event_hash(event)
        event.save(force_insert=True)
        if fields:
            AuditPersonalData.objects.create(sequence=event.sequence, person=person, salt=salt, fields=fields)
    return event


def head() -> Head:
    """The newest event, or what the last destroyed month left of it."""
    newest = AuditEvent.objects.order_by("-sequence").values_list("sequence", "hash", "happened_at").first()
    if newest is None:
        newest = (
            AuditCheckpoint.objects.order_by("-last_sequence")
            .values_list("last_sequence", "last_hash")
            .first()
        )
    return Head(*newest) if newest else Head(0, GENESIS)


def event_hash(event: AuditEvent) -> str:
    """The hash that `event` should bear, by the format it names. Raises KeyError for an unknown format."""
    return digest({name: getattr(event, name) for name in HASHED_COLUMNS[event.format]})


def personal_hash(salt: str, person: UUID | None, fields: dict) -> str:
    """What the chain holds of personal data: without the salt, which is erased with them, it tells nothing."""
    return digest({"salt": salt, "person": person, "fields": fields})


def _not_before(last: Head) -> datetime:
    """Now, by a clock that never runs backwards. Read under the log's lock."""
    now = timezone.now()
    return now if last.happened_at is None else max(now, last.happened_at)


def _storable(value: Any) -> Any:
    """`value` as both databases give it back: plain JSON, texts of a bounded length, no character they refuse."""
    if isinstance(value, dict):
        return {_storable(str(key)): _storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value) if isinstance(value, set | frozenset) else value
        return [_storable(part) for part in parts]
    if isinstance(value, float):
        raise TypeError("A fraction is written differently by each database; write it as a text.")
    if value is None or isinstance(value, int):
        return value
    text = str(value) if isinstance(value, str) else json.loads(canonical_json(value))
    text = text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"
