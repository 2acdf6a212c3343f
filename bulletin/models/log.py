"""The Publication log and what it freezes. Written by `bulletin.publication` alone; the database refuses the rest.

The triggers (see `bulletin.triggers`) hold what Django can't: no row is changed, removed or replaced, and a new row is
the head's successor and names the head's hash.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from subscribers.canonical import GENESIS


class PublishedContent(models.Model):
    """A text as it was offered, under the hash of itself; one row serves every publication of the same text.

    `metadata` holds each field a reader sees or filters on, with names as published. A redaction empties the text for
    ever and sets `redacted_at`; the hash, and so the chain, stay.
    """

    hash = models.CharField(primary_key=True, max_length=64)
    title = models.TextField()
    summary = models.TextField(blank=True)
    html = models.TextField(blank=True)
    metadata = models.JSONField()
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("yayımlanmış içerik")
        verbose_name_plural = _("yayımlanmış içerikler")

    def __str__(self) -> str:
        return self.title


class PublishedImage(models.Model):
    """An image as it was offered, kept under the SHA-256 of its bytes."""

    hash = models.CharField(primary_key=True, max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    mime = models.CharField(max_length=32)
    size = models.PositiveIntegerField(help_text="bytes")

    def __str__(self) -> str:
        return self.hash


class Publication(models.Model):
    """One change of what is offered. Sequence order is commit order, without gaps."""

    class Kind(models.TextChoices):
        PUBLISHED = "published", _("yayımlandı")
        UPDATED = "updated", _("güncellendi")
        WITHDRAWN = "withdrawn", _("yayından kaldırıldı")

    sequence = models.BigIntegerField(primary_key=True)
    item = models.ForeignKey("bulletin.Item", on_delete=models.PROTECT, related_name="publications")
    kind = models.CharField(max_length=16, choices=Kind)
    offered_at = models.DateTimeField(help_text="The moment offered, which is the period it counts in.")
    offered_on = models.DateField(db_index=True, help_text="Its date in Istanbul.")
    recorded_at = models.DateTimeField(help_text="The moment written down; never runs backwards.")
    edition = models.PositiveIntegerField(help_text="1, 2, 3: rises with each change of the text.")
    language = models.CharField(max_length=2)
    url_path = models.CharField(max_length=255, help_text="The address, the same in every row of an item.")
    content = models.ForeignKey(
        PublishedContent, on_delete=models.PROTECT, related_name="publications", db_column="content"
    )
    source_hash = models.CharField(max_length=64, help_text="Hash of the live fields this came from.")
    characters = models.PositiveIntegerField(help_text="Code points with spaces (boşluklu).")
    characters_without_spaces = models.PositiveIntegerField()
    characters_delta = models.IntegerField()
    counting_rule = models.PositiveSmallIntegerField()
    audience = models.JSONField()
    previous_audience = models.JSONField(null=True)
    major = models.BooleanField(default=False)
    note = models.TextField(blank=True, help_text="Public.")
    actor = models.UUIDField(null=True, help_text="The user's UUID; no foreign key.")
    format = models.PositiveSmallIntegerField(help_text="Which fields are hashed, and how.")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("yayım kaydı")
        verbose_name_plural = _("yayım günlüğü")
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["item", "-sequence"], name="publication_item_newest"),
            models.Index(fields=["offered_at"], name="publication_offered_at"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.kind} {self.url_path}"


class ProjectionPosition(models.Model):
    """How far a projection that lives in the database has applied the log."""

    name = models.CharField(primary_key=True, max_length=64)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    def __str__(self) -> str:
        return f"{self.name}: {self.sequence}"


class Recording(models.Model):
    """Holds a row only inside a transaction that records a publication (SQLite's way of saying so to its triggers)."""

    id = models.PositiveSmallIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.id)
