from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate, pre_delete
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Haber merkezi")

    def ready(self) -> None:
        from . import counts, erasure, notifications, people, retention, roles

        counts.install()
        notifications.connect()
        retention.register()
        pre_delete.connect(
            people.refuse_deleting_writers, sender=settings.AUTH_USER_MODEL, dispatch_uid="newsroom.writers"
        )
        pre_delete.connect(
            erasure.refuse_deleting_shells, sender=settings.AUTH_USER_MODEL, dispatch_uid="newsroom.shells"
        )
        post_migrate.connect(roles.lay_after_migrate, dispatch_uid="newsroom.roles")
        # Read when Wagtail registers its pages of users and groups, which is after every application is ready.
        apps.get_app_config("wagtailusers").user_viewset = "newsroom.people.PersonViewSet"
        apps.get_app_config("wagtailusers").group_viewset = "newsroom.people.RoleViewSet"
