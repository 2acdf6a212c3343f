"""Broken and hostile input at the newsroom's two doors, the editing form and the import of statements."""

import json
import re
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import Revision

from bulletin import publication
from bulletin.models import Bulletin, BulletinEntry, CurrentItem, Item, NewsItem, Publication, Statement
from bulletin.models.bulletins import MAXIMUM_ENTRIES
from tests import factories
from tests.bulletin.ledger import findings, kinds, nothing_changes
from tests.newsroom.pages import form_of, said, url

pytestmark = pytest.mark.django_db

DIRTY = "A\x0eB\x1bC\x7fD\x9fE\ufffeF\u202eG\ufeffH"
CLEAN = "ABCDEFGH"


def fresh(item: Item) -> Item:
    return type(item).objects.get(pk=item.pk)


@pytest.fixture
def entered(client, editor):
    client.force_login(editor)
    return client


@contextmanager
def nothing_saved():
    """Fails unless neither an item, nor a revision, nor the log is different afterwards."""
    revisions = list(Revision.objects.order_by("pk").values())
    with nothing_changes():
        yield
    assert list(Revision.objects.order_by("pk").values()) == revisions
    assert findings() == []


def written(model, **fields) -> Item:
    """An item of `model` as a new form holds it, not saved."""
    if model is NewsItem:
        return NewsItem(**{"title": "Yeni", "body": "<p>Metin.</p>", "desk": factories.desk(), **fields})
    return Statement(
        **{"title": "Yeni", "body": "<p>Metin.</p>", "issuing_office": "Büro", "date": "2026-01-05", **fields}
    )


# --- The editing area --------------------------------------------------------------------------------------------


def block(text: str = "metin", **changes) -> dict:
    plain = {
        "key": "a",
        "text": text,
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [],
    }
    return {**plain, **changes}


def area(*blocks: dict, entities: dict | None = None) -> str:
    return json.dumps({"blocks": blocks, "entityMap": entities or {}})


def link(address: str) -> str:
    return area(
        block("bağlantı metni", entityRanges=[{"key": 0, "offset": 0, "length": 8}]),
        entities={"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": address}}},
    )


BOMBS = {
    "many formats": lambda: area(
        block("a" * 1000, inlineStyleRanges=[{"offset": 0, "length": 9, "style": "BOLD"}] * 20_000)
    ),
    "format of nothing": lambda: area(
        block("a", inlineStyleRanges=[{"offset": -5, "length": 10**9, "style": "BOLD"}])
    ),
    "unknown format": lambda: area(block(inlineStyleRanges=[{"offset": 0, "length": 2, "style": "BLINK"}])),
    "unknown block": lambda: area(block(type="iframe")),
    "depth without end": lambda: area(block(type="unordered-list-item", depth=10**9)),
    "depth below nothing": lambda: area(block(type="ordered-list-item", depth=-3)),
    "entity of nothing": lambda: area(block(entityRanges=[{"key": 7, "offset": 0, "length": 2}])),
    "unknown entity": lambda: area(
        block(entityRanges=[{"key": 0, "offset": 0, "length": 2}]),
        entities={"0": {"type": "EMBED", "mutability": "MUTABLE", "data": {"url": "https://x.example"}}},
    ),
    "page that is not there": lambda: area(
        block(entityRanges=[{"key": 0, "offset": 0, "length": 2}]),
        entities={"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"id": 10**12, "parentId": 1}}},
    ),
    "page named in markup": lambda: area(
        block(entityRanges=[{"key": 0, "offset": 0, "length": 2}]),
        entities={
            "0": {"type": "LINK", "mutability": "MUTABLE", "data": {"id": '"><script>', "parentId": 1}}
        },
    ),
    "text that is none": lambda: area(block(text=None)),
    "text that is a list": lambda: area(block(text=["a"])),
    "blocks that are none": lambda: json.dumps({"blocks": {"0": block()}, "entityMap": {}}),
    "number": lambda: "7",
    "not a number": lambda: '{"blocks": NaN}',
    "two megabytes": lambda: area(block("a" * 2_000_000)),
    "markup": lambda: "<p><script>alert(1)</script></p>",
    "lone surrogate": lambda: area(block("a\ud800b")),
    "key of markup": lambda: area(block(key='"><script>alert(1)</script>')),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_body_is_saved_harmlessly_or_refused_with_a_sentence(entered, chief_editor, bomb):
    item = factories.news_item(title="Duran başlık", body="<p>Duran metin.</p>")
    item.save_revision()
    revisions = Revision.objects.count()
    answer = entered.post(url("edit", item), form_of(item, title="Yeni başlık", body=bomb()))
    if answer.status_code == 200:
        page = answer.content.decode()
        assert "Metin okunamadı ve kaydedilmedi" in page or "Metin çok" in page
        assert (fresh(item).title, fresh(item).body) == ("Duran başlık", "<p>Duran metin.</p>")
        assert Revision.objects.count() == revisions
    else:
        assert answer.status_code == 302
        publication.publish(fresh(item).latest_revision, user=chief_editor)
        html = CurrentItem.objects.get().publication.content.html
        assert "<script" not in html
        assert "<iframe" not in html
        for name in ("edit", "inspect"):
            assert entered.get(url(name, item)).status_code == 200
    assert findings() == []


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "\x01javascript:alert(1)"]
)
def test_link_that_runs_is_a_link_nowhere(entered, chief_editor, address):
    """A writer's trap for whoever approves: in the draft as it is inspected, and on the site."""
    entered.post(url("add", NewsItem), form_of(written(NewsItem), body=link(address)))
    item = NewsItem.objects.get()
    for name in ("inspect", "edit", "history"):
        page = entered.get(url(name, item)).content.decode().lower()
        assert 'href="javascript' not in page
        assert 'href="data:' not in page
        assert 'href="\x01' not in page
    assert "bağlantı metni" in entered.get(url("inspect", item)).content.decode()
    publication.publish(item.latest_revision, user=chief_editor)
    assert "href" not in CurrentItem.objects.get().publication.content.html


