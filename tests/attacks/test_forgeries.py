"""Requests that pretend: without a token of a form, to lead elsewhere, with what was used before or made up."""

import base64
import re
from itertools import product
from urllib.parse import urlencode

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from subscribers import invitations, tokens
from subscribers.models import User
from tests import factories
from tests.subscribers.signing_in import is_signed_in, sign_in

from . import hostile
from .conftest import Attacker, coordinator, superuser
from .doors import doors, site_doors, unlike_admin_doors
from .judging import leads_within
from .test_fuzz import true_values

pytestmark = pytest.mark.django_db


# --- Forms of other sites ----------------------------------------------------------------------------------------


def test_no_route_takes_a_post_without_the_token_of_its_form(world):
    """Refused before a view looks at it, or by one that takes no form, or that leads a stranger to sign in."""
    attackers, true = [superuser(), coordinator(world), Attacker()], true_values(world)
    for attacker in attackers:
        attacker.client.handler.enforce_csrf_checks = True
        for door in doors():
            answer = attacker.ask(door.address(true), "POST")
            is_shown_in = answer.status_code == 302 and answer.headers["Location"].startswith(
                "/yonetim/login/"
            )
            assert answer.status_code in (403, 405) or is_shown_in, (door, answer.status_code)
        assert attacker.breaches == []


def test_token_of_a_form_is_asked_for_with_another_origin_too():
    client = Client(enforce_csrf_checks=True)
    page = client.get("/giris/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    sent = {"username": "a@b.example", "password": "x", "csrfmiddlewaretoken": token}
    assert client.post("/giris/", sent, HTTP_ORIGIN="https://evil.example").status_code == 403
    assert client.post("/giris/", sent, HTTP_ORIGIN="null").status_code == 403
    assert client.post("/giris/", sent).status_code == 200


def test_forged_token_of_a_form_is_refused():
    for token in ("", "a", "a" * 64, "\x00" * 32, "é" * 32, "a" * 10_000):
        client = Client(enforce_csrf_checks=True)
        client.cookies["csrftoken"] = "b" * 32
        answer = client.post("/giris/", {"username": "a", "password": "b", "csrfmiddlewaretoken": token})
        assert answer.status_code == 403, token


# --- Ways off the site -------------------------------------------------------------------------------------------


def test_sign_in_leads_nowhere_else():
    person = factories.person()
    for door, elsewhere in product(
        ("/giris/", "/en/giris/", "/yonetim/login/", "/_util/login/"), hostile.ELSEWHERE
    ):
        client = Client()
        first = client.get(door, {"next": elsewhere})
        if first.status_code == 400:
            continue  # Not understood: leads nowhere at all.
        query = urlencode({"next": elsewhere})
        path = "/en/giris/" if door.startswith("/en/") else "/giris/"
        sent = {"username": person.email, "password": factories.PASSWORD, "next": elsewhere}
        answers = [first, client.post(f"{path}?{query}", sent), client.get("/giris/", {"next": elsewhere})]
        for answer in answers:
            assert leads_within(answer.headers.get("Location", "/")), (door, elsewhere)
        assert is_signed_in(client)


def test_no_form_leads_elsewhere(world, everyone):
    names = ("next", "redirect", "return", "url", "came_from", "success_url", "HTTP_REFERER")
    true = true_values(world)
    values = iter(hostile.ELSEWHERE * 200)
    for attacker in everyone[1:]:
        for door in (*site_doors(), *unlike_admin_doors()):
            elsewhere = next(values)
            body = "&".join(f"{name}={elsewhere}" for name in names).encode(errors="replace")
            attacker.ask(
                f"{door.address(true)}?{body.decode()}",
                "POST",
                data=body,
                content_type=hostile.URLENCODED,
                HTTP_REFERER=elsewhere.replace("\x00", ""),
            )
        assert attacker.breaches == []


def test_missing_slash_makes_no_way_off_the_site(world):
    attacker = Attacker()
    for path in (
        "//evil.example",
        "//evil.example/%2e%2e",
        "/%5cevil.example",
        "/en//evil.example",
        "//evil.example/haberler",
    ):
        answer = attacker.ask(path)
        assert answer.status_code in (301, 302, 404), path
    assert attacker.breaches == []


# --- What was used before, or made up ----------------------------------------------------------------------------


def test_session_that_was_signed_out_of_stays_over(world):
    client, person = Client(), world.person("named agency")
    sign_in(client, person.email)
    stolen = client.cookies["sessionid"].value
    assert client.get(world.paths["agency"]).status_code == 200
    client.post("/cikis/")
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get(world.paths["agency"]).status_code == 404


def test_session_chosen_by_somebody_else_is_not_signed_in(world):
    """Whoever plants a cookie in a browser doesn't know the session that is opened there."""
    planted = Client()
    planted.get("/davet/x/")
    known = planted.cookies["sessionid"].value
    victim = Client()
    victim.cookies["sessionid"] = known
    sign_in(victim, world.person("named agency").email)
    assert is_signed_in(victim)
    assert not is_signed_in(planted)


def test_forged_session_is_nobodys(world):
    forged = (
        "",
        "a" * 32,
        "A" * 5000,
        "../../x",
        "\x01",
        "é",
        "' OR 1=1--",
        signing.dumps({"_auth_user_id": "1"}),
        "1",
    )
    for cookie in forged:
        client = Client()
        client.cookies["sessionid"] = cookie
        assert not is_signed_in(client), cookie
        assert client.get(world.paths["agency"]).status_code == 404, cookie
        assert client.get("/hesap/").status_code == 302, cookie


def _spoilt(secret: str) -> list[str]:
    """`secret` with what somebody would try who saw a part of it, or another."""
    last = "b" if secret[-1] == "a" else "a"
    tried = [
        *(
            secret[:-1],
            secret + "a",
            secret.swapcase(),
            secret[::-1],
            secret[:-1] + last,
            secret.replace("_", "-"),
        ),
        *(f"{secret}%00", f"%20{secret}", f"{secret}%20", "a" * 300, "%ff", "é" * 20),
    ]
    return [text for text in tried if text != secret]


def _link_of(person: User) -> tuple[str, str]:
    return urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person)


