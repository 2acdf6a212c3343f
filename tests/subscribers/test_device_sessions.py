"""Sessions: how long they last, what their owner sees of them, and who ends them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers import agencies, device_sessions, devices
from subscribers.models import AuditEvent, DeviceSession
from tests import factories

from .signing_in import code_of, is_signed_in, sign_in, with_second_factor

pytestmark = pytest.mark.django_db

PAGE = "/hesap/oturumlar/"


@pytest.fixture
def person():
    return factories.person(email="ad.soyad@kurum.example", agency=factories.agency())


def signed_in(person, **more) -> Client:
    client = Client()
    sign_in(client, person.email, **more)
    return client


def row_of(client: Client) -> DeviceSession:
    return DeviceSession.objects.get(pk=client.session.session_key)


def lasts(client: Client) -> timedelta:
    return row_of(client).expire_date - timezone.now()


# --- How long ----------------------------------------------------------------------------------------------------


def test_session_goes_with_the_browser_and_after_twelve_hours(person):
    client = signed_in(person)
    assert client.cookies["sessionid"]["expires"] == ""
    assert timedelta(hours=11, minutes=59) < lasts(client) <= timedelta(hours=12)


def test_session_stays_for_thirty_days_by_choice(person):
    client = signed_in(person, stays="on")
    assert client.cookies["sessionid"]["expires"]
    assert timedelta(days=29, hours=23) < lasts(client) <= timedelta(days=30)


@pytest.mark.parametrize("role", ["editor", "chief_editor", "administrator", "strategist", "auditor"])
def test_session_of_the_directorates_people_never_stays(role):
    client = signed_in(factories.person(role=role), stays="on")
    assert client.cookies["sessionid"]["expires"] == ""
    assert lasts(client) <= timedelta(hours=12)


def test_choice_is_kept_through_the_second_factor(client, person):
    key, _codes = with_second_factor(person)
    sign_in(client, person.email, stays="on")
    client.post("/giris/dogrulama/", {"code": code_of(key)})
    assert lasts(client) > timedelta(days=29)


def test_use_makes_no_session_longer(person):
    client = signed_in(person)
    before = row_of(client).expire_date
    session = client.session
    session["x"] = 1
    session.save()
    client.post("/hesap/parola/", {})
    assert row_of(client).expire_date == before


def test_session_over_is_nobodys(person):
    client = signed_in(person)
    DeviceSession.objects.update(expire_date=timezone.now())
    assert not is_signed_in(client)


def test_long_session_of_somebody_who_got_a_role_lasts_twelve_hours(person):
    client = signed_in(person, stays="on")
    person.is_staff = True
    person.save()
    assert is_signed_in(client)
    session = client.session
    opened_at = (timezone.now() - timedelta(hours=13)).isoformat()
    session[device_sessions.OPENED] = session[device_sessions.OPENED] | {"signed_in_at": opened_at}
    session.save()
    assert not is_signed_in(client)


def test_sessions_over_are_cleared_at_the_next_sign_in(person):
    signed_in(person)
    DeviceSession.objects.update(expire_date=timezone.now() - timedelta(days=1))
    signed_in(person)
    assert DeviceSession.objects.count() == 1


def test_djangos_own_command_clears_sessions_that_are_over(person):
    signed_in(person)
    DeviceSession.objects.update(expire_date=timezone.now() - timedelta(days=1))
    call_command("clearsessions")
    assert not DeviceSession.objects.exists()


# --- What is seen ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, ChromeOS"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1.15", "Safari, macOS"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_device_is_named_in_words(rf, said, words):
    assert devices.words_for(rf.get("/", HTTP_USER_AGENT=said)) == words


def test_page_lists_the_persons_sessions_and_marks_this_one(person):
    here = signed_in(person)
    signed_in(person)
    signed_in(factories.person())
    page = here.get(PAGE).content.decode()
    assert page.count("Firefox, Windows") >= 2
    assert page.count("bu oturum<") == 1
    assert page.count('name="session"') == 1


def test_page_shows_no_session_key(person):
    here, there = signed_in(person), signed_in(person)
    page = here.get(PAGE).content.decode()
    assert here.session.session_key not in page
    assert there.session.session_key not in page


def test_last_use_is_kept_to_the_hour(person):
    client = signed_in(person)
    DeviceSession.objects.update(seen_at=timezone.now() - timedelta(hours=5))
    client.get("/")
    client.get(PAGE)
    seen = row_of(client).seen_at
    assert (seen.minute, seen.second, seen.microsecond) == (0, 0, 0)
    assert timezone.now() - seen < timedelta(hours=1)


def test_use_is_written_once_an_hour(person):
    client = signed_in(person)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


# --- Ending them -------------------------------------------------------------------------------------------------


def test_one_session_is_ended(person):
    here, there, third = (signed_in(person) for _number in range(3))
    here.post(PAGE, {"session": device_sessions.digest_of(there.session.session_key)})
    assert [is_signed_in(client) for client in (here, there, third)] == [True, False, True]
    assert AuditEvent.objects.get(kind="session.ended").subject == person.uuid


def test_all_others_are_ended_at_once(person):
    here, there, third = (signed_in(person) for _number in range(3))
    stranger = signed_in(factories.person())
    here.post(PAGE, {"others": "1"})
    assert [is_signed_in(client) for client in (here, there, third, stranger)] == [True, False, False, True]


def test_nothing_is_said_to_be_ended_where_nothing_was(person):
    here, there = signed_in(person), signed_in(person)
    own = device_sessions.digest_of(here.session.session_key)
    for data in ({}, {"session": ""}, {"session": own}, {"session": "0" * 64}, {"session": "ş"}):
        page = here.post(PAGE, data, follow=True).content.decode()
        assert "oturumlar kapatıldı" not in page
        assert "Kapatılacak bir oturum seçilmedi" in page
    assert is_signed_in(there)
    assert "oturumlar kapatıldı" in here.post(PAGE, {"others": "1"}, follow=True).content.decode()
    assert "Kapatılacak bir oturum" in here.post(PAGE, {"others": "1"}, follow=True).content.decode()


@pytest.mark.parametrize("role", [None, "editor"])
def test_leaving_the_agency_ends_every_session(role):
    person = factories.person(role=role, agency=factories.agency())
    client = signed_in(person)
    agencies.leave(person, by=factories.person())
    assert not is_signed_in(client)
    assert not DeviceSession.objects.filter(person=person).exists()


@pytest.mark.parametrize("named", ["", "x", "0" * 64, "ş", "\x00"])
def test_session_of_somebody_else_or_of_nobody_is_left(person, named):
    here, stranger = signed_in(person), signed_in(factories.person())
    here.post(PAGE, {"session": named})
    here.post(PAGE, {"session": device_sessions.digest_of(stranger.session.session_key)})
    assert is_signed_in(here)
    assert is_signed_in(stranger)


def test_session_of_an_earlier_password_is_not_listed(person):
    signed_in(person)
    person.set_password("bambaşka ve upuzun bir parola")
    person.save()
    assert device_sessions.sessions_of(person) == []


def test_sign_in_in_another_account_takes_nothing_along(person):
    client = signed_in(person)
    session = client.session
    session["sepet"] = "x"
    session.save()
    client.post("/cikis/")
    sign_in(client, factories.person().email)
    assert "sepet" not in client.session
