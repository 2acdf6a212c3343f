"""Writes items and their rows of the Publication log in bulk, as publishing one by one would leave them.

Called by `bench.loading`, inside `recording()`, with items that are not in the database yet. The chain must be true:
`verify_publications` finds nothing in what is written here.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from wagtail.models import Revision

from bulletin import projections
from bulletin.counting import RULE
from bulletin.folding import fold, slug_of
from bulletin.freezing import count_content, freeze
from bulletin.models import Bulletin, BulletinEntry, Item, NewsItem, Publication, PublishedContent, Topic
from bulletin.publication import FORMAT, row_hash


@dataclass
class History:
    """An item and what became of it, beginning at `moment`.

    first_text: title, summary and body of its first edition, where it was corrected since. next_title: of a draft that
    is newer than what is on offer. is_offered: False for a draft that never went out. lasts: what lies between two
    changes. gathers: what a bulletin gathers. rows: what was written of it to the log.
    """

    item: Item
    moment: datetime
    lasts: timedelta
    writer: object
    topics: list[Topic] = field(default_factory=list)
    gathers: list["History"] = field(default_factory=list)
    first_text: dict[str, str] | None = None
    next_title: str = ""
    is_offered: bool = True
    is_withdrawn: bool = False
    rows: list[Publication] = field(default_factory=list)

    @property
    def editions(self) -> list[Item]:
        """The item as each edition offered it, oldest first."""
        return [changed(self.item, **self.first_text), self.item] if self.first_text else [self.item]

    @property
    def revisions(self) -> list[Item]:
        """The item as each of its revisions holds it, oldest first."""
        return [*self.editions, *([changed(self.item, title=self.next_title)] if self.next_title else [])]

    @property
    def corrected_at(self) -> datetime:
        return self.moment + self.lasts

    @property
    def withdrawn_at(self) -> datetime:
        return self.moment + 2 * self.lasts


class Chain:
    """The end of the log while rows are added to it."""

    def __init__(self) -> None:
        head = projections.head()
        self.sequence, self.hash = head.sequence, head.hash

    def add(self, row: Publication, item: Item) -> Publication:
        """Makes `row` of `item` the head's successor."""
        self.sequence += 1
        row.sequence, row.previous_hash, row.format = self.sequence, self.hash, FORMAT
        row.hash = self.hash = row_hash(row, item.uuid)
        return row


def changed(item: Item, **fields) -> Item:
    """A copy of `item` with other `fields`; the database knows nothing of it."""
    other = copy.copy(item)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def write(histories: Sequence[History]) -> None:
    """The rows of items, revisions and log that `histories`, in the order of their moments, would have left."""
    _write_items(histories)
    _write_revisions(histories)
    chain = Chain()
    for history in histories:
        history.rows = [chain.add(row, history.item) for row in _rows(history)]
    rows = [row for history in histories for row in history.rows]
    contents = {row.content.hash: row.content for row in rows}
    standing = set(PublishedContent.objects.filter(pk__in=contents).values_list("pk", flat=True))
    PublishedContent.objects.bulk_create(
        content for hash_, content in contents.items() if hash_ not in standing
    )
    Publication.objects.bulk_create(rows)


# --- Items -------------------------------------------------------------------------------------------------------


def _write_items(histories: Sequence[History]) -> None:
    for history in histories:
        _settle(history)
    names = [field.attname for field in Item._meta.concrete_fields if field.attname != "id"]
    parents = [Item(**{name: getattr(history.item, name) for name in names}) for history in histories]
    Item.objects.bulk_create(parents)
    for history, parent in zip(histories, parents, strict=True):
        history.item.pk = history.item.id = history.item.item_ptr_id = parent.pk
    for model in {type(history.item) for history in histories}:
        _insert_children(model, [history.item for history in histories if type(history.item) is model])
    _write_topics(histories)
    _write_entries(histories)


def _settle(history: History) -> None:
    """The columns that Wagtail and the log would have filled in."""
    item = history.item
    item.kind = item.ITEM_KIND
    item.draft_title = history.next_title or item.title
    item.folded_title = fold(item.draft_title)
    item.created_at = history.moment
    item.live = history.is_offered and not history.is_withdrawn
    item.has_unpublished_changes = not item.live or bool(history.next_title)
    if history.is_offered:
        item.first_published_at = history.moment
        item.last_published_at = history.corrected_at if history.first_text else history.moment


