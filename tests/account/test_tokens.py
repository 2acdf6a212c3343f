"""A person's tokens on their own pages: shown once, theirs alone, and they open what they say."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from feeds.channels import CHANNELS
from home.site_tree import ensure_site_tree
from subscribers import token_access, tokens
from subscribers.models import Token
from tests import factories

pytestmark = pytest.mark.django_db

AGAIN = {"password": factories.PASSWORD}
FORM = {"name": "Ofis", "scopes": ["feeds"], "days": "90", "networks": "", **AGAIN}


@pytest.fixture(autouse=True)
def site(db, monkeypatch):
    ensure_site_tree()
    # Numbers of tokens begin again in every test; a process remembers those it has seen used.
    monkeypatch.setattr(token_access, "_written", token_access._Days())


@pytest.fixture
def person(client):
    reader = factories.person(agency=factories.agency())
    client.force_login(reader)
    return reader


def secrets_in(html: str) -> set[str]:
    return set(re.findall(tokens.SECRET_PATTERN, html))


def issued(holder, **changes) -> tuple[Token, str]:
    wanted = {"name": "Ofis", "scopes": ["feeds"], "expires_at": timezone.now() + timedelta(days=30)}
    return tokens.issue(holder, by=holder, **wanted | changes)


def test_new_token_is_shown_once_and_opens_the_feed(client, person):
    item = factories.published_news(title="Kurumlara açık haber", audience=["subscriber"])
    answer = client.post(reverse("account:tokens"), FORM)
    html = answer.content.decode()
    (secret,) = secrets_in(html)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    (address,) = re.findall(r"http://testserver(/rss/k/[^<\"]*/haberler\.xml)</code>", html)
    client.logout()
    assert item.title in client.get(address).content.decode()
    client.force_login(person)
    again = client.get(reverse("account:tokens")).content.decode()
    assert not secrets_in(again)
    assert secret[: tokens.HINT_LETTERS] in again


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Bu alan zorunludur."),
        ({"name": "\u200b"}, "Anahtara bir ad verin"),
        ({"scopes": []}, "ne için kullanılacağını seçin"),
        ({"scopes": ["hepsi"]}, "hepsi"),
        ({"days": "36500"}, "seçenek"),
        ({"days": "x"}, "seçenek"),
        ({"networks": "192.0.2.0/99"}, "192.0.2.0/99"),
        ({"networks": "\0"}, ""),
        ({"networks": "10.0.0.0/8\n" * 60}, "En çok 50"),
    ],
)
def test_what_can_not_be_is_told_in_the_form_and_makes_no_token(client, person, changes, sentence):
    answer = client.post(reverse("account:tokens"), FORM | changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Token.objects.exists()


def test_person_without_an_agency_is_told_why_there_is_no_token(client):
    client.force_login(factories.person())
    answer = client.post(reverse("account:tokens"), FORM)
    assert "sözleşmesi süren bir kurumun" in answer.content.decode()


def test_renewing_asks_and_shows_the_new_secret(client, person):
    token, secret = issued(person)
    address = reverse("account:rotate_token", args=[token.uuid])
    assert "7 gün daha çalışır" in client.get(address).content.decode()
    assert Token.objects.count() == 1
    (new,) = secrets_in(client.post(address, AGAIN).content.decode())
    assert new != secret
    assert "zaten yenilendi" in client.post(address, AGAIN, follow=True).content.decode()


@pytest.mark.parametrize("password", ["", "yanlış bir parola"])
def test_session_alone_neither_makes_nor_renews_a_token(client, person, password):
    token, _secret = issued(person)
    for address in (reverse("account:tokens"), reverse("account:rotate_token", args=[token.uuid])):
        answer = client.post(address, FORM | {"password": password})
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {"password"}
        assert not secrets_in(answer.content.decode())
    assert Token.objects.get().replaced_by is None


def test_password_is_guessed_as_slowly_as_elsewhere(client, person):
    for _number in range(40):
        answer = client.post(reverse("account:tokens"), FORM | {"password": "yanlış bir parola"})
        if answer.status_code == 429:
            break
    assert int(answer["Retry-After"]) > 0
    assert client.post(reverse("account:tokens"), FORM).status_code == 429
    assert not Token.objects.exists()


def test_revoking_asks_and_ends_it(client, person):
    token, secret = issued(person)
    address = reverse("account:revoke_token", args=[token.uuid])
    assert "Geri alınamaz" in client.get(address).content.decode()
    assert client.get(f"/rss/k/{secret}/haberler.xml").status_code == 200
    assert "iptal edildi" in client.post(address, follow=True).content.decode()
    assert client.get(f"/rss/k/{secret}/haberler.xml").status_code == 404
    assert client.post(address).status_code == 404


@pytest.mark.parametrize("name", ["rotate_token", "revoke_token"])
def test_token_of_somebody_else_is_not_there(client, person, name):
    token, _secret = issued(factories.person(agency=person.agency))
    address = reverse(f"account:{name}", args=[token.uuid])
    assert client.get(address).status_code == client.post(address).status_code == 404
    assert Token.objects.get().revoked_at is None


def test_list_says_what_each_token_opens(client, person):
    issued(person, scopes=["search"])
    assert "<span>arama</span>" in client.get(reverse("account:tokens")).content.decode()


def test_private_addresses_stand_there_without_a_secret(client, person):
    html = client.get(reverse("account:tokens")).content.decode()
    for channel in CHANNELS.values():
        assert f"<code>{channel.private_address}</code>" in html
        assert f'data-copy="{channel.private_address}"' in html
    assert "copy-address.js" in html
    _token, secret = issued(person)
    path = CHANNELS["news"].path.replace("/rss/", "/rss/k/")
    assert CHANNELS["news"].private_address.endswith(path)
    client.logout()
    assert client.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_list_says_when_each_was_used_last(client, person):
    token, secret = issued(person)
    assert "hiç kullanılmadı" in client.get(reverse("account:tokens")).content.decode()
    client.get(f"/rss/k/{secret}/haberler.xml")
    assert "son kullanım" in client.get(reverse("account:tokens")).content.decode()
    tokens.revoke(token, by=person)
    assert "günü iptal edildi" in client.get(reverse("account:tokens")).content.decode()
