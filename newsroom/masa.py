"""The editors' dashboard: what waits for whom, as counts that lead to the lists."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from bulletin.models import CurrentItem, Item

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
        awaiting = self.by_kind(Item.objects.filter(pk__in=awaiting_approval()))
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
                    "awaiting_url": f"{address}?state=awaiting",
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
