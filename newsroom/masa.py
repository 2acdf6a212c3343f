"""The editors' dashboard: what waits for whom, as counts that lead to the lists.

Who is bound to desks is told of the news items that wait on these; what was offered today is everybody's.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel

from bulletin.models import CurrentItem, Item, NewsItem

from .desk_rights import desks_of, may_work_on, of_own_desks
from .standing import awaiting_approval, in_state, last_changed_by, scheduled_items


class DeskPanel(Component):
    """Masa: my drafts, what awaits approval, what was published today, by kind; and what missed its time."""

    name = "masa"
    template_name = "newsroom/masa.html"
    order = 100

    def __init__(self, user, viewsets):
        self.user = user
        self.viewsets = viewsets

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        mine = self.by_kind(in_state(last_changed_by(Item.objects.all(), self.user), "draft"))
        waiting = awaiting_approval()
        awaiting = self.by_kind(Item.objects.filter(pk__in=waiting))
        of_desks = desks_of(self.user) is not None
        if of_desks:
            own = of_own_desks(self.user, NewsItem.objects.filter(pk__in=waiting))
            awaiting[Item.Kind.NEWS] = own.count()
        today = self.by_kind(CurrentItem.objects.filter(first_offered_on=timezone.localdate()))
        rows = []
        for viewset in self.viewsets:
            if not viewset.permission_policy.user_has_any_permission(self.user, {"add", "change", "view"}):
                continue
            kind, address = viewset.model.ITEM_KIND, reverse(viewset.get_url_name("list"))
            can_add = viewset.permission_policy.user_has_permission(self.user, "add")
            rows.append(
                {
                    "label": capfirst(viewset.model._meta.verbose_name_plural),
                    "url": address,
                    "add_url": reverse(viewset.get_url_name("add")) if can_add else "",
                    "mine": mine.get(kind, 0),
                    "mine_url": f"{address}?who=me&state=draft",
                    "awaiting": awaiting.get(kind, 0),
                    "awaiting_url": f"{address}?state=awaiting"
                    + ("&whose=mine" if of_desks and kind == Item.Kind.NEWS else ""),
                    "today": today.get(kind, 0),
                    "today_url": f"{address}?state=offered",
                }
            )
        return {"rows": rows, "overdue": self.overdue(), "title": _("Masa")}

    def by_kind(self, items) -> dict[str, int]:
        return dict(items.order_by().values_list("kind").annotate(Count("pk")))

    def overdue(self) -> int:
        """Scheduled publications whose time has passed by more than five minutes."""
        return len(scheduled_items(lt=timezone.now() - timedelta(minutes=5)))


class ApprovalsPanel(WorkflowObjectsToModeratePanel):
    """İncelemenizi bekliyor: Wagtail's, without what waits for the approvers of other desks."""

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        person = context["request"].user
        context["states"] = [state for state in context["states"] if may_work_on(person, state["obj"])]
        return context
