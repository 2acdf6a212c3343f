"""The agencies that people read for, and what each is entitled to."""

import re
import unicodedata
import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..spelling import lower_case

#: Before which no contract began.
FIRST_YEAR = 2000


class AgencyQuerySet(models.QuerySet):
    """The questions of `Agency.state_at`, asked of the database."""

    def not_ended(self, moment: datetime | None = None) -> "AgencyQuerySet":
        """Whose contract goes on at `moment` (now), will begin or is suspended."""
        moment = moment or timezone.now()
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=moment))

    def in_force(self, moment: datetime | None = None) -> "AgencyQuerySet":
        """Whose contract is in force at `moment` (now)."""
        moment = moment or timezone.now()
        is_suspended = Q(suspended_at__isnull=False, suspended_at__lte=moment)
        return self.not_ended(moment).filter(started_at__lte=moment).exclude(is_suspended)


class Agency(models.Model):
    """A subscriber agency (kullanıcı kurum). Its number, never its code or name, is its key.

    Renaming one changes no history, which names it by number. One that was merged into another has ended; what was
    addressed to it is read by its successor from then on, and its own days stay its own.
    """

    class Kind(models.TextChoices):
        PRESIDENCY = "presidency", _("Cumhurbaşkanlığı birimi")
        MINISTRY = "ministry", _("bakanlık")
        AFFILIATE = "affiliate", _("bağlı ya da ilgili kuruluş")
        GOVERNORATE = "governorate", _("valilik ya da kaymakamlık")
        MISSION = "mission", _("dış temsilcilik")
        MUNICIPALITY = "municipality", _("belediye")
        UNIVERSITY = "university", _("üniversite")
        OTHER = "other", _("diğer")

    class State(models.TextChoices):
        """Where its contract stands at a moment."""

        NOT_BEGUN = "not_begun", _("başlamadı")
        CURRENT = "current", _("sürüyor")
        SUSPENDED = "suspended", _("askıda")
        ENDED = "ended", _("bitti")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("kurum adı"), max_length=255)
    code = models.CharField(_("kurum kodu"), max_length=32, unique=True)
    kind = models.CharField(_("tür"), max_length=16, choices=Kind, default=Kind.OTHER)
    contact_name = models.CharField(_("ilgili kişi"), max_length=160, blank=True)
    contact_email = models.EmailField(_("ilgili kişinin e-postası"), blank=True)
    contact_phone = models.CharField(_("ilgili kişinin telefonu"), max_length=32, blank=True)
    entitled_to_everything = models.BooleanField(_("bütün içeriğe yetkili"), default=True)
    started_at = models.DateTimeField(_("sözleşme başlangıcı"), default=timezone.now)
    ended_at = models.DateTimeField(
        _("sözleşme bitişi"),
        null=True,
        blank=True,
        help_text=_("Kurumun kişileri bu saniyeden sonra kurumlara açık hiçbir içeriği okuyamaz."),
    )
    suspended_at = models.DateTimeField(_("askıya alınma"), null=True, blank=True, editable=False)
    people_limit = models.PositiveIntegerField(
        _("kişi sınırı"),
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text=_("Kurum sorumlusunun çağırabileceği kişilerle birlikte en çok bu kadar kişi."),
    )
    second_factor_required = models.BooleanField(
        _("ikinci doğrulama zorunlu"),
        default=False,
        help_text=_("Kurumun kişileri girişte doğrulama uygulamasındaki kodu da yazar."),
    )
    list_confirmed_at = models.DateTimeField(_("kişi listesinin onaylanması"), null=True, editable=False)
    #: Numbers of the agencies merged into this one, however long ago: what was addressed to them is read here.
    predecessors = models.JSONField(default=list, editable=False)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("birleştiği kurum"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="merged_agencies",
    )

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("kullanıcı kurum")
        verbose_name_plural = _("kullanıcı kurumlar")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="agency_ends_after_it_starts",
                violation_error_message=_("Sözleşme bitişi, başlangıcından önce olamaz."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(ended_at__isnull=False),
                name="agency_merged_has_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for a contract that can't be: an agency merged into another has ended for good."""
        super().clean()
        if self.merged_into_id is not None and (self.ended_at is None or self.ended_at > timezone.now()):
            raise ValidationError(
                {
                    "ended_at": _("Bu kurum “%(name)s” ile birleşti; sözleşmesi yeniden başlatılamaz.")
                    % {"name": self.merged_into}
                }
            )
        if self.started_at is not None and self.started_at.year < FIRST_YEAR:
            raise ValidationError(
                {"started_at": _("Sözleşme %(year)d yılından önce başlamış olamaz.") % {"year": FIRST_YEAR}}
            )

    def state_at(self, moment: datetime) -> "Agency.State":
        if moment < self.started_at:
            return self.State.NOT_BEGUN
        if self.ended_at is not None and self.ended_at <= moment:
            return self.State.ENDED
        if self.suspended_at is not None and self.suspended_at <= moment:
            return self.State.SUSPENDED
        return self.State.CURRENT

    def is_current(self) -> bool:
        """Whether the contract is in force at this second."""
        return self.state_at(timezone.now()) == self.State.CURRENT


class AgencyEntitlement(models.Model):
    """One part of the bulletin that an agency not entitled to everything may read."""

    class Kind(models.TextChoices):
        DESK = "desk", _("masa")
        TOPIC = "topic", _("konu")
        SERIES = "series", _("bülten dizisi")
        LANGUAGE = "language", _("dil")

    agency = models.ForeignKey(
        Agency, verbose_name=_("kurum"), on_delete=models.CASCADE, related_name="entitlements"
    )
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
            value = lower_case(value)
            if not re.fullmatch("[a-z]{2}", value):
                raise ValidationError({"value": _("Dilin iki harfli kodunu yazın; örnek: tr, en, ar.")})
        else:
            if not re.fullmatch("0*[1-9][0-9]{0,17}", value):
                raise ValidationError({"value": _("Masa, konu ya da dizinin numarasını yazın; örnek: 12.")})
            value = value.lstrip("0")
        self.value = value
