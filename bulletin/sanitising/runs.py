"""One run of words within a block, written out as HTML: words, the formats they stand in, line breaks.

`body` feeds it piece by piece. Formats are kept as a state, as an editor keeps them, and not as a tree: tags that
overlap, repeat or hold nothing therefore can't be written, and the same words in the same formats always give the same
bytes.
"""

import re
from html import escape

from ..counting import WHITE_SPACE, nfc, shown
from .formats import Format

#: White space that becomes one space. A single no-break or typographic space is left as it is.
_TO_ONE_SPACE = re.compile(f"[{WHITE_SPACE}]{{2,}}|[\t\n\v\f\r\x85\u2028\u2029]")

#: Composes with the ">" of a tag before it, should anyone ever normalise the HTML as a whole; written as a reference.
_LONG_SOLIDUS = "\u0338"


class Run:
    """What is written between two ends of paragraphs."""

    def __init__(self):
        self.breaks = 0  # line breaks that wait for something to follow them
        self._written: list[str] = []
        self._text: list[str] = []  # of the text node being written
        self._space = ""  # white space that waits for something to follow it on the line
        self._open: tuple[Format, ...] = ()
        self._shows_something = False

    def add_text(self, text: str, formats: tuple[Format, ...]) -> None:
        """Words and white space standing in `formats`, outermost first."""
        words = text.lstrip(WHITE_SPACE)
        self._space += text[: len(text) - len(words)]
        if not words:
            return
        self._stand_in(formats)
        stripped = words.rstrip(WHITE_SPACE)
        self._text.append(_TO_ONE_SPACE.sub(" ", stripped))
        self._space = words[len(stripped) :]
        self._shows_something = self._shows_something or bool(shown(stripped))

    def add_break(self) -> None:
        """A line break; at the run's beginning and end it counts for nothing."""
        self._space = ""
        if not self._is_empty:
            self.breaks += 1

    def end_line(self) -> None:
        """One line break, however often it is asked for."""
        if not self.breaks:
            self.add_break()

    def html(self) -> str:
        """The finished run; empty if it shows nothing. Nothing may be added afterwards."""
        self._close_down_to(0)
        self._end_text()
        return "".join(self._written) if self._shows_something else ""

    @property
    def _is_empty(self) -> bool:
        return not (self._written or self._text)

    def _stand_in(self, formats: tuple[Format, ...]) -> None:
        """Changes the open formats to `formats`, with the waiting break or space in between.

        No format goes on across a break: the editing area writes none within a link.
        """
        shared = 0
        if not self.breaks:
            while shared < min(len(formats), len(self._open)) and formats[shared] == self._open[shared]:
                shared += 1
        self._close_down_to(shared)
        if self.breaks:
            self._end_text()
            self._written.append("<br>" * self.breaks)
            self.breaks = 0
        elif self._space and not self._is_empty:
            self._text.append(_TO_ONE_SPACE.sub(" ", self._space))
        self._space = ""
        for element in formats[shared:]:
            self._end_text()
            self._written.append(_start(element))
        self._open = formats

    def _close_down_to(self, number: int) -> None:
        for element in reversed(self._open[number:]):
            self._end_text()
            self._written.append(f"</{element.name}>")
        self._open = self._open[:number]

    def _end_text(self) -> None:
        text = nfc("".join(self._text))
        self._text.clear()
        if text.startswith(_LONG_SOLIDUS):
            self._written.append(f"&#x{ord(_LONG_SOLIDUS):x};")
            text = text[1:]
        self._written.append(escape(text, quote=False))


def _start(element: Format) -> str:
    return f'<{element.name} href="{escape(element.address)}">' if element.address else f"<{element.name}>"
