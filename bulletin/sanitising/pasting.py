"""What Word and web editors write around a text: hidden parts, looks in place of meaning, lists that are no lists.

Called by `body` before it builds one; after it, bold is bold and a list is a list. Nothing here decides
what is allowed.
"""

import re
from collections.abc import Iterable, Iterator

from ..markup import VOID_ELEMENTS, Tag

#: Elements that never hold the text of an article, dropped with all their content.
DROPPED_ELEMENTS = frozenset(
    "applet audio canvas datalist del frameset map math noscript object select svg template video xml".split()  # noqa: SIM905
)

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|mso-list\s*:\s*ignore"
    r"|mso-element\s*:\s*comment-list|mso-special-character\s*:\s*comment",
    re.IGNORECASE | re.ASCII,
)
_DECLARATION = re.compile(
    r"(?<![\w-])(font-weight|font-style|vertical-align)\s*:\s*([a-z0-9]+)", re.IGNORECASE | re.ASCII
)
_LIST_LEVEL = re.compile(r"mso-list\s*:\s*l\d+\s+level([1-9])\b", re.IGNORECASE | re.ASCII)
_IGNORED_MARKER = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"\s*\(?(?:\d{1,3}|\w|[ivxlcdm]{1,6})[.)]", re.IGNORECASE)

#: How far from a list paragraph's beginning Word's bullet or number is looked for, in tags and texts.
_MARKER_WITHIN = 12


def without_dropped_elements(tokens: Iterable[Tag | str]) -> Iterator[Tag | str]:
    """`tokens` without the elements that are hidden or hold no text of an article, and without their content.

    An element that is never closed loses its tag alone: better an odd word on the page than half an article gone.
    """
    tokens = list(tokens)
    end_of = _ends(tokens)
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if position in end_of and _is_dropped(token):
            position = end_of[position]
        else:
            yield token
        position += 1


def with_word_lists(tokens: Iterable[Tag | str]) -> Iterator[Tag | str]:
    """`tokens` with Word's list paragraphs (`mso-list`) as real lists, nested by their level.

    Whether a list is numbered is read from the number Word wrote before its first entry.
    """
    tokens = list(tokens)
    lists: list[str] = []
    in_entry = False
    for position, token in enumerate(tokens):
        if level := _list_level(token):
            kind = _kind_of_list(tokens[position + 1 : position + 1 + _MARKER_WITHIN])
            yield from _ended(lists, level)
            if len(lists) == level and lists[-1] != kind:
                yield from _ended(lists, level - 1)
            while len(lists) < level:
                lists.append(kind)
                yield Tag(kind)
            yield Tag("li", token.rest)
            in_entry = True
        elif in_entry and not _is_paragraph(token):
            yield token
        elif in_entry and token.closing:
            in_entry = False
        else:
            if not isinstance(token, str) or token.strip():
                in_entry = False
                yield from _ended(lists, 0)
            yield token
    yield from _ended(lists, 0)


def formats_of(tag: Tag) -> dict[str, bool]:
    """Which of strong, em, sub and sup the style of `tag` turns on (True) or off (False)."""
    formats: dict[str, bool] = {}
    for name, value in _DECLARATION.findall(tag.attributes.get("style", "").lower()):
        if name == "font-weight":
            formats["strong"] = value in ("bold", "bolder") or (
                value.isdecimal() and len(value) == 3 and value >= "600"
            )
        elif name == "font-style":
            formats["em"] = value in ("italic", "oblique")
        elif value in ("sub", "super", "baseline"):
            formats["sub"], formats["sup"] = value == "sub", value == "super"
    return formats


def _ends(tokens: list[Tag | str]) -> dict[int, int]:
    """Positions of start tags to the positions of the end tags that close them."""
    ends: dict[int, int] = {}
    open_tags: dict[str, list[int]] = {}
    for position, token in enumerate(tokens):
        if isinstance(token, str) or token.name in VOID_ELEMENTS:
            continue
        if not token.closing:
            if token.name in ("svg", "math") and token.closes_itself:
                ends[position] = position
            else:
                open_tags.setdefault(token.name, []).append(position)
        elif open_tags.get(token.name):
            ends[open_tags[token.name].pop()] = position
    return ends


def _is_dropped(tag: Tag) -> bool:
    return (
        tag.name in DROPPED_ELEMENTS
        or "hidden" in tag.attributes
        or bool(_HIDDEN_STYLE.search(tag.attributes.get("style", "")))
    )


def _is_paragraph(token: Tag | str) -> bool:
    return isinstance(token, Tag) and token.name == "p"


def _list_level(token: Tag | str) -> int:
    """The level (1-9) of the list that a paragraph of Word's belongs to; 0 for anything else."""
    if not _is_paragraph(token) or "mso-list" not in token.rest.lower():
        return 0
    level = _LIST_LEVEL.search(token.attributes.get("style", ""))
    return int(level[1]) if level else 0


def _kind_of_list(beginning: list[Tag | str]) -> str:
    in_marker = False
    for token in beginning:
        if isinstance(token, str):
            if in_marker and token.strip():
                return "ol" if _NUMBER.match(token) else "ul"
        elif _IGNORED_MARKER.search(token.attributes.get("style", "")):
            in_marker = True
    return "ul"


def _ended(lists: list[str], level: int) -> Iterator[Tag]:
    """End tags for the innermost of `lists` until `level` of them are left; they are taken from `lists`."""
    while len(lists) > level:
        yield Tag(lists.pop(), closing=True)