def _insert_children(model: type[Item], items: list[Item]) -> None:
    """The rows of the kind's own table, which Django has no bulk insert for."""
    fields = model._meta.local_concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    rows = [
        [field.get_db_prep_save(field.pre_save(item, add=True), connection) for field in fields]
        for item in items
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({values})", rows)


def _write_topics(histories: Sequence[History]) -> None:
    through = NewsItem.topics.through
    links = []
    for history in histories:
        if isinstance(history.item, NewsItem):
            history.item.topics = history.topics
            links += [through(newsitem_id=history.item.pk, topic_id=topic.pk) for topic in history.topics]
    through.objects.bulk_create(links)


def _write_entries(histories: Sequence[History]) -> None:
    entries = []
    for history in histories:
        if isinstance(history.item, Bulletin):
            own = [
                BulletinEntry(
                    bulletin_id=history.item.pk,
                    item_id=gathered.item.pk,
                    section=f"Bölüm {place // 5 + 1}" if place % 5 == 0 else "",
                    sort_order=place,
                )
                for place, gathered in enumerate(history.gathers)
            ]
            entries += own
            history.item.entries = own
    BulletinEntry.objects.bulk_create(entries)
    for history in histories:
        if isinstance(history.item, Bulletin):
            for entry, gathered in zip(history.item.entries.all(), history.gathers, strict=True):
                entry.item = gathered.item


# --- Revisions ---------------------------------------------------------------------------------------------------


def _write_revisions(histories: Sequence[History]) -> None:
    base = ContentType.objects.get_for_model(Item)
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=ContentType.objects.get_for_model(history.item),
            base_content_type=base,
            object_id=str(history.item.pk),
            created_at=history.moment + place * history.lasts,
            user=history.writer,
            object_str=revised.title,
            content=revised.serializable_data(),
        )
        for history in histories
        for place, revised in enumerate(history.revisions)
    )
    of_items: dict[str, list[Revision]] = {}
    for revision in revisions:
        of_items.setdefault(revision.object_id, []).append(revision)
    parents = []
    for history in histories:
        own = of_items[str(history.item.pk)]
        offered = own[len(history.editions) - 1]
        parents.append(
            Item(
                pk=history.item.pk,
                live_revision_id=offered.pk if history.item.live else None,
                latest_revision_id=own[-1].pk,
            )
        )
    Item._base_manager.bulk_update(parents, ["live_revision", "latest_revision"])


# --- The log -----------------------------------------------------------------------------------------------------


def _rows(history: History) -> Iterator[Publication]:
    if not history.is_offered:
        return
    previous = None
    for moment, edition in zip((history.moment, history.corrected_at), history.editions, strict=False):
        previous = _offering(history, edition, moment, previous)
        yield previous
    if history.is_withdrawn:
        yield following(previous, Publication.Kind.WITHDRAWN, history.withdrawn_at)


def _offering(history: History, edition: Item, moment: datetime, previous: Publication | None) -> Publication:
    frozen = freeze(edition, entries=_frozen_entries(history))
    count = count_content(frozen)
    day = timezone.localdate(moment)
    path = f"/{edition.KIND_PATHS[edition.kind]}/{day:%Y/%m/%d}/{slug_of(edition.title)}-{edition.pk}/"
    return Publication(
        item_id=edition.pk,
        kind=Publication.Kind.UPDATED if previous else Publication.Kind.PUBLISHED,
        offered_at=moment,
        offered_on=day,
        recorded_at=moment,
        edition=previous.edition + 1 if previous else 1,
        language=edition.language,
        url_path=previous.url_path if previous else path,
        content=PublishedContent(
            hash=frozen.hash,
            title=frozen.title,
            summary=frozen.summary,
            html=frozen.html,
            metadata=frozen.metadata,
        ),
        source_hash=edition.source_hash(),
        characters=count.characters,
        characters_without_spaces=count.characters_without_spaces,
        characters_delta=count.characters - (previous.characters if previous else 0),
        counting_rule=RULE,
        audience=edition.audience,
        previous_audience=previous.audience if previous else None,
        note="Bir sayı düzeltildi." if previous else "",
    )


def _frozen_entries(history: History) -> list[dict] | None:
    if not isinstance(history.item, Bulletin):
        return None
    sequences = {gathered.item.pk: gathered.rows[-1].sequence for gathered in history.gathers}
    return [
        {"section": heading, "item": str(entry.item.uuid), "sequence": sequences[entry.item_id]}
        for heading, entries in history.item.sections()
        for entry in entries
    ]


def following(
    previous: Publication, kind: str, moment: datetime, audience: list[str] | None = None
) -> Publication:
    """The row after `previous` of the same item where its text stands: withdrawn, or for another audience."""
    return Publication(
        item_id=previous.item_id,
        kind=kind,
        offered_at=moment,
        offered_on=timezone.localdate(moment),
        recorded_at=moment,
        edition=previous.edition,
        language=previous.language,
        url_path=previous.url_path,
        content=previous.content,
        source_hash=previous.source_hash,
        characters=previous.characters,
        characters_without_spaces=previous.characters_without_spaces,
        characters_delta=0,
        counting_rule=previous.counting_rule,
        audience=audience or previous.audience,
        previous_audience=previous.audience,
    )
