"""`manage.py verify_audit [--anchor SEQUENCE:HASH]`: proves that the audit log is whole."""

from subscribers import audit, audit_verification
from subscribers.ledger_command import VerifyLedger


class Command(VerifyLedger):
    help = (
        "Denetim günlüğünü baştan sona doğrular: zincir, özetler, kişisel veriler, imhalar, tetikleyiciler."
    )

    def head(self):
        return audit.head()

    def findings(self, anchor):
        return audit_verification.verify(anchor)