def test_body_saved_past_the_form_opens_and_runs_nowhere(entered):
    """As an import or an older release may have left it; the editing area reads well-formed bodies alone."""
    broken = "<p>a</title></p></textarea></script><script>alert(1)</script><b>kalın<p onclick=alert(1)>b"
    item = factories.news_item(body=broken)
    item.save_revision()
    for name in ("edit", "inspect"):
        answer = entered.get(url(name, item))
        assert answer.status_code == 200
        assert "<script>alert(1)" not in answer.content.decode()
        assert "onclick=alert" not in answer.content.decode()
    assert "kalın" in entered.get(url("inspect", item)).content.decode()


def test_draft_too_large_to_offer_is_inspected_with_a_sentence(entered):
    item = factories.news_item(body="<p>" + "a" * 1_000_001 + "</p>")
    assert "Metin çok büyük" in entered.get(url("inspect", item)).content.decode()


# --- Other fields ------------------------------------------------------------------------------------------------

FIELDS = {
    NewsItem: (
        *("title", "summary", "original_title", "original_text"),
        *("translator", "image_alt", "image_credit"),
    ),
    Statement: ("title", "number", "issuing_office", "speaker", "place", "source_reference"),
}
each_form = pytest.mark.parametrize("model", FIELDS, ids=lambda model: model.__name__)


def form_with(model, value: str) -> dict:
    """The form of a new item of `model` with `value` in every field of `FIELDS`."""
    return form_of(written(model), **dict.fromkeys(FIELDS[model], value), translation_kind="full")


def errors_of(answer) -> dict[str, str]:
    """What the form that was sent says of each field it refuses."""
    assert answer.status_code == 200
    return {name: " ".join(sentences) for name, sentences in answer.context["form"].errors.items()}


@each_form
def test_characters_that_no_text_holds_are_dropped(entered, model):
    entered.post(url("add", model), form_with(model, DIRTY))
    item = model.objects.get()
    clean = dict.fromkeys(FIELDS[model], CLEAN)
    assert {name: getattr(item, name) for name in clean} == clean
    assert {name: item.latest_revision.content[name] for name in clean} == clean


@each_form
def test_null_character_is_refused_with_a_sentence(entered, model):
    with nothing_saved():
        answer = entered.post(url("add", model), form_with(model, "a\x00b"))
    assert errors_of(answer) == dict.fromkeys(FIELDS[model], "Boş karakterlere izin verilmiyor.")
    assert "Boş karakterlere izin verilmiyor" in answer.content.decode()


