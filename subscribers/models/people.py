"""The people who read and write.

A user is known by a normalised e-mail address for signing in and by a UUID everywhere else: logs and figures hold the
UUID alone, without a foreign key, so that a person can be erased and the figures stay what they were.
"""

import uuid

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..spelling import normalise_email
from .agencies import Agency


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
    #: The language chosen for the site and for mails; "" where none was chosen. `subscribers.languages` reads it.
    language = models.CharField(_("dil"), max_length=2, blank=True, default="", editable=False)

    #: The newest notice (aydınlatma metni) they were shown, and when; 0 for none. See `subscribers.notice`.
    notice_version = models.PositiveSmallIntegerField(default=0, editable=False)
    notice_shown_at = models.DateTimeField(null=True, editable=False)
    #: Since when the account is known to be closed; its retention counts from then. See `subscribers.retention`.
    closed_at = models.DateTimeField(null=True, editable=False)
    #: Since when nobody stands behind the account: names, addresses and all that was theirs are gone.
    erased_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("kullanıcı")
        verbose_name_plural = _("kullanıcılar")
        permissions = [("erase_user", _("Bir kişinin verilerini verebilir ve silebilir"))]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(is_coordinator=False) | Q(agency__isnull=False),
                name="coordinator_has_an_agency",
                violation_error_message=_("Kurum sorumlusunun bir kurumu olmalıdır."),
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(is_active=False, agency__isnull=True, first_name="", last_name=""),
                name="erased_user_is_nobody",
                violation_error_message=_("Verileri silinmiş bir hesap yeniden açılamaz."),
            ),
        ]

    @property
    def display_name(self) -> str:
        """What people call them: the full name, or the e-mail address of whoever gave none."""
        if self.erased_at is not None:
            return gettext("silinmiş kişi")
        return self.get_full_name() or self.email

    def clean_fields(self, exclude=None) -> None:
        """As Django's; the address is normalised first, so that it is judged as it will be stored."""
        self.email = normalise_email(self.email)
        super().clean_fields(exclude=exclude)

    def save(self, *args, **kwargs) -> None:
        self.email = normalise_email(self.email)
        super().save(*args, **kwargs)
