"""Verification: proves from the data alone that the log is whole and that what is on offer is what the log says.

Run by `manage.py verify_publications`, by an auditor, and before a period close or a backup. It reads; it never mends.
Log and offers are read as they stand at one moment, so that it can run while the newsroom publishes.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext

from subscribers.canonical import GENESIS
from subscribers.findings import Anchor, Finding, as_far_as_readable
from subscribers.locks import snapshot

from . import current_items, projections, redaction_finishing, triggers
from .counting import UnknownRule
from .freezing import FrozenContent, count_content
from .images import described, is_frozen, open_published_image
from .models import (
    Bulletin,
    CurrentItem,
    Item,
    NewsItem,
    Publication,
    PublishedContent,
    PublishedImage,
    Recording,
    RedactedImage,
    Redaction,
    Statement,
)
from .publication import HASHED_COLUMNS, row_hash

#: Rows read together.
BATCH = 200


def verify(anchor: Anchor | None = None) -> Iterator[Finding]:
    """Everything found; nothing where the log is whole."""
    yield from verify_triggers()
    with snapshot():
        yield from as_far_as_readable(gettext("Günlük"), verify_chain(anchor))
        yield from as_far_as_readable(gettext("Yayındaki içerik"), verify_offers())
        yield from verify_images()
        yield from verify_redactions()
    yield from verify_positions()


def verify_triggers() -> Iterator[Finding]:
    """The triggers that refuse changes stand, unchanged and switched on, and nothing tells them to look away."""
    for name in triggers.PROTECTION.missing(connection):
        yield Finding(
            name, gettext("Tetikleyici yok ya da değiştirilmiş; “manage.py migrate” yeniden kurar.")
        )

    if triggers.are_told_to_look_away(connection):
        yield Finding(
            Recording._meta.db_table,
            gettext("Yayındaki içeriğin koruması kapalı bırakılmış: kayıt sürüyormuş gibi görünüyor."),
        )


def verify_chain(anchor: Anchor | None = None) -> Iterator[Finding]:
    """Each row follows the one before, bears its own hash, names a content that bears its own, and counts right."""
    expected, previous_hash, previous_moment = 1, GENESIS, None
    newest_of_item: dict[int, tuple[int, int]] = {}
    anchored = anchor is None or (anchor.sequence, anchor.hash) == (0, GENESIS)
    # Without a join: a row whose content or item is gone must be seen all the same.
    rows = Publication.objects.prefetch_related("content", "item").order_by("sequence")
    for row in rows.iterator(chunk_size=BATCH):
        subject = gettext("Kayıt %(sequence)d") % {"sequence": row.sequence}
        if row.sequence != expected:
            yield Finding(
                subject, gettext("Sıra %(expected)d olmalıydı: arada kayıt eksik.") % {"expected": expected}
            )
        if row.previous_hash != previous_hash:
            yield Finding(subject, gettext("Önceki kaydın özetini taşımıyor: zincir burada kopuk."))
        item = _named(row, "item")
        if item is None:
            yield Finding(subject, gettext("Adını taşıdığı içerik yok: silinmiş."))
        elif row.format not in HASHED_COLUMNS:
            yield Finding(subject, gettext("Bilinmeyen kayıt biçimi: %(format)d.") % {"format": row.format})
        elif row_hash(row, item.uuid) != row.hash:
            yield Finding(subject, gettext("Kendi özetini taşımıyor: kayıt değiştirilmiş."))
        if previous_moment and row.recorded_at and row.recorded_at < previous_moment:
            yield Finding(subject, gettext("Önceki kayıttan erken yazılmış görünüyor."))
        yield from _verify_content(subject, row)
        yield from _verify_delta(subject, row, newest_of_item.get(row.item_id))
        if anchor is not None and (row.sequence, row.hash) == (anchor.sequence, anchor.hash):
            anchored = True
        newest_of_item[row.item_id] = (row.characters, row.counting_rule)
        expected, previous_hash, previous_moment = row.sequence + 1, row.hash, row.recorded_at
    if not anchored:
        yield Finding(
            gettext("Kayıt %(sequence)d") % {"sequence": anchor.sequence},
            gettext("Not edilen özet günlükte yok: günlüğün sonu kesilmiş ya da değiştirilmiş."),
        )


def _named(row: Publication, name: str):
    """What `row` names by its foreign key `name`; None where it is gone."""
    try:
        return getattr(row, name)
    except ObjectDoesNotExist:
        return None


def _verify_content(subject: str, row: Publication) -> Iterator[Finding]:
    content = _named(row, "content")
    if content is None:
        yield Finding(subject, gettext("Sunulan metin yok: silinmiş."))
        return
    if content.redacted_at is not None:
        if is_emptied(content):
            yield Finding(subject, gettext("Metin karartıldı."), is_error=False)
        else:
            yield Finding(subject, gettext("Karartılmış görünüyor ama boş değil: metin değiştirilmiş."))
        return
    frozen = FrozenContent(content.title, content.summary, content.html, content.metadata)
    if frozen.hash != row.content_id:
        yield Finding(subject, gettext("İçerik kendi özetini taşımıyor: metin değiştirilmiş."))
        return
    try:
        count = count_content(content, rule=row.counting_rule)
    except UnknownRule:
        yield Finding(subject, gettext("Bilinmeyen sayma kuralı: %(rule)d.") % {"rule": row.counting_rule})
        return
    if (count.characters, count.characters_without_spaces) != (row.characters, row.characters_without_spaces):
        yield Finding(subject, gettext("Karakter sayısı yeniden sayılanla aynı değil."))


def is_emptied(content: PublishedContent) -> bool:
    """Whether nothing of the text is left, as a redaction leaves it."""
    return not (content.title or content.summary or content.html or content.metadata)


def _verify_delta(subject: str, row: Publication, earlier: tuple[int, int] | None) -> Iterator[Finding]:
    """Deltas add up: each is the count less the item's earlier count, where both are by one rule."""
    characters, rule = earlier or (0, row.counting_rule)
    expected = 0 if row.kind == Publication.Kind.WITHDRAWN else row.characters - characters
    if rule == row.counting_rule and row.characters_delta != expected:
        yield Finding(subject, gettext("Karakter farkı %(expected)d olmalıydı.") % {"expected": expected})


