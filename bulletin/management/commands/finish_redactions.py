"""`manage.py finish_redactions`: clears what approved redactions left outside their transaction; the worker's chore."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext

from bulletin import redaction_finishing


class Command(BaseCommand):
    help = "Onaylanmış karartmaların dosyalarda, dizinlerde ve veritabanında kalan izlerini siler; kalanı söyler."

    def handle(self, *args, **options) -> None:
        for redaction, remaining in redaction_finishing.finish_all():
            if not remaining:
                self.stdout.write(gettext("Karartma %(number)d: tamamlandı.") % {"number": redaction.pk})
            for place, words in remaining:
                self.stdout.write(
                    gettext("Karartma %(number)d: %(place)s: %(words)s")
                    % {"number": redaction.pk, "place": place.label, "words": words}
                )
