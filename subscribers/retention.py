"""What this room destroys when its retention is over: sessions, invitations, tokens and their days, contacts, audit.

Each function is the run of one purpose (`subscribers.destruction`). Closed accounts are noticed here, and destroyed by
the room that knows everything of a person (`administration.erasure`).
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from . import audit_retention, destruction
from .destruction import Destroyed
from .models import (
    Agency,
    DestructionRecord,
    DeviceSession,
    ImportedPerson,
    Invitation,
    PeopleImport,
    SignInFailures,
    Token,
    TokenUse,
    User,
)

#: Who works in the directorate is there by no agency's contract.
_WITHOUT_ROLE = Q(
    ~Exists(User.groups.through.objects.filter(user=OuterRef("pk"))), is_superuser=False, is_staff=False
)


def register() -> None:
    """Called once, when the application is ready."""
    destruction.register("sign_in", destroy_sign_ins)
    destruction.register("invitations", destroy_invitations)
    destruction.register("tokens", destroy_tokens)
    destruction.register("contacts", destroy_contacts)
    destruction.register("audit", destroy_audit_months)


def destroy_sign_ins(before: datetime, now: datetime) -> int:
    """Sessions that have run out, and failures that slow nobody down any more."""
    return destruction.delete(
        "sign_in",
        DeviceSession.objects.filter(expire_date__lt=before),
        SignInFailures.objects.filter(last_at__lt=before),
    )


def destroy_invitations(before: datetime, now: datetime) -> int:
    """Invitations accepted, withdrawn or run out, and lists of people uploaded so long ago."""
    ended = (
        Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(expires_at__lt=before, accepted_at=None)
    )
    lists = PeopleImport.objects.filter(uploaded_at__lt=before)
    return destruction.delete(
        "invitations",
        Invitation.objects.filter(ended),
        ImportedPerson.objects.filter(people_import__in=lists.values("pk")),
        lists,
    )


def destroy_tokens(before: datetime, now: datetime) -> int:
    """Days on which tokens were used; and people's tokens that ended, with what is left of their days."""
    day = timezone.localdate(before, timezone.get_default_timezone())
    ended = Token.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before), person__isnull=False)
    numbers = list(ended.values_list("pk", flat=True))
    with transaction.atomic():
        destruction.begin()
        Token.objects.filter(replaced_by__in=numbers).update(replaced_by=None)
        uses = TokenUse.objects.filter(Q(day__lt=day) | Q(token__in=numbers)).delete()[0]
        tokens = Token.objects.filter(pk__in=numbers).delete()[0]
        destruction.tell(
            [
                Destroyed("tokens", "subscribers.TokenUse", uses),
                Destroyed("tokens", "subscribers.Token", tokens),
            ]
        )
    return uses + tokens


def destroy_contacts(before: datetime, now: datetime) -> int:
    """Who was to be asked at an agency whose contract ended."""
    with transaction.atomic():
        destruction.begin()
        emptied = (
            Agency.objects.filter(ended_at__lt=before)
            .exclude(contact_name="", contact_email="", contact_phone="")
            .update(contact_name="", contact_email="", contact_phone="")
        )
        method = DestructionRecord.Method.ANONYMISED
        destruction.tell([Destroyed("contacts", "subscribers.Agency", emptied, method)])
    return emptied


def destroy_audit_months(before: datetime, now: datetime) -> int:
    """Whole months of the audit log, by its own rule; each leaves its record."""
    months = audit_retention.destroy_due_months(now=now)
    return sum(month.last_sequence - month.first_sequence + 1 for month in months)


def closed_accounts(now: datetime) -> QuerySet[User]:
    """Whose account is closed, or nobody's business any more: the contract of their agency ended and they have no role.

    Accounts that were erased are none.
    """
    return User.objects.filter(Q(is_active=False) | _left_by_their_agency(now), erased_at=None)


def _left_by_their_agency(now: datetime) -> Q:
    return Q(_WITHOUT_ROLE, agency__in=Agency.objects.filter(ended_at__lte=now), is_active=True)


def left_by(agency: Agency) -> QuerySet[User]:
    """Whose accounts are closed when the contract of `agency` ends."""
    return User.objects.filter(_WITHOUT_ROLE, agency=agency, is_active=True)


def notice_closed_accounts(now: datetime) -> None:
    """Dates each account that is closed, whoever closed it in whichever way; an account opened again has no date.

    One that is closed with its agency's contract is so since that ended, or since it was made, whichever is later.
    """
    accounts = User.objects.filter(erased_at=None)
    left = accounts.filter(_left_by_their_agency(now))
    accounts.filter(is_active=True).exclude(closed_at=None).exclude(pk__in=left.values("pk")).update(
        closed_at=None
    )
    contract_ended = Agency.objects.filter(pk=OuterRef("agency")).values("ended_at")
    left.update(closed_at=Greatest(Subquery(contract_ended), F("date_joined")))
    accounts.filter(is_active=False, closed_at=None).update(closed_at=now)
    # Opened and closed again between two looks.
    accounts.filter(is_active=False, last_login__gt=F("closed_at")).update(closed_at=now)
