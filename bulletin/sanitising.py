"""Sanitising: from whatever an editor pasted or a file held to the text that is offered.

Every body passes `sanitise` before it is counted, frozen and shown; titles, summaries and names pass `clean_line` and
`clean_text`. What comes out is safe to put on a page, well formed, and final: sanitising it again gives the same bytes.
A body is first rebuilt from what was understood of it (`bulletin.body`); then bleach, which knows nothing of how that
was done, removes what is not allowed, and has the last word.
"""

import bleach

from .allowed import (
    ALLOWED_ATTRIBUTES,
    ALLOWED_PROTOCOLS,
    ALLOWED_TAGS,
    MAXIMUM_BODY_BYTES,
    PROTECTED_IMAGE,
    TooLarge,
    check_elements,
    check_size,
)
from .body import rebuild
from .plain_text import clean_line, clean_text

__all__ = [
    "ALLOWED_ATTRIBUTES",
    "ALLOWED_PROTOCOLS",
    "ALLOWED_TAGS",
    "MAXIMUM_BODY_BYTES",
    "PROTECTED_IMAGE",
    "TooLarge",
    "check_size",
    "clean_line",
    "clean_text",
    "sanitise",
]


def sanitise(html: str) -> str:
    """`html` with nothing but the allowed tags, attributes and addresses, its texts in NFC.

    Raises TooLarge if it has more than MAXIMUM_BODY_BYTES bytes, before or after, or TooManyElements; nothing else.
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
