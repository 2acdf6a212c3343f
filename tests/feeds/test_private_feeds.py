"""Private feeds by token, end to end: in a real feed reader, and from several real web processes."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from feeds.channels import CHANNELS
from feeds.models import FeedDocument
from metrics import presence
from metrics.models import Presence
from subscribers import tokens
from subscribers.entitlement import agency_key
from subscribers.models import AgencyEntitlement, TokenUse
from tests import factories
from tests.feeds.granian import served
from tests.feeds.reading import NAMES, parsed
from tests.feeds.test_processes import Newsboat, live_server, newsboat_folder  # noqa: F401

NEWS = "/rss/haberler.xml"
PRIVATE = "/rss/k/haberler.xml"


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    monkeypatch.setattr(presence, "_written", presence.Memory())


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def titles(address: str, **headers) -> list[str]:
    answer = Client().get(address, headers=headers)
    assert answer.status_code == 200
    return parsed(answer.content).titles


def offer_one_of_each(agency) -> None:
    factories.published_news(title="Herkese", audience=["public"])
    factories.published_news(title="Kurumlara", audience=["subscriber"])
    factories.published_news(title="Bir kuruma", audience=[agency_key(agency.pk)])


# --- What is in it -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_token_reads_what_its_holder_may_read_by_each_way():
    agency = factories.agency()
    offer_one_of_each(agency)
    _token, secret = factories.token(factories.person(agency=agency))
    everything = ["Bir kuruma", "Kurumlara", "Herkese"]
    assert titles(f"/rss/k/{secret}/haberler.xml") == everything
    assert titles(PRIVATE, **bearer(secret)) == everything
    assert titles(NEWS, **bearer(secret)) == everything
    assert titles(NEWS) == ["Herkese"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["haberler", "aciklamalar", "bultenler"])
def test_each_feed_is_read_by_token(name):
    _token, secret = factories.token()
    assert Client().get(f"/rss/k/{secret}/{name}.xml").status_code == 200
    assert Client().get(f"/rss/k/{name}.xml", headers=bearer(secret)).status_code == 200


@pytest.mark.django_db
def test_feed_of_one_desk_holds_that_desk(client):
    desk = factories.desk()
    factories.published_news(title="Bu masa", audience=["subscriber"], desk=desk)
    factories.published_news(title="Başka masa", audience=["subscriber"])
    agency = factories.agency(entitled_to_everything=False)
    AgencyEntitlement.objects.create(agency=agency, kind="desk", value=str(desk.pk))
    _token, secret = factories.token(factories.person(agency=agency))
    assert titles(PRIVATE, **bearer(secret)) == ["Bu masa"]


@pytest.mark.django_db
def test_addresses_of_a_feed_come_from_its_channel(settings):
    _token, secret = factories.token()
    channel = CHANNELS["news"]
    for address in (channel.private_address, channel.secret_address(secret)):
        path = address.removeprefix(settings.SITE_URL)
        assert titles(path, **bearer(secret)) == []


# --- Its own address, and no secret anywhere ----------------------------------------------------------------------


@pytest.mark.django_db
def test_private_feed_names_the_address_that_asks_for_a_token():
    _token, secret = factories.token()
    own = parsed(Client().get(f"/rss/k/{secret}/haberler.xml").content).channel.find("atom:link", NAMES)
    assert own.get("href") == "http://127.0.0.1:8000/rss/k/haberler.xml"
    public = parsed(Client().get(NEWS).content).channel.find("atom:link", NAMES)
    assert public.get("href") == "http://127.0.0.1:8000/rss/haberler.xml"


@pytest.mark.django_db
def test_no_bytes_that_are_kept_hold_a_secret():
    agency = factories.agency()
    offer_one_of_each(agency)
    _token, secret = factories.token(factories.person(agency=agency))
    assert secret.encode() not in Client().get(f"/rss/k/{secret}/haberler.xml").content
    assert FeedDocument.objects.exists()
    for document in FeedDocument.objects.all():
        assert b"des_" not in bytes(document.body)


@pytest.mark.django_db
def test_two_tokens_of_one_scope_share_the_bytes():
    agency = factories.agency()
    offer_one_of_each(agency)
    secrets = [factories.token(factories.person(agency=agency))[1] for _turn in range(2)]
    answers = [Client().get(f"/rss/k/{secret}/haberler.xml") for secret in secrets]
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
    assert FeedDocument.objects.filter(kind="news").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
def test_answer_is_the_holders_alone(method):
    _token, secret = factories.token()
    answer = getattr(Client(), method)(f"/rss/k/{secret}/haberler.xml")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Last-Modified" not in answer.headers
    assert not answer.cookies


@pytest.mark.django_db
def test_reader_that_has_it_is_told_so_only_while_the_token_works():
    token, secret = factories.token()
    address = f"/rss/k/{secret}/haberler.xml"
    etag = Client().get(address).headers["ETag"]
    assert Client().get(address, headers={"If-None-Match": etag}).status_code == 304
    tokens.revoke(token, by=token.person)
    assert Client().get(address, headers={"If-None-Match": etag}).status_code == 404
    assert Client().get(address, headers={"If-None-Match": "*"}).status_code == 404


# --- Use ---------------------------------------------------------------------------------------------------------


def kept() -> list[tuple]:
    return list(Presence.objects.order_by("act").values_list("person", "agency_id", "act", "is_service"))


@pytest.mark.django_db
def test_delivery_and_poll_by_token_count_for_its_holder():
    token, secret = factories.token()
    address = f"/rss/k/{secret}/haberler.xml"
    etag = Client().get(address).headers["ETag"]
    Client().get(address, headers={"If-None-Match": etag})
    person = token.person
    assert kept() == [
        (person.uuid, person.agency_id, "delivery", False),
        (person.uuid, person.agency_id, "poll", False),
    ]


@pytest.mark.django_db
def test_service_account_is_kept_as_a_machine():
    account = factories.service_account()
    _token, secret = factories.token(account)
    Client().get(f"/rss/k/{secret}/haberler.xml")
    assert kept() == [(account.uuid, account.agency_id, "delivery", True)]


@pytest.mark.django_db
def test_refused_request_counts_for_nobody():
    token, secret = factories.token()
    tokens.revoke(token, by=token.person)
    Client().get(f"/rss/k/{secret}/haberler.xml")
    Client().get(NEWS, headers=bearer(secret))
    assert not kept()
    assert not TokenUse.objects.exists()


@pytest.mark.sqlite
def test_feed_goes_out_though_the_database_is_too_busy_to_keep_the_day(own_database):
    import sqlite3
    from contextlib import closing

    from django.db import connection

    _token, secret = factories.token()
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        assert Client().get(f"/rss/k/{secret}/statement.xml").status_code == 404
        assert Client().get(f"/rss/k/{secret}/haberler.xml").status_code == 200
        busy.execute("ROLLBACK")
    assert not TokenUse.objects.exists()


# --- A real reader -----------------------------------------------------------------------------------------------


@pytest.mark.once
def test_real_reader_reads_a_private_feed_by_its_address(own_database, newsboat_folder):  # noqa: F811
    agency = factories.agency()
    offer_one_of_each(agency)
    token, secret = factories.token(factories.person(agency=agency))
    with live_server() as address:
        newsboat = Newsboat(newsboat_folder, f"{address}/rss/k/{secret}/haberler.xml")
        newsboat.reload()
        assert set(newsboat.titles.values()) == {"Herkese", "Kurumlara", "Bir kuruma"}
        tokens.revoke(token, by=token.person)
        factories.published_news(title="Sonra", audience=["subscriber"])
        newsboat.reload()
    assert "Sonra" not in newsboat.titles.values()
    links = newsboat.ask("SELECT guid, url FROM rss_item")
    assert len(links) == 3
    assert not any(secret in link for link in links.values())


@pytest.mark.once
@pytest.mark.parametrize("place", ["user", "password"])
def test_real_reader_reads_a_private_feed_by_http_basic(own_database, newsboat_folder, place):  # noqa: F811
    """It sends nothing until it is asked, as many do: the address of the private feed asks."""
    agency = factories.agency()
    offer_one_of_each(agency)
    _token, secret = factories.token(factories.person(agency=agency))
    credentials = f"{secret}:x" if place == "user" else f"kisi:{secret}"
    with live_server() as address:
        newsboat = Newsboat(newsboat_folder, address.replace("//", f"//{credentials}@") + PRIVATE)
        newsboat.reload()
    assert set(newsboat.titles.values()) == {"Herkese", "Kurumlara", "Bir kuruma"}


# --- Several web processes ---------------------------------------------------------------------------------------


def end_agency_of(token) -> None:
    agency = token.person.agency
    agency.ended_at = timezone.now()
    agency.save()


WAYS_TO_END = {
    "revoke": lambda token: tokens.revoke(token, by=token.person),
    "end the agency": end_agency_of,
    "rotate without overlap": lambda token: tokens.rotate(token, by=token.person, overlap=timedelta()),
}


def test_every_process_obeys_within_a_second(own_database):
    issued = {how: factories.token() for how in WAYS_TO_END}
    with served(own_database.environment, number=2) as processes:
        for how, end in WAYS_TO_END.items():
            token, secret = issued[how]
            address = f"/rss/k/{secret}/haberler.xml"
            assert [process.ask(address)[0] for process in processes * 3] == [200] * 6, how
            end(token)
            done = time.monotonic()
            waiting = list(processes)
            while waiting and time.monotonic() < done + 5:
                waiting = [process for process in waiting if process.ask(address)[0] != 404]
            took = time.monotonic() - done
            assert [process.ask(address)[0] for process in processes * 3] == [404] * 6, how
            assert took < 1, how


@pytest.mark.once
def test_web_server_writes_no_secret_and_believes_no_forged_address(own_database):
    """Also where a header comes several times, or spelled as another one becomes for the site."""
    _token, secret = factories.token()
    _token, here = factories.token(networks=["127.0.0.0/8"])
    _token, elsewhere = factories.token(networks=["192.0.2.0/24"])
    forged = (
        [("X-Forwarded-For", "192.0.2.1")],
        [("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-For", "192.0.2.1")],
        [("X_Forwarded_For", "192.0.2.1")],
        [("Forwarded", "for=192.0.2.1"), ("X-Real-IP", "192.0.2.1")],
    )
    with served(own_database.environment) as (process,):
        assert process.ask(f"/rss/k/{secret}/haberler.xml")[0] == 200
        assert process.ask(f"/rss/k/{here}/haberler.xml")[0] == 200
        for headers in forged:
            assert process.ask(f"/rss/k/{elsewhere}/haberler.xml", *headers)[0] == 404, headers
        assert process.ask(PRIVATE, ("Authorization", f"Bearer {secret}"))[0] == 200
        twice = [("Authorization", f"Bearer {secret}"), ("Authorization", f"Bearer {elsewhere}")]
        assert process.ask(PRIVATE, *twice)[0] == 401
        assert process.ask(f"/rss/k/{secret.replace('_', '%5F', 1)}/haberler.xml")[0] == 200
    assert "GET /rss/k/[gizli]/haberler.xml" in process.written
    assert not any(part[8:30] in process.written for part in (secret, here, elsewhere))


@pytest.mark.once
def test_behind_a_proxy_the_last_address_it_wrote_counts(own_database):
    _token, elsewhere = factories.token(networks=["192.0.2.0/24"])
    address = f"/rss/k/{elsewhere}/haberler.xml"
    environment = {**own_database.environment, "TRUSTED_PROXIES": "127.0.0.1"}
    with served(environment) as (process,):
        assert process.ask(address, ("X-Forwarded-For", "192.0.2.1"))[0] == 200
        assert process.ask(address, ("X-Forwarded-For", "192.0.2.1, 203.0.113.9"))[0] == 404
        # A proxy that adds a header of its own below the one it was sent.
        assert (
            process.ask(address, ("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-For", "203.0.113.9"))[0]
            == 404
        )
