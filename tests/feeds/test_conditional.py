"""Conditional requests and compression, as readers and proxies really write them."""

from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from feeds.conditional import is_known, preferred_encoding

pytestmark = pytest.mark.once

MOMENT = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


def asked(**headers):
    return RequestFactory().get("/", headers=headers)


@pytest.mark.parametrize(
    "tags",
    [
        '"abc"',
        'W/"abc"',
        '"abc-gzip"',
        '"abc-br"',
        'W/"abc-gzip"',
        '"xyz", "abc"',
        '"xyz",W/"abc"',
        '"x,y", "abc"',
        "*",
        " * ",
    ],
)
def test_tag_is_known_in_every_form(tags):
    assert is_known(asked(if_none_match=tags), "abc", MOMENT)


@pytest.mark.parametrize(
    "tags", ["", '"abcd"', '"ab"', "abc", '"', '"abc', "W/", '"x"abc"', "\x00", '"abc-tar"']
)
def test_other_tags_are_not(tags):
    assert not is_known(asked(if_none_match=tags), "abc", MOMENT)


def test_tag_decides_where_a_date_is_sent_too():
    request = asked(if_none_match='"old"', if_modified_since="Tue, 24 Nov 2026 00:00:00 GMT")
    assert not is_known(request, "abc", MOMENT)


@pytest.mark.parametrize(
    ("since", "known"),
    [
        ("Mon, 23 Nov 2026 12:00:05 GMT", True),
        ("Mon, 23 Nov 2026 12:00:04 GMT", False),
        ("Monday, 23-Nov-26 12:00:05 GMT", True),
        ("Mon Nov 23 12:00:05 2026", True),
        ("Mon, 23 Nov 2026 15:00:05 +0300", True),
        ("dün", False),
        ("", False),
        ("Mon, 99 Nov 2026 12:00:05 GMT", False),
        ("Mon, 23 Nov 99999999999 12:00:05 GMT", False),
    ],
)
def test_date_alone_is_compared(since, known):
    assert is_known(asked(if_modified_since=since), "abc", MOMENT) is known


def test_date_is_not_believed_where_none_was_said():
    assert not is_known(asked(if_modified_since="Tue, 24 Nov 2026 00:00:00 GMT"), "abc", None)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("gzip;q=0.2, identity;q=0.9", ""),
        ("gzip;q=spam", "gzip"),
        (",;q=1,,", ""),
        ("deflate", ""),
    ],
)
def test_best_accepted_form_is_chosen(accepted, encoding):
    assert preferred_encoding(asked(accept_encoding=accepted)) == encoding
