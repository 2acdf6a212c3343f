"""Bulletins: numbered editions that gather published items in sections, by reference."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from ..sanitising import clean_line
from .desks import BulletinSeries
from .items import Item

SECTION_LENGTH = 160

#: More than the directorate offers on any day; what readers and editors can still look through on one page.
MAXIMUM_ENTRIES = 200
TOO_MANY_ENTRIES = _("Bir bültende en çok %(num)d içerik olabilir; bülteni bölün.")


class Bulletin(Item):
    """A numbered edition of a series, which gathers published items in ordered sections."""

    ITEM_KIND = Item.Kind.BULLETIN
    OFFERED_FIELDS = (*Item.OFFERED_FIELDS, "series_id", "number", "date")
    OFFERED_RELATIONS = ("entries",)

    series = models.ForeignKey(
        BulletinSeries, verbose_name=_("dizi"), on_delete=models.PROTECT, related_name="bulletins"
    )
    number = models.PositiveIntegerField(
        _("sayı"), validators=[MinValueValidator(1), MaxValueValidator(1_000_000)]
    )
    date = models.DateField(_("tarih"))

    class Meta:
        verbose_name = _("bülten")
        verbose_name_plural = _("bültenler")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number"],
                name="bulletin_number_once_in_series",
                violation_error_message=_("Bu dizide bu sayıyla bir bülten zaten var."),
            )
        ]

    def clean(self) -> None:
        super().clean()
        if self.entries.count() > MAXIMUM_ENTRIES:
            raise ValidationError(TOO_MANY_ENTRIES, params={"num": MAXIMUM_ENTRIES})
        for entry in self.entries.all():
            entry.section = clean_line(entry.section)
            if len(entry.section) > SECTION_LENGTH:
                raise ValidationError(
                    _("Bölüm başlığı en çok %(maximum)d karakter olabilir: “%(section)s…”."),
                    params={"maximum": SECTION_LENGTH, "section": entry.section[:40]},
                )

    @classmethod
    def _without_the_deleted(cls, data: dict) -> dict:
        changed = super()._without_the_deleted(data)
        if entries := data.get("entries"):
            standing = Item.objects.in_bulk([entry["item"] for entry in entries]).keys()
            changed["entries"] = [entry for entry in entries if entry["item"] in standing]
        return changed

    def ordered_entries(self) -> list["BulletinEntry"]:
        """The entries in their order; an empty section heading goes on with the one before."""
        return sorted(
            self.entries.all(), key=lambda entry: (entry.sort_order is None, entry.sort_order, entry.pk)
        )

    def sections(self) -> list[tuple[str, list["BulletinEntry"]]]:
        """(heading, entries) in order."""
        sections: list[tuple[str, list[BulletinEntry]]] = []
        for entry in self.ordered_entries():
            heading = clean_line(entry.section)
            if not sections or (heading and heading != sections[-1][0]):
                sections.append((heading, []))
            sections[-1][1].append(entry)
        return sections

    def headings(self) -> list[str]:
        return [heading for heading, _entries in self.sections() if heading]

    def source_fields(self) -> dict:
        entries = [[heading, entry.item_id] for heading, entries in self.sections() for entry in entries]
        return {**super().source_fields(), "entries": entries}

    def names(self) -> dict:
        return {"series": self.series.as_published() if self.series_id else None}

    def metadata_fields(self) -> dict:
        """Without `entries`: `bulletin.publication` adds them, as only it knows the sequences they freeze."""
        return {**super().metadata_fields(), "number": self.number, "date": self.date.isoformat()}


class BulletinEntry(models.Model):
    """One item gathered by a bulletin. Which edition of it, the log says: it is frozen at publication."""

    bulletin = ParentalKey(Bulletin, on_delete=models.CASCADE, related_name="entries")
    sort_order = models.IntegerField(null=True, blank=True, editable=False)
    section = models.CharField(
        _("bölüm"),
        max_length=SECTION_LENGTH,
        blank=True,
        help_text=_("Boşsa bir önceki içeriğin bölümü sürer."),
    )
    item = models.ForeignKey(Item, verbose_name=_("içerik"), on_delete=models.PROTECT, related_name="+")

    sort_order_field = "sort_order"

    class Meta:
        verbose_name = _("bülten içeriği")
        verbose_name_plural = _("bülten içerikleri")
        ordering = ["sort_order"]

    def __str__(self) -> str:
        return str(self.item)
