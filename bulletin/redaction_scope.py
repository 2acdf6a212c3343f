"""What a redaction takes with it: the editions, texts, items, drafts and images that one request comes to.

Read before it is decided, on the page where it is decided, and once more under the log's lock, where the two have to
be the same. Reads only.
"""

import hashlib
import html
import re
from dataclasses import dataclass
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from wagtail.images import get_image_model
from wagtail.models import Revision

from subscribers.canonical import digest

from .models import Item, Publication, PublishedContent, PublishedImage, Redaction
from .redaction_words import NAMES, NOTE, LostWords

#: What is looked for in other items is at least so long, so that a turn of phrase isn't taken for a copy.
SHORTEST_PASSAGE = 40
#: Other items named at most.
OTHERS = 20


@dataclass(frozen=True)
class AffectedItem:
    """An item that holds a text to be emptied. rows: its rows of the log, in order."""

    item: Item
    rows: tuple[Publication, ...]
    contents: frozenset[str]

    @property
    def editions(self) -> list[int]:
        """The numbers of the editions whose text goes, not counting those that went before."""
        return sorted({row.edition for row in self.rows if row.content_id in self.contents})

    @property
    def loses_newest(self) -> bool:
        """Whether its newest text goes: then it goes off offer, and nothing of it is kept in the newsroom either."""
        return self.rows[-1].content_id in self.contents

    @property
    def is_offered(self) -> bool:
        return self.rows[-1].kind != Publication.Kind.WITHDRAWN

    @cached_property
    def words(self) -> LostWords:
        """The words that go and that no text left standing of the item holds."""
        readable = {row.content_id: row.content for row in self.rows if row.content.redacted_at is None}
        return LostWords.of(
            gone=[content for number, content in readable.items() if number in self.contents],
            left=[content for number, content in readable.items() if number not in self.contents],
        )

    @cached_property
    def revisions(self) -> list[int]:
        """The drafts that go: all of them, or, where the newest text stays on record, those before it and those after
        it that hold words which go."""
        saved = Revision.objects.for_instance(self.item).order_by("pk")
        if self.loses_newest:
            return list(saved.values_list("pk", flat=True))
        standing = self.item.live_revision_id or self.item.latest_revision_id or 0
        return [
            revision.pk
            for revision in saved.iterator(chunk_size=20)
            if revision.pk < standing
            or (revision.pk != self.item.live_revision_id and self._goes(revision, standing))
        ]

    def _goes(self, revision: Revision, standing: int) -> bool:
        """Whether a draft holds words that go. The standing one goes for its text alone: its note can be taken out."""
        content = dict(revision.content)
        if revision.pk == standing:
            content.pop(NOTE, None)
        return self.words.are_in_draft(type(self.item), content)

    def without_the_lost(self, content: dict) -> dict:
        """The `content` of a draft that stays, without a note that repeats words which go, and without what its desk
        or outlet was called where that is among them."""
        kept = dict(content)
        if self.words.are_in_note(content):
            del kept[NOTE]
        if self.words.are_in_names(content):
            del kept[NAMES]
        return kept


