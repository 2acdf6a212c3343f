"""The user model: one person, one spelling of their address, one UUID."""

import uuid

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from subscribers.models import User, normalise_email
from tests import factories

#: Each way of typing ad.soyad@kurum.example, and its name.
SPELLINGS = {
    "capitals": "Ad.SOYAD@Kurum.Example",
    "white space around": " \t ad.soyad@kurum.example\r\n",
    "no-break space": "\u00a0ad.soyad@kurum.example\u2003",
    "full-width": "ａｄ．ｓｏｙａｄ＠ｋｕｒｕｍ．ｅｘａｍｐｌｅ",
    "byte order mark": "\ufeffad.soyad@kurum.example",
    "zero-width space": "ad.\u200bsoyad@kurum.example",
    "soft hyphen": "ad.so\u00adyad@kurum.example",
    "control character": "ad.soyad\x00@kurum.example\x1f",
}
spelling = pytest.mark.parametrize("typed", SPELLINGS.values(), ids=SPELLINGS.keys())


# --- The spelling of an address ----------------------------------------------------------------------------------


@spelling
def test_spellings_of_an_address_are_one(typed):
    assert normalise_email(typed) == "ad.soyad@kurum.example"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("BILGI@KURUM.EXAMPLE", "bilgi@kurum.example"),
        # A Turkish keyboard with caps lock on.
        ("BİLGİ@KURUM.EXAMPLE", "bilgi@kurum.example"),
        ("Bi\u0307lgi@kurum.example", "bilgi@kurum.example"),
        # Another letter, and so another address.
        ("bılgı@kurum.example", "bılgı@kurum.example"),
        ("ŞÜKRÜ@kurum.example", "şükrü@kurum.example"),
        ("s\u0327u\u0308kru\u0308@kurum.example", "şükrü@kurum.example"),
    ],
    ids=["I", "İ", "i with a dot of its own", "ı", "composed", "decomposed"],
)
def test_turkish_letters_of_an_address(typed, stored):
    assert normalise_email(typed) == stored


@given(st.text() | st.text("iIİıjJĴß@\u0307\u0327\u0301\u200d ＩｉKÅẞΣ", max_size=8))
def test_normalised_address_stays(text):
    assert normalise_email(normalise_email(text)) == normalise_email(text)


@given(st.text())
def test_address_is_the_same_typed_in_capitals_of_ascii(text):
    capitals = "".join(letter.upper() if letter.isascii() else letter for letter in text)
    assert normalise_email(capitals) == normalise_email(text)


# --- Making users ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@spelling
def test_user_is_stored_under_the_normalised_address(typed):
    assert User.objects.create_user(typed, "parola").email == "ad.soyad@kurum.example"


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["save", "clean", "clean_fields and save"])
def test_address_is_normalised_however_it_is_stored(way):
    user = User(email="Ad.SOYAD@kurum.example", first_name="Ad", last_name="Soyad")
    user.set_password(factories.PASSWORD)
    if way != "save":
        user.full_clean()
    if way != "clean":
        user.save()
    assert user.email == "ad.soyad@kurum.example"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", None, " \u200b "])
def test_user_without_an_address_is_refused(address):
    with pytest.raises(ValueError, match="e-mail address"):
        User.objects.create_user(address, "parola")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_user_has_a_uuid_of_their_own_and_no_rights():
    one, two = (User.objects.create_user(f"{name}@kurum.example", "parola") for name in ("bir", "iki"))
    assert isinstance(one.uuid, uuid.UUID)
    assert one.uuid != two.uuid
    assert (one.is_staff, one.is_superuser, one.is_active, one.agency) == (False, False, True, None)


@pytest.mark.django_db
def test_database_refuses_a_uuid_twice():
    one, two = factories.person(), factories.person()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=two.pk).update(uuid=one.uuid)


@pytest.mark.django_db
def test_password_is_not_stored_as_it_is():
    user = factories.person()
    assert factories.PASSWORD not in user.password
    assert user.check_password(factories.PASSWORD)


@pytest.mark.django_db
def test_user_made_without_a_password_signs_in_with_none():
    user = User.objects.create_user("parolasiz@kurum.example")
    assert not user.has_usable_password()
    for password in ("", "None", user.password):
        assert authenticate(username=user.email, password=password) is None


