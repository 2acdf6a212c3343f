"""A redaction destroys a published text by law, with two persons; the log keeps its chain and its counts."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone
from wagtail.models import Revision

from bulletin import projections, publication, redaction
from bulletin.corrections import Correction
from bulletin.erasing import EMPTY_FIELDS
from bulletin.images import is_frozen
from bulletin.models import (
    CurrentItem,
    NewsItem,
    Publication,
    PublishedContent,
    RedactedImage,
    Redaction,
    RedactionDecision,
    RedactionStep,
    Statement,
)
from bulletin.redaction_scope import scope_of
from newsroom.copying import translation_draft, unsaved_copy
from subscribers.models import AuditEvent, AuditPersonalData
from tests import factories

from .ledger import current_dump, findings, is_on_offer, kinds, rebuilt_dump, rows, run, verify
from .redacting import (
    WORDS,
    approved,
    asked,
    finish,
    places_of,
    rare_fields,
    rare_image,
    redacted,
    second_person,
    two_persons,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rare():
    """A news item on offer that holds rare words in every field, with an image and a draft begun since."""
    item = factories.published_news(image=rare_image(), **rare_fields())
    item.title = f"{WORDS['title']} taslağı"
    item.save_revision()
    return NewsItem.objects.get(pk=item.pk)


# --- What is gone ------------------------------------------------------------------------------------------------


def test_no_column_of_the_database_holds_the_words(rare):
    """But the log's address, which every row of the item names by its hash and which never changes."""
    projections.catch_up_all()
    assert len(places_of(*WORDS.values())) > 10
    request = redacted(rare)
    projections.catch_up_all()
    assert finish(request) == ["database"]  # not within the test's transaction
    assert places_of(*WORDS.values()) == {"bulletin_publication.url_path"}


def test_texts_of_the_editions_are_emptied(rare):
    redacted(rare)
    for row in rows(rare):
        content = row.content
        assert (content.title, content.summary, content.html, content.metadata) == ("", "", "", {})
        assert content.redacted_at is not None


def test_item_is_taken_off_offer_in_the_same_recording(rare):
    request = redacted(rare)
    assert kinds(rare) == ["published", "withdrawn"]
    assert not is_on_offer(rare)
    assert request.decision.withdrawals == [rows(rare)[-1].sequence]


def test_chain_counts_and_deltas_are_as_before(rare):
    columns = (
        "sequence",
        "hash",
        "characters",
        "characters_without_spaces",
        "characters_delta",
        "content_id",
    )
    before = list(Publication.objects.order_by("sequence").values_list(*columns))
    redacted(rare)
    after = list(Publication.objects.order_by("sequence").values_list(*columns))
    assert after[: len(before)] == before
    assert after[-1][4] == 0
    assert findings() == []


def test_verification_says_that_it_was_redacted(rare):
    request = redacted(rare)
    printed = verify()
    assert "Metin karartıldı." in printed
    assert f"Karartma {request.pk}: Onaylandı" in printed


def test_rebuilding_every_projection_brings_nothing_back(rare):
    projections.catch_up_all()
    request = redacted(rare)
    projections.catch_up_all()
    for name in projections.names():
        projections.rebuild(name)
    finish(request)
    assert places_of(*WORDS.values()) == {"bulletin_publication.url_path"}
    assert rebuilt_dump() == current_dump() == []


@pytest.mark.parametrize("kind", ["statement", "bulletin"])
def test_statements_and_bulletins_leave_nothing_either(kind):
    if kind == "statement":
        item = factories.published_statement(
            title="Zumrutanka açıklaması",
            body="<p>Bu cümlede yalicapkini geçer.</p>",
            issuing_office="Quebrantahuesos Bürosu",
            speaker="Bulbulzade",
            place="Karatavukcu",
            source_reference="Schwarzstorch arşivi",
            number="ibibikkusu/1",
        )
    else:
        item = factories.published_bulletin(
            title="Zumrutanka bülteni", body="<p>Bu cümlede yalicapkini geçer.</p>", section="Karatavukcu"
        )
    projections.catch_up_all()
    request = redacted(item)
    projections.catch_up_all()
    finish(request)
    assert places_of(*WORDS.values()) == {"bulletin_publication.url_path"}
    assert findings() == []


