from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Site")

    def ready(self) -> None:
        from bulletin.images import image_redacted

        from . import renditions

        image_redacted.connect(renditions.remove_renditions, dispatch_uid="home.renditions")
