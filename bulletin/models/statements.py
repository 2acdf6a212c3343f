"""Statements: what an office said, today or a hundred years ago."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..sanitising import clean_line
from .items import Item


class Statement(Item):
    """A statement, speech or remarks (açıklama, konuşma, demeç) of an office."""

    class StatementKind(models.TextChoices):
        STATEMENT = "statement", _("açıklama")
        SPEECH = "speech", _("konuşma")
        REMARKS = "remarks", _("demeç")
        INTERVIEW = "interview", _("mülakat")
        TELEGRAM = "telegram", _("telgraf")
        LETTER = "letter", _("mektup")

    class DatePrecision(models.TextChoices):
        DAY = "day", _("gün")
        YEAR = "year", _("yalnızca yıl")

    ITEM_KIND = Item.Kind.STATEMENT
    OFFERED_FIELDS = (
        *Item.OFFERED_FIELDS,
        "statement_kind",
        "number",
        "issuing_office",
        "speaker",
        "place",
        "date",
        "date_precision",
        "source_reference",
    )

    statement_kind = models.CharField(
        _("açıklamanın türü"), max_length=16, choices=StatementKind, default=StatementKind.STATEMENT
    )
    number = models.CharField(
        _("sayı"), max_length=40, blank=True, help_text=_("Makam içinde tektir; boş kalabilir.")
    )
    issuing_office = models.CharField(_("makam"), max_length=200)
    speaker = models.CharField(_("konuşan"), max_length=160, blank=True)
    place = models.CharField(_("yer"), max_length=160, blank=True)
    date = models.DateField(_("tarih"))
    date_precision = models.CharField(
        _("tarihin kesinliği"), max_length=8, choices=DatePrecision, default=DatePrecision.DAY
    )
    source_reference = models.CharField(_("kaynak gösterimi"), max_length=300, blank=True)
    #: Where an imported statement comes from: file and id, such as "speeches:atam-c1-1911-001". Imported once.
    imported_from = models.CharField(max_length=160, unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("açıklama")
        verbose_name_plural = _("açıklamalar")
        constraints = [
            models.UniqueConstraint(
                fields=["issuing_office", "number"],
                condition=~models.Q(number=""),
                name="statement_number_once_in_office",
                violation_error_message=_("Bu makamın bu sayıyla bir açıklaması zaten var."),
            )
        ]

    def clean(self) -> None:
        super().clean()
        for name in ("number", "issuing_office", "speaker", "place", "source_reference"):
            setattr(self, name, clean_line(getattr(self, name)))
        if not self.issuing_office:
            raise ValidationError({"issuing_office": _("Açıklamanın makamını yazın.")})

    def with_content_json(self, content):
        item = super().with_content_json(content)
        item.imported_from = self.imported_from
        return item

    def metadata_fields(self) -> dict:
        return {
            **super().metadata_fields(),
            "statement_kind": self.statement_kind,
            "number": self.number,
            "issuing_office": self.issuing_office,
            "speaker": self.speaker,
            "place": self.place,
            "date": self.date.isoformat(),
            "date_precision": self.date_precision,
            "source_reference": self.source_reference,
        }
