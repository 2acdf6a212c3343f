"""What the newsroom adds to Wagtail's admin, and what it takes away."""

from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.search import SearchArea
from wagtail.admin.views.home import (
    LockedPagesPanel,
    RecentEditsPanel,
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)
from wagtail.snippets.action_menu import PublishMenuItem, SaveMenuItem, SubmitForModerationMenuItem
from wagtail.snippets.models import register_snippet

from . import bare_items, bulk, choosers, redactions
from .character_count import character_count
from .desks import DeskViewSetGroup
from .masa import ApprovalsPanel, DeskPanel
from .viewsets import ITEM_VIEWSETS

#: Reports about pages, or about what this site doesn't have.
MEANINGLESS_REPORTS = {"locked-pages", "aging-pages", "page-types-usage"}

#: Menu entries without a use here: items have menus of their own, and documents are not offered.
MEANINGLESS_MENU = {"snippets", "documents", "help"}

for _viewset in ITEM_VIEWSETS:
    register_snippet(_viewset)
register_snippet(DeskViewSetGroup)

hooks.register("register_admin_viewset", lambda: choosers.item_on_offer_chooser)
bare_items.register()

hooks.register("register_bulk_action", bulk.PublishBulkAction)
hooks.register("register_bulk_action", bulk.WithdrawBulkAction)
# After Wagtail's own, whose place it takes.
hooks.register("register_bulk_action", bulk.CarefulDeleteBulkAction, order=100)

hooks.register("register_reports_menu_item", redactions.menu_item)


@hooks.register("insert_global_admin_css")
def insert_global_admin_css():
    return format_html('<link rel="stylesheet" href="{}">', static("newsroom/newsroom.css"))


class ItemSearchArea(SearchArea):
    """The side bar's search leads to the list of one kind."""

    def __init__(self, viewset, order: int):
        self.viewset = viewset
        address = reverse(viewset.get_url_name("list"))
        super().__init__(viewset.menu_label, address, icon_name=viewset.icon, order=order)

    def is_shown(self, request) -> bool:
        actions = {"add", "change", "view"}
        return self.viewset.permission_policy.user_has_any_permission(request.user, actions)


for _order, _viewset in enumerate(ITEM_VIEWSETS, start=1):
    hooks.register(
        "register_admin_search_area",
        lambda viewset=_viewset, order=_order: ItemSearchArea(viewset.model.snippet_viewset, order),
    )


@hooks.register("register_admin_urls")
def register_admin_urls():
    return [
        path("karakter-sayisi/", character_count, name="character_count"),
        *redactions.addresses(),
    ]


@hooks.register("construct_homepage_panels")
def construct_homepage_panels(request, panels):
    about_pages = (RecentEditsPanel, LockedPagesPanel, UserObjectsInWorkflowModerationPanel)
    panels[:] = [
        ApprovalsPanel() if type(panel) is WorkflowObjectsToModeratePanel else panel
        for panel in panels
        if not isinstance(panel, about_pages)
    ]
    if any(
        viewset.model.snippet_viewset.permission_policy.user_has_any_permission(
            request.user, {"add", "change", "view"}
        )
        for viewset in ITEM_VIEWSETS
    ):
        panels.append(DeskPanel(request.user, [viewset.model.snippet_viewset for viewset in ITEM_VIEWSETS]))


@hooks.register("construct_homepage_summary_items")
def construct_homepage_summary_items(request, summary_items):
    # Numbers of pages and images say nothing of the newsroom's work; the Masa panel does.
    summary_items.clear()


@hooks.register("construct_main_menu")
def construct_main_menu(request, menu_items):
    menu_items[:] = [item for item in menu_items if item.name not in MEANINGLESS_MENU]


@hooks.register("construct_reports_menu")
def construct_reports_menu(request, menu_items):
    menu_items[:] = [item for item in menu_items if item.name not in MEANINGLESS_REPORTS]


@hooks.register("before_copy_page")
def refuse_alias(request, page):
    """An alias changes with its source and past every publication of its own; the site has none."""
    if request.method == "POST" and request.POST.get("alias"):
        messages.error(request, _("Takma sayfa oluşturulamaz; sayfanın kopyasını oluşturabilirsiniz."))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


class SendForApprovalMenuItem(SubmitForModerationMenuItem):
    """Onaya gönder: with the words of the newsroom."""

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        instance = parent_context.get("instance")
        state = instance.current_workflow_state if instance else None
        returned = state is not None and state.status == state.STATUS_NEEDS_CHANGES
        context["label"] = _("Yeniden onaya gönder") if returned else _("Onaya gönder")
        return context


@hooks.register("construct_snippet_action_menu")
def construct_snippet_action_menu(menu_items, request, context):
    """The first entry is the button people see; it is what this person is there for.

    On a new item nobody publishes: no word goes out unseen by a second person. Beside "approve and publish" a bare
    "publish" would only make people wonder what it leaves out.
    """
    if context["model"] not in {viewset.model for viewset in ITEM_VIEWSETS}:
        return
    is_approver = any(item.name == "approve" for item in menu_items)
    menu_items[:] = [
        SendForApprovalMenuItem(order=item.order) if type(item) is SubmitForModerationMenuItem else item
        for item in menu_items
        if not (isinstance(item, PublishMenuItem) and (context["view"] == "create" or is_approver))
    ]

    def rank(item) -> int:
        if item.name == "approve":
            return 0
        if isinstance(item, SendForApprovalMenuItem):
            return 1 if not any(isinstance(other, PublishMenuItem) for other in menu_items) else 3
        return 2 if isinstance(item, SaveMenuItem) else 4

    menu_items.sort(key=rank)
