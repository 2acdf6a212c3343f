"""The editors' lists: flat, the newest first, narrowed by filters and by the search box.

A list must stay quick at a hundred thousand items, so it sorts by an indexed column alone, loads no body, and asks for
what stands beside the rows once for each page (`newsroom.standing`).
"""

from datetime import date, datetime, time

import django_filters
from django import forms
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import (
    BulkActionsCheckboxColumn,
    Column,
    StatusTagColumn,
    TitleColumn,
)
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views import snippets

from bulletin import vocabulary
from bulletin.models import Bulletin, BulletinSeries, Desk, Item, NewsItem, Statement
from bulletin.vocabulary import language_name

from .desk_rights import desks_of, is_own_desk, of_own_desks
from .search_box import find_items
from .standing import STATES, dress, in_state, last_changed_by

#: Read from the database for a row; texts are not.
COMMON_FIELDS = (
    "kind",
    "language",
    "title",
    "draft_title",
    "audience",
    "live",
    "has_unpublished_changes",
    "first_published_at",
    "expired",
    "created_at",
    "latest_revision",
    "live_revision",
    "locked",
    "locked_by",
)


def moment(when: datetime | None) -> str:
    """`when` by the clock in Istanbul, to the minute; lists of the day's work need no "just now".

    Midnight sharp is how a date without an hour is kept: the day alone.
    """
    if not when:
        return ""
    local = localtime(when)
    return calendar_day(local) if local.time() == time(0) else date_format(local, "SHORT_DATETIME_FORMAT")


def calendar_day(day: date | None) -> str:
    """`day` as a date: of a statement of 1938, "88 years ago" says nothing."""
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


class ItemFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("Durum"), choices=STATES, method="by_state", empty_label=_("Tümü")
    )
    who = django_filters.ChoiceFilter(
        label=_("Kim"), choices=[("me", _("en son ben düzenledim"))], method="by_me", empty_label=_("Tümü")
    )
    language = django_filters.ChoiceFilter(
        label=_("Dil"), choices=vocabulary.languages, empty_label=_("Tümü")
    )

    def by_state(self, items, name, value):
        return in_state(items, value)

    def by_me(self, items, name, value):
        return last_changed_by(items, self.request.user) if value else items

    class Meta:
        model = Item
        fields = []


class NewsItemFilterSet(ItemFilterSet):
    whose = django_filters.ChoiceFilter(
        label=_("Benim masalarım"),
        choices=[("mine", _("yalnızca çalıştığım masalar"))],
        method="by_own_desks",
        empty_label=_("Tümü"),
    )
    desk = django_filters.ModelChoiceFilter(
        label=_("Masa"), queryset=Desk.objects.all(), widget=forms.Select, empty_label=_("Tümü")
    )
    urgency = django_filters.ChoiceFilter(
        label=_("İvedilik"), choices=NewsItem.Urgency.choices, widget=forms.Select, empty_label=_("Tümü")
    )
    created_at = django_filters.DateFromToRangeFilter(label=_("Oluşturulma"), widget=DateRangePickerWidget)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # First for those who work for some desks; meaningless for those who work for all.
        whose = self.filters.pop("whose")
        if desks_of(self.request.user) is not None:
            self.filters = {"whose": whose, **self.filters}

    def by_own_desks(self, items, name, value):
        return of_own_desks(self.request.user, items) if value else items

    class Meta(ItemFilterSet.Meta):
        model = NewsItem


class StatementFilterSet(ItemFilterSet):
    statement_kind = django_filters.ChoiceFilter(
        label=_("Tür"), choices=Statement.StatementKind.choices, widget=forms.Select, empty_label=_("Tümü")
    )
    date = django_filters.DateFromToRangeFilter(label=_("Açıklamanın tarihi"), widget=DateRangePickerWidget)

    class Meta(ItemFilterSet.Meta):
        model = Statement


class BulletinFilterSet(ItemFilterSet):
    series = django_filters.ModelChoiceFilter(
        label=_("Dizi"), queryset=BulletinSeries.objects.all(), widget=forms.Select, empty_label=_("Tümü")
    )
    date = django_filters.DateFromToRangeFilter(label=_("Bültenin tarihi"), widget=DateRangePickerWidget)

    class Meta(ItemFilterSet.Meta):
        model = Bulletin


FILTER_SETS = {NewsItem: NewsItemFilterSet, Statement: StatementFilterSet, Bulletin: BulletinFilterSet}

