from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Haber merkezi")

    def ready(self) -> None:
        from . import counts, notifications, roles, years

        counts.install()
        years.install()
        notifications.connect()
        post_migrate.connect(roles.lay_after_migrate, dispatch_uid="newsroom.roles")
