"""What the database itself refuses of the log, and that its triggers come back after Django remade a table."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import Error, IntegrityError, connection, models, transaction
from django.db.models.signals import post_migrate, pre_migrate
from django.utils import timezone

from bulletin import triggers
from bulletin.models import (
    BulletinEntry,
    Item,
    NewsItem,
    Publication,
    PublishedContent,
    PublishedImage,
    Recording,
)
from bulletin.triggers import CONTENT_REFUSAL, LOG_REFUSAL, SUCCESSION_REFUSAL
from subscribers.canonical import GENESIS
from tests import factories

from .ledger import findings, nothing_changes, run, standing

only_sqlite = [
    pytest.mark.sqlite,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite alone"),
]
only_postgresql = [
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL alone"),
]
LOG_COLUMNS = [field.column for field in Publication._meta.concrete_fields]
CONTENT_COLUMNS = [field.column for field in PublishedContent._meta.concrete_fields]


@pytest.fixture
def log(db):
    """Three rows: two items, one of them withdrawn."""
    item = factories.published_news(image=factories.image(), image_alt="Görsel")
    factories.published_statement()
    item.unpublish()


def refused(statement: str, sentence: str, *parameters) -> None:
    with nothing_changes(), pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        run(statement, *parameters)


# --- Rows of the log ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", LOG_COLUMNS)
def test_no_column_of_a_row_can_be_changed(log, column):
    refused(f'UPDATE bulletin_publication SET "{column}" = "{column}" WHERE sequence = 3', LOG_REFUSAL)


@pytest.mark.parametrize("sequence", [1, 3])
def test_no_row_can_be_removed(log, sequence):
    refused("DELETE FROM bulletin_publication WHERE sequence = %s", LOG_REFUSAL, sequence)


def test_django_cannot_change_or_remove_a_row(log):
    row = Publication.objects.get(sequence=3)
    for change in (
        row.save,
        row.delete,
        lambda: Publication.objects.update(note=""),
        lambda: Publication.objects.filter(sequence=3)._raw_delete("default"),
    ):
        with nothing_changes(), pytest.raises(Error), transaction.atomic():
            change()


def insert(**changes) -> None:
    """A row that follows the head, but for `changes`; by SQL."""
    names = ", ".join(f'"{name}"' for name in LOG_COLUMNS)
    head = Publication.objects.order_by("-sequence").values_list("sequence", "hash").first()
    changes = {"sequence": head[0] + 1, "previous_hash": head[1], "hash": "f" * 64, **changes}
    values = ", ".join("%s" if name in changes else f'"{name}"' for name in LOG_COLUMNS)
    run(
        f"INSERT INTO bulletin_publication ({names}) SELECT {values} FROM bulletin_publication WHERE sequence = 3",
        *(changes[name] for name in LOG_COLUMNS if name in changes),
    )


def test_a_row_that_follows_the_head_is_taken(log):
    insert()
    assert Publication.objects.count() == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 5},
        {"sequence": 3},
        {"sequence": 1},
        {"sequence": 0},
        {"sequence": -1},
        {"previous_hash": GENESIS},
        {"previous_hash": "e" * 64},
        {"previous_hash": ""},
    ],
    ids=str,
)
def test_a_row_that_does_not_follow_the_head_is_refused(log, changes):
    with nothing_changes(), pytest.raises(IntegrityError, match=f"{SUCCESSION_REFUSAL}|{LOG_REFUSAL}"):
        with transaction.atomic():
            insert(**changes)


@pytest.mark.django_db
@pytest.mark.parametrize(("sequence", "previous_hash"), [(2, GENESIS), (0, GENESIS), (1, "e" * 64)])
def test_the_first_row_is_number_one_and_names_nothing_before_it(sequence, previous_hash):
    item = factories.news_item()
    content = PublishedContent.objects.create(hash="a" * 64, title="Başlık", metadata={})
    first = Publication(
        sequence=sequence,
        item_id=item.pk,
        kind="published",
        offered_at=timezone.now(),
        offered_on=timezone.localdate(),
        recorded_at=timezone.now(),
        edition=1,
        language="tr",
        url_path="/",
        content=content,
        source_hash="",
        characters=1,
        characters_without_spaces=1,
        characters_delta=1,
        counting_rule=1,
        audience=["public"],
        format=1,
        previous_hash=previous_hash,
        hash="b" * 64,
    )
    with pytest.raises(IntegrityError, match=SUCCESSION_REFUSAL), transaction.atomic():
        first.save(force_insert=True)


class TestSQLite:
    pytestmark = only_sqlite

    @pytest.mark.parametrize("way", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
    def test_insert_or_replace_cannot_rewrite_a_row(self, log, way):
        names = ", ".join(f'"{name}"' for name in LOG_COLUMNS)
        values = names.replace('"note"', "'değişti'")
        with nothing_changes(), pytest.raises(IntegrityError), transaction.atomic():
            run(f"{way} INTO bulletin_publication ({names}) SELECT {values} FROM bulletin_publication")

    def test_insert_or_replace_cannot_rewrite_a_content(self, log):
        names = ", ".join(f'"{name}"' for name in CONTENT_COLUMNS)
        values = names.replace('"title"', "'değişti'")
        statement = f"SELECT {values} FROM bulletin_publishedcontent"
        refused(f"INSERT OR REPLACE INTO bulletin_publishedcontent ({names}) {statement}", CONTENT_REFUSAL)

    def test_update_or_replace_cannot_rewrite_a_row(self, log):
        refused("UPDATE OR REPLACE bulletin_publication SET sequence = 1 WHERE sequence = 2", LOG_REFUSAL)

    def test_insert_on_conflict_cannot_rewrite_a_row(self, log):
        names = ", ".join(f'"{name}"' for name in LOG_COLUMNS)
        statement = f"SELECT {names} FROM bulletin_publication WHERE true"
        with nothing_changes(), pytest.raises(IntegrityError), transaction.atomic():
            run(
                f"INSERT INTO bulletin_publication ({names}) {statement}"
                " ON CONFLICT (sequence) DO UPDATE SET note = 'değişti'"
            )


class TestPostgreSQL:
    pytestmark = only_postgresql

    @pytest.mark.parametrize(
        "table",
        [
            "bulletin_publication",
            "bulletin_publishedcontent",
            "bulletin_publishedimage",
            "bulletin_item",
            "bulletin_newsitem",
            "bulletin_statement",
            "bulletin_newsitem_topics",
        ],
    )
    def test_truncate_is_refused(self, own_database, table):
        factories.published_news(topics=[factories.topic()])
        factories.published_statement()
        before = standing()
        with pytest.raises(IntegrityError):
            run(f"TRUNCATE {table} CASCADE")
        assert standing() == before

    def test_truncate_of_drafts_is_allowed(self, own_database):
        factories.published_news()
        run("TRUNCATE bulletin_newsitem_topics")

    @pytest.mark.parametrize(
        "sabotage",
        [
            "ALTER TABLE bulletin_publication DISABLE TRIGGER publication_no_update",
            "ALTER TABLE bulletin_publication ENABLE REPLICA TRIGGER publication_no_update",
            "DROP TRIGGER publication_no_update ON bulletin_publication",
            "CREATE OR REPLACE FUNCTION publication_no_update() RETURNS trigger AS"
            " $$BEGIN RETURN NEW; END$$ LANGUAGE plpgsql",
            "CREATE OR REPLACE TRIGGER publication_no_update BEFORE UPDATE ON bulletin_publication"
            " FOR EACH ROW WHEN (false) EXECUTE FUNCTION publication_no_update()",
            "CREATE OR REPLACE TRIGGER publication_no_update BEFORE UPDATE OF note ON bulletin_publication"
            " FOR EACH ROW EXECUTE FUNCTION publication_no_update()",
            "CREATE OR REPLACE TRIGGER publication_no_update AFTER UPDATE ON bulletin_publication"
            " FOR EACH ROW EXECUTE FUNCTION publication_no_update()",
            "DROP TRIGGER publication_no_update ON bulletin_publication;"
            "CREATE TRIGGER publication_no_update BEFORE UPDATE ON bulletin_recording"
            " FOR EACH ROW EXECUTE FUNCTION publication_no_update()",
        ],
        ids=["disabled", "replica", "dropped", "emptied", "never", "one column", "afterwards", "elsewhere"],
    )
    def test_a_trigger_that_no_longer_refuses_is_missed(self, db, sabotage):
        for statement in sabotage.split(";CREATE"):
            run(statement if statement.startswith(("ALTER", "DROP", "CREATE")) else f"CREATE{statement}")
        assert triggers.PROTECTION.missing(connection) == ["publication_no_update"]
        triggers.PROTECTION.install(connection)
        assert triggers.PROTECTION.missing(connection) == []


# --- Contents and images -----------------------------------------------------------------------------------------

REDACTION = "title = '', summary = '', html = '', metadata = '{}', redacted_at = '2026-01-01 00:00:00+00:00'"


@pytest.mark.parametrize("column", CONTENT_COLUMNS)
def test_no_column_of_a_content_can_be_changed(log, column):
    refused(f'UPDATE bulletin_publishedcontent SET "{column}" = "{column}"', CONTENT_REFUSAL)


def test_a_content_can_be_redacted(log):
    run(f"UPDATE bulletin_publishedcontent SET {REDACTION}")
    assert PublishedContent.objects.filter(title="", html="", metadata={}).count() == 2


@pytest.mark.parametrize(
    "kept", ["title = ''", "summary = ''", "html = ''", "metadata = '{}'", "redacted_at"]
)
def test_a_redaction_leaves_nothing(log, kept):
    assignments = [part for part in REDACTION.split(", ") if not part.startswith(kept)]
    refused(f"UPDATE bulletin_publishedcontent SET {', '.join(assignments)}", CONTENT_REFUSAL)


def test_a_redaction_cannot_change_the_hash(log):
    refused(f"UPDATE bulletin_publishedcontent SET {REDACTION}, hash = '{'c' * 64}'", CONTENT_REFUSAL)


@pytest.mark.parametrize("change", ["title = 'geri'", "redacted_at = NULL", REDACTION])
def test_a_redaction_is_for_ever(log, change):
    run(f"UPDATE bulletin_publishedcontent SET {REDACTION}")
    refused(f"UPDATE bulletin_publishedcontent SET {change}", CONTENT_REFUSAL)


def test_no_content_can_be_removed(log):
    refused("DELETE FROM bulletin_publishedcontent", CONTENT_REFUSAL)


def test_no_image_can_be_changed_or_removed(log):
    assert PublishedImage.objects.count() == 1
    refused("UPDATE bulletin_publishedimage SET width = 1", CONTENT_REFUSAL)
    refused("DELETE FROM bulletin_publishedimage", CONTENT_REFUSAL)


# --- The triggers themselves -------------------------------------------------------------------------------------


def drop(name: str) -> None:
    table = next(refusal.table for refusal in triggers.refusals(connection.vendor) if refusal.name == name)
    run(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))


@pytest.mark.django_db
def test_every_trigger_stands_after_the_migrations():
    assert triggers.PROTECTION.missing(connection) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", [refusal.name for refusal in triggers.refusals(connection.vendor)])
def test_a_dropped_trigger_is_missed_by_check_and_verification_and_laid_anew(name):
    drop(name)
    (warning,) = triggers.PROTECTION.check_triggers(databases=["default"])
    assert warning.id == "bulletin.W001"
    assert name in warning.msg
    assert [finding for finding in findings() if finding.startswith(f"{name}:")]
    triggers.PROTECTION.install(connection)
    assert triggers.PROTECTION.check_triggers(databases=["default"]) == []


@pytest.mark.django_db
def test_laying_what_stands_changes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        triggers.PROTECTION.install(connection)


def remake(model, name: str) -> None:
    """What a migration with AlterField does, between the two signals that `migrate` sends."""
    config = apps.get_app_config("bulletin")
    plan = [(type("Migration", (), {"app_label": "bulletin"})(), False)]
    signal = {"app_config": config, "verbosity": 0, "interactive": False, "using": "default", "plan": plan}
    pre_migrate.send(sender=config, **signal, apps=apps)
    old = model._meta.get_field(name)
    new = models.TextField(null=True)
    new.set_attributes_from_name(name)
    new.model = model
    with connection.schema_editor() as editor:
        editor.alter_field(model, old, new)
        editor.alter_field(model, new, old)
    post_migrate.send(sender=config, **signal, apps=apps)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Item, "summary"),
        (NewsItem, "original_text"),
        (Publication, "note"),
        (PublishedContent, "summary"),
        (BulletinEntry, "section"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_remade_table_is_protected_as_before(own_database, model, name):
    item = factories.published_news(topics=[factories.topic()])
    factories.published_bulletin(item)
    before = standing()
    remake(model, name)
    assert triggers.PROTECTION.missing(connection) == []
    assert standing() == before
    assert findings() == []
    factories.corrected(item, title="Yeni başlık")
    assert findings() == []


@pytest.mark.parametrize("label", ["auth", "bulletin"])
def test_triggers_are_taken_off_for_migrations_of_this_room_alone(own_database, label):
    config = apps.get_app_config("bulletin")
    plan = [(type("Migration", (), {"app_label": label})(), False)]
    triggers.PROTECTION.lift_before_migrate(sender=config, plan=plan, using="default")
    lifted = connection.vendor == "sqlite" and label == "bulletin"
    assert bool(triggers.PROTECTION.missing(connection)) == lifted


def test_migrate_lays_what_was_dropped(own_database):
    drop("publication_no_delete")
    call_command("migrate", verbosity=0)
    assert triggers.PROTECTION.missing(connection) == []


def test_the_flag_of_a_recording_is_down_when_nothing_is_recorded(own_database):
    factories.published_news().unpublish()
    assert not Recording.objects.exists()
    assert not triggers.are_told_to_look_away(connection)
