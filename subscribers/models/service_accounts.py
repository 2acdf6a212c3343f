"""Service accounts: machines that read for an agency, with tokens and nothing else."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .agencies import Agency


class ServiceAccount(models.Model):
    """A machine of an agency. It has no password and is counted apart from people in H2.1.

    uuid stands for it in presence and in the audit log, as a person's does. One that ended has no working token.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(
        Agency, verbose_name=_("kurum"), on_delete=models.PROTECT, related_name="service_accounts"
    )
    name = models.CharField(_("ad"), max_length=80)
    created_at = models.DateTimeField(_("açılma"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("kapanma"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("servis hesabı")
        verbose_name_plural = _("servis hesapları")
        ordering = ["agency__name", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "name"],
                condition=Q(ended_at__isnull=True),
                name="service_account_named_once",
                violation_error_message=_("Kurumun bu adda bir servis hesabı zaten var."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency} · {self.name}"
