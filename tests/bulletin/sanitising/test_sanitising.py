"""Sanitising: what comes out clean, what never comes out, and that it is final."""

import re
import time
import unicodedata
from contextlib import suppress
from html.parser import HTMLParser

import bleach
import html5lib
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bulletin.counting import PARAGRAPH_ENDS, CharacterCount, count_html, count_text, paragraphs
from bulletin.sanitising import (
    ALLOWED_ATTRIBUTES,
    ALLOWED_PROTOCOLS,
    ALLOWED_TAGS,
    MAXIMUM_BODY_BYTES,
    MAXIMUM_ELEMENTS,
    TooLarge,
    TooManyElements,
    check_size,
    clean_line,
    sanitise,
)
from bulletin.sanitising.blocks import MAXIMUM_LEVEL
from bulletin.sanitising.body import rebuild
from bulletin.sanitising.formats import FORMATS

from .any_html import nasty_html

pytestmark = pytest.mark.once

#: A busy machine is no failure.
UNHURRIED = settings(deadline=None)

# --- Size and bombs -----------------------------------------------------------------------------------------------


def test_larger_body_is_refused_with_its_size_and_the_limit():
    with translation.override("tr"), pytest.raises(TooLarge) as refused:
        sanitise("ş" * 600_000)
    assert refused.value.messages == [
        "Metin çok büyük: boyutu 1.200.000 baytı buluyor, sınır ise 1.000.000 bayt. Metni kısaltın ya da bölün."
    ]


def test_size_is_checked_without_sanitising():
    check_size("a" * MAXIMUM_BODY_BYTES)
    with pytest.raises(TooLarge):
        check_size("a" * (MAXIMUM_BODY_BYTES + 1))


