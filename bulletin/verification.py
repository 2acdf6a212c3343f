"""Verification: proves from the data alone that the log is whole and that what is on offer is what the log says.

Run by `manage.py verify_publications`, by an auditor, and before a period close or a backup. It reads; it never mends.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext

from . import projections, triggers
from .canonical import GENESIS
from .freezing import FrozenContent, count_content
from .models import Bulletin, CurrentItem, Item, NewsItem, Publication, Statement
from .publication import HASHED_COLUMNS, row_hash


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be (`is_error`), or worth saying (a redaction)."""

    subject: str
    sentence: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.subject}: {self.sentence}"


@dataclass(frozen=True)
class Anchor:
    """A head noted down earlier, outside the database: the log must still hold it."""

    sequence: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """From SEQUENCE:HASH. Raises ValueError."""
        sequence, _colon, digest = text.partition(":")
        if not sequence.isascii() or not sequence.isdigit() or len(digest) != 64:
            raise ValueError(text)
        return cls(int(sequence), digest.lower())


def verify(anchor: Anchor | None = None) -> Iterator[Finding]:
    """Everything found; nothing where the log is whole."""
    yield from verify_triggers()
    yield from verify_chain(anchor)
    yield from verify_offers()
    yield from verify_positions()


def verify_triggers() -> Iterator[Finding]:
    """The triggers that refuse changes stand, unchanged and switched on."""
    for name in triggers.missing(connection):
        yield Finding(
            name, gettext("Tetikleyici yok ya da değiştirilmiş; “manage.py migrate” yeniden kurar.")
        )


def verify_chain(anchor: Anchor | None = None) -> Iterator[Finding]:
    """Each row follows the one before, bears its own hash, names a content that bears its own, and counts right."""
    expected, previous_hash, previous_moment = 1, GENESIS, None
    newest_of_item: dict[int, tuple[int, str, int]] = {}
    anchored = anchor is None
    rows = Publication.objects.select_related("content", "item").order_by("sequence")
    for row in rows.iterator(chunk_size=500):
        subject = gettext("Kayıt %(sequence)d") % {"sequence": row.sequence}
        if row.sequence != expected:
            yield Finding(
                subject, gettext("Sıra %(expected)d olmalıydı: arada kayıt eksik.") % {"expected": expected}
            )
        if row.previous_hash != previous_hash:
            yield Finding(subject, gettext("Önceki kaydın özetini taşımıyor: zincir burada kopuk."))
        if row.format not in HASHED_COLUMNS:
            yield Finding(subject, gettext("Bilinmeyen kayıt biçimi: %(format)d.") % {"format": row.format})
        elif row_hash(row, row.item.uuid) != row.hash:
            yield Finding(subject, gettext("Kendi özetini taşımıyor: kayıt değiştirilmiş."))
        if previous_moment is not None and row.recorded_at < previous_moment:
            yield Finding(subject, gettext("Önceki kayıttan erken yazılmış görünüyor."))
        yield from _verify_content(subject, row)
        yield from _verify_delta(subject, row, newest_of_item.get(row.item_id))
        if anchor is not None and (row.sequence, row.hash) == (anchor.sequence, anchor.hash):
            anchored = True
        newest_of_item[row.item_id] = (row.characters, row.content_id, row.counting_rule)
        expected, previous_hash, previous_moment = row.sequence + 1, row.hash, row.recorded_at
    if not anchored:
        yield Finding(
            gettext("Kayıt %(sequence)d") % {"sequence": anchor.sequence},
            gettext("Not edilen özet günlükte yok: günlüğün sonu kesilmiş ya da değiştirilmiş."),
        )


def _verify_content(subject: str, row: Publication) -> Iterator[Finding]:
    content = row.content
    if content.redacted_at is not None:
        yield Finding(subject, gettext("Metin karartıldı."), is_error=False)
        return
    frozen = FrozenContent(content.title, content.summary, content.html, content.metadata)
    if frozen.hash != row.content_id:
        yield Finding(subject, gettext("İçerik kendi özetini taşımıyor: metin değiştirilmiş."))
        return
    count = count_content(content, rule=row.counting_rule)
    if (count.characters, count.characters_without_spaces) != (row.characters, row.characters_without_spaces):
        yield Finding(subject, gettext("Karakter sayısı yeniden sayılanla aynı değil."))


def _verify_delta(subject: str, row: Publication, earlier: tuple[int, str, int] | None) -> Iterator[Finding]:
    """Deltas add up: each is the count less the item's earlier count, where both are by one rule."""
    characters, _content, rule = earlier or (0, "", row.counting_rule)
    expected = 0 if row.kind == Publication.Kind.WITHDRAWN else row.characters - characters
    if rule == row.counting_rule and row.characters_delta != expected:
        yield Finding(subject, gettext("Karakter farkı %(expected)d olmalıydı.") % {"expected": expected})


def verify_offers() -> Iterator[Finding]:
    """What is on offer is what the newest rows say: live items, their fields and audience, and `CurrentItem`."""
    for model in (NewsItem, Statement, Bulletin):
        for item in _live_items(model).iterator(chunk_size=200):
            subject = gettext("İçerik %(number)d") % {"number": item.pk}
            newest = Publication.objects.filter(item_id=item.pk).order_by("-sequence").first()
            if newest is None or newest.kind == Publication.Kind.WITHDRAWN:
                yield Finding(subject, gettext("Yayında görünüyor ama günlükte sunulduğuna dair kayıt yok."))
                continue
            if newest.source_hash != item.source_hash():
                yield Finding(subject, gettext("Yayındaki alanlar, son yayım kaydından sonra değiştirilmiş."))
            if newest.audience != item.audience:
                yield Finding(subject, gettext("Hedef kitle, son yayım kaydından sonra değiştirilmiş."))
            if item.live_revision_id is None:
                yield Finding(subject, gettext("Yayındaki sürümü kayıtlı değil."))
            if not CurrentItem.objects.filter(pk=item.pk, publication_id=newest.sequence).exists():
                yield Finding(
                    subject, gettext("Listelerde son kaydıyla görünmüyor; “catch_up current --rebuild”.")
                )
    for current in CurrentItem.objects.exclude(item__live=True):
        subject = gettext("İçerik %(number)d") % {"number": current.pk}
        yield Finding(subject, gettext("Listelerde görünüyor ama yayında değil."))
    for item in (
        Item.objects.filter(live=False, publications__isnull=False).distinct().iterator(chunk_size=500)
    ):
        newest = Publication.objects.filter(item_id=item.pk).order_by("-sequence").first()
        if newest.kind != Publication.Kind.WITHDRAWN:
            subject = gettext("İçerik %(number)d") % {"number": item.pk}
            yield Finding(subject, gettext("Günlüğe göre yayında olmalıydı ama değil."))


def _live_items(model):
    items = model.objects.filter(live=True).order_by("pk")
    relations = {NewsItem: ["topics"], Statement: [], Bulletin: ["entries"]}[model]
    return items.prefetch_related(*relations)


def verify_positions() -> Iterator[Finding]:
    """No projection has applied a publication that the log doesn't hold."""
    for name in projections.names():
        position = projections.projection(name).position()
        if not projections.is_of_this_log(position):
            yield Finding(
                name,
                gettext(
                    "%(sequence)d sırasına kadar işlemiş; günlük o kaydı tutmuyor: sonu kesilmiş olabilir."
                )
                % {"sequence": position.sequence},
            )
