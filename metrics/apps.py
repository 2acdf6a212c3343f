from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    name = "metrics"
    verbose_name = _("Göstergeler")

    def ready(self) -> None:
        from subscribers import destruction

        from . import closed_years, triggers

        destruction.register("use", closed_years.destroy_day_rows)
        pre_migrate.connect(triggers.lift_before_migrate, sender=self, dispatch_uid="metrics.closed_years")
        post_migrate.connect(triggers.install_after_migrate, sender=self, dispatch_uid="metrics.closed_years")
        checks.register(triggers.check_triggers, checks.Tags.database)
