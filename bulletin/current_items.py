"""The first projection: what is on offer now (`CurrentItem`), written in the transaction that writes the log.

`bulletin.publication` calls `apply` itself, so a committed publication is on every list at once. It is registered as a
projection too, so that it can be rebuilt and compared like the others.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from subscribers.entitlement import keys_of_audience

from . import projections
from .canonical import canonical_json
from .locks import lock_log
from .models import CurrentItem, CurrentItemImage, CurrentItemKey, CurrentItemTopic, Publication

#: Items written together when the table is filled anew.
REFILL_BATCH = 500


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
    current = _current_item(publication, first)
    current.save(force_insert=publication is first)
    for model, field, rows in _companions(current, publication):
        standing = set() if publication is first else _standing(model, field, current)
        wanted = {getattr(row, field): row for row in rows}
        if gone := standing - wanted.keys():
            model.objects.filter(item=current, **{f"{field}__in": gone}).delete()
        model.objects.bulk_create(row for value, row in wanted.items() if value not in standing)


def refill() -> None:
    """Empties what is on offer and fills it from the log, in one transaction: no reader sees it half-full."""
    newest = (
        Publication.objects.filter(item_id=OuterRef("item_id")).order_by("-sequence").values("sequence")[:1]
    )
    first = (
        Publication.objects.filter(item_id=OuterRef("item_id")).order_by("sequence").values("sequence")[:1]
    )
    offered = (
        Publication.objects.annotate(newest=Subquery(newest), first=Subquery(first))
        .filter(sequence=F("newest"))
        .exclude(kind=Publication.Kind.WITHDRAWN)
        .select_related("content")
        .order_by("sequence")
    )
    with transaction.atomic():
        lock_log()
        CurrentItem.objects.all().delete()
        for batch in _batches(offered.iterator(chunk_size=REFILL_BATCH)):
            firsts = Publication.objects.in_bulk([publication.first for publication in batch])
            currents = [_current_item(publication, firsts[publication.first]) for publication in batch]
            CurrentItem.objects.bulk_create(currents)
            companions: dict[type, list] = {}
            for current, publication in zip(currents, batch, strict=True):
                for model, _field, rows in _companions(current, publication):
                    companions.setdefault(model, []).extend(rows)
            for model, rows in companions.items():
                model.objects.bulk_create(rows, batch_size=REFILL_BATCH)


def _batches(publications: Iterator[Publication]) -> Iterator[list[Publication]]:
    while batch := list(islice(publications, REFILL_BATCH)):
        yield batch


def _current_item(publication: Publication, first: Publication) -> CurrentItem:
    """The row that shows `publication`; `first` is its item's first publication."""
    metadata = publication.content.metadata
    outlet = metadata.get("outlet") or {}
    desk = metadata.get("desk") or {}
    return CurrentItem(
        item_id=publication.item_id,
        publication=publication,
        kind=metadata.get("kind", ""),
        language=publication.language,
        url_path=publication.url_path,
        title=publication.content.title,
        summary=publication.content.summary,
        first_offered_at=first.offered_at,
        first_offered_on=first.offered_on,
        offered_at=publication.offered_at,
        edition=publication.edition,
        audience=publication.audience,
        characters=publication.characters,
        desk_id=desk.get("id"),
        press=desk.get("press", ""),
        urgency=metadata.get("urgency", ""),
        outlet_id=outlet.get("id"),
        outlet_name=outlet.get("name", ""),
        source_country=metadata.get("source_country", ""),
        source_language=metadata.get("source_language", ""),
        statement_kind=metadata.get("statement_kind", ""),
        series_id=(metadata.get("series") or {}).get("id"),
        number=str(metadata.get("number", "")),
    )


def _companions(current: CurrentItem, publication: Publication) -> Iterator[tuple[type, str, list]]:
    """(model, the field that tells its rows apart, rows) of everything that stands beside `current`."""
    metadata, moment = publication.content.metadata, current.first_offered_at
    keys = sorted(keys_of_publication(publication))
    topics = sorted({topic["id"] for topic in metadata.get("topics", ())})
    images = [image["hash"]] if (image := metadata.get("image")) else []
    yield (
        CurrentItemKey,
        "key",
        [CurrentItemKey(item=current, key=key, first_offered_at=moment) for key in keys],
    )
    yield (
        CurrentItemTopic,
        "topic_id",
        [CurrentItemTopic(item=current, topic_id=topic, first_offered_at=moment) for topic in topics],
    )
    yield CurrentItemImage, "hash", [CurrentItemImage(item=current, hash=digest) for digest in images]


def canonical_row(current: CurrentItem) -> str:
    """`current` and what stands beside it, as one canonical line."""
    return _line(
        current,
        keys=[key.key for key in current.keys.all()],
        topics=[topic.topic_id for topic in current.topics.all()],
        images=[image.hash for image in current.images.all()],
    )


def expected_row(publication: Publication, first: Publication) -> str:
    """The canonical line that `publication`, the newest of its item, calls for; `first` is the item's first."""
    current = _current_item(publication, first)
    beside = {
        model: [getattr(row, field) for row in rows]
        for model, field, rows in _companions(current, publication)
    }
    return _line(
        current,
        keys=beside[CurrentItemKey],
        topics=beside[CurrentItemTopic],
        images=beside[CurrentItemImage],
    )


def _line(current: CurrentItem, **beside: list) -> str:
    row = {field.attname: getattr(current, field.attname) for field in CurrentItem._meta.concrete_fields}
    return canonical_json({**row, **{name: sorted(values) for name, values in beside.items()}})


def _standing(model, field: str, current: CurrentItem) -> set:
    return set(model.objects.filter(item=current).values_list(field, flat=True))


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
        refill()

    def dump(self) -> Iterator[str]:
        currents = CurrentItem.objects.order_by("pk").prefetch_related("keys", "topics", "images")
        for current in currents.iterator(chunk_size=REFILL_BATCH):
            yield canonical_row(current)

    @contextmanager
    def lock(self):
        yield True


def register() -> None:
    """Called when the application starts."""
    projections.register(CurrentItems())
