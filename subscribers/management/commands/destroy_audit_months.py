"""`manage.py destroy_audit_months`: destroys the months of the audit log that are past their retention."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext

from subscribers import audit_retention


class Command(BaseCommand):
    help = "Denetim günlüğünün saklama süresi dolan aylarını imha eder; her aydan bir özet kalır."

    def handle(self, *args, **options) -> None:
        destroyed = audit_retention.destroy_due_months()
        for checkpoint in destroyed:
            self.stdout.write(
                gettext("%(month)s imha edildi: %(events)d kayıt.")
                % {
                    "month": f"{checkpoint.month:%Y-%m}",
                    "events": checkpoint.last_sequence - checkpoint.first_sequence + 1,
                }
            )
        if not destroyed:
            self.stdout.write(
                gettext("Saklama süresi (%(months)d ay) dolmuş bir ay yok.")
                % {"months": settings.AUDIT_RETENTION_MONTHS}
            )