@each_form
def test_bytes_that_are_no_text_are_saved_as_what_they_are_not(entered, model):
    """A half of a surrogate pair can't be sent in a form; the bytes of one are no UTF-8."""
    sent = urlencode(form_with(model, "YER"), doseq=True).replace("YER", "a%ED%A0%80%FFb")
    answer = entered.post(url("add", model), sent, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    item = model.objects.get()
    saved = dict.fromkeys(FIELDS[model], "a\ufffd\ufffd\ufffd\ufffdb")
    assert {name: getattr(item, name) for name in saved} == saved


@each_form
def test_field_far_too_long_is_refused_with_a_sentence(entered, model):
    names = [name for name in FIELDS[model] if name != "original_text"]
    data = form_of(written(model), **dict.fromkeys(names, "a" * 700_000), translation_kind="full")
    with nothing_saved():
        answer = entered.post(url("add", model), data)
    errors, page = errors_of(answer), answer.content.decode()
    for name in names:
        assert re.search("en fazla|En çok", errors[name]), name
        assert errors[name].split(" (")[0] in page, name


def test_original_text_of_two_megabytes_is_refused_with_a_sentence(entered):
    data = form_of(written(NewsItem), original_text="a" * 2_000_000, translation_kind="full")
    with nothing_saved():
        answer = entered.post(url("add", NewsItem), data)
    assert errors_of(answer).keys() == {"original_text"}
    assert "çok büyük" in answer.content.decode()


def test_form_of_six_megabytes_is_refused(entered):
    data = form_of(written(NewsItem), original_text="a" * 6_000_000)
    with nothing_saved():
        answer = entered.post(
            url("add", NewsItem),
            data="&".join(f"{k}={v}" for k, v in data.items()),
            content_type="application/x-www-form-urlencoded",
        )
    assert answer.status_code == 400


def test_form_of_twenty_thousand_fields_is_refused(entered):
    data = "&".join(f"x{number}=1" for number in range(20_000))
    with nothing_saved():
        answer = entered.post(url("add", NewsItem), data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "sent",
    [
        {
            "desk": "999999",
            "topics": ["999999"],
            "outlet": "9" * 40,
            "image": "9" * 40,
            "language": "xx",
            "urgency": "yarın",
            "source_country": "ZZZ",
            "original_date": "30.02.2026",
            "original_url": "javascript:alert(1)",
            "audience_choice": "herkes",
        },
        {
            "desk": "x",
            "topics": ["x"],
            "image": "x",
            "original_date": "0000-00-00",
            "original_url": "https://" + "a" * 600,
            "audience_agencies": ["999999"],
        },
        {"desk": "9" * 40, "topics": ["9" * 40], "audience_agencies": ["x"]},
        {"audience_agencies": ["9" * 40]},
    ],
    ids=["of nothing there", "of no number", "of too large a number", "of too large an agency"],
)
def test_choice_that_was_not_offered_is_refused(entered, sent):
    data = form_of(written(NewsItem))
    data |= {"audience_choice": "agencies"} if "audience_agencies" in sent else {}
    with nothing_saved():
        answer = entered.post(url("add", NewsItem), {**data, **sent})
    assert errors_of(answer).keys() == sent.keys()


# --- Bulletins ---------------------------------------------------------------------------------------------------


def published_by(client, person, edition: Bulletin) -> str:
    """Sends the form with the button to publish; the sentences said."""
    client.force_login(person)
    answer = client.post(url("edit", edition), form_of(fresh(edition), **{"action-publish": "1"}))
    return said(answer)


def edition_of(editor, *items: Item) -> Bulletin:
    edition = factories.bulletin(*items)
    edition.save_revision(user=editor)
    return edition


def test_bulletin_of_nothing_is_not_published(client, editor, chief_editor):
    edition = edition_of(editor)
    assert "Bültende en az bir içerik olmalıdır" in published_by(client, chief_editor, edition)
    assert kinds(edition) == []
    assert findings() == []


def test_bulletin_that_names_a_withdrawn_item_is_not_published(client, editor, chief_editor):
    item = factories.published_news(title="Kaldırılan")
    edition = edition_of(editor, item)
    item.unpublish()
    assert "Yayında değil: Kaldırılan" in published_by(client, chief_editor, edition)
    assert kinds(edition) == []
    assert findings() == []


def test_bulletin_that_names_an_item_twice_is_not_published(client, editor, chief_editor):
    item = factories.published_news(title="Çift")
    edition = edition_of(editor, item, item)
    assert "iki kez geçiyor: Çift" in published_by(client, chief_editor, edition)
    assert kinds(edition) == []
    assert findings() == []


def test_bulletin_with_a_number_already_used_is_refused_in_the_form(entered):
    first = factories.published_bulletin(number=7)
    second = factories.bulletin(factories.published_news(), series=first.series, number=8)
    with nothing_saved():
        answer = entered.post(url("edit", second), form_of(second, number=7))
    assert "Bu dizide bu sayıyla bir bülten zaten var." in answer.content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "1000001", "9" * 40, "x", "1e3", ""])
