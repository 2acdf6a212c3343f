from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import pre_delete
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AppConfig):
    name = "administration"
    verbose_name = _("Sistem yönetimi")

    def ready(self) -> None:
        from . import erasure, people, retention

        retention.register()
        for refuse in (
            people.refuse_deleting_writers,
            erasure.refuse_deleting_shells,
            erasure.refuse_deleting_known,
        ):
            pre_delete.connect(
                refuse, sender=settings.AUTH_USER_MODEL, dispatch_uid=f"administration.{refuse.__name__}"
            )
        # Read when Wagtail registers its pages of users and groups, which is after every application is ready.
        apps.get_app_config("wagtailusers").user_viewset = "administration.people.PersonViewSet"
        apps.get_app_config("wagtailusers").group_viewset = "administration.people.RoleViewSet"
