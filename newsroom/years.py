"""Every date that a form takes lies in a year that the calendar here takes (`bulletin.calendar`), and is told so.

The first and last years of Python's calendar can't be reckoned with: a moment in them has no equivalent in another
time zone, so that saving one, or asking the database for it, fails. Forms of Wagtail's, filters of its lists and forms
of our own take dates by Django's two fields alike, so the rule is laid on these, whichever form holds them.
"""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bulletin.calendar import FIRST_YEAR, LAST_YEAR


def refuse_other_years(moment: date | None) -> None:
    """Raises ValidationError for a day or moment in a year that isn't taken. None is no day."""
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(
            _("Tarihin yılı %(first)d ile %(last)d arasında olmalı.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )


def _validate(field: forms.Field, value) -> None:
    forms.Field.validate(field, value)
    refuse_other_years(value or None)


def install() -> None:
    """Called once, when the application is ready."""
    forms.DateField.validate = forms.DateTimeField.validate = _validate
