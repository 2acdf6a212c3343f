"""`manage.py verify_publications` finds and names whatever was changed behind the log's back, and nothing else."""

import datetime
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection, models
from django.test import override_settings

from bulletin import publication, triggers
from bulletin.images import open_published_image
from bulletin.models import (
    Bulletin,
    CurrentItem,
    CurrentItemKey,
    CurrentItemTopic,
    Item,
    NewsItem,
    Publication,
    PublishedContent,
    PublishedImage,
    Statement,
)
from subscribers.canonical import GENESIS
from tests import factories
from tests.conftest import copied_database, database_copy, happening_in

from .ledger import decided, findings, run, verify

TABLES = {refusal.table for refusal in triggers.refusals("sqlite")}
REDACTION = "title = '', summary = '', html = '', metadata = '{}', redacted_at = '2026-01-01 00:00:00+00:00'"


@contextmanager
def behind_the_back():
    """Every trigger and foreign key looks away, as for somebody who owns the database; afterwards all stand again."""
    connection.close()
    if connection.vendor == "sqlite":
        run("PRAGMA foreign_keys = OFF")
        for refusal in triggers.refusals("sqlite"):
            run(f"DROP TRIGGER {refusal.name}")
    else:
        run("SET session_replication_role = replica")
    yield
    triggers.PROTECTION.install(connection)
    connection.close()


@pytest.fixture(scope="module")
def written_log(django_db_setup, django_db_blocker, tmp_path_factory):
    """Five rows: an update in the middle, a withdrawal, a bulletin at the end; everything still as it should be."""
    folder = tmp_path_factory.mktemp("log")
    with django_db_blocker.unblock(), database_copy(folder) as own:
        with happening_in(own), override_settings(VAR=folder, MEDIA_ROOT=folder / "media"):
            topic = factories.topic()
            news = factories.published_news(
                title="Buğday hasadı", topics=[topic], outlet=factories.outlet(), audience=["subscriber"]
            )
            news = factories.corrected(news, title="Buğday hasadı başladı", note="Başlık düzeltildi.")
            gone = factories.published_statement(number="12")
            gone.unpublish()
            factories.published_bulletin(news)
            assert findings() == []
        yield own


@pytest.fixture
def log(written_log, django_db_blocker, own_folder):
    """A copy of it for one test."""
    with django_db_blocker.unblock(), copied_database(own_folder, template=written_log) as own:
        yield own


def found(*arguments: str) -> str:
    """What the command prints about a log that isn't whole. Fails where it exits with zero."""
    from io import StringIO

    from django.core.management import call_command

    output = StringIO()
    with pytest.raises(CommandError, match="Doğrulanamadı"):
        call_command("verify_publications", *arguments, stdout=output)
    return output.getvalue()


# --- A whole log -------------------------------------------------------------------------------------------------


def test_a_whole_log_exits_with_zero_and_prints_its_head(log):
    command = [sys.executable, "manage.py", "verify_publications"]
    done = subprocess.run(command, env=log.environment, capture_output=True, text=True, check=False)
    head = Publication.objects.get(sequence=5)
    assert done.returncode == 0, done.stderr
    assert f"5:{head.hash}" in done.stdout
    assert "Doğrulandı: 5 kayıt." in done.stdout


