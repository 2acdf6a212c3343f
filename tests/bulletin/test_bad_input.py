"""Broken and hostile content: refused with a sentence or stored harmlessly, and never half of it.

What the sanitiser makes of a body alone is tested beside it (`sanitising/`); here an item goes the whole way, saved,
published, counted and listed.
"""

import json
import re
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from wagtail.models import Revision

from bulletin import publication
from bulletin.models import (
    Bulletin,
    BulletinEntry,
    CurrentItem,
    Item,
    NewsItem,
    Statement,
)
from bulletin.refusals import PublishRefused
from bulletin.sanitising import MAXIMUM_BODY_BYTES, sanitise
from bulletin.sanitising.plain_text import FORBIDDEN
from tests import factories

from .ledger import findings, kinds, nothing_changes, rows, standing
from .threads import at_once

#: One of each sort of character that no stored text holds, among letters that stay.
DIRTY = "A\x00B\x0eC\x1bD\x7fE\x9fF\ud800G\udfffH\ufffeI\u202eJ\ufeffK"
CLEAN = "ABCDEFGHIJK"

MAKERS = {NewsItem: factories.news_item, Statement: factories.statement, Bulletin: factories.bulletin}

#: Every field of free text, by kind, and what else makes it valid.
TEXTS = [
    *((NewsItem, name) for name in ("title", "summary", "body")),
    *((NewsItem, name) for name in ("original_title", "original_text", "translator")),
    *((NewsItem, name) for name in ("image_alt", "image_credit")),
    *((Statement, name) for name in ("title", "summary", "body", "number", "issuing_office")),
    *((Statement, name) for name in ("speaker", "place", "source_reference")),
    *((Bulletin, name) for name in ("title", "summary", "body")),
]
every_text = pytest.mark.parametrize(
    ("model", "name"), TEXTS, ids=[f"{model.__name__}.{name}" for model, name in TEXTS]
)


def fresh(item: Item) -> Item:
    return type(item).objects.get(pk=item.pk)


def draft(model, **fields) -> Item:
    if model is Bulletin:
        return factories.bulletin(factories.published_news(), **fields)
    if model is NewsItem:
        fields = {"image": factories.image(), "image_alt": "Bir görsel", **fields}
    return MAKERS[model](**fields)


@contextmanager
def nothing_is_kept():
    """Fails unless nothing at all is different after the block, drafts included."""
    revisions = list(Revision.objects.order_by("pk").values())
    with nothing_changes():
        yield
    assert list(Revision.objects.order_by("pk").values()) == revisions
    assert findings() == []


@contextmanager
def refused(sentence: str, error: type[Exception] = PublishRefused):
    """Fails unless what is done in it is refused with `sentence`, and nothing at all is different afterwards."""
    with nothing_is_kept(), pytest.raises(error, match=sentence):
        yield


def refusal_of(work: Callable[[], object]) -> str | None:
    """The sentence that refuses `work`, or None where it is done. Fails where a refusal leaves something changed."""
    before = standing(), list(Revision.objects.order_by("pk").values())
    try:
        with transaction.atomic():
            work()
    except ValidationError as refusal:
        sentence = " ".join(refusal.messages)
    else:
        sentence = None
    if sentence is not None:
        assert (standing(), list(Revision.objects.order_by("pk").values())) == before
        assert sentence.strip()
    assert findings() == []
    return sentence


def publish(item: Item) -> None:
    factories.offer(item)


# --- Bombs -------------------------------------------------------------------------------------------------------

#: Each under the limit of bytes; whether anything is left to offer, only the sanitiser can say.
BOMBS = {
    "elements in each other": "<div>" * 100_000 + "derin",
    "formats in each other": "<b><i>" * 60_000 + "derin",
    "lists in each other": "<ul><li>" * 60_000 + "derin",
    "attributes of one element": "<p " + " ".join(f"a{number}=1" for number in range(90_000)) + ">metin</p>",
    "one attribute twice and again": "<p " + "lang=ar " * 100_000 + ">metin</p>",
    "attribute as long as a body": f'<p lang="{"a" * 900_000}">metin</p>',
    "address as long as a body": f'<a href="https://{"a" * 900_000}.example/">metin</a>',
    "many elements": "<p>a</p>" * 100_000,
    "many empty elements": "<br>" * 200_000,
    "comments": "<!-- x -->" * 90_000,
    "entities": "&amp;lt;script&amp;gt;" * 40_000,
    "open tags": "<p " * 300_000,
    "combining marks": "a" + "\u0301" * 400_000,
}