@pytest.mark.django_db
def test_superuser_has_every_right():
    user = User.objects.create_superuser("Kok@Kurum.Example", "parola")
    assert (user.email, user.is_staff, user.is_superuser) == ("kok@kurum.example", True, True)
    assert user.has_perm("bulletin.read_all")


@pytest.mark.django_db
def test_superuser_is_made_by_the_command(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", factories.PASSWORD)
    call_command("createsuperuser", "--noinput", email="KOK@kurum.example", verbosity=0)
    assert authenticate(username="kok@kurum.example", password=factories.PASSWORD).is_superuser


# --- One account for an address ----------------------------------------------------------------------------------


@pytest.mark.django_db
@spelling
def test_second_account_of_an_address_is_refused(typed):
    User.objects.create_user("ad.soyad@kurum.example", "parola")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(typed, "parola")
    with pytest.raises(ValidationError, match="Bu e-posta adresiyle bir kullanıcı zaten var"):
        User(email=typed, password="x").full_clean()
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["AD.SOYAD@kurum.example", "ad.soyad@Kurum.example"])
def test_database_refuses_accounts_that_differ_only_in_case(typed):
    User.objects.create_user("ad.soyad@kurum.example", "parola")
    other = factories.person()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email=typed, password="x")])
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=other.pk).update(email=typed)
    assert User.objects.count() == 2


@pytest.mark.django_db
def test_second_account_of_an_address_is_refused_in_the_administrators_form(client):
    factories.person(email="ad.soyad@kurum.example")
    client.force_login(factories.person(role="administrator"))
    answer = client.post(
        reverse("wagtailusers_users:add"),
        {
            "email": " Ad.Soyad@KURUM.example",
            "first_name": "Ad",
            "last_name": "Soyad",
            "password1": factories.PASSWORD,
            "password2": factories.PASSWORD,
        },
    )
    assert "Bu e-posta adresiyle bir kullanıcı zaten var." in answer.content.decode()
    assert User.objects.filter(email__icontains="soyad").count() == 1


@pytest.mark.django_db
def test_database_refuses_a_coordinator_without_an_agency():
    person = factories.person()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_coordinator=True)


# --- Finding them again ------------------------------------------------------------------------------------------


@pytest.mark.django_db
@spelling
def test_person_is_recognised_however_the_address_is_typed(typed):
    person = factories.person(email="ad.soyad@kurum.example")
    assert authenticate(username=typed, password=factories.PASSWORD) == person
    assert authenticate(email=typed, password=factories.PASSWORD) == person
    assert User.objects.get_by_natural_key(typed) == person


@pytest.mark.django_db
@pytest.mark.parametrize(
    "credentials",
    [
        {"username": None, "password": factories.PASSWORD},
        {"username": "ad.soyad@kurum.example", "password": None},
        {"username": "", "password": factories.PASSWORD},
        {"username": "ad.soyad@kurum.example", "password": ""},
        {"username": "ad.soyad@kurum.example", "password": factories.PASSWORD.upper()},
        {"username": "ad.soyad@kurum.example", "password": factories.PASSWORD + " "},
        {"username": "ad.soyad", "password": factories.PASSWORD},
        {"username": "%", "password": factories.PASSWORD},
        {"token": "x"},
    ],
)
def test_anything_else_is_nobody(credentials):
    factories.person(email="ad.soyad@kurum.example")
    assert authenticate(**credentials) is None


@pytest.mark.django_db
def test_inactive_person_is_nobody():
    person = factories.person(is_active=False)
    assert authenticate(username=person.email, password=factories.PASSWORD) is None


@pytest.mark.django_db
def test_unknown_address_costs_as_much_work_as_a_wrong_password(settings, monkeypatch):
    """Each asks the hasher once: how long the answer takes tells nothing about who has an account."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    person = factories.person()
    asked = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda hasher, *given: asked.append(given) or encode(hasher, *given)
    )
    work = []
    for address in (person.email, "kimse@kurum.example"):
        asked.clear()
        assert authenticate(username=address, password="yanlış") is None
        work.append(len(asked))
    assert work == [1, 1]
