"""What the administrators' own pages have in common: who may open them, their headings, their entries in the menu."""

import csv
import io
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from subscribers.spreadsheets import defused

#: Whoever may change people's accounts.
PERMISSION = "subscribers.change_user"

BYTE_ORDER_MARK = "\ufeff"


def refuse_others(request: HttpRequest) -> None:
    """Raises PermissionDenied for whoever is no administrator."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


class AdministratorPage(WagtailAdminTemplateMixin):
    """A page for administrators, which no cache keeps. parents: (address, label) of the pages above it."""

    def dispatch(self, request, *args, **kwargs):
        refuse_others(request)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def parents(self) -> list[tuple[str, str]]:
        return []

    @cached_property
    def breadcrumbs_items(self):
        above = [{"url": address, "label": label} for address, label in self.parents()]
        return [*super().breadcrumbs_items, *above, {"url": "", "label": self.get_page_title()}]


class AdministratorMenuItem(MenuItem):
    def is_shown(self, request) -> bool:
        return request.user.has_perm(PERMISSION)


def table_answer(rows: Iterable[Iterable[str]], *, file_name: str) -> HttpResponse:
    """`rows` as a CSV file: UTF-8 with a byte order mark, semicolons, CR LF; no cell runs as a formula."""
    target = io.StringIO()
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerows(
        [defused(cell) for cell in row] for row in rows
    )
    answer = HttpResponse(BYTE_ORDER_MARK + target.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
