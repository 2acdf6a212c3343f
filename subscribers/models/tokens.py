"""Tokens: what a feed reader or a machine shows instead of a password."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .service_accounts import ServiceAccount


class Token(models.Model):
    """A secret that opens some paths for its holder, who is either a person or a service account.

    The secret itself is shown once and kept nowhere. What is kept is its SHA-256: the secret is 256 random bits, so
    there is nothing to guess and no need of a slow hash. Reading with it never gives more than the holder may read.
    """

    class Scope(models.TextChoices):
        """What a token may be used for."""

        FEEDS = "feeds", _("beslemeler")
        SEARCH = "search", _("arama")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="tokens"
    )
    service_account = models.ForeignKey(
        ServiceAccount, on_delete=models.CASCADE, null=True, blank=True, related_name="tokens"
    )
    name = models.CharField(_("ad"), max_length=80)
    #: List of Scope values, never empty.
    scopes = models.JSONField(_("kapsam"))
    #: Networks in CIDR notation from which it works; empty: from everywhere.
    networks = models.JSONField(_("izinli ağlar"), default=list, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    #: The first characters of the secret, by which a person knows it again.
    hint = models.CharField(max_length=16, editable=False)
    created_at = models.DateTimeField(_("oluşturulma"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("geçerlilik sonu"))
    revoked_at = models.DateTimeField(_("iptal"), null=True, blank=True, editable=False)
    #: The token that takes its place; both work until this one expires.
    replaced_by = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="replaces"
    )

    class Meta:
        verbose_name = _("erişim anahtarı")
        verbose_name_plural = _("erişim anahtarları")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(service_account__isnull=True),
                name="token_has_one_holder",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def scopes_in_words(self) -> str:
        return ", ".join(str(self.Scope(scope).label) for scope in self.scopes)


class TokenUse(models.Model):
    """A token was used on one day (of Istanbul). Not how often, nor for what."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="uses")
    day = models.DateField()

    class Meta:
        verbose_name = _("anahtar kullanımı")
        verbose_name_plural = _("anahtar kullanımları")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["token", "day"], name="token_use_once_a_day")]

    def __str__(self) -> str:
        return f"{self.token} {self.day}"
