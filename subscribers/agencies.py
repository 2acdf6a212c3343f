"""What happens to agencies and their people: contracts suspended and ended, agencies merged, people who leave.

Everything here takes effect at the next request of whoever it concerns, and stands in the audit log. History is never
rewritten: presence and audiences name agencies by number, and a number is never used again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from . import audit, device_sessions, tokens
from .audit_kinds import AuditKind
from .models import Agency, Invitation, ServiceAccount, User

#: How long a confirmed list of people is good for.
CONFIRMATION_LASTS = timedelta(days=365)


def suspend(agency: Agency, *, by: User) -> None:
    """Closes what is for agencies to the people of `agency` until `resume`. Raises ValidationError unless in force."""
    with _held(agency) as held:
        if held.state_at(timezone.now()) != Agency.State.CURRENT:
            raise ValidationError(_("Yalnızca sözleşmesi süren kurum askıya alınır."))
        held.suspended_at = timezone.now()
        held.save(update_fields=["suspended_at"])
        audit.record(AuditKind.AGENCY_SUSPENDED, actor=by.uuid, subject=held.uuid)


def resume(agency: Agency, *, by: User) -> None:
    """Opens it again. Raises ValidationError where `agency` is not suspended."""
    with _held(agency) as held:
        if held.suspended_at is None:
            raise ValidationError(_("Kurum askıda değil."))
        held.suspended_at = None
        held.save(update_fields=["suspended_at"])
        audit.record(AuditKind.AGENCY_RESUMED, actor=by.uuid, subject=held.uuid)


def merge(source: Agency, target: Agency, *, by: User) -> int:
    """Ends `source` now; its people, service accounts and what is addressed to it go on with `target`.

    What they read before stays counted for `source`. `target`'s own entitlements stay what they are, and so do its
    coordinators: those of `source` answer for nobody any more; gives how many those were. Raises ValidationError where
    they are one, where `target`'s contract isn't in force, or where its limit is too small.
    """
    if source.pk == target.pk:
        raise ValidationError(_("Bir kurum kendisiyle birleşemez."))
    with transaction.atomic():
        # One order for all, so that two merges never wait for each other.
        held = {
            agency.pk: agency
            for agency in Agency.objects.select_for_update()
            .filter(pk__in=[source.pk, target.pk])
            .order_by("pk")
        }
        source, target = held[source.pk], held[target.pk]
        now = timezone.now()
        if source.merged_into_id is not None:
            raise ValidationError(_("“%(name)s” zaten başka bir kurumla birleşti.") % {"name": source})
        if target.state_at(now) != Agency.State.CURRENT:
            raise ValidationError(_("“%(name)s” kurumunun sözleşmesi sürmüyor.") % {"name": target})
        together = people_of(source).count() + people_of(target).count()
        if together > target.people_limit:
            raise ValidationError(
                _("Birlikte %(together)d kişi olur; “%(name)s” için sınır %(limit)d. Önce sınırı yükseltin.")
                % {"together": together, "name": target, "limit": target.people_limit}
            )
        moved = list(
            User.objects.filter(agency=source).order_by("uuid").values_list("uuid", "is_coordinator")
        )
        User.objects.filter(agency=source).update(agency=target, is_coordinator=False)
        _move_service_accounts(source, target)
        Invitation.objects.filter(agency=source, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
        source.merged_into = target
        source.ended_at = min(source.ended_at, now) if source.ended_at else max(now, source.started_at)
        source.save(update_fields=["merged_into", "ended_at"])
        target.predecessors = sorted({*target.predecessors, source.pk, *source.predecessors})
        target.save(update_fields=["predecessors"])
        coordinators = [str(person) for person, is_coordinator in moved if is_coordinator]
        audit.record(
            AuditKind.AGENCY_MERGED,
            actor=by.uuid,
            subject=source.uuid,
            details={
                "into": str(target.uuid),
                "moved": [str(person) for person, _is_coordinator in moved],
                "coordinators": coordinators,
            },
        )
    return len(coordinators)


def people_of(agency: Agency):
    """The people of `agency` who can sign in, by name."""
    return agency.people.filter(is_active=True).order_by("first_name", "last_name", "email")


def leave(person: User, *, by: User) -> None:
    """Takes `person` out of their agency: from the next request on they read what everybody reads.

    Their account is closed unless they have a role in the directorate. Raises ValidationError where they have no
    agency.
    """
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        agency = person.agency
        if agency is None:
            raise ValidationError(_("Bu kişinin kurumu yok."))
        person.agency = None
        person.is_coordinator = False
        person.is_active = keeps_account(person)
        person.closed_at = None if person.is_active else timezone.now()
        person.save(update_fields=["agency", "is_coordinator", "is_active", "closed_at"])
        device_sessions.end_all(person, by=by)
        # They would work again in another agency.
        tokens.revoke_all(person, by=by)
        audit.record(
            AuditKind.PERSON_LEFT, actor=by.uuid, subject=person.uuid, details={"agency": str(agency.uuid)}
        )


def keeps_account(person: User) -> bool:
    """Whether the account of `person` stays open when they leave their agency: for a role in the directorate."""
    return person.is_superuser or person.groups.exists()


def digest_of_list(agency: Agency) -> str:
    """What tells one list of people of `agency` from another: SHA-256 in hexadecimal of who is on it."""
    people = sorted(str(person) for person in people_of(agency).values_list("uuid", flat=True))
    return sha256("\n".join(people).encode()).hexdigest()


def confirm_list(agency: Agency, *, by: User, shown: str) -> None:
    """Keeps that the coordinator looked through the people of `agency` and found each to belong there.

    shown: `digest_of_list` of what they looked at. Raises ValidationError where it is another list by now.
    """
    with _held(agency) as held:
        if not constant_time_compare(shown, digest_of_list(held)):
            raise ValidationError(
                _("Kişi listesi siz bakarken değişti; onaylanmadı. Yeni listeye bakıp yeniden onaylayın.")
            )
        held.list_confirmed_at = timezone.now()
        held.save(update_fields=["list_confirmed_at"])
        audit.record(
            AuditKind.LIST_CONFIRMED,
            actor=by.uuid,
            subject=held.uuid,
            details={"people": people_of(held).count()},
        )


def list_is_due(agency: Agency, *, now: datetime) -> bool:
    """Whether a year has passed since the list of people was last confirmed, or since the contract began."""
    return (agency.list_confirmed_at or agency.started_at) + CONFIRMATION_LASTS <= now


@contextmanager
def _held(agency: Agency) -> Iterator[Agency]:
    """`agency` as the database has it, locked until the end of the block; afterwards the caller's is as new."""
    with transaction.atomic():
        yield Agency.objects.select_for_update().get(pk=agency.pk)
    agency.refresh_from_db()


def _move_service_accounts(source: Agency, target: Agency) -> None:
    """A name that `target` has already is told apart by the code of where it came from."""
    taken = set(target.service_accounts.filter(ended_at=None).values_list("name", flat=True))
    for account in ServiceAccount.objects.filter(agency=source):
        if account.name in taken:
            account.name = f"{account.name} ({source.code})"[-80:]
        account.agency = target
        account.save(update_fields=["agency", "name"])
