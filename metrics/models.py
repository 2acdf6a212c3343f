"""Presence: who used the bulletin, on which day, by which way; all that the number of users (PG2.1.2) is made of.

Written by `metrics.presence` alone. A row holds the UUID of a person or of a service account without a foreign key,
so that erasing a person leaves the figures as they were, and nothing about what was read.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Presence(models.Model):
    """A person of an agency did something of one kind by one channel on one day (of Istanbul)."""

    class Channel(models.TextChoices):
        WEB = "web", _("internet sitesi")
        SEARCH = "search", _("arama")
        FEED = "feed", _("besleme")
        API = "api", _("API")
        EMAIL = "email", _("e-posta")

    class Act(models.TextChoices):
        """read: deliberate. delivery: automatic, carried something new. poll: asked, and there was nothing new."""

        READ = "read", _("okuma")
        DELIVERY = "delivery", _("teslim")
        POLL = "poll", _("yoklama")

    person = models.UUIDField()
    agency_id = models.BigIntegerField()
    channel = models.CharField(max_length=8, choices=Channel)
    act = models.CharField(max_length=8, choices=Act)
    day = models.DateField()
    #: person is a service account: a machine's use, which the number of users leaves out and shows apart.
    is_service = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("kullanım kaydı")
        verbose_name_plural = _("kullanım kayıtları")
        # Nobody is shown single rows: there is no right to grant beside the one to the figures made of them.
        default_permissions = ()
        permissions = [("view_h21", _("H2.1 göstergesini görebilir"))]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "agency_id", "channel", "act", "day"], name="presence_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=["web", "search", "feed", "api", "email"]),
                name="presence_channel_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(act__in=["read", "delivery", "poll"]), name="presence_act_is_known"
            ),
        ]
        indexes = [models.Index(fields=["day", "act", "channel", "person"], name="presence_day_person")]

    def __str__(self) -> str:
        return f"{self.day} {self.channel} {self.act}"


class ClosedYear(models.Model):
    """A year whose evaluation was closed: its figures of users, and of characters up to a head. Never changed.

    closed_by: a UUID without a foreign key. figures: what `metrics.closed_years.figures_of` gives; digest: its SHA-256,
    which the audit log holds too.
    """

    year = models.PositiveSmallIntegerField(_("yıl"), unique=True)
    closed_at = models.DateTimeField(_("kapanma"))
    closed_by = models.UUIDField()
    figures = models.JSONField()
    head_sequence = models.BigIntegerField()
    head_hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("kapatılmış yıl")
        verbose_name_plural = _("kapatılmış yıllar")
        ordering = ["-year"]
        default_permissions = ()
        permissions = [("close_year", _("Yılın değerlendirmesini kapatabilir"))]

    def __str__(self) -> str:
        return str(self.year)
