"""The feeds as a projection of the log: follows which publication changed which feed for whom.

Once it has the head of the log it makes the public feeds, so that most readers find theirs ready; those of other
scopes are made when first asked for, and dropped here when they are out of date, so that no withdrawn text is kept.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from django.db import transaction

from bulletin import projections
from bulletin.locks import try_lock
from bulletin.models import ProjectionPosition, Publication
from subscribers.canonical import canonical_json
from subscribers.entitlement import ANONYMOUS_KEYS

from .changes import PROJECTION, position, touched_by
from .channels import CHANNELS
from .documents import current_document
from .models import FeedChange, FeedDocument


class Feeds:
    """`FeedChange` and the public feeds. Its position is a row of the same database."""

    name = PROJECTION

    def position(self) -> projections.Position:
        return position()

    def apply(self, publications: Sequence[Publication]) -> None:
        newest = {}
        with transaction.atomic():
            applied = position()
            unseen = [publication for publication in publications if publication.sequence > applied.sequence]
            if not unseen:
                return
            for touched in touched_by(unseen):
                for key in touched.keys:
                    newest[touched.kind, key] = touched.change
            FeedChange.objects.bulk_create(
                [
                    FeedChange(
                        kind=kind,
                        key=key,
                        sequence=change.sequence,
                        hash=change.hash,
                        recorded_at=change.recorded_at,
                    )
                    for (kind, key), change in sorted(newest.items(), key=lambda pair: pair[0])
                ],
                batch_size=500,
                update_conflicts=True,
                unique_fields=["kind", "key"],
                update_fields=["sequence", "hash", "recorded_at"],
            )
            FeedDocument.objects.filter(kind__in={kind for kind, _key in newest}).delete()
            last = unseen[-1]
            ProjectionPosition.objects.update_or_create(
                pk=self.name, defaults={"sequence": last.sequence, "hash": last.hash}
            )
        if projections.head().sequence == last.sequence:
            for channel in CHANNELS.values():
                current_document(channel, ANONYMOUS_KEYS)

    def reset(self) -> None:
        with transaction.atomic():
            FeedChange.objects.all().delete()
            FeedDocument.objects.all().delete()
            ProjectionPosition.objects.filter(pk=self.name).delete()

    def dump(self) -> Iterator[str]:
        for change in FeedChange.objects.order_by("kind", "key"):
            yield canonical_json([change.kind, change.key, change.sequence, change.hash, change.recorded_at])
        for channel in CHANNELS.values():
            document = current_document(channel, ANONYMOUS_KEYS)
            yield canonical_json([channel.kind, document.sequence, document.changed_at, document.etag])

    def lock(self) -> AbstractContextManager[bool]:
        return try_lock(self.name)


def register() -> None:
    """Called when the application starts."""
    projections.register(Feeds())
