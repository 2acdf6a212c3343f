"""What an answer must never be, whoever asks for whatever."""

import re
from urllib.parse import urljoin, urlsplit

from tests.test_entitlement_walk import WORDS

#: What only somebody who looks into the machine would see.
INSIDES = re.compile(
    rb"Traceback \(most recent call last\)|site-packages|django\.db\.utils|OperationalError|DJANGO_SETTINGS_MODULE"
)
#: What an injected template would have made of itself: the hostile ones multiply 7919 by 7907.
CALCULATED = b"62615533"
SITE = "http://testserver"


def breaches(answer, *, may_read: set[str] | None) -> list[str]:
    """In words, what is wrong with `answer` to somebody who may read items of the audiences `may_read` (None: all)."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    found = []
    if answer.status_code >= 500:
        found.append(f"status {answer.status_code}")
    if may_read is not None:
        leaked = [name for name, word in WORDS.items() if name not in may_read and word.encode() in body]
        leaked += [
            name for name, word in WORDS.items() if name not in may_read and word in str(answer.headers)
        ]
        found += [f"shows what is for “{name}” alone" for name in leaked]
    if INSIDES.search(body):
        found.append("shows the insides")
    if CALCULATED in body:
        found.append("takes what was sent for a template")
    if "Location" in answer.headers and not leads_within(answer.headers["Location"]):
        found.append(f"leads to {answer.headers['Location']}")
    if any(character in str(value) for value in answer.headers.values() for character in "\r\n\x00"):
        found.append("a header of two lines")
    return found


def leads_within(location: str) -> bool:
    """Whether a browser that follows `location` from a page of the site stays on it."""
    # A browser drops these before it reads an address, and takes a backslash for a slash.
    read = re.sub(r"[\t\r\n\x00]", "", location).strip().replace("\\", "/")
    try:
        parts = urlsplit(urljoin(f"{SITE}/a/b/", read))
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == "testserver"
