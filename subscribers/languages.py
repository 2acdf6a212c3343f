"""The language a person chose: for the site when they sign in, and for the mails they get."""

from django.conf import settings
from django.urls import translate_url
from django.utils import translation

from .models import User


def language_of(person: User, *, otherwise: str | None = None) -> str:
    """The code of the language that `person` chose; `otherwise`, or the site's own, where they chose none."""
    offered = dict(settings.LANGUAGES)
    return person.language if person.language in offered else otherwise or settings.LANGUAGE_CODE


def choose(person: User, code: str) -> None:
    """Keeps the choice; "" for none. Raises ValueError for a language that the site doesn't have."""
    if code and code not in dict(settings.LANGUAGES):
        raise ValueError(code)
    person.language = code
    person.save(update_fields=["language"])


def in_language_of(person: User, address: str) -> str:
    """`address` of a page of the site in the language `person` chose; as it is where they chose none."""
    return translate_url(address, language_of(person, otherwise=translation.get_language()))
