"""The feeds there are: one for each kind of item, with its words and its address.

Whoever links to a feed takes it from here. Words are Turkish in every feed: a feed has one address and one text,
whatever the language of the interface. What pages call it (`label`, `says`) is in the interface's.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bulletin.models import Item


@dataclass(frozen=True)
class Channel:
    """One feed. kind: of the items it carries. name: its address in the URL configuration.

    label, says: what it is called on a page, and what it brings.
    """

    kind: str
    name: str
    title: str
    description: str
    front: str
    label: Promise
    says: Promise

    @property
    def path(self) -> str:
        """Its address without the host."""
        return reverse(f"feeds:{self.name}")

    @property
    def address(self) -> str:
        return f"{settings.SITE_URL}{self.path}"

    @property
    def private_address(self) -> str:
        """Where whoever holds a token reads it. Holds no secret: asked without one, it asks for one."""
        return f"{settings.SITE_URL}{reverse(f'feeds:private_{self.name}')}"

    def secret_path(self, secret: str) -> str:
        """Without the host, the same for readers that can send no header: shown once, with the secret, kept nowhere."""
        return reverse(f"feeds:secret_{self.name}", args=[secret])

    def secret_address(self, secret: str) -> str:
        return f"{settings.SITE_URL}{self.secret_path(secret)}"

    @property
    def front_address(self) -> str:
        """The address of the list of the same items on the site."""
        return f"{settings.SITE_URL}{self.front}"


CHANNELS = {
    channel.kind: channel
    for channel in (
        Channel(
            Item.Kind.NEWS.value,
            "news",
            "Devlet Enformasyon Sistemi: Haberler",
            "En son sunulan haberler.",
            "/haberler/",
            _("Haberler"),
            _("Masaların derlediği ve çevirdiği haberler."),
        ),
        Channel(
            Item.Kind.STATEMENT.value,
            "statements",
            "Devlet Enformasyon Sistemi: Açıklamalar",
            "En son açıklamalar, konuşmalar ve demeçler.",
            "/aciklamalar/",
            _("Açıklamalar"),
            _("Açıklamalar, konuşmalar ve demeçler."),
        ),
        Channel(
            Item.Kind.BULLETIN.value,
            "bulletins",
            "Devlet Enformasyon Sistemi: Bültenler",
            "En son çıkan bültenler.",
            "/bultenler/",
            _("Bültenler"),
            _("Sayılı bültenler, yayımlandıkça."),
        ),
    )
}


def private_addresses() -> list[tuple[str, str]]:
    """Label and whole address of each feed for whoever sends a token with the request; they hold no secret."""
    return [(str(channel.label), channel.private_address) for channel in CHANNELS.values()]


def secret_addresses(request: HttpRequest, secret: str) -> list[tuple[str, str]]:
    """Label and whole address of each feed for whoever holds `secret`: for the one answer that shows it."""
    return [
        (str(channel.label), request.build_absolute_uri(channel.secret_path(secret)))
        for channel in CHANNELS.values()
    ]
