"""What every page of the admin gets: a content security policy of its own, and no error page for a refusal.

The site's policy stands on every answer that bears none; Wagtail's pages need a wider one, since they hold some
scripts inline (`newsroom.inline_scripts`), which get a nonce, and styles. Laid around each admin view by
`newsroom.urls`.
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
from .inline_scripts import new_nonce, with_nonce

logger = logging.getLogger(__name__)

HEADER = "Content-Security-Policy"

#: Our own files, and `return;`: by it Wagtail's picker of a picture's focus tries whether there is touch.
SCRIPTS = "'self' 'unsafe-hashes' 'sha256-i+qr4lq34KgNHiW62lWi9aInEBwiEOrfCzaNPCvkqD8='"

POLICY = "; ".join(
    f"{directive} {sources}"
    for directive, sources in {
        "default-src": "'none'",
        "script-src": SCRIPTS,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "frame-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }.items()
)


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`view`, whose refusals lead back with a sentence, and whose answers bear the admin's policy."""

    address_read_by_form = getattr(view, "address_read_by_form", False)

    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        refuse_forged(request, kwargs, address_read_by_form=address_read_by_form)
        try:
            response = view(request, *args, **kwargs)
        except ValidationError as refusal:
            response = _told(request, " ".join(refusal.messages))
        except ProtectedError as error:
            response = _told(request, held_by(error))
        if hasattr(response, "render") and not response.is_rendered:
            response.add_post_render_callback(_with_policy)
            return response
        return _with_policy(response)

    return answer


def _with_policy(response: HttpResponse) -> HttpResponse:
    """`response` with its policy: the admin's, or, for a preview, the site's, which the editing page may frame."""
    if HEADER in response:
        response[HEADER] = response[HEADER].replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        return response
    response[HEADER] = POLICY
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        nonce = new_nonce()
        page = response.content.decode(response.charset)
        signed = with_nonce(page, nonce)
        if signed != page:
            response.content = signed.encode(response.charset)
            response[HEADER] = POLICY.replace(SCRIPTS, f"{SCRIPTS} 'nonce-{nonce}'")
    return response


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
