"""Where a redacted text could still be read after commit: files, the index, the database's own file; and crashes.

Each test has a database of its own, in which commits are real. The words are looked for in the bytes.
"""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client, override_settings
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import Revision

from bulletin import projections, publication, redaction, redaction_finishing
from bulletin.images import storage
from bulletin.models import (
    Item,
    NewsItem,
    Publication,
    PublishedContent,
    Redaction,
    RedactionDecision,
    RedactionStep,
)
from bulletin.redaction_scope import scope_of
from feeds.channels import CHANNELS
from feeds.documents import current_document
from subscribers.models import AuditEvent
from tests import factories
from tests.conftest import OwnDatabase, copied_database, database_copy, happening_in
from tests.newsroom.pages import form_of, url

from .ledger import findings
from .redacting import (
    WORDS,
    asked,
    files_with,
    finish,
    places_of,
    rare_fields,
    rare_image,
    redacted,
    second_person,
)
from .threads import at_once, beside

#: What the log's address holds; every other word must be nowhere.
ADDRESS = WORDS["title"]
ELSEWHERE = [word.encode() for word in WORDS.values() if word != ADDRESS]


@pytest.fixture(scope="module")
def written_site(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[OwnDatabase]:
    """One item on offer, read, indexed, fed, drafted, corrected once; its image was served in every width."""
    folder = tmp_path_factory.mktemp("rare")
    of_site = override_settings(VAR=folder, MEDIA_ROOT=folder / "media", SEARCH_URL="tantivy://")
    with django_db_blocker.unblock(), database_copy(folder) as own:
        with happening_in(own), of_site:
            item = factories.published_news(image=rare_image(width=700), **rare_fields())
            for turn in range(4):
                item.summary = f"{rare_fields()['summary']} {turn}"
                item.save_revision(user=factories.person(role="editor"))
                item = NewsItem.objects.get(pk=item.pk)
            item = factories.corrected(item, title=f"{rare_fields()['title']} yine")
            projections.catch_up_all()
            read(item)
            image = item.current.publication.content.metadata["image"]["hash"]
            for width in (320, 640, 1280):
                b"".join(Client().get(f"/gorsel/{image}/{width}/").streaming_content)
            item.image.get_rendition("width-100")
        yield own


def read(item: NewsItem) -> None:
    """As a reader, a desk and somebody who searches do."""
    reader = Client()
    for address in (item.current.url_path, "/rss/haberler.xml", f"/ara/?q={WORDS['body']}"):
        assert WORDS["title"] in reader.get(address).content.decode()


@pytest.fixture
def rare(written_site, django_db_blocker, own_folder, settings) -> Iterator[NewsItem]:
    """The item of `written_site`, in a copy of that site for one test."""
    settings.SEARCH_URL = "tantivy://"
    with django_db_blocker.unblock(), copied_database(own_folder, template=written_site):
        yield NewsItem.objects.get()


def checkpointed() -> None:
    """What the test itself wrote may not hide what a redaction leaves."""
    connections.close_all()


@pytest.mark.sqlite
def test_bytes_of_database_log_index_and_files_hold_the_words_no_more(rare):
    rare.save_revision()
    assert files_with(*ELSEWHERE) >= {"own.sqlite3", "own.sqlite3-wal"}
    request = redacted(rare)
    assert finish(request) == []
    checkpointed()
    assert files_with(*ELSEWHERE) == set()
    assert files_with(ADDRESS.encode()) <= {"own.sqlite3", "own.sqlite3-wal"}


def test_index_feeds_and_files_hold_the_words_no_more(rare):
    database = {"own.sqlite3", "own.sqlite3-wal", "own.sqlite3-shm"}
    words = [*ELSEWHERE, ADDRESS.encode()]
    assert files_with(*words) - database
    assert finish(redacted(rare)) == []
    assert files_with(*words) - database == set()
    assert places_of(*WORDS.values()) == {"bulletin_publication.url_path"}


def test_no_image_is_left_in_any_folder(rare):
    media = Path(settings.MEDIA_ROOT)
    assert len([path for path in media.rglob("*") if path.is_file()]) == 6
    finish(redacted(rare))
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_no_cache_holds_the_words(rare):
    read(rare)
    finish(redacted(rare))
    for name in caches.settings:
        held = getattr(caches[name], "_cache", {})
        assert not any(word.encode() in value for value in held.values() for word in WORDS.values())


def test_readers_find_it_nowhere(rare):
    path, image = rare.current.url_path, rare.current.publication.content.metadata["image"]["hash"]
    redacted(rare)
    reader = Client()
    for address in (path, f"{path}surum/1/", f"{path}surum/2/", f"/gorsel/{image}/320/", f"/en{path}"):
        assert reader.get(address).status_code == 404, address
    for address in ("/", "/haberler/", "/rss/haberler.xml", "/sitemap.xml"):
        text = reader.get(address).content.decode()
        assert not any(word in text for word in WORDS.values()), address
    found = reader.get("/ara/", {"q": WORDS["body"]}).content.decode()
    assert not any(word in found for word in WORDS.values() if word != WORDS["body"])


@pytest.mark.postgresql
def test_no_dead_row_is_left(rare):
    finish(redacted(rare))
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pgstattuple")
        for table in ("bulletin_publishedcontent", "wagtailcore_revision", "bulletin_newsitem"):
            cursor.execute("SELECT dead_tuple_count FROM pgstattuple(%s)", [table])
            assert cursor.fetchone()[0] == 0, table


# --- Only when every place is clear ------------------------------------------------------------------------------


def test_it_is_finished_only_after_a_second_look(rare):
    request = redacted(rare)
    soon = redaction_finishing.finish(Redaction.objects.get(pk=request.pk))
    assert "projection:search" in {place.name for place, _words in soon}
    assert RedactionStep.objects.count() == 0
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.UNDER_WAY
    assert finish(request) == []
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.FINISHED
    assert AuditEvent.objects.filter(kind="redaction.finished").count() == 1


def test_files_are_gone_at_once(rare):
    request = redacted(rare)
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    assert RedactionStep.objects.filter(redaction=request).count() == 0


@pytest.mark.parametrize("place", ["forms", "images", "originals", "projection:search", "projection:feeds"])
def test_place_that_fails_is_met_again(rare, monkeypatch, place):
    broken = redaction_finishing.places

    def with_one_broken():
        def fail(_redaction):
            raise OSError("gone")

        return [
            redaction_finishing.Place(one.name, one.label, fail, one.is_quick) if one.name == place else one
            for one in broken()
        ]

    monkeypatch.setattr(redaction_finishing, "places", with_one_broken)
    request = redacted(rare)
    assert finish(request) == [place, "database"]
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.UNDER_WAY
    monkeypatch.undo()
    assert finish(request) == []
    assert findings() == []


def test_crash_right_after_commit_is_healed_by_the_worker(rare, monkeypatch):
    """The process dies before anything outside the transaction is done."""
    monkeypatch.setattr(redaction_finishing, "begin", lambda _number: None)
    monkeypatch.setattr(projections, "catch_up_all", lambda: None)
    request = redacted(rare)
    monkeypatch.undo()
    assert get_image_model().objects.count() == 1
    monkeypatch.setattr(redaction_finishing, "SETTLING", timedelta(0))
    output = StringIO()
    call_command("finish_redactions", stdout=output)
    assert f"Karartma {request.pk}: tamamlandı." in output.getvalue()
    assert places_of(*WORDS.values()) == {"bulletin_publication.url_path"}
    assert get_image_model().objects.count() == 0


def test_feed_kept_for_a_desk_is_out_of_date_before_any_projection_runs(own_database, settings, monkeypatch):
    """The redacted row no longer says which desk it was of; whoever reads that desk alone must not be served it."""
    settings.SEARCH_URL = "tantivy://"
    item = factories.published_news(audience=["subscriber"], **rare_fields())
    projections.catch_up_all()
    keys = frozenset({"public", f"subscriber:desk:{item.desk_id}"})
    assert WORDS["body"].encode() in bytes(current_document(CHANNELS["news"], keys).body)
    monkeypatch.setattr(projections, "catch_up_all", lambda: None)
    redacted(item)
    assert WORDS["body"].encode() not in bytes(current_document(CHANNELS["news"], keys).body)
    monkeypatch.undo()
    projections.catch_up_all()
    assert WORDS["body"].encode() not in bytes(current_document(CHANNELS["news"], keys).body)


def test_projections_stand_as_when_built_anew(rare):
    finish(redacted(rare))
    for name in projections.names():
        standing = list(projections.projection(name).dump())
        projections.rebuild(name)
        assert list(projections.projection(name).dump()) == standing, name


def test_image_file_that_came_back_is_an_error_once_it_is_finished(rare):

    request = redacted(rare)
    finish(request)
    image = request.images.get().image_id
    path = Path(storage().path(f"{image[:2]}/{image}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    assert any("dosyası duruyor" in finding for finding in findings())


def test_decided_a_minute_ago_means_by_the_clock_of_the_decision(rare):
    request = redacted(rare)
    request = Redaction.objects.select_related("decision", "item").get(pk=request.pk)
    just_before = request.decision.decided_at + redaction_finishing.SETTLING - timedelta(seconds=1)
    assert redaction_finishing.finish(request, now=just_before)
    assert RedactionStep.objects.count() == 0
    assert timezone.now() < request.decision.decided_at + redaction_finishing.SETTLING


@pytest.mark.sqlite
def test_reader_of_the_database_holds_the_end_back(rare):
    """The write-ahead log can't be emptied under whoever still reads what it held."""

    other = sqlite3.connect(connection.settings_dict["NAME"])
    other.execute("PRAGMA busy_timeout=100")
    other.execute("BEGIN DEFERRED")
    other.execute("SELECT count(*) FROM bulletin_publishedcontent").fetchone()
    request = redacted(rare)
    assert finish(request) == ["database"]
    other.rollback()
    other.close()
    assert finish(request) == []


# --- At once -----------------------------------------------------------------------------------------------------


def test_two_who_approve_at_once_redact_once(rare):

    request = asked(rare)
    seen, people = scope_of(request).fingerprint, [second_person() for _ in range(3)]
    raised = at_once(
        *(lambda person=person: redaction.approve(request, user=person, seen=seen) for person in people)
    )
    assert [type(error) for error in raised if error] == [redaction.RedactionRefused] * 2
    assert RedactionDecision.objects.count() == 1
    assert Publication.objects.filter(kind="withdrawn").count() == 1


def test_publishing_the_item_while_it_is_redacted(rare):
    """Whichever comes first: the text is gone, or what was published since is not destroyed unseen."""

    request, by = asked(rare), second_person()
    seen = scope_of(request).fingerprint
    item = NewsItem.objects.get(pk=rare.pk)
    revision = item.latest_revision
    item.title = "Aynı anda yayımlanan"
    revision = item.save_revision()
    seen = scope_of(request).fingerprint
    first, second = at_once(
        lambda: redaction.approve(request, user=by, seen=seen), lambda: publication.publish(revision)
    )
    if first is None:
        assert isinstance(second, publication.PublishRefused)
        assert RedactionDecision.objects.count() == 1
        assert not PublishedContent.objects.filter(redacted_at__isnull=True).exists()
    else:
        assert isinstance(first, redaction.RedactionRefused)
        assert second is None
        assert RedactionDecision.objects.count() == 0
    assert findings() == []


def test_bulletin_published_while_its_item_is_redacted(rare):

    other = factories.published_news(title="Öteki")
    revision = factories.bulletin(rare, other).save_revision()
    request, by = asked(rare), second_person()
    seen = scope_of(request).fingerprint
    first, second = at_once(
        lambda: redaction.approve(request, user=by, seen=seen), lambda: publication.publish(revision)
    )
    assert first is None
    assert second is None or "Yayında değil" in str(second)
    assert findings() == []


def test_draft_saved_while_the_item_is_redacted_is_gone_or_refused(rare):

    chief = factories.person(role="chief_editor")
    client = Client()
    client.force_login(chief)

    item = NewsItem.objects.get(pk=rare.pk)
    form = form_of(item, loaded_revision_id=item.latest_revision_id, title="Formdaki başlık")
    request, by = asked(rare), second_person()
    seen = scope_of(request).fingerprint
    raised = at_once(
        lambda: redaction.approve(request, user=by, seen=seen),
        lambda: client.post(url("edit", item), form),
    )
    assert raised[0] is None
    assert not Revision.objects.for_instance(item).exists()
    assert findings() == []


@pytest.mark.postgresql
def test_draft_that_is_being_saved_is_waited_for(rare):
    """The draft has the item's row when the redaction begins: what it saves goes too."""

    request, by = asked(rare), second_person()
    seen, held, waited = scope_of(request).fingerprint, threading.Event(), threading.Event()

    def save() -> None:
        with transaction.atomic():
            list(Item.objects.select_for_update(no_key=True).filter(pk=rare.pk))
            held.set()
            waited.wait(timeout=20)
            NewsItem.objects.get(pk=rare.pk).save_revision()

    def approve() -> None:
        redaction.approve(request, user=by, seen=seen)

    saving = beside(save)
    held.wait(timeout=20)
    approving = beside(approve)
    while not _somebody_waits():
        pass
    waited.set()
    saving.join(timeout=20)
    approving.join(timeout=20)
    assert not Revision.objects.for_instance(rare).exists()
    assert findings() == []


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database())"
        )
        return cursor.fetchone()[0]