@dataclass(frozen=True)
class Scope:
    """What one request comes to. affected: its own item first, then those that offer the very same text."""

    affected: tuple[AffectedItem, ...]
    contents: frozenset[str]

    @property
    def own(self) -> AffectedItem:
        return self.affected[0]

    @property
    def fingerprint(self) -> str:
        """Tells this scope from another: what the second person saw is what they agree to.

        Without the drafts: whoever goes on saving some doesn't hold a redaction up.
        """
        return digest(
            [sorted(self.contents), [[item.item.pk, item.rows[-1].sequence] for item in self.affected]]
        )

    @property
    def revisions(self) -> int:
        return sum(len(item.revisions) for item in self.affected)

    @cached_property
    def images(self) -> list[str]:
        """The hashes of the images that no text left on record shows."""
        shown = {
            image["hash"]
            for content in PublishedContent.objects.filter(pk__in=self.contents)
            if (image := content.metadata.get("image"))
        }
        return sorted(image for image in shown if not self._is_shown_elsewhere(image))

    def _is_shown_elsewhere(self, image: str) -> bool:
        elsewhere = PublishedContent.objects.filter(redacted_at__isnull=True, metadata__image__hash=image)
        return elsewhere.exclude(pk__in=self.contents).exists()

    @property
    def notes(self) -> list[Publication]:
        """The rows with a note: the log keeps it, as it keeps the address."""
        return [row for item in self.affected for row in item.rows if row.note]

    @cached_property
    def others(self) -> list[Item]:
        """Translations of the items, and others whose text holds the longest passage that goes: for people to look at.

        Nothing of them is removed: each is an item of its own, with a record of its own.
        """
        own = {item.item.pk for item in self.affected}
        found = {
            item.pk: item for item in Item.objects.filter(translation_of__in=own).order_by("pk")[:OTHERS]
        }
        for passage in filter(
            None, {item.item.pk: _longest_passage(item) for item in self.affected}.values()
        ):
            drafted = Item.objects.filter(body__contains=passage)
            offered = Item.objects.filter(
                publications__content__in=PublishedContent.objects.filter(html__contains=passage)
            )
            for query in (drafted, offered):
                for item in query.exclude(pk__in=own).order_by("pk").distinct()[:OTHERS]:
                    found.setdefault(item.pk, item)
        return [found[number] for number in sorted(found)[:OTHERS]]


def scope_of(redaction: Redaction) -> Scope | None:
    """What `redaction` comes to as things stand; None where none of its editions has a text any more."""
    chosen = Publication.objects.filter(item_id=redaction.item_id, content__redacted_at__isnull=True)
    if redaction.editions is not None:
        chosen = chosen.filter(edition__in=redaction.editions)
    contents = frozenset(chosen.values_list("content_id", flat=True))
    if not contents:
        return None
    numbers = set(Publication.objects.filter(content_id__in=contents).values_list("item_id", flat=True))
    ordered = [redaction.item_id, *sorted(numbers - {redaction.item_id})]
    rows: dict[int, list[Publication]] = {number: [] for number in ordered}
    for row in Publication.objects.filter(item_id__in=numbers).select_related("content").order_by("sequence"):
        rows[row.item_id].append(row)
    items = Item.objects.in_bulk(ordered)
    return Scope(
        affected=tuple(
            AffectedItem(items[number].specific, tuple(rows[number]), contents) for number in ordered
        ),
        contents=contents,
    )


def repeats(text: str, scope: Scope) -> bool:
    """Whether `text`, which is to be kept, quotes what is to go."""
    return any(item.words.are_quoted_in(text) for item in scope.affected)


def _longest_passage(item: AffectedItem) -> str:
    """The longest piece of text without markup in what goes; "" where all are short."""
    pieces = [
        piece.strip()
        for row in item.rows
        if row.content_id in item.contents
        for piece in re.split(r"<[^>]*>", row.content.html)
    ]
    longest = max(pieces, key=len, default="")
    return longest if len(html.unescape(longest)) >= SHORTEST_PASSAGE else ""


def originals_of(image: str) -> list[int]:
    """The numbers of the editors' images whose file has the bytes of the published `image`."""
    frozen = PublishedImage.objects.get(pk=image)
    alike = get_image_model().objects.filter(width=frozen.width, height=frozen.height).order_by("pk")
    return [original.pk for original in alike if _digest_of_file(original) == image]


def _digest_of_file(original) -> str:
    try:
        with original.open_file() as file:
            file.seek(0)
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def item_types(item: Item) -> list[ContentType]:
    """The content types under which Wagtail knows `item`."""
    return [
        ContentType.objects.get_for_model(model, for_concrete_model=False)
        for model in (Item, type(item.specific))
    ]
