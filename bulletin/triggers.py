"""The database's own refusals: what no Python code can hold, because raw SQL goes past it.

On SQLite and PostgreSQL alike:
- a row of the Publication log is never changed or removed, and a new one succeeds the head and names its hash, so
  that `INSERT OR REPLACE` is stopped too;
- a published content is never changed, except that a redaction empties it for ever; nor removed; nor a
  published image;
- a redaction, what was decided of it and what was done are never changed or removed, and whoever asked for it doesn't
  decide it;
- the fields of an item on offer, its topics and its entries change only while its publication is being recorded.

Laid after every migration and taken off before those that could not run under them (`PROTECTION`); asked for by a
system check and by `verify_publications`.
"""

from collections.abc import Iterable

from subscribers.canonical import GENESIS
from subscribers.refusing_triggers import Protection, Refusal

#: Columns of `bulletin_item` that say what is offered and to whom, beside the fields that readers see.
_IDENTITY_COLUMNS = ("live", "audience", "uuid", "kind")

LOG_REFUSAL = "The publication log is never changed"
SUCCESSION_REFUSAL = "A publication follows the head of the log and names its hash"
CONTENT_REFUSAL = "A published content is never changed"
REDACTION_REFUSAL = "A redaction is never changed"
TWO_PERSONS_REFUSAL = "A redaction is asked for by one person and decided by another"
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

_ASKED_BY = "(SELECT requested_by FROM bulletin_redaction WHERE id = NEW.redaction_id)"
_ONE_PERSON = (
    f"(NEW.kind <> 'taken_back' AND NEW.decided_by = {_ASKED_BY})"
    f" OR (NEW.kind = 'taken_back' AND NEW.decided_by <> {_ASKED_BY})"
)
#: The tables of redactions, by the name of their triggers, and what no two rows of each share.
_REDACTIONS = {
    "redaction": ("bulletin_redaction", "id = NEW.id"),
    "redaction_decision": ("bulletin_redactiondecision", "redaction_id = NEW.redaction_id"),
    "redacted_image": ("bulletin_redactedimage", "image_id = NEW.image_id"),
    "redaction_step": (
        "bulletin_redactionstep",
        "id = NEW.id OR (redaction_id = NEW.redaction_id AND place = NEW.place)",
    ),
}


