"""What was destroyed of personal data (imha tutanağı): append-only, and itself without anything personal."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DestructionRecord(models.Model):
    """So many rows of one place were destroyed at one moment. Rows are never changed and never removed.

    purpose: its name in `subscribers.purposes`; place: a model's label. occasion: the same for everything destroyed
    together. first_day, last_day: of what was destroyed, where it had days. by: the UUID of whoever did it; None for
    the system.
    """

    class Cause(models.TextChoices):
        RETENTION = "retention", _("saklama süresi doldu")
        REQUEST = "request", _("ilgili kişi istedi")

    class Method(models.TextChoices):
        DELETED = "deleted", _("silindi")
        ANONYMISED = "anonymised", _("anonim hale getirildi")

    happened_at = models.DateTimeField(_("zaman"), default=timezone.now)
    occasion = models.UUIDField(default=uuid.uuid4)
    purpose = models.CharField(_("amaç"), max_length=40)
    place = models.CharField(_("yer"), max_length=100)
    number = models.PositiveBigIntegerField(_("kayıt sayısı"))
    method = models.CharField(_("yöntem"), max_length=12, choices=Method)
    cause = models.CharField(_("neden"), max_length=12, choices=Cause)
    first_day = models.DateField(_("ilk gün"), null=True)
    last_day = models.DateField(_("son gün"), null=True)
    request_number = models.CharField(_("başvuru numarası"), max_length=40, blank=True)
    request_date = models.DateField(_("başvuru tarihi"), null=True)
    by = models.UUIDField(_("yapan"), null=True)

    class Meta:
        verbose_name = _("imha tutanağı")
        verbose_name_plural = _("imha tutanakları")
        ordering = ["-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d} {self.place}: {self.number}"
