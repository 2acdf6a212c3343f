"""The life of a token: issued once, rotated with an overlap, revoked; each told of in the audit log."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from subscribers import tokens
from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditEvent, Token
from tests import factories

pytestmark = pytest.mark.django_db


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def holder():
    return factories.person(agency=factories.agency())


def events(kind: AuditKind) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(kind=kind.value))


# --- Issuing -----------------------------------------------------------------------------------------------------


def test_secret_is_des_and_43_characters_that_stand_in_an_address(holder):
    _token, secret = factories.token(holder)
    assert re.fullmatch("des_[A-Za-z0-9_-]{43}", secret)


def test_each_secret_is_another(holder):
    assert len({factories.token(holder)[1] for _turn in range(5)}) == 5


def test_secret_is_kept_nowhere_but_as_its_digest(holder):
    token, secret = factories.token(holder)
    token.refresh_from_db()
    assert token.digest == tokens.digest_of(secret)
    kept = [str(value) for value in Token.objects.filter(pk=token.pk).values().get().values()]
    assert not any(secret[8:] in value for value in kept)
    assert secret.startswith(token.hint)
    assert len(token.hint) == 8


def test_token_of_a_service_account_has_no_person():
    account = factories.service_account()
    token, _secret = factories.token(account)
    assert (token.service_account, token.person) == (account, None)


def test_name_is_written_in_one_line(holder):
    token, _secret = factories.token(holder, name="  ofis\n\x00 \u202eokuyucu\u200b ")
    assert token.name == "ofis okuyucu"


def test_scopes_are_kept_once_each_in_one_order(holder):
    token, _secret = factories.token(holder, scopes=["search", "feeds", "search"])
    assert token.scopes == ["feeds", "search"]


def test_networks_are_kept_as_they_are_compared(holder):
    networks = ["192.0.2.0/24", " 192.0.2.7 ", "2001:DB8::/32", "::ffff:10.0.0.0/104", "192.0.2.0/24", ""]
    token, _secret = factories.token(holder, networks=networks)
    assert token.networks == ["192.0.2.0/24", "192.0.2.7/32", "2001:db8::/32", "10.0.0.0/8"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " \n\u200b", "bir ad verin"),
        ("name", "a" * 81, "en çok 80 harf"),
        ("scopes", [], "ne için kullanılacağını seçin"),
        ("scopes", ["feeds", "admin"], "“admin” bir kapsam değil"),
        ("networks", ["192.0.2.7/24"], "“192.0.2.7/24” bir ağ olarak okunamadı"),
        ("networks", ["her yerden"], "bir ağ olarak okunamadı"),
        ("networks", ["10.0.0.0/33"], "bir ağ olarak okunamadı"),
        ("networks", [f"10.0.{n}.0/24" for n in range(51)], "En çok 50 ağ"),
        ("expires_at", timezone.now() - timedelta(seconds=1), "gelecekte"),
        ("expires_at", timezone.now() + timedelta(days=366), "bir yıl"),
    ],
)
def test_what_makes_no_token_is_refused_by_its_field(holder, field, value, says):
    with pytest.raises(ValidationError) as refused:
        factories.token(holder, **{field: value})
    assert list(refused.value.message_dict) == [field]
    assert says in refused.value.message_dict[field][0]
    assert not Token.objects.exists()


def test_every_wrong_field_is_named_at_once(holder):
    with pytest.raises(ValidationError) as refused:
        factories.token(holder, name="", scopes=[], networks=["?"], expires_at=in_days(-1))
    assert set(refused.value.message_dict) == {"name", "scopes", "networks", "expires_at"}


def test_token_lives_a_year_at_most(holder):
    token, _secret = factories.token(holder, expires_at=in_days(364.9))
    assert token.expires_at > in_days(364)


@pytest.mark.parametrize(
    "build",
    [
        factories.person,
        lambda: factories.person(role="editor"),
        lambda: factories.person(agency=factories.agency(), is_active=False),
        lambda: factories.person(agency=factories.agency(started_at=in_days(-9), ended_at=in_days(-1))),
        lambda: factories.person(agency=factories.agency(suspended_at=in_days(-1))),
        lambda: factories.person(agency=factories.agency(started_at=in_days(1))),
        lambda: factories.service_account(ended_at=in_days(-1)),
        lambda: factories.service_account(
            agency=factories.agency(started_at=in_days(-9), ended_at=in_days(-1))
        ),
    ],
    ids=[
        "no agency",
        "editor",
        "inactive",
        "ended",
        "suspended",
        "not begun",
        "closed account",
        "its agency",
    ],
)
def test_who_reads_for_no_agency_in_force_gets_no_token(build):
    with pytest.raises(ValidationError, match="sözleşmesi süren bir kurumun"):
        factories.token(build())


def test_holder_has_so_many_working_tokens_and_no_more(holder, monkeypatch):
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    first, _secret = factories.token(holder)
    factories.token(holder)
    with pytest.raises(ValidationError, match="en çok 2 erişim anahtarı"):
        factories.token(holder)
    tokens.revoke(first, by=holder)
    factories.token(holder)


# --- Rotating ----------------------------------------------------------------------------------------------------


def test_rotation_gives_a_new_secret_and_ends_the_old_token_after_the_overlap(holder):
    old, old_secret = factories.token(holder, scopes=["feeds"], networks=["10.0.0.0/8"], name="Okuyucu")
    new, secret = tokens.rotate(old, by=holder)
    assert secret != old_secret
    assert (new.person, new.name, new.scopes, new.networks) == (
        holder,
        "Okuyucu",
        ["feeds"],
        ["10.0.0.0/8"],
    )
    assert old.replaced_by == new
    assert in_days(6.99) < old.expires_at <= in_days(7)
    assert in_days(29.9) < new.expires_at < in_days(30.1)


def test_rotation_never_lengthens_the_life_of_the_old_token(holder):
    old, _secret = factories.token(holder, expires_at=in_days(2))
    end = old.expires_at
    tokens.rotate(old, by=holder)
    assert old.expires_at == end


def test_rotation_without_overlap_ends_the_old_token_now(holder):
    old, _secret = factories.token(holder)
    tokens.rotate(old, by=holder, overlap=timedelta())
    assert old.expires_at <= timezone.now()


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=31)])
def test_overlap_has_bounds(holder, overlap):
    token, _secret = factories.token(holder)
    with pytest.raises(ValidationError, match="en çok 30 gün"):
        tokens.rotate(token, by=holder, overlap=overlap)
    assert Token.objects.count() == 1


def test_token_is_replaced_once(holder):
    token, _secret = factories.token(holder)
    tokens.rotate(token, by=holder)
    with pytest.raises(ValidationError, match="zaten yenilendi"):
        tokens.rotate(token, by=holder)


def test_revoked_token_is_not_rotated(holder):
    token, _secret = factories.token(holder)
    tokens.revoke(token, by=holder)
    with pytest.raises(ValidationError, match="artık çalışmıyor"):
        tokens.rotate(token, by=holder)


def test_expired_token_is_not_rotated(holder):
    token, _secret = factories.token(holder)
    Token.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    with pytest.raises(ValidationError, match="artık çalışmıyor"):
        tokens.rotate(token, by=holder)


def test_token_of_who_left_is_not_rotated(holder):
    token, _secret = factories.token(holder)
    holder.agency = None
    holder.save()
    with pytest.raises(ValidationError, match="sözleşmesi süren bir kurumun"):
        tokens.rotate(token, by=holder)


# --- Revoking ----------------------------------------------------------------------------------------------------


def test_second_revocation_changes_nothing(holder):
    token, _secret = factories.token(holder)
    tokens.revoke(token, by=holder)
    first = token.revoked_at
    tokens.revoke(token, by=holder)
    assert token.revoked_at == first
    assert len(events(AuditKind.TOKEN_REVOKED)) == 1


def test_all_tokens_of_a_holder_end_and_no_others(holder):
    mine = [factories.token(holder)[0] for _turn in range(2)]
    expired, _secret = factories.token(holder)
    Token.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    others, _secret = factories.token()
    assert tokens.revoke_all(holder, by=holder) == 2
    assert not tokens.working_tokens_of(holder).exists()
    assert set(Token.objects.exclude(revoked_at=None)) == set(mine)
    assert others.revoked_at is None


def test_all_tokens_of_a_service_account_end():
    account = factories.service_account()
    factories.token(account)
    assert tokens.revoke_all(account, by=factories.person()) == 1


# --- The audit log -----------------------------------------------------------------------------------------------


def test_each_event_names_token_holder_and_actor_and_nothing_personal(holder):
    administrator = factories.person(role="administrator")
    token, secret = factories.token(
        holder, name="Ev bilgisayarı", networks=["192.0.2.0/24"], by=administrator
    )
    new, new_secret = tokens.rotate(token, by=administrator)
    tokens.revoke(new, by=holder)
    (issued,), (rotated,), (revoked,) = (
        events(kind) for kind in (AuditKind.TOKEN_ISSUED, AuditKind.TOKEN_ROTATED, AuditKind.TOKEN_REVOKED)
    )
    assert (issued.actor, issued.subject) == (administrator.uuid, token.uuid)
    assert issued.details["holder"] == str(holder.uuid)
    assert issued.details["scopes"] == ["feeds", "search"]
    assert (rotated.subject, rotated.details["replaced_by"]) == (token.uuid, str(new.uuid))
    assert (revoked.actor, revoked.subject) == (holder.uuid, new.uuid)
    for event in (issued, rotated, revoked):
        written = str(event.details)
        assert "Ev bilgisayarı" not in written
        assert "192.0.2" not in written
        assert secret not in written
        assert new_secret not in written


def test_refused_token_leaves_no_event(holder):
    with pytest.raises(ValidationError):
        factories.token(holder, name="")
    assert not events(AuditKind.TOKEN_ISSUED)
