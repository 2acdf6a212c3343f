"""Reading what people type: every text gives a bounded tree and sentences, never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import (
    MAXIMUM_QUERY_LETTERS,
    MAXIMUM_QUERY_TOKENS,
    MAXIMUM_QUERY_WORDS,
    AllOf,
    AnyOf,
    Phrase,
    Without,
    Word,
    _cost,
    parse,
    positive_parts,
)

pytestmark = pytest.mark.once


def word(stem: str, *lemmas: str) -> Word:
    return Word((stem,), lemmas)


def test_words_are_all_wanted():
    assert parse("kitap deniz").node == AllOf((word("kitap", "tr:kitap"), word("deniz", "tr:deniz")))


def test_word_is_read_in_each_language_held():
    node = parse("elections", languages=["tr", "en", "de"]).node
    assert node == Word(("elect",), ("tr:elections", "en:elect", "de:election"))


def test_word_typed_twice_is_asked_once():
    assert parse("kitap KİTAP kitap").node == word("kitap", "tr:kitap")


@pytest.mark.parametrize(
    "typed", ['"su kaynakları"', "“su kaynakları”", "«SU KAYNAKLARI»", '"su, kaynakları!"']
)
def test_quoted_words_are_a_phrase(typed):
    assert parse(typed).node == Phrase(("su", "kaynaklari"))


@pytest.mark.parametrize("typed", ["-petrol", "−petrol"])
def test_minus_excludes_the_word_and_its_lemma_but_not_its_stem(typed):
    unwanted = AnyOf((Word((), ("tr:petrol",)), Phrase(("petrol",))))
    assert parse(f"enerji {typed}").node == Without(word("enerj", "tr:enerji"), (unwanted,))


def test_minus_excludes_a_phrase():
    assert parse('enerji -"ham petrol"').node.excluded == (Phrase(("ham", "petrol")),)


def test_hyphen_inside_a_word_excludes_nothing():
    assert parse("Türk-Alman").node == AllOf((word("turk", "tr:turk"), word("alman", "tr:alman")))


def test_address_is_a_phrase():
    assert parse("www.aa.com.tr").node == Phrase(("www", "aa", "com", "tr"))


@pytest.mark.parametrize("typed", ["", "   ", "…", '""', "-", "!!! ---", "\x00", "\ud800", "''"])
def test_text_without_a_word_asks_for_nothing(typed):
    assert parse(typed).node is None


def test_open_quotation_mark_is_said_and_its_words_are_asked():
    parsed = parse('enerji "ham petrol')
    assert parsed.node == AllOf(
        (word("enerj", "tr:enerji"), word("ham", "tr:ham"), word("petro", "tr:petrol"))
    )
    assert len(parsed.notices) == 1
    assert "Tırnak" in parsed.notices[0]


def test_long_query_is_cut_and_said_so():
    parsed = parse("kelime " * 1_000)
    assert parsed.node == word("kelim", "tr:kelime")
    assert str(MAXIMUM_QUERY_LETTERS) in parsed.notices[0]


def test_many_words_are_cut_and_said_so():
    parsed = parse(" ".join(f"s{number}" for number in range(100)))
    assert len(parsed.node.nodes) == MAXIMUM_QUERY_WORDS
    assert str(MAXIMUM_QUERY_WORDS) in parsed.notices[-1]


def test_words_in_many_languages_are_bounded_too():
    parsed = parse(
        " ".join(f"kelime{'abcdefghijkl'[n]}x" for n in range(12)) * 3, languages=["tr", "en", "de", "fr"] * 9
    )
    assert _cost(parsed.node) <= MAXIMUM_QUERY_TOKENS


@given(
    st.text(st.characters(exclude_categories=()), max_size=300)
    | st.text("ab'\"“”-−. /:@19\u0307界", max_size=300)
)
def test_no_text_is_an_error_and_every_tree_is_bounded(typed):
    parsed = parse(typed, languages=["tr", "en", "de", "ru", "ar"])
    if parsed.node is not None:
        assert 0 < _cost(parsed.node) <= MAXIMUM_QUERY_TOKENS
        for part in positive_parts(parsed.node):
            assert all(part.words) if isinstance(part, Phrase) else (part.stems or part.lemmas)
