"""News items: what the desks write from, or translate out of, the press."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.images import get_image_model_string

from .. import vocabulary
from ..sanitising import check_size, clean_line, clean_text, without_forbidden
from .desks import Desk, Outlet, Topic
from .items import TITLE_LENGTH, Item


class NewsItem(Item):
    """A news item (haber): written from, or translated out of, a source outlet."""

    class Urgency(models.TextChoices):
        ROUTINE = "routine", _("rutin")
        PRIORITY = "priority", _("öncelikli")
        FLASH = "flash", _("son dakika")

    class TranslationKind(models.TextChoices):
        FULL = "full", _("tam çeviri")
        SUMMARY = "summary", _("özet çeviri")
        EXCERPT = "excerpt", _("bölüm çevirisi")

    ITEM_KIND = Item.Kind.NEWS
    OFFERED_FIELDS = (
        *Item.OFFERED_FIELDS,
        "desk_id",
        "urgency",
        "outlet_id",
        "source_country",
        "source_language",
        "original_title",
        "original_url",
        "original_date",
        "translator",
        "translation_kind",
        "image_id",
        "image_alt",
        "image_credit",
    )
    OFFERED_RELATIONS = ("topics",)

    desk = models.ForeignKey(
        Desk, verbose_name=_("masa"), on_delete=models.PROTECT, related_name="news_items"
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("konular"), blank=True, related_name="news_items")
    urgency = models.CharField(_("ivedilik"), max_length=16, choices=Urgency, default=Urgency.ROUTINE)
    outlet = models.ForeignKey(
        Outlet,
        verbose_name=_("kaynak"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="news_items",
    )
    source_country = models.CharField(
        _("kaynak ülke"), max_length=2, blank=True, choices=vocabulary.countries
    )
    source_language = models.CharField(
        _("kaynak dil"), max_length=2, blank=True, choices=vocabulary.languages
    )
    original_title = models.CharField(_("özgün başlık"), max_length=TITLE_LENGTH, blank=True)
    original_url = models.URLField(_("özgün adres"), max_length=500, blank=True)
    original_text = models.TextField(
        _("özgün metin"), blank=True, help_text=_("Okurlara gösterilmez, karakter sayısına katılmaz.")
    )
    original_date = models.DateField(_("özgün tarih"), null=True, blank=True)
    translator = models.CharField(_("mütercim"), max_length=120, blank=True)
    translation_kind = models.CharField(_("çeviri türü"), max_length=16, blank=True, choices=TranslationKind)
    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("görsel"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    image_alt = models.CharField(
        _("görselin alternatif metni"),
        max_length=300,
        blank=True,
        help_text=_("Görseli görmeyenlere okunur."),
    )
    image_credit = models.CharField(_("görselin künyesi"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("haber")
        verbose_name_plural = _("haberler")

    def clean(self) -> None:
        super().clean()
        for name in ("original_title", "translator", "image_alt", "image_credit"):
            setattr(self, name, clean_line(getattr(self, name)))
        self.original_url = without_forbidden(self.original_url)
        self.original_text = clean_text(self.original_text)
        try:
            check_size(self.original_text)
        except ValidationError as error:
            raise ValidationError({"original_text": error}) from error
        if self.image_id and not self.image_alt:
            raise ValidationError(
                {"image_alt": _("Görselin alternatif metnini yazın: görmeyenlere o okunur.")}
            )

    def source_fields(self) -> dict:
        return {**super().source_fields(), "topics": sorted(topic.pk for topic in self.topics.all())}

    def names(self) -> dict:
        return {
            "desk": self.desk.as_published() if self.desk_id else None,
            "topics": [
                topic.as_published() for topic in sorted(self.topics.all(), key=lambda topic: topic.pk)
            ],
            "outlet": self.outlet.as_published() if self.outlet_id else None,
        }

    def metadata_fields(self) -> dict:
        return {
            **super().metadata_fields(),
            "urgency": self.urgency,
            "source_country": self.source_country,
            "source_language": self.source_language,
            "original_title": self.original_title,
            "original_url": self.original_url,
            "original_date": self.original_date.isoformat() if self.original_date else "",
            "translator": self.translator,
            "translation_kind": self.translation_kind,
        }
