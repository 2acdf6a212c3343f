"""How many characters a text has: the rule behind indicator H2.1, in the one place that counts.

The publication log stores what these functions say and the editor's live figure asks them; both give sanitised HTML.
The same text must give the same count for ever, on every machine: the classes of characters are therefore written out
here instead of being asked from Python, whose Unicode tables change with its version. A change of what is counted is a
new rule with a new number, never an edit. The table of examples in tests/bulletin/test_counting.py is normative.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from .markup import tokens

#: The number of the rule that holds now; each row of the log names the rule it was counted by.
RULE = 1

#: Elements whose beginning and end both end a paragraph.
PARAGRAPH_ENDS = frozenset("p h1 h2 h3 h4 h5 h6 li td th blockquote figcaption pre div br hr".split())  # noqa: SIM905

#: The characters with the Unicode property White_Space (PropList.txt), the no-break spaces among them.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)

#: Control (Cc) and format (Cf) characters that are not white space, as of Unicode 16: soft hyphen, joiners, direction
#: marks, byte order mark... Lone surrogates stand with them: they are no characters and can't be stored.
INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f\ud800-\udfff"
)

#: What ends a line of plain text, and with it a paragraph.
LINE_ENDS = "\n\v\f\r\x85\u2028\u2029"

#: Length from which a run of characters outside Latin (where combining marks begin) is looked at, see `nfc`.
LONG_RUN = 200

_LONG_RUN = re.compile(f"[\u0300-\U0010ffff]{{{LONG_RUN},}}")
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_NOT_ONE_SPACE = re.compile(f"[{WHITE_SPACE}]{{2,}}|[{WHITE_SPACE.replace(' ', '')}]")
_LINE_END = re.compile(f"[{LINE_ENDS}]+")


class UnknownRule(ValueError):
    """A count was asked for by a rule that this version doesn't have."""


@dataclass(frozen=True)
class CharacterCount:
    """Code points shown to the reader, with spaces (*boşluklu*) and without (*boşluksuz*)."""

    characters: int = 0
    characters_without_spaces: int = 0

    def __add__(self, other: "CharacterCount") -> "CharacterCount":
        return CharacterCount(
            self.characters + other.characters,
            self.characters_without_spaces + other.characters_without_spaces,
        )


def count_item(title: str, summary: str, html: str, *, rule: int = RULE) -> CharacterCount:
    """The characters of an item: plain-text title and summary and the body, each counted by itself.

    Raises UnknownRule if `rule` is not one of this version's.
    """
    if rule != RULE:
        raise UnknownRule(f"There is no counting rule {rule}; this version counts by rule {RULE}.")
    return count_text(title) + count_text(summary) + count_html(html)


def count_html(html: str) -> CharacterCount:
    """The characters of all paragraphs of `html`, by rule 1 (design, "Counting (H2.1)")."""
    return _count(paragraphs(html))


def count_text(text: str) -> CharacterCount:
    """The characters of plain `text`, in which each line is a paragraph, by rule 1."""
    return _count(map(shown, _LINE_END.split(text)))


def paragraphs(html: str) -> Iterator[str]:
    """The paragraphs of `html` that have characters, as they are counted; without comments, scripts, templates."""
    texts: list[str] = []
    templates = 0
    for token in tokens(html):
        if isinstance(token, str):
            if not templates:
                texts.append(token)
        elif token.name == "template":
            templates = max(0, templates - 1) if token.closing else templates + 1
        elif token.name in PARAGRAPH_ENDS and texts:
            if paragraph := shown("".join(texts)):
                yield paragraph
            texts.clear()
    if paragraph := shown("".join(texts)):
        yield paragraph


def nfc(text: str) -> str:
    """`text` in Unicode Normalisation Form C, in time proportional to its length.

    Python sorts a run of combining marks by insertion; a million of them, sent in the wrong order, would take hours.
    Marks already sorted (UAX #15, "Canonical Ordering Algorithm") cost it nothing, so long runs are sorted first.
    """
    if len(text) > LONG_RUN:
        text = _LONG_RUN.sub(_in_canonical_order, text)
    return unicodedata.normalize("NFC", text)


def _in_canonical_order(run: re.Match) -> str:
    decomposed = "".join(unicodedata.normalize("NFD", character) for character in run[0])
    groups = groupby(decomposed, key=lambda character: unicodedata.combining(character) > 0)
    return "".join(
        "".join(sorted(group, key=unicodedata.combining) if marks else group) for marks, group in groups
    )


def shown(paragraph: str) -> str:
    """The code points of one `paragraph` that count.

    In this order: NFC; invisible characters removed; each run of white space made one space; trimmed.
    """
    paragraph = _INVISIBLE.sub("", nfc(paragraph))
    return _NOT_ONE_SPACE.sub(" ", paragraph).strip(" ")


def _count(paragraphs: Iterator[str]) -> CharacterCount:
    characters = spaces = 0
    for paragraph in paragraphs:
        characters += len(paragraph)
        spaces += paragraph.count(" ")
    return CharacterCount(characters, characters - spaces)
