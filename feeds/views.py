"""The feeds' views: ask for the reader's document, compare with what they have, count the use, answer.

The public address takes a token, or who is signed in, or nobody; the private ones take a token and nothing else.
"""

from datetime import UTC
from email.utils import format_datetime

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from metrics.models import Presence
from metrics.presence import record_delivery, record_poll
from subscribers.models import Token
from subscribers.token_access import readable_by_token

from .channels import CHANNELS
from .conditional import etag_of, is_known, last_modified_at, preferred_encoding
from .documents import current_document

#: Seconds for which others may keep the public feed without asking again.
PUBLIC_AGE = 30


@require_safe
@readable_by_token(Token.Scope.FEEDS)
def feed(request: HttpRequest, kind: str) -> HttpResponse:
    """The feed of the items of `kind` that the reader may read; 304 where they have it already."""
    return answer(request, kind)


@csrf_exempt  # It changes nothing, and what the browser is signed in as has no part in it.
@require_safe
@readable_by_token(Token.Scope.FEEDS, required=True)
def private_feed(request: HttpRequest, kind: str) -> HttpResponse:
    """The same for the holder of the token that the address or a header holds; nobody else is answered."""
    return answer(request, kind)


def answer(request: HttpRequest, kind: str) -> HttpResponse:
    """The feed of `kind` for `request.reader`."""
    reader = request.reader
    document = current_document(CHANNELS[kind], reader.keys)
    encoding = preferred_encoding(request)
    modified_at = last_modified_at(document.changed_at) if reader.is_anonymous else None
    if is_known(request, document.etag, modified_at):
        response = HttpResponseNotModified()
        record_poll(request, Presence.Channel.FEED)
    else:
        response = _answer(request, document, encoding)
    response.headers["ETag"] = etag_of(document.etag, encoding)
    if modified_at:
        response.headers["Last-Modified"] = format_datetime(modified_at.astimezone(UTC), usegmt=True)
    if reader.is_anonymous:
        response.headers["Cache-Control"] = f"public, max-age={PUBLIC_AGE}"
    else:
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Referrer-Policy"] = "no-referrer"
    patch_vary_headers(response, ["Cookie", "Authorization", "Accept-Encoding"])
    return response


def _answer(request: HttpRequest, document, encoding: str) -> HttpResponse:
    body = bytes({"br": document.brotli, "gzip": document.gzip}.get(encoding, document.body))
    is_head = request.method == "HEAD"
    response = HttpResponse(b"" if is_head else body, content_type="application/rss+xml; charset=utf-8")
    response.headers["Content-Length"] = str(len(body))
    if encoding:
        response.headers["Content-Encoding"] = encoding
    if not is_head:
        record_delivery(request, Presence.Channel.FEED)
    return response
