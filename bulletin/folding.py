"""Folding: one spelling for words typed properly, in ASCII or IN CAPITALS.

Used by the editors' box (folded titles in the database), by search and for the slug in an address.
"""

import re
import unicodedata

from anyascii import anyascii

#: Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th"}
)
_TURKISH_CAPITALS = str.maketrans({"I": "ı", "İ": "i"})


def turkish_lower(text: str) -> str:
    """`text` in lower case by the Turkish rules: I becomes ı, İ becomes i."""
    return unicodedata.normalize("NFC", text).translate(_TURKISH_CAPITALS).lower()


def fold(text: str) -> str:
    """`text` in lower case and without marks, in its own script: "İSTANBUL'da" and "istanbul'da" fold to the same."""
    decomposed = unicodedata.normalize("NFKD", turkish_lower(text))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


def slug_of(title: str, *, maximum: int = 80) -> str:
    """The words of `title` as a part of an address: ASCII letters and digits joined by hyphens.

    Other scripts are transliterated. At most `maximum` characters, cut between words; "icerik" where nothing is left.
    """
    latin = anyascii(turkish_lower(re.sub(r"['’]", "", title))).lower()
    slug = ""
    for word in re.findall(r"[a-z0-9]+", latin):
        longer = f"{slug}-{word}" if slug else word[:maximum]
        if len(longer) > maximum:
            break
        slug = longer
    return slug or "icerik"