@pytest.mark.django_db
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_bomb_is_published_harmlessly_or_refused_in_seconds(bomb):
    item = factories.news_item(title="Bomba")
    item.save_revision()
    item.body = bomb
    started = time.monotonic()
    if (sentence := refusal_of(lambda: publish(item))) is None:
        (row,) = rows(item)
        assert sanitise(row.content.html) == row.content.html
        assert len(row.content.html.encode()) <= MAXIMUM_BODY_BYTES
    else:
        assert sentence.startswith("Metin çok ")
    assert time.monotonic() - started < 120


@pytest.mark.django_db
@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
def test_body_of_two_megabytes_is_refused_and_the_draft_before_stays(model):
    item = draft(model, title="Duran")
    item.save_revision()
    item.body = "<p>" + "a" * 2_000_000 + "</p>"
    with refused("Metin çok büyük", ValidationError):
        item.save_revision()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
def test_body_of_two_megabytes_saved_past_the_form_is_not_published(model):
    item = draft(model)
    item.body = "<p>" + "a" * 2_000_000 + "</p>"
    revision = item.save_revision(clean=False)
    with refused("Metin çok büyük"):
        publication.publish(revision)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["title", "summary", "original_text", "translator"])
def test_two_megabytes_in_another_field_are_refused(name):
    item = factories.news_item()
    item.save_revision()
    setattr(item, name, "a" * 2_000_000)
    with refused("[Ee]n çok|en fazla|çok büyük", ValidationError):
        item.save_revision()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
def test_correction_that_is_too_large_leaves_what_is_on_offer(model):
    item = factories.offer(draft(model))
    item.body = "<p>" + "a" * 2_000_000 + "</p>"
    revision = item.save_revision(clean=False)
    with refused("Metin çok büyük"):
        publication.publish(revision)
    assert kinds(item) == ["published"]


# --- Characters that no text holds -------------------------------------------------------------------------------


def shown(item: Item) -> str:
    """Everything that readers get of `item`, as one text."""
    current = CurrentItem.objects.get(pk=item.pk)
    content = current.publication.content
    parts = [content.title, content.summary, content.html, content.metadata, current.title, current.number]
    return json.dumps(parts, ensure_ascii=False)


def holds_forbidden(text: str) -> bool:
    return re.search(f"[{FORBIDDEN}]", text) is not None


@pytest.mark.django_db
@every_text
def test_characters_that_no_text_holds_are_dropped_from_a_draft(model, name):
    item = draft(model)
    setattr(item, name, f"<p>{DIRTY}</p>" if name == "body" else DIRTY)
    revision = item.save_revision()
    publication.publish(revision)
    assert not holds_forbidden(shown(item))
    assert name == "original_text" or CLEAN in shown(item)
    assert CLEAN in getattr(fresh(item), name)
    assert findings() == []


@pytest.mark.django_db
@every_text
def test_revision_that_was_never_cleaned_is_refused(model, name):
    """As a faulty import would leave it: what readers get comes from it as it is."""
    item = draft(model)
    revisions = []
    for bad in ("\x01", "\x9f", "\ufffe", "\u202e", "\ufeff"):
        setattr(item, name, f"<p>a{bad}b</p>" if name == "body" else f"a{bad}b")
        revisions.append(item.save_revision(clean=False))
    with nothing_is_kept():
        for revision in revisions:
            with pytest.raises(PublishRefused, match="saklanamayan karakterler"):
                publication.publish(revision)


