"""Lists of people that an administrator uploads to have them invited."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .agencies import Agency


class PeopleImport(models.Model):
    """One uploaded list: looked at first, then confirmed, then invited row by row (`subscribers.people_import`).

    Kept only as long as it is of use: it names people who have no account.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(_("dosya"), max_length=120)
    #: The UUID of whoever uploaded it and of whoever confirmed it; no foreign keys, so that they can be erased.
    uploaded_by = models.UUIDField(editable=False)
    uploaded_at = models.DateTimeField(_("yüklenme"), default=timezone.now, editable=False)
    confirmed_by = models.UUIDField(null=True, editable=False)
    confirmed_at = models.DateTimeField(_("onay"), null=True, editable=False)
    finished_at = models.DateTimeField(_("bitiş"), null=True, editable=False)

    class Meta:
        verbose_name = _("kişi listesi")
        verbose_name_plural = _("kişi listeleri")
        default_permissions = ()
        ordering = ["-uploaded_at", "-pk"]
        indexes = [models.Index(fields=["confirmed_at", "finished_at"], name="people_import_at_work")]

    def __str__(self) -> str:
        return self.file_name


class ImportedPerson(models.Model):
    """One row of such a list: what it says, and what will be or was done with it."""

    class Outcome(models.TextChoices):
        TO_INVITE = "to_invite", _("çağrılacak")
        INVITED = "invited", _("çağrıldı")
        MAIL_FAILED = "mail_failed", _("posta gitmedi")
        MEMBER = "member", _("zaten kurumda")
        INVITED_BEFORE = "invited_before", _("daha önce çağrılmış")
        OTHER_ACCOUNT = "other_account", _("başka hesabı var")
        FULL = "full", _("kurum dolu")
        NO_CONTRACT = "no_contract", _("sözleşme sürmüyor")
        NO_AGENCY = "no_agency", _("kurum belirsiz")
        BAD_ADDRESS = "bad_address", _("adres yanlış")
        DOUBLE = "double", _("dosyada iki kez")
        REFUSED = "refused", _("çağrılamadı")

    people_import = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="rows")
    #: The line of the file it begins on, from 1.
    line = models.PositiveIntegerField()
    #: As they are in the file; the address in its one spelling.
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=160, blank=True)
    code = models.CharField(max_length=64, blank=True)
    is_coordinator = models.BooleanField(default=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome)
    #: Why, for whoever looks at the list; "" where the outcome says it all.
    sentence = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("listedeki kişi")
        verbose_name_plural = _("listedeki kişiler")
        default_permissions = ()
        ordering = ["line"]
        indexes = [models.Index(fields=["people_import", "outcome"], name="imported_person_outcome")]
        constraints = [
            models.UniqueConstraint(fields=["people_import", "line"], name="imported_person_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.email}"
