"""How much a request may bring: told by its Content-Length, before a byte of its body is read.

The forms of the site are small; those of the admin bring pictures and lists of people. The limits stand in
`settings.REQUEST_BODY_LIMITS` by the beginning of an address. Django reads no more of a body than its Content-Length
says, so that a false one gains nothing.
"""

import logging
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

logger = logging.getLogger(__name__)

#: RFC 9110, section 8.6: figures and nothing else. Python would read more as a number.
_LENGTH = re.compile(r"[0-9]+", re.ASCII)
#: Figures of a length that can be meant.
LONGEST = 18


def limit_for(path: str) -> int:
    """Bytes that the body of a request to `path` may hold: the limit of the longest beginning that it has."""
    beginnings = filter(path.startswith, settings.REQUEST_BODY_LIMITS)
    return settings.REQUEST_BODY_LIMITS[max(beginnings, key=len, default="/")]


class RequestBodyMiddleware:
    """413 for a body that is too large, 400 for a length that is none, 411 where there is none: Django would take
    such a body for an empty one.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        limit = limit_for(request.path_info)
        if length and not _LENGTH.fullmatch(length):
            return _refusal(400, gettext("Gönderilen verinin uzunluğu okunamadı. Hiçbir şey kaydedilmedi."))
        if length and (len(length) > LONGEST or int(length) > limit):
            logger.warning("request_body_refused path=%s bytes=%.20s limit=%d", request.path, length, limit)
            sentence = gettext(
                "Gönderilen veri çok büyük: bu adrese en çok %(kilobytes)d KB gönderilebilir. "
                "Hiçbir şey kaydedilmedi."
            ) % {"kilobytes": limit // 1024}
            return _refusal(413, sentence)
        if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
            return _refusal(
                411, gettext("Gönderilen verinin uzunluğu belirtilmemiş. Hiçbir şey kaydedilmedi.")
            )
        return self.get_response(request)


def _refusal(status: int, sentence: str) -> HttpResponse:
    response = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
