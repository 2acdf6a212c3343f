"""Redaction (karartma): the fourth verb. Destroys a published text by law; the log, its chain and its counts stay.

One person asks (`ask`), another decides (`approve`, `refuse`); the first may take the request back (`take_back`).
Approving is one transaction under the log's lock: an item whose newest text goes is taken off offer, the texts are
emptied for ever, the newsroom's own tables are erased. Files, indexes and what the database keeps of deleted rows
follow after commit and are the worker's to finish (`bulletin.redaction_finishing`).
"""

import logging
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.models import ModelLogEntry

from subscribers import audit
from subscribers.audit_kinds import AuditKind
from subscribers.models import User

from . import current_items, erasing, publication, redaction_finishing
from .models import (
    Item,
    Publication,
    PublishedContent,
    RedactedImage,
    Redaction,
    RedactionDecision,
)
from .recording import recording, with_retries
from .redaction_scope import Scope, originals_of, repeats, scope_of
from .sanitising import clean_line, clean_text

logger = logging.getLogger(__name__)

PERMISSION = "bulletin.redact"

#: In the log's row of an item taken off offer. The log keeps it for ever, so it says which request and no more.
WITHDRAWAL_NOTE = "Karartma %(number)d"


class RedactionRefused(ValidationError):
    """Nothing was asked, decided or destroyed; the message says why, in the person's language."""


def may_redact(user) -> bool:
    """Whether `user` may ask for a redaction and decide of one that somebody else asked for."""
    return user is not None and user.is_active and user.has_perm(PERMISSION)


def came_after(asked: Redaction, user) -> bool:
    """Whether the account of `user` was opened after the request was made: then they are nobody who can approve it."""
    return user.date_joined > asked.requested_at


def ask(
    item: Item,
    *,
    user,
    ground: str,
    decision_number: str,
    decision_date: date,
    note: str,
    editions: list[int] | None = None,
) -> Redaction:
    """A request to redact the `editions` of `item` (None: all there are when it is approved).

    decision_number, decision_date: of the court's order, the person's application or the authority's decision. note:
    why, in words that quote nothing of the text: it is kept for ever. Raises RedactionRefused, and PermissionDenied.
    """

    def attempt() -> Redaction:
        with recording():
            person = _permitted(user)
            if ground not in Redaction.Ground.values:
                raise RedactionRefused(gettext("Hukuki dayanağı seçin."))
            number, reason = clean_line(decision_number), clean_text(note)
            if not number or not reason:
                raise RedactionRefused(gettext("Kararın sayısını ve karartmanın nedenini yazın."))
            if decision_date > timezone.localdate():
                raise RedactionRefused(gettext("Kararın tarihi gelecekte olamaz."))
            wanted = None if editions is None else sorted(set(editions))
            _refuse_unknown_editions(item, wanted)
            if Redaction.objects.filter(item_id=item.pk, decision__isnull=True).exists():
                raise RedactionRefused(
                    gettext("Bu içerik için karar bekleyen bir karartma isteği zaten var.")
                )
            asked = Redaction(
                item_id=item.pk,
                editions=wanted,
                ground=ground,
                decision_number=number,
                decision_date=decision_date,
                note=reason,
                requested_by=person.uuid,
                requested_at=timezone.now(),
            )
            scope = scope_of(asked)
            if scope is None:
                raise RedactionRefused(gettext("Seçilen sürümlerin metni zaten karartılmış."))
            if repeats(f"{number}\n{reason}", scope):
                raise RedactionRefused(
                    gettext(
                        "Not, karartılacak metinden bir cümle taşıyor: not saklanır, metni tekrarlamasın."
                    )
                )
            asked.save(force_insert=True)
            audit.record(
                AuditKind.REDACTION_ASKED,
                actor=person.uuid,
                subject=scope.own.item.uuid,
                details={"redaction": asked.pk, "ground": asked.ground, "editions": wanted or "all"},
            )
            return asked

    return with_retries(attempt)


