"""The database's own refusals for the audit log: what no Python code can hold, because raw SQL goes past it.

On SQLite and PostgreSQL alike:
- an event is never changed, and a new one succeeds the head, names its hash and isn't earlier than it;
- an event is removed only where a checkpoint covers it; a checkpoint is never changed or removed, and a new one covers
  the oldest month that is left, whole, with the hash of its last event;
- personal data are never changed, come only with the newest event, and go only when their event has gone or an
  erasure has just been written down;
- a record of destruction (imha tutanağı) is never changed or removed, nor the account of an erased person changed.

Laid after every migration and taken off before those that could not run under them (`PROTECTION`); asked for by a
system check and by `verify_audit`.
"""

from .audit_kinds import AuditKind
from .canonical import GENESIS
from .refusing_triggers import Protection, Refusal

LOG_REFUSAL = "The audit log is never changed"
SUCCESSION_REFUSAL = "An event follows the head of the audit log and names its hash"
CHECKPOINT_REFUSAL = "A checkpoint covers the oldest month of the audit log, whole"
PERSONAL_REFUSAL = "Personal data come with the newest event and go by an erasure that is written down"

DESTRUCTION_REFUSAL = "A record of destruction is never changed"
ERASED_REFUSAL = "The account of an erased person is never changed"

_EVENT, _CHECKPOINT, _PERSONAL, _DESTRUCTION, _USER = (
    "subscribers_auditevent",
    "subscribers_auditcheckpoint",
    "subscribers_auditpersonaldata",
    "subscribers_destructionrecord",
    "subscribers_user",
)


