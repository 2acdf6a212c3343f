from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    name = "metrics"
    verbose_name = _("Göstergeler")

    def ready(self) -> None:
        from subscribers import destruction

        from . import closed_years, triggers

        destruction.register("use", closed_years.destroy_day_rows)
        triggers.PROTECTION.connect(self)
