"""Inviting a whole list of people: what will become of each row, and then row by row what was said.

`look_at` judges a file and keeps it; nobody is invited yet. `confirm` lets it begin, and `advance` invites the rows
that wait, each in a transaction of its own with what is written about it: however many processes are at it, and
wherever one is killed, each person is invited once and each row says what became of it. The worker goes on where a
request left off. Who may do any of this is the caller's to ask.
"""

import time
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, destruction, invitations
from .audit_kinds import AuditKind
from .models import Agency, ImportedPerson, Invitation, PeopleImport, User
from .people_file import Row

Outcome = ImportedPerson.Outcome

#: How long a list that nobody confirmed, and one that is done, are kept.
UNCONFIRMED_LASTS = timedelta(days=1)
DONE_LASTS = timedelta(days=30)

#: Seconds of inviting after which the worker turns to its other work; the next turn goes on from there.
WORKERS_SHARE = 3.0

#: Addresses asked for at once; databases bound the parameters of a query.
_TOGETHER = 500


def look_at(rows: list[Row], *, agency: Agency | None, file_name: str, by: User) -> PeopleImport:
    """Keeps the list of `rows` with what will become of each.

    agency: of them all; None where each row names its own by code.
    """
    forget_old()
    judged = _judged(rows, agency)
    with transaction.atomic():
        made = PeopleImport.objects.create(file_name=file_name[-120:], uploaded_by=by.uuid)
        for person in judged:
            person.people_import = made
        ImportedPerson.objects.bulk_create(judged, batch_size=_TOGETHER)
    return made


def confirm(people_import: PeopleImport, *, by: User) -> bool:
    """Lets the invitations begin; False where somebody did already."""
    with transaction.atomic():
        begun = PeopleImport.objects.filter(pk=people_import.pk, confirmed_at=None).update(
            confirmed_at=timezone.now(), confirmed_by=by.uuid
        )
        if begun:
            counts = counts_of(people_import)
            audit.record(
                AuditKind.PEOPLE_IMPORT_CONFIRMED,
                actor=by.uuid,
                subject=people_import.uuid,
                details={"rows": counts.total(), "to_invite": counts[Outcome.TO_INVITE]},
            )
    people_import.refresh_from_db()
    return bool(begun)


def advance(people_import: PeopleImport, *, seconds: float | None = None) -> bool:
    """Invites the rows that wait, for about `seconds`; whether none waits any more. Nothing before it is confirmed."""
    people_import.refresh_from_db()
    if people_import.confirmed_at is None:
        return False
    until = None if seconds is None else time.monotonic() + seconds
    by = User.objects.filter(uuid=people_import.confirmed_by, is_active=True).first()
    for number in _waiting(people_import).values_list("pk", flat=True):
        if until is not None and time.monotonic() >= until:
            return False
        _invite_one(number, by)
    _finish(people_import)
    return True


def advance_all(*, seconds: float = WORKERS_SHARE) -> bool:
    """Goes on with the confirmed lists, the one confirmed first before the others, and forgets the old ones.

    For about `seconds` in all; whether no list is left to go on with.
    """
    forget_old()
    until = time.monotonic() + seconds
    at_work = PeopleImport.objects.filter(confirmed_at__isnull=False, finished_at=None)
    return all(
        advance(people_import, seconds=max(0.0, until - time.monotonic()))
        for people_import in at_work.order_by("confirmed_at", "pk")
    )


def counts_of(people_import: PeopleImport) -> Counter[str]:
    """How many rows there are of each outcome."""
    rows = people_import.rows.order_by().values_list("outcome").annotate(number=Count("pk"))
    return Counter(dict(rows))


def invite_failed_again(people_import: PeopleImport, *, by: User) -> int:
    """Lets the rows whose mail didn't go out be invited again, in the name of `by`; how many those are."""
    with transaction.atomic():
        failed = people_import.rows.filter(outcome=Outcome.MAIL_FAILED)
        number = failed.update(outcome=Outcome.TO_INVITE, sentence="")
        if number:
            PeopleImport.objects.filter(pk=people_import.pk).update(confirmed_by=by.uuid, finished_at=None)
            audit.record(
                AuditKind.PEOPLE_IMPORT_CONFIRMED,
                actor=by.uuid,
                subject=people_import.uuid,
                details={"rows": people_import.rows.count(), "to_invite": number, "again": True},
            )
    people_import.refresh_from_db()
    return number


