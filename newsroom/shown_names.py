"""The names that a form of an item showed to whoever sends it: of desks, topics, outlets and bulletin series.

Readers are shown those names beside the text, and a second person vouches for them by saving or approving. A form that
was opened before a renaming showed another name than the one that would be kept with the draft, so it tells what it
showed, and comes back with the new name where that differs.
"""

import json
from collections.abc import Iterable, Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext

from subscribers.canonical import canonical_json, digest

#: The fields of an item's form that choose by a name.
NAMED = ("desk", "topics", "outlet", "series")
#: Hexadecimal digits of a name's digest: enough that two names of one row differ.
DIGITS = 12


class _Shown(forms.HiddenInput):
    """Holds what the form shows now, whatever was sent."""

    def __init__(self, fields: Mapping[str, forms.Field]):
        super().__init__()
        self._fields = fields

    def format_value(self, value) -> str:
        return shown_names({name: self._fields[name].queryset for name in NAMED if name in self._fields})


def shown_names(choices: Mapping[str, Iterable[Model]]) -> str:
    """What a form tells that shows `choices`, by the name of the field: a digest of each one's names, by its number."""
    return canonical_json(
        {name: {named.pk: _digest(named) for named in named_there} for name, named_there in choices.items()}
    )


def shown_names_field() -> forms.CharField:
    """The field that a form with `ShownNames` declares as `shown_names`."""
    return forms.CharField(widget=forms.HiddenInput, required=False)


class ShownNames:
    """For the form of an item: refuses what was chosen by a name that it doesn't bear any more."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["shown_names"].widget = _Shown(self.fields)

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        shown = _read(cleaned.pop("shown_names", ""))
        for name in NAMED:
            chosen = cleaned.get(name) or ()
            renamed = [
                named
                for named in ([chosen] if isinstance(chosen, Model) else chosen)
                if shown.get((name, str(named.pk))) != _digest(named)
            ]
            if renamed:
                self.add_error(name, _refusal(renamed))
        return cleaned


def _digest(named: Model) -> str:
    return digest(named.as_published())[:DIGITS]


def _read(sent: str) -> dict[tuple[str, str], str]:
    """The digests a browser sent, by field and number; none where they can't be read."""
    try:
        shown = json.loads(sent)
        return {(name, number): text for name, texts in shown.items() for number, text in texts.items()}
    except (ValueError, AttributeError, RecursionError):
        return {}


def _refusal(renamed: list[Model]) -> ValidationError:
    return ValidationError(
        gettext(
            "Form açıldıktan sonra ad değişti, şimdi: %(names)s. Okurlara bu ad gösterilir; bakıp yeniden kaydedin."
        ),
        params={"names": ", ".join(str(named) for named in renamed)},
    )
