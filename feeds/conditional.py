"""What a feed reader says it has and can take: conditional requests (RFC 9110, 13) and compression (12.5.3).

Readers send the ETag back weak, in lists, or with the suffix of a compressed form that we or a proxy added; all of
these name the same text.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.http import HttpRequest
from django.utils import timezone

#: The forms a document is kept in, the preferred first.
ENCODINGS = ("br", "gzip")

#: An entity tag, its fingerprint apart from the suffix of a compressed form.
_ETAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*?)(?:-(?:br|gzip|deflate|zstd))?"')


def etag_of(fingerprint: str, encoding: str) -> str:
    """The ETag header's value for one form of a document; `encoding` is empty for the plain one."""
    return f'"{fingerprint}-{encoding}"' if encoding else f'"{fingerprint}"'


def last_modified_at(changed_at: datetime | None) -> datetime | None:
    """What Last-Modified may say: the second of the change, once that second is over and nothing can follow in it.

    A reader who had fetched within that second would otherwise never learn of a second change in it. To readers who
    are signed in nothing is to be said at all: their keys may have changed since, which no moment of the log tells.
    """
    if changed_at is None:
        return None
    second = changed_at.replace(microsecond=0)
    return second if timezone.now() >= second + timedelta(seconds=1) else None


def is_known(request: HttpRequest, fingerprint: str, modified_at: datetime | None) -> bool:
    """Whether the asker already has the document: its answer is then 304.

    modified_at: what Last-Modified would say; None where it is not said. If-None-Match decides wherever it is sent.
    """
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        return tags.strip() == "*" or fingerprint in _ETAG.findall(tags)
    since = request.headers.get("If-Modified-Since")
    if since is None or modified_at is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, TypeError, OverflowError):
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return modified_at.replace(microsecond=0) <= moment


def preferred_encoding(request: HttpRequest) -> str:
    """`br`, `gzip`, or nothing for the plain form: the one the asker likes best, ours first among equals."""
    weights = _weights(request.headers.get("Accept-Encoding", ""))
    best, best_weight = "", 0.0
    for encoding in ENCODINGS:
        weight = weights.get(encoding, weights.get("*", 0.0))
        if weight > best_weight:
            best, best_weight = encoding, weight
    return best if best_weight >= weights.get("identity", 0.0) else ""


def _weights(header: str) -> dict[str, float]:
    weights = {}
    for part in header.split(","):
        name, _semicolon, parameters = part.partition(";")
        weight = 1.0
        match = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameters)
        if match:
            weight = float(match[1])
        if name.strip():
            weights[name.strip().lower().removeprefix("x-")] = weight
    return weights
