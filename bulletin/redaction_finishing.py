"""Finishing a redaction: everything that stands outside its transaction, place by place, until nothing remains.

`begin` runs after commit and does what is quick, so that files are gone at once. The worker's chore
(`manage.py finish_redactions`) does all of it, again after every failure or crash, and notes each place that was seen
to hold nothing more. Places are looked at a while after the decision: by then no request that read the text before it
can still write a copy. A place tells in words what remains.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex, Revision

from subscribers import audit
from subscribers.audit_kinds import AuditKind

from . import projections
from .images import is_frozen, remove_frozen
from .locks import try_lock
from .models import Item, NewsItem, Redaction, RedactionDecision, RedactionStep

logger = logging.getLogger(__name__)

#: After the decision, how long a request that began before it may still be at work.
SETTLING = timedelta(minutes=1)
#: How long the emptying of SQLite's write-ahead log waits for those who read what it held, in milliseconds.
PATIENCE_WITH_READERS = 500


@dataclass(frozen=True)
class Place:
    """Somewhere a text can stand. label: for people. clear: removes it, says what remains, "" for nothing.

    is_quick: small enough to be done while a person waits.
    """

    name: str
    label: str
    clear: Callable[[Redaction], str]
    is_quick: bool = False


def places() -> list[Place]:
    """Every place, in the order in which they are cleared; the database last, since the others delete rows too."""
    derived = [
        Place(f"projection:{name}", _projection_label(name), lambda _redaction, name=name: _rebuilt(name))
        for name in projections.names()
        if name != "current"  # brought in line in the transaction itself
    ]
    return [
        Place("forms", gettext_lazy("önizlemelerin sakladığı formlar"), _clear_forms, is_quick=True),
        Place("images", gettext_lazy("yayımlanan görseller ve küçük boyları"), _clear_images, is_quick=True),
        Place(
            "originals", gettext_lazy("haber merkezindeki özgün görseller"), _clear_originals, is_quick=True
        ),
        *derived,
        Place("database", gettext_lazy("veritabanının boşalan yerleri"), _clear_database),
    ]


def _projection_label(name: str) -> str:
    known = {"search": gettext_lazy("arama dizini"), "feeds": gettext_lazy("beslemeler")}
    return known.get(name, name)


def begin(number: int) -> None:
    """What is quick, right after commit. Records nothing; a failure is the worker's to meet again."""
    redaction = Redaction.objects.select_related("item", "decision").get(pk=number)
    for place in places():
        if place.is_quick:
            _cleared(place, redaction)


def unfinished() -> list[Redaction]:
    """The approved redactions that some place still has to be cleared for, oldest first."""
    rows = Redaction.objects.in_state(Redaction.State.UNDER_WAY).select_related("item", "decision")
    return list(rows.order_by("pk"))


def finish_all(*, now: datetime | None = None) -> Iterator[tuple[Redaction, list[tuple[Place, str]]]]:
    """Each unfinished redaction with the places that remain and why. One process at a time; another gives nothing."""
    with try_lock("redactions") as held:
        if held:
            for redaction in unfinished():
                yield redaction, finish(redaction, now=now)


def finish(redaction: Redaction, *, now: datetime | None = None) -> list[tuple[Place, str]]:
    """Clears each place not yet cleared; the places that remain, with what remains there in words.

    now: the moment it is, for what has to settle first.
    """
    now = now or timezone.now()
    settled = now - redaction.decision.decided_at >= SETTLING
    done = set(redaction.steps.values_list("place", flat=True))
    remaining: list[tuple[Place, str]] = []
    for place in places():
        if place.name in done:
            continue
        if place.name == "database" and remaining:
            remaining.append((place, gettext("Ötekiler bitince yapılır.")))
            continue
        if not settled and not place.is_quick:
            remaining.append((place, gettext("Karardan bir dakika sonra yapılır.")))
            continue
        if words := _cleared(place, redaction):
            remaining.append((place, words))
        elif settled:
            RedactionStep.objects.create(redaction=redaction, place=place.name, done_at=timezone.now())
        else:
            remaining.append((place, gettext("Silindi; karardan bir dakika sonra yeniden bakılır.")))
    if not remaining and RedactionStep.FINISHED not in done:
        _note_finished(redaction)
    return remaining


