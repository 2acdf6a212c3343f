"""Guessing gets slower and slower; nobody is locked out by it."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers import devices, throttling
from subscribers.models import SignInFailures
from tests import factories

from .signing_in import is_signed_in, let_pass, sign_in

ACCOUNT = "ad.soyad@kurum.example"


@pytest.fixture
def person(db):
    return factories.person(email=ACCOUNT)


def request_from(address: str = "192.0.2.1", **cookies):
    request = RequestFactory().post("/giris/", REMOTE_ADDR=address)
    request.COOKIES.update(cookies)
    return request


def turn_from(address: str = "192.0.2.1", **options):
    return throttling.take_turn("password", ACCOUNT, request_from(address), **options)


def fail(times: int, address: str = "192.0.2.1") -> None:
    for _time in range(times):
        turn_from(address)


def troubled() -> None:
    """Many strangers have failed at the account."""
    for number in range(throttling.TROUBLED_AFTER):
        turn_from(f"198.51.100.{number}")


# --- One account from one address --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_five_failures_cost_nothing_and_the_sixth_waits():
    for _number in range(5):
        assert turn_from().is_given
    assert 0 < turn_from().wait <= 30


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("failures", "wait"), [(5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900), (500, 900)]
)
def test_wait_grows_to_fifteen_minutes(failures, wait):
    fail(1)
    SignInFailures.objects.update(failures=failures, last_at=timezone.now())
    assert wait - 2 <= turn_from().wait <= wait


@pytest.mark.django_db
def test_attempt_that_has_to_wait_makes_nobody_wait_longer():
    fail(5)
    let_pass(timedelta(seconds=25))
    fail(10)
    assert turn_from().wait <= 5


@pytest.mark.django_db
def test_wait_ends():
    fail(5)
    let_pass(timedelta(seconds=30))
    assert turn_from().is_given


@pytest.mark.django_db
def test_failures_of_yesterday_are_forgotten():
    fail(5)
    let_pass(timedelta(hours=24))
    fail(5)
    assert not turn_from().is_given


@pytest.mark.django_db
def test_success_makes_the_lane_new():
    fail(4)
    throttling.give_back(turn_from())
    for _number in range(5):
        assert turn_from().is_given


@pytest.mark.django_db
def test_another_address_and_another_account_wait_for_nothing():
    fail(6)
    assert turn_from("192.0.2.2").is_given
    assert throttling.take_turn("password", "baska@kurum.example", request_from()).is_given
    assert throttling.take_turn("code", ACCOUNT, request_from()).is_given


@pytest.mark.django_db
def test_addresses_of_one_ipv6_line_are_one():
    fail(3, "2001:db8:1:2::1")
    fail(3, "2001:db8:1:2:ffff::9")
    assert not turn_from("2001:db8:1:2:3:4:5:6").is_given
    assert turn_from("2001:db8:1:3::1").is_given


@pytest.mark.django_db
def test_page_says_how_long_and_looks_at_no_password(person, client):
    for _number in range(5):
        assert sign_in(client, ACCOUNT, "yanlış").status_code == 200
    answer = sign_in(client, ACCOUNT)
    assert (answer.status_code, 25 <= int(answer["Retry-After"]) <= 30) == (429, True)
    assert re.search(
        r"Giriş denenmedi\. Çok sayıda başarısız deneme oldu\. \d\d saniye sonra", answer.content.decode()
    )
    assert not is_signed_in(client)


def test_attempts_at_once_get_no_more_turns_than_in_a_row(own_database):
    with ThreadPoolExecutor(8) as pool:

        def attempt(_number) -> bool:
            try:
                return turn_from().is_given
            finally:
                connections.close_all()

        given = list(pool.map(attempt, range(24)))
    assert given.count(True) == 5


# --- One account from everywhere ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_strangers_cost_the_owner_a_few_seconds_at_a_new_place_and_no_more():
    troubled()
    first = turn_from()
    assert (first.wait, bool(first.ticket)) == (5, True)
    aged = throttling.make_ticket(first.lane, time.time() - 5)
    assert turn_from(ticket=aged).is_given


@pytest.mark.django_db
def test_ticket_shown_too_early_stays_good_and_says_what_is_left():
    troubled()
    lane = turn_from().lane
    ticket = throttling.make_ticket(lane, time.time() - 3)
    early = turn_from(ticket=ticket)
    assert (early.wait, early.ticket) == (2, ticket)


@pytest.mark.django_db
@pytest.mark.parametrize("age", [-60, 601, 100_000])
def test_ticket_of_another_time_is_none(age):
    troubled()
    ticket = throttling.make_ticket(turn_from().lane, time.time() - age)
    assert turn_from(ticket=ticket).wait == 5


@pytest.mark.django_db
def test_ticket_is_good_once():
    troubled()
    ticket = throttling.make_ticket(turn_from().lane, time.time() - 6)
    assert turn_from(ticket=ticket).is_given
    assert not turn_from(ticket=ticket).is_given


@pytest.mark.django_db
def test_ticket_of_one_address_is_none_at_another():
    troubled()
    ticket = throttling.make_ticket(turn_from("192.0.2.7").lane, time.time() - 6)
    assert not turn_from("192.0.2.8", ticket=ticket).is_given


@pytest.mark.django_db
@pytest.mark.parametrize("ticket", ["x", "W10:1:x", "'; DROP", "\x00", "ş" * 300])
def test_forged_ticket_is_none(ticket):
    troubled()
    assert turn_from(ticket=ticket).wait == 5


@pytest.mark.django_db
def test_device_the_owner_signed_in_on_is_not_slowed_by_strangers(person):
    owner = Client()
    sign_in(owner, ACCOUNT)
    owner.post("/cikis/")
    troubled()
    fail(20)
    assert sign_in(owner, ACCOUNT).status_code == 302
    assert is_signed_in(owner)


@pytest.mark.django_db
def test_known_device_is_slowed_by_its_own_failures(person):
    owner = Client()
    sign_in(owner, ACCOUNT)
    owner.post("/cikis/")
    for number in range(5):
        sign_in(owner, ACCOUNT, "yanlış", address=f"192.0.2.{number}")
    assert sign_in(owner, ACCOUNT, address="192.0.2.99").status_code == 429


@pytest.mark.django_db
def test_device_is_known_to_its_owner_alone(person):
    device = Client()
    sign_in(device, ACCOUNT)
    request = request_from(**{devices.COOKIE: device.cookies[devices.COOKIE].value})
    assert devices.known_number(request, ACCOUNT)
    assert devices.known_number(request, "baska@kurum.example") is None


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["", "x", "e30:1:x", "[]"])
def test_forged_device_is_unknown(cookie):
    assert devices.known_number(request_from(**{devices.COOKIE: cookie}), ACCOUNT) is None


@pytest.mark.django_db
def test_page_asks_to_repeat_with_a_ticket_and_then_lets_in(person, client):
    troubled()
    answer = sign_in(client, ACCOUNT)
    assert answer.status_code == 429
    assert "5 saniye bekleyip yeniden deneyin; hesabınız kilitlenmez" in answer.content.decode()
    lane = answer.context["form"].turn.lane
    assert 'name="ticket"' in answer.content.decode()
    sign_in(client, ACCOUNT, ticket=throttling.make_ticket(lane, time.time() - 6))
    assert is_signed_in(client)


# --- What is kept ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_neither_account_nor_address_is_kept():
    fail(1)
    for row in SignInFailures.objects.all():
        assert re.fullmatch("[0-9a-f]{64}", row.key)


@pytest.mark.django_db
def test_old_rows_are_purged():
    fail(1, "203.0.113.9")
    let_pass(timedelta(hours=25))
    throttling.take_turn("password", "baska@kurum.example", request_from())
    assert SignInFailures.objects.count() == 2


@pytest.mark.django_db
def test_account_that_is_there_and_one_that_is_not_cost_the_same_queries_and_rows(person):
    sign_in(Client(), "ilk@kurum.example", "yanlış")
    numbers, rows = [], []
    for account in (ACCOUNT, "kimse@kurum.example"):
        before = SignInFailures.objects.count()
        with CaptureQueriesContext(connection) as queries:
            sign_in(Client(), account, "yanlış")
        numbers.append([query["sql"].split()[0] for query in queries])
        rows.append(SignInFailures.objects.count() - before)
    assert numbers[0] == numbers[1]
    assert rows == [2, 2]


@pytest.mark.django_db
def test_every_failed_sign_in_hashes_once_whoever_it_names(person, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    factories.person(email="kapali@kurum.example", is_active=False)
    factories.person(email="parolasiz@kurum.example", password=None)
    asked = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda hasher, *given: asked.append(given) or encode(hasher, *given)
    )
    work = []
    for account in (ACCOUNT, "kimse@kurum.example", "kapali@kurum.example", "parolasiz@kurum.example"):
        asked.clear()
        sign_in(Client(), account, "yanlış")
        work.append(len(asked))
    assert work == [1, 1, 1, 1]


@pytest.mark.django_db
def test_password_longer_than_any_is_not_hashed(person, monkeypatch):
    asked = []
    monkeypatch.setattr("subscribers.signing_in.authenticate", lambda *given, **more: asked.append(given))
    assert sign_in(Client(), ACCOUNT, "a" * 129).status_code == 200
    assert asked == []


# --- Mails -------------------------------------------------------------------------------------------------------


def ask_for_mail(address: str = "192.0.2.1", email: str = ACCOUNT, client: Client | None = None):
    return (client or Client()).post("/parola/sifirla/", {"email": email}, REMOTE_ADDR=address)


@pytest.mark.django_db
def test_few_mails_an_hour_go_to_one_account_and_the_answer_stays_the_same(person):
    answers = {ask_for_mail().headers["Location"] for _number in range(6)}
    assert (len(mail.outbox), answers) == (throttling.MAILS_IN_LANE, {"/parola/sifirla/gonderildi/"})


@pytest.mark.django_db
def test_strangers_cause_few_mails_and_a_known_device_still_gets_its_own(person):
    owner = Client()
    sign_in(owner, ACCOUNT)
    for number in range(12):
        ask_for_mail(f"198.51.100.{number}")
    assert len(mail.outbox) == throttling.MAILS_TO_ACCOUNT
    ask_for_mail(client=owner)
    assert len(mail.outbox) == throttling.MAILS_TO_ACCOUNT + 1


@pytest.mark.django_db
def test_mails_go_again_after_an_hour(person):
    for _number in range(5):
        ask_for_mail()
    let_pass(timedelta(hours=1))
    ask_for_mail()
    assert len(mail.outbox) == throttling.MAILS_IN_LANE + 1


@pytest.mark.django_db
def test_request_for_a_mail_costs_the_same_before_its_answer(person, monkeypatch):
    """The account is looked for when the answer has gone out."""
    numbers = []
    for account in (ACCOUNT, "kimse@kurum.example"):
        with CaptureQueriesContext(connection) as queries, monkeypatch.context() as patch:
            patch.setattr("subscribers.signing_in.AnsweredFirst.close", lambda answer: None)
            ask_for_mail(email=account)
        numbers.append([query["sql"].split()[0] for query in queries])
    assert numbers[0] == numbers[1]
    assert not mail.outbox
