"""Signing in and out: no way off the site, no word on who has an account, no page that fails."""

import re

import pytest

from subscribers.models import DeviceSession
from tests import factories

pytestmark = pytest.mark.django_db

OFF_THE_SITE = [
    "https://baska.example/",
    "http://baska.example/",
    "//baska.example/",
    "///baska.example/",
    "/\\baska.example/",
    "\\\\baska.example/",
    "http:baska.example",
    "http:///baska.example/",
    "https://testserver@baska.example/",
    "https://testserver.baska.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://testserver/",
    "\x08//baska.example/",
    " //baska.example/",
    "/\t/baska.example/",
    "http://[testserver/",
]


@pytest.fixture
def person():
    return factories.person(email="ad.soyad@kurum.example")


def sign_in(client, username="ad.soyad@kurum.example", password=factories.PASSWORD, *, at="/giris/", **more):
    return client.post(at, {"username": username, "password": password, **more})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


# --- Where it leads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", OFF_THE_SITE)
def test_sign_in_never_leads_off_the_site(client, person, address):
    assert sign_in(client, next=address).headers["Location"] == "/"
    assert sign_in(client, at="/giris/?next=" + re.sub(r"[&#+]", "", address)).headers["Location"] == "/"


@pytest.mark.parametrize("address", OFF_THE_SITE)
def test_whoever_is_signed_in_is_never_led_off_the_site(client, person, address):
    client.force_login(person)
    assert client.get("/giris/", {"next": address}).headers["Location"] == "/"


@pytest.mark.parametrize("address", OFF_THE_SITE)
def test_page_does_not_carry_a_way_off_the_site(client, address):
    answer = client.get("/giris/", {"next": address})
    assert 'name="next" value=""' in answer.content.decode()


@pytest.mark.parametrize("address", OFF_THE_SITE)
def test_sign_out_never_leads_off_the_site(client, person, address):
    client.force_login(person)
    answer = client.post("/cikis/", {"next": address})
    assert "baska.example" not in answer.headers.get("Location", "")
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", ["/giris/", "/en/giris/"])
@pytest.mark.parametrize("next_of", [str, "{}?next=/".format])
def test_page_that_names_itself_leads_home(client, person, path, next_of):
    client.force_login(person)
    answer = client.get(path, {"next": next_of(path)})
    assert (answer.status_code, answer.headers["Location"]) == (302, path.removesuffix("giris/"))


@pytest.mark.parametrize(("path", "home"), [("/giris/", "/"), ("/en/giris/", "/en/")])
def test_sign_in_leads_home_in_the_language_of_the_page(client, person, path, home):
    assert sign_in(client, at=path).headers["Location"] == home


# --- Who comes in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "Ad.SOYAD@Kurum.Example",
        " ad.soyad@kurum.example ",
        "AD.SOYAD@KURUM.EXAMPLE\u00a0",
        "ａｄ．ｓｏｙａｄ＠ｋｕｒｕｍ．ｅｘａｍｐｌｅ",
    ],
)
def test_address_is_taken_however_it_is_typed(client, person, typed):
    assert sign_in(client, typed).status_code == 302
    assert is_signed_in(client)


def test_address_typed_under_turkish_caps_lock_is_taken(client):
    factories.person(email="bilgi@kurum.example")
    sign_in(client, "BİLGİ@KURUM.EXAMPLE")
    assert is_signed_in(client)


def answer_to(client, *credentials) -> tuple[int, str, dict]:
    """An answer without what is random, or was typed."""
    answer = sign_in(client, *credentials)
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in ("Date", "Expires", "Content-Length")
    }
    return answer.status_code, page.replace(credentials[0], ""), headers


def test_unknown_account_wrong_password_and_closed_account_get_one_answer(client, person):
    closed = factories.person(email="kapali@kurum.example", is_active=False)
    without_password = factories.person(email="parolasiz@kurum.example", password=None)
    answers = [
        answer_to(client, person.email, "yanlış parola"),
        answer_to(client, "kimse@kurum.example", factories.PASSWORD),
        answer_to(client, closed.email, factories.PASSWORD),
        answer_to(client, without_password.email, factories.PASSWORD),
    ]
    assert answers[0][0] == 200
    assert all(answer == answers[0] for answer in answers)
    assert not is_signed_in(client)


def test_closed_account_is_signed_out_at_once(client, person):
    client.force_login(person)
    person.is_active = False
    person.save()
    assert client.get("/").wsgi_request.user.is_anonymous


def test_session_gets_another_key_at_sign_in(client, person):
    session = client.session
    session["sepet"] = "x"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    sign_in(client)
    assert client.session.session_key != planted
    assert not DeviceSession.objects.filter(session_key=planted).exists()


def test_sign_out_ends_the_session_in_the_database(client, person):
    sign_in(client)
    client.post("/cikis/")
    assert not DeviceSession.objects.exists()


def test_sign_out_by_a_link_does_nothing(client, person):
    sign_in(client)
    assert client.get("/cikis/").status_code == 405
    assert is_signed_in(client)


def test_page_with_a_password_is_kept_by_nobody(client):
    assert "no-store" in client.get("/giris/").headers["Cache-Control"]


# --- What breaks nothing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "\x00",
        "ad.soyad@kurum.example\x00",
        "'; DROP TABLE subscribers_user; --",
        "<script>alert(1)</script>",
        "a" * 300,
        "İ" * 254,
        "ﷺ" * 254,
        "😀",
    ],
    ids=["NUL", "address and NUL", "SQL", "markup", "long", "İ", "long once normalised", "emoji"],
)
def test_nonsense_is_answered_with_a_sentence(client, person, typed):
    answer = sign_in(client, typed)
    assert answer.status_code == 200
    assert "Giriş yapılamadı" in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert not is_signed_in(client)


def test_password_of_a_hundred_thousand_letters_is_answered(client, person):
    assert "Giriş yapılamadı" in sign_in(client, password="a" * 100_000).content.decode()


def test_password_with_a_null_character_is_answered(client, person):
    assert "Giriş yapılamadı" in sign_in(client, password=factories.PASSWORD + "\x00").content.decode()