@pytest.mark.django_db
@every_text
@pytest.mark.parametrize("bad", ["\x00", "\ud800"], ids=ascii)
def test_revision_with_characters_that_a_database_may_not_hold_is_refused(model, name, bad):
    item = draft(model)
    setattr(item, name, f"<p>a{bad}b</p>" if name == "body" else f"a{bad}b")
    revisions = Revision.objects.count()
    try:
        with transaction.atomic():
            revision = item.save_revision(clean=False)
    except (DatabaseError, ValueError):
        # Here the database itself takes no such revision.
        assert Revision.objects.count() == revisions
        assert connection.vendor == "postgresql"
        return
    with refused("saklanamayan karakterler"):
        publication.publish(revision)


@pytest.mark.django_db
def test_headings_of_a_bulletin_hold_no_such_character():
    edition = factories.bulletin()
    edition.entries = [BulletinEntry(item=factories.published_news(), section=DIRTY, sort_order=0)]
    factories.offer(edition)
    assert CurrentItem.objects.get(pk=edition.pk).publication.content.metadata["headings"] == [CLEAN]
    assert findings() == []


@pytest.mark.django_db
def test_note_holds_no_such_character():
    item = factories.published_news()
    factories.corrected(item, title="Düzeltilmiş", note=f"{DIRTY}\r\n\r\n\r\n\r\nikinci")
    assert rows(item)[1].note == f"{CLEAN}\n\nikinci"
    publication.withdraw(fresh(item), note=DIRTY)
    assert rows(item)[2].note == CLEAN
    assert findings() == []


NAMED = {
    "desk": ("name", "name_en"),
    "topic": ("name", "name_en"),
    "series": ("name", "name_en"),
    "outlet": ("name",),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("thing", "name"), [(thing, name) for thing in NAMED for name in NAMED[thing]])
def test_names_hold_no_such_character(thing, name):
    made = getattr(factories, thing)()
    setattr(made, name, DIRTY)
    made.full_clean()
    made.save()
    assert getattr(made, name) == CLEAN


@pytest.mark.django_db
@pytest.mark.parametrize("thing", NAMED)
@pytest.mark.parametrize("name", ["", " ", "\u200b\u00ad", "\x00"], ids=["empty", "space", "unseen", "NUL"])
def test_name_that_nobody_sees_is_refused(thing, name):
    made = getattr(factories, thing)()
    made.name = name
    with refused(".", ValidationError):
        made.full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
def test_headline_that_nobody_sees_is_refused(model):
    item = draft(model)
    item.save_revision()
    with nothing_is_kept():
        for title in ("", " \t\n", "\u200b", "\x00\x01", "\ud800"):
            item.title = title
            with pytest.raises(ValidationError, match=r"Başlık boş olamaz|doldurulmalı|boş"):
                item.save_revision()


# --- Numbers used twice ------------------------------------------------------------------------------------------

SERIES_SENTENCE = "Bu dizide bu sayıyla bir bülten zaten var"
OFFICE_SENTENCE = "Bu makamın bu sayıyla bir açıklaması zaten var"


numbers = count(1)


def twins(model) -> tuple[Item, Item]:
    """Two drafts of one series or office, whose numbers differ."""
    if model is Bulletin:
        series, gathered = factories.series(), factories.published_news()
        return tuple(factories.bulletin(gathered, series=series, number=number) for number in (7, 8))
    office = f"Büro {next(numbers)}"
    return tuple(factories.statement(issuing_office=office, number=number) for number in ("7", "8"))


both = pytest.mark.parametrize(
    ("model", "sentence", "spelling"),
    [
        (Bulletin, SERIES_SENTENCE, 7),
        (Statement, OFFICE_SENTENCE, "7"),
        (Statement, OFFICE_SENTENCE, " 7\u00a0"),
        (Statement, OFFICE_SENTENCE, "7\x00"),
    ],
    ids=["bulletin", "statement", "statement, with spaces", "statement, with a control character"],
)


@pytest.mark.django_db
@both
def test_draft_with_a_number_on_offer_is_refused(model, sentence, spelling):
    first, second = twins(model)
    publish(first)
    second.number = spelling
    with refused(sentence, ValidationError):
        second.save_revision()


