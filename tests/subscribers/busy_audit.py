"""A process that writes to the audit log: run as a script, several at once, by the tests of concurrency.

It reads one JSON list of orders from its standard input, waits for the line `go` so that all begin together, carries
them out, and prints a JSON list of the errors met.
"""

import json
import sys
import uuid


def carry_out(order: dict) -> None:
    from django.db import transaction

    from subscribers import audit, audit_retention, audit_verification
    from subscribers.audit_kinds import AuditKind

    person = uuid.UUID(order["person"]) if "person" in order else None
    if order["work"] == "record":
        audit.record(AuditKind.PERSON_CHANGED, personal={"email": "a@des.example"}, person=person)
    elif order["work"] == "give up":
        with transaction.atomic():
            audit.record(AuditKind.PERSON_CHANGED, personal={"email": "a@des.example"}, person=person)
            transaction.set_rollback(True)
    elif order["work"] == "erase":
        audit_retention.erase_person(person)
    elif order["work"] == "destroy":
        audit_retention.destroy_due_months()
    elif order["work"] == "verify":  # noqa: SIM102
        if found := [str(finding) for finding in audit_verification.verify() if finding.is_error]:
            raise AssertionError("; ".join(found))


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    print("ready", flush=True)
    sys.stdin.readline()
    errors = []
    for order in orders:
        try:
            carry_out(order)
        except Exception as failure:
            errors.append(f"{order['work']}: {type(failure).__name__}: {failure}")
    print(json.dumps(errors), flush=True)


if __name__ == "__main__":
    main()
