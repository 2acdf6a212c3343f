"""What the tests of the audit log ask of it and how they make an old one."""

from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from unittest.mock import patch

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from subscribers import audit, audit_verification
from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditCheckpoint, AuditEvent, AuditPersonalData


def errors() -> list[str]:
    """What verification finds wrong; what was erased isn't."""
    return [str(finding) for finding in audit_verification.verify() if finding.is_error]


def told() -> list[str]:
    """What verification tells without blame."""
    return [str(finding) for finding in audit_verification.verify() if not finding.is_error]


def verify(*arguments: str) -> str:
    """What `manage.py verify_audit` prints. Raises CommandError where it exits non-zero."""
    output = StringIO()
    call_command("verify_audit", *arguments, stdout=output)
    return output.getvalue()


def kinds() -> list[str]:
    """What happened, oldest first."""
    return list(AuditEvent.objects.order_by("sequence").values_list("kind", flat=True))


@contextmanager
def clock_at(moment: datetime):
    """The log's clock stands at `moment`."""
    with patch.object(audit.timezone, "now", return_value=moment):
        yield


def event_at(year: int, month: int, day: int = 5, hour: int = 12, **fields) -> AuditEvent:
    """An event of that day, by the clock of Istanbul."""
    with clock_at(timezone.make_aware(datetime(year, month, day, hour))):
        return audit.record(fields.pop("kind", AuditKind.AGENCY_CREATED), **fields)


def standing() -> list[list[dict]]:
    """Everything the log holds."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (AuditEvent, AuditPersonalData, AuditCheckpoint)
    ]


def run(statement: str, *parameters) -> None:
    """Raw SQL, past every model."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@contextmanager
def unprotected():
    """With the audit log's triggers off; afterwards they stand again."""
    from subscribers import audit_triggers

    for refusal in audit_triggers.refusals(connection.vendor):
        run(
            f"DROP TRIGGER {refusal.name}" + ("" if connection.vendor == "sqlite" else f" ON {refusal.table}")
        )
    yield
    audit_triggers.PROTECTION.install(connection)
