"""What is changed in the admin about people, roles, agencies and what these may read stands in the audit log.

Each page that changes one of them looks at it before and after, in one transaction, and writes down what differs;
bulk actions do the same for each person. The words of a person and of an agency's contact stand among the erasable
personal data, never in the chain.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import GroupCollectionPermission, GroupPagePermission
from wagtail.users.views.bulk_actions.user_bulk_action import UserBulkAction

from newsroom.models import DeskBinding
from subscribers import audit, device_sessions, security_mail, tokens
from subscribers.audit_kinds import AuditKind
from subscribers.models import Agency, AgencyEntitlement, User
from subscribers.security_mail import Change

RIGHTS = ("is_active", "is_superuser", "is_coordinator")
NAMES = ("first_name", "last_name", "email")
CONTRACT = (
    "name",
    "code",
    "kind",
    "entitled_to_everything",
    "started_at",
    "ended_at",
    "people_limit",
    "second_factor_required",
)
CONTACT = ("contact_name", "contact_email", "contact_phone")


@dataclass(frozen=True)
class Standing:
    """What was, or is, to be told of one thing. details: never personal. lists: what is given and taken. secret: told
    only as changed."""

    subject: UUID | None
    details: dict[str, Any]
    personal: dict[str, str] = field(default_factory=dict)
    lists: dict[str, frozenset] = field(default_factory=dict)
    secret: str = ""


# --- People ------------------------------------------------------------------------------------------------------


def standing_of_person(number) -> Standing | None:
    """A person's rights, roles, desks and names as they are in the database; None where there is no such person."""
    person = User.objects.select_related("agency").filter(pk=number).first()
    if person is None:
        return None
    return Standing(
        subject=person.uuid,
        details={
            **{name: getattr(person, name) for name in RIGHTS},
            "agency": str(person.agency.uuid) if person.agency else None,
        },
        personal={name: getattr(person, name) for name in NAMES},
        lists={
            "roles": frozenset(person.groups.values_list("name", flat=True)),
            "desks": frozenset(DeskBinding.objects.filter(person=person).values_list("desk_id", flat=True)),
        },
        secret=person.password,
    )


def note_person(before: Standing | None, after: Standing | None, *, by: UUID) -> None:
    """Writes down what became of a person, where anything did."""
    if before is None and after is None:
        return
    if before is None or after is None:
        kind, standing = (
            (AuditKind.PERSON_ADDED, after) if before is None else (AuditKind.PERSON_DELETED, before)
        )
        lists = {name: sorted(held) for name, held in standing.lists.items()}
        audit.record(
            kind,
            actor=by,
            subject=standing.subject,
            details={**standing.details, **lists},
            # Of an account that is gone nobody could erase them any more; nothing else is held of it.
            personal=None if after is None else standing.personal,
            person=None if after is None else standing.subject,
        )
        return
    changed, personal = _changes(before.details, after.details), _changes(before.personal, after.personal)
    if changed or personal:
        audit.record(
            AuditKind.PERSON_CHANGED,
            actor=by,
            subject=after.subject,
            details={"changed": changed},
            personal=personal,
            person=after.subject,
        )
    for name, kind in (("roles", AuditKind.ROLES_CHANGED), ("desks", AuditKind.DESKS_CHANGED)):
        if difference := _given_and_taken(before.lists[name], after.lists[name]):
            audit.record(kind, actor=by, subject=after.subject, details=difference)
    if before.secret != after.secret:
        audit.record(AuditKind.PASSWORD_SET, actor=by, subject=after.subject)
    if before.details["is_active"] and not after.details["is_active"]:
        _end_access(after.subject, by)
    _tell_person(before, after)


def _end_access(person: UUID, by: UUID) -> None:
    """Of somebody whose account was closed: an account opened again has neither its old sessions nor its old tokens."""
    closed, administrator = User.objects.get(uuid=person), User.objects.get(uuid=by)
    device_sessions.end_all(closed, by=administrator)
    tokens.revoke_all(closed, by=administrator)


def _tell_person(before: Standing, after: Standing) -> None:
    """By mail, of what an administrator changed about how they sign in; of a new address, at both."""
    person = User.objects.get(uuid=after.subject)
    if before.secret != after.secret:
        security_mail.tell(person, Change.PASSWORD_SET)
    addresses = [standing.personal["email"] for standing in (before, after)]
    if addresses[0] != addresses[1]:
        for address in addresses:
            security_mail.tell(
                person, Change.EMAIL_CHANGED, to=address, before=addresses[0], after=addresses[1]
            )


# --- Roles -------------------------------------------------------------------------------------------------------


def standing_of_role(number) -> Standing | None:
    """A group's name, how many people have it, and what it permits; None where there is no such group."""
    group = Group.objects.filter(pk=number).first()
    if group is None:
        return None
    permissions = {
        f"{label}.{codename}"
        for label, codename in group.permissions.values_list("content_type__app_label", "codename")
    }
    for model, place in ((GroupPagePermission, "page"), (GroupCollectionPermission, "collection")):
        permissions |= {
            f"{codename} ({place} {number})"
            for codename, number in model.objects.filter(group=group).values_list(
                "permission__codename", f"{place}_id"
            )
        }
    return Standing(
        subject=None,
        details={"role": group.name, "people": group.user_set.count()},
        lists={"permissions": frozenset(permissions)},
    )


