"""Whom an item is addressed to: a non-empty set of entitlement keys, kept on the item's row and never in a revision."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from subscribers.entitlement import PUBLIC, SUBSCRIBER

#: As `subscribers.entitlement.agency_key` writes it, and no other way.
_AGENCY_KEY = re.compile(r"agency:[1-9][0-9]{0,17}")


def default_audience() -> list[str]:
    """Safe by default: a new item is for subscribers until somebody says otherwise."""
    return [SUBSCRIBER]


def normalised_audience(audience) -> list[str]:
    """`audience` sorted and without repetition; `public` opens to everyone, so nothing stands beside it.

    Raises ValidationError for an empty audience or for a key that is not `public`, `subscriber` or `agency:<number>`.
    """
    keys = sorted({str(key) for key in audience})
    if not keys:
        raise ValidationError(_("Hedef kitle boş olamaz: en az bir seçenek işaretleyin."))
    for key in keys:
        if key not in (PUBLIC, SUBSCRIBER) and not _AGENCY_KEY.fullmatch(key):
            raise ValidationError(_("“%(key)s” bir hedef kitle değil."), params={"key": key})
    return [PUBLIC] if PUBLIC in keys else keys
