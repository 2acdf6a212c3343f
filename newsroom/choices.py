"""What a browser sends as the number of something chosen: topics, agencies, an image, an entry's item.

It may be anything. A value that is no number is refused like the number of something that isn't there, where Django's
and Wagtail's own would fail.
"""

import re

from django import forms
from django.core.exceptions import ValidationError
from wagtail.images.widgets import AdminImageChooser


def is_number(sent: object) -> bool:
    """Whether `sent`, as a browser sends it, is a number that a row can have."""
    return re.fullmatch("[0-9]{1,18}", str(sent), re.ASCII) is not None


class NumberedChoices(forms.ModelMultipleChoiceField):
    """Django's, which asks the database for any number; for one of forty digits that fails."""

    def clean(self, value):
        for sent in value or ():
            if not is_number(sent):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": sent}
                )
        return super().clean(value)


class ShowsWhatIsThere:
    """For a chooser: a form sent with something else than a number comes back with an empty choice."""

    def get_instance(self, value):
        if isinstance(value, self.model_class) or is_number(value):
            return super().get_instance(value)
        return None


class ImageChooser(ShowsWhatIsThere, AdminImageChooser):
    pass
