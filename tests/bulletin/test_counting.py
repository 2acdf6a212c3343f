"""Rule 1 of counting. EXAMPLES is normative: a figure in it changes only together with the number of the rule."""

import re
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bulletin import counting
from bulletin.counting import (
    RULE,
    CharacterCount,
    UnknownRule,
    count_html,
    count_item,
    count_text,
    nfc,
    paragraphs,
)

pytestmark = pytest.mark.once

#: A busy machine is no failure.
UNHURRIED = settings(deadline=None)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # man, joiner, woman, joiner, girl

#: What it shows; the HTML; characters with spaces; without.
EXAMPLES = [
    ("nothing", "", 0, 0),
    ("one letter", "<p>a</p>", 1, 1),
    ("words and the space between", "<p>Haber bülteni</p>", 13, 12),
    ("text without any tag", "Haber", 5, 5),
    ("Turkish letters are one each", "<p>çğıİöşü ÇĞIÖŞÜ</p>", 14, 13),
    ("letters taken apart count as composed", "<p>c\u0327g\u0306I\u0307o\u0308s\u0327u\u0308</p>", 6, 6),
    ("a mark that composes with nothing is a character", "<p>x\u0301</p>", 2, 2),
    ("a mark on its own is a character", "<p>\u0301a</p>", 2, 2),
    ("a letter and its mark in neighbouring elements compose", "<p>e<strong>\u0301</strong></p>", 1, 1),
    ("Hangul jamo compose to a syllable", "<p>\u1112\u1161\u11ab</p>", 1, 1),
    ("ligatures stay as they are: NFC, not NFKC", "<p>ﬁ ²</p>", 3, 2),
    ("an emoji beyond the basic plane is one code point", "<p>\U0001f600</p>", 1, 1),
    ("joiners of a family don't count, its members do", f"<p>{FAMILY}</p>", 3, 3),
    ("a variation selector is a mark and counts", "<p>\u2764\ufe0f</p>", 2, 2),
    ("soft hyphens don't count", "<p>en\u00adfor\u00admasyon</p>", 11, 11),
    ("a soft hyphen as a reference", "<p>en&shy;for&#173;masyon</p>", 11, 11),
    ("zero-width space, joiner and non-joiner", "<p>a\u200bb\u200cc\u200dd</p>", 4, 4),
    ("direction marks", "<p>\u200eabc\u200f \u061cdef</p>", 7, 6),
    ("embeddings, overrides and isolates", "<p>\u202aab\u202c\u2066cd\u2069\u202e</p>", 4, 4),
    ("a byte order mark", "<p>\ufeffabc</p>", 3, 3),
    ("a word joiner", "<p>5\u2060%</p>", 2, 2),
    ("Arabic", "<p>وكالة الأنباء</p>", 13, 12),
    ("Arabic vowel marks are characters", "<p>مُحَمَّد</p>", 8, 8),
    ("the Arabic end of ayah is a format character", "<p>\u06dd١</p>", 1, 1),
    ("Persian with its non-joiner", "<p>می\u200cخواهم</p>", 7, 7),
    ("Hebrew", "<p>שלום עולם</p>", 9, 8),
    ("Chinese with an ideographic space", "<p>安卡拉\u3000新闻</p>", 6, 5),
    ("control characters that are no white space", "<p>a\x01\x1c\x1f\x7f\x9fb</p>", 2, 2),
    ("a lone surrogate is no character", "<p>a\ud800b</p>", 2, 2),
    ("a run of spaces is one", "<p>a   b</p>", 3, 2),
    ("a no-break space is a space", "<p>5\u00a0km</p>", 4, 3),
    ("no-break spaces and spaces make one run", "<p>a\u00a0 \u00a0b</p>", 3, 2),
    ("thin, narrow and typographic spaces", "<p>1\u2009000\u202f000\u2003x</p>", 11, 8),
    ("the next-line control character is white space", "<p>a\x85b</p>", 3, 2),
    ("line and paragraph separators are white space", "<p>a\u2028b\u2029c</p>", 5, 3),
    ("line breaks of the source are white space", "<p>a\r\n\t b\nc</p>", 5, 3),
    ("white space at the edges of a paragraph doesn't count", "<p> \u00a0a b\n</p>", 3, 2),
    ("an invisible character between spaces doesn't part them", "<p>a \u200b b</p>", 3, 2),
    ("an invisible character at the edge doesn't keep a space", "<p>\u200f a</p>", 1, 1),
    ("an invisible character keeps a mark from composing", "<p>e\u00ad\u0301</p>", 2, 2),
    ("paragraph ends don't count", "<p>abc</p><p>def</p>", 6, 6),
    ("nor does what stands between paragraphs", "<p>abc</p>\n\n  <p>def</p>\n", 6, 6),
    ("an empty paragraph", "<p></p>", 0, 0),
    ("a paragraph of no-break spaces alone", "<p>&nbsp;&nbsp;</p>", 0, 0),
    ("text around a paragraph is paragraphs too", "a <p> b </p> c", 3, 3),
    ("a paragraph never closed", "<p>a <p>b", 2, 2),
    ("headings", "<h2>Bir </h2><h3> iki</h3><h4>üç</h4>", 8, 8),
    ("nested divisions", "<div>a <div> b <div> c</div></div> d</div>", 4, 4),
    ("preformatted text ends a paragraph, its white space is white space", "x <pre> a\n  b </pre> y", 5, 4),
    ("a line break ends a paragraph", "<p>a <br> b<br/>c</p>", 3, 3),
    ("a rule ends a paragraph", "a <hr> b", 2, 2),
    ("entries of a list", "<ul><li>a </li><li> b</li></ul>", 2, 2),
    ("numbers and bullets of lists don't count", "<ol start=7><li>a</li></ol>", 1, 1),
    ("nested lists", "<ul><li>a <ul><li> b </li></ul> c</li></ul>", 3, 3),
    ("neighbouring cells", "<table><tr><th>ab </th><td> cd</td></tr></table>", 4, 4),
    ("a quotation", "x <blockquote> abc </blockquote> y", 5, 5),
    ("a caption counts", "<figure><img src='x'><figcaption> Foto </figcaption></figure>", 4, 4),
    ("an alternative text doesn't", "<p>a<img src='x' alt='Bakan kürsüde'>b</p>", 2, 2),
    (
        "titles, links and languages of elements don't",
        "<p><a href='/x' title='t'>ab</a> <span lang=ar>c</span></p>",
        4,
        3,
    ),
    ("inline tags in the middle of a word", "<p>en<strong>for</strong>mas<em>yon</em></p>", 11, 11),
    ("spaces on both sides of a tag make one run", "<p>a <em> b</em></p>", 3, 2),
    ("subscripts and superscripts", "<p>CO<sub>2</sub> m<sup>2</sup></p>", 6, 5),
    ("unknown elements are inline", "<p>a<o:p>b</o:p><x-y>c</x-y></p>", 3, 3),
    ("a comment", "<p>a<!-- b <p> c -->d</p>", 2, 2),
    ("an empty comment", "<p>a<!-->b<!--->c</p>", 3, 3),
    ("a comment never closed", "<p>a</p><!-- b", 1, 1),
    ("a script", "<p>a</p><script>if (a < b) alert('</p>')</script><p>b</p>", 2, 2),
    ("a style sheet", "<STYLE>p { color: red }</Style >a", 1, 1),
    ("a script never closed", "<p>a</p><script>b", 1, 1),
    ("a template with its content", "<template><p>a</p><template>b</template>c</template>d", 1, 1),
    ("named references", "<p>&lt;p&gt; &amp; &quot;&uuml;&nbsp;&copy;</p>", 10, 7),
    ("numbered references", "<p>&#65;&#x42;&#X43; &#128512;</p>", 5, 4),
    ("references are decoded once", "<p>&amp;lt;</p>", 4, 4),
    ("a reference without its semicolon", "<p>&ltb&gt</p>", 3, 3),
    ("an ampersand that is no reference", "<p>R&D &foo;</p>", 9, 8),
    ("a reference to an invisible character", "<p>a&#x200b;&zwj;b</p>", 2, 2),
    ("references to no character: one replacement each", "<p>&#0;&#xD800;&#x110000;</p>", 3, 3),
    ("references to Windows-1252 as browsers read them", "<p>&#x85;&#147;</p>", 2, 2),
    ("a reference of thousands of digits", "<p>&#" + "9" * 6000 + ";&#" + "0" * 6000 + "65;</p>", 2, 2),
    ("a less-than sign that opens no tag", "<p>1 < 2</p>", 5, 3),
    ("a greater-than sign in a value doesn't end the tag", "<p title='>'>a</p>", 1, 1),
    ("declarations and instructions", "<!DOCTYPE html><?xml version='1.0'?>a<![CDATA[b]]>c", 2, 2),
]