def note_role(before: Standing | None, after: Standing | None, *, by: UUID) -> None:
    """Writes down what became of a role, where anything did."""
    if before is None and after is None:
        return
    if before is None or after is None:
        kind, standing = (AuditKind.ROLE_ADDED, after) if before is None else (AuditKind.ROLE_DELETED, before)
        permissions = sorted(standing.lists["permissions"])
        audit.record(kind, actor=by, details={**standing.details, "permissions": permissions})
        return
    difference = _given_and_taken(before.lists["permissions"], after.lists["permissions"])
    if renamed := _changes(before.details, after.details):
        difference["changed"] = renamed
    if difference:
        audit.record(AuditKind.ROLE_CHANGED, actor=by, details={"role": after.details["role"], **difference})


# --- Agencies ----------------------------------------------------------------------------------------------------


def standing_of_agency(number) -> Standing | None:
    """An agency's contract and contact; None where there is no such agency."""
    agency = Agency.objects.filter(pk=number).first()
    if agency is None:
        return None
    return Standing(
        subject=agency.uuid,
        details={name: getattr(agency, name) for name in CONTRACT},
        personal={name: getattr(agency, name) for name in CONTACT},
    )


def note_agency(before: Standing | None, after: Standing | None, *, by: UUID) -> None:
    """Writes down what became of an agency, where anything did. Agencies are never deleted."""
    if after is None:
        return
    if before is None:
        contact = {name: value for name, value in after.personal.items() if value}
        audit.record(
            AuditKind.AGENCY_CREATED, actor=by, subject=after.subject, details=after.details, personal=contact
        )
        return
    changed, personal = _changes(before.details, after.details), _changes(before.personal, after.personal)
    if changed or personal:
        ends = changed.get("ended_at", (None, None))[1] is not None
        audit.record(
            AuditKind.AGENCY_ENDED if ends else AuditKind.AGENCY_CHANGED,
            actor=by,
            subject=after.subject,
            details={"changed": changed},
            personal=personal,
        )


def standing_of_entitlement(number) -> Standing | None:
    """Which part of the bulletin which agency may read; None where there is no such entitlement."""
    entitlement = AgencyEntitlement.objects.select_related("agency").filter(pk=number).first()
    if entitlement is None:
        return None
    return Standing(
        subject=entitlement.agency.uuid, details={"kind": entitlement.kind, "value": entitlement.value}
    )


def note_entitlement(before: Standing | None, after: Standing | None, *, by: UUID) -> None:
    """Writes down what an agency was given and what was taken from one; a changed entitlement is both."""
    if before == after:
        return
    for kind, standing in (
        (AuditKind.ENTITLEMENT_TAKEN, before),
        (AuditKind.ENTITLEMENT_GIVEN, after),
    ):
        if standing is not None:
            audit.record(kind, actor=by, subject=standing.subject, details=standing.details)


# --- The pages ---------------------------------------------------------------------------------------------------


class Audited:
    """For a page of Wagtail's that adds, changes or deletes one thing: what differs afterwards is written down.

    standing: what to look at, by number. note: writes down the difference. A page that fails leaves neither.
    """

    standing: Callable[[Any], Standing | None]
    note: Callable[..., None]

    def post(self, request, *args, **kwargs):
        number = kwargs.get(self.pk_url_kwarg)
        number = None if number is None else unquote(str(number))
        with transaction.atomic():
            before = None if number is None else type(self).standing(number)
            response = super().post(request, *args, **kwargs)
            if number is None:
                number = getattr(getattr(self, "object", None), "pk", None)
            after = None if number is None else type(self).standing(number)
            type(self).note(before, after, by=request.user.uuid)
        return response


class AuditedPerson(Audited):
    standing = staticmethod(standing_of_person)
    note = staticmethod(note_person)


class AuditedRole(Audited):
    standing = staticmethod(standing_of_role)
    note = staticmethod(note_role)


class AuditedAgency(Audited):
    standing = staticmethod(standing_of_agency)
    note = staticmethod(note_agency)


class AuditedEntitlement(Audited):
    standing = staticmethod(standing_of_entitlement)
    note = staticmethod(note_entitlement)


def audited(mixin: type[Audited], view: type) -> type:
    """The class `view` with what `mixin` writes down."""
    return type(f"{mixin.__name__}{view.__name__}", (mixin, view), {})


def look_before_bulk_action(request, action_type: str, people: Iterable, action) -> None:
    """Hook `before_bulk_action`, inside the action's transaction."""
    if isinstance(action, UserBulkAction):
        action.standing_before = {person.pk: standing_of_person(person.pk) for person in people}


def note_after_bulk_action(request, action_type: str, people: Iterable, action) -> None:
    """Hook `after_bulk_action`, inside the action's transaction."""
    if isinstance(action, UserBulkAction):
        for number, before in action.standing_before.items():
            note_person(before, standing_of_person(number), by=request.user.uuid)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list]:
    """[before, after] of each value that differs."""
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def _given_and_taken(before: frozenset, after: frozenset) -> dict[str, list]:
    """What `after` holds more and what less; only what isn't empty."""
    both = {"given": sorted(after - before), "taken": sorted(before - after)}
    return {name: members for name, members in both.items() if members}