def verify_offers() -> Iterator[Finding]:
    """What is on offer is what the newest rows say: live items, their fields and audience, and `CurrentItem`."""
    for model, relations in ((NewsItem, ["topics"]), (Statement, []), (Bulletin, ["entries"])):
        items = model.objects.filter(live=True).order_by("pk").prefetch_related(*relations)
        for batch in _batches(items.iterator(chunk_size=BATCH)):
            yield from _verify_live(batch)
    headless = Item.objects.filter(
        live=True, newsitem__isnull=True, statement__isnull=True, bulletin__isnull=True
    )
    for number in headless.values_list("pk", flat=True):
        yield Finding(_subject(number), gettext("Yayında görünüyor ama türüne ait alanları silinmiş."))
    for number in CurrentItem.objects.exclude(item__live=True).values_list("pk", flat=True):
        yield Finding(_subject(number), gettext("Listelerde görünüyor ama yayında değil."))
    newest = Publication.objects.filter(item_id=OuterRef("pk")).order_by("-sequence").values("kind")[:1]
    withheld = Item.objects.filter(live=False).annotate(newest=Subquery(newest))
    withheld = withheld.filter(newest__isnull=False).exclude(newest=Publication.Kind.WITHDRAWN)
    for number in withheld.values_list("pk", flat=True):
        yield Finding(_subject(number), gettext("Günlüğe göre yayında olmalıydı ama değil."))


