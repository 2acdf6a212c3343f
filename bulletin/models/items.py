"""`Item`: what every kind of thing that the directorate offers has in common (`news`, `statements`, `bulletins`).

An item is a draft with revisions until it is published; from then on its live fields change only through
`bulletin.publication`, which writes the log in the same transaction. This module holds the fields and closes each
way past it: `save`, `delete`, `unpublish`, a queryset's `update` and `delete` all end in a log row or in
`PublishRefused`. Because expiry and others work on a bare `Item`, every override stands on `Item` itself.
"""

import uuid
from typing import ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.fields import RichTextField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from subscribers.canonical import digest

from .. import vocabulary
from ..corrections import NO_CORRECTION, Correction
from ..folding import fold
from ..sanitising import (
    BODY_FEATURES,
    clean_line,
    clean_text,
    offered_html,
    without_block_keys,
    without_forbidden,
)
from .audiences import default_audience

TITLE_LENGTH = 300
SUMMARY_LENGTH = 2000


class ItemQuerySet(models.QuerySet):
    """Refuses the two ways of changing many rows that pass by the model."""

    def update(self, **fields) -> int:
        guarded = {name for name in fields if name in self.model.guarded_fields()}
        if guarded and (fields.get("live") or self.filter(live=True).exists()):
            from ..refusals import PublishRefused

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

    #: What readers are told where this draft corrects what is on offer; kept by its revisions, in no column.
    correction: Correction = NO_CORRECTION

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
        fields = {name: getattr(self, name) for name in self.OFFERED_FIELDS}
        return {**fields, "body": without_block_keys(self.body)}

    def source_hash(self) -> str:
        """Hash of the live fields: while the item is on offer, equal to that of its newest publication."""
        return digest(self.source_fields())

    def metadata_fields(self) -> dict:
        """The frozen form of what this kind adds to title, summary and body; names as they are now."""
        return self.names()

    def names(self) -> dict:
        """The part of `metadata_fields` that stands elsewhere and can be renamed: desk, topics, outlet, series."""
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

    def serializable_data(self) -> dict:
        """As modelcluster's, with what whoever saved it was shown beside its own fields."""
        return {**super().serializable_data(), "names": self.names(), **self.correction.as_content()}

    def with_content_json(self, content):
        """As Wagtail's, with the row's own values of what is not revisioned."""
        item = super().with_content_json(content)
        item.correction = Correction.of_content(content)
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

        with transaction.atomic():
            # The row of `Item` first, as saving and publishing do.
            Item.objects.select_for_update().filter(pk=self.pk).exists()
            refuse_deletion(Item.objects.filter(pk=self.pk))
            return super().delete(*args, **kwargs)