def test_bulletin_with_a_number_that_is_none_is_refused_in_the_form(entered, number):
    edition = factories.bulletin(factories.published_news())
    with nothing_saved():
        answer = entered.post(url("edit", edition), form_of(edition, number=number))
    assert answer.context["form"].errors["number"]


@pytest.mark.parametrize("sent", ["999999", "9" * 40, "x", ""])
def test_bulletin_that_names_nothing_there_is_refused_in_the_form(entered, sent):
    edition = factories.bulletin(factories.published_news())
    with nothing_saved():
        answer = entered.post(url("edit", edition), form_of(edition, **{"entries-0-item": sent}))
    assert answer.status_code == 200


@pytest.mark.parametrize("sent", ["x", ""])
def test_bulletin_form_with_a_forged_number_of_entries_is_refused(entered, sent):
    edition = factories.bulletin(factories.published_news())
    with nothing_saved():
        answer = entered.post(url("edit", edition), form_of(edition, **{"entries-TOTAL_FORMS": sent}))
    assert answer.status_code in (200, 400)


def test_bulletin_form_with_too_large_a_number_of_entries_shows_no_more_than_it_may_have(entered):
    edition = factories.bulletin(factories.published_news())
    with nothing_saved():
        answer = entered.post(url("edit", edition), form_of(edition, **{"entries-TOTAL_FORMS": "99999"}))
    assert answer.status_code == 200
    formset = answer.context["form"].formsets["entries"]
    assert len(formset.forms) == 2 * MAXIMUM_ENTRIES
    assert formset.non_form_errors() == ["Bir bültende en çok 200 içerik olabilir; bülteni bölün."]


def test_bulletin_of_more_than_the_most_is_refused_past_the_form_too(chief_editor):
    item = factories.published_news()
    edition = factories.bulletin(item)
    edition.entries = [BulletinEntry(item=item, sort_order=place) for place in range(MAXIMUM_ENTRIES + 1)]
    with pytest.raises(ValidationError, match="en çok 200 içerik"):
        edition.full_clean()


def test_bulletin_keeps_the_entry_of_another_bulletin_where_it_is(entered):
    other = factories.bulletin(factories.published_news())
    (entry,) = BulletinEntry.objects.filter(bulletin=other)
    edition = factories.bulletin(factories.published_news())
    entered.post(url("edit", edition), form_of(edition, **{"entries-0-id": entry.pk}))
    entry.refresh_from_db()
    assert entry.bulletin_id == other.pk


# --- What published items name -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["desk", "topic", "outlet", "bulletinseries"])
@pytest.mark.parametrize("way", ["one", "many"])
def test_what_is_on_offer_names_is_not_deleted_and_the_refusal_says_so(client, chief_editor, name, way):
    topic, outlet = factories.topic(), factories.outlet()
    item = factories.published_news(topics=[topic], outlet=outlet)
    edition = factories.published_bulletin(item)
    thing = {"desk": item.desk, "topic": topic, "outlet": outlet, "bulletinseries": edition.series}[name]
    client.force_login(chief_editor)
    if way == "one":
        address = reverse(f"wagtailsnippets_bulletin_{name}:delete", args=[thing.pk])
    else:
        address = f"/yonetim/bulk/bulletin/{name}/delete/?id={thing.pk}&next=/yonetim/"
    with nothing_saved():
        answer = client.post(address)
    assert answer.status_code == 302
    assert said(answer)
    assert type(thing)._default_manager.filter(pk=thing.pk).exists()


