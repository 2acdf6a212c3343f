"""Folding and slugs."""

import pytest

from bulletin.folding import fold, slug_of, turkish_lower

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("İSTANBUL", "istanbul"),
        ("Istanbul", "istanbul"),
        ("ILICA", "ilica"),
        ("Iğdır", "igdir"),
        ("çğıöşü", "cgiosu"),
        ("i̇stanbul", "istanbul"),
        ("Straße", "strasse"),
        ("Ελλάδα", "ελλαδα"),
        ("Москва", "москва"),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


def test_turkish_capitals_have_turkish_small_letters():
    assert turkish_lower("IĞDIR İZMİR") == "ığdır izmir"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Buğday hasadı başladı", "bugday-hasadi-basladi"),
        ("Ankara'da 3. zirve: “İş birliği”", "ankarada-3-zirve-is-birligi"),
        ("Москва и Анкара", "moskva-i-ankara"),
        ("???", "icerik"),
        ("x" * 200, "x" * 80),
    ],
)
def test_slug(title, slug):
    assert slug_of(title) == slug


def test_slug_of_an_arabic_title_holds_letters():
    assert any(letter.isalpha() and letter.isascii() for letter in slug_of("افتتاح ميناء جديد"))


def test_slug_is_cut_between_words():
    assert slug_of("kelime " * 30).endswith("kelime")
