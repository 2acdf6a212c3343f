"""The administrators' pages for service accounts and tokens."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from subscribers import tokens
from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditEvent, ServiceAccount, Token, TokenUse
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = re.compile(tokens.SECRET_PATTERN)


@pytest.fixture
def entered(client):
    client.force_login(factories.person(role="administrator"))
    return client


def page(client, name: str, *arguments, **query) -> str:
    return client.get(reverse(name, args=arguments), query).content.decode()


# --- Accounts ----------------------------------------------------------------------------------------------------


def test_account_is_opened_for_an_agency_in_force(entered):
    agency = factories.agency(name="Işık Kurumu")
    answer = entered.post(
        reverse("open_service_account"), {"agency": agency.pk, "name": "  basın  özeti sunucusu "}
    )
    account = ServiceAccount.objects.get()
    assert answer.url == reverse("service_account", args=[account.uuid])
    assert (account.agency, account.name) == (agency, "basın özeti sunucusu")
    assert AuditEvent.objects.get(kind=AuditKind.SERVICE_ACCOUNT_OPENED).subject == account.uuid
    html = page(entered, "service_accounts")
    assert "basın özeti sunucusu" in html
    assert "Işık Kurumu" in html


def test_account_without_contract_or_with_a_name_taken_is_refused(entered):
    taken = factories.service_account(name="Okuyucu")
    ended = factories.agency(started_at=timezone.now() - timedelta(days=1), ended_at=timezone.now())
    for agency, name, sentence in (
        (taken.agency, "Okuyucu", "bu adda bir servis hesabı zaten var"),
        (ended, "Okuyucu", "Geçerli bir seçenek seçin"),
        (taken.agency, "", "zorunlu"),
    ):
        answer = entered.post(reverse("open_service_account"), {"agency": agency.pk, "name": name})
        assert answer.context["form"].errors, sentence
    assert ServiceAccount.objects.count() == 1


def test_closed_account_has_no_working_token_and_can_be_opened_again(entered):
    account = factories.service_account()
    token, _secret = factories.token(account)
    assert "bütün anahtarları iptal edilir" in page(entered, "close_service_account", account.uuid)
    entered.post(reverse("close_service_account", args=[account.uuid]))
    account.refresh_from_db()
    token.refresh_from_db()
    assert account.ended_at is not None
    assert token.revoked_at is not None
    assert "Anahtar oluştur" not in page(entered, "service_account", account.uuid)
    entered.post(reverse("reopen_service_account", args=[account.uuid]))
    account.refresh_from_db()
    token.refresh_from_db()
    assert account.ended_at is None
    assert token.revoked_at is not None
    seen = AuditKind.PERSONAL_DATA_VIEWED
    kinds = list(AuditEvent.objects.exclude(kind=seen).order_by("sequence").values_list("kind", flat=True))
    assert kinds[1:] == [
        AuditKind.TOKEN_REVOKED,
        AuditKind.SERVICE_ACCOUNT_CLOSED,
        AuditKind.SERVICE_ACCOUNT_OPENED,
    ]


# --- Tokens ------------------------------------------------------------------------------------------------------

WANTED = {"name": "Sunucu", "scopes": ["feeds"], "days": "90", "networks": "192.0.2.0/24"}


def test_secret_of_a_new_token_is_shown_once(entered):
    account = factories.service_account()
    answer = entered.post(reverse("service_account", args=[account.uuid]), WANTED)
    html = answer.content.decode()
    (secret,) = set(SECRET.findall(html))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert f"/rss/k/{secret}/haberler.xml" in html
    token = Token.objects.get(digest=tokens.digest_of(secret))
    assert (token.service_account, token.networks) == (account, ["192.0.2.0/24"])
    assert not SECRET.search(page(entered, "service_account", account.uuid) + page(entered, "tokens"))


def test_page_of_an_account_says_what_each_token_opens(entered):
    account = factories.service_account()
    factories.token(account, scopes=["feeds", "search"])
    assert "<td>beslemeler, arama</td>" in page(entered, "service_account", account.uuid)


def test_token_that_is_refused_says_why_beside_the_field(entered):
    account = factories.service_account()
    answer = entered.post(
        reverse("service_account", args=[account.uuid]), WANTED | {"networks": "her yer", "name": " "}
    )
    assert set(answer.context["form"].errors) == {"networks", "name"} or answer.context["form"].errors["name"]
    assert not Token.objects.exists()


def test_token_is_renewed_with_the_overlap_chosen(entered):
    token, secret = factories.token(factories.service_account())
    address = reverse("rotate_token", args=[token.uuid])
    assert "bir kez gösterilir" in entered.get(address).content.decode()
    html = entered.post(address, {"overlap": "1"}).content.decode()
    (new,) = set(SECRET.findall(html)) - {secret}
    token.refresh_from_db()
    assert timedelta(hours=23) < token.expires_at - timezone.now() <= timedelta(days=1)
    assert token.replaced_by.digest == tokens.digest_of(new)
    assert "zaten yenilendi" in entered.post(address, {"overlap": "1"}).content.decode()


def test_nobody_is_shown_the_secret_of_a_person(entered):
    token, _secret = factories.token()
    address = reverse("rotate_token", args=[token.uuid])
    assert entered.get(address).status_code == 404
    assert entered.post(address, {"overlap": "1"}).status_code == 404
    assert address not in page(entered, "tokens")
    assert Token.objects.count() == 1


def test_token_of_a_person_is_revoked(entered):
    token, _secret = factories.token()
    assert entered.post(reverse("revoke_token", args=[token.uuid])).url == reverse("tokens")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_tokens_are_found_by_agency_holder_state_scope_and_name(entered):
    agency = factories.agency()
    person = factories.person(agency=agency, first_name="Çağla", last_name="Işık")
    of_person, _ = factories.token(person, name="kişinin", scopes=["search"])
    of_service, _ = factories.token(factories.service_account(agency=agency), name="sunucunun")
    revoked, _ = factories.token(name="iptal", scopes=["feeds"])
    tokens.revoke(revoked, by=person)
    expired, _ = factories.token(name="eski", scopes=["feeds"])
    Token.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    replaced, _ = factories.token(factories.service_account(), name="yenilenen", scopes=["feeds"])
    new, _ = tokens.rotate(replaced, by=person)
    everything = {of_person, of_service, revoked, expired, replaced, new}

    def found(**query) -> set:
        return set(entered.get(reverse("tokens"), query).context["object_list"])

    assert found() == everything
    assert found(agency=agency.pk) == {of_person, of_service}
    assert found(holder="service") == {of_service, replaced, new}
    assert found(holder="person") == {of_person, revoked, expired}
    assert found(scope="search") == {of_person, of_service}
    assert found(q="Çağla") == {of_person}
    for state in tokens.State:
        assert found(state=state) == {
            token for token in map(_fresh, everything) if tokens.state_of(token) == state
        }
    assert found(state="replaced") == {replaced}


def _fresh(token: Token) -> Token:
    return Token.objects.get(pk=token.pk)


def test_last_use_is_told_by_its_day(entered):
    token, _secret = factories.token()
    TokenUse.objects.create(token=token, day="2026-03-01")
    TokenUse.objects.create(token=token, day="2026-03-09")
    html = page(entered, "tokens")
    assert "9 Mar 2026" in html
    assert "1 Mar 2026" not in html


def test_list_of_tokens_costs_the_same_however_many_there_are(entered, django_assert_max_num_queries):
    for _number in range(12):
        factories.token()
        factories.token(factories.service_account())
    page(entered, "tokens")
    with django_assert_max_num_queries(25):
        page(entered, "tokens")


@pytest.mark.parametrize("role", ["editor", "auditor"])
def test_others_neither_see_nor_change_anything(client, role):
    client.force_login(factories.person(role=role))
    account = factories.service_account()
    token, _secret = factories.token(account)
    for name, arguments in (
        ("service_accounts", []),
        ("open_service_account", []),
        ("service_account", [account.uuid]),
        ("close_service_account", [account.uuid]),
        ("tokens", []),
        ("revoke_token", [token.uuid]),
        ("rotate_token", [token.uuid]),
    ):
        address = reverse(name, args=arguments)
        assert client.get(address).status_code == 302, name
        assert client.post(address, WANTED | {"overlap": "1"}).status_code in (302, 405), name
    token.refresh_from_db()
    assert (token.revoked_at, token.replaced_by, ServiceAccount.objects.get().ended_at) == (None, None, None)
    assert Token.objects.count() == 1
