from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscribersConfig(AppConfig):
    name = "subscribers"
    verbose_name = _("Kullanıcı kurumlar ve kullanıcılar")

    def ready(self) -> None:
        from . import addresses, limits, secrecy

        addresses.check_settings()
        limits.check_settings()
        secrecy.install()
