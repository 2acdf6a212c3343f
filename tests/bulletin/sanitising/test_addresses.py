"""The addresses that a link may lead to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulletin.sanitising import clean_line
from bulletin.sanitising.addresses import MAXIMUM_ADDRESS, link_address

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
