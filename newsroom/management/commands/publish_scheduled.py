"""`manage.py publish_scheduled`, run by the worker: takes the place of Wagtail's, which stops at the first refusal.

What can't be offered at its time keeps its schedule and is tried again; the editors' dashboard counts it as overdue.
"""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.utils import timezone
from wagtail.models import Page, Revision

from bulletin.models import Item


class Command(BaseCommand):
    help = "Publishes what is scheduled and takes off offer what has expired; each by itself."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dryrun", action="store_true", help="Say what is due and change nothing.")

    def handle(self, *args, dryrun: bool = False, **options) -> None:
        now = timezone.now()
        refused = 0
        for model in (Page, Item):
            for expired in model.objects.filter(live=True, expire_at__lt=now).order_by("expire_at"):
                refused += self.each(
                    f"expired: {expired}",
                    lambda thing=expired: thing.unpublish(
                        set_expired=True, log_action="wagtail.unpublish.scheduled"
                    ),
                    dryrun,
                )
        for revision in Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at"):
            refused += self.each(
                f"due: {revision.object_str}",
                lambda due=revision: due.publish(log_action="wagtail.publish.scheduled"),
                dryrun,
            )
        if refused:
            self.stderr.write(f"{refused} kept their schedule and will be tried again.")

    def each(self, what: str, change: Callable[[], object], dryrun: bool) -> int:
        """Does one change and says so; 1 where it was refused."""
        if dryrun:
            self.stdout.write(what)
            return 0
        try:
            change()
        except ValidationError as refusal:
            self.stderr.write(f"{what}: {' '.join(refusal.messages)}")
            return 1
        self.stdout.write(what)
        return 0
