"""The demo: its data files are consistent in themselves, and loading them is faithful, repeatable and resumable."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from PIL import Image as PillowImage
from wagtail.images import get_image_model
from wagtail.models import Page, Revision

from bulletin.models import Bulletin, CurrentItem, Desk, NewsItem, Publication, Statement
from bulletin.sanitising import ALLOWED_TAGS, clean_line, clean_text, sanitise
from bulletin.vocabulary import direction
from home import demo
from home.addresses import PLAN_SLUG
from home.demo import loading
from home.models import PlanPage
from home.site_tree import PLAN_SECTIONS
from subscribers.entitlement import PUBLIC, SUBSCRIBER, agency_key, keys_of
from subscribers.models import Agency, User

NEWS = demo.lines("news")
STATEMENTS = demo.lines("statements")
BULLETINS = demo.lines("bulletins")
BY_KEY = {row["key"]: row for row in NEWS + STATEMENTS}
LAST_DAY = date(2031, 5, 20)
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def moment(row: dict) -> datetime:
    return loading.moment_of(row, LAST_DAY)


def load_all(now: datetime = NOW) -> int:
    """Loads the demo; how many steps that took."""
    return sum(1 for _progress in loading.load(now))


def state() -> tuple:
    """Whatever loading could change."""
    return (
        list(Publication.objects.order_by("sequence").values_list("hash", flat=True)),
        sorted(User.objects.values_list("email", "password")),
        sorted(Revision.objects.values_list("pk", flat=True)),
        sorted(Page.objects.values_list("pk", "latest_revision_id")),
        sorted(get_image_model().objects.values_list("file", flat=True)),
        sorted(Agency.objects.values_list("code", "ended_at")),
    )


# --- The files ---------------------------------------------------------------------------------------------------


def test_keys_are_used_once():
    keys = [row["key"] for row in NEWS + STATEMENTS + BULLETINS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("field", "table", "column"),
    [("desk", "desks", "slug"), ("outlet", "outlets", "slug"), ("topics", "topics", "slug")],
)
def test_news_names_only_what_there_is(field, table, column):
    there = {row[column] for row in demo.table(table)}
    named = {name for row in NEWS for name in (row[field] if field == "topics" else [row[field]]) if name}
    assert named <= there


def test_audiences_are_known():
    agencies = {f"agency:{row['code']}" for row in demo.table("agencies")}
    assert {key for row in NEWS + STATEMENTS + BULLETINS for key in row["audience"]} <= agencies | {
        PUBLIC,
        SUBSCRIBER,
    }


def test_every_role_has_an_account_of_an_agency_that_exists():
    accounts = demo.table("accounts")
    assert {row["role"] for row in accounts} == {*loading.GROUPS, "subscriber", "coordinator"}
    assert [row["role"] for row in accounts].count("chief_editor") == 2
    codes = {row["code"] for row in demo.table("agencies")}
    assert {row["agency"] for row in accounts if row["agency"]} <= codes


@pytest.mark.parametrize("row", NEWS, ids=lambda row: row["key"])
def test_news_stays_as_written_when_it_is_cleaned(row):
    bodies = [row["body"], *(correction.get("body", "") for correction in row["corrections"])]
    assert [sanitise(body) for body in bodies] == bodies
    assert not set(re.findall(r"<(\w+)", row["body"])) - ALLOWED_TAGS
    for name in ("title", "original_title", "translator", "image_alt", "image_credit"):
        assert clean_line(row[name]) == row[name], name
    for name in ("summary", "original_text"):
        assert clean_text(row[name]) == row[name], name


@pytest.mark.parametrize("row", STATEMENTS, ids=lambda row: row["key"])
def test_statement_stays_as_written_when_it_is_cleaned(row):
    assert sanitise(row["body"]) == row["body"]
    for name in ("title", "number", "issuing_office", "speaker", "place"):
        assert clean_line(row[name]) == row[name], name
    assert clean_text(row["summary"]) == row["summary"]


def test_other_texts_stay_as_written_when_they_are_cleaned():
    texts = [row["introduction"] for row in BULLETINS]
    texts += [page[name] for page in demo.table("plan") for name in ("body_tr", "body_en")]
    assert all(texts)
    assert [sanitise(text) for text in texts] == texts


def test_every_address_is_one_that_cannot_exist():
    written = " ".join(path.read_text() for path in demo.FOLDER.glob("*.json*"))
    hosts = re.findall(r"https?://([^/\s\"<>]+)", written)
    assert hosts
    assert all(host.endswith(".example") for host in hosts)


def test_dates_are_in_order():
    for row in NEWS:
        changes = [row, *row["corrections"], *([row["withdrawn"]] if row["withdrawn"] else [])]
        moments = [moment(change) for change in changes]
        assert moments == sorted(set(moments)), row["key"]
        if row["original_date_days_ago"] is not None:
            assert row["original_date_days_ago"] >= row["days_ago"], row["key"]


def test_corrections_change_something_and_say_what():
    corrections = [(row, correction) for row in NEWS for correction in row["corrections"]]
    assert len(corrections) == 4
    for row, correction in corrections:
        changed = [name for name in loading.CORRECTED_FIELDS if name in correction]
        assert any(correction[name] != row[name] for name in changed), row["key"]
        assert correction["note"]
        # What the headline said was wrong: that changes the meaning. A figure or a word put right in the text doesn't.
        assert correction.get("major", False) is ("title" in correction), row["key"]


def test_translations_follow_what_they_translate():
    translations = [row for row in NEWS + STATEMENTS if row["translation_of"]]
    assert {row["key"] for row in translations} & {row["key"] for row in STATEMENTS}
    for row in translations:
        original = BY_KEY[row["translation_of"]]
        assert moment(original) < moment(row), row["key"]
        assert original["language"] != row["language"], row["key"]


def test_bulletins_gather_only_what_was_on_offer():
    for edition in BULLETINS:
        keys = [key for section in edition["sections"] for key in section["items"]]
        assert len(set(keys)) == len(keys), edition["key"]
        for key in keys:
            row = BY_KEY[key]
            assert moment(row) < moment(edition), (edition["key"], key)
            assert not row["withdrawn"] or moment(edition) < moment(row["withdrawn"]), (edition["key"], key)


def test_bulletins_are_numbered_in_the_order_of_their_dates():
    for series in {row["series"] for row in BULLETINS}:
        numbers = [row["number"] for row in sorted(BULLETINS, key=moment) if row["series"] == series]
        assert numbers == sorted(set(numbers))


def test_three_months_are_shown_the_last_days_most():
    assert len(NEWS) == 62
    assert {row["days_ago"] for row in NEWS} <= set(range(90))
    assert [sum(row["days_ago"] == day for row in NEWS) >= 3 for day in range(6)] == [True] * 6
    assert sum(row["days_ago"] == 0 for row in NEWS) == 5


def test_foreign_press_comes_from_many_languages_each_with_its_own_words():
    foreign = [row for row in NEWS if row["source_language"] not in ("", "tr")]
    assert len({row["source_language"] for row in foreign}) >= 9
    for row in foreign:
        assert row["original_title"], row["key"]
        assert len(row["original_text"]) >= 60, row["key"]
    assert {direction(row["source_language"]) for row in foreign} == {"ltr", "rtl"}
    assert {direction(row["language"]) for row in NEWS} == {"ltr", "rtl"}


@pytest.mark.parametrize("path", sorted((demo.FOLDER / "images").glob("*.jpg")), ids=lambda path: path.stem)
def test_images_are_small_used_and_described(path):
    with PillowImage.open(path) as picture:
        assert picture.size == (1280, 853)
    assert path.stat().st_size < 80_000
    shown = [row for row in NEWS if row["image"] == path.name]
    assert shown
    assert all(row["image_alt"] and row["image_credit"] for row in shown)


# --- Loading -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "last_day"),
    [("06:59:59", date(2026, 5, 19)), ("07:00", date(2026, 5, 20)), ("23:59", date(2026, 5, 20))],
)
def test_last_day_holds_nothing_of_the_future(time, last_day):
    now = timezone.make_aware(datetime.fromisoformat(f"2026-05-20T{time}"))
    assert loading.last_day_at(now) == last_day


@pytest.fixture(scope="class")
def whole_demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The whole demo in the database, loaded once for a class of tests that only look at it."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        override_settings(VAR=folder, MEDIA_ROOT=folder / "media"),
        transaction.atomic(),
    ):
        load_all()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def small_demo(db, monkeypatch):
    """A demo of a few items, two bulletins, a correction and a withdrawal."""
    editions = [row for row in BULLETINS if row["key"] in ("gunluk-bulten-325", "gunluk-bulten-326")]
    keys = {key for row in editions for section in row["sections"] for key in section["items"]}
    chosen = [row for row in NEWS if row["key"] in keys | {"glassworks-visitor-figures"}]
    monkeypatch.setattr(demo, "lines", {"news": chosen, "bulletins": editions, "statements": []}.get)


@pytest.mark.usefixtures("whole_demo")
class TestWholeDemo:
    def test_every_item_is_offered_at_its_own_moment(self):
        loaded = dict(
            Publication.objects.filter(kind=Publication.Kind.PUBLISHED).values_list(
                "item__uuid", "offered_at"
            )
        )
        last_day = date(2026, 5, 20)
        rows = NEWS + STATEMENTS + BULLETINS
        written = {loading.uuid_of(row["key"]): loading.moment_of(row, last_day) for row in rows}
        assert loaded == written

    def test_what_is_offered_says_what_the_files_say(self):
        for row in NEWS:
            item = NewsItem.objects.get(uuid=loading.uuid_of(row["key"]))
            expected = {name: row[name] for name in loading.PLAIN_FIELDS}
            for correction in row["corrections"]:
                expected |= {
                    name: correction[name] for name in loading.CORRECTED_FIELDS if name in correction
                }
            assert {name: getattr(item, name) for name in loading.PLAIN_FIELDS} == expected
            assert sorted(topic.slug for topic in item.topics.all()) == sorted(row["topics"])
            assert CurrentItem.objects.filter(item=item).exists() is not bool(row["withdrawn"])
        corrected = Publication.objects.filter(kind=Publication.Kind.UPDATED)
        assert corrected.count() == 4
        assert all(row.note and row.edition == 2 for row in corrected)
        major = {
            loading.uuid_of(row["key"]) for row in NEWS for change in row["corrections"] if "major" in change
        }
        assert {row.item.uuid for row in corrected if row.major} == major
        assert Publication.objects.filter(kind=Publication.Kind.WITHDRAWN).exclude(note="").count() == 2
        for row in STATEMENTS:
            item = Statement.objects.get(uuid=loading.uuid_of(row["key"]))
            assert {name: getattr(item, name) for name in loading.STATEMENT_FIELDS} == {
                name: row[name] for name in loading.STATEMENT_FIELDS
            }
        for row in BULLETINS:
            edition = Bulletin.objects.get(uuid=loading.uuid_of(row["key"]))
            gathered = [
                (heading, [entry.item.uuid for entry in entries]) for heading, entries in edition.sections()
            ]
            assert gathered == [
                (section["heading"], [loading.uuid_of(key) for key in section["items"]])
                for section in row["sections"]
            ]

    def test_no_word_of_the_demo_was_written_and_published_by_one_person(self):
        writers = set(
            Revision.objects.filter(base_content_type__app_label="bulletin").values_list(
                "user__uuid", flat=True
            )
        )
        publishers = set(Publication.objects.values_list("actor", flat=True))
        assert None not in writers | publishers
        assert not writers & publishers
        assert len(publishers) == 2

    def test_readers_of_the_demo_hold_what_their_agencies_are_entitled_to(self):
        agency = Agency.objects.get(code="UPB")
        desk = Desk.objects.get(slug="orta-dogu-afrika")
        assert {SUBSCRIBER, agency_key(agency.pk)} <= keys_of(User.objects.get(email="kullanici@des.example"))
        limited = keys_of(User.objects.get(email="tek.masa@des.example"))
        assert f"subscriber:desk:{desk.pk}" in limited
        assert SUBSCRIBER not in limited
        assert not Agency.objects.get(code="EVD").is_current()

    def test_plan_pages_have_their_texts_in_both_languages(self):
        pages = {page.slug: page for page in PlanPage.objects.live()}
        assert set(pages) == {PLAN_SLUG, *(section["slug"] for section in PLAN_SECTIONS)}
        assert all(page.body_tr and page.body_en and page.title_en for page in pages.values())


def test_loading_again_changes_nothing(small_demo, django_assert_max_num_queries):
    load_all()
    before = state()
    with django_assert_max_num_queries(40):
        assert load_all(NOW + timedelta(days=3)) == 0
    assert state() == before


def test_interrupted_loading_goes_on_with_the_same_last_day(small_demo):
    planned = loading.steps(loading.last_day_at(NOW))
    assert len(planned) == 11
    for done, _total in loading.load(NOW):
        if done == 4:
            break
    assert Publication.objects.count() == 4
    assert load_all(NOW + timedelta(days=3)) == 7
    offered = Publication.objects.order_by("sequence").values_list("offered_at", flat=True)
    assert list(offered) == [step.moment for step in planned]


def test_what_an_editor_changed_is_left_alone(small_demo):
    load_all()
    item = NewsItem.objects.get(uuid=loading.uuid_of("horasan-safran-kooperatifi"))
    item.title = "Başlık değişti"
    item.save_revision().publish()
    User.objects.filter(email="mutercim@des.example").update(first_name="Başka")
    before = state()
    assert load_all() == 0
    assert state() == before
    assert User.objects.get(email="mutercim@des.example").first_name == "Başka"


def test_demo_that_collides_with_the_site_is_refused_with_a_sentence(db):
    Desk.objects.create(name="Avrupa Masası", name_en="Another", slug="baska")
    with pytest.raises(CommandError, match="çakışıyor"):
        call_command("load_demo")
    assert not Publication.objects.exists()


def test_demo_is_refused_in_production(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    with pytest.raises(CommandError, match="gerçek bir kurulumda yüklenmez"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_command_prints_the_accounts_and_their_password(small_demo, capsys):
    call_command("load_demo")
    printed = capsys.readouterr().out
    assert demo.PASSWORD in printed
    assert all(row["email"] in printed for row in demo.table("accounts"))
    assert User.objects.get(email="denetci@des.example").check_password(demo.PASSWORD)
