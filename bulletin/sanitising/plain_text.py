"""Cleaning of plain text: titles, summaries, names, and the texts inside a body.

Every text that comes from outside passes here before it is stored, so that it can be shown, hashed, written into a
feed and compared. Cleaning what is clean changes nothing.
"""

import re

from ..counting import LINE_ENDS, WHITE_SPACE, nfc, shown

#: Characters that no stored text holds:
#: - what XML 1.0 forbids (section 2.2) and no feed could carry: C0 controls, lone surrogates, U+FFFE, U+FFFF; with them
#:   DEL, the C1 controls and the other noncharacters. Control characters that are white space are kept as such.
#: - the byte order mark, which belongs to a file and not to its text.
#: - embeddings, overrides and isolates of direction (U+202A-U+202E, U+2066-U+2069), balanced or not. An override shows
#:   other words than are stored, one left open turns round what follows it on a page, in a feed reader's list or in a
#:   log; direction belongs to the page, as Unicode's UTR #20 says. The marks LRM, RLM and ALM
#:   are kept: they reach no further than their neighbours.
FORBIDDEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "\ufeff\u202a-\u202e\u2066-\u2069"
)

_FORBIDDEN = re.compile(f"[{FORBIDDEN}]+")
_WHITE_SPACE_RUN = re.compile(f"[{WHITE_SPACE}]+")
_LINE_END = re.compile(f"\r\n|[{LINE_ENDS}]")
_EMPTY_LINES = re.compile("\n{3,}")

#: Characters that a sentence repeats of a wrong value at most.
REPEATED_LENGTH = 30


def without_forbidden(text: str) -> str:
    """`text` without the characters that no stored text holds."""
    return _FORBIDDEN.sub("", text)


def clean_line(text: str) -> str:
    """One line of plain text: NFC, each run of white space made one space, trimmed.

    Empty if nothing in it can be seen, such as zero-width spaces alone.
    """
    text = nfc(without_forbidden(text))
    return _WHITE_SPACE_RUN.sub(" ", text).strip(" ") if shown(text) else ""


def clean_text(text: str) -> str:
    """Plain text with its lines kept, each as by `clean_line`; never more than one empty line on end."""
    lines = map(clean_line, _LINE_END.split(without_forbidden(text)))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def repeated(text: str) -> str:
    """What a sentence repeats of a wrong value: its beginning as one clean line."""
    line = clean_line(text)
    return line if len(line) <= REPEATED_LENGTH else line[:REPEATED_LENGTH] + "…"
