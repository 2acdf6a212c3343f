"""How forms of the admin tell what the model refuses: beside the field a person sees, and once."""

from django.core.exceptions import ValidationError


class ToldOnce:
    """For a model form: the model has nothing to add to a field that the form has already refused.

    told_beside: fields of the model that the form has under another name.
    """

    told_beside: dict[str, str] = {}

    def add_error(self, field, error) -> None:
        if field is None and hasattr(error, "error_dict"):
            sentences: dict[str, list[ValidationError]] = {}
            for name, errors in error.error_dict.items():
                beside = self.told_beside.get(name, name)
                if beside not in self.errors:
                    sentences.setdefault(beside, []).extend(errors)
            if not sentences:
                return
            error = ValidationError(sentences)
        super().add_error(field, error)