def refused(people_import: PeopleImport) -> QuerySet[ImportedPerson]:
    """The rows of which nobody is or will be invited."""
    return people_import.rows.exclude(outcome__in=(Outcome.TO_INVITE, Outcome.INVITED))


def forget_old() -> None:
    """Deletes the lists that are of no more use: they name people who have no account."""
    now = timezone.now()
    old = PeopleImport.objects.filter(
        Q(confirmed_at=None, uploaded_at__lte=now - UNCONFIRMED_LASTS) | Q(finished_at__lte=now - DONE_LASTS)
    )
    if old.exists():
        people = ImportedPerson.objects.filter(people_import__in=old.values("pk"))
        destruction.delete("invitations", people, old)


# --- Judging -----------------------------------------------------------------------------------------------------


class _Room:
    """How many more people each agency may have, as the rows use it up."""

    def __init__(self) -> None:
        self._left: dict[int, int] = {}

    def take(self, agency: Agency) -> bool:
        if agency.pk not in self._left:
            taken = invitations.people_of(agency).count() + invitations.open_invitations(agency).count()
            self._left[agency.pk] = agency.people_limit - taken
        if self._left[agency.pk] <= 0:
            return False
        self._left[agency.pk] -= 1
        return True


def _judged(rows: list[Row], agency: Agency | None) -> list[ImportedPerson]:
    """What will become of each row, as things stand now."""
    agencies = _Agencies(agency)
    holders = _holders({row.email for row in rows})
    invited = _invited({row.email for row in rows})
    room, first_lines, judged = _Room(), {}, []
    for row in rows:
        own, missing = agencies.of(row)
        person = ImportedPerson(
            line=row.line,
            email=row.email[:254],
            name=row.name[:160],
            code=row.code[:64],
            is_coordinator=bool(row.is_coordinator),
            agency=own,
        )
        outcome, sentence = (
            (Outcome.NO_AGENCY, missing)
            if missing
            else _outcome(row, own, first_lines, holders.get(row.email), invited)
        )
        if outcome is Outcome.TO_INVITE and not room.take(own):
            outcome, sentence = Outcome.FULL, _full(own)
        person.outcome, person.sentence = outcome, sentence[:300]
        judged.append(person)
    return judged


def _outcome(
    row: Row, agency: Agency, first_lines: dict[str, int], holder: User | None, invited: set[tuple[int, str]]
) -> tuple[Outcome, str]:
    if not _is_address(row.email):
        return Outcome.BAD_ADDRESS, _("“%(text)s” bir e-posta adresi değil.") % {"text": row.email[:60]}
    first = first_lines.setdefault(row.email, row.line)
    if first != row.line:
        return Outcome.DOUBLE, _("Bu adres %(line)d. satırda da var.") % {"line": first}
    if row.is_coordinator is None:
        return Outcome.REFUSED, _("“Kurum sorumlusu” sütununa evet ya da hayır yazın.")
    return _standing(agency, row.email, holder, (agency.pk, row.email) in invited)


def _standing(agency: Agency, email: str, holder: User | None, is_invited: bool) -> tuple[Outcome, str]:
    """What the account of that address, the contract and earlier invitations say to inviting it now."""
    if not agency.is_current():
        return Outcome.NO_CONTRACT, _("“%(name)s” kurumunun sözleşmesi sürmüyor.") % {"name": agency}
    if holder is not None and holder.is_active and holder.agency_id == agency.pk:
        return Outcome.MEMBER, _("“%(name)s” kurumunun kişilerinden.") % {"name": agency}
    if holder is not None and holder.agency_id == agency.pk:
        return Outcome.OTHER_ACCOUNT, _(
            "“%(name)s” kurumunun kişilerinden ama hesabı kapatılmış; çağrıyla değil, kullanıcılar sayfasından açılır."
        ) % {"name": agency}
    if holder is not None and not invitations.may_join_again(holder):
        if holder.agency_id not in (None, agency.pk):
            return Outcome.OTHER_ACCOUNT, _("Bu adres “%(name)s” kurumundan bir kişinin.") % {
                "name": holder.agency
            }
        return Outcome.OTHER_ACCOUNT, _("Bu adresle, kişisi kurumdan olmayan ya da kapalı bir hesap var.")
    if is_invited:
        return Outcome.INVITED_BEFORE, _("Çağrısı duruyor; yeniden gönderilmedi.")
    return Outcome.TO_INVITE, ""


def _full(agency: Agency) -> str:
    return _("“%(name)s” kurumunun kişi sınırı (%(limit)d) doluyor.") % {
        "name": agency,
        "limit": agency.people_limit,
    }


