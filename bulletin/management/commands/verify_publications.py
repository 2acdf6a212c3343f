"""`manage.py verify_publications [--anchor SEQUENCE:HASH]`: proves that the publication log is whole."""

from bulletin import projections, verification
from subscribers.ledger_command import VerifyLedger


class Command(VerifyLedger):
    help = "Yayım günlüğünü baştan sona doğrular: zincir, özetler, karakter sayıları, tetikleyiciler, yayındaki içerik."

    def head(self):
        return projections.head()

    def findings(self, anchor):
        return verification.verify(anchor)