OWN_COLUMNS = {
    NewsItem: [
        Column("desk", label=_("Masa")),
        Column("get_urgency_display", label=_("İvedilik")),
    ],
    Statement: [
        Column("get_statement_kind_display", label=_("Tür")),
        Column("issuing_office", label=_("Makam")),
        Column("date", label=_("Tarih"), accessor=lambda item: calendar_day(item.date)),
    ],
    Bulletin: [
        Column("series", label=_("Dizi")),
        Column("number", label=_("Sayı")),
        Column("date", label=_("Tarih"), accessor=lambda item: calendar_day(item.date)),
    ],
}

OWN_FIELDS = {
    NewsItem: ("desk", "urgency"),
    Statement: ("statement_kind", "issuing_office", "date"),
    Bulletin: ("series", "number", "date"),
}

OWN_RELATIONS = {NewsItem: ("desk",), Statement: (), Bulletin: ("series",)}


class ItemIndexView(snippets.IndexView):
    """The list of one kind of item."""

    is_searchable = True
    #: The viewset's addresses, given by it.
    audience_url_name = None
    translate_url_name = None

    def get_base_queryset(self):
        relations = OWN_RELATIONS[self.model]
        named = [f"{relation}__{field}" for relation in relations for field in ("name", "name_en")]
        items = self.model.objects.filter(kind=self.model.ITEM_KIND)
        return items.select_related(*relations).only(*COMMON_FIELDS, *OWN_FIELDS[self.model], *named)

    def search_queryset(self, queryset):
        if not self.is_searching:
            return queryset
        found = find_items(self.search_query, kinds=[self.model.ITEM_KIND], keys=self.request.reader.keys)
        return queryset.filter(pk__in=found)

    def get_paginator(self, queryset, per_page, **options):
        paginator = super().get_paginator(queryset, per_page, **options)
        if not (self.is_searching or self.is_filtering):
            # Counted in one index; the list itself would count through the join of both tables.
            paginator.count = Item.objects.filter(kind=self.model.ITEM_KIND).count()
        return paginator

    def order_queryset(self, queryset):
        # The one order that an index serves for each kind.
        return queryset.order_by("-created_at")

    def paginate_queryset(self, queryset, page_size):
        paginator, page, _queryset, has_others = super().paginate_queryset(queryset, page_size)
        page.object_list = dress(page.object_list)
        return paginator, page, page.object_list, has_others

    @cached_property
    def columns(self):
        title = self._get_title_column_class(TitleColumn)(
            "title",
            label=_("Başlık"),
            accessor=str,
            get_url=lambda item: self.get_edit_url(item) or self.get_inspect_url(item),
            get_title_id=lambda item: f"snippet_{quote(item.pk)}_title",
        )
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="snippet"),
            title,
            StatusTagColumn("standing", label=_("Durum"), primary=lambda item: item.live),
            *OWN_COLUMNS[self.model],
            Column("language", label=_("Dil"), accessor=lambda item: language_name(item.language)),
            Column("audience_words", label=_("Hedef kitle")),
            Column(
                "first_offered_at",
                label=_("İlk sunulma"),
                accessor=lambda item: moment(item.first_offered_at),
            ),
            Column("updated_at", label=_("Son değişiklik"), accessor=lambda item: moment(item.updated_at)),
            Column("updated_by", label=_("Kim"), accessor=lambda item: item.updated_by or _("sistem")),
        ]

    def may_work_on(self, instance) -> bool:
        """By the desk that the list shows; the item's pages ask for its newest draft's too."""
        return is_own_desk(self.request.user, getattr(instance, "desk_id", None))

    def get_edit_url(self, instance):
        return super().get_edit_url(instance) if self.may_work_on(instance) else None

    def get_delete_url(self, instance):
        return super().get_delete_url(instance) if self.may_work_on(instance) else None

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if not self.may_work_on(instance):
            return buttons
        if instance.live:
            # What the log names is never deleted; the delete page would only say so.
            delete_url = self.get_delete_url(instance)
            buttons = [button for button in buttons if delete_url is None or button.url != delete_url]
        if instance.live and self.request.user.has_perm("bulletin.change_audience"):
            address = self.url_of(self.audience_url_name, instance)
            buttons.append(Button(_("Hedef kitle"), url=address, icon_name="group", priority=22))
        if self.user_has_permission("add"):
            address = self.url_of(self.translate_url_name, instance)
            buttons.append(Button(_("Çeviri taslağı aç"), url=address, icon_name="globe", priority=24))
        return buttons

    def url_of(self, name: str, instance) -> str:
        return reverse(name, args=(quote(instance.pk),))
