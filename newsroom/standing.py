"""Where an item stands, in words: taslak, onay bekliyor, zamanlandı, yayında…; and the rows of a list, dressed with it.

One page of a list asks one question for each thing it shows beside the rows, whatever the number of rows or items.
"""

from collections.abc import Iterable, Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision, WorkflowState

from bulletin.models import CurrentItem, Item

from .audience import agency_names, in_words

#: Said as `live__in=NOT_LIVE`, because Django writes `live=False` as NOT, for which SQLite uses no index.
NOT_LIVE = (False,)

#: Saves of a person among which their drafts are looked for; older ones are found by the search box.
SAVES_LOOKED_AT = 2_000

#: What a list can be narrowed to, and its words.
STATES = [
    ("draft", _("taslak")),
    ("awaiting", _("onay bekliyor")),
    ("returned", _("düzeltme istendi")),
    ("scheduled", _("zamanlandı")),
    ("offered", _("yayında")),
    ("changed", _("yayında, yayımlanmamış değişiklik var")),
    ("withdrawn", _("yayından kaldırıldı")),
]


def _item_type() -> ContentType:
    return ContentType.objects.get_for_model(Item)


def _workflow_states(status: str | None = None) -> QuerySet:
    """The workflows under way; of one status where it is named."""
    states = WorkflowState.objects.active().filter(base_content_type=_item_type())
    return states.filter(status=status) if status else states


def scheduled_items(**when) -> list[int]:
    """The numbers of the items with a publication scheduled; `when` narrows its time, as `lt=moment`."""
    times = {
        f"approved_go_live_at__{lookup}": moment for lookup, moment in (when or {"isnull": False}).items()
    }
    # By the times alone, which are few and indexed; with the type beside them a planner may read every revision.
    rows = Revision.objects.filter(**times).values_list("object_id", "base_content_type_id")
    item_type = _item_type().pk
    return [int(number) for number, content_type in rows if content_type == item_type]


def last_changed_by(items: QuerySet, person) -> QuerySet:
    """The part of `items` whose newest draft is among the last SAVES_LOOKED_AT that `person` saved."""
    saves = Revision.objects.filter(user=person).order_by("-pk").values_list("pk", flat=True)
    newest = Item.objects.filter(latest_revision_id__in=list(saves[:SAVES_LOOKED_AT]))
    return items.filter(pk__in=list(newest.values_list("pk", flat=True)))


def _not_on_offer(**fields) -> QuerySet:
    """The numbers of the items not on offer, asked for by themselves: beside a kind, a planner goes by the kind."""
    return Item.objects.filter(live__in=NOT_LIVE, **fields).values("pk")


def awaiting_approval() -> list[int]:
    """The numbers of the items that wait for an approver."""
    return _numbers(_workflow_states(WorkflowState.STATUS_IN_PROGRESS))


def _numbers(rows: QuerySet) -> list[int]:
    return [int(number) for number in rows.values_list("object_id", flat=True)]


def in_state(items: QuerySet, state: str) -> QuerySet:
    """The part of `items` that stands in `state` (see STATES)."""
    match state:
        case "draft":
            drafts = items.filter(pk__in=_not_on_offer(first_published_at__isnull=True))
            return drafts.exclude(pk__in=awaiting_approval())
        case "awaiting":
            return items.filter(pk__in=awaiting_approval())
        case "returned":
            return items.filter(pk__in=_numbers(_workflow_states(WorkflowState.STATUS_NEEDS_CHANGES)))
        case "scheduled":
            return items.filter(pk__in=scheduled_items())
        case "offered":
            return items.filter(live=True)
        case "changed":
            return items.filter(live=True, has_unpublished_changes=True)
        case "withdrawn":
            return items.filter(pk__in=_not_on_offer(first_published_at__isnull=False))
    return items


def in_words_of(item: Item, *, workflow: str | None, scheduled_at) -> str:
    """Where `item` stands. workflow: the status of its workflow under way; scheduled_at: its approved go-live time."""
    words = []
    if item.live:
        words.append(gettext("yayında"))
    elif item.first_published_at is not None:
        words.append(gettext("süresi doldu") if item.expired else gettext("yayından kaldırıldı"))
    if workflow == WorkflowState.STATUS_IN_PROGRESS:
        words.append(gettext("onay bekliyor"))
    elif workflow == WorkflowState.STATUS_NEEDS_CHANGES:
        words.append(gettext("düzeltme istendi"))
    elif scheduled_at is None and item.live and item.has_unpublished_changes:
        words.append(gettext("yayımlanmamış değişiklik var"))
    if scheduled_at is not None:
        moment = date_format(localtime(scheduled_at), "SHORT_DATETIME_FORMAT")
        words.append(gettext("zamanlandı: %(moment)s") % {"moment": moment})
    return " · ".join(words) or gettext("taslak")


def dress(items: Iterable[Item]) -> Sequence[Item]:
    """`items` as a list, each with what the editors' list shows of it: `standing`, `audience_words`,
    `first_offered_at`, `updated_at`, `updated_by` (a name; "" for the system). Five queries, however many items."""
    rows = list(items)
    numbers = [str(item.pk) for item in rows]
    workflows = dict(_workflow_states().filter(object_id__in=numbers).values_list("object_id", "status"))
    scheduled = dict(
        Revision.objects.filter(
            base_content_type=_item_type(), object_id__in=numbers, approved_go_live_at__isnull=False
        ).values_list("object_id", "approved_go_live_at")
    )
    offered = dict(
        CurrentItem.objects.filter(pk__in=[item.pk for item in rows]).values_list("pk", "first_offered_at")
    )
    newest = (
        Revision.objects.filter(pk__in=[item.latest_revision_id for item in rows])
        .select_related("user")
        .only("created_at", "user__first_name", "user__last_name", "user__email")
        .in_bulk()
    )
    names = agency_names(item.audience for item in rows)
    for item in rows:
        key, revision = str(item.pk), newest.get(item.latest_revision_id)
        item.standing = in_words_of(item, workflow=workflows.get(key), scheduled_at=scheduled.get(key))
        item.audience_words = in_words(item.audience, names)
        item.first_offered_at = offered.get(item.pk)
        item.updated_at = revision.created_at if revision else item.created_at
        person = revision.user if revision else None
        item.updated_by = person.display_name if person else ""
    return rows
