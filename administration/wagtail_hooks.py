"""The administrators' pages in Wagtail's admin: their addresses and entries in the menus, buttons beside lists."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from . import (
    audit,
    audited,
    destruction_records,
    erasure,
    people_import,
    personal_data,
    second_factor,
    service_accounts,
    superusers,
    tokens,
    view_as,
)
from .agencies import AgencyViewSetGroup
from .dashboard import AdministrationPanel
from .pages import PERMISSION, AdministratorMenuItem
from .why_not import WhyNotView

hooks.register("register_admin_viewset", AgencyViewSetGroup)

hooks.register("register_reports_menu_item", audit.menu_item)
hooks.register("register_reports_menu_item", destruction_records.menu_item)
hooks.register("register_user_listing_buttons", personal_data.listing_buttons)
hooks.register("before_bulk_action", superusers.refuse_others_in_bulk)
hooks.register("before_bulk_action", erasure.refuse_shells_in_bulk)
hooks.register("before_bulk_action", audited.look_before_bulk_action)
hooks.register("after_bulk_action", audited.note_after_bulk_action)


@hooks.register("register_admin_urls")
def register_admin_urls():
    return [
        path("denetim-gunlugu/", audit.audit_log, name="audit_log"),
        path("denetim-gunlugu/indir/", audit.audit_log_table, name="audit_log_table"),
        path("neden-okuyamiyor/", WhyNotView.as_view(), name="why_not"),
        *people_import.urlpatterns,
        *service_accounts.urlpatterns,
        *tokens.urlpatterns,
        *second_factor.urlpatterns,
        *view_as.urlpatterns,
        *personal_data.urlpatterns,
        *destruction_records.urlpatterns,
    ]


@hooks.register("construct_homepage_panels")
def construct_homepage_panels(request, panels):
    if request.user.has_perm(PERMISSION):
        panels.append(AdministrationPanel())


@hooks.register("register_admin_menu_item")
def register_why_not_menu_item():
    return AdministratorMenuItem(_("Neden okuyamıyor?"), reverse("why_not"), icon_name="help", order=910)
