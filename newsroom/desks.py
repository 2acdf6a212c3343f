"""The admin of what items are sorted by: desks, topics, outlets and bulletin series.

Items name them, so none that is named can be deleted, and a renaming changes nothing that is on offer.
"""

from django.db.models import ProtectedError
from django.http import HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views import snippets
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from bulletin.models import BulletinSeries, Desk, Outlet, Topic
from bulletin.vocabulary import country_name, language_name

from . import panels
from .actions import held_by


class NamedDeleteView(snippets.DeleteView):
    """Deletes what nothing names; otherwise says what does."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError as error:
            messages.error(self.request, held_by(error))
            return HttpResponseRedirect(self.get_success_url())


class NamedViewSet(SnippetViewSet):
    list_per_page = 50
    copy_view_enabled = False
    delete_view_class = NamedDeleteView
    search_fields = ["name"]
    search_backend_name = None


class DeskViewSet(NamedViewSet):
    model = Desk
    icon = "desktop"
    menu_label = _("Masalar")
    base_url_path = "masalar"
    edit_handler = ObjectList([panels.RENAMING_HELP, *panels.DESK_PANELS])
    list_display = ["name", "name_en", Column("get_press_display", label=_("Basın"))]


class TopicViewSet(NamedViewSet):
    model = Topic
    icon = "tag"
    menu_label = _("Konular")
    base_url_path = "konular"
    edit_handler = ObjectList([panels.RENAMING_HELP, *panels.NAMED_PANELS])
    list_display = ["name", "name_en"]


class OutletViewSet(NamedViewSet):
    model = Outlet
    icon = "globe"
    menu_label = _("Kaynaklar")
    base_url_path = "kaynaklar"
    edit_handler = ObjectList([panels.RENAMING_HELP, *panels.OUTLET_PANELS])
    list_display = [
        "name",
        Column("country", label=_("Ülke"), accessor=lambda outlet: country_name(outlet.country)),
        Column("language", label=_("Dil"), accessor=lambda outlet: language_name(outlet.language)),
    ]
    list_filter = ["country", "language"]


class BulletinSeriesViewSet(NamedViewSet):
    model = BulletinSeries
    icon = "list-ol"
    menu_label = _("Bülten dizileri")
    base_url_path = "bulten-dizileri"
    edit_handler = ObjectList([panels.RENAMING_HELP, *panels.NAMED_PANELS])
    list_display = ["name", "name_en"]


class DeskViewSetGroup(SnippetViewSetGroup):
    """One entry in the menu for the four."""

    items = (DeskViewSet, TopicViewSet, OutletViewSet, BulletinSeriesViewSet)
    menu_label = _("Masalar")
    menu_icon = "folder-open-inverse"
    menu_order = 140
