"""The people who read and write, and the agencies they read for.

A user is known by a normalised e-mail address for signing in and by a UUID everywhere else: logs and figures hold the
UUID alone, without a foreign key, so that a person can be erased and the figures stay what they were.
"""

import re
import unicodedata
import uuid

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: An `i` with a dot of its own above it: what `İ` becomes when it is lowered.
_DOTTED_I = re.compile("i\N{COMBINING DOT ABOVE}+")


def normalise_email(address: str) -> str:
    """The one spelling of an e-mail address that is stored and looked up: NFKC, lower case, nothing unseen in it.

    Both parts are lowered with the root rules, never the Turkish ones: `I` must become `i` on every machine. `İ`, which
    a Turkish keyboard writes for it under caps lock, becomes `i` too; `ı` stays a letter of its own. Control and format
    characters (zero-width spaces, a byte order mark), which pasting brings along, are dropped, and white space around.
    """
    seen = "".join(character for character in address if not _is_unseen(character))
    lowered = _DOTTED_I.sub("i", unicodedata.normalize("NFKC", seen).lower())
    return unicodedata.normalize("NFKC", lowered).strip()


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs")


class Agency(models.Model):
    """A subscriber agency (kullanıcı kurum). Its number, never its code or name, is its key."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("kurum adı"), max_length=255)
    code = models.CharField(_("kurum kodu"), max_length=32, unique=True)
    entitled_to_everything = models.BooleanField(_("bütün içeriğe yetkili"), default=True)
    started_at = models.DateTimeField(_("sözleşme başlangıcı"), default=timezone.now)
    ended_at = models.DateTimeField(_("sözleşme bitişi"), null=True, blank=True)

    class Meta:
        verbose_name = _("kullanıcı kurum")
        verbose_name_plural = _("kullanıcı kurumlar")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="agency_ends_after_it_starts",
                violation_error_message=_("Sözleşme bitişi, başlangıcından önce olamaz."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_current(self) -> bool:
        """Whether the contract is in force at this second."""
        now = timezone.now()
        return self.started_at <= now and (self.ended_at is None or now < self.ended_at)


class AgencyEntitlement(models.Model):
    """One part of the bulletin that an agency not entitled to everything may read."""

    class Kind(models.TextChoices):
        DESK = "desk", _("masa")
        TOPIC = "topic", _("konu")
        SERIES = "series", _("bülten dizisi")
        LANGUAGE = "language", _("dil")

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="entitlements")
    kind = models.CharField(_("tür"), max_length=16, choices=Kind)
    value = models.CharField(
        _("değer"), max_length=32, help_text=_("Masa, konu ya da dizinin numarası; dilin kodu.")
    )

    class Meta:
        verbose_name = _("kurum yetkisi")
        verbose_name_plural = _("kurum yetkileri")
        constraints = [
            models.UniqueConstraint(fields=["agency", "kind", "value"], name="agency_entitlement_once")
        ]

    def __str__(self) -> str:
        return f"{self.agency} · {self.get_kind_display()}: {self.value}"

    def clean(self) -> None:
        """Writes the value as keys are written. Raises ValidationError for one that no item could ever bear."""
        super().clean()
        value = unicodedata.normalize("NFKC", self.value).strip()
        if self.kind == self.Kind.LANGUAGE:
            value = _DOTTED_I.sub("i", value.lower())
            if not re.fullmatch("[a-z]{2}", value):
                raise ValidationError({"value": _("Dilin iki harfli kodunu yazın; örnek: tr, en, ar.")})
        else:
            if not re.fullmatch("0*[1-9][0-9]{0,17}", value):
                raise ValidationError({"value": _("Masa, konu ya da dizinin numarasını yazın; örnek: 12.")})
            value = value.lstrip("0")
        self.value = value


class UserManager(BaseUserManager):
    """Makes users by e-mail address; every address is normalised on its way in."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        address = normalise_email(email or "")
        if not address:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=address, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=normalise_email(email))


class User(AbstractUser):
    """A person of the directorate or of an agency."""

    username = None
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(
        _("e-posta adresi"),
        unique=True,
        error_messages={"unique": _("Bu e-posta adresiyle bir kullanıcı zaten var.")},
    )
    agency = models.ForeignKey(
        Agency,
        verbose_name=_("kurum"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
    )
    is_coordinator = models.BooleanField(_("kurum sorumlusu"), default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("kullanıcı")
        verbose_name_plural = _("kullanıcılar")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(is_coordinator=False) | Q(agency__isnull=False),
                name="coordinator_has_an_agency",
                violation_error_message=_("Kurum sorumlusunun bir kurumu olmalıdır."),
            ),
        ]

    def clean_fields(self, exclude=None) -> None:
        """As Django's; the address is normalised first, so that it is judged as it will be stored."""
        self.email = normalise_email(self.email)
        super().clean_fields(exclude=exclude)

    def save(self, *args, **kwargs) -> None:
        self.email = normalise_email(self.email)
        super().save(*args, **kwargs)
