"""The Publication log: the fields of a row, the order of rows, what counts and when."""

import datetime
import hashlib
import json
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bulletin import publication
from bulletin.corrections import Correction
from bulletin.models import CurrentItem, Publication
from bulletin.publication import HASHED_COLUMNS
from bulletin.refusals import PublishRefused
from subscribers.canonical import GENESIS
from subscribers.models import User
from tests import factories

from .ledger import current_dump, findings, kinds, nothing_changes, rebuilt_dump, rows

pytestmark = pytest.mark.django_db

ISTANBUL = ZoneInfo("Europe/Istanbul")


def fresh(item):
    return type(item).objects.get(pk=item.pk)


@pytest.fixture
def now(monkeypatch):
    """A clock that shows what it is told; only `timezone.now` is replaced."""
    shown = [timezone.now()]
    monkeypatch.setattr(timezone, "now", lambda: shown[0])

    def show(moment: datetime.datetime) -> datetime.datetime:
        shown[0] = moment
        return moment

    return show


# --- Order and chain ---------------------------------------------------------------------------------------------


def test_rows_follow_each_other_without_a_gap_and_name_the_hash_before():
    first, second = factories.published_news(), factories.published_statement()
    first.unpublish()
    publication.change_audience(second, ["subscriber"])
    log = list(Publication.objects.all())
    assert [row.sequence for row in log] == [1, 2, 3, 4]
    assert [row.previous_hash for row in log] == [GENESIS, *(row.hash for row in log[:-1])]


def test_the_hash_of_a_row_is_that_of_its_canonical_columns():
    """Computed here anew from the columns alone, as an auditor with another program would."""
    item = factories.published_news(title="Çay hasadı", audience=["public"])
    row = Publication.objects.get()

    def moment(value):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")

    columns = {
        "sequence": 1,
        "item_uuid": str(item.uuid),
        "kind": "published",
        "offered_at": moment(row.offered_at),
        "offered_on": row.offered_on.isoformat(),
        "recorded_at": moment(row.recorded_at),
        "edition": 1,
        "language": "tr",
        "url_path": row.url_path,
        "content_id": row.content_id,
        "source_hash": row.source_hash,
        "characters": row.characters,
        "characters_without_spaces": row.characters_without_spaces,
        "characters_delta": row.characters,
        "counting_rule": 1,
        "audience": ["public"],
        "previous_audience": None,
        "major": False,
        "note": "",
        "actor": None,
        "format": 1,
        "previous_hash": "0" * 64,
    }
    text = json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == row.hash


def test_every_column_of_a_row_is_hashed_but_its_own_hash():
    columns = {field.attname for field in Publication._meta.concrete_fields}
    assert columns - set(HASHED_COLUMNS[1]) == {"hash", "item_id"}
    assert set(HASHED_COLUMNS[1]) - columns == {"item_uuid"}


def test_the_hash_of_a_content_covers_all_of_it():
    factories.published_news(title="Çay hasadı", summary="Spot", body="<p>Metin</p>")
    content = Publication.objects.get().content
    parts = {name: getattr(content, name) for name in ("title", "summary", "html", "metadata")}
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == content.hash


# --- Fields ------------------------------------------------------------------------------------------------------


def test_a_row_holds_who_when_and_what():
    author, chief = (
        User.objects.create_superuser(f"{name}@des.example", "parola") for name in ("yazan", "onay")
    )
    item = factories.news_item(title="Başlık", summary="", body="<p>iki söz</p>")
    before = timezone.now()
    item.correction = Correction("İlk yayım", major=True)
    publication.publish(item.save_revision(user=author), user=chief)
    row = Publication.objects.get()
    assert before <= row.offered_at == row.recorded_at <= timezone.now()
    assert row.offered_on == timezone.localdate(row.offered_at)
    assert (row.actor, row.note, row.major, row.format, row.counting_rule) == (
        chief.uuid,
        "İlk yayım",
        True,
        1,
        1,
    )
    assert (row.characters, row.characters_without_spaces) == (6 + 7, 6 + 6)
    assert row.url_path == f"/haber/{row.offered_on:%Y/%m/%d}/baslik-{item.pk}/"


def test_a_withdrawal_names_the_last_text_and_counts_nothing():
    item = factories.published_news()
    publication.withdraw(item, note="Kaynak yanlış çıktı.")
    offered, withdrawn = rows(item)
    assert (withdrawn.content_id, withdrawn.characters) == (offered.content_id, offered.characters)
    assert (withdrawn.characters_delta, withdrawn.note) == (0, "Kaynak yanlış çıktı.")


def test_a_change_of_audience_is_a_row_that_counts_nothing():
    item = factories.published_news(audience=["subscriber"])
    publication.change_audience(item, ["public"])
    changed = rows(item)[1]
    assert (changed.kind, changed.characters_delta, changed.edition) == ("updated", 0, 1)
    assert (changed.previous_audience, changed.audience) == (["subscriber"], ["public"])


