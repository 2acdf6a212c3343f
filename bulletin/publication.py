"""Publishing: the one way in which what is offered changes, and the one writer of the Publication log.

`publish`, `withdraw` and `change_audience` each run in one transaction whose first statement is the log's lock. Inside
it the item and the newest row are read anew, Wagtail's own action runs, and `_append` compares what was offered before
with what is offered now: where that differs it writes a row, whatever method led there, and brings `CurrentItem`
in line.
Wagtail's other ways of saving an item end here too, through `saving`.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction
from wagtail.log_actions import get_active_log_context
from wagtail.models import Revision, TaskState
from wagtail.permission_policies.base import ModelPermissionPolicy

from subscribers import audit
from subscribers.audit_kinds import AuditKind
from subscribers.canonical import digest

from . import current_items, projections
from .corrections import NO_CORRECTION, Correction
from .counting import RULE
from .folding import slug_of
from .freezing import count_content, freeze
from .models import Item, Publication, PublishedContent
from .recording import is_open, recording, with_retries
from .refusals import (
    PublishRefused,
    is_to_come,
    known_audience,
    refuse_note_of_nothing,
    refuse_renamed,
    refuse_unfit,
    refuse_unseen,
    refuse_untimely,
)

logger = logging.getLogger(__name__)

#: The format written today, and for each format ever written the columns its `hash` covers, beside `previous_hash`.
FORMAT = 1
HASHED_COLUMNS = {
    1: (
        "sequence",
        "item_uuid",
        "kind",
        "offered_at",
        "offered_on",
        "recorded_at",
        "edition",
        "language",
        "url_path",
        "content_id",
        "source_hash",
        "characters",
        "characters_without_spaces",
        "characters_delta",
        "counting_rule",
        "audience",
        "previous_audience",
        "major",
        "note",
        "actor",
        "format",
        "previous_hash",
    ),
}


# --- The three verbs ---------------------------------------------------------------------------------------------


def publish(
    revision: Revision,
    *,
    user=None,
    offered_at: datetime | None = None,
    changed: bool = True,
    log_action=True,
    previous_revision: Revision | None = None,
    skip_permission_checks: bool = False,
) -> Publication | None:
    """Puts `revision` on offer, or schedules it where its go-live time is to come.

    user: who publishes; None for the system itself. offered_at: the true moment of an imported item, which is the
    period it counts in; now where None. What readers are told of a correction, the revision says.
    Returns the row written, or None where nothing that is offered changed (scheduled, or the same again).
    Raises PublishRefused, and PermissionDenied where `user` may not publish.
    """

    def attempt() -> Publication | None:
        with recording():
            fresh = Revision.objects.filter(pk=revision.pk).first()
            if fresh is None:
                raise PublishRefused(gettext("Yayımlanmak istenen sürüm artık yok."))
            item = fresh.content_object = _reread(fresh.content_object)
            previous = newest_publication(item.pk)
            candidate = fresh.as_object()
            refuse_unfit(candidate, item)
            # What the system itself publishes, such as an archive, nobody else has agreed to.
            names = None
            if user is not None:
                names = candidate.names()
                refuse_unseen(fresh, user, names=names)
            elif fresh.approved_go_live_at is not None:
                names = candidate.names()
                refuse_renamed(fresh.content.get("names", names), names)
            refuse_untimely(offered_at, previous)
            PublishRevisionAction(
                fresh,
                user=user,
                changed=changed,
                log_action=log_action,
                previous_revision=previous_revision,
            ).execute(skip_permission_checks=skip_permission_checks)
            # Published once more, a revision has nothing new to tell.
            correction = NO_CORRECTION if item.live_revision_id == fresh.pk else candidate.correction
            row = _append(
                _reread(item), previous, actor=_actor(user), offered_at=offered_at, correction=correction
            )
            if row is not None and names is not None:
                # A name may have been changed between looking and freezing.
                refuse_renamed(names, {name: row.content.metadata[name] for name in names})
            if not is_to_come(candidate):
                refuse_note_of_nothing(correction.note, previous, row)
            return row

    return with_retries(attempt)


def withdraw(
    item: Item,
    *,
    user=None,
    note: str = "",
    offered_at: datetime | None = None,
    set_expired: bool = False,
    log_action=True,
    skip_permission_checks: bool = False,
) -> Publication | None:
    """Takes `item` off offer. Returns the row written, or None where it wasn't on offer.

    Raises PermissionDenied where `user` may not publish. `note` stays in the log; readers don't see it.
    """
    if user is not None and not skip_permission_checks:
        policy = ModelPermissionPolicy(type(item.specific))
        if not policy.user_has_permission(user, "publish"):
            raise PermissionDenied(gettext("Bu içeriği yayından kaldırma yetkiniz yok."))

    def attempt() -> Publication | None:
        with recording():
            fresh = _reread(item)
            previous = newest_publication(fresh.pk)
            refuse_untimely(offered_at, previous)
            UnpublishAction(fresh, set_expired=set_expired, user=user, log_action=log_action).execute(
                skip_permission_checks=True
            )
            correction = Correction(note)
            return _append(fresh, previous, actor=_actor(user), offered_at=offered_at, correction=correction)

    return with_retries(attempt)


def change_audience(item: Item, audience: Iterable[str], *, user=None, note: str = "") -> Publication | None:
    """Says who may read `item` from now on. Returns the row written, or None if nothing on offer changed.

    audience: `public`, `subscriber`, `agency:<number>`. Raises PublishRefused for an empty or unknown audience, and
    PermissionDenied where the item is on offer and `user` may not change audiences.
    """
    keys = known_audience(audience)

    def attempt() -> Publication | None:
        with recording():
            fresh = _reread(item)
            if fresh.live and user is not None and not user.has_perm("bulletin.change_audience"):
                raise PermissionDenied(gettext("Hedef kitleyi değiştirme yetkiniz yok."))
            previous, former = newest_publication(fresh.pk), fresh.audience
            fresh.audience = keys
            fresh.save(update_fields=["audience"])
            row = _append(fresh, previous, actor=_actor(user), correction=Correction(note), text_stands=True)
            if keys != former:
                audit.record(
                    AuditKind.AUDIENCE_CHANGED,
                    actor=_actor(user),
                    subject=fresh.uuid,
                    details={"before": former, "after": keys, "publication": row.sequence if row else None},
                )
            return row

    return with_retries(attempt)


# --- Every other way of saving -----------------------------------------------------------------------------------


@contextmanager
def saving(item: Item, update_fields: Iterable[str] | None) -> Iterator[None]:
    """Stands around each `save` of an item.

    A draft is saved as it is. Inside a publication everything is. Otherwise an item that is or was on offer is saved
    under the log's lock: taken off offer it gets its row, with other content it is refused. So is whatever was read
    before the item went on offer or was corrected: its old `live` would take off offer what it never saw.
    """
    if is_open() or (update_fields is not None and item.guarded_fields().isdisjoint(update_fields)):
        yield
        return
    if item.pk is None or item._state.adding:
        if item.live:
            raise PublishRefused(gettext("Bir içerik taslak olarak başlar; yayımlanarak yayına girer."))
        yield
        return
    if not item.live and not Item.objects.filter(pk=item.pk, live=True).exists():
        with transaction.atomic():
            # Looked at again with the row held: it may have been published since.
            row = Item.objects.select_for_update(no_key=True).filter(pk=item.pk)
            if True in row.values_list("live", flat=True):
                raise _overtaken()
            yield
        return
    with recording():
        previous = newest_publication(item.pk)
        on_offer = previous is not None and previous.kind != Publication.Kind.WITHDRAWN
        if item.live and not on_offer:
            raise PublishRefused(gettext("İçerik yalnızca yayımlanarak yayına girer."))
        if on_offer and not item.live and not _saw_what_is_on_offer(item):
            raise _overtaken()
        yield
        if _reread(item).live and _offer_differs(item, previous):
            raise PublishRefused(gettext("Yayındaki bir içerik yalnızca yayımlanarak değiştirilir."))
        if not item.live:
            _append(_reread(item), previous, actor=_actor(None))


def _saw_what_is_on_offer(item: Item) -> bool:
    """Whether `item` was read since the newest publication, whose moment every later reading bears.

    Not asked of `live_revision`, which Wagtail's own unpublishing empties before it saves.
    """
    if "last_published_at" in item.get_deferred_fields() or item.last_published_at is None:
        return False
    return Item.objects.filter(pk=item.pk, last_published_at=item.last_published_at).exists()


def _overtaken() -> PublishRefused:
    return PublishRefused(
        gettext(
            "Bu içeriğin yayını, siz okuduktan sonra değişti; eski hâli kaydedilmedi. Yayındaki içerik olduğu gibi "
            "duruyor: içeriği yeniden açın."
        )
    )


def refuse_deletion(items) -> None:
    """Raises PublishRefused where one of `items` (a queryset) was ever published: the log keeps what it names."""
    if Publication.objects.filter(item__in=items.values("pk")).exists():
        raise PublishRefused(gettext("Yayımlanmış bir içerik silinemez; yayından kaldırılabilir."))


def is_settled(item: Item, revision: Revision) -> bool:
    """Whether `revision` may no longer be overwritten: it is on offer, scheduled, or with an approver."""
    if revision.approved_go_live_at is not None:
        return True
    if Item.objects.filter(pk=item.pk, live_revision_id=revision.pk).exists():
        return True
    return TaskState.objects.filter(revision=revision).exists()


# --- The row -----------------------------------------------------------------------------------------------------


def newest_publication(item_id: int) -> Publication | None:
    """The newest row of an item, whatever its kind."""
    return Publication.objects.filter(item_id=item_id).select_related("content").order_by("-sequence").first()


def row_hash(publication: Publication, item_uuid: UUID) -> str:
    """The hash that `publication` should bear, by the format it names. Raises KeyError for an unknown format."""
    columns = {
        name: item_uuid if name == "item_uuid" else getattr(publication, name)
        for name in HASHED_COLUMNS[publication.format]
    }
    return digest(columns)


def _reread(item: Item) -> Item:
    """`item` as it stands, as its own kind; its row is held, so that a draft saved meanwhile waits and isn't lost.

    The row of `Item`, which every saving of an item takes first too: two that wait for each other can't come about.
    """
    kind = type(item.specific)
    return kind.objects.select_for_update(of=("item_ptr",), no_key=True).get(pk=item.pk)


def _actor(user) -> UUID | None:
    user = user or get_active_log_context().user
    return getattr(user, "uuid", None)


def _offer_differs(item: Item, previous: Publication) -> bool:
    fresh = _reread(item)
    return fresh.source_hash() != previous.source_hash or fresh.audience != previous.audience


def _append(
    item: Item,
    previous: Publication | None,
    *,
    actor: UUID | None,
    offered_at: datetime | None = None,
    correction: Correction = NO_CORRECTION,
    text_stands: bool = False,
) -> Publication | None:
    """Writes the row that `item` as it stands now calls for after `previous`, or none. Must hold the log's lock.

    text_stands: what is on offer is not frozen anew, since nobody published it: names and images stay as they were.
    """
    was_offered = previous is not None and previous.kind != Publication.Kind.WITHDRAWN
    if not item.live and not was_offered:
        return None
    head = Publication.objects.order_by("-sequence").first()
    recorded_at = max(timezone.now(), head.recorded_at) if head else timezone.now()
    moment = offered_at or recorded_at
    row = Publication(
        sequence=head.sequence + 1 if head else 1,
        item_id=item.pk,
        offered_at=moment,
        offered_on=timezone.localdate(moment),
        recorded_at=recorded_at,
        audience=item.audience,
        previous_audience=previous.audience if previous else None,
        note=correction.note,
        major=correction.major,
        actor=actor,
        format=FORMAT,
        previous_hash=head.hash if head else projections.Position().hash,
        counting_rule=RULE,
    )
    if item.live:
        source_hash = item.source_hash()
        if text_stands and was_offered:
            row.content = previous.content
        else:
            row.content = _frozen(item, previous)
        if row.content.redacted_at is not None:
            raise PublishRefused(gettext("Bu metin karartılmış; yeniden sunulamaz."))
        if (
            was_offered
            and row.content_id == previous.content_id
            and source_hash == previous.source_hash
            and item.audience == previous.audience
        ):
            return None
        row.kind = Publication.Kind.UPDATED if was_offered else Publication.Kind.PUBLISHED
        row.source_hash = source_hash
        row.language = item.language
    else:
        row.kind = Publication.Kind.WITHDRAWN
        row.content = previous.content
        row.source_hash = previous.source_hash
        row.language = previous.language
    _count(row, previous)
    row.edition = previous.edition + (row.content_id != previous.content_id) if previous else 1
    row.url_path = previous.url_path if previous else _url_path(item, row)
    row.hash = row_hash(row, item.uuid)
    row.save(force_insert=True)
    current_items.apply(row, first=row if previous is None else None)
    transaction.on_commit(projections.catch_up_all, robust=True)
    logger.info("publication kind=%s sequence=%d item=%s", row.kind, row.sequence, item.uuid)
    return row


def _frozen(item: Item, previous: Publication | None) -> PublishedContent:
    """What `item` offers as it stands, frozen. Raises PublishRefused where it can't be."""
    entries = _entries(item, previous)
    try:
        return freeze(item, entries=entries, with_image=True).save()
    except ValidationError as error:
        raise PublishRefused(error.messages) from error


