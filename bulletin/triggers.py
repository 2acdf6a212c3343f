"""The database's own refusals: what no Python code can hold, because raw SQL goes past it.

On SQLite and PostgreSQL alike:
- a row of the Publication log is never changed or removed, and a new one succeeds the head and names its hash, so
  that `INSERT OR REPLACE` is stopped too;
- a published content is never changed, except that a redaction empties it for ever; nor removed; nor a
  published image;
- the fields of an item on offer change only while its publication is being recorded.

Laid after every migration (`install_after_migrate`); asked for by a system check and by
`verify_publications`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections

from .canonical import GENESIS

#: Columns of `bulletin_item` that are offered, or say that it is.
_GUARDED_ITEM_COLUMNS = ("live", "title", "summary", "body", "language", "audience", "uuid", "kind")

LOG_REFUSAL = "The publication log is never changed"
SUCCESSION_REFUSAL = "A publication follows the head of the log and names its hash"
CONTENT_REFUSAL = "A published content is never changed"
OFFERED_REFUSAL = "An item on offer changes only by a publication"

_REDACTION = (
    "NEW.hash = OLD.hash AND OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL"
    " AND NEW.title = '' AND NEW.summary = '' AND NEW.html = '' AND CAST(NEW.metadata AS text) = '{}'"
)
_HEAD_HASH = "(SELECT hash FROM bulletin_publication ORDER BY sequence DESC LIMIT 1)"
_SUCCESSION = (
    "NEW.sequence <> (SELECT COALESCE(MAX(sequence), 0) + 1 FROM bulletin_publication)"  # noqa: S608
    f" OR NEW.previous_hash <> COALESCE({_HEAD_HASH}, '{GENESIS}')"
)


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
        level, returned = ("STATEMENT", "NULL") if self.event == "TRUNCATE" else ("ROW", "NEW")
        if self.event == "DELETE":
            returned = "OLD"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger AS $${self.body(returned)}$$ LANGUAGE plpgsql",
            f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH {level} EXECUTE FUNCTION {self.name}()",
        ]

    def body(self, returned: str) -> str:
        return (
            f" BEGIN IF {self.when} THEN RAISE EXCEPTION '{self.sentence}'"
            f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {returned}; END "
        )


def refusals(vendor: str) -> list[Refusal]:
    """Every trigger for a database of `vendor` (sqlite or postgresql)."""
    from .models import Bulletin, Item, NewsItem, Publication, PublishedContent, PublishedImage, Statement

    log, content, image, item = (
        model._meta.db_table for model in (Publication, PublishedContent, PublishedImage, Item)
    )
    is_sqlite = vendor == "sqlite"
    always = "1" if is_sqlite else "TRUE"
    idle = (
        "NOT EXISTS (SELECT 1 FROM bulletin_recording)"
        if is_sqlite
        else "COALESCE(current_setting('des.recording', TRUE), '') <> 'on'"
    )

    def changed(columns: Iterable[str]) -> str:
        operator = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
        return "(" + " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in columns) + ")"

    laid = [
        Refusal("publication_no_update", "UPDATE", log, LOG_REFUSAL, always),
        Refusal("publication_no_delete", "DELETE", log, LOG_REFUSAL, always),
        Refusal("publication_succession", "INSERT", log, SUCCESSION_REFUSAL, _SUCCESSION),
        Refusal("content_redaction_only", "UPDATE", content, CONTENT_REFUSAL, f"NOT ({_REDACTION})"),
        Refusal("content_no_delete", "DELETE", content, CONTENT_REFUSAL, always),
        Refusal("image_no_update", "UPDATE", image, CONTENT_REFUSAL, always),
        Refusal("image_no_delete", "DELETE", image, CONTENT_REFUSAL, always),
        Refusal("item_born_live", "INSERT", item, OFFERED_REFUSAL, f"NEW.live AND {idle}"),
        Refusal(
            "item_offered",
            "UPDATE",
            item,
            OFFERED_REFUSAL,
            f"(OLD.live OR NEW.live) AND {changed(_GUARDED_ITEM_COLUMNS)} AND {idle}",
        ),
    ]
    for model in (NewsItem, Statement, Bulletin):
        own = {field.attname: field.column for field in model._meta.local_concrete_fields}
        columns = [own[name] for name in model.OFFERED_FIELDS if name in own]
        on_offer = f"(SELECT live FROM {item} WHERE id = OLD.item_ptr_id)"  # noqa: S608
        laid.append(
            Refusal(
                f"{model._meta.model_name}_offered",
                "UPDATE",
                model._meta.db_table,
                OFFERED_REFUSAL,
                f"{changed(columns)} AND {on_offer} AND {idle}",
            )
        )
    for name, table, sentence in (
        ("publication", log, LOG_REFUSAL),
        ("content", content, CONTENT_REFUSAL),
        ("image", image, CONTENT_REFUSAL),
    ):
        if is_sqlite:
            # `INSERT OR REPLACE` removes the row in the way without a word to the DELETE trigger.
            key = "sequence" if table == log else "hash"
            stands = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608
            laid.append(Refusal(f"{name}_no_replace", "INSERT", table, sentence, stands))
        else:
            laid.append(Refusal(f"{name}_no_truncate", "TRUNCATE", table, sentence, always))
    return laid


def install(connection) -> None:
    """Lays every trigger anew in the database of `connection`."""
    with connection.cursor() as cursor:
        for refusal in refusals(connection.vendor):
            for statement in getattr(refusal, connection.vendor)():
                cursor.execute(statement)


def missing(connection) -> list[str]:
    """The names of the triggers that the database of `connection` lacks, or holds changed or switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
                " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
            )
        standing = dict(cursor.fetchall())
    laid = {refusal.name: getattr(refusal, connection.vendor)() for refusal in refusals(connection.vendor)}
    if connection.vendor == "sqlite":
        return sorted(name for name, statements in laid.items() if standing.get(name) != statements[-1])
    return sorted(
        name
        for name, statements in laid.items()
        if name not in standing or f"$${standing[name]}$$" not in statements[0]
    )


def install_after_migrate(sender, using=DEFAULT_DB_ALIAS, **_signal) -> None:
    """Receiver of `post_migrate`: lays the triggers once their tables stand."""
    connection = connections[using]
    if "bulletin_recording" in connection.introspection.table_names():
        install(connection)


def check_triggers(app_configs=None, databases=None, **_options) -> list[checks.CheckMessage]:
    """System check bulletin.W001: the triggers stand (run with `check --database default`).

    A warning and not an error, because an error would stop `migrate`, which is what lays them anew."""
    messages = []
    for alias in databases or ():
        connection = connections[alias]
        if "bulletin_recording" not in connection.introspection.table_names():
            continue
        if names := missing(connection):
            messages.append(
                checks.Warning(
                    f"The database lacks triggers that protect the publication log: {', '.join(names)}.",
                    hint="Run `manage.py migrate`, which lays them anew, then `manage.py verify_publications`.",
                    id="bulletin.W001",
                )
            )
    return messages
