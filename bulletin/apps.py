from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class BulletinConfig(AppConfig):
    name = "bulletin"
    verbose_name = _("Bülten")

    def ready(self) -> None:
        from . import current_items, triggers

        # Django's table remake on SQLite drops triggers silently: they are laid anew after every migration.
        pre_migrate.connect(triggers.lift_before_migrate, sender=self, dispatch_uid="bulletin.triggers")
        post_migrate.connect(triggers.install_after_migrate, sender=self, dispatch_uid="bulletin.triggers")
        checks.register(triggers.check_triggers, checks.Tags.database)
        current_items.register()