def _verify_live(items: list[Item]) -> Iterator[Finding]:
    """Live items, a batch read together, beside their rows in the log and in the lists."""
    numbers = [item.pk for item in items]
    history: dict[int, list[Publication]] = {}
    words = Prefetch("content", PublishedContent.objects.defer("html"))
    rows = Publication.objects.filter(item_id__in=numbers).prefetch_related(words)
    for row in rows.order_by("sequence"):
        history.setdefault(row.item_id, []).append(row)
    listed = {
        current.pk: current_items.canonical_row(current)
        for current in CurrentItem.objects.filter(pk__in=numbers).prefetch_related(*current_items.BESIDE)
    }
    for item in items:
        subject, history_of_item = _subject(item.pk), history.get(item.pk, [])
        newest = history_of_item[-1] if history_of_item else None
        if newest is None or newest.kind == Publication.Kind.WITHDRAWN:
            yield Finding(subject, gettext("Yayında görünüyor ama günlükte sunulduğuna dair kayıt yok."))
            continue
        if item.kind != item.ITEM_KIND:
            yield Finding(subject, gettext("Türü değiştirilmiş."))
        if newest.source_hash != item.source_hash():
            yield Finding(subject, gettext("Yayındaki alanlar, son yayım kaydından sonra değiştirilmiş."))
        if newest.audience != item.audience:
            yield Finding(subject, gettext("Hedef kitle, son yayım kaydından sonra değiştirilmiş."))
        if item.live_revision_id is None:
            yield Finding(subject, gettext("Yayındaki sürümü kayıtlı değil."))
        content = _named(newest, "content")
        if content is None:
            continue
        if content.redacted_at is not None:
            yield Finding(subject, gettext("Metni karartılmış ama yayında: yayından kaldırılmalı."))
        elif listed.get(item.pk) != _expected_row(history_of_item):
            yield Finding(
                subject, gettext("Listelerde son kaydıyla görünmüyor; “catch_up current --rebuild”.")
            )


def _expected_row(history: list[Publication]) -> str | None:
    """What the lists should hold of an item; None where what the log froze was changed beyond reading."""
    whole = [row for row in history if _named(row, "content") is not None]
    try:
        return current_items.expected_row(history[-1], history[0], whole)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _subject(number: int) -> str:
    return gettext("İçerik %(number)d") % {"number": number}


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch


def verify_images() -> Iterator[Finding]:
    """Each frozen image is there, with the bytes that it is named after, and is served as what it is."""
    redacted = dict(RedactedImage.objects.values_list("image_id", "redaction_id"))
    finished = set(
        Redaction.objects.in_state(Redaction.State.FINISHED)
        .filter(pk__in=redacted.values())
        .values_list("pk", flat=True)
    )
    for image in PublishedImage.objects.order_by("pk").iterator():
        subject = gettext("Görsel %(hash)s") % {"hash": image.pk[:12]}
        if image.pk in redacted:
            if not is_frozen(image.pk):
                yield Finding(subject, gettext("Görsel karartıldı."), is_error=False)
            else:
                yield Finding(
                    subject,
                    gettext("Karartılmış ama dosyası duruyor."),
                    is_error=redacted[image.pk] in finished,
                )
            continue
        try:
            with open_published_image(image.pk) as file:
                content = file.read()
        except OSError:
            yield Finding(subject, gettext("Dosyası yok ya da okunamıyor."))
            continue
        if hashlib.sha256(content).hexdigest() != image.pk:
            yield Finding(subject, gettext("Dosyası, yayımlanan görsel değil: değiştirilmiş."))
        elif (image.mime, image.width, image.height, image.size) != (*described(content), len(content)):
            yield Finding(subject, gettext("Türü ya da ölçüleri dosyasındakiyle aynı değil: değiştirilmiş."))


def verify_redactions() -> Iterator[Finding]:
    """Each emptied text was decided on by two persons, each such decision emptied its texts; what isn't finished."""
    decided = redaction_finishing.approved()
    emptied = set(
        PublishedContent.objects.filter(redacted_at__isnull=False).order_by("pk").values_list("pk", flat=True)
    )
    for content in sorted(emptied - decided.keys()):
        yield Finding(
            gettext("Metin %(hash)s") % {"hash": content[:12]},
            gettext("Karartılmış ama karartma kararı kayıtlı değil."),
        )
    for content in sorted(decided.keys() - emptied):
        yield Finding(
            gettext("Metin %(hash)s") % {"hash": content[:12]},
            gettext("Karartılmasına karar verilmiş ama metin duruyor."),
        )
    for redaction in redaction_finishing.unfinished():
        yield Finding(
            gettext("Karartma %(number)d") % {"number": redaction.pk},
            gettext("Onaylandı; dosyalarda, dizinlerde ya da veritabanında kalanların silinmesi sürüyor."),
            is_error=False,
        )


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