# --- The import --------------------------------------------------------------------------------------------------

ENTRY = {"id": "1", "title": "Başlık", "date": "1921-06-08", "office": "Özel Kalem", "text": "Metin."}
IMPORTED = {
    "title": "title",
    "summary": "summary",
    "number": "number",
    "office": "issuing_office",
    "speaker": "speaker",
    "place": "place",
    "source": "source_reference",
    "text": "body",
}


@pytest.fixture
def imported(tmp_path, capsys):
    """Imports `text` as a JSON Lines file; what the command says."""

    def imported(text: str | bytes) -> str:
        path = tmp_path / "arsiv.jsonl"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        call_command("import_statements", str(path), "--lenient")
        return capsys.readouterr().out

    return imported


def entry(**changes) -> str:
    return json.dumps({**ENTRY, **changes})


def test_characters_that_no_text_holds_are_dropped_from_an_imported_statement(imported):
    imported(entry(**dict.fromkeys(IMPORTED, "A\x00" + DIRTY[1:] + "\ud800I")))
    statement = Statement.objects.get()
    for field in IMPORTED.values():
        assert f"{CLEAN}I" in getattr(statement, field), field
    assert statement.live
    assert findings() == []


@pytest.mark.parametrize("identifier", ["\x00", "a\x00b", "\ud800", "a" * 5000, True, 1.5, None, [], {}])
def test_identifier_that_can_not_be_kept_is_refused_and_the_rest_imported(imported, identifier):
    told = imported(entry(id=identifier) + "\n" + entry(id="iyi"))
    assert list(Statement.objects.values_list("imported_from", flat=True)) == ["arsiv:iyi"]
    assert told.strip()
    assert findings() == []


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script><p>Metin.</p>",
        "</title></textarea><p onclick=alert(1)>Metin.",
        "<div>" * 50_000 + "Metin.",
        '<a href="javascript:alert(1)">Metin.</a>',
        "<p>Metin." * 9_000,
    ],
    ids=["script", "unbalanced", "deep", "link that runs", "many"],
)
def test_markup_of_an_imported_statement_is_stored_harmlessly_and_opens(imported, client, editor, markup):
    imported(entry(text="", html=markup))
    statement = Statement.objects.get()
    for html in (statement.body, CurrentItem.objects.get().publication.content.html):
        assert "Metin." in html
        assert not any(bad in html for bad in ("<script", "onclick", "javascript", "<div", "</title"))
    client.force_login(editor)
    assert client.get(url("edit", statement)).status_code == 200
    assert findings() == []


@pytest.mark.parametrize("name", ["text", "html"])
def test_imported_body_of_two_megabytes_is_refused(imported, name):
    with nothing_saved():
        told = imported(entry(**{"text": "", name: "a" * 2_000_000}))
    assert "Metin çok büyük" in told


def test_imported_markup_of_too_many_elements_is_refused(imported):
    with nothing_saved():
        told = imported(entry(text="", html="<p>a</p>" * 50_000))
    assert "Metin çok fazla parçadan oluşuyor" in told


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe\x00",
        b'{"id": "1", "title": "\xff"}',
        b"null",
        b"1e999",
        b'{"id": "1", "id": "2"',
        b'{"id":' * 50_000,
        b"\x00" * 1000,
    ],
    ids=["bytes", "title of bytes", "null", "infinity", "cut off", "deep", "NULs"],
)
def test_line_that_is_none_is_refused_and_the_rest_imported(imported, line):
    told = imported(line + b"\n" + entry(id="iyi").encode())
    assert "Bir kimliği (id) olan JSON nesnesi değil." in told
    assert list(Statement.objects.values_list("imported_from", flat=True)) == ["arsiv:iyi"]
    assert findings() == []


@pytest.mark.parametrize(
    "day", ["2100-01-01", "9999-12-31", "1799-12-31", "-0001-01-01", "1906-13-01", "19060519x"]
)
def test_imported_date_out_of_reach_is_refused(imported, day):
    with nothing_saved():
        told = imported(entry(date=day))
    assert "Tarihi" in told


def test_statement_of_1906_is_offered_on_its_day(imported):
    imported(entry(date="1906-05-19"))
    assert Publication.objects.get().offered_on.isoformat() == "1906-05-19"
    assert findings() == []
