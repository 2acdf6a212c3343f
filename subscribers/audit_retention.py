"""What leaves the audit log: whole months past their retention, and the personal data of one person.

Called by the commands `destroy_audit_months` and by whoever answers a request for erasure. Both are events of the log
themselves. A destroyed month leaves an `AuditCheckpoint`, erased personal data leave their salted hash, so that the
chain verifies as before.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from . import audit
from .audit_kinds import AuditKind
from .canonical import GENESIS, digest
from .locks import AUDIT_LOG, hold
from .models import AuditCheckpoint, AuditEvent, AuditPersonalData, DestructionRecord

#: The format written today, and for each format ever written the columns that a checkpoint's hash covers.
FORMAT = 1
HASHED_COLUMNS = {
    1: (
        "month",
        "first_sequence",
        "last_sequence",
        "last_hash",
        "destroyed_at",
        "format",
        "previous_hash",
    ),
}


def destroy_due_months(*, now: datetime | None = None) -> list[AuditCheckpoint]:
    """Destroys every month that ended at least `settings.AUDIT_RETENTION_MONTHS` months ago; what is left of each.

    Each month is a transaction of its own. now: the present moment unless a test says otherwise.
    """
    left = []
    while (checkpoint := _destroy_oldest_month(now or timezone.now())) is not None:
        left.append(checkpoint)
    return left


def check_settings() -> None:
    """Stops the start with a sentence where the retention is none."""
    if settings.AUDIT_RETENTION_MONTHS < 1:
        raise ImproperlyConfigured(
            f"AUDIT_RETENTION_MONTHS is {settings.AUDIT_RETENTION_MONTHS}; it must be at least 1 month."
        )


def due_from(month: date) -> datetime:
    """The moment from which `month` (its first day) may be destroyed: midnight in Istanbul, as all months."""
    return midnight(months_later(month, 1 + settings.AUDIT_RETENTION_MONTHS))


def month_of(moment: datetime) -> date:
    """The first day of the month that `moment` falls in, by the calendar of Istanbul."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date().replace(day=1)


def month_end(month: date) -> datetime:
    """The midnight at which `month` (its first day) ends."""
    return midnight(months_later(month, 1))


def checkpoint_hash(checkpoint: AuditCheckpoint) -> str:
    """The hash that `checkpoint` should bear, by its format. Raises KeyError for an unknown format."""
    return digest({name: getattr(checkpoint, name) for name in HASHED_COLUMNS[checkpoint.format]})


def erase_person(person: UUID, *, by: UUID | None = None, addresses: Iterable[str] = ()) -> int:
    """Erases the personal data of `person` from every event; returns of how many events.

    The erasure is an event that names the sequences; where there was nothing to erase there is none. by: who asked
    for it in the system. addresses: e-mail addresses of theirs; what names one of them and nobody else goes too.
    """
    with transaction.atomic():
        hold(AUDIT_LOG)
        theirs = personal_data_of(person, addresses)
        sequences = list(theirs.order_by("sequence").values_list("sequence", flat=True))
        if sequences:
            # The database lets personal data go only while this event is the newest.
            audit.record(
                AuditKind.PERSONAL_DATA_ERASED,
                actor=by,
                subject=person,
                details={"sequences": _runs(sequences)},
            )
            theirs.delete()
    return len(sequences)


def personal_data_of(person: UUID, addresses: Iterable[str] = ()) -> QuerySet[AuditPersonalData]:
    """The personal data of `person` in every event; those of nobody's that bear one of `addresses` too.

    Events from before there was an account, or about an agency's contact, name an address and no person.
    """
    named = Q(person=person)
    for address in addresses:
        for field in ("email", "contact_email", "person"):
            named |= Q(person=None, **{f"fields__{field}": address})
            # A change names what was and what is.
            named |= Q(person=None, **{f"fields__{field}__0": address})
            named |= Q(person=None, **{f"fields__{field}__1": address})
    return AuditPersonalData.objects.filter(named)


def addresses_of(person: UUID) -> set[str]:
    """Every e-mail address under which the log knows `person`."""
    found = set()
    for fields in AuditPersonalData.objects.filter(person=person).values_list("fields", flat=True):
        said = fields.get("email") or []
        found.update(said if isinstance(said, list) else [said])
    return {address for address in found if address}


@transaction.atomic
def _destroy_oldest_month(now: datetime) -> AuditCheckpoint | None:
    hold(AUDIT_LOG)
    oldest = AuditEvent.objects.order_by("sequence").first()
    if oldest is None:
        return None
    month = month_of(oldest.happened_at)
    before = AuditCheckpoint.objects.order_by("-last_sequence").first()
    # Also by the clock: a month that goes on would be cut in two by the event that tells of its destruction.
    if now < due_from(month) or timezone.now() < month_end(month):
        return None
    last = AuditEvent.objects.filter(happened_at__lt=month_end(month)).order_by("-sequence").first()
    checkpoint = AuditCheckpoint(
        month=month,
        first_sequence=oldest.sequence,
        last_sequence=last.sequence,
        last_hash=last.hash,
        destroyed_at=now,
        format=FORMAT,
        previous_hash=before.hash if before else GENESIS,
    )
    checkpoint.hash = checkpoint_hash(checkpoint)
    checkpoint.save(force_insert=True)
    # Events first: the database lets personal data go only after their event.
    AuditEvent.objects.filter(sequence__lte=last.sequence).delete()
    AuditPersonalData.objects.filter(sequence__lte=last.sequence).delete()
    DestructionRecord.objects.create(
        purpose="audit",
        place="subscribers.AuditEvent",
        number=last.sequence - oldest.sequence + 1,
        method=DestructionRecord.Method.DELETED,
        cause=DestructionRecord.Cause.RETENTION,
        first_day=month,
        last_day=months_later(month, 1) - timedelta(days=1),
    )
    audit.record(
        AuditKind.AUDIT_MONTH_DESTROYED,
        details={
            "month": f"{month:%Y-%m}",
            "first": checkpoint.first_sequence,
            "last": checkpoint.last_sequence,
            "checkpoint": checkpoint.hash,
        },
    )
    return checkpoint


def _runs(sequences: Iterable[int]) -> list[list[int]]:
    """Ascending numbers as [first, last] of each unbroken run."""
    numbers = list(sequences)
    breaks = [place for place, (one, two) in enumerate(pairwise(numbers), start=1) if two != one + 1]
    return [
        [numbers[start], numbers[end - 1]]
        for start, end in pairwise([0, *breaks, len(numbers)])
        if start < end
    ]


def months_later(month: date, months: int) -> date:
    """The first day of the month that is so many months after `month` (its first day); before it, if negative."""
    years, number = divmod(month.month - 1 + months, 12)
    return date(month.year + years, number + 1, 1)


def midnight(day: date) -> datetime:
    """The moment at which `day` begins in Istanbul."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
