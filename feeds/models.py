"""What the feeds keep: which publication last changed each of them for whom, and the bytes that are served.

`FeedChange` is derived from the log by `feeds.projection`; `FeedDocument` is made by `feeds.documents` from what is
on offer, and is never served unless it is of the newest change.
"""

from django.db import models


class FeedChange(models.Model):
    """The newest publication that changed the feed of `kind` for readers who hold `key`.

    An item that is withdrawn, or that a change of audience or desk takes from these readers, changes their feed too.
    """

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="feed_change_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.sequence}"


class FeedDocument(models.Model):
    """One feed as it is served to readers of one scope, with its compressed forms.

    scope: fingerprint of the readers' keys and of how the bytes are written. sequence and hash: of the change it
    shows; 0 and nothing while nothing was ever offered. etag: SHA-256 of `body`, in hexadecimal.
    """

    kind = models.CharField(max_length=16)
    scope = models.CharField(max_length=64)
    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    changed_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=64)
    body = models.BinaryField()
    gzip = models.BinaryField()
    brotli = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "scope"], name="feed_document_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.etag[:8]}"
