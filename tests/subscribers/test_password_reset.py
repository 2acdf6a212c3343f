"""Password reset: one answer to every address, a mail only where there is an account, a link that works once."""

import re
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.test import Client

from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db

NEW = "bambaşka ve upuzun bir parola"


@pytest.fixture
def person():
    return factories.person(email="ad.soyad@kurum.example")


def ask(client, address: str, **headers):
    return client.post("/parola/sifirla/", {"email": address}, follow=True, headers=headers)


def link() -> str:
    """The path of the link in the newest mail."""
    return re.search(rf"{re.escape(site_settings.SITE_URL)}(/\S+)", mail.outbox[-1].body)[1]


def choose(client, path: str, password: str = NEW):
    form = client.get(path, follow=True)
    return client.post(
        form.request["PATH_INFO"], {"new_password1": password, "new_password2": password}, follow=True
    )


def may_sign_in(password: str) -> bool:
    return Client().login(username="ad.soyad@kurum.example", password=password)


# --- Who gets a mail ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "ad.soyad@kurum.example",
        " AD.Soyad@KURUM.example ",
        "ａｄ．ｓｏｙａｄ＠kurum.example",
        "ad.soyad@kurum.example\u200b",
    ],
)
def test_mail_goes_to_the_stored_address_however_it_was_typed(client, person, typed):
    ask(client, typed)
    assert [message.to for message in mail.outbox] == [["ad.soyad@kurum.example"]]


def test_address_typed_under_turkish_caps_lock_is_found(client):
    factories.person(email="bilgi@kurum.example")
    ask(client, "BİLGİ@KURUM.EXAMPLE")
    assert [message.to for message in mail.outbox] == [["bilgi@kurum.example"]]


def test_every_address_gets_one_answer_and_only_an_account_a_mail(client, person):
    closed = factories.person(is_active=False)
    without_password = factories.person(password=None)
    answers = []
    for address in (person.email, "kimse@kurum.example", closed.email, without_password.email):
        answer = ask(client, address)
        answers.append((answer.status_code, answer.redirect_chain, answer.content))
    assert all(answer == answers[0] for answer in answers)
    assert [message.to for message in mail.outbox] == [[person.email]]


def test_mail_that_can_not_be_sent_gets_the_same_answer(client, person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    assert ask(client, person.email).content == ask(client, "kimse@kurum.example").content


def test_several_addresses_in_one_are_none(client, person):
    for typed in (
        "ad.soyad@kurum.example,baska@baska.example",
        "ad.soyad@kurum.example\r\nBcc: baska@baska.example",
    ):
        ask(client, typed)
    assert not any("baska" in str(message.recipients()) for message in mail.outbox)
    assert not any(message.to != ["ad.soyad@kurum.example"] for message in mail.outbox)


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_link_leads_to_the_sites_own_address_whatever_the_request_says(client, person, settings, header):
    settings.ALLOWED_HOSTS = ["*"]
    ask(client, person.email, **{header: "baska.example"})
    assert "baska.example" not in mail.outbox[0].body
    assert link().startswith("/parola/sifirla/")


# --- The link ----------------------------------------------------------------------------------------------------


def test_link_leads_to_a_new_password_that_signs_in(client, person):
    ask(client, person.email)
    assert "Parolanız değiştirildi" in choose(client, link()).content.decode()
    assert may_sign_in(NEW)
    assert not may_sign_in(factories.PASSWORD)


def test_new_password_by_link_ends_the_tokens_unless_they_are_kept(client):
    person = factories.person(email="ad.soyad@kurum.example", agency=factories.agency())
    token, _secret = factories.token(person)
    for keeps in (True, False):
        ask(client, person.email)
        form = client.get(link(), follow=True)
        assert "Çalışan 1 erişim anahtarımı iptal et" in form.content.decode()
        wanted = {"new_password1": NEW, "new_password2": NEW, **({} if keeps else {"revoke_tokens": "on"})}
        page = client.post(form.request["PATH_INFO"], wanted, follow=True).content.decode()
        assert ("1 erişim anahtarınız iptal edildi." in page) == (not keeps)
        token.refresh_from_db()
        assert (token.revoked_at is None) == keeps
    assert AuditEvent.objects.get(kind=AuditKind.TOKEN_REVOKED).actor == person.uuid


def test_whoever_has_no_token_is_not_asked_about_them(client, person):
    ask(client, person.email)
    assert "erişim anahtarı" not in client.get(link(), follow=True).content.decode()


def test_link_works_once(client, person):
    ask(client, person.email)
    choose(client, link())
    again = choose(Client(), link(), "üçüncü ve upuzun bir parola")
    assert "artık geçerli değil" in again.content.decode()
    assert may_sign_in(NEW)


def test_new_password_makes_every_link_and_session_old(client, person):
    elsewhere = Client()
    elsewhere.force_login(person)
    ask(client, person.email)
    earlier = link()
    ask(client, person.email)
    choose(client, link())
    assert "artık geçerli değil" in Client().get(earlier, follow=True).content.decode()
    assert elsewhere.get("/").wsgi_request.user.is_anonymous


def test_sign_in_makes_the_link_old(client, person):
    ask(client, person.email)
    Client().post("/giris/", {"username": person.email, "password": factories.PASSWORD})
    assert "artık geçerli değil" in client.get(link(), follow=True).content.decode()


@pytest.mark.parametrize(("hours", "works"), [(2.9, True), (3.1, False)])
def test_link_is_good_for_three_hours(client, person, monkeypatch, hours, works):
    ask(client, person.email)
    now = default_token_generator._now
    monkeypatch.setattr(default_token_generator, "_now", lambda: now() + timedelta(hours=hours))
    assert ("artık geçerli değil" not in client.get(link(), follow=True).content.decode()) == works


def test_link_of_one_person_changes_nobody_else(client, person):
    other = factories.person()
    ask(client, person.email)
    token = link().rstrip("/").rsplit("/", 1)[1]
    uid = urlsafe_b64encode(str(other.pk).encode()).decode().rstrip("=")
    assert "artık geçerli değil" in client.get(f"/parola/sifirla/{uid}/{token}/").content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 40, "1e5", "\x00", "1\x00", "١"])
def test_link_that_names_nobody_is_answered(client, number):
    uid = urlsafe_b64encode(number.encode()).decode().rstrip("=")
    answer = client.get(f"/parola/sifirla/{uid}/c5-0123456789abcdef/", follow=True)
    assert (answer.status_code, "artık geçerli değil" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("password", ["kısa", "123456789012", "password1234", "ad.soyad@kurum.example"])
def test_weak_password_is_refused_and_the_old_one_stays(client, person, password):
    ask(client, person.email)
    answer = choose(client, link(), password)
    assert "Parola değiştirilmedi" in answer.content.decode()
    assert may_sign_in(factories.PASSWORD)


def test_two_different_passwords_are_refused(client, person):
    ask(client, person.email)
    form = client.get(link(), follow=True)
    answer = client.post(form.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW + "x"})
    assert "Parola değiştirilmedi" in answer.content.decode()
    assert may_sign_in(factories.PASSWORD)


def test_new_password_does_not_open_a_closed_account(client, person):
    ask(client, person.email)
    person.is_active = False
    person.save()
    choose(client, link())
    assert not may_sign_in(NEW)


@pytest.mark.parametrize("typed", ["", "adres", "a@b", "a" * 300 + "@kurum.example", "\x00", "<script>"])
def test_no_address_is_answered_with_a_sentence(client, typed):
    page = ask(client, typed).content.decode()
    assert "Geçerli bir e-posta adresi yazın" in page
    assert not mail.outbox