def approve(redaction: Redaction, *, user, seen: str) -> RedactionDecision:
    """Redacts what `redaction` asks for. seen: the fingerprint of the scope that `user` was shown.

    Raises RedactionRefused where it was decided already, where `user` is who asked or has come since, where who asked
    may no longer redact, and where the scope isn't what was shown; PermissionDenied where `user` may not redact.
    """

    def attempt() -> RedactionDecision:
        with recording():
            person, asked = _second_person(redaction, user)
            _refuse_newcomer(asked, person)
            _refuse_absent_first_person(asked)
            scope = _held(asked)
            if scope is None:
                raise RedactionRefused(gettext("Seçilen sürümlerin metni zaten karartılmış."))
            if scope.fingerprint != seen:
                raise RedactionRefused(
                    gettext(
                        "İçerik siz bakarken değişti: karartılacaklar sayfada gördüklerinizden farklı. Sayfayı yeniden "
                        "okuyup öyle onaylayın."
                    )
                )
            decision = _carry_out(asked, scope, person)
            transaction.on_commit(lambda: redaction_finishing.begin(asked.pk), robust=True)
            return decision

    return with_retries(attempt)


def refuse(redaction: Redaction, *, user, reason: str) -> RedactionDecision:
    """The second person says no, and why. Nothing is destroyed. Raises as `approve`."""

    def attempt() -> RedactionDecision:
        with recording():
            person, asked = _second_person(redaction, user)
            return _decided_without_effect(
                asked, person, RedactionDecision.Kind.REFUSED, AuditKind.REDACTION_REFUSED, reason
            )

    return with_retries(attempt)


def take_back(redaction: Redaction, *, user, reason: str = "") -> RedactionDecision:
    """Who asked takes the request back. Raises RedactionRefused, PermissionDenied where `user` isn't who asked."""

    def attempt() -> RedactionDecision:
        with recording():
            asked = _undecided(redaction)
            person = _permitted(user)
            if person.uuid != asked.requested_by:
                raise PermissionDenied(gettext("İsteği yalnızca isteyen kişi geri alabilir."))
            return _decided_without_effect(
                asked, person, RedactionDecision.Kind.TAKEN_BACK, AuditKind.REDACTION_TAKEN_BACK, reason
            )

    return with_retries(attempt)


# --- What is asked before ----------------------------------------------------------------------------------------


def _permitted(user) -> User:
    """`user` as the database knows them now. Raises PermissionDenied."""
    person = User.objects.filter(pk=getattr(user, "pk", None)).first()
    if not may_redact(person):
        raise PermissionDenied(gettext("Karartma yetkiniz yok."))
    return person


def _undecided(redaction: Redaction) -> Redaction:
    asked = Redaction.objects.select_related("decision").get(pk=redaction.pk)
    if asked.state != Redaction.State.AWAITING:
        raise RedactionRefused(gettext("Bu istek için karar zaten verilmiş."))
    return asked


def _second_person(redaction: Redaction, user) -> tuple[User, Redaction]:
    asked = _undecided(redaction)
    person = _permitted(user)
    if person.uuid == asked.requested_by:
        raise RedactionRefused(gettext("Karartmaya isteyen kişi karar veremez: ikinci bir kişi gerekir."))
    return person, asked


def _refuse_newcomer(asked: Redaction, person: User) -> None:
    """Nobody opens a second account of their own to approve what they asked for."""
    if came_after(asked, person):
        raise RedactionRefused(
            gettext(
                "Hesabınız bu istekten sonra açılmış: isteği onaylayamazsınız, ancak reddedebilirsiniz. Onayı, hesabı "
                "istekten önce de olan ikinci bir kişi verir."
            )
        )


def _refuse_absent_first_person(asked: Redaction) -> None:
    """Two persons stand behind a redaction at the moment it is done, not one and a memory."""
    if not may_redact(User.objects.filter(uuid=asked.requested_by).first()):
        raise RedactionRefused(
            gettext(
                "İsteyen kişinin hesabı kapatılmış ya da karartma yetkisi kalmamış. İsteği reddedin; yetkili bir kişi "
                "yeniden istesin."
            )
        )