def test_a_changed_log_exits_with_an_error(log):
    with behind_the_back():
        run("UPDATE bulletin_publication SET note = 'x' WHERE sequence = 2")
    command = [sys.executable, "manage.py", "verify_publications"]
    done = subprocess.run(command, env=log.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Kayıt 2: Kendi özetini taşımıyor" in done.stdout
    assert "Doğrulanamadı" in done.stderr


def test_an_empty_log_is_whole_and_its_head_is_an_anchor(own_database):
    assert f"0:{GENESIS}" in verify()
    verify("--anchor", f"0:{GENESIS}")
    factories.published_news()
    verify("--anchor", f"0:{GENESIS}")


@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_a_head_noted_earlier_is_found_again(log, sequence):
    verify("--anchor", f"{sequence}:{Publication.objects.get(sequence=sequence).hash.upper()}")


@pytest.mark.parametrize("anchor", [":", "5", "5:", "x:" + "0" * 64, "٣:" + "0" * 64, "5:abc"])
def test_an_anchor_that_is_none_is_refused_with_a_sentence(own_database, anchor):
    with pytest.raises(CommandError, match="SIRA:ÖZET"):
        verify("--anchor", anchor)


# --- A row of the log --------------------------------------------------------------------------------------------


def changed_value(row: Publication, field: models.Field):
    """Another value for one column of `row`, as near to its own as can be."""
    value = getattr(row, field.attname)
    if field.name == "content":
        return Publication.objects.get(sequence=3).content_id
    if field.name == "item":
        return Publication.objects.get(sequence=3).item_id
    if field.name == "sequence":
        return 99
    if isinstance(field, models.JSONField):
        return json.dumps(["public"] if value is None else [*value, "x"])
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return value + datetime.timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return value + datetime.timedelta(days=1)
    if isinstance(field, models.UUIDField):
        return "0" * 32
    if isinstance(field, models.IntegerField):
        return value + 1
    return ("a" if value[:1] != "a" else "b") + value[1:]


@pytest.mark.parametrize("name", [field.name for field in Publication._meta.concrete_fields])
def test_one_changed_column_of_a_row_is_found_and_named(log, name):
    field = Publication._meta.get_field(name)
    row = Publication.objects.get(sequence=2)
    with behind_the_back():
        run(
            f'UPDATE bulletin_publication SET "{field.column}" = %s WHERE sequence = 2',
            field.get_db_prep_value(changed_value(row, field), connection)
            if isinstance(field, (models.DateTimeField, models.DateField))
            else changed_value(row, field),
        )
    assert f"Kayıt {99 if name == 'sequence' else 2}: " in found() or name == "sequence"
    if name == "sequence":
        assert "Kayıt 3: Sıra 2 olmalıydı" in found()


@pytest.mark.sqlite
@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL takes no value that is none of its column"
)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("recorded_at", "2026-01-0x 00:00:00"),
        ("recorded_at", "2026-13-01 00:00:00"),
        ("offered_at", "yarın"),
        ("offered_on", "2026-02-31"),
        ("actor", "kimse"),
        ("sequence", -2),
        ("characters", "çok"),
        ("edition", "birinci"),
    ],
)
def test_a_value_that_is_none_of_its_column_is_found(log, column, value):
    with behind_the_back():
        run("PRAGMA ignore_check_constraints = ON")
        run(f'UPDATE bulletin_publication SET "{column}" = %s WHERE sequence = 2', value)
    assert re.search(r"^(Kayıt|Günlük)", found(), re.MULTILINE)


@pytest.mark.parametrize("metadata", ["[]", "5", '{"desk": 5}', '{"topics": [1]}', "null"])
def test_a_metadata_that_is_none_is_found(log, metadata):
    digest = Publication.objects.get(sequence=2).content_id
    with behind_the_back():
        run("UPDATE bulletin_publishedcontent SET metadata = %s WHERE hash = %s", metadata, digest)
    assert "Kayıt 2: İçerik kendi özetini taşımıyor" in found()


@pytest.mark.parametrize("sequence", [1, 3, 4])
def test_a_missing_row_is_found(log, sequence):
    with behind_the_back():
        run("DELETE FROM bulletin_publication WHERE sequence = %s", sequence)
    assert f"Kayıt {sequence + 1}: Sıra {sequence} olmalıydı" in found()


def test_a_fork_is_found(log):
    first = Publication.objects.get(sequence=1)
    with behind_the_back():
        row = Publication.objects.get(sequence=3)
        row.previous_hash = first.hash
        row.hash = publication.row_hash(row, row.item.uuid)
        run(
            "UPDATE bulletin_publication SET previous_hash = %s, hash = %s WHERE sequence = 3",
            row.previous_hash,
            row.hash,
        )
    printed = found()
    assert "Kayıt 3: Önceki kaydın özetini taşımıyor" in printed
    assert "Kayıt 4: Önceki kaydın özetini taşımıyor" in printed


def test_a_forged_count_is_found_though_every_hash_is_right(log):
    """Somebody who knows the format adds a thousand characters and computes the chain anew."""
    forge(2, lambda row: setattr(row, "characters", row.characters + 1000))
    printed = found()
    assert "Kayıt 2: Karakter sayısı yeniden sayılanla aynı değil." in printed


def test_a_forged_delta_is_found_though_every_hash_is_right(log):
    forge(2, lambda row: setattr(row, "characters_delta", row.characters_delta + 1000))
    assert "Kayıt 2: Karakter farkı" in found()