def test_every_field_that_holds_words_is_named():
    """A field added later fails here until somebody says what a redaction leaves of it."""

    kept = {"uuid", "imported_from"}
    for model in EMPTY_FIELDS:
        for field in model._meta.local_concrete_fields:
            words = isinstance(field, models.CharField | models.TextField) and not field.choices
            if words and field.name not in kept:
                assert field.name in EMPTY_FIELDS[model], (model, field.name)


# --- An older edition --------------------------------------------------------------------------------------------


@pytest.fixture
def corrected(rare):
    """Offered again with other words and another picture; the first edition alone holds the rare ones."""
    return factories.corrected(
        NewsItem.objects.get(pk=rare.pk),
        title="Düzeltilmiş başlık",
        summary="Düzeltilmiş spot.",
        body="<p>Düzeltilmiş metin.</p><p>İkinci paragraf.</p>",
        original_title="",
        original_url="",
        translator="Başkası",
        image=factories.image(colour="#333333"),
        image_alt="Başka bir görsel",
        image_credit="",
    )


def test_older_edition_goes_and_the_newest_stays_on_offer(corrected):
    request = redacted(corrected, editions=[1])
    finish(request)
    assert places_of(*WORDS.values()) <= {
        "bulletin_publication.url_path",
        "bulletin_currentitem.url_path",
        "feeds_feeddocument.body",
        "feeds_feeddocument.gzip",
        "feeds_feeddocument.brotli",
    }
    assert places_of(*(word for name, word in WORDS.items() if name != "title")) == set()
    assert is_on_offer(corrected)
    assert kinds(corrected) == ["published", "updated"]
    assert rows(corrected)[1].content.title == "Düzeltilmiş başlık"
    assert findings() == []
    assert rebuilt_dump() == current_dump()


def test_draft_begun_since_stays_where_it_holds_nothing_of_the_text(corrected):
    corrected.title = "Üçüncü kez"
    corrected.save_revision()
    redacted(corrected, editions=[1])
    fresh = NewsItem.objects.get(pk=corrected.pk)
    assert fresh.latest_revision.content["title"] == "Üçüncü kez"
    assert fresh.live_revision_id != fresh.latest_revision_id


def test_draft_begun_since_goes_where_it_holds_the_text_again(corrected):
    corrected.body = rare_fields()["body"]
    corrected.title = "Yeni taslak"
    corrected.save_revision()
    redacted(corrected, editions=[1])
    fresh = NewsItem.objects.get(pk=corrected.pk)
    assert fresh.latest_revision_id == fresh.live_revision_id
    assert (fresh.draft_title, fresh.has_unpublished_changes) == ("Düzeltilmiş başlık", False)


QUOTING = Correction(f"“{rare_fields()['summary']}” cümlesi çıkarıldı.", True)


def test_draft_whose_correction_note_quotes_the_text_goes(corrected):
    corrected.title, corrected.correction = "Yeni taslak", QUOTING
    corrected.save_revision()
    redacted(corrected, editions=[1])
    fresh = NewsItem.objects.get(pk=corrected.pk)
    assert fresh.latest_revision_id == fresh.live_revision_id
    assert places_of(WORDS["summary"]) == set()


@pytest.mark.parametrize("offered", [True, False], ids=["on offer", "withdrawn"])
def test_draft_of_the_standing_edition_loses_a_note_that_quotes_the_text(corrected, offered):
    corrected.title, corrected.correction = "Üçüncü sürüm", QUOTING
    publication.publish(corrected.save_revision())
    if not offered:
        publication.withdraw(NewsItem.objects.get(pk=corrected.pk))
    redacted(NewsItem.objects.get(pk=corrected.pk), editions=[1])
    draft = NewsItem.objects.get(pk=corrected.pk).latest_revision
    assert (draft.content["title"], draft.content.get("correction")) == ("Üçüncü sürüm", None)
    assert places_of(WORDS["summary"]) == {"bulletin_publication.note"}


