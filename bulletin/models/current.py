"""What is on offer now: the first projection of the log, written in the same transaction as the log's row.

Lists, pages, feeds and the sitemap read these tables and nothing else; `readable_by` is the one definition of what a
reader may see in them.
"""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from .log import Publication, PublishedContent


class CurrentItemQuerySet(models.QuerySet):
    def readable_by(self, keys: Iterable[str]) -> "CurrentItemQuerySet":
        """The items that a reader who holds `keys` may read."""
        opened = CurrentItemKey.objects.filter(item_id=models.OuterRef("pk"), key__in=sorted(keys))
        return self.filter(models.Exists(opened))

    def showing(self, image_hash: str, keys: Iterable[str]) -> "CurrentItemQuerySet":
        """The items of which a reader who holds `keys` may open an edition that shows the image.

        An older edition needs its own audience and the item's newest. A redacted one shows nothing.
        """
        shown = CurrentItemImage.objects.shown().filter(
            item_id=models.OuterRef("pk"), hash=image_hash, key__in=sorted(keys)
        )
        return self.readable_by(keys).filter(models.Exists(shown))

    def newest_first(self) -> "CurrentItemQuerySet":
        """By the moment first offered; corrections don't move an item."""
        return self.order_by("-first_offered_at", "-item_id")


class CurrentItem(models.Model):
    """An item on offer: its newest publication, with copies of what lists show and filter by."""

    item = models.OneToOneField(
        "bulletin.Item", primary_key=True, on_delete=models.PROTECT, related_name="current"
    )
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    language = models.CharField(max_length=2)
    url_path = models.CharField(max_length=255)
    title = models.TextField()
    summary = models.TextField(blank=True)
    first_offered_at = models.DateTimeField()
    first_offered_on = models.DateField()
    offered_at = models.DateTimeField()
    edition = models.PositiveIntegerField()
    audience = models.JSONField()
    characters = models.PositiveIntegerField()
    desk_id = models.BigIntegerField(null=True)
    urgency = models.CharField(max_length=16, blank=True)
    press = models.CharField(max_length=16, blank=True)
    outlet_id = models.BigIntegerField(null=True)
    outlet_name = models.CharField(max_length=160, blank=True)
    source_country = models.CharField(max_length=2, blank=True)
    source_language = models.CharField(max_length=2, blank=True)
    statement_kind = models.CharField(max_length=16, blank=True)
    series_id = models.BigIntegerField(null=True)
    number = models.CharField(max_length=64, blank=True)

    objects = CurrentItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("yayındaki içerik")
        verbose_name_plural = _("yayındaki içerikler")
        indexes = [
            models.Index(fields=["kind", "-first_offered_at", "-item"], name="current_kind_newest"),
            models.Index(fields=["-first_offered_at", "-item"], name="current_newest"),
            models.Index(fields=["kind", "desk_id", "-first_offered_at"], name="current_desk"),
            models.Index(fields=["kind", "language", "-first_offered_at"], name="current_language"),
            models.Index(fields=["kind", "source_country", "-first_offered_at"], name="current_country"),
            models.Index(fields=["kind", "first_offered_on"], name="current_kind_day"),
        ]

    def __str__(self) -> str:
        return self.title


class CurrentItemKey(models.Model):
    """One entitlement key that opens an item on offer."""

    item = models.ForeignKey(CurrentItem, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=64)
    first_offered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "key"], name="current_item_key_once")]
        indexes = [models.Index(fields=["key", "-first_offered_at", "-item"], name="current_key_newest")]

    def __str__(self) -> str:
        return self.key


class CurrentItemTopic(models.Model):
    """One topic of an item on offer."""

    item = models.ForeignKey(CurrentItem, on_delete=models.CASCADE, related_name="topics")
    topic_id = models.BigIntegerField()
    first_offered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "topic_id"], name="current_item_topic_once")]
        indexes = [
            models.Index(fields=["topic_id", "-first_offered_at", "-item"], name="current_topic_newest")
        ]

    def __str__(self) -> str:
        return str(self.topic_id)


class CurrentItemImageQuerySet(models.QuerySet):
    def shown(self) -> "CurrentItemImageQuerySet":
        """Without the images of texts that were redacted since."""
        return self.filter(content__redacted_at__isnull=True)


class CurrentItemImage(models.Model):
    """An image that one edition of an item on offer shows, and one entitlement key that opens that edition.

    The key stands beside those of the item itself (`CurrentItemKey`): whoever fetches the image holds one of each.
    Editions with the same frozen content share their rows.
    """

    item = models.ForeignKey(CurrentItem, on_delete=models.CASCADE, related_name="images")
    content = models.ForeignKey(PublishedContent, on_delete=models.PROTECT, related_name="+")
    hash = models.CharField(max_length=64)
    key = models.CharField(max_length=64)

    objects = CurrentItemImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "content", "key"], name="current_item_image_once")
        ]
        indexes = [models.Index(fields=["hash", "key"], name="current_image_key")]

    def __str__(self) -> str:
        return self.hash
