"""Entitlement: the keys a reader holds, the keys that open an item, and that a reader may read where they meet."""

from datetime import timedelta
from itertools import count

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulletin.models import CurrentItem
from subscribers.entitlement import agency_key, keys_of, keys_of_audience, part_key
from subscribers.middleware import Reader, reader_of
from subscribers.models import AgencyEntitlement, User
from tests import factories

pytestmark = pytest.mark.django_db


def limited(*parts: tuple[str, str | int], **fields):
    """An agency entitled to `parts`, (kind, value), alone."""
    agency = factories.agency(entitled_to_everything=False, **fields)
    for kind, value in parts:
        AgencyEntitlement.objects.create(agency=agency, kind=kind, value=str(value))
    return agency


def keys_of_one_of(agency, **fields) -> frozenset[str]:
    return keys_of(factories.person(agency=agency, **fields))


# --- What a reader holds -----------------------------------------------------------------------------------------


def test_visitor_and_person_without_an_agency_hold_public_alone():
    assert keys_of(AnonymousUser()) == keys_of(factories.person()) == {"public"}


def test_agency_entitled_to_everything_holds_subscriber_and_its_own_key():
    agency = factories.agency()
    assert keys_of_one_of(agency) == {"public", "subscriber", f"agency:{agency.pk}"}


def test_agency_entitled_to_parts_holds_each_part_and_not_subscriber():
    agency = limited(("desk", 3), ("topic", 4), ("series", 5), ("language", "en"))
    assert keys_of_one_of(agency) == {
        "public",
        f"agency:{agency.pk}",
        "subscriber:desk:3",
        "subscriber:topic:4",
        "subscriber:series:5",
        "subscriber:language:en",
    }


def test_parts_of_an_agency_entitled_to_everything_add_nothing():
    agency = factories.agency()
    AgencyEntitlement.objects.create(agency=agency, kind="desk", value="3")
    assert keys_of_one_of(agency) == {"public", "subscriber", agency_key(agency.pk)}


def test_agencies_hold_nothing_of_each_other():
    one, two = limited(("desk", 1)), limited(("desk", 2))
    assert keys_of_one_of(one) & keys_of_one_of(two) == {"public"}


def test_person_reads_for_one_agency_alone_and_loses_the_first_with_the_change():
    one, two = limited(("desk", 1)), limited(("desk", 2))
    person = factories.person(agency=one)
    person.agency = two
    person.save()
    assert keys_of(User.objects.get(pk=person.pk)) == {"public", agency_key(two.pk), "subscriber:desk:2"}


def test_key_of_an_agency_is_not_its_code_which_can_be_used_again():
    gone = factories.agency(code="KURUM")
    held = keys_of_one_of(gone)
    gone.people.all().delete()
    gone.delete()
    assert keys_of_one_of(factories.agency(code="KURUM")) & held == {"public", "subscriber"}


@pytest.mark.parametrize("role", ["editor", "chief_editor", "auditor"])
def test_newsroom_and_auditor_read_everything(role):
    assert keys_of(factories.person(role=role)) == {"public", "subscriber", "newsroom"}


@pytest.mark.parametrize("role", ["strategist", "administrator"])
def test_other_roles_read_as_visitors(role):
    assert keys_of(factories.person(role=role)) == {"public"}


def test_superuser_reads_everything():
    assert "newsroom" in keys_of(User.objects.create_superuser("kok@des.example", "parola"))


@pytest.mark.parametrize("fields", [{}, {"is_superuser": True}, {"role": "editor"}], ids=str)
def test_inactive_person_holds_public_alone(fields):
    assert keys_of_one_of(factories.agency(), is_active=False, **fields) == {"public"}


# --- When the contract holds -------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands where it is put."""

    class Clock:
        moment = timezone.now()

    monkeypatch.setattr(timezone, "now", lambda: Clock.moment)
    return Clock


def test_contract_ends_from_that_second(clock):
    end = clock.moment + timedelta(days=1)
    agency = factories.agency(started_at=clock.moment, ended_at=end)
    factories.published_news(audience=["subscriber"])
    person = factories.person(agency=agency)
    held = {}
    for moment in (end - timedelta(microseconds=1), end, end + timedelta(days=400)):
        clock.moment = moment
        held[moment] = CurrentItem.objects.readable_by(keys_of(person)).count()
    assert list(held.values()) == [1, 0, 0]