def _refuse_unknown_editions(item: Item, wanted: list[int] | None) -> None:
    known = set(Publication.objects.filter(item_id=item.pk).values_list("edition", flat=True))
    if not known:
        raise RedactionRefused(gettext("Bu içerik hiç yayımlanmadı; taslak silinebilir, karartılmaz."))
    if wanted is not None and (not wanted or not set(wanted) <= known):
        raise RedactionRefused(gettext("Karartılacak sürümleri seçin: içeriğin böyle bir sürümü yok."))


def _held(asked: Redaction) -> Scope | None:
    """The scope of `asked` with the rows of its items held: a draft being saved is waited for and goes with the rest.

    Which items they are, only the log says, and that is held already.
    """
    scope = scope_of(asked)
    if scope is None:
        return None
    numbers = [affected.item.pk for affected in scope.affected]
    list(Item.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk").values("pk"))
    return scope_of(asked)


# --- What is done ------------------------------------------------------------------------------------------------


def _carry_out(asked: Redaction, scope: Scope, person: User) -> RedactionDecision:
    """The whole of a redaction that stands in the database. Inside `recording()`."""
    images = {image: originals_of(image) for image in scope.images}
    counts = {"editions": 0, "revisions": scope.revisions, "images": len(images)}
    withdrawals = []
    for affected in scope.affected:
        counts["editions"] += len(affected.editions)
        if affected.is_offered and affected.loses_newest:
            row = publication.withdraw(
                affected.item,
                user=person,
                note=WITHDRAWAL_NOTE % {"number": asked.pk},
                skip_permission_checks=True,
            )
            withdrawals.append(row.sequence)
    now = timezone.now()
    PublishedContent.objects.filter(pk__in=scope.contents, redacted_at__isnull=True).update(
        title="", summary="", html="", metadata={}, redacted_at=now
    )
    for affected in scope.affected:
        erasing.erase(affected)
        newest = publication.newest_publication(affected.item.pk)
        if newest.kind != Publication.Kind.WITHDRAWN:
            current_items.apply(newest)
    for image, originals in images.items():
        RedactedImage.objects.create(image_id=image, redaction=asked, originals=originals)
        _erase_names_of(originals)
    decision = RedactionDecision.objects.create(
        redaction=asked,
        kind=RedactionDecision.Kind.APPROVED,
        decided_by=person.uuid,
        decided_at=now,
        editions=scope.own.editions,
        contents=sorted(scope.contents),
        items=[affected.item.pk for affected in scope.affected],
        counts=counts,
        withdrawals=withdrawals,
    )
    audit.record(
        AuditKind.REDACTION_APPROVED,
        actor=person.uuid,
        subject=scope.own.item.uuid,
        details={"redaction": asked.pk, "editions": decision.editions, "publications": withdrawals, **counts},
    )
    logger.info("redaction number=%d item=%s", asked.pk, scope.own.item.uuid)
    return decision


def _erase_names_of(originals: list[int]) -> None:
    """Takes the titles of the editors' images out of Wagtail's history; the images themselves go with their files."""
    from wagtail.images import get_image_model

    entries = ModelLogEntry.objects.filter(
        content_type__app_label=get_image_model()._meta.app_label,
        content_type__model=get_image_model()._meta.model_name,
        object_id__in=[str(number) for number in originals],
    )
    entries.update(label=erasing.TITLE)


def _decided_without_effect(
    asked: Redaction, person: User, kind: RedactionDecision.Kind, told: AuditKind, reason: str
) -> RedactionDecision:
    words = clean_text(reason)
    if kind == RedactionDecision.Kind.REFUSED and not words:
        raise RedactionRefused(gettext("Neden reddettiğinizi yazın."))
    scope = scope_of(asked)
    if scope is not None and repeats(words, scope):
        raise RedactionRefused(
            gettext("Not, karartılacak metinden bir cümle taşıyor: not saklanır, metni tekrarlamasın.")
        )
    decision = RedactionDecision.objects.create(
        redaction=asked, kind=kind, decided_by=person.uuid, decided_at=timezone.now(), reason=words
    )
    audit.record(told, actor=person.uuid, subject=asked.item.uuid, details={"redaction": asked.pk})
    return decision
