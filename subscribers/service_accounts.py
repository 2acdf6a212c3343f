"""Service accounts of agencies: opened, closed, opened again by administrators.

One that is closed reads nothing from that moment on, and its tokens never work again; whoever opens it again issues new
ones. Who may do any of this is the caller's to ask.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, tokens
from .audit_kinds import AuditKind
from .models import Agency, ServiceAccount, User


def open_account(agency: Agency, name: str, *, by: User) -> ServiceAccount:
    """A service account of `agency`. Raises ValidationError for no name, one that is taken, an agency not in force."""
    account = ServiceAccount(agency=agency, name=" ".join(name.split()))
    with transaction.atomic():
        _refuse_without_contract(Agency.objects.select_for_update().get(pk=agency.pk))
        account.full_clean()
        account.save()
        _tell(AuditKind.SERVICE_ACCOUNT_OPENED, account, by)
    return account


def reopen(account: ServiceAccount, *, by: User) -> None:
    """Opens a closed one again, without tokens. Raises ValidationError where its agency isn't in force."""
    with transaction.atomic():
        held = _held(account)
        _refuse_without_contract(held.agency)
        if held.ended_at is not None:
            held.ended_at = None
            held.full_clean()
            held.save(update_fields=["ended_at"])
            _tell(AuditKind.SERVICE_ACCOUNT_OPENED, held, by)
    account.refresh_from_db()


def close(account: ServiceAccount, *, by: User) -> None:
    """Closes it and revokes its tokens, in every process at once. One that is closed stays as it is."""
    with transaction.atomic():
        held = _held(account)
        if held.ended_at is None:
            held.ended_at = timezone.now()
            held.save(update_fields=["ended_at"])
            tokens.revoke_all(held, by=by)
            _tell(AuditKind.SERVICE_ACCOUNT_CLOSED, held, by)
    account.refresh_from_db()


def _held(account: ServiceAccount) -> ServiceAccount:
    held = ServiceAccount.objects.select_for_update(of=("self",)).select_related("agency")
    return held.get(pk=account.pk)


def _refuse_without_contract(agency: Agency) -> None:
    if not agency.is_current():
        raise ValidationError(_("“%(name)s” kurumunun sözleşmesi sürmüyor.") % {"name": agency})


def _tell(kind: AuditKind, account: ServiceAccount, by: User) -> None:
    audit.record(
        kind,
        actor=by.uuid,
        subject=account.uuid,
        details={"agency": str(account.agency.uuid), "name": account.name},
    )