def test_contract_begins_at_its_second(clock):
    start = clock.moment + timedelta(days=1)
    person = factories.person(agency=factories.agency(started_at=start))
    clock.moment = start - timedelta(microseconds=1)
    assert keys_of(person) == {"public"}
    clock.moment = start
    assert "subscriber" in keys_of(person)


def test_open_page_of_an_ended_agency_is_gone_with_the_next_request(client):
    agency = factories.agency()
    item = factories.published_news(audience=[agency_key(agency.pk)])
    client.force_login(factories.person(agency=agency))
    address = item.current.url_path
    assert client.get(address).status_code == 200
    agency.ended_at = timezone.now()
    agency.save()
    assert client.get(address).status_code == 404


def test_ended_agency_entitled_to_parts_holds_public_alone(clock):
    agency = limited(("desk", 1), started_at=clock.moment, ended_at=clock.moment)
    assert keys_of_one_of(agency) == {"public"}


def test_editor_with_an_ended_agency_stays_an_editor(clock):
    agency = factories.agency(started_at=clock.moment, ended_at=clock.moment)
    assert keys_of_one_of(agency, role="editor") == {"public", "subscriber", "newsroom"}


# --- Who reads, for the figures ----------------------------------------------------------------------------------


def test_person_of_a_current_agency_is_counted():
    person = factories.person(agency=factories.agency())
    assert reader_of(person) == Reader(keys_of(person), person.uuid, person.agency_id, counted=True)


@pytest.mark.parametrize("fields", [{"role": "editor"}, {"role": "auditor"}, {"is_staff": True}], ids=str)
def test_directorates_own_people_are_not_counted_though_they_have_an_agency(fields):
    assert not reader_of(factories.person(agency=factories.agency(), **fields)).counted


def test_inactive_person_is_a_visitor():
    assert reader_of(factories.person(agency=factories.agency(), is_active=False)) == Reader()


# --- What opens an item ------------------------------------------------------------------------------------------


def test_item_for_everyone_is_opened_by_public():
    assert keys_of_audience(["public"], language="tr", desk_id=1) == {"public", "newsroom"}


def test_item_for_subscribers_is_opened_by_each_of_its_parts():
    assert keys_of_audience(["subscriber"], language="tr", desk_id=1, topic_ids=[2, 3], series_id=4) == {
        "subscriber",
        "newsroom",
        "subscriber:language:tr",
        "subscriber:desk:1",
        "subscriber:topic:2",
        "subscriber:topic:3",
        "subscriber:series:4",
    }


def test_item_for_one_agency_is_not_opened_by_its_desk():
    keys = keys_of_audience(["agency:7"], language="tr", desk_id=1, topic_ids=[2], series_id=4)
    assert keys == {"agency:7", "newsroom"}


def test_empty_audience_is_the_callers_mistake():
    with pytest.raises(ValueError, match="never empty"):
        keys_of_audience([], language="tr")


def test_desk_and_topic_of_one_number_are_two_keys():
    assert part_key("desk", 1) != part_key("topic", 1)


# --- Where they meet ---------------------------------------------------------------------------------------------

DESKS = TOPICS = SERIES = range(3)
AGENCIES = range(3)
LANGUAGES = ("tr", "en", "ar")

parts = st.sampled_from(
    [
        *(("desk", place) for place in DESKS),
        *(("topic", place) for place in TOPICS),
        *(("series", place) for place in SERIES),
        *(("language", code) for code in LANGUAGES),
    ]
)
agencies = st.fixed_dictionaries(
    {
        "everything": st.booleans(),
        "parts": st.sets(parts, max_size=3),
        "stands": st.sampled_from(["current", "current", "ended", "not begun"]),
    }
)
items = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["news", "statement", "bulletin"]),
        "audience": st.just({"public"})
        | st.sets(st.sampled_from(["subscriber", *AGENCIES]), min_size=1, max_size=3),
        "desk": st.sampled_from(DESKS),
        "topics": st.sets(st.sampled_from(TOPICS), max_size=2),
        "series": st.sampled_from(SERIES),
        "language": st.sampled_from(LANGUAGES),
    }
)
worlds = st.fixed_dictionaries(
    {
        "agencies": st.lists(agencies, min_size=len(AGENCIES), max_size=len(AGENCIES)),
        "items": st.lists(items, min_size=1, max_size=5),
    }
)


