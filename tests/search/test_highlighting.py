"""Marking what was found: the right letters of the original, and no markup but our own."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.highlighting import PASSAGE_LETTERS, Finder, marked, passage
from search.query import Place
from search.query_language import parse

pytestmark = pytest.mark.once


def mark(text: str, typed: str, language: str = "tr") -> str:
    return marked(text, parse(typed, languages=[language]).node, language)


def texts(paragraphs: list[str]) -> list[tuple[Place, str]]:
    return [(Place.TEXT, paragraph) for paragraph in paragraphs]


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("Işıklar söndü", "isik", "<mark>Işıklar</mark> söndü"),
        ("IĞDIR'DA deprem", "ığdır", "<mark>IĞDIR</mark>&#x27;DA deprem"),
        ("Türkiye’nin adımı", "TURKIYE adım", "<mark>Türkiye</mark>’nin <mark>adımı</mark>"),
        ("Ham petrol, petrol ham", '"ham petrol"', "<mark>Ham petrol</mark>, petrol ham"),
        ("COVID-19 salgını", "covid19", "<mark>COVID-19</mark> salgını"),
        ("Kaynak: www.aa.com.tr.", "aa.com.tr", "Kaynak: www.<mark>aa.com.tr</mark>."),
        (
            "Tu\u0308rkiye ve Tür\u00adkiye",
            "türkiye",
            "<mark>Tu\u0308rkiye</mark> ve <mark>Tür\u00adkiye</mark>",
        ),
        ("北京大学", "北京", "<mark>北京</mark>大学"),
        ("Enerji ve petrol", "enerji -petrol", "<mark>Enerji</mark> ve petrol"),
        ("Hiçbiri yok", "deniz", "Hiçbiri yok"),
        ("Denizcilik ve deniz", "deniz*", "<mark>Denizcilik</mark> ve <mark>deniz</mark>"),
        (
            "Ham ve işlenmiş petrol, ham",
            '"petrol ham"~2',
            "<mark>Ham</mark> ve işlenmiş <mark>petrol</mark>, <mark>ham</mark>",
        ),
        ("Ham ve yeni işlenmiş petrol", '"petrol ham"~2', "Ham ve yeni işlenmiş petrol"),
        ("Deniz ve göl", "başlık:deniz spot:göl", "<mark>Deniz</mark> ve göl"),
        ("Deniz ve göl", "masa:deniz göl", "Deniz ve <mark>göl</mark>"),
        ("", "deniz", ""),
    ],
)
def test_marked_words(text, typed, expected):
    assert mark(text, typed) == expected


def test_words_of_another_language_are_marked_by_its_stemmer():
    assert mark("The elections were held", "election", "en") == "The <mark>elections</mark> were held"


def test_part_of_a_phrase_alone_is_not_marked():
    assert mark("petrol fiyatı", '"ham petrol"') == "petrol fiyatı"


def test_markup_in_the_text_is_escaped():
    assert (
        mark("<b>deniz</b> & <script>", "deniz")
        == "&lt;b&gt;<mark>deniz</mark>&lt;/b&gt; &amp; &lt;script&gt;"
    )


TEXTS = st.text(
    st.sampled_from("deniz ab<>&\"'/;=ıİ-.\u0301\x00") | st.characters(exclude_categories=["Cs"]),
    max_size=400,
)
QUERIES = st.sampled_from(["deniz", '"deniz ab"', "ab -deniz", "a b", "mark", "lt amp gt", "x27"]) | st.text(
    max_size=30
)


@settings(deadline=None)
@given(TEXTS, QUERIES)
def test_highlighting_adds_marks_and_nothing_else(text, typed):
    html = mark(text, typed)
    bare = re.sub(r"</?mark>", "", html)
    assert "<" not in bare
    assert ">" not in bare
    assert '"' not in bare
    assert unescape(html.replace("<mark>", "").replace("</mark>", "")) == unescape(bare)
    assert re.fullmatch(r"([^<]|<mark>[^<]+</mark>)*", html, re.DOTALL)


@settings(deadline=None)
@given(st.text("deniz ab<>&\"'ıİ-.", max_size=400), QUERIES)
def test_marked_text_reads_as_the_original(text, typed):
    assert unescape(re.sub(r"</?mark>", "", mark(text, typed))) == text


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=4), QUERIES)
def test_passage_is_bounded_and_holds_no_markup_but_marks(paragraphs, typed):
    html = passage(texts(paragraphs), parse(typed).node, "tr")
    assert re.fullmatch(r"([^<]|<mark>[^<]+</mark>)*", html, re.DOTALL)
    assert len(unescape(re.sub(r"</?mark>", "", html))) <= PASSAGE_LETTERS + 64


def test_passage_is_where_most_of_the_query_stands_together():
    filler = "Başka sözcüklerden oluşan uzunca bir cümle daha. " * 20
    text = f"Deniz kıyısı. {filler} Deniz üstünde petrol arandı. {filler}"
    html = passage(texts(["İlk paragrafta deniz var.", text]), parse("deniz petrol").node, "tr")
    assert "<mark>Deniz</mark> üstünde <mark>petrol</mark> arandı" in html
    assert html.startswith("… ")
    assert html.endswith(" …")
    assert len(html) < PASSAGE_LETTERS + 100


def test_first_paragraph_with_everything_is_the_passage():
    html = passage(
        texts(["Giriş.", "Deniz ve petrol.", "Petrol ve deniz."]), parse("deniz petrol").node, "tr"
    )
    assert html == "<mark>Deniz</mark> ve <mark>petrol</mark>."


def test_passage_begins_and_ends_between_words():
    text = "kelimecik " * 200 + "deniz " + "kelimecik " * 200
    shown = re.sub(r"</?mark>|…", "", passage(texts([text]), parse("deniz").node, "tr")).split()
    assert set(shown) == {"kelimecik", "deniz"}


def test_without_a_match_the_beginning_is_shown():
    assert passage(texts(["Başlangıç cümlesi.", "Son."]), parse("deniz").node, "tr") == "Başlangıç cümlesi."


def test_nothing_to_show_is_empty():
    assert passage(texts([]), parse("deniz").node, "tr") == ""
    assert passage(texts([""]), parse("deniz").node, "tr") == ""


@pytest.mark.parametrize(
    ("sentence", "typed", "expected"),
    [
        (
            "İSTANBUL'DA IŞIKLAR söndü.",
            "istanbul ışık",
            "<mark>İSTANBUL</mark>&#x27;DA <mark>IŞIKLAR</mark> söndü.",
        ),
        ("Sonra eve gitti.", "gidiyor", "Sonra eve <mark>gitti</mark>."),
        ("Dünkü ham petrol fiyatı.", '"ham petrol"', "Dünkü <mark>ham petrol</mark> fiyatı."),
        ("Das Übermaß der Städte.", "stadt", "<mark>Städte</mark>"),
    ],
)
@pytest.mark.parametrize("before", [0, 40, 400])
def test_match_far_inside_a_long_paragraph_is_found(sentence, typed, expected, before):
    language = "de" if "Das" in sentence else "tr"
    filler = "İçinde başka sözcükler olan uzun bir cümle; Çok ŞEY anlatmaz. "
    text = filler * before + sentence + " " + filler * 60
    assert expected in passage(texts([text]), parse(typed, languages=[language]).node, language)


def test_long_paragraph_without_a_match_shows_its_beginning():
    html = passage(texts(["Sözcük " * 1_000]), parse("deniz").node, "tr")
    assert html.startswith("Sözcük Sözcük")
    assert "<mark>" not in html


@settings(deadline=None)
@given(
    st.text("denizDENİZı ab<>.'ç", min_size=1_300, max_size=3_000),
    st.sampled_from(["deniz", "deniz ab", '"deniz ab"']),
)
def test_places_found_in_a_stretch_are_those_of_the_whole_text(text, typed):
    finder = Finder(parse(typed).node, "tr")
    whole = {(span.start, span.end) for span in finder.spans(text)}
    for start, end in finder.likely(text):
        inside = [
            span for span in finder.spans(text, start, end) if start + 80 < span.start and span.end < end - 80
        ]
        assert {(span.start, span.end) for span in inside} <= whole
        assert 0 <= start < end <= len(text)


def test_word_of_the_title_is_not_marked_in_the_text():
    query = parse("başlık:deniz spot:göl kıyı").node
    lines = [(Place.SUMMARY, "Deniz, göl ve kıyı."), (Place.TEXT, "Deniz, göl ve kıyı.")]
    assert passage(lines, query, "tr") == "Deniz, <mark>göl</mark> ve <mark>kıyı</mark>."