@pytest.mark.parametrize(
    ("html", "characters", "without_spaces"),
    [row[1:] for row in EXAMPLES],
    ids=[row[0] for row in EXAMPLES],
)
def test_example(html, characters, without_spaces):
    assert count_html(html) == CharacterCount(characters, without_spaces)


@pytest.mark.parametrize(
    ("text", "characters", "without_spaces"),
    [
        ("", 0, 0),
        ("Haber bülteni", 13, 12),
        ("  Haber \u00a0 bülteni \t", 13, 12),
        ("S\u0327ehir", 5, 5),
        ("<b>&amp;</b>", 12, 12),
        ("bir\niki", 6, 6),
        ("bir \r\n\r\n iki", 6, 6),
        ("bir\u2029iki", 6, 6),
        ("a\u00adb\ufeff", 2, 2),
    ],
)
def test_plain_text(text, characters, without_spaces):
    assert count_text(text) == CharacterCount(characters, without_spaces)


def test_item_is_the_sum_of_its_parts_each_counted_by_itself():
    assert count_item("Başlık ", " Spot", "<p>Bir iki</p>") == CharacterCount(17, 16)


def test_unknown_rule_is_refused():
    with pytest.raises(UnknownRule, match=f"no counting rule {RULE + 1}"):
        count_item("a", "b", "c", rule=RULE + 1)