def forge(sequence: int, change) -> None:
    """Changes a row and computes every later hash anew, as the log's own code would."""
    with behind_the_back():
        previous = Publication.objects.filter(sequence=sequence - 1).first()
        for row in Publication.objects.filter(sequence__gte=sequence):
            if row.sequence == sequence:
                change(row)
            row.previous_hash = previous.hash if previous else GENESIS
            row.hash = publication.row_hash(row, row.item.uuid)
            models.Model.save_base(row, force_update=True)
            previous = row


def test_a_history_written_anew_is_found_by_an_anchor_alone(log):
    """Figures moved into another month, every hash recomputed: what only a head noted elsewhere can find."""
    head = Publication.objects.get(sequence=5)
    forge(1, lambda row: setattr(row, "offered_on", row.offered_on - datetime.timedelta(days=31)))
    printed = found("--anchor", f"5:{head.hash}")
    assert "Kayıt 5: Not edilen özet günlükte yok" in printed


# --- The tail ----------------------------------------------------------------------------------------------------


def cut_the_tail() -> str:
    """Removes the last row, a change of audience, and every trace of it in the items. Returns the head it had."""
    news = NewsItem.objects.get()
    publication.change_audience(news, ["public"])
    head = Publication.objects.get(sequence=6)
    with behind_the_back():
        run("DELETE FROM bulletin_publication WHERE sequence = 6")
        run("UPDATE bulletin_item SET audience = '[\"subscriber\"]' WHERE id = %s", news.pk)
    from bulletin import projections

    projections.rebuild("current")
    return f"{head.sequence}:{head.hash}"


def test_a_tail_cut_off_is_found_by_an_anchor(log):
    assert "Kayıt 6: Not edilen özet günlükte yok" in found("--anchor", cut_the_tail())


def test_a_tail_cut_off_is_found_by_the_projections_that_had_applied_it(log):
    cut_the_tail()
    assert "6 sırasına kadar işlemiş; günlük o kaydı tutmuyor" in found()


def test_a_tail_cut_off_is_found_by_what_is_live(log):
    with behind_the_back():
        run("DELETE FROM bulletin_publication WHERE sequence IN (4, 5)")
    printed = found()
    edition, gone = Bulletin.objects.get().pk, Statement.objects.get().pk
    assert f"İçerik {edition}: Yayında görünüyor ama günlükte" in printed
    assert f"İçerik {gone}: Günlüğe göre yayında olmalıydı ama değil." in printed


def test_a_log_emptied_is_found(log):
    with behind_the_back():
        run("DELETE FROM bulletin_publication")
    assert "Yayında görünüyor ama günlükte sunulduğuna dair kayıt yok" in found()


# --- Contents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "title = 'Buğday hasadı başladi'",
        "summary = 'Kısa spot!'",
        "html = '<p>Haberin metni!</p>'",
        "metadata = '{}'",
        "title = 'x', redacted_at = '2026-01-01 00:00:00+00:00'",
        "redacted_at = '2026-01-01 00:00:00+00:00'",
    ],
)
def test_a_changed_content_is_found_and_its_row_named(log, change):
    digest = Publication.objects.get(sequence=2).content_id
    with behind_the_back():
        run(f"UPDATE bulletin_publishedcontent SET {change} WHERE hash = %s", digest)
    assert "Kayıt 2: " in found()


@pytest.mark.parametrize("sequence", [1, 5])
def test_a_removed_content_is_found(log, sequence):
    digest = Publication.objects.get(sequence=sequence).content_id
    with behind_the_back():
        run("DELETE FROM bulletin_publishedcontent WHERE hash = %s", digest)
    assert f"Kayıt {sequence}: Sunulan metin yok: silinmiş." in found()


def test_a_redaction_is_said_and_is_no_error(log):
    gone = Publication.objects.get(sequence=4)
    run(f"UPDATE bulletin_publishedcontent SET {REDACTION} WHERE hash = %s", gone.content_id)
    decided(gone.content_id)
    printed = verify()
    assert "Kayıt 3: Metin karartıldı." in printed
    assert "Kayıt 4: Metin karartıldı." in printed


def test_a_redaction_of_an_earlier_edition_is_no_error(log):
    earlier = Publication.objects.get(sequence=1)
    run(f"UPDATE bulletin_publishedcontent SET {REDACTION} WHERE hash = %s", earlier.content_id)
    decided(earlier.content_id)
    assert "Kayıt 1: Metin karartıldı." in verify()


