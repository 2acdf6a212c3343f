"""`manage.py verify_audit [--anchor SEQUENCE:HASH]`: proves that the audit log is whole."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from subscribers import audit, audit_verification
from subscribers.findings import Anchor


class Command(BaseCommand):
    help = (
        "Denetim günlüğünü baştan sona doğrular: zincir, özetler, kişisel veriler, imhalar, tetikleyiciler."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--anchor",
            metavar="SIRA:ÖZET",
            help="Daha önce not edilen sıra ve özet; günlüğün sonu kesildiyse bulur.",
        )

    def handle(self, *args, anchor: str | None = None, **options) -> None:
        try:
            noted = Anchor.parse(anchor) if anchor else None
        except ValueError as error:
            raise CommandError(
                gettext("--anchor SIRA:ÖZET biçiminde olmalı; özet 64 onaltılık rakamdır.")
            ) from error
        # Read first, so that what is printed at the end is a head that was verified.
        head = audit.head()
        errors = 0
        for finding in audit_verification.verify(noted):
            errors += finding.is_error
            self.stdout.write(str(finding))
        self.stdout.write(f"{head.sequence}:{head.hash}")
        if errors:
            raise CommandError(gettext("Doğrulanamadı: %(number)d bulgu.") % {"number": errors})
        self.stdout.write(gettext("Doğrulandı: %(number)d kayıt.") % {"number": head.sequence})
