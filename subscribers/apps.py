from django.apps import AppConfig
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
        audit_triggers.PROTECTION.connect(self)