@pytest.mark.django_db
@both
def test_second_of_two_drafts_with_one_number_is_not_published(model, sentence, spelling):
    """The number is free while neither is on offer: both revisions are saved, and the first to be published has it."""
    first, second = twins(model)
    first.number = second.number = 9
    second.number = 9 if model is Bulletin else str(spelling).replace("7", "9")
    one, two = first.save_revision(), second.save_revision()
    publication.publish(one)
    with refused(sentence):
        publication.publish(two)
    assert not fresh(second).live


@pytest.mark.django_db
@both
def test_correction_that_takes_anothers_number_leaves_what_is_on_offer(model, sentence, spelling):
    first, second = twins(model)
    publish(first)
    second = factories.offer(second)
    second.number = spelling
    with refused(sentence, ValidationError):
        second.save_revision()
    revision = second.save_revision(clean=False)
    with refused(sentence):
        publication.publish(revision)
    assert kinds(second) == ["published"]


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Bulletin, Statement])
def test_number_of_a_withdrawn_item_stays_its_own(model):
    first, second = twins(model)
    factories.offer(first).unpublish()
    second.number = first.number
    with refused("zaten var", ValidationError):
        second.save_revision()


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, -1, 1_000_001, 10**30, None, "x"])
def test_number_that_is_none_is_refused(number):
    edition = factories.bulletin(factories.published_news())
    edition.save_revision()
    edition.number = number
    with refused(".", ValidationError):
        edition.save_revision()


@pytest.mark.parametrize("model", [Bulletin, Statement])
def test_one_number_published_twice_at_the_same_moment_goes_out_once(own_database, model):
    for _turn in range(5):
        items = twins(model)
        revisions = []
        for item in items:
            item.number = 9 if model is Bulletin else "9"
            revisions.append(item.save_revision())
        raised = at_once(*(revision.publish for revision in revisions))
        (refusal,) = [error for error in raised if error]
        assert isinstance(refusal, PublishRefused)
        assert "zaten var" in str(refusal)
        assert [fresh(item).live for item in items].count(True) == 1
    assert findings() == []


# --- What an edition names ---------------------------------------------------------------------------------------


def edition_of(*items: Item) -> Bulletin:
    edition = factories.bulletin(*items)
    edition.save_revision()
    return fresh(edition)


@pytest.mark.django_db
def test_edition_that_names_a_draft_is_refused_by_name():
    edition = edition_of(factories.published_news(), factories.news_item(title="Henüz taslak"))
    with refused("Yayında değil: Henüz taslak"):
        publication.publish(edition.latest_revision)


@pytest.mark.django_db
def test_edition_that_names_a_withdrawn_item_is_refused_by_name():
    item = factories.published_news(title="Kaldırılmış")
    item.unpublish()
    edition = edition_of(item, factories.published_news())
    with refused("Yayında değil: Kaldırılmış"):
        publication.publish(edition.latest_revision)


@pytest.mark.django_db
def test_edition_that_names_every_wrong_item_names_each():
    edition = edition_of(*(factories.news_item(title=f"Taslak {letter}") for letter in "abc"))
    with refused("Yayında değil: Taslak a; Taslak b; Taslak c"):
        publication.publish(edition.latest_revision)


@pytest.mark.django_db
def test_edition_that_names_an_item_twice_is_refused_by_name():
    item = factories.published_news(title="Çift")
    edition = edition_of(item, factories.published_news(), item)
    with refused("Bültende iki kez geçiyor: Çift"):
        publication.publish(edition.latest_revision)


@pytest.mark.django_db
def test_empty_edition_is_refused():
    edition = edition_of()
    with refused("Bültende en az bir içerik olmalıdır"):
        publication.publish(edition.latest_revision)


@pytest.mark.django_db
def test_edition_that_names_itself_is_refused():
    edition = factories.published_bulletin()
    edition.entries.add(BulletinEntry(item=edition, section="Kendisi", sort_order=9))
    revision = edition.save_revision()
    with refused("Bir bülten kendini içeremez"):
        publication.publish(revision)


@pytest.mark.django_db
def test_edition_corrected_to_name_a_draft_leaves_what_is_on_offer():
    edition = factories.published_bulletin()
    edition.entries.add(BulletinEntry(item=factories.news_item(title="Taslak"), section="Ek", sort_order=9))
    revision = edition.save_revision()
    with refused("Yayında değil: Taslak"):
        publication.publish(revision)
    assert kinds(edition) == ["published"]


