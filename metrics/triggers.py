"""The database's own refusals for closed years: they are never changed and never removed.

Laid after every migration and taken off before those of this room, as the audit log's are.
"""

from subscribers.refusing_triggers import Protection, Refusal

REFUSAL = "A closed year is never changed"

_TABLE = "metrics_closedyear"


def refusals(vendor: str) -> list[Refusal]:
    """Every trigger for a database of `vendor` (sqlite or postgresql)."""
    is_sqlite = vendor == "sqlite"
    always = "1" if is_sqlite else "TRUE"
    laid = [
        Refusal("closed_year_no_update", "UPDATE", _TABLE, REFUSAL, always),
        Refusal("closed_year_no_delete", "DELETE", _TABLE, REFUSAL, always),
    ]
    if is_sqlite:
        # `INSERT OR REPLACE` removes the row in the way without a word to the DELETE trigger.
        stands = f"EXISTS (SELECT 1 FROM {_TABLE} WHERE id = NEW.id OR year = NEW.year)"  # noqa: S608
        laid.append(Refusal("closed_year_no_replace", "INSERT", _TABLE, REFUSAL, stands))
    else:
        laid.append(Refusal("closed_year_no_truncate", "TRUNCATE", _TABLE, REFUSAL, always))
    return laid


PROTECTION = Protection(
    ledger="closed years", code="metrics.W001", refusals=refusals, tables=frozenset({_TABLE})
)
