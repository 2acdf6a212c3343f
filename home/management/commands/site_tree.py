"""`manage.py site_tree`: makes the pages of the site (home, section fronts, plan) as far as they aren't there."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext

from home.site_tree import ensure_site_tree


class Command(BaseCommand):
    help = "Sitenin sayfalarını (ana sayfa, bölümler, plan) eksikse oluşturur; olanlara dokunmaz."

    def handle(self, *args, **options) -> None:
        ensure_site_tree()
        self.stdout.write(gettext("Sitenin sayfaları yerinde."))