@pytest.mark.django_db
def test_edition_whose_item_is_withdrawn_before_its_hour_is_not_put_on_offer(monkeypatch):
    item = factories.published_news(title="Vaktinden önce kalkan")
    edition = edition_of(item)
    item.unpublish()
    with refused("Yayında değil: Vaktinden önce kalkan"):
        publication.publish(edition.latest_revision)


@pytest.mark.django_db
def test_edition_of_items_for_one_agency_is_published_and_opens_none_of_them():
    agency = factories.agency()
    item = factories.published_news(audience=[f"agency:{agency.pk}"], title="Yalnız bir kuruma")
    edition = factories.offer(edition_of(item))
    assert set(CurrentItem.objects.readable_by({"public"})) == {edition.current}
    assert "Yalnız bir kuruma" not in shown(edition)
    assert findings() == []


@pytest.mark.django_db
def test_section_title_too_long_is_refused():
    edition = factories.bulletin(factories.published_news())
    edition.save_revision()
    edition.entries = [BulletinEntry(item=factories.published_news(), section="ı" * 161, sort_order=0)]
    with refused("Bölüm başlığı en çok 160 karakter olabilir", ValidationError):
        edition.save_revision()


# --- Dates -------------------------------------------------------------------------------------------------------

DAYS = [date(1, 1, 1), date(1906, 5, 19), date(2100, 2, 28), date(9999, 12, 31)]


@pytest.mark.django_db
@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize(
    ("model", "name"), [(Statement, "date"), (NewsItem, "original_date"), (Bulletin, "date")]
)
def test_date_of_any_year_is_offered_as_it_is(model, name, day):
    item = factories.offer(draft(model, **{name: day}))
    assert rows(item)[0].content.metadata[name] == day.isoformat()
    assert rows(item)[0].offered_on.year >= 2026
    assert findings() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment", [datetime(1906, 5, 19, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)], ids=str
)
def test_moment_long_ago_counts_in_its_own_day(moment):
    item = factories.published_statement(offered_at=moment)
    assert rows(item)[0].offered_on == moment.date()
    assert CurrentItem.objects.get().first_offered_at == moment
    assert findings() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment", [datetime(2100, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)], ids=str
)
def test_moment_to_come_is_refused(moment):
    item = factories.statement()
    revision = item.save_revision()
    with refused("Sunulma zamanı gelecekte olamaz"):
        publication.publish(revision, offered_at=moment)
    item = factories.published_news()
    with refused("Sunulma zamanı gelecekte olamaz"):
        publication.withdraw(item, offered_at=moment)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "name"), [(Statement, "date"), (Bulletin, "date"), (NewsItem, "original_date")]
)
def test_date_that_is_none_is_refused(model, name):
    item = draft(model)
    item.save_revision()
    with nothing_is_kept():
        for written in ("2026-02-30", "dün", "0000-00-00", "10000-01-01"):
            setattr(item, name, written)
            with pytest.raises(ValidationError, match="tarih"):
                item.save_revision()


# --- What a revision holds ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
@pytest.mark.parametrize(
    "forged",
    [
        {"title": ""},
        {"body": ""},
        {"language": "xx"},
        {"language": ""},
        {"desk": 10**12, "series": 10**12},
        {"topics": [10**12]},
        {"entries": [{"item": 10**12, "section": "", "pk": None, "sort_order": 0}]},
        {"date": "dün", "original_date": "dün"},
        {"number": "x" * 99},
        {"urgency": "yarın", "statement_kind": "ferman"},
    ],
    ids=str,
)
def test_forged_revision_is_published_as_what_it_can_be_or_refused(model, forged):
    """A revision is JSON that a database tool, an old release or a restored backup may have left in any state."""
    item = draft(model)
    revision = item.save_revision()
    content = {**revision.content, **{key: value for key, value in forged.items() if key in revision.content}}
    if content == revision.content:
        return
    Revision.objects.filter(pk=revision.pk).update(content=content)
    refusal_of(lambda: publication.publish(Revision.objects.get(pk=revision.pk)))
