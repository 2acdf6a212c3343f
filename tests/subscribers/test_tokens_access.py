"""Who is let in by a token, and that every other one is answered alike."""

import base64
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers import token_access, tokens
from subscribers.entitlement import agency_key, keys_of
from subscribers.middleware import Reader
from subscribers.models import AgencyEntitlement, Token, TokenUse
from subscribers.token_access import TokenRefused, reader_of_request
from tests import factories

pytestmark = pytest.mark.django_db

UNKNOWN = "des_" + "A" * 43


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    monkeypatch.setattr(token_access, "_written", token_access._Days())


def basic(user: str = "", password: str = "") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def request_with(header: str | None = None, **meta):
    if header is not None:
        meta["HTTP_AUTHORIZATION"] = header
    return RequestFactory().get("/", **meta)


def reader(secret: str, scope: str = "feeds", **meta) -> Reader | None:
    return reader_of_request(request_with(f"Bearer {secret}", **meta), scope)


def refused(secret: str, scope: str = "feeds", **meta) -> bool:
    try:
        reader(secret, scope, **meta)
    except TokenRefused:
        return True
    return False


# --- How it is shown ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "Bearer {}",
        "bearer {}",
        "BEARER   {} ",
        basic,
        lambda secret: basic(secret, "x"),
        lambda secret: basic("kisi@kurum.example", secret),
        lambda secret: basic(secret, secret),
        lambda secret: basic("ağ", secret),
    ],
    ids=["bearer", "lower case", "spaces", "user", "user and word", "password", "both", "not ascii"],
)
def test_token_is_shown_as_bearer_or_as_either_part_of_basic(header):
    token, secret = factories.token()
    written = header(secret) if callable(header) else header.format(secret)
    assert reader_of_request(request_with(written), "feeds").person == token.person.uuid


def test_request_without_a_token_has_no_reader_of_it():
    assert reader_of_request(request_with(), "feeds") is None


BROKEN = [
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Bearer des_",
    f"Bearer {UNKNOWN}x",
    f"Bearer x{UNKNOWN}",
    f"Bearer {UNKNOWN} {UNKNOWN}",
    f"Bearer {UNKNOWN}, Bearer {UNKNOWN}",
    f"Token {UNKNOWN}",
    UNKNOWN,
    "Basic",
    "Basic !!!",
    "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
    "Basic " + base64.b64encode(UNKNOWN.encode()).decode() + "=",
    basic("kisi@kurum.example", "parola"),
    basic(UNKNOWN, "des_" + "B" * 43),
    "Bearer " + "a" * 100_000,
    basic("a" * 100_000, UNKNOWN),
    "Bearer dès_" + "A" * 43,
    "Bearer des_" + "Ａ" * 43,
    "Bearer " + UNKNOWN[:-1] + "\n",
    'Digest username="x"',
    "\x00",
]


