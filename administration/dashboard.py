"""The administrators' dashboard: what will lapse soon unless somebody looks after it, each with the way to it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from subscribers import agencies
from subscribers.models import Agency, Token

#: What ends within so many days is told of.
CONTRACT_DAYS = 30
TOKEN_DAYS = 14
#: Names in one list; the others are counted.
MOST = 8


class AdministrationPanel(Component):
    """Yönetim: contracts that end soon, lists of people to be confirmed, service accounts whose tokens run out."""

    name = "administration"
    template_name = "administration/dashboard.html"
    order = 110

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        return {"title": _("Yönetim"), "lists": [found for found in self.lists(timezone.now()) if found]}

    def lists(self, now: datetime) -> Iterator[dict | None]:
        """Each kind of thing to look after, None where there is nothing of it."""
        current = Agency.objects.in_force(now)
        ending = current.filter(ended_at__lte=now + timedelta(days=CONTRACT_DAYS)).order_by("ended_at")
        yield _list(_("Sözleşmesi bitmek üzere"), [_agency(agency, agency.ended_at) for agency in ending])
        due = [agency for agency in current.order_by("name") if agencies.list_is_due(agency, now=now)]
        yield _list(_("Kişi listesi bir yıldır onaylanmadı"), [_agency(agency) for agency in due])
        tokens = Token.objects.filter(
            service_account__agency__in=current,
            revoked_at=None,
            replaced_by=None,
            expires_at__gt=now,
            expires_at__lte=now + timedelta(days=TOKEN_DAYS),
        ).select_related("service_account__agency")
        yield _list(_("Servis hesabının anahtarı bitmek üzere"), [_token(token) for token in tokens])


def _list(title: str, rows: list[dict]) -> dict | None:
    return {"title": title, "rows": rows[:MOST], "more": max(0, len(rows) - MOST)} if rows else None


def _agency(agency: Agency, ends_at: datetime | None = None) -> dict:
    return {
        "label": agency.name,
        "url": reverse("agencies:inspect", args=[agency.pk]),
        "day": date_format(timezone.localtime(ends_at), "j F Y") if ends_at else "",
    }


def _token(token: Token) -> dict:
    account = token.service_account
    return {
        "label": f"{account.agency} · {account} · {token.name}",
        "url": reverse("service_account", args=[account.uuid]),
        "day": date_format(timezone.localtime(token.expires_at), "j F Y"),
    }
