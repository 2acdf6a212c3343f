"""The one spelling of what people type: e-mail addresses, codes."""

import re
import unicodedata

#: An `i` with a dot of its own above it: what `İ` becomes when it is lowered.
_DOTTED_I = re.compile("i\N{COMBINING DOT ABOVE}+")


def lower_case(text: str) -> str:
    """`text` lowered with the root rules, never the Turkish ones: `I` and `İ` become `i` on every machine."""
    return _DOTTED_I.sub("i", text.lower())


def normalise_email(address: str) -> str:
    """The one spelling of an e-mail address that is stored and looked up: NFKC, lower case, nothing unseen in it.

    Both parts are lowered with the root rules, never the Turkish ones: `I` must become `i` on every machine. `İ`, which
    a Turkish keyboard writes for it under caps lock, becomes `i` too; `ı` stays a letter of its own. Control and format
    characters (zero-width spaces, a byte order mark), which pasting brings along, are dropped, and white space around.
    """
    seen = "".join(character for character in address if not _is_unseen(character))
    lowered = lower_case(unicodedata.normalize("NFKC", seen))
    return unicodedata.normalize("NFKC", lowered).strip()


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs")
