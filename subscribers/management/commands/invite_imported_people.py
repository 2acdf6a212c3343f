"""`manage.py invite_imported_people`: goes on with the confirmed lists of people; the worker calls it."""

from django.core.management.base import BaseCommand

from subscribers import people_import


class Command(BaseCommand):
    help = "Onaylanmış kişi listelerindeki çağrıları, kalınan yerden gönderir."

    def handle(self, *args, **options) -> None:
        people_import.advance_all()
