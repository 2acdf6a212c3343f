"""Pages on which people change their own access: the password again, the other sessions ended."""

import re

import pytest
from django.test import Client

from subscribers import second_factor
from subscribers.models import AuditEvent
from tests import factories

from .signing_in import code_of, is_signed_in, sign_in, with_second_factor

pytestmark = pytest.mark.django_db

NEW = "leylek fincan kuyruk"
PASSWORD_PAGE = "/hesap/parola/"
FACTOR_PAGE = "/hesap/dogrulama/"


@pytest.fixture
def person():
    return factories.person(email="ad.soyad@kurum.example", agency=factories.agency())


def signed_in(person) -> Client:
    client = Client()
    sign_in(client, person.email)
    return client


def change(client, old: str = factories.PASSWORD, new: str = NEW, again: str = ""):
    form = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(PASSWORD_PAGE, form, follow=True)


@pytest.mark.parametrize("page", ["/hesap/oturumlar/", PASSWORD_PAGE, FACTOR_PAGE])
def test_page_is_for_those_signed_in_and_kept_by_nobody(person, page):
    assert Client().get(page).headers["Location"] == f"/giris/?next={page}"
    assert "no-store" in signed_in(person).get(page).headers["Cache-Control"]


# --- Password ----------------------------------------------------------------------------------------------------


def test_new_password_ends_the_other_sessions_and_keeps_this_one(person):
    here, there = signed_in(person), signed_in(person)
    before = here.session.session_key
    assert "Parolanız değişti" in change(here).content.decode()
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert here.session.session_key != before
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert AuditEvent.objects.filter(kind="password.changed", subject=person.uuid).count() == 1


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [("yanlış", NEW, NEW), (factories.PASSWORD, "kısa", "kısa"), (factories.PASSWORD, NEW, NEW + "x")],
)
def test_password_that_is_not_changed_stays(person, old, new, again):
    here, there = signed_in(person), signed_in(person)
    assert "Parola değiştirilmedi" in change(here, old, new, again).content.decode()
    person.refresh_from_db()
    assert person.check_password(factories.PASSWORD)
    assert is_signed_in(there)


def test_password_asked_again_is_guessed_slowly(person):
    here = signed_in(person)
    for _number in range(5):
        change(here, "yanlış")
    answer = change(here)
    assert answer.status_code == 429
    assert "sonra yeniden deneyin" in answer.content.decode()
    person.refresh_from_db()
    assert person.check_password(factories.PASSWORD)


def test_new_password_by_mail_ends_every_session_and_is_noted(person):
    from django.core import mail

    here = signed_in(person)
    visitor = Client()
    visitor.post("/parola/sifirla/", {"email": person.email})
    link = re.search(r"/parola/sifirla/\S+", mail.outbox[0].body)[0]
    form = visitor.get(link, follow=True)
    visitor.post(form.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW})
    assert not is_signed_in(here)
    assert not is_signed_in(visitor)
    assert AuditEvent.objects.get(kind="password.changed").details == {"by": "reset link"}


# --- Second factor -----------------------------------------------------------------------------------------------


def set_up(client, password: str = factories.PASSWORD, code: str = ""):
    key = client.get(FACTOR_PAGE).context["key"]
    return client.post(FACTOR_PAGE, {"password": password, "code": code or code_of(key)})


def test_second_factor_set_up_tells_codes_once_and_ends_the_other_sessions(person):
    here, there = signed_in(person), signed_in(person)
    told = set_up(here).content.decode()
    assert len(re.findall(r"<li><code>[a-z2-7]{5}-[a-z2-7]{5}</code>", told)) == 10
    assert second_factor.is_set(person)
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert "<li><code>" not in here.get(FACTOR_PAGE).content.decode()


@pytest.mark.parametrize(("password", "code"), [("yanlış", ""), (factories.PASSWORD, "000000")])
def test_second_factor_is_not_set_up_without_password_and_code(person, password, code):
    here = signed_in(person)
    assert set_up(here, password, code).status_code == 200
    assert not second_factor.is_set(person)


def test_key_stays_the_same_until_it_is_confirmed(person):
    here = signed_in(person)
    keys = {here.get(FACTOR_PAGE).context["key"] for _number in range(3)}
    assert len(keys) == 1


def through_both_steps(person) -> tuple[Client, str]:
    key, _codes = with_second_factor(person)
    client = signed_in(person)
    client.post("/giris/dogrulama/", {"code": code_of(key)})
    return client, key


def test_turning_off_asks_for_the_password(person):
    here, _key = through_both_steps(person)
    here.post(FACTOR_PAGE, {"password": "yanlış", "off": "1"})
    assert second_factor.is_set(person)
    here.post(FACTOR_PAGE, {"password": factories.PASSWORD, "off": "1"})
    assert not second_factor.is_set(person)
    assert is_signed_in(here)


def test_turning_off_is_refused_where_it_is_required(person):
    person.agency.second_factor_required = True
    person.agency.save()
    here, _key = through_both_steps(person)
    assert 'name="off"' not in here.get(FACTOR_PAGE).content.decode()
    page = here.post(FACTOR_PAGE, {"password": factories.PASSWORD, "off": "1"}).content.decode()
    assert "zorunlu kılıyor; kapatılmadı" in page
    assert second_factor.is_set(person)


def test_new_codes_ask_for_the_password(person):
    here, _key = through_both_steps(person)
    assert "<li><code>" not in here.post(FACTOR_PAGE, {"password": "", "codes": "1"}).content.decode()
    told = here.post(FACTOR_PAGE, {"password": factories.PASSWORD, "codes": "1"}).content.decode()
    assert len(re.findall("<li><code>", told)) == 10


def test_session_whose_factor_was_turned_off_is_nobodys_where_it_becomes_required(person):
    here, _key = through_both_steps(person)
    here.post(FACTOR_PAGE, {"password": factories.PASSWORD, "off": "1"})
    person.agency.second_factor_required = True
    person.agency.save()
    assert not is_signed_in(here)