def test_largest_body_is_accepted():
    body = "<p>" + "ş" * ((MAXIMUM_BODY_BYTES - 7) // 2) + "</p>"
    assert sanitise(body) == body


def test_body_that_grows_beyond_the_limit_is_refused():
    with pytest.raises(TooLarge):
        sanitise("&" * 900_000)


def test_link_around_thousands_of_paragraphs_is_refused_before_it_is_written_in_all():
    with pytest.raises(TooLarge):
        sanitise(f"<a href='/{'a' * 2000}'>" + "<p>x" * 9_000)


def test_too_many_elements_are_refused_with_the_limit():
    with translation.override("tr"), pytest.raises(TooManyElements, match=r"en çok 10\.000 olabilir"):
        sanitise("<p>a</p>" * (MAXIMUM_ELEMENTS + 1))


@pytest.mark.parametrize(
    "tag", ["div", "ul><li", "blockquote", "table><tr><td", "b", "span lang=ar", "font", "figure", "q"]
)
def test_words_nested_too_deep_are_kept(tag):
    sanitised = sanitise(f"<{tag}>" * 1_000 + "derin")
    assert "derin" in sanitised
    assert deepest(sanitised) <= 2 * MAXIMUM_LEVEL + len(FORMATS)


@pytest.mark.parametrize(
    "bomb",
    [
        *(
            "<b>",
            "<b>x",
            "<div>",
            "<div>x",
            "<ul><li>x",
            "<table><tr><td>x",
            "<blockquote>x",
            "<h2>x",
            "</p>",
            "</b>",
        ),
        *(
            "<",
            "&",
            "&#1",
            "&#",
            "<!--",
            "<!",
            "<a ",
            '<a b="',
            "<script>",
            "<svg>",
            "<template>x",
            "<svg></svg>",
            "<i hidden>x",
        ),
        *(
            "<br>",
            "x<br>",
            "x<br><br>",
            "<p style='mso-list:l0 level9 lfo1'>x",
            "<span lang=ar>x",
            "<caption>x",
            "x \u00a0",
        ),
        *("\u0301\u0316", "\u1100\u1161", "\u202e", "<img src=x>"),
    ],
)
def test_bomb_is_stored_harmlessly_or_refused_in_seconds(bomb):
    started = time.monotonic()
    with suppress(ValidationError):
        assert len(sanitise(bomb * (900_000 // len(bomb.encode()))).encode()) <= MAXIMUM_BODY_BYTES
    assert time.monotonic() - started < 60


def test_number_of_thousands_of_digits_is_stored_harmlessly():
    assert sanitise("&#" + "9" * 10_000 + ";") == "<p>\ufffd</p>"


# --- Any HTML at all ----------------------------------------------------------------------------------------------


@UNHURRIED
@given(nasty_html)
@example("<b>s</b><b>\u0327</b>")
@example("<h2>a<p><em>b<p>c</em></h2>")
@example("<table><caption>a</caption>")
def test_sanitising_twice_is_sanitising_once(html):
    sanitised = sanitise(html)
    assert sanitise(sanitised) == sanitised


@UNHURRIED
@given(nasty_html)
def test_count_is_the_same_after_sanitising_twice(html):
    sanitised = sanitise(html)
    assert count_html(sanitise(sanitised)) == count_html(sanitised)


@UNHURRIED
@given(nasty_html)
def test_count_is_the_same_for_composed_and_decomposed_text_nodes(html):
    sanitised = sanitise(html)
    assert (
        count_html(in_form("NFD", sanitised))
        == count_html(sanitised)
        == count_html(in_form("NFC", sanitised))
    )


@UNHURRIED
@given(nasty_html)
def test_decomposed_text_nodes_are_frozen_as_the_composed_ones(html):
    sanitised = sanitise(html)
    assert sanitise(in_form("NFD", sanitised)) == sanitised


@UNHURRIED
@given(nasty_html)
def test_count_agrees_with_another_parser(html):
    """A browser's tree of what is frozen holds the paragraphs that were counted."""
    sanitised = sanitise(html)
    tree = html5lib.parseFragment(sanitised, namespaceHTMLElements=False)
    counted = CharacterCount()
    for paragraph in "".join(text_of(tree)).split("\x00"):
        counted += count_text(re.sub(r"\s", " ", paragraph))
    assert counted == count_html(sanitised)


@UNHURRIED
@given(nasty_html)
def test_bleach_finds_nothing_to_remove(html):
    rebuilt = rebuild(html)
    assert (
        bleach.clean(
            rebuilt, tags=ALLOWED_TAGS, attributes=ALLOWED_ATTRIBUTES, protocols=ALLOWED_PROTOCOLS, strip=True
        )
        == rebuilt
    )


@UNHURRIED
@given(nasty_html)
def test_nothing_but_what_is_allowed_comes_out(html):
    for name, attributes in start_tags(sanitise(html)):
        assert set(attributes) <= set(ALLOWED_ATTRIBUTES[name])
        assert re.fullmatch(r"(https?://|mailto:|/(?!/)).*", attributes.get("href", "/"))


@UNHURRIED
@given(nasty_html)
def test_what_comes_out_can_be_stored_sent_and_normalised(html):
    sanitised = sanitise(html)
    assert sanitised.encode().decode() == sanitised
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]", sanitised)
    assert unicodedata.normalize("NFC", sanitised) == sanitised


@UNHURRIED
@given(st.text(max_size=20))
def test_escaped_text_keeps_its_characters(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    assert count_html(sanitise(escaped)) == count_text(re.sub(r"\s", " ", clean_line(text)))


# --- Tables and pictures ------------------------------------------------------------------------------------------

contents = st.lists(
    st.sampled_from(
        ["a", "b c", " ", "&amp;", "<b>d</b>", "<p>e</p>", "<br>", "<ul><li>f</li></ul>", "<h5>g</h5>"]
    )
).map("".join)
cells = st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["td", "th"]), contents)
table_rows = st.lists(cells).map("".join).map("<tr>{}</tr>".format)
tables = st.builds(
    "<p>x</p><table>{}</table><figure><img src=/x.png alt=y><figcaption>{}</figcaption></figure>z".format,
    st.lists(table_rows).map("".join),
    contents,
)


@UNHURRIED
@given(tables)
def test_text_with_a_table_has_as_many_characters_without_it(html):
    assert count_html(sanitise(html)) == count_html(html)


@UNHURRIED
@given(tables)
def test_each_paragraph_of_a_table_stays_one(html):
    assert list(paragraphs(sanitise(html))) == list(paragraphs(html))


# --- Another reading of HTML, to compare with ---------------------------------------------------------------------


class StartTags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.depth = self.deepest = 0

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("br", "hr", "img"):
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)

    def handle_endtag(self, tag):
        self.depth -= 1


def parsed(html):
    parser = StartTags()
    parser.feed(html)
    parser.close()
    return parser


def start_tags(html):
    return parsed(html).found


def deepest(html):
    return parsed(html).deepest


def in_form(form, html):
    """`html` with its text nodes, not its tags, in a normalisation form."""
    parts = re.split(r"(<[^>]*>)", html)
    return "".join(part if part.startswith("<") else unicodedata.normalize(form, part) for part in parts)


def text_of(element):
    """The text of an html5lib tree with a NUL where a paragraph ends."""
    end = "\x00" if element.tag in PARAGRAPH_ENDS else ""
    yield end + (element.text or "")
    for child in element:
        yield from text_of(child)
        yield child.tail or ""
    yield end
