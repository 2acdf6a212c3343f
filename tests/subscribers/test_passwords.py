"""What a password must be, and the sentence that says so."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from subscribers.models import Agency, User
from subscribers.passwords import COMMON_WORDS

PERSON = User(
    first_name="Muhteşem",
    last_name="Karaosmanoğlu",
    email="m.karaosmanoglu@tarimorman.example",
    agency=Agency(name="Tarım ve Orman Bakanlığı", code="TARIMORMAN"),
)


def refusal_of(password: str, person: User | None = PERSON) -> str:
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, person)
    return " ".join(refusal.value.messages)


@pytest.mark.parametrize(
    "password",
    [
        "uzun ve anlaşılır bir parola",
        "leylek fincan kuyruk",
        "çğıöşü ÇĞİÖŞÜ 12",
        "Kurum için 3 sözcük",
        "😀😀😀😀😀😀😀😀😀😀😀😀",
        "y" * 5 + "leylekfincan" * 10,
    ],
)
def test_password_of_unrelated_words_is_taken(password):
    validate_password(password, PERSON)


@pytest.mark.parametrize("password", ["", "kısa", "leylekfinca"])
def test_password_under_twelve_characters_is_refused(password):
    assert "en az 12 karakter" in refusal_of(password)


@pytest.mark.parametrize("length", [129, 1_000_000])
def test_password_over_128_characters_is_refused(length):
    assert "en çok 128 karakter" in refusal_of("leylek fincan " * length)


@pytest.mark.parametrize("password", ["qwertyuiop123", "1q2w3e4r5t6y", "Password1234"])
def test_password_on_the_shipped_list_is_refused(password):
    assert "sık kullanılanlardan" in refusal_of(password)


@pytest.mark.parametrize(
    "password",
    [
        "Galatasaray1905",
        "FENERBAHÇE1907!",
        "istanbul34istanbul",
        "İSTANBUL-34-ANKARA-06",
        "türkiye2023!!",
        "Parola123456789",
        "parolaparolaparola",
        "ŞİFRE.şifre.2024",
        "mustafakemal1881",
        "seni seviyorum",
        "123456cumhuriyet",
    ],
)
def test_password_of_words_everybody_takes_is_refused(password):
    assert "sık kullanılanlardan" in refusal_of(password)


@pytest.mark.parametrize(
    "password",
    [
        "karaosmanoğlu12",
        "m.karaosmanoglu@tarimorman.example",
        "tarimorman2026",
        "Tarım ve Orman Bakanlığı 1",
    ],
)
def test_password_like_the_person_or_their_agency_is_refused(password):
    assert "çok benziyor" in refusal_of(password)


def test_password_of_figures_is_refused():
    assert "yalnızca rakamlardan" in refusal_of("90817263549081")


def test_list_holds_words_as_they_are_compared():
    assert len(COMMON_WORDS) > 100
    assert all(word.isascii() and word.isalpha() and word.islower() for word in COMMON_WORDS)


@given(st.text(max_size=200))
def test_any_text_is_judged_with_sentences_alone(password):
    messages = []
    try:
        validate_password(password, PERSON)
    except ValidationError as refusal:
        messages = refusal.messages
    assert all(message.endswith(".") for message in messages)
