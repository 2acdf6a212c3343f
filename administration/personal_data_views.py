"""Who looked at whose personal data: each look at a page of the admin that shows some stands in the audit log.

One table names those pages. A test opens every page of the admin and fails where one shows somebody's address and
stands neither here nor writes the log by itself.
"""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from subscribers import audit
from subscribers.audit_kinds import AuditKind
from subscribers.models import User

#: Seconds in which the same person's looks at the same page are one: lists are loaded anew with every letter typed.
SAME_LOOK = 600

#: Routes that show personal data, with the argument that holds the number of the one person they are about, if any.
PAGES = {
    "wagtailusers_users:index": "",
    "wagtailusers_users:index_results": "",
    "wagtailusers_users:edit": "pk",
    "wagtailusers_users:delete": "pk",
    "wagtailusers_users:history": "pk",
    "wagtailusers_users:history_results": "pk",
    "wagtailusers_users:usage": "pk",
    "erase_person": "pk",
    "reset_second_factor": "pk",
    "view_as": "",
    "agencies:inspect": "",
    "agencies:edit": "",
    "agencies:index": "",
    "agencies:index_results": "",
    "tokens": "",
    "tokens_results": "",
    "service_account": "",
    "people_import": "",
    "people_import_refused": "",
    "wagtailadmin_reports:site_history": "",
    "wagtailadmin_reports:site_history_results": "",
}


class PersonalDataMiddleware:
    """Stands behind whatever says who is signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or match.view_name not in PAGES:
            return response
        if request.method == "GET" and response.status_code == 200 and request.user.is_authenticated:
            _note(request, is_table=not response.headers["Content-Type"].startswith("text/html"))
        return response


def _note(request: HttpRequest, *, is_table: bool) -> None:
    actor, address = request.user.uuid, request.path
    if not is_table and not cache.add(f"personal-data:{actor}:{address}", 1, SAME_LOOK):
        return
    match = request.resolver_match
    number = match.kwargs.get(PAGES[match.view_name])
    person = User.objects.filter(pk=number).values_list("uuid", flat=True).first() if number else None
    kind = AuditKind.PERSONAL_DATA_EXPORTED if is_table else AuditKind.PERSONAL_DATA_VIEWED
    audit.record(kind, actor=actor, subject=person, details={"address": address})
