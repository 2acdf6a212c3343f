"""Invitations: how a person of an agency gets an account."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .agencies import Agency


class Invitation(models.Model):
    """A link sent to one address that makes one account, once, until it expires. Only its SHA-256 is kept."""

    agency = models.ForeignKey(
        Agency, verbose_name=_("kurum"), on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField(_("e-posta adresi"))
    is_coordinator = models.BooleanField(_("kurum sorumlusu"), default=False)
    #: The UUID of whoever invited; no foreign key, so that they can be erased.
    invited_by = models.UUIDField(editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("gönderilme"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("geçerlilik sonu"))
    withdrawn_at = models.DateTimeField(_("geri alınma"), null=True, blank=True, editable=False)
    #: Since when its mail is known not to have gone out; whoever invited can send another (`subscribers.invitations`).
    mail_failed_at = models.DateTimeField(_("postanın gitmediği an"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("kabul"), null=True, blank=True, editable=False)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("çağrı")
        verbose_name_plural = _("çağrılar")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.agency} · {self.email}"