def test_changing_to_the_same_audience_writes_no_row():
    item = factories.published_news(audience=["agency:1", "subscriber"])
    factories.agency(pk=1)
    assert publication.change_audience(item, ["subscriber", "agency:1", "subscriber"]) is None
    assert kinds(item) == ["published"]


def test_the_audience_of_a_draft_changes_without_a_row():
    item = factories.news_item(audience=["subscriber"])
    assert publication.change_audience(item, ["public"]) is None
    assert fresh(item).audience == ["public"]
    assert rows(item) == []


@pytest.mark.parametrize(
    "audience",
    [
        [],
        ["everyone"],
        ["newsroom"],
        ["subscriber:desk:1"],
        ["agency:"],
        ["agency:01"],
        ["agency:-1"],
        ["agency:1 "],
        ["agency:٣"],
        ["agency:99999999999999999999999"],
        ["agency:4242"],
        ["public", ""],
        [None],
        [1],
        "public",
        [["public"]],
    ],
    ids=str,
)
def test_an_unknown_audience_is_refused(audience):
    item = factories.published_news(audience=["subscriber"])
    with nothing_changes(), pytest.raises(PublishRefused):
        publication.change_audience(item, audience)


@pytest.mark.parametrize(
    "audience", [[], ["everyone"], ["newsroom"], ["subscriber:desk:1"], ["agency:01"]], ids=str
)
def test_a_draft_with_an_unknown_audience_is_not_published(audience):
    revision = factories.news_item(audience=audience).save_revision()
    with nothing_changes(), pytest.raises(PublishRefused, match="kitle"):
        revision.publish()


def test_an_edition_rises_with_the_text_alone():
    item = factories.published_news(title="Bir", audience=["subscriber"])
    publication.change_audience(item, ["public"])
    factories.corrected(fresh(item), title="İki")
    fresh(item).unpublish()
    factories.offer(fresh(item))
    factories.corrected(fresh(item), title="Bir")
    assert [row.edition for row in rows(item)] == [1, 1, 2, 2, 2, 3]
    assert findings() == []


def test_the_address_stays_when_the_title_changes():
    item = factories.published_news(title="İlk başlık")
    factories.corrected(item, title="Bambaşka")
    assert len({row.url_path for row in rows(item)}) == 1


def test_the_address_stays_when_the_item_moves_to_another_day(now):
    start = timezone.now()
    item = factories.published_news()
    now(start + timedelta(days=400))
    factories.corrected(item, title="Bir yıl sonra")
    assert len({row.url_path for row in rows(item)}) == 1


# --- Counts ------------------------------------------------------------------------------------------------------


def test_the_first_publication_counts_in_full_and_a_correction_the_difference():
    item = factories.published_news(title="Başlık", summary="", body="<p>on iki harf</p>")
    item = factories.corrected(item, body="<p>on</p>")
    factories.corrected(item, body="<p>on iki</p>")
    assert [row.characters_delta for row in rows(item)] == [17, -9, 4]
    assert sum(row.characters_delta for row in rows(item)) == rows(item)[-1].characters


def test_a_bulletin_counts_its_own_words_alone():
    gathered = factories.published_news(body="<p>" + "uzun " * 200 + "</p>")
    factories.published_bulletin(gathered, title="Sayı 7", summary="", body="<p>Sunuş</p>", section="Gündem")
    row = Publication.objects.get(sequence=2)
    assert row.characters == len("Sayı 7") + len("Sunuş") + len("Gündem")


def test_a_bulletin_freezes_the_editions_it_gathers():
    gathered = factories.published_news()
    edition = factories.published_bulletin(gathered)
    factories.corrected(gathered, title="Bülten çıktıktan sonra düzeltildi")
    factories.corrected(edition, title="Düzeltilmiş bülten")
    first, second = rows(edition)
    entry = {"section": "Gündem", "item": str(gathered.uuid), "sequence": 1}
    assert first.content.metadata["entries"] == second.content.metadata["entries"] == [entry]
    assert findings() == []


def test_a_bulletin_may_be_corrected_after_what_it_gathers_was_withdrawn():
    gathered = factories.published_news()
    edition = factories.published_bulletin(gathered)
    gathered.unpublish()
    factories.corrected(edition, title="Düzeltilmiş bülten")
    assert kinds(edition) == ["published", "updated"]
    assert findings() == []


# --- Moments -----------------------------------------------------------------------------------------------------


