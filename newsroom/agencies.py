"""The administrators' pages for agencies: their contracts, what each is entitled to."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from subscribers.models import Agency, AgencyEntitlement


class AgencyViewSet(ModelViewSet):
    model = Agency
    name = "agencies"
    url_prefix = "kurumlar"
    icon = "group"
    menu_label = _("Kurumlar")
    copy_view_enabled = False
    search_fields = ["name", "code"]
    search_backend_name = None
    list_filter = ["kind", "entitled_to_everything"]
    list_display = [
        "name",
        "code",
        Column("kind", label=_("Tür"), accessor="get_kind_display"),
        Column("state", label=_("Durum"), accessor=lambda agency: agency.state_at(timezone.now()).label),
        BooleanColumn("entitled_to_everything", label=_("Bütün içeriğe yetkili")),
        DateColumn("started_at", label=_("Başlangıç")),
        DateColumn("ended_at", label=_("Bitiş")),
    ]
    panels = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldRowPanel([FieldPanel("code"), FieldPanel("kind")])], heading=_("Kurum")
        ),
        MultiFieldPanel(
            [
                FieldPanel("contact_name"),
                FieldRowPanel([FieldPanel("contact_email"), FieldPanel("contact_phone")]),
            ],
            heading=_("İlgili kişi"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("started_at"), FieldPanel("ended_at")])], heading=_("Sözleşme")
        ),
        MultiFieldPanel(
            [
                FieldPanel("entitled_to_everything"),
                FieldPanel("people_limit"),
                FieldPanel("second_factor_required"),
            ],
            heading=_("Yetki ve kişiler"),
        ),
    ]


class EntitlementViewSet(ModelViewSet):
    model = AgencyEntitlement
    name = "agency_entitlements"
    url_prefix = "kurum-yetkileri"
    icon = "key"
    menu_label = _("Kurum yetkileri")
    copy_view_enabled = False
    list_display = ["agency", "kind", "value"]
    list_filter = ["agency", "kind"]
    panels = [FieldPanel("agency"), FieldPanel("kind"), FieldPanel("value")]


class AgencyViewSetGroup(ModelViewSetGroup):
    items = (AgencyViewSet, EntitlementViewSet)
    menu_label = _("Kurumlar")
    menu_icon = "group"
    menu_order = 900
    add_to_admin_menu = True
