"""What no page of the admin can have sent: looked for before Wagtail's views, which fail on some of it.

A number that no row has, an address to lead back to that is none of ours, a form without its one field. Whoever sends
it is told that the request wasn't understood (400), or that nothing is there (404). Laid around each admin view by
`newsroom.policy.guarded`. What people type into a form is none of its business: forms answer that with sentences. So
does a page of our own whose address is read by a form; it says so by `address_read_by_form`.
"""

import json
import re
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from wagtail.models import Page, Revision

from .choices import is_number

#: Parameters of addresses that name rows by their numbers, or all of them.
NUMBERED = frozenset({"id", "collection_id", "parent_page_id", "overwrite_revision_id", "loaded_revision_id"})
#: Fields of forms that name rows by their numbers and are not read by a form that would say so.
NUMBERED_FIELDS = frozenset(
    {"new_parent_page", "overwrite_revision_id", "loaded_revision_id", "groups", "permissions"}
)
#: The end of the names of such fields in forms that come by the dozen: which permissions a role has where.
NUMBERED_ENDING = "-permissions"
#: Parameters in which people type, or paste, what they look for: no null character gets into a query by them.
TYPED = frozenset({"q", "search", "term", "query"})
#: The field without which a form was not sent by its page, by the name of its route.
NEEDED = {
    "wagtailadmin_pages:copy": "new_parent_page",
    "wagtailadmin_choose_page_external_link": "external-link-chooser-url",
}
#: Where pictures are looked for: by words or by tag, since Wagtail's search can't do both.
PICTURES = re.compile(r"wagtailimages(_chooser)?:(index|choose)(_results)?", re.ASCII)

#: Bytes of what a page notes of a person.
LONGEST_NOTES = 1_000

_NUMBER = re.compile(r"([0-9]{1,18}|all)?", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,5}", re.ASCII)
_TOO_LONG = re.compile(r"[+-]?[0-9]{19,}", re.ASCII)


def address_read_by_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks `view`: a form of its own reads all its parameters, and tells of each that can't be what is wrong with it.

    Wagtail's decorators and `guarded` hand the mark on, as they do every attribute of a view.
    """
    view.address_read_by_form = True
    return view


def refuse_forged(request: HttpRequest, kwargs: dict, *, address_read_by_form: bool = False) -> None:
    """Raises BadRequest for what can't have been sent, Http404 for what isn't there. `kwargs`: what the route holds."""
    _look_at_numbers(kwargs)
    _look_at_page(kwargs)
    if not address_read_by_form:
        _look_at_parameters(request)
    _look_at_way_back(request, request.GET.get("next"))
    _look_at_form(request)
    _look_at_notes(request)
    if request.GET.get("q") and PICTURES.fullmatch(_route_of(request)):
        request.GET = request.GET.copy()
        request.GET.pop("tag", None)


def _look_at_parameters(request: HttpRequest) -> None:
    if any("\x00" in value for name in TYPED for value in request.GET.getlist(name)):
        request.GET = request.GET.copy()
        for name in TYPED & request.GET.keys():
            request.GET.setlist(name, [value.replace("\x00", "") for value in request.GET.getlist(name)])
    for name, values in request.GET.lists():
        for value in values:
            if "\x00" in name + value:
                raise BadRequest("A null character in the address.")
            if name in NUMBERED and not _NUMBER.fullmatch(value):
                raise BadRequest(f"“{name}” is no number.")
            if name == "search_operator" and value not in ("and", "or"):
                raise BadRequest("“search_operator” is neither “and” nor “or”.")
            if name not in TYPED and _TOO_LONG.fullmatch(value):
                raise BadRequest(f"“{name}” is longer than any number.")


def _look_at_form(request: HttpRequest) -> None:
    if request.method != "POST":
        return
    for name in NUMBERED_FIELDS:
        if not all(_NUMBER.fullmatch(value) for value in request.POST.getlist(name)):
            raise BadRequest(f"“{name}” is no number.")
    for name, values in request.POST.lists():
        if name.endswith(NUMBERED_ENDING) and any(_TOO_LONG.fullmatch(value) for value in values):
            raise BadRequest(f"“{name}” is longer than any number.")
        if name.endswith("_FORMS") and not all(_COUNT.fullmatch(value) for value in values):
            raise BadRequest(f"“{name}” is no number of forms.")
    needed = NEEDED.get(_route_of(request))
    if needed and needed not in request.POST:
        raise BadRequest(f"“{needed}” is missing.")
    _look_at_way_back(request, request.POST.get("next"))


def _look_at_way_back(request: HttpRequest, address: str | None) -> None:
    """Wagtail leads back to an address of this site alone; what isn't even an address it takes for a view's name."""
    if not address:
        return
    if not address.startswith("/") or not url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        raise BadRequest("“next” is no address of this site.")


def _look_at_notes(request: HttpRequest) -> None:
    """The one thing that is sent as JSON: which hints of the admin a person has put away, by name."""
    if request.method != "PATCH":
        return
    try:
        notes = json.loads(request.body) if len(request.body) <= LONGEST_NOTES else None
    except (ValueError, RecursionError):
        notes = None
    if not isinstance(notes, dict) or not all(isinstance(value, bool) for value in notes.values()):
        raise BadRequest("Not what a page notes of a person.")


def _look_at_numbers(kwargs: dict) -> None:
    """Every row of the admin is named by a number, whatever a route lets through, and nothing by a null character."""
    if any("\x00" in str(value) for value in kwargs.values()):
        raise Http404
    for name in ("pk", "object_id"):
        if name in kwargs and not is_number(kwargs[name]):
            raise Http404


def _look_at_page(kwargs: dict) -> None:
    """The root of the tree has pages under it and is none itself; a revision belongs to its page."""
    number = kwargs.get("page_id", kwargs.get("page_to_move_id"))
    if number is None:
        return
    if Page.objects.filter(pk=number, depth=1).exists():
        raise Http404
    revision = kwargs.get("revision_id")
    if revision is not None and not Revision.page_revisions.filter(pk=revision, object_id=number).exists():
        raise Http404


def _route_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