def test_an_imported_item_counts_in_its_own_month():
    item = factories.published_statement(offered_at=datetime.datetime(1920, 4, 23, 14, 0, tzinfo=ISTANBUL))
    row = rows(item)[0]
    assert row.offered_on == datetime.date(1920, 4, 23)
    assert row.url_path.startswith("/aciklama/1920/04/23/")
    assert row.recorded_at > row.offered_at
    assert CurrentItem.objects.get().first_offered_on == datetime.date(1920, 4, 23)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime.datetime(2026, 1, 31, 20, 59, 59, tzinfo=UTC), datetime.date(2026, 1, 31)),
        (datetime.datetime(2026, 1, 31, 21, 0, 0, tzinfo=UTC), datetime.date(2026, 2, 1)),
        # Istanbul kept its own time then, 1:56:56 ahead of Greenwich.
        (datetime.datetime(1906, 12, 31, 22, 3, 3, tzinfo=UTC), datetime.date(1906, 12, 31)),
        (datetime.datetime(1906, 12, 31, 22, 3, 4, tzinfo=UTC), datetime.date(1907, 1, 1)),
    ],
)
def test_the_day_is_that_of_istanbul(moment, day):
    assert rows(factories.published_news(offered_at=moment))[0].offered_on == day


@pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(days=27_000)], ids=["a second", "2100"])
def test_a_moment_to_come_is_refused(now, ahead):
    revision = factories.news_item().save_revision()
    with nothing_changes(), pytest.raises(PublishRefused, match="gelecekte olamaz"):
        publication.publish(revision, offered_at=timezone.now() + ahead)


def test_a_moment_before_the_items_earlier_row_is_refused():
    item = factories.published_news(offered_at=timezone.now() - timedelta(days=10))
    item.title = "Başka"
    revision = item.save_revision()
    with nothing_changes(), pytest.raises(PublishRefused, match="önce olamaz"):
        publication.publish(revision, offered_at=timezone.now() - timedelta(days=11))
    with nothing_changes(), pytest.raises(PublishRefused, match="önce olamaz"):
        publication.withdraw(item, offered_at=timezone.now() - timedelta(days=11))


def test_a_clock_that_runs_backwards_does_not_take_the_log_with_it(now):
    start = now(timezone.now())
    item = factories.published_news()
    now(start - timedelta(hours=5))
    item = factories.corrected(item, title="Saat geri alındıktan sonra")
    now(start + timedelta(hours=1))
    factories.corrected(item, title="Saat düzeltildikten sonra")
    moments = [row.recorded_at for row in rows(item)]
    assert moments == [start, start, start + timedelta(hours=1)]
    assert [row.offered_at for row in rows(item)] == moments
    assert findings() == []


# --- The first projection ----------------------------------------------------------------------------------------


def test_what_is_on_offer_is_the_same_when_rebuilt_from_the_log():
    topic, image = factories.topic(), factories.image()
    news = factories.published_news(
        topics=[topic], image=image, image_alt="Görsel", outlet=factories.outlet(), audience=["subscriber"]
    )
    factories.published_statement(audience=["agency:7", "subscriber"], number="12")
    factories.published_bulletin(news)
    gone = factories.published_news()
    publication.change_audience(news, ["public"])
    factories.corrected(fresh(news), title="Düzeltilmiş", topics=[factories.topic()])
    gone.unpublish()
    standing = current_dump()
    assert len(standing) == 3
    assert rebuilt_dump() == standing


def test_a_new_rule_recounts_the_earlier_edition_first(monkeypatch):
    """A later rule that counts a text twice must not turn its introduction into new characters."""
    from bulletin import publication as module
    from bulletin.counting import CharacterCount

    item = factories.published_news(title="Başlık", summary="", body="<p>metin</p>")
    real = module.count_content

    def by_the_new_rule(content, *, rule=2):
        count = real(content, rule=1)
        return CharacterCount(count.characters * 2, count.characters_without_spaces * 2)

    monkeypatch.setattr(module, "RULE", 2)
    monkeypatch.setattr(module, "count_content", by_the_new_rule)
    factories.corrected(item, body="<p>metin ek</p>")
    assert [row.characters for row in rows(item)] == [11, 28]
    assert [row.characters_delta for row in rows(item)] == [11, 6]


def test_keys_that_the_editing_area_writes_are_no_change():
    item = factories.published_news(body="<p>Metin.</p><ul><li>Madde</li></ul>")
    item.body = '<p data-block-key="a1b2c">Metin.</p><ul><li data-block-key="d3e4f">Madde</li></ul>'
    publication.publish(item.save_revision())
    assert Publication.objects.count() == 1
    assert findings() == []


def test_correction_note_without_a_correction_is_refused_and_nothing_written():
    item = factories.published_news()
    with pytest.raises(PublishRefused, match="Okurların gördüğü hiçbir şey değişmiyor"):
        factories.offer(item, note="Bir sayı düzeltildi.")
    assert Publication.objects.count() == 1
    factories.offer(item, note=" ")
    assert Publication.objects.count() == 1