@pytest.mark.parametrize("header", BROKEN)
def test_header_that_holds_no_token_is_refused_without_a_query(header, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(TokenRefused):
        reader_of_request(request_with(header), "feeds")


def test_several_that_differ_are_refused():
    _token, secret = factories.token()
    _token, another = factories.token()
    with pytest.raises(TokenRefused):
        reader_of_request(request_with(f"Bearer {secret}"), "feeds", in_address=another)
    with pytest.raises(TokenRefused):
        reader_of_request(request_with(basic(secret, another)), "feeds")
    assert reader_of_request(request_with(f"Bearer {secret}"), "feeds", in_address=secret)


# --- Who it lets in ----------------------------------------------------------------------------------------------


def test_reader_is_the_holder_as_they_are_at_this_moment():
    agency = factories.agency(entitled_to_everything=False)
    person = factories.person(agency=agency)
    _token, secret = factories.token(person)
    assert reader(secret) == Reader(keys_of(person), person.uuid, agency.pk, counted=True)
    AgencyEntitlement.objects.create(agency=agency, kind="language", value="en")
    assert reader(secret).keys == {"public", agency_key(agency.pk), "subscriber:language:en"}


def test_service_account_reads_as_its_agency_and_is_no_person():
    account = factories.service_account()
    _token, secret = factories.token(account)
    assert reader(secret) == Reader(
        frozenset({"public", "subscriber", agency_key(account.agency_id)}),
        account.uuid,
        account.agency_id,
        counted=True,
        is_service=True,
    )


def test_service_account_of_an_agency_entitled_to_a_part_reads_that_part():
    agency = factories.agency(entitled_to_everything=False)
    AgencyEntitlement.objects.create(agency=agency, kind="desk", value="7")
    _token, secret = factories.token(factories.service_account(agency=agency))
    assert reader(secret).keys == {"public", agency_key(agency.pk), "subscriber:desk:7"}


def test_staff_are_not_counted_by_token_either():
    person = factories.person(agency=factories.agency(), is_staff=True)
    _token, secret = factories.token(person)
    assert not reader(secret).counted


def test_scope_decides_what_it_opens():
    _token, secret = factories.token(scopes=["search"])
    assert reader(secret, "search")
    assert refused(secret, "feeds")


@pytest.mark.parametrize(
    ("networks", "address", "opens"),
    [
        ([], "203.0.113.9", True),
        ([], "", True),
        (["192.0.2.0/24"], "192.0.2.200", True),
        (["192.0.2.0/24"], "::ffff:192.0.2.200", True),
        (["::ffff:192.0.2.0/120"], "192.0.2.200", True),
        (["192.0.2.0/24"], "192.0.3.1", False),
        (["192.0.2.0/24"], "2001:db8::1", False),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["0.0.0.0/0"], "", False),
        (["0.0.0.0/0"], "x", False),
    ],
)
def test_network_decides_from_where_it_opens(networks, address, opens):
    _token, secret = factories.token(networks=networks)
    assert refused(secret, REMOTE_ADDR=address) != opens


def test_forged_address_opens_nothing():
    _token, secret = factories.token(networks=["192.0.2.0/24"])
    assert refused(secret, REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="192.0.2.1")


def test_both_tokens_of_a_rotation_open_until_the_overlap_is_over(monkeypatch):
    holder = factories.person(agency=factories.agency())
    old, old_secret = factories.token(holder)
    _new, secret = tokens.rotate(old, by=holder)
    assert reader(old_secret) == reader(secret)
    later = timezone.now() + timedelta(days=7)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert refused(old_secret)
    assert reader(secret)


# --- Every other one is answered alike ---------------------------------------------------------------------------


def _revoked():
    token, secret = factories.token()
    tokens.revoke(token, by=token.person)
    return secret


def _expired():
    token, secret = factories.token()
    Token.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    return secret


def _of_changed(holder=None, agency=None):
    """The secret of a token whose holder or agency changed after it was issued."""

    def build():
        person = factories.person(agency=factories.agency())
        _token, secret = factories.token(person)
        for name, value in (holder or {}).items():
            setattr(person, name, value() if callable(value) else value)
        person.save()
        if person.agency and agency:
            for name, value in agency.items():
                setattr(person.agency, name, value())
            person.agency.save()
        return secret

    return build


def _of_closed_account(**changes):
    def build():
        account = factories.service_account()
        _token, secret = factories.token(account)
        target = account.agency if "agency" in changes else account
        target.ended_at = timezone.now()
        target.save()
        return secret

    return build


OPEN_NOTHING = {
    "unknown": lambda: UNKNOWN,
    "revoked": _revoked,
    "expired": _expired,
    "wrong network": lambda: factories.token(networks=["192.0.2.0/24"])[1],
    "wrong scope": lambda: factories.token(scopes=["search"])[1],
    "ended agency": _of_changed(agency={"ended_at": timezone.now}),
    "suspended agency": _of_changed(agency={"suspended_at": timezone.now}),
    "agency not begun": _of_changed(agency={"started_at": lambda: timezone.now() + timedelta(days=1)}),
    "inactive holder": _of_changed(holder={"is_active": False}),
    "holder without an agency": _of_changed(holder={"agency": None}),
    "closed service account": _of_closed_account(),
    "service account of an ended agency": _of_closed_account(agency=True),
}
ADDRESS = "/rss/k/{}/haberler.xml"


def whole(answer) -> tuple:
    return answer.status_code, answer.content, dict(answer.headers), str(answer.cookies)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("kind", OPEN_NOTHING)
