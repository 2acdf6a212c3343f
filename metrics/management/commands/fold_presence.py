"""`manage.py fold_presence`: brings journalled presence into the database."""

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseFailure
from django.utils.translation import gettext

from metrics import presence


class Command(BaseCommand):
    help = "Veritabanı meşgulken dosyaya yazılan kullanım kayıtlarını veritabanına işler."

    def handle(self, *args, **options) -> None:
        try:
            folded = presence.fold()
        except DatabaseFailure as error:
            raise CommandError(
                gettext("Veritabanı şu anda yazamıyor; dosyadaki kullanım kayıtları olduğu gibi duruyor.")
            ) from error
        self.stdout.write(gettext("%(number)d kullanım kaydı işlendi.") % {"number": folded.uses})
        if folded.unreadable:
            raise CommandError(
                gettext("%(number)d satır okunamadı; presence/unreadable.jsonl dosyasında saklandı.")
                % {"number": folded.unreadable}
            )
