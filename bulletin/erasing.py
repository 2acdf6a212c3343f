"""Erasing an item's words from the newsroom's own tables: drafts, approvals, forms, the history's titles, its fields.

The part of a redaction that lies beside the log. `bulletin.redaction` calls it inside `recording()`, after the item was
taken off offer where it had to be; all of it is one transaction.
"""

from typing import Any

from django.db.models import Q
from wagtail.admin.models import FormState
from wagtail.models import ModelLogEntry, ReferenceIndex, Revision, TaskState, WorkflowState

from .folding import fold
from .models import Bulletin, Item, NewsItem, Statement
from .redaction_scope import AffectedItem, item_types

#: What stands for a headline that is no more, wherever the newsroom shows one.
TITLE = "Karartılmış içerik"
#: What stands in a field that may not be empty.
NOTHING = "—"

#: Each field of an item that holds words or leads to them, and what it holds afterwards.
EMPTY_FIELDS: dict[type[Item], dict[str, Any]] = {
    Item: {
        "title": TITLE,
        "summary": "",
        "body": "",
        "draft_title": TITLE,
        "folded_title": fold(TITLE),
        "go_live_at": None,
        "expire_at": None,
        "latest_revision": None,
        "live_revision": None,
        "has_unpublished_changes": False,
    },
    NewsItem: {
        "original_title": "",
        "original_url": "",
        "original_text": "",
        "original_date": None,
        "translator": "",
        "image": None,
        "image_alt": "",
        "image_credit": "",
    },
    Statement: {
        "number": "",
        "issuing_office": NOTHING,
        "speaker": "",
        "place": "",
        "source_reference": "",
    },
    Bulletin: {},
}


def erase(affected: AffectedItem) -> None:
    """Removes what `affected` names from every table of the newsroom. Must be inside `recording()`."""
    item, gone = affected.item, affected.revisions
    saved = Revision.objects.filter(pk__in=gone)
    if affected.loses_newest:
        _empty(item)
        _approvals_of(item).delete()
    else:
        _step_back(affected)
        TaskState.objects.filter(workflow_state__in=_approvals_of(item)).update(comment="")
        _approvals_of(item).filter(task_states__revision__in=gone).delete()
    saved.delete()
    erase_forms(item)
    _erase_history(item)
    fresh = type(item).objects.get(pk=item.pk)
    ReferenceIndex.create_or_update_for_object(fresh)


def erase_forms(item: Item) -> None:
    """Removes what previews of `item`, and of items just being written, hold of their forms."""
    of_kind = FormState.objects.filter(content_type__in=item_types(item))
    of_kind.filter(Q(object_id=str(item.pk)) | Q(object_id="")).delete()


def _approvals_of(item: Item):
    return WorkflowState.objects.filter(base_content_type__in=item_types(item), object_id=str(item.pk))


def _empty(item: Item) -> None:
    """Leaves no words in the item's row."""
    kind = type(item)
    kind.objects.filter(pk=item.pk).update(**EMPTY_FIELDS[Item], **EMPTY_FIELDS[kind])
    if kind is Bulletin:
        # Their headings are words too.
        item.entries.model.objects.filter(bulletin_id=item.pk).delete()


def _step_back(affected: AffectedItem) -> None:
    """Has an item whose newest text stands be what that text is, where its newest draft goes.

    The text it was translated from belongs to no edition in particular, so it goes; so does what a draft that stays
    says, beside its text, of what is redacted.
    """
    item, gone = affected.item, affected.revisions
    kind, fields = type(item), {}
    if item.latest_revision_id in gone:
        title = item.title
        fields = {
            "latest_revision": item.live_revision_id,
            "has_unpublished_changes": False,
            "draft_title": title,
            "folded_title": fold(title),
        }
    if kind is NewsItem:
        fields["original_text"] = ""
    for revision in Revision.objects.for_instance(item).exclude(pk__in=gone):
        content = affected.without_the_lost(revision.content)
        if content.get("original_text"):
            content["original_text"] = ""
        if content != revision.content:
            Revision.objects.filter(pk=revision.pk).update(content=content)
    if fields:
        kind.objects.filter(pk=item.pk).update(**fields)


def _erase_history(item: Item) -> None:
    """Takes titles and comments out of Wagtail's history of `item`; who did what and when stays."""
    title = str(type(item).objects.get(pk=item.pk))
    entries = ModelLogEntry.objects.filter(content_type__in=item_types(item), object_id=str(item.pk))
    # Past `save`, which refuses an entry whose draft is gone.
    for number, data in list(entries.values_list("pk", "data")):
        ModelLogEntry.objects.filter(pk=number).update(label=title, data=_without_comments(data))


def _without_comments(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            name: "" if name == "comment" else _without_comments(value)
            for name, value in data.items()
            if name != "title" or not isinstance(value, str) or "id" in data
        }
    if isinstance(data, list):
        return [_without_comments(value) for value in data]
    return data
