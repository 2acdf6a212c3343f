"""Copies and translations: a new draft that begins with the words of another item and with nothing of its record."""

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from bulletin.models import Bulletin, BulletinSeries, Item, NewsItem, Statement
from bulletin.models.audiences import default_audience

#: What belongs to the item copied and not to the copy.
_NOT_COPIED = (
    "pk",
    "uuid",
    "created_at",
    "draft_title",
    "folded_title",
    "audience",
    "live",
    "live_revision",
    "latest_revision",
    "has_unpublished_changes",
    "first_published_at",
    "last_published_at",
    "expired",
    "expire_at",
    "go_live_at",
    "locked",
    "locked_at",
    "locked_by",
    "translation_of",
    "imported_from",
    "number",
)


def unsaved_copy(source: Item) -> Item:
    """A new item with the words, desk, source and contents of `source`: not saved, not on offer, with an id of its own.

    It has no number, no schedule and the audience every new item has.
    """
    content = {name: value for name, value in source.serializable_data().items() if name not in _NOT_COPIED}
    for entry in content.get("entries", ()):
        entry["pk"] = None
        entry["bulletin"] = None
    copy = type(source).from_serializable_data({**content, "pk": None})
    copy.live = False
    copy.audience = default_audience()
    copy.created_at = datetime.now(UTC)
    return copy


def translation_draft(source: Item, language: str, user) -> Item:
    """A saved draft in `language` that says it is a translation of `source`, with its words as a start.

    The numbers of an office and of a series are used once, so that a translated statement has none and a translated
    bulletin the series' next.
    """
    draft = unsaved_copy(source.get_latest_revision_as_object())
    draft.language = language
    draft.translation_of_id = source.pk
    if isinstance(draft, NewsItem):
        draft.translation_kind = NewsItem.TranslationKind.FULL
        draft.translator = user.get_full_name()
        draft.source_language = draft.source_language or source.language
    with transaction.atomic():
        if isinstance(draft, Bulletin):
            # Whoever translates another bulletin of the series at this moment takes the number after ours.
            BulletinSeries.objects.select_for_update().get(pk=draft.series_id)
            numbers = Bulletin.objects.filter(series_id=draft.series_id).aggregate(Max("number"))
            draft.number = (numbers["number__max"] or 0) + 1
        draft.save()
        revision = draft.save_revision(user=user, clean=False)
        log(instance=draft, action="wagtail.create", user=user, revision=revision, content_changed=True)
    return draft


def translations_of(source: Item) -> list[Item]:
    """The translations that were begun from `source`, whatever became of them."""
    return list(Item.objects.filter(translation_of_id=source.pk).order_by("language", "pk"))


NO_NUMBER = {
    Statement: _("Açıklama sayısı bir makamda bir kez kullanıldığından çeviri sayısız başlar."),
    Bulletin: _("Bülten sayısı bir dizide bir kez kullanıldığından çeviri dizinin sonraki sayısını alır."),
    NewsItem: "",
}
