"""Languages and countries: the codes that items hold and their names in the interface language; how a name begins.

Codes are ISO 639-1 (languages) and ISO 3166-1 alpha-2 (countries); names come from the Unicode CLDR through Babel.
"""

from functools import cache

from babel import Locale
from django.utils.translation import get_language

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku-Arab", "ps", "sd", "ug", "ur", "yi"})


@cache
def _names(interface_language: str) -> tuple[dict[str, str], dict[str, str]]:
    locale = Locale.parse(interface_language)
    languages = {code: name for code, name in locale.languages.items() if len(code) == 2}
    countries = {code: name for code, name in locale.territories.items() if len(code) == 2 and code.isalpha()}
    for code in ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"):
        countries.pop(code, None)
    return languages, countries


def _interface_language() -> str:
    return (get_language() or "tr").split("-")[0]


@cache
def _by_name(interface_language: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Languages and countries as menus list them. Kept, since each cleaning of an item asks for both."""
    from .folding import fold

    languages, countries = (
        sorted(names.items(), key=lambda pair: fold(pair[1])) for names in _names(interface_language)
    )
    return languages, countries


#: Languages in which items are offered, for menus; others appear in one when the address asks for them. What is held
#: is not asked: it would tell of items that the reader may not read.
OFFERED_LANGUAGES = ("tr", "en", "ar", "de", "es", "fr", "ru")


def languages() -> list[tuple[str, str]]:
    """(code, name) of every language, by name, in the interface language."""
    return [*_by_name(_interface_language())[0]]


def countries() -> list[tuple[str, str]]:
    """(code, name) of every country, by name, in the interface language."""
    return [*_by_name(_interface_language())[1]]


def language_name(code: str) -> str:
    """The name of a language in the interface language; the code itself where it is unknown."""
    return _names(_interface_language())[0].get(code, code)


def country_name(code: str) -> str:
    """The name of a country in the interface language; the code itself where it is unknown."""
    return _names(_interface_language())[1].get(code, code)


def language_in_words(code: str) -> tuple[str, ...]:
    """Every word for a language that a person may type: its code, its Turkish and its English name."""
    return _in_words(code, 0)


def country_in_words(code: str) -> tuple[str, ...]:
    """Every word for a country that a person may type: its code, its Turkish and its English name."""
    return _in_words(code, 1)


def _in_words(code: str, which: int) -> tuple[str, ...]:
    names = (_names(interface_language)[which].get(code) for interface_language in ("tr", "en"))
    return tuple(dict.fromkeys([code, *filter(None, names)])) if code else ()


def direction(language: str) -> str:
    """`rtl` or `ltr`: the direction in which a text in `language` is written."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def capitalised(words: str) -> str:
    """`words` with a capital first letter; a Turkish i becomes İ under the Turkish interface alone."""
    if words[:1] == "i" and _interface_language() == "tr":
        return "İ" + words[1:]
    return words[:1].upper() + words[1:]
