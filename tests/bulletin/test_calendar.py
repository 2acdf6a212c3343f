"""Days as they are written into an address."""

from datetime import UTC, date, datetime

import pytest

from bulletin.calendar import midnight, read_day
from bulletin.sanitising import repeated

pytestmark = pytest.mark.once


@pytest.mark.parametrize("text", ["2026-11-23", "23.11.2026"])
def test_day_is_read_in_both_layouts(text):
    assert read_day(text) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "text",
    ["", "23", "2026-02-29", "31.11.2026", "1799-12-31", "01.01.2201", "9999-12-31", "\0", "x" * 10_000],
)
def test_what_is_no_day_that_is_taken_is_none(text):
    assert read_day(text) is None


def test_day_begins_at_midnight_in_istanbul():
    assert midnight(date(2026, 11, 23)) == datetime(2026, 11, 22, 21, tzinfo=UTC)


def test_wrong_value_is_repeated_as_one_short_line():
    assert repeated("a\n\u202eb") == "a b"
    assert repeated("ş" * 31) == "ş" * 30 + "…"