def test_draft_of_the_standing_edition_keeps_a_note_that_quotes_nothing(corrected):
    corrected.title, corrected.correction = "Üçüncü sürüm", Correction("Başlık düzeltildi.", True)
    publication.publish(corrected.save_revision())
    redacted(NewsItem.objects.get(pk=corrected.pk), editions=[1])
    kept = NewsItem.objects.get(pk=corrected.pk).latest_revision.content["correction"]
    assert kept == {"note": "Başlık düzeltildi.", "major": True}


@pytest.fixture
def short():
    """A statement whose first edition holds nothing but short words, and whose second holds none of them."""
    item = factories.published_statement(
        title="Ali Kaya öldü", speaker="Ali Kaya", place="Tuzla", body="<p>Ali Kaya öldü.</p>"
    )
    return factories.corrected(
        Statement.objects.get(pk=item.pk),
        title="Temiz",
        speaker="",
        place="",
        body="<p>Temiz metin.</p><p>***</p>",
    )


@pytest.mark.parametrize(
    "again",
    [
        {"title": "Ali Kaya öldü"},
        {"title": "ALİ KAYA ÖLDÜ!"},
        {"speaker": "Ali Kaya"},
        {"summary": "Yeni spot.\nAli Kaya öldü"},
        {"body": "<p>Yeni metin.</p><p><b>Ali</b> Kaya öldü</p>"},
        {"source_reference": "Tuzla"},
        {"correction": Correction("“Ali Kaya öldü” başlığı yanlıştı.")},
    ],
    ids=" ".join,
)
def test_draft_that_repeats_short_words_of_the_text_goes(short, again):
    for name, value in again.items():
        setattr(short, name, value)
    short.save_revision()
    redacted(short, editions=[1])
    assert places_of("ali kaya", "tuzla") == set()
    fresh = Statement.objects.get(pk=short.pk)
    assert (fresh.latest_revision_id, fresh.draft_title) == (fresh.live_revision_id, "Temiz")


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Tuzla yolu açıldı"},  # within other words a short word tells nothing
        {"body": "<p>Yeni metin.</p><p>* * *</p>"},
        {"speaker": "Ali Kayalar"},
    ],
    ids=" ".join,
)
def test_draft_that_only_resembles_short_words_stays(short, other):
    for name, value in other.items():
        setattr(short, name, value)
    short.save_revision()
    redacted(short, editions=[1])
    fresh = Statement.objects.get(pk=short.pk)
    assert fresh.latest_revision_id != fresh.live_revision_id


@pytest.mark.parametrize("note", ["Ali Kaya", "Başvuru üzerine:\nali kaya öldü.", "“Ali Kaya öldü” başlığı."])
def test_note_that_repeats_short_words_is_refused(short, note):
    with pytest.raises(redaction.RedactionRefused, match="metni tekrarlamasın"):
        asked(short, editions=[1], note=note)
    assert asked(short, editions=[1], note="Tuzla mahkemesinin kararı.")


def test_outlet_called_otherwise_since_is_not_told_by_a_draft():
    """A draft keeps what its outlet was called when it was saved; the outlet itself has lost the name."""
    named = factories.outlet(name="Ali Kaya")
    item = factories.published_news(outlet=named)
    type(named).objects.update(name="Bir kaynak")
    factories.corrected(NewsItem.objects.get(pk=item.pk), title="Temiz başlık", body="<p>Temiz metin.</p>")
    live = NewsItem.objects.get(pk=item.pk).live_revision
    live.content["names"]["outlet"]["name"] = "Ali Kaya"
    live.save(update_fields=["content"])
    redacted(NewsItem.objects.get(pk=item.pk), editions=[1])
    assert places_of("ali kaya") == set()


def test_draft_that_names_a_topic_stays_though_the_text_named_it_too():
    topic = factories.topic(name="Ekonomi")
    item = factories.published_news(topics=[topic], body="<h2>Ekonomi</h2><p>Eski metin.</p>")
    clean = factories.corrected(
        NewsItem.objects.get(pk=item.pk),
        title="Temiz",
        body="<p>Temiz metin.</p>",
        topics=[factories.topic()],
    )
    clean.topics = [topic]
    clean.title = "Yeni taslak"
    clean.save_revision()
    redacted(clean, editions=[1])
    draft = NewsItem.objects.get(pk=item.pk).latest_revision.content
    assert (draft["title"], draft["names"]["topics"][0]["name"]) == ("Yeni taslak", "Ekonomi")


