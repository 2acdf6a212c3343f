"""`manage.py destroy_past_retention`: destroys the personal data that are past their retention, by the register."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from subscribers import destruction
from subscribers.purposes import PURPOSES


class Command(BaseCommand):
    help = "Saklama süresi dolan kişisel verileri imha eder; her imhanın tutanağı kalır."

    def handle(self, *args, **options) -> None:
        outcome = destruction.run_all()
        for name, rows in outcome.rows.items():
            if rows:
                self.stdout.write(
                    gettext("%(purpose)s: %(rows)d kayıt imha edildi.")
                    % {"purpose": PURPOSES[name].title, "rows": rows}
                )
        if not any(outcome.rows.values()):
            self.stdout.write(gettext("Saklama süresi dolmuş kişisel veri yok."))
        if outcome.failed:
            raise CommandError(
                gettext("İmha edilemedi, yeniden denenecek: %(purposes)s.")
                % {"purposes": ", ".join(str(PURPOSES[name].title) for name in outcome.failed)}
            )
