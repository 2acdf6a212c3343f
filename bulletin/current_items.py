"""The first projection: what is on offer now (`CurrentItem`), written in the transaction that writes the log.

`bulletin.publication` calls `apply` itself, so a committed publication is on every list at once. It is registered as a
projection too, so that it can be rebuilt and compared like the others.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from django.db import transaction
from django.db.models import F, OuterRef, Prefetch, Subquery

from subscribers.canonical import canonical_json
from subscribers.entitlement import keys_of_audience

from . import projections
from .locks import lock_log
from .models import CurrentItem, CurrentItemImage, CurrentItemKey, CurrentItemTopic, Publication

#: Items written together when the table is filled anew.
REFILL_BATCH = 500
#: What stands beside an item on offer: each model with the columns that tell an item's rows apart.
COMPANIONS = {
    CurrentItemKey: ("key",),
    CurrentItemTopic: ("topic_id",),
    CurrentItemImage: ("content_id", "hash", "key"),
}
#: The same for `prefetch_related`, as `canonical_row` reads it.
BESIDE = ("keys", "topics", Prefetch("images", CurrentItemImage.objects.shown()))


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
    history = [publication] if publication is first else _history([publication.item_id])[publication.item_id]
    current = _current_item(publication, first or history[0])
    current.save(force_insert=publication is first)
    for model, rows in _companions(current, publication, history).items():
        columns = COMPANIONS[model]
        standing = {} if publication is first else _standing(model, current)
        wanted = {_identity(row, columns): row for row in rows}
        if gone := standing.keys() - wanted.keys():
            model.objects.filter(pk__in=[standing[identity] for identity in gone]).delete()
        model.objects.bulk_create(row for identity, row in wanted.items() if identity not in standing)


def refill() -> None:
    """Empties what is on offer and fills it from the log, in one transaction: no reader sees it half-full."""
    newest = (
        Publication.objects.filter(item_id=OuterRef("item_id")).order_by("-sequence").values("sequence")[:1]
    )
    offered = (
        Publication.objects.annotate(newest=Subquery(newest))
        .filter(sequence=F("newest"))
        .exclude(kind=Publication.Kind.WITHDRAWN)
        .select_related("content")
        .order_by("sequence")
    )
    with transaction.atomic():
        lock_log()
        CurrentItem.objects.all().delete()
        for batch in _batches(offered.iterator(chunk_size=REFILL_BATCH)):
            histories = _history([publication.item_id for publication in batch])
            currents = [
                _current_item(publication, histories[publication.item_id][0]) for publication in batch
            ]
            CurrentItem.objects.bulk_create(currents)
            companions: dict[type, list] = {}
            for current, publication in zip(currents, batch, strict=True):
                history = histories[publication.item_id]
                for model, rows in _companions(current, publication, history).items():
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


def _history(item_ids: Iterable[int]) -> dict[int, list[Publication]]:
    """The rows of each item in their order, with what `_images` asks of their content. One query."""
    history: dict[int, list[Publication]] = {}
    rows = Publication.objects.filter(item_id__in=item_ids).select_related("content").order_by("sequence")
    for row in rows.defer("content__title", "content__summary", "content__html"):
        history.setdefault(row.item_id, []).append(row)
    return history


def _companions(
    current: CurrentItem, publication: Publication, history: Iterable[Publication]
) -> dict[type, list]:
    """The rows of everything that stands beside `current`, by model; `history` holds its item's rows in order."""
    moment = current.first_offered_at
    topics = {topic["id"] for topic in publication.content.metadata.get("topics", ())}
    return {
        CurrentItemKey: [
            CurrentItemKey(item=current, key=key, first_offered_at=moment)
            for key in sorted(keys_of_publication(publication))
        ],
        CurrentItemTopic: [
            CurrentItemTopic(item=current, topic_id=topic, first_offered_at=moment)
            for topic in sorted(topics)
        ],
        CurrentItemImage: [
            CurrentItemImage(item=current, content_id=content, hash=digest, key=key)
            for content, digest, key in sorted(_images(history))
        ],
    }


def _images(history: Iterable[Publication]) -> set[tuple[str, str, str]]:
    """(content, image, key) of each edition that shows an image: by which keys it is opened.

    An edition is for those whom its newest row names. A redacted text shows nothing.
    """
    editions = {row.edition: row for row in history if row.kind != Publication.Kind.WITHDRAWN}
    return {
        (row.content_id, image["hash"], key)
        for row in editions.values()
        if row.content.redacted_at is None and (image := row.content.metadata.get("image"))
        for key in keys_of_publication(row)
    }


def canonical_row(current: CurrentItem) -> str:
    """`current`, read with what stands `BESIDE` it, as one canonical line."""
    return _line(
        current,
        {
            CurrentItemKey: current.keys.all(),
            CurrentItemTopic: current.topics.all(),
            CurrentItemImage: current.images.all(),
        },
    )


def expected_row(publication: Publication, first: Publication, history: Iterable[Publication]) -> str:
    """The canonical line that `publication`, the newest of its item, calls for.

    first: the item's first publication. history: the item's rows that still have their content, in order.
    """
    current = _current_item(publication, first)
    return _line(current, _companions(current, publication, history))


def _line(current: CurrentItem, beside: dict[type, Iterable]) -> str:
    row = {field.attname: getattr(current, field.attname) for field in CurrentItem._meta.concrete_fields}
    for model, rows in beside.items():
        row[model._meta.model_name] = sorted(_identity(companion, COMPANIONS[model]) for companion in rows)
    return canonical_json(row)


def _identity(row, columns: tuple[str, ...]) -> tuple:
    return tuple(getattr(row, column) for column in columns)


def _standing(model, current: CurrentItem) -> dict[tuple, int]:
    """The rows of `model` that stand beside `current`: the number of each by what tells it apart."""
    rows = model.objects.filter(item=current).values_list("pk", *COMPANIONS[model])
    return {tuple(columns): number for number, *columns in rows}


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
        currents = CurrentItem.objects.order_by("pk").prefetch_related(*BESIDE)
        for current in currents.iterator(chunk_size=REFILL_BATCH):
            yield canonical_row(current)

    @contextmanager
    def lock(self):
        yield True


def register() -> None:
    """Called when the application starts."""
    projections.register(CurrentItems())
