"""Cleaning of titles, summaries and names."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulletin.counting import count_text
from bulletin.sanitising import clean_line, clean_text

pytestmark = pytest.mark.once

#: A busy machine is no failure.
UNHURRIED = settings(deadline=None)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        ("  Bakan \u00a0 açıkladı\r\n ", "Bakan açıkladı"),
        ("S\u0327ehir", "Şehir"),
        ("a\x00b\x1fc\ud800d\ufffee\ufefff", "abcdef"),
        ("a\vb\x85c\u2029d", "a b c d"),
        ("\u202eters\u202c \u2066içi\u2069", "ters içi"),
        ("\u200fעברית\u200e", "\u200fעברית\u200e"),
        ("en\u00adformasyon", "en\u00adformasyon"),
        ("\u200b \u00ad", ""),
        ("<b>A&amp;B</b>", "<b>A&amp;B</b>"),
    ],
)
def test_line(text, clean):
    assert clean_line(text) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        (" bir \n iki  üç ", "bir\niki üç"),
        ("bir\r\niki\riki\u2029üç\vdört", "bir\niki\niki\nüç\ndört"),
        ("\n\nbir\n \n\u200b\n\niki\n\n", "bir\n\niki"),
        ("a\x00\nb\u202e", "a\nb"),
    ],
)
def test_text(text, clean):
    assert clean_text(text) == clean


plain = st.text(
    st.one_of(
        st.sampled_from(" \n\r\v\x85\u2028\u00a0\u200b\u00ad\u202e\x00\ufeffe\u0301\u0338\ud800"),
        st.characters(),
    )
)


@UNHURRIED
@given(plain)
def test_clean_line_stays(text):
    assert clean_line(clean_line(text)) == clean_line(text)


@UNHURRIED
@given(plain)
def test_clean_text_stays(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@UNHURRIED
@given(plain)
def test_cleaning_a_line_keeps_its_count(text):
    line = re.sub("[\n\v\f\r\x85\u2028\u2029]", " ", clean_text(text))
    assert count_text(clean_line(line)) == count_text(line)
