"""The analysis: hard words with the answers expected, and what holds for any text."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulletin.folding import fold, turkish_lower
from search.analysis import MAXIMUM_LETTERS, analyse, has_stems, lemma_of, stem_of

pytestmark = pytest.mark.once

#: Text, and its exact words in order.
EXACT = [
    # Turkish letters, capitals, ASCII: one word.
    ("Iğdır IĞDIR ığdır Igdir IGDIR", "igdir igdir igdir igdir igdir"),
    ("İstanbul ISTANBUL İSTANBUL istanbul", "istanbul istanbul istanbul istanbul"),
    ("çağrı ÇAĞRI cagri", "cagri cagri cagri"),
    ("kâğıt KÂĞIT kagit", "kagit kagit kagit"),
    # Suffixes behind an apostrophe, straight and curly, and chains of them.
    ("Türkiye'nin Türkiye’ye TÜRKİYE'DE Türkiye'dekilerin", "turkiye turkiye turkiye turkiye"),
    ("Ankara'daki Ankara'lılar Ankara'ymış Ankara'mız Ankara'dır", "ankara ankara ankara ankara ankara"),
    ("NATO'nun AB'ye ABD'nin TBMM'ce BM'siz", "nato ab abd tbmm bm"),
    ("1990'lı 5'inci 3'üncü 23'ünde 5'er", "1990 5 3 23 5"),
    ("Atatürk'ün Atatürk'çü", "ataturk ataturk"),
    # Apostrophes that part no suffix.
    ("Kur'an Kur'an'ı Kuran", "kuran kuran kuran"),
    ("san'at sanat", "sanat sanat"),
    ("O'Brien O'Brien'ın don't", "obrien obrien dont"),
    ("Turkey's l'Europe d’Ankara qu'il", "turkey europe ankara il"),
    ("'Ankara' ‘Bursa’ “İzmir”", "ankara bursa izmir"),
    # Numbers, dates, hours.
    ("12.345.678 12,345,678 12345678", "12345678 12345678 12345678"),
    ("3,5 3.5 %50 -7 1.500'den", "3.5 3.5 50 7 1500"),
    ("14:30 14.30'da", "14.30 14.30"),
    ("19.05.1919'da 19/5/1919 1919-05-19", "19 5 1919 19 5 1919 1919 5 19"),
    ("2024/25 3-0", "2024 25 3 0"),
    ("٣٤ ۱۹۱۹ １２", "34 1919 12"),
    # Abbreviations.
    ("T.C. T.C.'nin TC A.B.D. ABD", "tc tc tc abd abd"),
    ("Dr. Prof. vb.", "dr prof vb"),
    # Compounds and addresses.
    ("COVID-19 F-16'lar e-posta Türk-Alman G20 5G'nin", "covid 19 f 16 e posta turk alman g20 5g"),
    ("bilgi@iletisim.gov.tr'ye", "bilgi iletisim gov tr"),
    ("https://www.aa.com.tr/tr/gundem aa.com.tr. Sonra", "www aa com tr tr gundem aa com tr sonra"),
    ("gelmedi.Sonra 1.Ordu a_b", "gelmedi sonra 1 ordu a b"),
    # What can't be seen, and what is composed differently.
    ("Tür\u00adkiye Tu\u0308rkiye Türk\u200biye \ufeffTürkiye", "turkiye turkiye turkiye turkiye"),
    ("ﬁnans Ｔürk ½", "finans turk 1⁄2"),
    # Other scripts: normalised, never folded away.
    ("Москва МОСКВА рёбра Йошкар", "москва москва ребра иошкар"),
    ("المَدِينَة المدينة المدينه", "المدينه المدينه المدينه"),
    ("می‌خواهم کتاب كتاب", "ميخواهم كتاب كتاب"),
    ("Αθήνα ΑΘΗΝΑ Ἀθῆναι ΛΟΓΟΣ λόγος", "αθηνα αθηνα αθηναι λογοσ λογοσ"),
    ("Əliyev Aliyev Đoković Łódź Straße", "eliyev aliyev dokovic lodz strasse"),
    ("北京大学", "北 京 大 学"),
    ("हिन्दी", "हिनदी"),
    # Nothing to find.
    ("", ""),
    ("… !!! --- ''' “” \x00 \ud800", ""),
]


@pytest.mark.parametrize(("text", "expected"), EXACT)
def test_exact_words_of_hard_texts(text, expected):
    assert " ".join(token.exact for token in analyse(text, "tr").tokens) == expected


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("kitaplarımızdan", "tr:kitap"),
        ("KİTAPLARIMIZDAN", "tr:kitap"),
        ("gidiyorlardı", "tr:git"),
        ("ışıklar", "tr:isik"),
        ("IŞIKLAR", "tr:isik"),
        ("insanların", "tr:insan"),
        ("gözü", "tr:goz"),
    ],
)
def test_turkish_lemmas_are_folded_dictionary_forms(word, lemma):
    assert lemma_of(word, "tr") == lemma


@pytest.mark.parametrize(
    ("language", "words", "lemma"),
    [
        ("en", ("elections", "Election", "ELECTIONS"), "en:elect"),
        ("de", ("Häuser", "HÄUSER", "Häusern"), "de:haus"),
        ("fr", ("réformes", "Réforme"), "fr:reform"),
        ("ru", ("выборы", "ВЫБОРЫ"), "ru:выбор"),
    ],
)
def test_other_languages_have_a_stemmer_of_their_own(language, words, lemma):
    assert {lemma_of(word, language) for word in words} == {lemma}


def test_stem_is_the_first_five_letters_of_the_folded_word():
    assert [token.stem for token in analyse("Cumhurbaşkanlığı ışık göç", "tr").tokens] == [
        "cumhu",
        "isik",
        "goc",
    ]


def test_words_with_digits_are_not_cut():
    assert [token.stem for token in analyse("1234567 G20zirvesi", "tr").tokens] == ["1234567", "g20zirvesi"]


def test_language_with_a_stemmer_has_no_five_letter_stems():
    assert [token.stem for token in analyse("international elections", "en").tokens] == ["", ""]
    assert has_stems("tr")
    assert has_stems("az")


@pytest.mark.parametrize("language", ["tr", "en", "az", ""])
def test_written_together_or_with_a_hyphen_numbered_names_are_one(language):
    whole = analyse("F-16", language).groups[0].whole
    assert whole in analyse("F16", language).tokens[0].lemmas


def test_short_name_before_a_suffix_is_read_both_ways():
    lemmas = analyse("mes'ele", "tr").tokens[0].lemmas
    assert "tr:mesele" in lemmas
    assert "tr:cin" in analyse("Çin'in", "tr").tokens[0].lemmas


def test_offsets_are_those_of_the_text_given_without_the_suffix():
    text = "Dün\u00a0 “İstanbul'da”, T.C.'nin COVID-19'la 12.345 Tu\u0308rk"
    shown = [text[token.start : token.end] for token in analyse(text, "tr").tokens]
    assert shown == ["Dün", "İstanbul", "T.C", "COVID", "19", "12.345", "Tu\u0308rk"]


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200) | st.text(
    "aıiIİşŞ'’.-@/:19_ \u0307\u0301\u00ad٣界หЖ", max_size=60
)


@given(ANY_TEXT)
def test_tokens_hold_no_white_space_and_are_bounded(text):
    for token in analyse(text, "tr").tokens:
        for value in (token.exact, token.stem or "x", *token.lemmas):
            assert value
            assert len(value.split()) == 1
            assert len(value) <= MAXIMUM_LETTERS + 3
            value.encode()


@given(ANY_TEXT)
def test_tokens_stand_in_order_inside_the_text(text):
    place = 0
    for token in analyse(text, "tr").tokens:
        assert place <= token.start < token.end <= len(text)
        place = token.end


@given(ANY_TEXT)
def test_where_words_begin_does_not_depend_on_the_language(text):
    turkish, english = analyse(text, "tr"), analyse(text, "en")
    assert [token[:3] for token in turkish.tokens] == [token[:3] for token in english.tokens]
    assert [group[:2] for group in turkish.groups] == [group[:2] for group in english.groups]


@given(st.text("abcçdeğıIiİöşüÂîû ", max_size=40))
def test_turkish_and_plain_lower_case_fold_to_the_same(text):
    assert fold(turkish_lower(text)) == fold(text.lower())


@given(st.text("abcçdeğhıiIİÖşŞüÜ' 19", max_size=60))
@example("IaÖ'I")
def test_composed_and_decomposed_texts_have_the_same_tokens(text):
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert [t[2:] for t in analyse(composed, "tr").tokens] == [
        t[2:] for t in analyse(decomposed, "tr").tokens
    ]


@given(st.text("abcçdefgğhıijklmnoöprsştuüvyz", min_size=1, max_size=20))
def test_ascii_and_capitals_give_the_stem_of_the_proper_word(word):
    proper = analyse(word, "tr").tokens[0]
    typed_in_ascii = analyse(fold(word), "tr").tokens[0]
    capitals = analyse(word.replace("i", "İ").replace("ı", "I").upper(), "tr").tokens[0]
    assert proper[2:4] == typed_in_ascii[2:4] == capitals[2:4]
    assert proper.lemmas == capitals.lemmas


@given(st.text(max_size=80))
def test_stem_begins_the_word(text):
    assert text.startswith(stem_of(text))


@pytest.mark.parametrize(
    "bad",
    [
        "a." * 200_000,
        "a+" * 200_000,
        "1." * 200_000 + "a",
        "1" * 400_000,
        "a" * 400_000,
        "a\u0301\u0302-" * 100_000,
        "a'" * 200_000,
        "a-" * 200_000,
        "\u0301" * 400_000,
        "www." * 100_000,
        "http://" * 60_000,
        "a@" * 200_000,
        "a" + "\u0301" * 400_000 + "!",
        "界" * 200_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_no_text_takes_more_than_linear_time(bad):
    started = time.process_time()
    analyse(bad, "tr")
    assert time.process_time() - started < 5
