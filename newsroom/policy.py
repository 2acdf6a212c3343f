"""Two things every page of the admin gets: a content security policy of its own, and no error page for a refusal.

The site's strict policy leaves /yonetim/ out, because Wagtail's pages hold inline scripts and styles without nonces.
This one forbids everything from elsewhere all the same. Laid around each admin view by `newsroom.urls`.
"""

import logging
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from wagtail.admin import messages

from .actions import held_by
from .forged import refuse_forged

logger = logging.getLogger(__name__)

HEADER = "Content-Security-Policy"

POLICY = "; ".join(
    f"{directive} {sources}"
    for directive, sources in {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }.items()
)


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`view`, whose refusals lead back with a sentence, and whose answers bear the admin's policy."""

    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        refuse_forged(request, kwargs)
        try:
            response = view(request, *args, **kwargs)
        except ValidationError as refusal:
            response = _told(request, " ".join(refusal.messages))
        except ProtectedError as error:
            response = _told(request, held_by(error))
        # A preview is a page of the site and bears the site's policy; the editing page shows it in a frame.
        own = response.get(HEADER, POLICY)
        response[HEADER] = own.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        return response

    return answer


def _told(request: HttpRequest, sentence: str) -> HttpResponse:
    """Back to where the person was, with `sentence`; for a script, the sentence alone."""
    logger.info("admin_change_refused path=%s", request.path)
    if not request.accepts("text/html"):
        refusal = {"success": False, "error_code": "refused", "error_message": sentence}
        return JsonResponse(refusal, status=400)
    messages.error(request, sentence)
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(
        came_from if is_ours and request.method == "POST" else reverse("wagtailadmin_home")
    )
