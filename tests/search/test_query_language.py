"""Reading what people type: every text gives a bounded tree and sentences, never an error."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import (
    AllOf,
    AnyOf,
    Near,
    Offered,
    Phrase,
    Place,
    Prefix,
    Without,
    Word,
    cost,
    positive_parts,
)
from search.query_language import (
    MAXIMUM_DEPTH,
    MAXIMUM_PREFIXES,
    MAXIMUM_QUERY_LETTERS,
    MAXIMUM_QUERY_TOKENS,
    MAXIMUM_QUERY_WORDS,
    parse,
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
    assert cost(parsed.node) <= MAXIMUM_QUERY_TOKENS


# --- Operators -----------------------------------------------------------------------------------------------------

A, B, C = (word(f"qw{letter}", f"tr:qw{letter}") for letter in "abc")
NOT_A = Without(None, (AnyOf((Word((), ("tr:qwa",)), Phrase(("qwa",)))),))


@pytest.mark.parametrize(
    ("typed", "node"),
    [
        ("qwa VEYA qwb", AnyOf((A, B))),
        ("qwa OR qwb || qwc", AnyOf((A, B, C))),
        ("qwa VE qwb", AllOf((A, B))),
        ("qwa AND qwb && qwc", AllOf((A, B, C))),
        ("qwa qwb VEYA qwc", AnyOf((AllOf((A, B)), C))),
        ("qwa (qwb VEYA qwc)", AllOf((A, AnyOf((B, C))))),
        ("((qwa))", A),
        ("DEĞİL qwa", NOT_A),
        ("NOT qwa", NOT_A),
        ("!qwa", NOT_A),
        ("DEG\u0306I\u0307L qwa", NOT_A),
        ("DEĞİL DEĞİL qwa", A),
        ("qwb VEYA -qwa", AnyOf((B, NOT_A))),
        ("-(-qwa)", Without(None, (NOT_A,))),
        ("qwa VEYA qwa", A),
    ],
)
def test_operators_join_words(typed, node):
    parsed = parse(typed)
    assert (parsed.node, parsed.notices) == (node, [])


def test_operators_in_small_letters_are_words():
    assert cost(parse("qwa ve qwb").node) > cost(parse("qwa VE qwb").node)


@pytest.mark.parametrize(
    ("typed", "node", "said"),
    [
        ("qwa VEYA", A, "“VEYA” işlecinin (5. karakter)"),
        ("VE qwa", A, "“VE” işlecinin (1. karakter)"),
        ("qwa VE VE qwb", AllOf((A, B)), "“VE” işlecinin (5. karakter)"),
        ("qwa DEĞİL", A, "“DEĞİL” işlecinin (5. karakter)"),
        ("qwa DEĞİL VEYA qwb", AnyOf((A, B)), "“DEĞİL” işlecinin (5. karakter)"),
        ("qwa (qwb VEYA qwc", AllOf((A, AnyOf((B, C)))), "“(” kapanmamış (5. karakter)"),
        ("qwa) qwb", AllOf((A, B)), "Karşılığı olmayan “)” (4. karakter)"),
        ("qw* qwb", AllOf((word("qw", "tr:qw"), B)), "en az 3 harf gerekir (1. karakter)"),
        ("qwa*qwb", AllOf((A, B)), "Yıldız yalnızca sözcüğün sonunda"),
        ("renk:qwa", AllOf((word("renk", "tr:renk"), A)), "“renk” diye bir alan yok (1. karakter)"),
        ("qwa başlık:", AllOf((A, word("basli", "tr:baslik"))), None),
        ("qwa başlık:VE qwb", AllOf((A, B)), "“başlık:” alanında ne aranacağı yazılmamış (5. karakter)"),
        ("qwa tarih:dün", A, "“dün” bir tarih ya da tarih aralığı olarak okunamadı (11. karakter"),
        ("qwa tarih:2026-05..2026-01", A, "tarihe göre süzülmedi"),
        ("qwa tarih:..", A, "tarihe göre süzülmedi"),
        ('"qwa qwb"~99', Near("qwa", "qwb", 50), "en çok 50 sözcük olabilir (1. karakter)"),
    ],
)
def test_mistake_is_told_with_its_place_and_the_nearest_reading_is_asked(typed, node, said):
    parsed = parse(typed)
    assert parsed.node == node
    assert len(parsed.notices) == (said is not None)
    assert said is None or said in parsed.notices[0]


# --- Prefixes, near, fields -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "node"),
    [
        ("taşı*", Prefix("tasi")),
        ("TAŞI*", Prefix("tasi")),
        ("f-160*", AllOf((Phrase(("f",)), Prefix("160")))),
        ('"qwa qwb"~3', Near("qwa", "qwb", 3)),
        ('"qwa qwb"~', Near("qwa", "qwb", 5)),
        ('"qwa qwb qwc"~2', AllOf((Near("qwa", "qwb", 2), Near("qwb", "qwc", 2)))),
        ('"qwa"~3', Phrase(("qwa",))),
        ("başlık:qwa", Word(("qwa",), ("tr:qwa",), Place.TITLE)),
        ("BAŞLIK:qwa", Word(("qwa",), ("tr:qwa",), Place.TITLE)),
        ("u\u0308lke:almanya", Phrase(("almanya",), Place.COUNTRY)),
        ('kaynak:"Üç Deniz"', Phrase(("uc", "deniz"), Place.SOURCE)),
        ("sayı:2026/14", Phrase(("2026", "14"), Place.NUMBER)),
        ("konu:enerj*", Prefix("enerj", Place.TOPIC)),
        (
            "masa:(avrupa VEYA asya)",
            AnyOf((Phrase(("avrupa",), Place.DESK), Phrase(("asya",), Place.DESK))),
        ),
        ("-tür:bülten", Without(None, (Phrase(("bulten",), Place.KIND),))),
        ("tür:-bülten", Without(None, (Phrase(("bulten",), Place.KIND),))),
        ("tarih:2026-03", Offered(date(2026, 3, 1), date(2026, 4, 1))),
        ("tarih:2026-12", Offered(date(2026, 12, 1), date(2027, 1, 1))),
        ("date:2026", Offered(date(2026, 1, 1), date(2027, 1, 1))),
        ("tarih:15.03.2026", Offered(date(2026, 3, 15), date(2026, 3, 16))),
        ("tarih:2026-01..2026-03", Offered(date(2026, 1, 1), date(2026, 4, 1))),
        ("tarih:2026-01..", Offered(date(2026, 1, 1), None)),
        ("tarih:..1938", Offered(None, date(1939, 1, 1))),
        ("14:30", Word(("14.30",), ("=14.30",))),
        ("https://aa.com.tr", Phrase(("aa", "com", "tr"))),
    ],
)
def test_signs_are_read(typed, node):
    parsed = parse(typed)
    assert (parsed.node, parsed.notices) == (node, [])


def test_each_field_is_there_in_turkish_and_english():
    for turkish, english in zip(
        ["başlık", "spot", "kaynak", "ülke", "dil", "masa", "konu", "sayı", "tür"],
        ["title", "summary", "source", "country", "language", "desk", "topic", "number", "kind"],
        strict=True,
    ):
        assert parse(f"{turkish}:qwa").node == parse(f"{english}:qwa").node != parse("qwa").node


# --- Bounds --------------------------------------------------------------------------------------------------------


def test_only_some_prefixes_are_looked_up():
    node = parse(" ".join(f"abc{letter}*" for letter in "defghij")).node
    assert sum(isinstance(part, Prefix) for part in node.nodes) == MAXIMUM_PREFIXES


def test_deep_nesting_is_flattened_and_said():
    parsed = parse("(" * 200 + "qwa" + ")" * 200)
    assert parsed.node == A
    assert any("çok iç içe" in notice for notice in parsed.notices)
    deep = parse("(qwa VEYA " * 90 + "qwb" + ")" * 90)
    assert depth_of(deep.node) <= 2 * MAXIMUM_DEPTH + 2


def depth_of(node) -> int:
    parts = (
        *getattr(node, "nodes", ()),
        *getattr(node, "excluded", ()),
        *filter(None, [getattr(node, "node", None)]),
    )
    return 1 + max(map(depth_of, parts), default=0)


@pytest.mark.parametrize(
    "typed", ["başlık:" * 300, "başlık:-" * 300, "-(" * 400, "DEĞİL " * 400 + "qwa", "!" * 999, "*" * 999]
)
def test_run_of_signs_is_read(typed):
    parse(typed)


@given(
    st.text(st.characters(exclude_categories=()), max_size=300)
    | st.text("ab'\"“”-−. /:@19\u0307界", max_size=300)
    | st.lists(
        st.sampled_from(
            [
                "qwa",
                "VEYA",
                "VE",
                "DEĞİL",
                "(",
                ")",
                "-",
                '"',
                "~5",
                "*",
                "başlık:",
                "tarih:",
                "2026-01",
                "..",
                " ",
                "||",
            ]
        ),
        max_size=120,
    ).map("".join)
)
def test_no_text_is_an_error_and_every_tree_is_bounded(typed):
    parsed = parse(typed, languages=["tr", "en", "de", "ru", "ar"])
    if parsed.node is not None:
        assert 0 < cost(parsed.node) <= MAXIMUM_QUERY_TOKENS
        assert depth_of(parsed.node) <= 2 * MAXIMUM_DEPTH + 2
        for part in positive_parts(parsed.node):
            match part:
                case Phrase(words=words):
                    assert all(words)
                case Word():
                    assert part.stems or part.lemmas
                case Prefix():
                    assert len(part.letters) >= 3
                case Near():
                    assert part.first != part.second
