"""The audit log (denetim günlüğü): who did what in the system, chained and append-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One thing that happened. Rows are never changed; a month past its retention is destroyed whole, leaving an
    `AuditCheckpoint`, so that the chain goes on from it.

    actor and subject are UUIDs without foreign keys (of people, service accounts, agencies, items, tokens); None for
    the system or nobody. details hold nothing personal. Names, addresses and the like stand in `AuditPersonalData`; in
    the chain there is only their salted hash.
    """

    sequence = models.BigIntegerField(primary_key=True)
    happened_at = models.DateTimeField(_("zaman"))
    kind = models.CharField(_("olay"), max_length=40)
    actor = models.UUIDField(_("yapan"), null=True)
    subject = models.UUIDField(_("konusu"), null=True)
    details = models.JSONField(_("ayrıntılar"), default=dict)
    #: SHA-256 of the personal data with its salt; "" where the event has none.
    personal_hash = models.CharField(max_length=64, blank=True)
    format = models.PositiveSmallIntegerField(default=1)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("denetim kaydı")
        verbose_name_plural = _("denetim günlüğü")
        ordering = ["-sequence"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["happened_at"], name="audit_happened_at"),
            models.Index(fields=["kind", "sequence"], name="audit_kind"),
            models.Index(fields=["actor", "sequence"], name="audit_actor"),
            models.Index(fields=["subject", "sequence"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class AuditPersonalData(models.Model):
    """The personal fields of one event, which can be erased without breaking the chain."""

    sequence = models.BigIntegerField(primary_key=True)
    #: The person it is of, so that all of theirs can be found and erased.
    person = models.UUIDField(null=True, db_index=True)
    salt = models.CharField(max_length=64)
    fields = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("denetim kaydının kişisel verisi")
        verbose_name_plural = _("denetim kayıtlarının kişisel verileri")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.sequence)


class AuditCheckpoint(models.Model):
    """What is left of a destroyed month: how many events it had and the hash the chain goes on from.

    Checkpoints are a chain of their own: each bears the hash of the one before it.
    """

    #: Its first day, by the calendar of Istanbul.
    month = models.DateField(unique=True)
    first_sequence = models.BigIntegerField()
    last_sequence = models.BigIntegerField(unique=True)
    last_hash = models.CharField(max_length=64)
    destroyed_at = models.DateTimeField()
    format = models.PositiveSmallIntegerField(default=1)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("denetim günlüğü özeti")
        verbose_name_plural = _("denetim günlüğü özetleri")
        default_permissions = ("view",)
        ordering = ["last_sequence"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
