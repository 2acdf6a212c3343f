"""The audit log: writes what happened."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from .audit_kinds import AuditKind
from .models import AuditEvent


def record(
    kind: AuditKind,
    *,
    actor: UUID | None = None,
    subject: UUID | None = None,
    details: dict | None = None,
    personal: dict | None = None,
    person: UUID | None = None,
) -> AuditEvent:
    with transaction.atomic():
        head = AuditEvent.objects.order_by("-sequence").first()
        sequence = head.sequence + 1 if head else 1
        return AuditEvent.objects.create(
            sequence=sequence,
            happened_at=timezone.now(),
            kind=kind,
            actor=actor,
            subject=subject,
            details=details or {},
            previous_hash=head.hash if head else "",
            hash=f"{sequence:064d}",
        )
