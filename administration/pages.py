"""What the administrators' own pages have in common: who may open them, their headings, their entries in the menu."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from subscribers.spreadsheets import BYTE_ORDER_MARK, lines
from subscribers.viewing import PERMISSION


def refuse_others(request: HttpRequest, permission: str = PERMISSION) -> None:
    """Raises PermissionDenied for whoever hasn't `permission`, which is an administrator's where none is named."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


class AdministratorPage(WagtailAdminTemplateMixin):
    """A page for administrators, which no cache keeps. parents: (address, label) of the pages above it.

    permission: who may open it, where auditors may too.
    """

    permission = PERMISSION

    def dispatch(self, request, *args, **kwargs):
        refuse_others(request, self.permission)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def parents(self) -> list[tuple[str, str]]:
        return []

    def get_breadcrumbs_items(self):
        above = [{"url": address, "label": label} for address, label in self.parents()]
        return [*self.breadcrumbs_items, *above, {"url": "", "label": self.get_page_title()}]


class Asking:
    """For a page that asks once more, saying what will happen, and then does it.

    A refusal is a sentence above the form. explanation: what will happen; button: does it; done: what is said
    afterwards, with `name`.
    """

    form_class = forms.Form
    template_name = "administration/agency_action.html"
    explanation = button = done = ""

    def subject(self):
        """What it is done to."""
        raise NotImplementedError

    def back_url(self) -> str:
        """Where whoever thinks better of it goes, and where they are when it is done."""
        raise NotImplementedError

    def act(self, form: forms.Form) -> HttpResponse | None:
        """Does it; gives an answer of its own where there is more to show. Raises ValidationError for a refusal."""
        raise NotImplementedError

    def get_page_subtitle(self) -> str:
        return str(self.subject())

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            object=self.subject(),
            back_url=self.back_url(),
            explanation=self.explanation,
            button=self.button,
            **kwargs,
        )

    def form_valid(self, form):
        try:
            answer = self.act(form)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        if answer is not None:
            return answer
        messages.success(self.request, self.done % {"name": self.subject()})
        return redirect(self.back_url())


class AskingPage(Asking, AdministratorPage, FormView):
    """Such a page for administrators alone."""


class ReasonForm(forms.Form):
    """Why it is done, which stands in the audit log among what can be erased."""

    reason = forms.CharField(
        label=_("Gerekçe"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Denetim günlüğüne yazılır: kim istedi, neden; varsa başvurunun numarası."),
        error_messages={"required": _("Gerekçeyi yazın.")},
    )


class AdministratorMenuItem(MenuItem):
    """An entry in a menu for those who may open its page."""

    def __init__(self, *args, permission: str = PERMISSION, **kwargs):
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request) -> bool:
        return request.user.has_perm(self.permission)


def table_answer(rows: Iterable[Iterable[str]], *, file_name: str) -> HttpResponse:
    """`rows` as a CSV file: UTF-8 with a byte order mark, semicolons, CR LF; no cell runs as a formula."""
    answer = HttpResponse(BYTE_ORDER_MARK + lines(rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