def test_a_redacted_text_that_is_still_on_offer_is_found(log):
    """The lists hold copies of it: a text is withdrawn first, then redacted."""
    offered = Publication.objects.get(sequence=2)
    run(f"UPDATE bulletin_publishedcontent SET {REDACTION} WHERE hash = %s", offered.content_id)
    assert f"İçerik {offered.item_id}: Metni karartılmış ama yayında" in found()


def test_a_redacted_text_is_not_offered_again(log):
    gone = Statement.objects.get()
    digest = Publication.objects.get(sequence=4).content_id
    run(f"UPDATE bulletin_publishedcontent SET {REDACTION} WHERE hash = %s", digest)
    decided(digest)
    with pytest.raises(publication.PublishRefused, match="karartılmış"):
        gone.save_revision().publish()
    assert Publication.objects.count() == 5
    factories.corrected(gone, title="Başka bir metin", body="<p>Yeni.</p>")
    printed = verify()
    assert "Doğrulandı: 6 kayıt." in printed


# --- What is live ------------------------------------------------------------------------------------------------

NEWS = "(SELECT item_ptr_id FROM bulletin_newsitem)"


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE bulletin_item SET title = 'Başka' WHERE id IN {NEWS}",
        f"UPDATE bulletin_item SET summary = 'Başka' WHERE id IN {NEWS}",
        f"UPDATE bulletin_item SET body = '<p>Haberin metni!</p>' WHERE id IN {NEWS}",
        f"UPDATE bulletin_item SET language = 'en' WHERE id IN {NEWS}",
        f"UPDATE bulletin_item SET kind = 'statement' WHERE id IN {NEWS}",
        f"UPDATE bulletin_item SET audience = '[\"public\"]' WHERE id IN {NEWS}",
        f"UPDATE bulletin_item SET live_revision_id = NULL WHERE id IN {NEWS}",
        "UPDATE bulletin_newsitem SET urgency = 'flash'",
        "UPDATE bulletin_newsitem SET outlet_id = NULL",
        "UPDATE bulletin_newsitem SET translator = 'Bir başkası'",
        "DELETE FROM bulletin_newsitem_topics",
        "DELETE FROM bulletin_newsitem",
    ],
)
def test_a_changed_field_of_an_offered_item_is_found_and_the_item_named(log, change):
    number = NewsItem.objects.get().pk
    with behind_the_back():
        run(change)
    assert f"İçerik {number}: " in found()


@pytest.mark.parametrize("change", ["section = 'Başka'", "item_id = bulletin_id"])
def test_a_changed_entry_of_an_offered_bulletin_is_found(log, change):
    number = Bulletin.objects.get().pk
    with behind_the_back():
        run(f"UPDATE bulletin_bulletinentry SET {change}")
    assert f"İçerik {number}: Yayındaki alanlar" in found()


def test_an_item_taken_off_offer_without_a_row_is_found(log):
    number = NewsItem.objects.get().pk
    with behind_the_back():
        run("UPDATE bulletin_item SET live = %s WHERE id = %s", False, number)
    printed = found()
    assert f"İçerik {number}: Günlüğe göre yayında olmalıydı ama değil." in printed
    assert f"İçerik {number}: Listelerde görünüyor ama yayında değil." in printed


def test_an_item_put_on_offer_without_a_row_is_found(log):
    draft = factories.news_item()
    with behind_the_back():
        run("UPDATE bulletin_item SET live = %s WHERE id = %s", True, draft.pk)
    assert f"İçerik {draft.pk}: Yayında görünüyor ama günlükte" in found()


def test_a_withdrawn_item_put_on_offer_again_without_a_row_is_found(log):
    gone = Statement.objects.get()
    with behind_the_back():
        run("UPDATE bulletin_item SET live = %s WHERE id = %s", True, gone.pk)
    assert f"İçerik {gone.pk}: Yayında görünüyor ama günlükte" in found()


def test_a_removed_item_is_found(log):
    gone = Statement.objects.get().pk
    with behind_the_back():
        run("DELETE FROM bulletin_statement")
        run("DELETE FROM bulletin_item WHERE id = %s", gone)
    assert "Kayıt 3: Adını taşıdığı içerik yok" in found()


def test_another_identity_of_an_item_is_found(log):
    gone = Statement.objects.get().pk
    with behind_the_back():
        run("UPDATE bulletin_item SET uuid = %s WHERE id = %s", "0" * 32, gone)
    assert "Kayıt 3: Kendi özetini taşımıyor" in found()


