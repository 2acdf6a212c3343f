"""Verification of the audit log: proves from the data alone that nothing was changed, inserted or cut out.

Run by `manage.py verify_audit`, by an auditor, before a backup. It reads; it never mends. What was destroyed with its
month or erased on request is told, not blamed: the first has a checkpoint, the second an event that names it.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db import connection
from django.utils.translation import gettext

from . import audit_triggers
from .audit import HASHED_COLUMNS, event_hash, personal_hash
from .audit_kinds import AuditKind
from .audit_retention import HASHED_COLUMNS as HASHED_CHECKPOINT_COLUMNS
from .audit_retention import checkpoint_hash, month_end
from .canonical import GENESIS
from .findings import Anchor, Finding, as_far_as_readable
from .locks import snapshot
from .models import AuditCheckpoint, AuditEvent, AuditPersonalData

#: Events read together with their personal data.
BATCH = 500


def verify(anchor: Anchor | None = None) -> Iterator[Finding]:
    """Everything found; no error where the log is whole."""
    for name in audit_triggers.PROTECTION.missing(connection):
        yield Finding(
            name, gettext("Tetikleyici yok ya da değiştirilmiş; “manage.py migrate” yeniden kurar.")
        )
    with snapshot():
        yield from as_far_as_readable(gettext("İmha özetleri"), verify_checkpoints())
        yield from as_far_as_readable(gettext("Denetim günlüğü"), verify_chain(anchor))
        yield from verify_leftovers()


def verify_checkpoints() -> Iterator[Finding]:
    """Each destroyed month follows the one before, bears its own hash, and was over when it was destroyed."""
    expected, previous_hash, previous_month = 1, GENESIS, None
    for checkpoint in AuditCheckpoint.objects.order_by("last_sequence"):
        subject = _of_checkpoint(checkpoint)
        if checkpoint.first_sequence != expected or checkpoint.last_sequence < expected:
            yield Finding(
                subject,
                gettext("%(expected)d. kayıttan başlamalıydı: arada ay eksik.") % {"expected": expected},
            )
        if checkpoint.previous_hash != previous_hash:
            yield Finding(subject, gettext("Önceki imhanın özetini taşımıyor: zincir burada kopuk."))
        if checkpoint.format not in HASHED_CHECKPOINT_COLUMNS:
            yield Finding(
                subject, gettext("Bilinmeyen kayıt biçimi: %(format)d.") % {"format": checkpoint.format}
            )
        elif checkpoint_hash(checkpoint) != checkpoint.hash:
            yield Finding(subject, gettext("Kendi özetini taşımıyor: kayıt değiştirilmiş."))
        if previous_month and checkpoint.month <= previous_month:
            yield Finding(subject, gettext("Önceki imha edilen aydan sonra gelmiyor."))
        if checkpoint.destroyed_at < month_end(checkpoint.month):
            yield Finding(subject, gettext("Ay bitmeden imha edilmiş."))
        expected, previous_hash = checkpoint.last_sequence + 1, checkpoint.hash
        previous_month = checkpoint.month


def verify_chain(anchor: Anchor | None = None) -> Iterator[Finding]:
    """Each event follows the one before, bears its own hash and that of its personal data, or an erasure names it."""
    checkpoints = list(AuditCheckpoint.objects.order_by("last_sequence"))
    last = checkpoints[-1] if checkpoints else None
    expected = last.last_sequence + 1 if last else 1
    previous_hash = last.last_hash if last else GENESIS
    begins = AuditEvent.objects.filter(sequence__gte=expected).order_by("sequence").first()
    unnamed = _unnamed_checkpoints(checkpoints, begins.happened_at if begins else None)
    known = {checkpoint.hash for checkpoint in checkpoints}
    anchored = anchor is None or _is_destroyed(anchor, checkpoints)
    #: Sequences whose personal data are gone, until an erasure that names them is met.
    gone: set[int] = set()
    previous_moment = month_end(last.month) if last else None
    for event, personal in _events_from(expected):
        subject = _of_event(event.sequence)
        if event.sequence != expected:
            yield Finding(
                subject, gettext("Sıra %(expected)d olmalıydı: arada kayıt eksik.") % {"expected": expected}
            )
        if event.previous_hash != previous_hash:
            yield Finding(subject, gettext("Önceki kaydın özetini taşımıyor: zincir burada kopuk."))
        if event.format not in HASHED_COLUMNS:
            yield Finding(subject, gettext("Bilinmeyen kayıt biçimi: %(format)d.") % {"format": event.format})
        elif event_hash(event) != event.hash:
            yield Finding(subject, gettext("Kendi özetini taşımıyor: kayıt değiştirilmiş."))
        if previous_moment and event.happened_at < previous_moment:
            yield Finding(subject, gettext("Önceki kayıttan erken yazılmış görünüyor."))
        if personal is None:
            if event.personal_hash:
                gone.add(event.sequence)
        elif personal_hash(personal.salt, personal.person, personal.fields) != event.personal_hash:
            yield Finding(subject, gettext("Kişisel verisi kaydın özetini taşımıyor: veri değiştirilmiş."))
        if event.kind == AuditKind.PERSONAL_DATA_ERASED:
            for erased in sorted(gone & _named_sequences(event)):
                gone.remove(erased)
                yield Finding(_of_event(erased), gettext("Kişisel verisi silindi."), is_error=False)
        if event.kind == AuditKind.AUDIT_MONTH_DESTROYED:
            unnamed.discard(event.details.get("checkpoint"))
            if event.details.get("checkpoint") not in known:
                yield Finding(subject, gettext("Anlattığı imhanın özeti yok: silinmiş ya da değiştirilmiş."))
        if anchor is not None and (event.sequence, event.hash) == (anchor.sequence, anchor.hash):
            anchored = True
        expected, previous_hash, previous_moment = event.sequence + 1, event.hash, event.happened_at
    for sequence in sorted(gone):
        yield Finding(
            _of_event(sequence), gettext("Kişisel verisi yok ve silindiğini anlatan bir kayıt da yok.")
        )
    for checkpoint in checkpoints:
        if checkpoint.hash in unnamed:
            yield Finding(_of_checkpoint(checkpoint), gettext("İmhayı anlatan bir kayıt yok."))
    if not anchored:
        yield Finding(
            _of_event(anchor.sequence),
            gettext("Not edilen özet günlükte yok: günlüğün sonu kesilmiş ya da değiştirilmiş."),
        )


def verify_leftovers() -> Iterator[Finding]:
    """No event stands in a destroyed month, and no personal data without their event."""
    last = AuditCheckpoint.objects.order_by("-last_sequence").first()
    destroyed = AuditEvent.objects.filter(sequence__lte=last.last_sequence if last else 0)
    for sequence in destroyed.order_by("sequence").values_list("sequence", flat=True):
        yield Finding(_of_event(sequence), gettext("İmha edilmiş bir ayda duruyor."))
    strays = AuditPersonalData.objects.exclude(sequence__in=AuditEvent.objects.values("sequence"))
    for sequence in strays.order_by("sequence").values_list("sequence", flat=True):
        yield Finding(_of_event(sequence), gettext("Kaydı olmayan bir kişisel veri duruyor."))


def _events_from(sequence: int) -> Iterator[tuple[AuditEvent, AuditPersonalData | None]]:
    events = AuditEvent.objects.filter(sequence__gte=sequence).order_by("sequence").iterator(chunk_size=BATCH)
    while batch := list(islice(events, BATCH)):
        personal = AuditPersonalData.objects.in_bulk([event.sequence for event in batch])
        for event in batch:
            yield event, personal.get(event.sequence)


def _named_sequences(event: AuditEvent) -> set[int]:
    """The sequences that an erasure names; only earlier ones can have been erased by it."""
    named = set()
    for first, last in event.details.get("sequences", []):
        named.update(range(first, min(last, event.sequence - 1) + 1))
    return named


def _unnamed_checkpoints(checkpoints: list[AuditCheckpoint], begins: datetime | None) -> set[str]:
    """Hashes of the checkpoints whose own event must still be there: those made since the oldest event left."""
    return {
        checkpoint.hash for checkpoint in checkpoints if begins is None or checkpoint.destroyed_at >= begins
    }


def _is_destroyed(anchor: Anchor, checkpoints: list[AuditCheckpoint]) -> bool:
    """Whether the anchor lies in a destroyed month and nothing speaks against it; or is of the empty log."""
    if (anchor.sequence, anchor.hash) == (0, GENESIS):
        return True
    ends = {checkpoint.last_sequence: checkpoint.last_hash for checkpoint in checkpoints}
    if not checkpoints or not 0 < anchor.sequence <= checkpoints[-1].last_sequence:
        return False
    return ends.get(anchor.sequence, anchor.hash) == anchor.hash


def _of_event(sequence: int) -> str:
    return gettext("Denetim kaydı %(sequence)d") % {"sequence": sequence}


def _of_checkpoint(checkpoint: AuditCheckpoint) -> str:
    return gettext("İmha %(month)s") % {"month": f"{checkpoint.month:%Y-%m}"}