def refusals(vendor: str) -> list[Refusal]:
    """Every trigger for a database of `vendor` (sqlite or postgresql)."""
    is_sqlite = vendor == "sqlite"
    always = "1" if is_sqlite else "TRUE"
    differs = "IS NOT" if is_sqlite else "IS DISTINCT FROM"

    def of_newest_event(column: str) -> str:
        return f"(SELECT {column} FROM {_EVENT} ORDER BY sequence DESC LIMIT 1)"  # noqa: S608

    def of_newest_checkpoint(column: str) -> str:
        return f"(SELECT {column} FROM {_CHECKPOINT} ORDER BY last_sequence DESC LIMIT 1)"  # noqa: S608

    def of_event(column: str, sequence: str) -> str:
        return f"(SELECT {column} FROM {_EVENT} WHERE sequence = {sequence})"  # noqa: S608

    def month_of(sequence: str) -> str:
        """The month of an event by the calendar of Istanbul, which has kept UTC+3 since 2016."""
        if is_sqlite:
            return of_event("strftime('%Y-%m-01', happened_at, '+3 hours')", sequence)
        return of_event("date_trunc('month', happened_at AT TIME ZONE 'Europe/Istanbul')::date", sequence)

    succession = (
        f"NEW.sequence <> COALESCE({of_newest_event('sequence')}, {of_newest_checkpoint('last_sequence')}, 0) + 1"
        f" OR NEW.previous_hash <> COALESCE({of_newest_event('hash')}, {of_newest_checkpoint('last_hash')},"
        f" '{GENESIS}') OR NEW.happened_at < {of_newest_event('happened_at')}"
    )
    uncovered = (
        f"NOT EXISTS (SELECT 1 FROM {_CHECKPOINT}"  # noqa: S608
        " WHERE OLD.sequence BETWEEN first_sequence AND last_sequence)"
    )
    not_the_oldest_month = (
        f"NEW.first_sequence {differs} (SELECT MIN(sequence) FROM {_EVENT})"  # noqa: S608
        f" OR NEW.first_sequence <> COALESCE({of_newest_checkpoint('last_sequence')}, 0) + 1"
        " OR NEW.last_sequence < NEW.first_sequence"
        f" OR NEW.last_hash {differs} {of_event('hash', 'NEW.last_sequence')}"
        f" OR NEW.month {differs} {month_of('NEW.first_sequence')}"
        f" OR NEW.month {differs} {month_of('NEW.last_sequence')}"
        f" OR NEW.month = {month_of('NEW.last_sequence + 1')}"
        f" OR NEW.previous_hash <> COALESCE({of_newest_checkpoint('hash')}, '{GENESIS}')"
    )
    not_of_the_newest = (
        f"NOT EXISTS (SELECT 1 FROM {_EVENT} WHERE sequence = NEW.sequence AND personal_hash <> ''"  # noqa: S608
        f" AND sequence = {of_newest_event('sequence')})"
    )
    not_erased = (
        f"EXISTS (SELECT 1 FROM {_EVENT} WHERE sequence = OLD.sequence)"  # noqa: S608
        f" AND COALESCE({of_newest_event('kind')}, '') <> '{AuditKind.PERSONAL_DATA_ERASED.value}'"
    )
    laid = [
        Refusal("audit_no_update", "UPDATE", _EVENT, LOG_REFUSAL, always),
        Refusal("audit_no_delete", "DELETE", _EVENT, LOG_REFUSAL, uncovered),
        Refusal("audit_succession", "INSERT", _EVENT, SUCCESSION_REFUSAL, succession),
        Refusal("audit_checkpoint_no_update", "UPDATE", _CHECKPOINT, LOG_REFUSAL, always),
        Refusal("audit_checkpoint_no_delete", "DELETE", _CHECKPOINT, LOG_REFUSAL, always),
        Refusal("audit_checkpoint_oldest", "INSERT", _CHECKPOINT, CHECKPOINT_REFUSAL, not_the_oldest_month),
        Refusal("audit_personal_no_update", "UPDATE", _PERSONAL, PERSONAL_REFUSAL, always),
        Refusal("audit_personal_with_event", "INSERT", _PERSONAL, PERSONAL_REFUSAL, not_of_the_newest),
        Refusal("audit_personal_erasure", "DELETE", _PERSONAL, PERSONAL_REFUSAL, not_erased),
        # Somebody who loaded the account before the erasure can't write the names back.
        Refusal("erased_user_no_update", "UPDATE", _USER, ERASED_REFUSAL, "OLD.erased_at IS NOT NULL"),
        Refusal("destruction_no_update", "UPDATE", _DESTRUCTION, DESTRUCTION_REFUSAL, always),
        Refusal("destruction_no_delete", "DELETE", _DESTRUCTION, DESTRUCTION_REFUSAL, always),
    ]
    if is_sqlite:
        # `INSERT OR REPLACE` removes the row in the way without a word to the DELETE trigger.
        for name, table, unique in (
            ("audit_no_replace", _EVENT, ("sequence", "hash")),
            ("audit_checkpoint_no_replace", _CHECKPOINT, ("id", "month", "last_sequence", "hash")),
            ("audit_personal_no_replace", _PERSONAL, ("sequence",)),
            ("destruction_no_replace", _DESTRUCTION, ("id",)),
        ):
            same = " OR ".join(f"{column} = NEW.{column}" for column in unique)
            stands = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608
            laid.append(Refusal(name, "INSERT", table, LOG_REFUSAL, stands))
    else:
        for name, table in (
            ("audit_no_truncate", _EVENT),
            ("audit_checkpoint_no_truncate", _CHECKPOINT),
            ("audit_personal_no_truncate", _PERSONAL),
            ("destruction_no_truncate", _DESTRUCTION),
        ):
            laid.append(Refusal(name, "TRUNCATE", table, LOG_REFUSAL, always))
    return laid


PROTECTION = Protection(
    ledger="the audit log",
    code="subscribers.W001",
    refusals=refusals,
    tables=frozenset({_EVENT, _CHECKPOINT, _PERSONAL, _DESTRUCTION, _USER}),
    proof="manage.py verify_audit",
)
