"""Errors as pages. The answer to what isn't there is also the answer to what may not be read.

Both must be the same to the byte, whoever asks: the page holds nothing of the reader or of the address, no token, and
offers signing in to everyone. Its headers are the same too.
"""

from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseNotFound, HttpResponseServerError
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseNotFound:
    """404, in the language of the interface."""
    # Through whose eyes an administrator looks, where one does; it says nothing of what was asked.
    looks = {"viewing": getattr(request, "viewing", None)}
    response = HttpResponseNotFound(render_to_string("404.html", looks))
    response.headers["Cache-Control"] = "private, no-store"
    # The address may hold a secret that opened something until a moment ago.
    response.headers["Referrer-Policy"] = "no-referrer"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:
    """400. Asks nothing of the request, unlike Django's own, which reads its token: that may be what can't be read."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def failed(request: HttpRequest) -> HttpResponseServerError:
    """500, in both languages, without anything that may have failed itself."""
    return HttpResponseServerError(render_to_string("500.html"))