def test_spoilt_link_of_a_password_opens_nothing():
    person, other = factories.person(), factories.person()
    number, token = _link_of(person)
    used = _link_of(other)[1]
    links = [f"/parola/sifirla/{number}/{spoilt}/" for spoilt in [*_spoilt(token), used, "set-password"]]
    numbers = [
        "x",
        _link_of(other)[0],
        urlsafe_base64_encode(b"9" * 40),
        urlsafe_base64_encode(b"\x00"),
        "%00",
        "=",
        "é",
    ]
    links += [f"/parola/sifirla/{number}/{token}/" for number in numbers]
    for link in links:
        client = Client(raise_request_exception=False)
        sent = {
            "new_password1": "bambaşka ve upuzun bir parola",
            "new_password2": "bambaşka ve upuzun bir parola",
        }
        for answer in (client.get(link, follow=True), client.post(link, sent, follow=True)):
            assert answer.status_code in (200, 404), link
            assert b'name="new_password1"' not in answer.content, link
    person.refresh_from_db()
    assert person.check_password(factories.PASSWORD)


def test_spoilt_invitation_opens_nothing(django_capture_on_commit_callbacks):
    agency = factories.agency()
    inviter = factories.person(agency=agency, is_coordinator=True)
    with django_capture_on_commit_callbacks(execute=True):
        invitations.invite(agency, "yeni@kurum.example", inviter)
    secret = re.search(r"/davet/([^/\s]+)/", mail.outbox[-1].body)[1]
    unknown = Client().get("/davet/yok/", follow=True).content
    for spoilt in [*_spoilt(secret), "x" * 5000, "set", "..", "None"]:
        client = Client(raise_request_exception=False)
        answer = client.get(f"/davet/{spoilt}/", follow=True)
        assert answer.status_code in (200, 404), spoilt
        assert answer.status_code == 404 or _without_tokens(answer.content) == _without_tokens(unknown), (
            spoilt
        )
        sent = {
            "first_name": "A",
            "last_name": "B",
            "password1": factories.PASSWORD,
            "password2": factories.PASSWORD,
        }
        client.post("/davet/", sent)
    assert not User.objects.filter(email="yeni@kurum.example").exists()


def test_spoilt_access_token_opens_nothing():
    person = factories.person(agency=factories.agency())
    token, secret = factories.token(person)
    client = Client(raise_request_exception=False)
    missing = client.get("/rss/yok.xml").content
    refused = client.get("/rss/k/haberler.xml")
    for spoilt in _spoilt(secret):
        answer = client.get(f"/rss/k/{spoilt}/haberler.xml")
        assert (answer.status_code, answer.content) == (404, missing), spoilt
        for header in (
            f"Bearer {spoilt}",
            f"Bearer {secret}, Bearer {spoilt}",
            f"bearer{secret}",
            f"Token {secret}",
        ):
            answer = client.get("/rss/haberler.xml", HTTP_AUTHORIZATION=header)
            assert (answer.status_code, answer.content) == (401, refused.content), header
        pair = base64.b64encode(f"{secret}:{spoilt}".encode()).decode()
        assert client.get("/rss/haberler.xml", HTTP_AUTHORIZATION=f"Basic {pair}").status_code in (200, 401)
    assert client.get(f"/rss/k/{secret}/haberler.xml").status_code == 200
    tokens.revoke(token, by=person)
    assert client.get(f"/rss/k/{secret}/haberler.xml").status_code == 404


def _without_tokens(page: bytes) -> bytes:
    return re.sub(rb'(name="(?:csrfmiddlewaretoken|ticket)" value=")[^"]*', rb"\1", page)


@pytest.mark.parametrize(
    ("form", "field", "more"),
    [
        ("/giris/", "username", {"password": "yanlış ama upuzun parola"}),
        ("/parola/sifirla/", "email", {}),
    ],
)
def test_form_does_not_tell_who_has_an_account(form, field, more):
    """One answer to the byte, by as many queries, whether the account is there, closed, an administrator's or none."""
    known, closed = factories.person(), factories.person(is_active=False)
    admin = factories.person(is_superuser=True, is_staff=True, role="administrator")
    told = {}
    Client().post(form, {field: "ilk@des.example", **more})  # What a process reads once and keeps.
    for number, address in enumerate((known.email, "kimse@des.example", closed.email, admin.email)):
        client = Client(REMOTE_ADDR=f"192.0.2.{number + 1}")
        client.get(form)
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(form, {field: address, **more})
        page = _without_tokens(answer.content).replace(address.encode(), b"X")
        told[address] = (answer.status_code, page, sorted(answer.headers.items()), len(queries))
    first = told.pop(known.email)
    for address, answer in told.items():
        assert answer[:2] == first[:2], address
        assert [name for name, _value in answer[2]] == [name for name, _value in first[2]], address
        if form == "/giris/":
            assert answer[3] == first[3], address