def _cleared(place: Place, redaction: Redaction) -> str:
    try:
        return place.clear(redaction)
    except Exception:
        logger.exception("redaction_place_failed number=%d place=%s", redaction.pk, place.name)
        return gettext("Temizlenemedi; yeniden denenecek. Nedeni sistem günlüğünde.")


def _note_finished(redaction: Redaction) -> None:
    with transaction.atomic():
        RedactionStep.objects.create(
            redaction=redaction, place=RedactionStep.FINISHED, done_at=timezone.now()
        )
        audit.record(
            AuditKind.REDACTION_FINISHED, subject=redaction.item.uuid, details={"redaction": redaction.pk}
        )
    logger.info("redaction_finished number=%d", redaction.pk)


# --- The places --------------------------------------------------------------------------------------------------


def _clear_forms(redaction: Redaction) -> str:
    from .erasing import erase_forms

    for item in Item.objects.filter(pk__in=redaction.decision.items):
        erase_forms(item)
    return ""


def _clear_images(redaction: Redaction) -> str:
    for image in redaction.images.all():
        remove_frozen(image.image_id)
        if is_frozen(image.image_id):
            return gettext("Bir görselin dosyası silinemedi.")
    return ""


def _clear_originals(redaction: Redaction) -> str:
    """Removes the editors' images with these bytes, renditions first, the row last; those used elsewhere stay."""
    for image in redaction.images.all():
        for original in get_image_model().objects.filter(pk__in=image.originals):
            if not is_used(original):
                _remove_original(original)
    return ""


def is_used(original) -> bool:
    """Whether an item, a draft or a page still shows one of the editors' images."""
    return (
        NewsItem.objects.filter(image_id=original.pk).exists()
        or Revision.objects.filter(content__image=original.pk).exists()
        or ReferenceIndex.get_references_to(original).exists()
    )


def _remove_original(original) -> None:
    # Files before rows: a crash leaves a row that leads here again, never a file that nothing leads to.
    for copy in original.renditions.all():
        copy.file.storage.delete(copy.file.name)
        copy.delete()
    original.file.storage.delete(original.file.name)
    original.delete()


def _rebuilt(name: str) -> str:
    """Builds a projection anew from the log, which holds the text no longer: deleting from an index only marks."""
    try:
        projections.rebuild(name)
    except BlockingIOError:
        return gettext("Şu anda başka bir süreçte işleniyor.")
    return ""


def _clear_database(redaction: Redaction) -> str:
    if connection.in_atomic_block:
        return gettext("Süren bir işlemin içinde yapılamaz.")
    return _clear_postgresql(redaction) if connection.vendor == "postgresql" else _clear_sqlite()


def _clear_sqlite() -> str:
    """What is deleted is overwritten with zeros (`secure_delete`); what the write-ahead log held goes with it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        if cursor.fetchone()[0] != 1:
            return gettext("Veritabanı silinenin üzerine yazmıyor (secure_delete kapalı).")
        # Nobody can write while it waits for those who read; it is tried again soon.
        cursor.execute("PRAGMA busy_timeout")
        patience = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_WITH_READERS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _frames, _checkpointed = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
    return gettext("Veritabanını okuyan bir işlem sürüyor.") if busy else ""


def _clear_postgresql(redaction: Redaction) -> str:
    """Dead rows go by VACUUM, once nobody who might see them is left."""
    newest_step = redaction.steps.order_by("-done_at").values_list("done_at", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start <= %s)",
            [newest_step or redaction.decision.decided_at],
        )
        if cursor.fetchone()[0]:
            return gettext("Veritabanını okuyan bir işlem sürüyor.")
        cursor.execute("VACUUM")
    return ""


def approved() -> dict[str, RedactionDecision]:
    """The decision that emptied each content, by the content's hash."""
    decisions = RedactionDecision.objects.filter(kind=RedactionDecision.Kind.APPROVED)
    return {content: decision for decision in decisions for content in decision.contents}
