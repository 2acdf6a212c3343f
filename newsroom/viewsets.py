"""The admin of news items, statements and bulletins: which view answers which address, and what each is given.

Registered by `newsroom.wagtail_hooks`. Wagtail's own views are kept wherever they go through `publish`; the others are
replaced by `newsroom.editing` and `newsroom.actions`.
"""

from django.contrib.admin.utils import quote
from django.urls import path, register_converter, reverse
from django.urls.converters import IntConverter
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet

from bulletin.models import Bulletin, Item, NewsItem, Statement

from . import actions, editing, panels
from .desk_rights import DeskPermissionPolicy
from .inspecting import ItemInspectView
from .listing import FILTER_SETS, ItemIndexView
from .stale_forms import ItemPreviewView

LIST_LENGTH = 50


class ItemNumber(IntConverter):
    """The number of an item: as many digits as a database holds, so that no other text asks it anything."""

    regex = "[0-9]{1,18}"


register_converter(ItemNumber, "item_number")


class ItemViewSet(SnippetViewSet):
    """What the three kinds share."""

    pk_path_converter = "item_number"
    add_to_admin_menu = True
    list_per_page = LIST_LENGTH
    inspect_view_enabled = True
    copy_view_enabled = True
    index_view_class = ItemIndexView
    add_view_class = editing.ItemCreateView
    copy_view_class = editing.ItemCopyView
    edit_view_class = editing.ItemEditView
    preview_on_edit_view_class = ItemPreviewView
    revisions_revert_view_class = editing.ItemRevertView
    delete_view_class = actions.ItemDeleteView
    inspect_view_class = ItemInspectView
    inspect_template_name = "newsroom/inspect.html"
    unpublish_view_class = actions.WithdrawView
    lock_view_class = actions.ItemLockView
    unlock_view_class = actions.ItemUnlockView
    revisions_unschedule_view_class = actions.ItemUnscheduleView
    workflow_preview_view_class = actions.ItemWorkflowPreviewView
    workflow_action_view_class = actions.ItemWorkflowActionView
    collect_workflow_action_data_view_class = actions.ItemWorkflowDataView
    confirm_workflow_cancellation_view_class = actions.ItemWorkflowCancellationView

    @cached_property
    def permission_policy(self):
        return DeskPermissionPolicy(self.model)

    def url_of(self, name: str, item: Item) -> str:
        """The address of the view `name` for `item`."""
        return reverse(self.get_url_name(name), args=(quote(item.pk),))

    @property
    def filterset_class(self):
        return FILTER_SETS[self.model]

    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(**self._own_url_names(), **kwargs)

    def get_edit_view_kwargs(self, **kwargs):
        return super().get_edit_view_kwargs(**self._own_url_names(), **kwargs)

    def _own_url_names(self) -> dict[str, str]:
        return {f"{name}_url_name": self.get_url_name(name) for name in ("audience", "translate")}

    @property
    def unpublish_view(self):
        return self.construct_view(self.unpublish_view_class)

    def register_chooser_viewset(self):
        """None: Wagtail's would show every draft to whoever may enter the admin. Items are chosen by `choosers`."""

    def get_urlpatterns(self):
        pk = f"<{self.pk_path_converter}:pk>"
        return [
            *super().get_urlpatterns(),
            path(f"audience/{pk}/", self.construct_view(actions.AudienceView), name="audience"),
            path(f"translate/{pk}/", self.construct_view(actions.TranslateView), name="translate"),
        ]


class NewsItemViewSet(ItemViewSet):
    model = NewsItem
    icon = "doc-full"
    menu_label = _("Haberler")
    menu_order = 110
    base_url_path = "haberler"
    edit_handler = panels.NEWS_PANELS


class StatementViewSet(ItemViewSet):
    model = Statement
    icon = "openquote"
    menu_label = _("Açıklamalar")
    menu_order = 120
    base_url_path = "aciklamalar"
    edit_handler = panels.STATEMENT_PANELS


class BulletinViewSet(ItemViewSet):
    model = Bulletin
    icon = "list-ul"
    menu_label = _("Bültenler")
    menu_order = 130
    base_url_path = "bultenler"
    edit_handler = panels.BULLETIN_PANELS


ITEM_VIEWSETS = (NewsItemViewSet, StatementViewSet, BulletinViewSet)