class _Agencies:
    """Which agency a row is for: the one chosen for the whole file, or that of its code."""

    def __init__(self, chosen: Agency | None) -> None:
        self._chosen = chosen
        self._by_code: dict[str, list[Agency]] = {}
        for agency in Agency.objects.all():
            self._by_code.setdefault(agency.code.casefold(), []).append(agency)

    def of(self, row: Row) -> tuple[Agency | None, str]:
        """(agency, "") or (None, why there is none)."""
        if not row.code:
            return (self._chosen, "") if self._chosen else (None, _("Kurum kodu yok."))
        alike = self._by_code.get(row.code.casefold(), [])
        found = next((agency for agency in alike if agency.code == row.code), None)
        if found is None and len(alike) == 1:
            found = alike[0]
        if found is None:
            return None, _("“%(code)s” kodlu bir kurum yok.") % {"code": row.code[:40]}
        if self._chosen is not None and found.pk != self._chosen.pk:
            return None, _("Satırdaki kod “%(name)s” kurumunun; seçtiğiniz kurum başka.") % {"name": found}
        return found, ""


def _holders(addresses: set[str]) -> dict[str, User]:
    return {
        user.email: user
        for some in _portions(addresses)
        for user in User.objects.filter(email__in=some).select_related("agency").prefetch_related("groups")
    }


def _invited(addresses: set[str]) -> set[tuple[int, str]]:
    """(number of the agency, address) of every invitation that can still be accepted; its mail went out."""
    return {
        pair
        for some in _portions(addresses)
        for pair in Invitation.objects.filter(
            email__in=some,
            accepted_at=None,
            withdrawn_at=None,
            mail_failed_at=None,
            expires_at__gt=timezone.now(),
        ).values_list("agency_id", "email")
    }


def _portions(addresses: set[str]) -> list[list[str]]:
    ordered = sorted(addresses)
    return [ordered[start : start + _TOGETHER] for start in range(0, len(ordered), _TOGETHER)]


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


# --- Inviting ----------------------------------------------------------------------------------------------------


def _waiting(people_import: PeopleImport) -> QuerySet[ImportedPerson]:
    return people_import.rows.filter(outcome=Outcome.TO_INVITE).order_by("line")


def _invite_one(number: int, by: User | None) -> None:
    """Invites the person of one row, or says why not; in one transaction with what the row says afterwards."""
    with transaction.atomic():
        row = ImportedPerson.objects.select_for_update(of=("self",)).filter(pk=number).first()
        if row is None or row.outcome != Outcome.TO_INVITE:
            return
        row.outcome, row.sentence, invitation = _invited_now(row, by)
        row.sentence = row.sentence[:300]
        row.save(update_fields=["outcome", "sentence"])
    # The mail goes out after the commit.
    if invitation is not None and invitation.mail_failed_at is not None:
        failed = ImportedPerson.objects.filter(pk=number, outcome=Outcome.INVITED)
        failed.update(outcome=Outcome.MAIL_FAILED, sentence=_("Posta sunucusu postayı almadı."))


def _invited_now(row: ImportedPerson, by: User | None) -> tuple[Outcome, str, Invitation | None]:
    if by is None:
        return Outcome.REFUSED, _("Listeyi onaylayanın hesabı kapandı."), None
    holder = User.objects.select_related("agency").filter(email=row.email).first()
    is_invited = (row.agency_id, row.email) in _invited({row.email})
    outcome, sentence = _standing(row.agency, row.email, holder, is_invited)
    if outcome is not Outcome.TO_INVITE:
        return outcome, sentence, None
    try:
        invitation = invitations.invite(
            row.agency, row.email, by, is_coordinator=row.is_coordinator, language=settings.LANGUAGE_CODE
        )
    except ValidationError as refusal:
        return Outcome.REFUSED, " ".join(refusal.messages), None
    return Outcome.INVITED, "", invitation


def _finish(people_import: PeopleImport) -> None:
    """Notes once that no row waits any more."""
    with transaction.atomic():
        if _waiting(people_import).exists():
            return
        done = PeopleImport.objects.filter(pk=people_import.pk, finished_at=None).update(
            finished_at=timezone.now()
        )
        if done:
            counts = counts_of(people_import)
            invited = counts[Outcome.INVITED]
            audit.record(
                AuditKind.PEOPLE_IMPORT_FINISHED,
                actor=people_import.confirmed_by,
                subject=people_import.uuid,
                details={"invited": invited, "refused": counts.total() - invited},
            )
    people_import.refresh_from_db()
