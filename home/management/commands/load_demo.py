"""`manage.py load_demo`: fills a site with the demo's content and accounts; run again, it changes nothing."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from home import demo
from home.demo.loading import Refused, load

#: Steps between two lines of progress where the output is not a terminal.
PROGRESS = 20


class Command(BaseCommand):
    help = (
        "Gösterim içeriğini ve hesaplarını yükler. Yarıda kesilirse yeniden çalıştırılır; yüklenmiş olana, sonradan "
        "yapılan değişikliklere ve parolalara dokunmaz."
    )

    def handle(self, *args, **options) -> None:
        if settings.SECURE_SSL_REDIRECT:  # only a real institution's settings demand TLS
            raise CommandError(
                gettext(
                    "Gösterim hesaplarının parolası herkesçe bilinir: gerçek bir kurulumda yüklenmez. Hiçbir şey "
                    "değiştirilmedi."
                )
            )
        done = 0
        try:
            for done, total in load():
                self.show_progress(done, total)
        except Refused as error:
            raise CommandError(
                gettext("Gösterim yüklenemedi: %(reason)s Bu çalıştırmada yüklenip kalan adım: %(done)d.")
                % {"reason": error, "done": done}
            ) from error
        if done:
            self.stdout.write(gettext("Gösterim içeriği yüklendi."))
        else:
            self.stdout.write(gettext("Gösterim içeriği zaten yüklü; hiçbir şey değiştirilmedi."))
        self.stdout.write(gettext("Gösterim hesapları (parola: %(password)s):") % {"password": demo.PASSWORD})
        for account in demo.table("accounts"):
            self.stdout.write(f"  {account['email']:<28} {account['first_name']} {account['last_name']}")

    def show_progress(self, done: int, total: int) -> None:
        """A line that counts on at a terminal; elsewhere a line now and then."""
        if self.stdout.isatty():
            self.stdout.write(f"\r{done}/{total}", ending="\n" if done == total else "")
            self.stdout.flush()
        elif done % PROGRESS == 0 or done == total:
            self.stdout.write(f"{done}/{total}")