# --- The lists ---------------------------------------------------------------------------------------------------


def test_an_item_missing_from_the_lists_is_found(log):
    number = NewsItem.objects.get().pk
    CurrentItem.objects.filter(pk=number).delete()
    assert f"İçerik {number}: Listelerde son kaydıyla görünmüyor" in found()


def test_an_item_that_should_not_be_in_the_lists_is_found(log):
    gone = Publication.objects.get(sequence=4)
    current = CurrentItem.objects.first()
    current.pk, current.publication_id = gone.item_id, gone.sequence
    current.save(force_insert=True)
    assert f"İçerik {gone.item_id}: Listelerde görünüyor ama yayında değil." in found()


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Başka"},
        {"audience": ["public"]},
        {"publication_id": 1},
        {"desk_id": None},
        {"url_path": "/"},
        {"characters": 1},
        {"first_offered_on": datetime.date(1999, 9, 9)},
    ],
    ids=str,
)
def test_a_changed_copy_in_the_lists_is_found(log, change):
    number = NewsItem.objects.get().pk
    CurrentItem.objects.filter(pk=number).update(**change)
    assert f"İçerik {number}: Listelerde son kaydıyla görünmüyor" in found()


def test_a_key_that_opens_an_item_to_others_is_found(log):
    current = CurrentItem.objects.get(kind="news")
    CurrentItemKey.objects.create(item=current, key="public", first_offered_at=current.first_offered_at)
    assert f"İçerik {current.pk}: Listelerde son kaydıyla görünmüyor" in found()


@pytest.mark.parametrize("model", [CurrentItemKey, CurrentItemTopic])
def test_a_missing_companion_is_found(log, model):
    current = CurrentItem.objects.get(kind="news")
    assert model.objects.filter(item=current).delete()[0]
    assert f"İçerik {current.pk}: Listelerde son kaydıyla görünmüyor" in found()


# --- The protection itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["publication_no_update", "item_offered", "content_redaction_only"])
def test_a_dropped_trigger_is_found_and_named(log, name):
    table = next(refusal.table for refusal in triggers.refusals("sqlite") if refusal.name == name)
    run(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    assert f"{name}: Tetikleyici yok" in found()


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL alone")
def test_a_disabled_trigger_is_found_and_named(log):
    run("ALTER TABLE bulletin_publication DISABLE TRIGGER publication_no_delete")
    assert "publication_no_delete: Tetikleyici yok ya da değiştirilmiş" in found()


def test_a_protection_left_off_is_found(log):
    if connection.vendor == "sqlite":
        run("INSERT INTO bulletin_recording (id) VALUES (1)")
    else:
        run("SELECT set_config('des.recording', 'on', FALSE)")
    assert "koruması kapalı bırakılmış" in found()


def test_verification_mends_nothing(log):
    number = NewsItem.objects.get().pk
    CurrentItem.objects.filter(pk=number).delete()
    found()
    assert not CurrentItem.objects.filter(pk=number).exists()
    assert Item.objects.get(pk=number).live
    assert PublishedContent.objects.count() == 4


# --- Images ------------------------------------------------------------------------------------------------------


@pytest.fixture
def image_file(db) -> Path:
    factories.published_news(image=factories.image(), image_alt="Liman")
    assert findings() == []
    (digest,) = PublishedImage.objects.values_list("pk", flat=True)
    with open_published_image(digest) as file:
        return Path(file.name)


def test_an_image_that_was_replaced_is_found(image_file):
    image_file.write_bytes(image_file.read_bytes() + b"\0")
    assert findings() == [f"Görsel {image_file.name[:12]}: Dosyası, yayımlanan görsel değil: değiştirilmiş."]


def test_an_image_that_is_gone_is_found(image_file):
    image_file.unlink()
    assert findings() == [f"Görsel {image_file.name[:12]}: Dosyası yok ya da okunamıyor."]


@pytest.mark.parametrize("column", [{"mime": "text/html"}, {"width": 1}, {"height": 1}, {"size": 1}])
def test_an_image_told_to_be_something_else_is_found(own_database, column):
    factories.published_news(image=factories.image(), image_alt="Liman")
    with behind_the_back():
        PublishedImage.objects.update(**column)
    digest = PublishedImage.objects.get().pk
    assert findings() == [
        f"Görsel {digest[:12]}: Türü ya da ölçüleri dosyasındakiyle aynı değil: değiştirilmiş."
    ]
