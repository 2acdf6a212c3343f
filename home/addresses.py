"""Addresses of the site in the language of its interface.

One page tree and one set of items serve both languages: Turkish stands at the root, English under `/en/`. Stored
addresses (`Publication.url_path`, the sections' slugs) are the Turkish ones; here they get the reader's prefix.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, override

#: The slug of each section front, by the kind it lists.
SECTION_SLUGS = {"news": "haberler", "statement": "aciklamalar", "bulletin": "bultenler"}
#: The slug of the plan's first page; the plan's sections stand under it.
PLAN_SLUG = "plan"


@dataclass(frozen=True)
class OtherLanguage:
    """The same page in another language of the interface."""

    code: str
    name: str
    address: str


def localised(path: str) -> str:
    """`path` (absolute, without a language prefix) in the language of the interface."""
    language = get_language() or settings.LANGUAGE_CODE
    return path if language == settings.LANGUAGE_CODE else f"/{language}{path}"


def without_language(path: str) -> str:
    """`path` without its language prefix, which is how addresses are stored."""
    for code, _name in settings.LANGUAGES:
        if path.startswith(f"/{code}/"):
            return path[len(code) + 1 :]
    return path


def other_languages(request: HttpRequest) -> list[OtherLanguage]:
    """The page that `request` asked for, with its query, in each language but the present one."""
    return _in_other_languages(without_language(request.path), request.META.get("QUERY_STRING", ""))


def front_pages() -> list[OtherLanguage]:
    """The home page in each language but the present one."""
    return _in_other_languages("/")


def _in_other_languages(path: str, query: str = "") -> list[OtherLanguage]:
    present = get_language()
    others = []
    for code, name in settings.LANGUAGES:
        if code == present:
            continue
        with override(code):
            address = localised(path)
        others.append(OtherLanguage(code, name, f"{address}?{query}" if query else address))
    return others


def page_address(*slugs: str) -> str:
    """The address of a Wagtail page by the slugs that lead to it, in the language of the interface."""
    return reverse("wagtail_serve", args=("".join(f"{slug}/" for slug in slugs),))


def section_address(kind: str) -> str:
    """The address of the section front that lists items of `kind` (news, statement, bulletin)."""
    return page_address(SECTION_SLUGS[kind])
