"""How a page is answered: who may keep a copy, and what a reader who has one already is told.

A visitor's page holds nothing of the visitor, so anybody may keep it if they ask again before showing it (a withdrawal
must be seen at once). A signed-in reader's page is theirs alone.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
    set_response_etag,
)
from django.utils.http import http_date, quote_etag

from feeds.conditional import last_modified_at


def answered(
    request: HttpRequest, response: HttpResponse, *, changed_at: datetime | None = None, public: bool = True
) -> HttpResponse:
    """`response` with its caching headers, or 304 where the reader has it already.

    changed_at: when what it shows changed last, where one moment says that. public: whether a visitor may see it.
    """
    if isinstance(response, TemplateResponse) and not response.is_rendered:
        response.render()
    patch_vary_headers(response, ["Cookie"])
    if request.reader.is_anonymous and public:
        patch_cache_control(response, public=True, no_cache=True)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    if not public:
        response.headers["X-Robots-Tag"] = "noindex"
    if not request.reader.is_anonymous or response.status_code != 200:
        return response
    set_response_etag(response)
    last_modified = None
    if (moment := last_modified_at(changed_at)) is not None:
        last_modified = int(moment.timestamp())
        if last_modified > 0:
            response.headers["Last-Modified"] = http_date(last_modified)
    return get_conditional_response(
        request, etag=response.headers.get("ETag"), last_modified=last_modified, response=response
    )


def unchanging(request: HttpRequest, response: HttpResponse, *, name: str) -> HttpResponse:
    """`response`, whose bytes never change under its address; `name` is its validator."""
    etag = quote_etag(name)
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "none"
    patch_cache_control(response, private=True, max_age=31_536_000, immutable=True)
    return get_conditional_response(request, etag=etag, response=response)
