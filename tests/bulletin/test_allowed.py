"""What a body may hold: addresses of links, and its size."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from bulletin.allowed import MAXIMUM_ADDRESS, MAXIMUM_BODY_BYTES, TooLarge, check_size, link_address
from bulletin.plain_text import clean_line
from bulletin.sanitising import sanitise

pytestmark = pytest.mark.once

#: A busy machine is no failure.
UNHURRIED = settings(deadline=None)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://example.com", "https://example.com"),
        (" HTTPS://Example.com/a b?c=d&e#f\n", "https://Example.com/a%20b?c=d&e#f"),
        ("http://example.com:8080/%20%C5%9F/ş", "http://example.com:8080/%20%C5%9F/%C5%9F"),
        ("https://münih.example/ö", "https://xn--mnih-0ra.example/%C3%B6"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
        ("mailto:basin@example.com?subject=ş", "mailto:basin@example.com?subject=%C5%9F"),
        ("/haber/2024/05/01/a-1/?x=y#z", "/haber/2024/05/01/a-1/?x=y#z"),
        ("/a:b", "/a:b"),
        ("", None),
        ("#_ftn1", None),
        ("haber/1", None),
        ("//example.com/", None),
        ("/\\example.com/", None),
        ("/\t/example.com/", None),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("\x01javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("file:///C:/a.doc", None),
        ("ftp://example.com/", None),
        ("https:example.com", None),
        ("https:///example.com", None),
        ("https://example.com\\@evil.example", None),
        ("https://iletisim.example@evil.example/", None),
        ("https://exa mple.com/", None),
        ("https://example.com:99x/", None),
        ("http://[::1/", None),
        ("https://" + "ü" * 70 + ".example/", None),
        ("mailto:", None),
        ("/" + "a" * MAXIMUM_ADDRESS, None),
    ],
)
def test_address_of_a_link(written, kept):
    assert link_address(written) == kept


@UNHURRIED
@given(st.text(max_size=40))
def test_address_that_is_kept_stays(text):
    for written in (text, f"/{text}", f"https://example.com/{text}", f"https://{text}", f"mailto:a@{text}"):
        kept = link_address(clean_line(written))
        assert kept is None or link_address(kept) == kept


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
