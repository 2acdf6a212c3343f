"""Sessions of people who are signed in, which they can see and end; and what slows down whoever guesses passwords."""

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeviceSession(AbstractBaseSession):
    """A session, known to its person by the device it was opened on. No address of the network is kept."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="device_sessions",
    )
    #: "Firefox, Windows": read from what the browser says of itself.
    device = models.CharField(_("cihaz"), max_length=80, blank=True)
    signed_in_at = models.DateTimeField(_("giriş"), null=True, blank=True)
    #: To the hour; more would be a diary.
    seen_at = models.DateTimeField(_("son kullanım"), default=timezone.now)
    #: The person chose to stay signed in on a device of their own.
    stays = models.BooleanField(_("açık kalır"), default=False)

    class Meta:
        verbose_name = _("oturum")
        verbose_name_plural = _("oturumlar")
        default_permissions = ()


class SignInFailures(models.Model):
    """How often sign-in failed lately for one account from one address of the network, or for one account at all.

    key: a keyed hash; neither accounts nor addresses stand here. The same rows are written whether the account exists
    or not.
    """

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("başarısız giriş")
        verbose_name_plural = _("başarısız girişler")
        default_permissions = ()
        indexes = [models.Index(fields=["last_at"], name="sign_in_failures_last_at")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.failures}"
