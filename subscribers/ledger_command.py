"""What the commands that verify a ledger have in common: `verify_publications` and `verify_audit`."""

from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from .findings import Anchor, Finding


class VerifyLedger(BaseCommand):
    """Prints each finding and the head that was verified; fails where a finding is an error."""

    def head(self):
        """The newest row's `sequence` and `hash`."""
        raise NotImplementedError

    def findings(self, anchor: Anchor | None) -> Iterator[Finding]:
        """Everything to be told of the ledger, which must still hold `anchor`."""
        raise NotImplementedError

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
        head = self.head()
        errors = 0
        for finding in self.findings(noted):
            errors += finding.is_error
            self.stdout.write(str(finding))
        self.stdout.write(f"{head.sequence}:{head.hash}")
        if errors:
            raise CommandError(gettext("Doğrulanamadı: %(number)d bulgu.") % {"number": errors})
        self.stdout.write(gettext("Doğrulandı: %(number)d kayıt.") % {"number": head.sequence})
