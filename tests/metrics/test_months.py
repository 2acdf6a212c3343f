"""Months as periods, and what is read from an address."""

from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from metrics.months import Month, PeriodRefused, Year, asked_period

pytestmark = pytest.mark.once

BOUNDS = {"earliest": Month(1920, 4), "present": Month(2026, 11)}


@given(st.integers(2, 9998), st.integers(1, 12))
def test_months_follow_each_other_without_gap_or_overlap(year, number):
    month = Month(year, number)
    assert month.next().previous() == month
    assert month.previous().end == month.first
    assert month.days[0] == month.first
    assert month.days[-1].toordinal() + 1 == month.end.toordinal()


def test_february_of_a_leap_year_has_29_days():
    assert len(Month(2024, 2).days) == 29


def test_month_is_called_by_its_name_in_the_language_of_the_interface():
    assert Month(2026, 11).label == "Kasım 2026"
    with override("en"):
        assert Month(2026, 11).label == "November 2026"


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        ({}, Month(2026, 11)),
        ({"yil": "", "ay": ""}, Month(2026, 11)),
        ({"yil": "1920", "ay": "4"}, Month(1920, 4)),
        ({"yil": " 2026 ", "ay": "07"}, Month(2026, 7)),
        ({"yil": "1920", "ay": ""}, Year(1920)),
        ({"yil": "1950"}, Year(1950)),
    ],
)
def test_period_is_read_from_the_address(asked, period):
    assert asked_period(asked, **BOUNDS) == period


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"yil": "dün", "ay": "1"}, "“dün” bir yıl olarak okunamadı"),
        ({"ay": "3"}, "“” bir yıl olarak okunamadı"),
        ({"yil": "2026", "ay": "13"}, "“13” bir ay olarak okunamadı"),
        ({"yil": "2026", "ay": "0"}, "bir ay olarak okunamadı"),
        ({"yil": "2026", "ay": "<script>"}, "bir ay olarak okunamadı"),
        ({"yil": "٢٠٢٦", "ay": "1"}, "bir yıl olarak okunamadı"),
        ({"yil": "0", "ay": "1"}, "bir yıl olarak okunamadı"),
        ({"yil": "9" * 5000, "ay": "1"}, "bir yıl olarak okunamadı"),
        ({"yil": "-2026", "ay": "1"}, "bir yıl olarak okunamadı"),
        ({"yil": "1920", "ay": "3"}, "Mart 1920 için gösterge yok: ilk yayım Nisan 1920"),
        ({"yil": "2026", "ay": "12"}, "Aralık 2026 için gösterge yok"),
        ({"yil": "1919"}, "1919 için gösterge yok"),
        ({"yil": "2027"}, "2027 için gösterge yok"),
    ],
)
def test_what_is_no_period_is_refused_with_a_sentence(asked, sentence):
    with pytest.raises(PeriodRefused) as refusal:
        asked_period(asked, **BOUNDS)
    assert sentence in str(refusal.value)
    assert len(str(refusal.value)) < 200


def test_day_after_the_last_is_the_end():
    assert Month(2026, 12).end == date(2027, 1, 1)
    assert Year(2026).end == date(2027, 1, 1)