def test_edition_offered_again_with_the_same_text_goes_too(rare):
    """A text has one row, whatever number of editions show it."""
    other = factories.corrected(NewsItem.objects.get(pk=rare.pk), title="Arada başka")
    factories.corrected(other, **rare_fields())
    scope = scope_of(Redaction(item=rare, editions=[1]))
    assert scope.own.editions == [1, 3]
    assert scope.own.loses_newest


def test_item_that_offers_the_very_same_text_goes_off_offer_too():
    first = factories.published_statement(title="Bir ve aynı", body="<p>Bir ve aynı metin.</p>")
    second = factories.published_statement(title="Bir ve aynı", body="<p>Bir ve aynı metin.</p>")
    redacted(first)
    assert not is_on_offer(first)
    assert not is_on_offer(second)
    assert findings() == []


# --- Images ------------------------------------------------------------------------------------------------------


def test_image_that_another_text_shows_stays(rare):
    other = factories.published_news(image=NewsItem.objects.get(pk=rare.pk).image, image_alt="Aynı görsel")
    request = redacted(rare)
    finish(request)
    assert RedactedImage.objects.count() == 0
    assert NewsItem.objects.get(pk=other.pk).image.file.storage.exists(other.image.file.name)
    assert findings() == []


def test_image_that_a_draft_uses_stays_with_editors_and_is_never_offered(rare):
    draft = factories.news_item(image=rare.image, image_alt="Aynı görsel")
    finish(redacted(rare))
    assert NewsItem.objects.get(pk=draft.pk).image is not None
    with pytest.raises(publication.PublishRefused, match="görsel karartılmış"):
        factories.offer(draft)


def test_image_and_its_copies_are_gone(rare):
    original, image = rare.image, rows(rare)[0].content.metadata["image"]["hash"]
    rendition = original.get_rendition("width-40")
    finish(redacted(rare))
    assert not is_frozen(image)
    assert not original.file.storage.exists(original.file.name)
    assert not rendition.file.storage.exists(rendition.file.name)
    assert not type(original).objects.filter(pk=original.pk).exists()
    assert "Görsel karartıldı." in verify()


# --- Two persons -------------------------------------------------------------------------------------------------


def test_who_asks_does_not_decide(rare):
    first, _second = two_persons()
    request = asked(rare, by=first)
    with pytest.raises(redaction.RedactionRefused, match="ikinci bir kişi"):
        approved(request, by=first)
    with pytest.raises(redaction.RedactionRefused, match="ikinci bir kişi"):
        redaction.refuse(request, user=first, reason="Vazgeçtim.")
    assert is_on_offer(rare)


def test_who_asks_does_not_decide_under_another_name_or_after_coming_back(rare):
    first, _second = two_persons()
    request = asked(rare, by=first)
    first.is_active = False
    first.save()
    first.is_active, first.email, first.is_superuser = True, "baska@des.example", True
    first.save()
    with pytest.raises(redaction.RedactionRefused, match="ikinci bir kişi"):
        approved(request, by=first)


def test_account_opened_after_the_request_does_not_approve_it(rare):
    """Whoever manages accounts could open one more, and be two persons."""
    administrator = factories.person(role="administrator")
    request = asked(rare, by=administrator)
    newcomer = factories.person(role="administrator")
    with pytest.raises(redaction.RedactionRefused, match="Hesabınız bu istekten sonra açılmış"):
        approved(request, by=newcomer)
    assert is_on_offer(rare)
    redaction.refuse(request, user=newcomer, reason="İsteyen ayrıldı.")
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.REFUSED


def test_database_refuses_a_decision_by_who_asked(rare):
    first, second = two_persons()
    request = asked(rare, by=first)
    wrong = {"approved": first, "refused": first, "taken_back": second}
    for kind, person in wrong.items():
        with pytest.raises(DatabaseError, match="asked for by one person"), transaction.atomic():
            RedactionDecision.objects.create(
                redaction=request, kind=kind, decided_by=person.uuid, decided_at=request.requested_at
            )