def _count(row: Publication, previous: Publication | None) -> None:
    """Fills in the characters of `row` and how they differ from the item's newest earlier count (design, rule 1)."""
    if row.kind == Publication.Kind.WITHDRAWN:
        row.characters = previous.characters
        row.characters_without_spaces = previous.characters_without_spaces
        row.characters_delta = 0
        row.counting_rule = previous.counting_rule
        return
    count = count_content(row.content)
    row.characters = count.characters
    row.characters_without_spaces = count.characters_without_spaces
    earlier = 0
    if previous is not None:
        earlier = previous.characters
        if previous.counting_rule != RULE and previous.content.redacted_at is None:
            earlier = count_content(previous.content).characters
    row.characters_delta = row.characters - earlier


def _url_path(item: Item, row: Publication) -> str:
    kind, day = Item.KIND_PATHS[item.kind], row.offered_on
    return f"/{kind}/{day:%Y/%m/%d}/{slug_of(item.title)}-{item.pk}/"


def _entries(item: Item, previous: Publication | None) -> list[dict] | None:
    """The frozen references of a bulletin: {section, item (uuid), sequence}, in order; None for other kinds.

    An item that the bulletin already gathers keeps the edition it was gathered in. Raises PublishRefused for an empty
    bulletin, an item named twice, and an item that isn't on offer, naming each.
    """
    if item.kind != Item.Kind.BULLETIN:
        return None
    frozen = {}
    if previous is not None:
        frozen = {entry["item"]: entry["sequence"] for entry in previous.content.metadata.get("entries", ())}
    named = [(heading, entry.item) for heading, entries in item.sections() for entry in entries]
    if not named:
        raise PublishRefused(gettext("Bültende en az bir içerik olmalıdır."))
    identifiers = [gathered.pk for _heading, gathered in named]
    if item.pk in identifiers:
        raise PublishRefused(gettext("Bir bülten kendini içeremez."))
    if len(set(identifiers)) != len(identifiers):
        twice = {str(gathered) for _heading, gathered in named if identifiers.count(gathered.pk) > 1}
        raise PublishRefused(
            gettext("Bültende iki kez geçiyor: %(titles)s.") % {"titles": "; ".join(sorted(twice))}
        )
    newest = dict(
        Item.objects.filter(pk__in=identifiers, current__isnull=False).values_list(
            "pk", "current__publication_id"
        )
    )
    unpublished = [
        str(gathered)
        for _heading, gathered in named
        if gathered.pk not in newest and str(gathered.uuid) not in frozen
    ]
    if unpublished:
        raise PublishRefused(gettext("Yayında değil: %(titles)s.") % {"titles": "; ".join(unpublished)})
    return [
        {
            "section": heading,
            "item": str(gathered.uuid),
            "sequence": frozen.get(str(gathered.uuid)) or newest[gathered.pk],
        }
        for heading, gathered in named
    ]
