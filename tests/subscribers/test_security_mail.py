"""What people are told by mail of their own account: once it is so, in their language, and never at its cost."""

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from subscribers import languages, second_factor, tokens
from tests import factories

from .signing_in import FIREFOX, code_of, sign_in, with_second_factor

pytestmark = pytest.mark.django_db

NEW = "leylek fincan kuyruk"


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """`with told() as mails:` what was sent when the block's transactions were committed."""
    from contextlib import contextmanager

    @contextmanager
    def during():
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield mail.outbox

    return during


@pytest.fixture
def person():
    return factories.person(agency=factories.agency())


@pytest.fixture
def entered(client, person):
    client.force_login(person)
    return client


def test_new_password_is_told(entered, person, told):
    data = {"old_password": factories.PASSWORD, "new_password1": NEW, "new_password2": NEW}
    with told() as mails:
        entered.post("/hesap/parola/", data)
    (message,) = mails
    assert message.to == [person.email]
    assert "parolası değişti" in message.body
    assert "/hesap/oturumlar/" in message.body


def test_new_and_renewed_token_are_told_to_their_person(person, told):
    with told() as mails:
        token, secret = factories.token(person, name="Ofis")
        _new, other = tokens.rotate(token, by=person)
        factories.token(factories.service_account())
    assert [message.to for message in mails] == [[person.email]] * 2
    assert "yeni bir erişim anahtarı oluşturuldu: Ofis." in mails[0].body
    assert "erişim anahtarı yenilendi: Ofis." in mails[1].body
    assert "/hesap/anahtarlar/" in mails[0].body
    for message in mails:
        assert secret not in message.body
        assert other not in message.body


def test_refused_change_is_told_to_nobody(entered, told):
    data = {"old_password": "yanlış", "new_password1": NEW, "new_password2": NEW}
    with told() as mails:
        entered.post("/hesap/parola/", data)
    assert mails == []


def test_each_change_of_the_second_factor_is_told(person, told):
    with told() as mails:
        _key, codes = with_second_factor(person)
        second_factor.verify(person, codes[0])
        second_factor.renew_recovery_codes(person)
        second_factor.turn_off(person)
    said = [message.body.split("\n")[0] for message in mails]
    assert said == [
        "Hesabınıza ikinci doğrulama kuruldu.",
        "Hesabınıza bir kurtarma koduyla giriş yapıldı. Kalan kod: 9.",
        "Hesabınızın kurtarma kodları yenilendi; öncekiler geçmez.",
        "Hesabınızın ikinci doğrulaması kapatıldı.",
    ]


def test_code_of_the_app_is_told_to_nobody(person, told):
    key, _codes = with_second_factor(person)
    with told() as mails:
        assert second_factor.verify(person, code_of(key)).is_right
    assert mails == []


def test_sign_in_on_a_new_device_is_told_once_and_not_the_first_time(person, told):
    with told() as mails:
        client = Client()
        sign_in(client, person.email)
    assert mails == []
    with told() as mails:
        client.post("/cikis/")
        sign_in(client, person.email)
    assert mails == []
    with told() as mails:
        other = Client()
        sign_in(other, person.email)
        other.post("/cikis/")
        sign_in(other, person.email)
    (message,) = mails
    assert "daha önce görülmeyen bir cihazdan giriş yapıldı: Firefox, Windows." in message.body
    assert FIREFOX not in message.body


def test_what_was_rolled_back_is_told_to_nobody(person, told):
    with told() as mails, transaction.atomic():
        with_second_factor(person)
        transaction.set_rollback(True)
    assert mails == []


def test_mail_server_that_is_away_undoes_nothing(entered, person, told, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    data = {"old_password": factories.PASSWORD, "new_password1": NEW, "new_password2": NEW}
    with told():
        assert entered.post("/hesap/parola/", data).status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_administrators_changes_are_told_at_the_old_and_the_new_address(client, person, told):
    client.force_login(factories.person(role="administrator"))
    before = person.email
    form = {
        "email": "yeni@kurum.example",
        "first_name": "Çağla",
        "last_name": "Işık",
        "agency": person.agency_id,
        "is_active": "on",
        "password1": NEW,
        "password2": NEW,
    }
    with told() as mails:
        answer = client.post(reverse("wagtailusers_users:edit", args=[person.pk]), form)
    assert answer.status_code == 302
    assert [message.to[0] for message in mails] == ["yeni@kurum.example", before, "yeni@kurum.example"]
    assert "yeni bir parola verdi" in mails[0].body
    assert f"{before} yerine yeni@kurum.example" in mails[1].body


# --- In whose language -------------------------------------------------------------------------------------------


def test_language_is_chosen_on_the_account_page_and_kept(entered, person):
    answer = entered.post("/hesap/dil/", {"language": "en"})
    assert answer.url == "/en/hesap/"
    person.refresh_from_db()
    assert person.language == "en"
    html = entered.get(answer.url).content.decode()
    assert 'value="en" checked' in html
    assert entered.post("/en/hesap/dil/", {"language": "xx"}).status_code == 404
    assert entered.post("/en/hesap/dil/", {"language": "tr"}).url == "/hesap/"


@pytest.mark.parametrize(
    ("language", "asked", "arrives"),
    [
        ("en", "/giris/", "/en/"),
        ("tr", "/en/giris/", "/"),
        ("", "/en/giris/", "/en/"),
        ("en", "/giris/?next=/hesap/oturumlar/", "/en/hesap/oturumlar/"),
        ("en", "/giris/?next=/yonetim/", "/yonetim/"),
        ("en", "/giris/?next=/rss/haberler.xml", "/rss/haberler.xml"),
        ("en", "/giris/?next=/haberler/%3Fdil=tr", "/en/haberler/?dil=tr"),
        ("en", "/giris/?next=https://kotu.example/", "/en/"),
    ],
)
def test_sign_in_leads_on_in_the_language_chosen(client, person, language, asked, arrives):
    languages.choose(person, language)
    path, _mark, query = asked.partition("?")
    data = {"username": person.email, "password": factories.PASSWORD}
    if query:
        data["next"] = query.removeprefix("next=").replace("%3F", "?")
    assert client.post(path, data).url == arrives


def test_mails_come_in_the_language_chosen(client, person, told, monkeypatch):
    languages.choose(person, "en")
    seen = []
    monkeypatch.setattr(
        "subscribers.security_mail.render_to_string", lambda name, context: seen.append(_now()) or name
    )
    with told():
        with_second_factor(person)
        second_factor.reset(person, by=person)
    assert set(seen) == {"en"}
    with told() as mails:
        client.post("/parola/sifirla/", {"email": person.email}).close()
    assert "/en/parola/sifirla/" in mails[0].body


def _now() -> str:
    from django.utils.translation import get_language

    return get_language()
