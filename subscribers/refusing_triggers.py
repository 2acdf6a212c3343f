"""Triggers that refuse: how a ledger's protection is written for SQLite and PostgreSQL, laid, and asked for.

What is refused is the ledger's own (`bulletin.triggers`, `subscribers.audit_triggers`, `metrics.triggers`); here is
what they share. Laid after every migration, because Django's table remake on SQLite drops triggers silently.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.apps import AppConfig
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models.signals import post_migrate, pre_migrate


@dataclass(frozen=True)
class Refusal:
    """One trigger: before `event` on `table`, a row for which `when` holds is refused with `sentence`."""

    name: str
    event: str
    table: str
    sentence: str
    when: str

    def sqlite(self) -> list[str]:
        """The statements that lay it on SQLite."""
        return [
            f"DROP TRIGGER IF EXISTS {self.name}",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW WHEN {self.when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END",
        ]

    def postgresql(self) -> list[str]:
        """The statements that lay it on PostgreSQL: its function, then the trigger."""
        level = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger AS $${self.body()}$$ LANGUAGE plpgsql",
            f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}",
            # As pg_get_triggerdef writes it: `missing` compares the two.
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH {level} EXECUTE FUNCTION {self.name}()",
        ]

    def body(self) -> str:
        """The source of its function on PostgreSQL."""
        returned = {"TRUNCATE": "NULL", "DELETE": "OLD"}.get(self.event, "NEW")
        return (
            f" BEGIN IF {self.when} THEN RAISE EXCEPTION '{self.sentence}'"
            f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {returned}; END "
        )


def install(connection, refusals: Iterable[Refusal]) -> None:
    """Lays each of `refusals` that the database of `connection` lacks, all of them in one transaction."""
    refusals = list(refusals)
    lacking = set(missing(connection, refusals))
    if not lacking:
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for refusal in refusals:
            if refusal.name in lacking:
                for statement in getattr(refusal, connection.vendor)():
                    cursor.execute(statement)


def missing(connection, refusals: Iterable[Refusal]) -> list[str]:
    """The names of those of `refusals` that `connection` lacks, or holds changed, misplaced or switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
            standing = {sql for (sql,) in cursor.fetchall()}
            return sorted(refusal.name for refusal in refusals if refusal.sqlite()[-1] not in standing)
        cursor.execute(
            "SELECT pg_get_triggerdef(pg_trigger.oid, TRUE), prosrc"
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
        standing = set(cursor.fetchall())
    return sorted(
        refusal.name for refusal in refusals if (refusal.postgresql()[-1], refusal.body()) not in standing
    )


def lift_before_migrate(sender, plan, connection) -> None:
    """On SQLite, takes the triggers of a room's tables off before migrations of this room (`sender`).

    SQLite remakes a table under another name and renames it; the renaming fails where a trigger of another table
    speaks of the one remade. A migration that fails leaves them off, which the room's system check and its
    verification say.
    """
    if connection.vendor != "sqlite" or not any(step.app_label == sender.label for step, _backwards in plan):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE %s ESCAPE '!'",
            [f"{sender.label}!_%"],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


@dataclass(frozen=True)
class Protection:
    """The triggers of one room's ledger.

    ledger: what they protect, in the words of the system check `code`. refusals: every trigger for a vendor (sqlite or
    postgresql). tables: they can be laid once all of these stand. proof: the command that looks through the ledger
    after some were gone, where there is one.
    """

    ledger: str
    code: str
    refusals: Callable[[str], list[Refusal]]
    tables: frozenset[str]
    proof: str = ""

    def connect(self, room: AppConfig) -> None:
        """Called when `room` is ready: lays them after its migrations, and registers the system check."""
        pre_migrate.connect(self.lift_before_migrate, sender=room, dispatch_uid=self.code)
        post_migrate.connect(self.install_after_migrate, sender=room, dispatch_uid=self.code)

        def check(app_configs=None, databases=None, **_options) -> list[checks.CheckMessage]:
            return self.check_triggers(databases)

        checks.register(check, checks.Tags.database)

    def install(self, connection) -> None:
        """Lays every trigger that the database of `connection` lacks, all of them in one transaction."""
        install(connection, self.refusals(connection.vendor))

    def missing(self, connection) -> list[str]:
        """The names of the triggers that `connection` lacks, or holds changed, misplaced or switched off."""
        return missing(connection, self.refusals(connection.vendor))

    def install_after_migrate(self, sender, using=DEFAULT_DB_ALIAS, **_signal) -> None:
        """Receiver of `post_migrate`: lays the triggers once their tables stand."""
        connection = connections[using]
        if self._tables_stand(connection):
            self.install(connection)

    def lift_before_migrate(self, sender, plan=(), using=DEFAULT_DB_ALIAS, **_signal) -> None:
        """Receiver of `pre_migrate`: takes them off where a migration of this room could not run under them."""
        lift_before_migrate(sender, plan, connections[using])

    def check_triggers(self, databases: Iterable[str] | None) -> list[checks.CheckMessage]:
        """The system check `code`: the triggers stand in `databases` (run with `check --database default`).

        A warning and not an error, because an error would stop `migrate`, which is what lays them anew.
        """
        then = f", then `{self.proof}`" if self.proof else ""
        return [
            checks.Warning(
                f"The database lacks triggers that protect {self.ledger}: {', '.join(names)}.",
                hint=f"Run `manage.py migrate`, which lays them anew{then}.",
                id=self.code,
            )
            for connection in map(connections.__getitem__, databases or ())
            if self._tables_stand(connection) and (names := self.missing(connection))
        ]

    def _tables_stand(self, connection) -> bool:
        return self.tables <= set(connection.introspection.table_names())
