"""Sanitising: from whatever an editor pasted or a file held to the text that is offered.

Every body passes `sanitise` before it is counted, frozen and shown; titles, summaries and names pass `clean_line` and
`clean_text`. What comes out is safe to put on a page, well formed, and final: sanitising it again gives the same bytes,
and so does editing it without a change. A body is first rebuilt from what was understood of it (`body`); then bleach,
which knows nothing of how that was done, removes what is not allowed, and has the last word.
"""

import re
from functools import lru_cache

import bleach
from wagtail.rich_text import expand_db_html

from .body import rebuild
from .features import ALLOWED_ATTRIBUTES, ALLOWED_PROTOCOLS, ALLOWED_TAGS, BODY_FEATURES
from .limits import (
    MAXIMUM_BODY_BYTES,
    MAXIMUM_ELEMENTS,
    TooLarge,
    TooManyElements,
    check_elements,
    check_size,
)
from .plain_text import clean_line, clean_text, repeated, without_forbidden

__all__ = [
    "ALLOWED_ATTRIBUTES",
    "ALLOWED_PROTOCOLS",
    "ALLOWED_TAGS",
    "BODY_FEATURES",
    "MAXIMUM_BODY_BYTES",
    "MAXIMUM_ELEMENTS",
    "TooLarge",
    "TooManyElements",
    "check_size",
    "clean_line",
    "clean_text",
    "offered_html",
    "repeated",
    "sanitise",
    "without_block_keys",
    "without_forbidden",
]

_BLOCK_KEY = re.compile(r'(<[a-z0-9]+) data-block-key="[^"]*"')


@lru_cache(maxsize=8)
def sanitise(html: str) -> str:
    """`html` with nothing but the allowed tags, attributes and addresses, its texts in NFC.

    Raises TooLarge if it has more than MAXIMUM_BODY_BYTES bytes, before or after, or TooManyElements; nothing else.
    The last answers are kept: publishing asks for the same body when it is judged, compared and frozen.
    """
    check_size(html)
    rebuilt = rebuild(html)
    check_size(rebuilt)
    check_elements(rebuilt)
    return bleach.clean(
        rebuilt,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        protocols=ALLOWED_PROTOCOLS,
        strip=True,
    )


def offered_html(body: str) -> str:
    """What readers are offered of `body`, as it is stored: links to pages become addresses, then it is sanitised.

    Raises TooLarge and TooManyElements, as `sanitise` does.
    """
    check_size(body)
    return sanitise(expand_db_html(body))


def without_block_keys(html: str) -> str:
    """`html` without the keys that the editing area writes into a body it only showed."""
    return _BLOCK_KEY.sub(r"\1", html)
