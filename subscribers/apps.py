from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class SubscribersConfig(AppConfig):
    name = "subscribers"
    verbose_name = _("Kullanıcı kurumlar ve kullanıcılar")

    def ready(self) -> None:
        from . import (
            addresses,
            audit_retention,
            audit_triggers,
            limits,
            purposes,
            retention,
            secrecy,
            signing_in,
        )

        addresses.check_settings()
        limits.check_settings()
        secrecy.install()
        signing_in.connect()
        audit_retention.check_settings()
        purposes.check_settings()
        retention.register()
        pre_migrate.connect(audit_triggers.lift_before_migrate, sender=self, dispatch_uid="subscribers.audit")
        post_migrate.connect(
            audit_triggers.install_after_migrate, sender=self, dispatch_uid="subscribers.audit"
        )
        checks.register(audit_triggers.check_triggers, checks.Tags.database)