class World:
    """The database that a description calls for."""

    def __init__(self, described: dict):
        now = timezone.now()
        self.desks = [factories.desk() for _ in DESKS]
        self.topics = [factories.topic() for _ in TOPICS]
        self.series = [factories.series() for _ in SERIES]
        self.gathered = factories.published_news(audience=["subscriber"])
        self.numbers = count(1)
        times = {
            "current": {"started_at": now - timedelta(days=9)},
            "ended": {"started_at": now - timedelta(days=9), "ended_at": now - timedelta(days=1)},
            "not begun": {"started_at": now + timedelta(days=9)},
        }
        self.agencies = []
        for agency in described["agencies"]:
            made = limited(*map(self.part, agency["parts"]), **times[agency["stands"]])
            made.entitled_to_everything = agency["everything"]
            made.save()
            self.agencies.append(made)
        self.items = [self.offer(**item) for item in described["items"]]

    def part(self, described: tuple[str, int | str]) -> tuple[str, int | str]:
        kind, value = described
        named = {"desk": self.desks, "topic": self.topics, "series": self.series}
        return (kind, named[kind][value].pk) if kind in named else described

    def offer(self, *, kind, audience, desk, topics, series, language):
        audience = [key if isinstance(key, str) else agency_key(self.agencies[key].pk) for key in audience]
        common = {"audience": audience, "language": language}
        if kind == "news":
            named = {"desk": self.desks[desk], "topics": [self.topics[topic] for topic in topics]}
            return factories.published_news(**common, **named)
        if kind == "statement":
            return factories.published_statement(**common)
        return factories.published_bulletin(self.gathered, series=self.series[series], **common)


def may_read(agency: dict, place: int, item: dict) -> bool:
    """Whether a person of the agency may read the item, said without keys."""
    if "public" in item["audience"]:
        return True
    if agency["stands"] != "current":
        return False
    if place in item["audience"]:
        return True
    if "subscriber" not in item["audience"]:
        return False
    of_the_item = {("language", item["language"])}
    if item["kind"] == "news":
        of_the_item |= {("desk", item["desk"]), *(("topic", topic) for topic in item["topics"])}
    if item["kind"] == "bulletin":
        of_the_item.add(("series", item["series"]))
    return agency["everything"] or bool(agency["parts"] & of_the_item)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(described=worlds)
def test_reader_finds_exactly_the_items_whose_keys_meet_theirs(described):
    with transaction.atomic():
        world = World(described)
        for place, agency in enumerate(described["agencies"]):
            keys = keys_of_one_of(world.agencies[place])
            found = CurrentItem.objects.readable_by(keys)
            readable = {
                item.pk
                for item, told in zip(world.items, described["items"], strict=True)
                if may_read(agency, place, told)
            }
            assert set(found.values_list("pk", flat=True)) - {world.gathered.pk} == readable
            meeting = {
                current.pk
                for current in CurrentItem.objects.prefetch_related("keys")
                if keys & {key.key for key in current.keys.all()}
            }
            # Counted too: no item is found twice by two keys.
            assert sorted(found.values_list("pk", flat=True)) == sorted(meeting)
        visitor = CurrentItem.objects.readable_by(keys_of(AnonymousUser()))
        assert visitor.count() == sum("public" in item["audience"] for item in described["items"])
        newsroom = CurrentItem.objects.readable_by(keys_of(factories.person(role="editor")))
        assert newsroom.count() == len(world.items) + 1
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "keys", [set(), {""}, {"nobody"}, {"Public"}, {"public "}, {"%"}, {"subscriber:desk:"}]
)
def test_keys_that_open_nothing_open_nothing(keys):
    factories.published_news(audience=["public"])
    factories.published_news(audience=["subscriber"])
    assert not CurrentItem.objects.readable_by(keys).exists()
