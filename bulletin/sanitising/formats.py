"""The inline elements that are open while a body is read, and the formats that words stand in because of them."""

from typing import NamedTuple

from ..markup import Tag
from .addresses import link_address
from .pasting import formats_of

#: Elements within elements that are told apart.
MAXIMUM_DEPTH = 50

#: Inline elements that mean something, as the formats they are written in.
MEANINGFUL = {
    "a": "a",
    "b": "strong",
    "strong": "strong",
    "cite": "em",
    "dfn": "em",
    "em": "em",
    "i": "em",
    "sub": "sub",
    "sup": "sup",
}

#: The order in which words stand in formats, outermost first.
FORMATS = tuple(dict.fromkeys(MEANINGFUL.values()))

#: What a browser draws around a quotation within a paragraph, and around one within that.
QUOTATION_MARKS = ("“”", "‘’")


class Format(NamedTuple):
    """What words stand in; of a link its address too."""

    name: str
    address: str = ""


class _Element(NamedTuple):
    """An element that is open, and the formats it turns on (True, or a link's address) and off (False, None)."""

    name: str
    formats: dict[str, str | bool | None]


class InlineElements:
    """Those that are open, in the order they were opened."""

    def __init__(self):
        self._open: list[_Element] = []
        self._formats: tuple[Format, ...] | None = ()  # None: to be found out

    def __len__(self) -> int:
        return len(self._open)

    def open(self, tag: Tag) -> str:
        """Opens the element that `tag` begins; gives the words it is shown to begin with."""
        if len(self._open) >= MAXIMUM_DEPTH:
            return ""
        words = self._quotation_marks()[0] if tag.name == "q" else ""
        formats: dict[str, str | bool | None] = {}
        if tag.name == "a":
            formats["a"] = link_address(tag.attributes.get("href", ""))
        elif tag.name in MEANINGFUL:
            formats[MEANINGFUL[tag.name]] = True
        self._open.append(_Element(tag.name, formats | formats_of(tag)))
        self._formats = None
        return words

    def close(self, name: str) -> str:
        """Closes the innermost element `name`, if one is open; gives the words it is shown to end with."""
        for position in reversed(range(len(self._open))):
            if self._open[position].name == name:
                del self._open[position]
                self._formats = None
                return self._quotation_marks()[1] if name == "q" else ""
        return ""

    def cut(self, number: int) -> None:
        """Closes all but the first `number`."""
        del self._open[number:]
        self._formats = None

    def formats(self) -> tuple[Format, ...]:
        """What words stand in now, outermost first: each format once, the innermost link."""
        if self._formats is None:
            now: dict[str, str | bool | None] = {}
            for element in self._open:
                now.update(element.formats)
            self._formats = tuple(
                Format(name, now["a"] if name == "a" else "") for name in FORMATS if now.get(name)
            )
        return self._formats

    def _quotation_marks(self) -> str:
        depth = sum(element.name == "q" for element in self._open)
        return QUOTATION_MARKS[depth % len(QUOTATION_MARKS)]