def test_counts_add_up():
    assert CharacterCount(3, 2) + CharacterCount(10, 9) == CharacterCount(13, 11)


def test_paragraphs_are_what_is_counted():
    html = "<h2>Bir</h2><ul><li>i\u00adki <b> üç</b></li></ul><p>&nbsp;</p>dört<br>beş"
    assert list(paragraphs(html)) == ["Bir", "iki üç", "dört", "beş"]


def test_white_space_is_the_unicode_property():
    separators = {
        chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) in ("Zs", "Zl", "Zp")
    }
    assert set(counting.WHITE_SPACE) == separators | set("\t\n\v\f\r\x85")


def test_invisible_characters_are_the_controls_and_formats_that_are_no_white_space():
    invisible = re.compile(f"[{counting.INVISIBLE}]")
    for point in range(0x110000):
        character = chr(point)
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Cs"):
            assert bool(invisible.match(character)) == (character not in counting.WHITE_SPACE), hex(point)
        elif category != "Cn":  # a format character that this Python's Unicode doesn't know yet
            assert not invisible.match(character), hex(point)


#: Texts of letters, marks that compose and sort, spaces, invisible characters and whatever else there is.
texts = st.text(
    st.one_of(
        st.sampled_from(
            "aeı sS\u0327\u0301\u0316\u0338\u0344\u0f73\u1100\u1161\u11a8\u00a0\u2003\u00ad\u200d\ufeff=<>"
        ),
        st.characters(),
    )
)


@UNHURRIED
@given(texts)
def test_composed_and_decomposed_texts_count_the_same(text):
    assert count_text(unicodedata.normalize("NFC", text)) == count_text(unicodedata.normalize("NFD", text))


@UNHURRIED
@given(st.lists(texts.map(lambda text: text.replace("<", "").replace("&", ""))))
def test_composed_and_decomposed_text_nodes_count_the_same(nodes):
    composed, decomposed = (
        "<b></b>".join(unicodedata.normalize(form, node) for node in nodes) for form in ("NFC", "NFD")
    )
    assert count_html(composed) == count_html(decomposed)


@UNHURRIED
@given(texts, texts)
def test_paragraphs_add_up(one, other):
    one, other = (text.replace("<", "").replace("&", "") for text in (one, other))
    assert count_html(f"<p>{one}</p><p>{other}</p>") == count_html(one) + count_html(other)


@UNHURRIED
@given(texts)
def test_spaces_are_all_that_the_two_counts_differ_by(text):
    count = count_text(text)
    assert 0 <= count.characters_without_spaces <= count.characters <= 2 * count.characters_without_spaces


@UNHURRIED
@given(st.text(st.sampled_from("<>/!-?=\"'& abp#x;1\n")))
@example("<p title='")
@example("</")
@example("<!")
def test_no_markup_is_too_broken_to_be_counted(html):
    assert count_html(html).characters <= len(html)


@UNHURRIED
@given(st.lists(texts, max_size=4))
def test_normalising_long_runs_of_marks_is_normalising(parts):
    text = ("\u0301\u0316\u0f73" * counting.LONG_RUN).join(parts)
    assert nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "bomb",
    [
        "<b>",
        "<div>",
        "<",
        "&",
        "<!--",
        "<a ",
        '<a b="',
        "&#1",
        "<script>",
        "<template>",
        "\u0301\u0316",
        " \u00a0",
        "é<br>",
    ],
)
def test_two_megabytes_are_counted_in_seconds(bomb):
    """Time by the square of the length would be hours; the bound leaves room for a busy machine."""
    started = time.monotonic()
    count_html(bomb * (2_000_000 // len(bomb)))
    assert time.monotonic() - started < 30
