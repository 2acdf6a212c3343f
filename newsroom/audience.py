"""Hedef kitle: how editors choose who may read an item, and how the choice is told in words.

Used by the editing form (a new item, a draft), by the page that changes the audience of an item on offer and by the
lists. What the keys open is `subscribers.entitlement`'s; nothing is decided here.
"""

from collections.abc import Iterable, Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bulletin.models.audiences import normalised_audience
from subscribers.entitlement import PUBLIC, SUBSCRIBER, agency_key
from subscribers.models import Agency

from .choices import NumberedChoices

#: The choices a person has. NAMED: only the agencies ticked. BOTH: every subscriber, and those ticked whatever part of
#: the bulletin they are entitled to; offered only where an item has such an audience already.
NAMED = "agencies"
BOTH = "both"

CHOICES = [
    (PUBLIC, _("Herkese açık: internetteki herkes okur")),
    (SUBSCRIBER, _("Kullanıcı kurumlar: yetkisi bu içeriği kapsayan kurumlar okur")),
    (NAMED, _("Yalnızca aşağıda işaretlenen kurumlar okur")),
]
BOTH_CHOICE = (BOTH, _("Kullanıcı kurumlar ve ayrıca aşağıda işaretlenen kurumlar okur"))


def agency_numbers(audience: Iterable[str]) -> list[int]:
    """The numbers of the agencies that `audience` names."""
    return [int(key.partition(":")[2]) for key in audience if key.startswith("agency:")]


def agency_names(audiences: Iterable[Iterable[str]]) -> dict[int, str]:
    """Number to name of every agency that one of `audiences` names; one query at most."""
    numbers = {number for audience in audiences for number in agency_numbers(audience)}
    return dict(Agency.objects.filter(pk__in=numbers).values_list("pk", "name")) if numbers else {}


def in_words(audience: Iterable[str], names: Mapping[int, str]) -> str:
    """`audience` as people say it; `names` as from `agency_names`. Three agencies or more are counted, not named."""
    keys = list(audience)
    if PUBLIC in keys:
        return gettext("herkese açık")
    words = [gettext("kullanıcı kurumlar")] if SUBSCRIBER in keys else []
    numbers = agency_numbers(keys)
    if len(numbers) > 2:
        words.append(ngettext("%(count)d kurum", "%(count)d kurum", len(numbers)) % {"count": len(numbers)})
    else:
        words += [names.get(number, f"{number}") for number in numbers]
    return ", ".join(words)


def agencies_to_choose(audience: Iterable[str] = ()):
    """The agencies a person may tick: those whose contract has not ended, and those ticked already."""
    return Agency.objects.not_ended() | Agency.objects.filter(pk__in=agency_numbers(audience))


def choice_of(audience: Iterable[str]) -> tuple[str, list[int]]:
    """(choice, numbers of the agencies ticked): how the form shows `audience`."""
    keys = list(audience)
    numbers = agency_numbers(keys)
    if PUBLIC in keys:
        return PUBLIC, []
    if SUBSCRIBER in keys:
        return (BOTH if numbers else SUBSCRIBER), numbers
    return NAMED, numbers


def choice_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Hedef kitle"), choices=CHOICES, widget=forms.RadioSelect, initial=SUBSCRIBER, required=False
    )


def agencies_field() -> forms.ModelMultipleChoiceField:
    return NumberedChoices(
        label=_("Kurumlar"),
        queryset=Agency.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Yalnızca yukarıda kurumlar seçildiğinde geçerlidir."),
    )


class AudienceChoice:
    """For a form with the two fields above: fills them in from an audience and reads one out of them."""

    def show_audience(self, audience: Iterable[str]) -> None:
        """Lets the form begin with `audience`."""
        choice, numbers = choice_of(audience)
        if choice == BOTH:
            self.fields["audience_choice"].choices = [*CHOICES, BOTH_CHOICE]
        self.fields["audience_agencies"].queryset = agencies_to_choose(audience)
        self.initial["audience_choice"] = choice
        self.initial["audience_agencies"] = numbers

    def chosen_audience(self) -> list[str]:
        """The audience chosen, normalised. Raises ValidationError where agencies were to be ticked and none is."""
        choice = self.cleaned_data.get("audience_choice") or SUBSCRIBER
        named = [agency_key(agency.pk) for agency in self.cleaned_data.get("audience_agencies") or ()]
        if choice in (NAMED, BOTH) and not named:
            raise ValidationError({"audience_agencies": _("En az bir kurum işaretleyin.")})
        keys = {PUBLIC: [PUBLIC], SUBSCRIBER: [SUBSCRIBER], NAMED: named, BOTH: [SUBSCRIBER, *named]}
        return normalised_audience(keys[choice])