def test_in_the_address_it_answers_as_what_isnt_there(client, kind, method):
    secret = OPEN_NOTHING[kind]()
    ask = getattr(client, method)
    answer = whole(ask(ADDRESS.format(secret)))
    assert answer[0] == 404
    for nowhere in ("/rss/yok.xml", ADDRESS.format("kisa"), "/yok/"):
        assert answer == whole(ask(nowhere)), nowhere


@pytest.mark.parametrize("address", ["/rss/haberler.xml", "/rss/k/haberler.xml"])
@pytest.mark.parametrize("kind", OPEN_NOTHING)
def test_by_header_it_answers_as_no_token_at_all(client, kind, address):
    secret = OPEN_NOTHING[kind]()
    nothing = whole(client.get("/rss/k/haberler.xml"))
    assert nothing[0] == 401
    assert nothing[2]["WWW-Authenticate"].startswith('Basic realm="DES"')
    for header in (f"Bearer {secret}", basic(secret), basic("x", secret), "Bearer x"):
        assert whole(client.get(address, headers={"Authorization": header})) == nothing


def test_search_refuses_a_header_the_same_way(client):
    _token, secret = factories.token(scopes=["feeds"])
    nothing = whole(client.get("/rss/k/haberler.xml"))
    for shown in (secret, UNKNOWN, "x"):
        assert whole(client.get("/ara/?q=su", headers={"Authorization": f"Bearer {shown}"})) == nothing


def test_all_that_open_nothing_cost_the_same_queries(client):
    client.get(ADDRESS.format(UNKNOWN))
    numbers = {}
    for kind, build in OPEN_NOTHING.items():
        secret = build()
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS.format(secret))
        numbers[kind] = len(queries)
    assert len(set(numbers.values())) == 1, numbers


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused_alike_whether_the_token_works_or_not(method):
    client = Client(enforce_csrf_checks=True)
    _token, secret = factories.token()
    known, unknown = (whole(getattr(client, method)(ADDRESS.format(shown))) for shown in (secret, UNKNOWN))
    assert known == unknown
    assert known[0] == 405


# --- Neither session nor cookie ----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/rss/haberler.xml", "/rss/k/haberler.xml", "/ara/?q=su", "/en/ara/"])
def test_request_by_token_sets_no_cookie_and_makes_no_session(client, address):
    _token, secret = factories.token()
    answer = client.get(address, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert not client.cookies
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Authorization" in answer.headers["Vary"]


def test_token_wins_over_whoever_is_signed_in(client):
    named = factories.agency()
    factories.published_news(title="Yalnız ona", audience=[agency_key(named.pk)])
    client.force_login(factories.person(agency=named))
    _token, secret = factories.token()
    assert b"Yaln" in client.get("/rss/haberler.xml").content
    answer = client.get("/rss/haberler.xml", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert b"Yaln" not in answer.content
    assert b"Yaln" not in client.get(ADDRESS.format(secret)).content


def test_page_of_results_by_token_shows_nobody_signed_in(client):
    person = factories.person(agency=factories.agency(), first_name="Zümrüt")
    client.force_login(person)
    _token, secret = factories.token()
    assert "Zümrüt" not in client.get("/ara/", headers={"Authorization": f"Bearer {secret}"}).content.decode()


# --- The days of use ---------------------------------------------------------------------------------------------


def test_use_is_kept_by_day_and_written_once(client):
    token, secret = factories.token()
    client.get(ADDRESS.format(secret))
    with CaptureQueriesContext(connection) as queries:
        client.get(ADDRESS.format(secret))
    assert not [query for query in queries if "tokenuse" in query["sql"]]
    assert list(TokenUse.objects.values_list("token", "day")) == [(token.pk, timezone.localdate())]


def test_other_process_writes_no_second_row(client, monkeypatch):
    _token, secret = factories.token()
    client.get(ADDRESS.format(secret))
    monkeypatch.setattr(token_access, "_written", token_access._Days())
    client.get(ADDRESS.format(secret))
    assert TokenUse.objects.count() == 1


def test_day_of_use_is_that_of_istanbul_and_each_day_is_a_row(client, monkeypatch):
    _token, secret = factories.token()
    client.get(ADDRESS.format(secret))
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    client.get(ADDRESS.format(secret))
    assert TokenUse.objects.count() == 2


def test_refused_token_leaves_no_use(client):
    _token, secret = factories.token(scopes=["search"])
    client.get(ADDRESS.format(secret))
    assert not TokenUse.objects.exists()
