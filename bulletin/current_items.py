"""The first projection: what is on offer now (`CurrentItem`), written in the transaction that writes the log.

`bulletin.publication` calls `apply` itself, so a committed publication is on every list at once. It is registered as a
projection too, so that it can be rebuilt and compared like the others.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from subscribers.entitlement import keys_of_audience

from . import projections
from .canonical import canonical_json
from .locks import lock_log
from .models import CurrentItem, CurrentItemImage, CurrentItemKey, CurrentItemTopic, Publication


def keys_of_publication(publication: Publication) -> frozenset[str]:
    """The entitlement keys that open what `publication` offers, from its frozen content alone."""
    metadata = publication.content.metadata
    return keys_of_audience(
        publication.audience,
        language=publication.language,
        desk_id=(metadata.get("desk") or {}).get("id"),
        topic_ids=[topic["id"] for topic in metadata.get("topics", ())],
        series_id=(metadata.get("series") or {}).get("id"),
    )


def apply(publication: Publication, *, first: Publication | None = None) -> None:
    """Brings what is on offer in line with `publication`, the newest of its item.

    first: the item's first publication, where the caller has it at hand. Idempotent.
    """
    if publication.kind == Publication.Kind.WITHDRAWN:
        CurrentItem.objects.filter(pk=publication.item_id).delete()
        return
    first = first or Publication.objects.filter(item_id=publication.item_id).order_by("sequence").first()
    metadata = publication.content.metadata
    outlet = metadata.get("outlet") or {}
    desk = metadata.get("desk") or {}
    current, _created = CurrentItem.objects.update_or_create(
        pk=publication.item_id,
        defaults={
            "publication": publication,
            "kind": metadata.get("kind", ""),
            "language": publication.language,
            "url_path": publication.url_path,
            "title": publication.content.title,
            "summary": publication.content.summary,
            "first_offered_at": first.offered_at,
            "first_offered_on": first.offered_on,
            "offered_at": publication.offered_at,
            "edition": publication.edition,
            "audience": publication.audience,
            "characters": publication.characters,
            "desk_id": desk.get("id"),
            "press": desk.get("press", ""),
            "urgency": metadata.get("urgency", ""),
            "outlet_id": outlet.get("id"),
            "outlet_name": outlet.get("name", ""),
            "source_country": metadata.get("source_country", ""),
            "source_language": metadata.get("source_language", ""),
            "statement_kind": metadata.get("statement_kind", ""),
            "series_id": (metadata.get("series") or {}).get("id"),
            "number": str(metadata.get("number", "")),
        },
    )
    moment = {"first_offered_at": first.offered_at}
    _replace(CurrentItemKey, current, "key", keys_of_publication(publication), **moment)
    _replace(CurrentItemTopic, current, "topic_id", {t["id"] for t in metadata.get("topics", ())}, **moment)
    _replace(CurrentItemImage, current, "hash", {image["hash"] for image in metadata.get("images", ())})


def _replace(model, current: CurrentItem, field: str, values, **copies) -> None:
    """Makes the rows of `model` that belong to `current` hold exactly `values`."""
    standing = set(model.objects.filter(item=current).values_list(field, flat=True))
    if gone := standing - set(values):
        model.objects.filter(item=current, **{f"{field}__in": gone}).delete()
    model.objects.bulk_create(
        model(item=current, **{field: value}, **copies) for value in sorted(set(values) - standing)
    )


class CurrentItems:
    """`CurrentItem` as a projection. Its position is the log's head: both are written in one transaction."""

    name = "current"

    def position(self) -> projections.Position:
        return projections.head()

    def apply(self, publications: Sequence[Publication]) -> None:
        with transaction.atomic():
            for publication in publications:
                apply(publication)

    def reset(self) -> None:
        """Empties and refills it in one transaction under the log's lock, as no reader may see it half-full."""
        with transaction.atomic():
            lock_log()
            CurrentItem.objects.all().delete()
            self.apply(
                Publication.objects.select_related("content").order_by("sequence").iterator(chunk_size=500)
            )

    def dump(self) -> Iterator[str]:
        fields = [field.attname for field in CurrentItem._meta.concrete_fields]
        for current in CurrentItem.objects.order_by("pk").prefetch_related("keys", "topics", "images"):
            row = {name: getattr(current, name) for name in fields}
            row["keys"] = sorted(key.key for key in current.keys.all())
            row["topics"] = sorted(topic.topic_id for topic in current.topics.all())
            row["images"] = sorted(image.hash for image in current.images.all())
            yield canonical_json(row)

    @contextmanager
    def lock(self):
        yield True


def register() -> None:
    """Called when the application starts."""
    projections.register(CurrentItems())