def refusals(vendor: str) -> list[Refusal]:
    """Every trigger for a database of `vendor` (sqlite or postgresql)."""
    from .models import (
        Bulletin,
        BulletinEntry,
        Item,
        NewsItem,
        Publication,
        PublishedContent,
        PublishedImage,
        Statement,
    )

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

    def on_offer(row: str, key: str) -> str:
        """Whether the item that `row` (OLD or NEW) belongs to by its column `key` is on offer."""
        return f"(SELECT live FROM {item} WHERE id = {row}.{key})"  # noqa: S608

    def offered_columns(model) -> list[str]:
        own = {field.attname: field.column for field in model._meta.local_concrete_fields}
        return [own[name] for name in model.OFFERED_FIELDS if name in own]

    def refuse(name: str, event: str, table: str, when: str) -> Refusal:
        return Refusal(name, event, table, OFFERED_REFUSAL, f"{when} AND {idle}")

    live_columns = changed([*_IDENTITY_COLUMNS, *offered_columns(Item)])
    laid = [
        Refusal("publication_no_update", "UPDATE", log, LOG_REFUSAL, always),
        Refusal("publication_no_delete", "DELETE", log, LOG_REFUSAL, always),
        Refusal("publication_succession", "INSERT", log, SUCCESSION_REFUSAL, _SUCCESSION),
        Refusal("content_redaction_only", "UPDATE", content, CONTENT_REFUSAL, f"NOT ({_REDACTION})"),
        Refusal("content_no_delete", "DELETE", content, CONTENT_REFUSAL, always),
        Refusal("image_no_update", "UPDATE", image, CONTENT_REFUSAL, always),
        Refusal("image_no_delete", "DELETE", image, CONTENT_REFUSAL, always),
        refuse("item_born_live", "INSERT", item, "NEW.live"),
        refuse("item_offered", "UPDATE", item, f"(OLD.live OR NEW.live) AND {live_columns}"),
        refuse("item_offered_no_delete", "DELETE", item, "OLD.live"),
    ]
    guarded = []
    for model in (NewsItem, Statement, Bulletin):
        name, table, key = model._meta.model_name, model._meta.db_table, "item_ptr_id"
        columns = changed(offered_columns(model))
        laid.append(refuse(f"{name}_offered", "UPDATE", table, f"{columns} AND {on_offer('OLD', key)}"))
        laid.append(refuse(f"{name}_offered_no_delete", "DELETE", table, on_offer("OLD", key)))
        guarded.append((name, table, key))
    for name, model, key, columns in (
        ("topics", NewsItem.topics.through, "newsitem_id", ("newsitem_id", "topic_id")),
        ("entries", BulletinEntry, "bulletin_id", ("bulletin_id", "item_id", "section", "sort_order")),
    ):
        table, either = model._meta.db_table, f"({on_offer('OLD', key)} OR {on_offer('NEW', key)})"
        laid.append(refuse(f"{name}_offered", "UPDATE", table, f"{changed(columns)} AND {either}"))
        laid.append(refuse(f"{name}_offered_no_insert", "INSERT", table, on_offer("NEW", key)))
        laid.append(refuse(f"{name}_offered_no_delete", "DELETE", table, on_offer("OLD", key)))
        guarded.append((name, table, key))
    if is_sqlite:
        # `INSERT OR REPLACE` removes the row in the way without a word to the DELETE trigger.
        for name, table, key in (
            ("publication", log, "sequence"),
            ("content", content, "hash"),
            ("image", image, "hash"),
        ):
            stands = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608
            sentence = LOG_REFUSAL if table == log else CONTENT_REFUSAL
            laid.append(Refusal(f"{name}_no_replace", "INSERT", table, sentence, stands))
        stands = f"EXISTS (SELECT 1 FROM {item} WHERE (id = NEW.id OR uuid = NEW.uuid) AND live)"  # noqa: S608
        laid.append(refuse("item_offered_no_replace", "INSERT", item, stands))
        for name, table, key in guarded[:3]:
            stands = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) AND {on_offer('NEW', key)}"  # noqa: S608
            laid.append(refuse(f"{name}_offered_no_replace", "INSERT", table, stands))
    else:
        for name, table in (("publication", log), ("content", content), ("image", image)):
            sentence = LOG_REFUSAL if table == log else CONTENT_REFUSAL
            laid.append(Refusal(f"{name}_no_truncate", "TRUNCATE", table, sentence, always))
        for name, table, key in guarded:
            offers = f"EXISTS (SELECT 1 FROM {table} JOIN {item} ON {item}.id = {table}.{key} WHERE live)"  # noqa: S608
            laid.append(refuse(f"{name}_offered_no_truncate", "TRUNCATE", table, offers))
    return laid + _redaction_refusals(is_sqlite, always)


def _redaction_refusals(is_sqlite: bool, always: str) -> list[Refusal]:
    laid = [
        Refusal(
            "redaction_two_persons",
            "INSERT",
            _REDACTIONS["redaction_decision"][0],
            TWO_PERSONS_REFUSAL,
            _ONE_PERSON,
        )
    ]
    for name, (table, same) in _REDACTIONS.items():
        laid.append(Refusal(f"{name}_no_update", "UPDATE", table, REDACTION_REFUSAL, always))
        laid.append(Refusal(f"{name}_no_delete", "DELETE", table, REDACTION_REFUSAL, always))
        if is_sqlite:
            stands = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608
            laid.append(Refusal(f"{name}_no_replace", "INSERT", table, REDACTION_REFUSAL, stands))
        else:
            laid.append(Refusal(f"{name}_no_truncate", "TRUNCATE", table, REDACTION_REFUSAL, always))
    return laid


def are_told_to_look_away(connection) -> bool:
    """Whether a finished transaction, or the database's own settings, left the flag of a recording up."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT EXISTS (SELECT 1 FROM bulletin_recording)")
        else:
            cursor.execute("SELECT COALESCE(current_setting('des.recording', TRUE), '') = 'on'")
        return bool(cursor.fetchone()[0])


PROTECTION = Protection(
    ledger="the publication log",
    code="bulletin.W001",
    refusals=refusals,
    tables=frozenset({"bulletin_recording"}),
    proof="manage.py verify_publications",
)