@pytest.mark.parametrize("left", ["deactivated", "without the role"])
def test_request_of_who_has_left_is_not_approved(rare, left):
    first, second = two_persons()
    request = asked(rare, by=first)
    if left == "deactivated":
        first.is_active = False
        first.save()
    else:
        first.groups.clear()
    with pytest.raises(redaction.RedactionRefused, match="hesabı kapatılmış"):
        approved(request, by=second)
    redaction.refuse(request, user=second, reason="İsteyen ayrıldı.")
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.REFUSED


@pytest.mark.parametrize("role", ["editor", "auditor", "strategist", None])
def test_others_neither_ask_nor_decide(rare, role):
    person = factories.person(role=role)
    with pytest.raises(PermissionDenied):
        asked(rare, by=person)
    request = asked(rare)
    with pytest.raises(PermissionDenied):
        approved(request, by=person)


def test_second_person_deactivated_meanwhile_does_not_decide(rare):
    _first, second = two_persons()
    request = asked(rare)
    type(second).objects.filter(pk=second.pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        approved(request, by=second)


def test_only_who_asked_takes_it_back(rare):
    first, second = two_persons()
    request = asked(rare, by=first)
    with pytest.raises(PermissionDenied):
        redaction.take_back(request, user=second)
    redaction.take_back(request, user=first)
    assert Redaction.objects.get(pk=request.pk).state == Redaction.State.TAKEN_BACK
    assert is_on_offer(rare)


def test_it_is_decided_once(rare):
    request = asked(rare)
    seen = scope_of(request).fingerprint
    approved(request)
    with pytest.raises(redaction.RedactionRefused, match="zaten verilmiş"):
        redaction.approve(request, user=second_person(), seen=seen)


def test_one_request_at_a_time(rare):
    asked(rare)
    with pytest.raises(redaction.RedactionRefused, match="zaten var"):
        asked(rare)


# --- What is asked for -------------------------------------------------------------------------------------------


def test_draft_is_not_redacted():
    with pytest.raises(redaction.RedactionRefused, match="hiç yayımlanmadı"):
        asked(factories.news_item())


@pytest.mark.parametrize("editions", [[], [0], [2], [1, 7]])
def test_editions_that_are_not_there_are_refused(rare, editions):
    with pytest.raises(redaction.RedactionRefused, match="sürümleri seçin"):
        asked(rare, editions=editions)


def test_note_that_quotes_the_text_is_refused(rare):
    with pytest.raises(redaction.RedactionRefused, match="metni tekrarlamasın"):
        asked(rare, note=f"Silinecek: “{rare_fields()['summary']}”")
    assert Redaction.objects.count() == 0


@pytest.mark.parametrize("missing", [{"decision_number": " "}, {"note": "\n"}, {"ground": "keyfî"}])
def test_request_without_ground_number_or_note_is_refused(rare, missing):
    with pytest.raises(redaction.RedactionRefused):
        asked(rare, **missing)


def test_what_was_published_since_the_page_was_read_is_not_destroyed_unseen(rare):
    request = asked(rare)
    seen = scope_of(request).fingerprint
    factories.corrected(NewsItem.objects.get(pk=rare.pk), title="Bu arada yayımlanan")
    with pytest.raises(redaction.RedactionRefused, match="siz bakarken değişti"):
        redaction.approve(request, user=second_person(), seen=seen)
    assert is_on_offer(rare)


def test_redacted_text_is_not_asked_for_again(rare):
    redacted(rare)
    with pytest.raises(redaction.RedactionRefused, match="zaten karartılmış"):
        asked(rare)


# --- Afterwards --------------------------------------------------------------------------------------------------


def test_item_offered_again_is_a_new_edition_counted_against_the_last(rare):
    before = rows(rare)[-1]
    redacted(rare)
    again = factories.corrected(
        NewsItem.objects.get(pk=rare.pk), title="Yeni başlık", body="<p>Yeni metin.</p>"
    )
    newest = rows(again)[-1]
    assert newest.edition == before.edition + 1
    assert newest.characters_delta == newest.characters - before.characters
    assert newest.url_path == before.url_path
    assert findings() == []


def test_same_text_is_not_offered_again(rare):
    fields = rare_fields()
    image = factories.image(colour="#777777")
    other = factories.published_news(image=image, **fields)
    desk = other.desk
    redacted(other)
    again = factories.news_item(desk=desk, **{**fields, "image_alt": "", "image_credit": ""})
    again.title = "Arada"
    factories.offer(again)
    with pytest.raises(publication.PublishRefused):
        factories.offer(factories.news_item(desk=desk, image=factories.image(colour="#777777"), **fields))


def test_scheduled_draft_is_gone_and_never_goes_live(rare):

    item = NewsItem.objects.get(pk=rare.pk)
    item.go_live_at = timezone.now() + timedelta(hours=1)
    revision = item.save_revision()
    publication.publish(revision)
    redacted(item)
    assert not Revision.objects.for_instance(item).exists()
    with pytest.raises(publication.PublishRefused, match="artık yok"):
        publication.publish(revision)
    call_command("publish_scheduled")
    assert not is_on_offer(item)


def test_bulletin_that_gathered_the_text_stands(rare):
    other = factories.published_news(title="Öteki haber")
    gathers = factories.published_bulletin(rare, other)
    redacted(rare)
    assert is_on_offer(gathers)
    assert findings() == []
    corrected = factories.corrected(type(gathers).objects.get(pk=gathers.pk), title="Bültenin düzeltmesi")
    entries = rows(corrected)[-1].content.metadata["entries"]
    assert [entry["item"] for entry in entries] == [str(rare.uuid), str(other.uuid)]


def test_copies_and_translations_are_named_for_people_to_look_at(rare):
    translation = translation_draft(rare, "en", factories.person(role="editor"))
    copy = unsaved_copy(rare)
    copy.save()
    scope = scope_of(asked(rare))
    assert {item.pk for item in scope.others} == {translation.pk, copy.pk}


def test_copy_and_translation_made_afterwards_hold_nothing(rare):
    redacted(rare)
    draft = translation_draft(NewsItem.objects.get(pk=rare.pk), "en", factories.person(role="editor"))
    assert (draft.title, draft.body) == ("Karartılmış içerik", "")


def test_audit_log_tells_of_it_without_its_words(rare):
    request = redacted(rare)
    finish(request)
    events = AuditEvent.objects.filter(kind__startswith="redaction.").order_by("sequence")
    assert [event.kind for event in events] == ["redaction.asked", "redaction.approved"]
    assert events[1].details["redaction"] == request.pk
    assert AuditPersonalData.objects.filter(sequence__in=[event.sequence for event in events]).count() == 0


# --- Append-only -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model", [Redaction, RedactionDecision, RedactedImage, RedactionStep], ids=lambda model: model.__name__
)
@pytest.mark.parametrize("change", ["update", "delete", "truncate or replace"])
def test_nothing_of_a_redaction_is_changed_or_removed(rare, model, change):
    finish(redacted(rare))
    table, row = model._meta.db_table, model.objects.first()
    column = model._meta.pk.column
    assert row is not None
    if change == "update":
        statement = f"UPDATE {table} SET {column} = {column}"
    elif change == "delete":
        statement = f"DELETE FROM {table}"
    elif connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # what the test's own transaction still has to check
        statement = f"TRUNCATE {table} CASCADE"
    else:
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    with pytest.raises(DatabaseError, match=r"never changed|asked for by one"), transaction.atomic():
        run(statement)


def test_text_emptied_past_the_two_persons_is_found(rare):
    content = rows(rare)[0].content_id
    run(
        "UPDATE bulletin_publishedcontent SET title = '', summary = '', html = '', metadata = '{}',"
        " redacted_at = '2026-01-01 00:00:00+00:00' WHERE hash = %s",
        content,
    )
    assert any("karartma kararı kayıtlı değil" in finding for finding in findings())


def test_current_items_hold_no_image_of_a_redacted_edition(corrected):
    redacted(corrected, editions=[1])
    current = CurrentItem.objects.get(pk=corrected.pk)
    assert {image.content_id for image in current.images.all()} == {rows(corrected)[1].content_id}
    assert PublishedContent.objects.filter(redacted_at__isnull=False).count() == 1
