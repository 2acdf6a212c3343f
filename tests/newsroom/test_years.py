"""Dates of another age are refused by every form that takes one, with a sentence."""

import pytest
from django import forms
from django.utils import timezone
from django_filters.fields import DateRangeField

MOMENTS = ("01.01.0001", "0001-01-01", "9999-12-31", "2201-01-01", "1799-12-31")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    "field",
    [forms.DateField, forms.DateTimeField, forms.SplitDateTimeField, DateRangeField],
    ids=lambda field: field.__name__,
)
def test_day_of_another_age_is_refused(field, moment):
    several = {forms.SplitDateTimeField: [moment, "00:00"], DateRangeField: [moment, moment]}
    with pytest.raises(forms.ValidationError, match="1800 ile 2200 arasında"):
        field().clean(several.get(field, moment))


@pytest.mark.parametrize("field", [forms.DateField, forms.DateTimeField])
def test_day_of_ours_is_taken_and_none_is_refused_as_before(field):
    assert field().clean("23.11.2026") is not None
    assert field().clean(timezone.now()) is not None
    assert field(required=False).clean("") is None
    with pytest.raises(forms.ValidationError) as refusal:
        field().clean("")
    assert refusal.value.code == "required"


def test_field_made_before_the_start_is_under_the_rule_too():
    """The rule lies on the class: forms are read before and after the application is ready."""
    from administration.personal_data import RequestForm

    with pytest.raises(forms.ValidationError, match="1800 ile 2200 arasında"):
        RequestForm.base_fields["received_on"].clean("0001-01-01")
