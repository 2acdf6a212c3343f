from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinConfig(AppConfig):
    name = "bulletin"
    verbose_name = _("Bülten")

    def ready(self) -> None:
        from . import current_items, triggers

        # Django's table remake on SQLite drops triggers silently: they are laid anew after every migration.
        triggers.PROTECTION.connect(self)
        current_items.register()
