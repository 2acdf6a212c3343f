"""The database's own refusals for closed years: they are never changed and never removed.

Laid after every migration and taken off before those of this room, as the audit log's are.
"""

from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections

from subscribers import refusing_triggers
from subscribers.refusing_triggers import Refusal

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


def install_after_migrate(sender, using=DEFAULT_DB_ALIAS, **_signal) -> None:
    """Receiver of `post_migrate`: lays the triggers once their table stands."""
    connection = connections[using]
    if _table_stands(connection):
        refusing_triggers.install(connection, refusals(connection.vendor))


def lift_before_migrate(sender, plan=(), using=DEFAULT_DB_ALIAS, **_signal) -> None:
    """Receiver of `pre_migrate`: takes them off where a migration of this room could not run under them."""
    refusing_triggers.lift_before_migrate(sender, plan, connections[using])


def check_triggers(app_configs=None, databases=None, **_options) -> list[checks.CheckMessage]:
    """System check metrics.W001: the triggers stand (run with `check --database default`)."""
    return [
        checks.Warning(
            f"The database lacks triggers that protect closed years: {', '.join(names)}.",
            hint="Run `manage.py migrate`, which lays them anew.",
            id="metrics.W001",
        )
        for connection in map(connections.__getitem__, databases or ())
        if _table_stands(connection)
        and (names := refusing_triggers.missing(connection, refusals(connection.vendor)))
    ]


def _table_stands(connection) -> bool:
    return _TABLE in connection.introspection.table_names()
