"""Choosing an item on offer, for a bulletin's contents: the newest first, with the editors' search."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from bulletin.models import CurrentItem, Item
from bulletin.vocabulary import language_name

from .choices import ShowsWhatIsThere, is_number
from .search_box import find_on_offer

#: What a bulletin may gather.
KINDS = (Item.Kind.NEWS, Item.Kind.STATEMENT)

KIND_NAMES = dict(Item.Kind.choices)


class OnOfferFilterForm(BaseFilterForm):
    """The modal's search box."""

    q = forms.CharField(
        label=_("Ara"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Başlıkta ve metinde ara")}),
    )

    def filter(self, objects):
        objects = super().filter(objects)
        if text := self.cleaned_data.get("q", "").strip():
            self.is_searching = True
            self.search_query = text
            found = find_on_offer(text, kinds=KINDS, keys=self.keys)
            objects = objects.filter(pk__in=found)
        return objects


class OnOffer:
    """The list behind the modal: what is on offer and the person who chooses may read. A row's number is its item's."""

    filter_form_class = OnOfferFilterForm
    per_page = 20

    def get_filter_form(self):
        form = super().get_filter_form()
        form.keys = self.request.reader.keys
        return form

    def get_object_list(self):
        # Said by what is left out: for "one of two kinds" the database would sort them all.
        offered = CurrentItem.objects.exclude(kind=Item.Kind.BULLETIN)
        return offered.readable_by(self.request.reader.keys).newest_first()

    @property
    def columns(self):
        return [
            *super().columns,
            Column("kind", label=_("Tür"), accessor=lambda current: KIND_NAMES[current.kind]),
            Column("language", label=_("Dil"), accessor=lambda current: language_name(current.language)),
            DateColumn("first_offered_at", label=_("Sunulma")),
        ]


class ChooseView(OnOffer, chooser.ChooseView):
    pass


class ChooseResultsView(OnOffer, chooser.ChooseResultsView):
    pass


class Chosen(chooser.ChosenView):
    """Names the item chosen, one of those the list shows to this person."""

    def get_object(self, pk):
        if not is_number(pk):
            raise Item.DoesNotExist
        readable = CurrentItem.objects.readable_by(self.request.reader.keys)
        return Item.objects.filter(pk__in=readable.values("pk")).get(pk=pk)


class ChosenMultiple(chooser.ChosenMultipleView):
    """A bulletin's entries are chosen one by one."""

    def get_objects(self, pks):
        return Item.objects.none()


class ItemChooser(ShowsWhatIsThere, BaseChooser):
    pass


class ItemOnOfferChooser(ChooserViewSet):
    """The chooser itself; it only chooses, it makes none."""

    model = Item
    icon = "doc-full"
    choose_one_text = _("İçerik seç")
    choose_another_text = _("Başka içerik seç")
    edit_item_text = _("Bu içeriği düzenle")
    register_widget = False
    base_widget_class = ItemChooser
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = Chosen
    chosen_multiple_view_class = ChosenMultiple


item_on_offer_chooser = ItemOnOfferChooser("newsroom_item_chooser", url_prefix="icerik-sec")
