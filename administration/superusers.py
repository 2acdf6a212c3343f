"""Superusers (üst yöneticiler): what is done to the account of one is done by another superuser, and nobody else.

An administrator may do everything to everybody else's account. Asked by each page, bulk action and erasure before it
begins; what nobody asked for (retention) goes by its own rules.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.users.views.bulk_actions.user_bulk_action import UserBulkAction

from subscribers.models import User


def refuse_others(person: User, *, by: User) -> None:
    """Raises ValidationError where `person` is a superuser and `by` is none."""
    if person.is_superuser and not by.is_superuser:
        raise ValidationError(
            _("%(name)s üst yöneticidir; hesabında ancak bir üst yönetici işlem yapar. Hiçbir şey değişmedi.")
            % {"name": person.display_name}
        )


def refuse_others_in_bulk(request, action_type: str, people: Iterable, action) -> None:
    """Hook `before_bulk_action`: one superuser among those chosen, and none of them is changed.

    `people` holds only whom Wagtail would let change; here everybody who was chosen is looked at.
    """
    if not isinstance(action, UserBulkAction) or request.user.is_superuser:
        return
    chosen = request.GET.getlist("id")
    if "all" in chosen:
        chosen = action.get_all_objects_in_listing_query(None)
    found = User.objects.filter(is_superuser=True, pk__in=list(chosen)).order_by("email")
    if names := [person.display_name for person in found]:
        raise ValidationError(
            _(
                "Seçtikleriniz arasında üst yönetici var: %(names)s. Onun hesabında ancak bir üst yönetici işlem "
                "yapar. Hiçbir hesap değişmedi; onu seçimden çıkarın."
            )
            % {"names": ", ".join(names)}
        )
