"""`manage.py verify_publications [--anchor SEQUENCE:HASH]`: proves that the publication log is whole."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from bulletin import projections, verification


class Command(BaseCommand):
    help = "Yayım günlüğünü baştan sona doğrular: zincir, özetler, karakter sayıları, tetikleyiciler, yayındaki içerik."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--anchor",
            metavar="SIRA:ÖZET",
            help="Daha önce not edilen sıra ve özet; günlüğün sonu kesildiyse bulur.",
        )

    def handle(self, *args, anchor: str | None = None, **options) -> None:
        try:
            noted = verification.Anchor.parse(anchor) if anchor else None
        except ValueError as error:
            raise CommandError(
                gettext("--anchor SIRA:ÖZET biçiminde olmalı; özet 64 onaltılık rakamdır.")
            ) from error
        # Read first, so that what is printed at the end is a head that was verified.
        head = projections.head()
        errors = 0
        for finding in verification.verify(noted):
            errors += finding.is_error
            self.stdout.write(str(finding))
        self.stdout.write(f"{head.sequence}:{head.hash}")
        if errors:
            raise CommandError(gettext("Doğrulanamadı: %(number)d bulgu.") % {"number": errors})
        self.stdout.write(gettext("Doğrulandı: %(number)d kayıt.") % {"number": head.sequence})
