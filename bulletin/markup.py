"""HTML as a flat sequence of tags and texts, split the way the HTML standard's tokeniser splits it.

Counting and sanitising both read HTML through `tokens`, so they can't disagree on what is text and what is markup. It
builds no tree, so nesting costs nothing; it never raises and takes time in proportion to its input. What is dropped
here never was text: comments, declarations, and the elements whose content is no markup, such as scripts.
"""

import html
import re
from collections.abc import Iterator
from functools import cached_property
from html.entities import html5

#: Elements that never have content, so that no end tag follows.
VOID_ELEMENTS = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()  # noqa: SIM905
)

_TAG_NAME = r"[A-Za-z][^\t\n\f\r />]*+"
_SPACE = r"[\t\n\f\r ]*+"
#: A value as it stands after "="; one that is never finished runs to the end of the text.
_VALUE = r"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\t\n\f\r >"'][^\t\n\f\r >]*+)"""
#: The rest of a tag, in which a ">" within a value doesn't count; a quote opens a value only after "=".
_REST_OF_TAG = rf"""(?:[^>"'=]++|={_SPACE}{_VALUE}?+|["'])*+"""

_TOKEN = re.compile(
    rf"""
      (?P<text>[^<]++)
    | <!--(?:-?> | .*?(?:--!?>|\Z))
    | <(?P<raw>(?ai:script|style|textarea|title|xmp|iframe|noembed|noframes))(?=[\t\n\f\r />])
      {_REST_OF_TAG}(?:>|\Z) .*? (?:</(?ai:(?P=raw))(?=[\t\n\f\r />]) {_REST_OF_TAG} (?:>|\Z) | \Z)
    | <(?P<slash>/?)(?P<name>{_TAG_NAME})(?P<rest>{_REST_OF_TAG})(?:>|\Z)
    | <[!?/][^>]*+(?:>|\Z)
    | (?P<stray><)
    """,
    re.VERBOSE | re.DOTALL,
)

_ATTRIBUTE = re.compile(
    rf"""([^\t\n\f\r "'<>/=][^\t\n\f\r />=]*+)(?:{_SPACE}={_SPACE}(?:"([^"]*+)"?|'([^']*+)'?|([^\t\n\f\r >]*+)))?"""
)

_LEADING_ZEROS = re.compile(r"&#0+")
_TOO_MANY_DIGITS = re.compile(r"&#[0-9]{8,}")
_REFERENCE_IN_ATTRIBUTE = re.compile(r"&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")


class Tag:
    """One start or end tag: its `name` in lower case, and for a start tag its attributes."""

    def __init__(self, name: str, rest: str = "", *, closing: bool = False):
        self.name = name
        self.rest = rest
        self.closing = closing

    @cached_property
    def attributes(self) -> dict[str, str]:
        """Names in lower case to values with their references decoded; of a name given twice the first counts."""
        attributes: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(self.rest):
            attributes.setdefault(name.lower(), _decode_attribute("".join(values)))
        return attributes

    @property
    def closes_itself(self) -> bool:
        """Whether it ends in `/>`, which means something in SVG and MathML alone."""
        return self.rest.endswith("/")

    def __repr__(self) -> str:
        return f"<{'/' if self.closing else ''}{self.name}{self.rest}>"


def tokens(source: str) -> Iterator[Tag | str]:
    """The tags and the texts of `source` in order; texts have their character references decoded once."""
    for match in _TOKEN.finditer(source):
        if text := match["text"] or match["stray"]:
            yield decode(text)
        elif name := match["name"]:
            yield Tag(name.lower(), match["rest"], closing=match["slash"] == "/")


def decode(text: str) -> str:
    """`text` with its character references decoded once, as the HTML standard says ("&amp;lt;" becomes "&lt;").

    A reference to no character (zero, a surrogate, beyond U+10FFFF) becomes U+FFFD, however many digits it has.
    """
    if "&" not in text:
        return text
    if "&#" in text:
        # Python refuses to read a number of thousands of digits.
        text = _TOO_MANY_DIGITS.sub("&#9999999", _LEADING_ZEROS.sub("&#0", text))
    return html.unescape(text)


def _decode_attribute(value: str) -> str:
    """As `decode`, but only what ends in a semicolon: the `&copy=` of an address is not a copyright sign."""
    if "&" not in value:
        return value
    return _REFERENCE_IN_ATTRIBUTE.sub(_decode_reference, value)


def _decode_reference(reference: re.Match) -> str:
    name = reference[0][1:]
    return decode(reference[0]) if name.startswith("#") or name in html5 else reference[0]
