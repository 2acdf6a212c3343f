"""Approving: what an approver agrees to is what goes on offer, whole or not at all.

An approval ends the workflow and publishes in one transaction under the log's lock. Where publishing is refused,
nothing of it happened: the workflow waits for its approver as before.
"""

from django.utils.translation import gettext
from wagtail.models import Revision, TaskState

from bulletin.publication import PublishRefused
from bulletin.recording import recording, with_retries

#: Beside what readers see, an approver agrees to when it is offered and when it ends.
_SCHEDULE = ("go_live_at", "expire_at")


def offers_the_same(one: Revision, other: Revision) -> bool:
    """Whether publishing either revision would offer the same words at the same times."""
    if one.pk == other.pk:
        return True
    fields = one.content_type.model_class().OFFERED_FIELDS
    return _offer(one, fields) == _offer(other, fields)


def _offer(revision: Revision, fields: tuple[str, ...]) -> dict:
    content = revision.content
    offer = {name: content.get(name.removesuffix("_id")) for name in (*fields, *_SCHEDULE)}
    offer["topics"] = sorted(content.get("topics") or ())
    offer["entries"] = [(entry["section"], entry["item"]) for entry in content.get("entries") or ()]
    return offer


def act(task_state: TaskState, user, action_name: str, **data):
    """Does `action_name` (approve, reject) on the task, as `user`; what Wagtail's task returns.

    Raises PublishRefused where the approved revision can't be offered, PermissionDenied where the task is no longer
    under way or `user` may not publish. Then nothing was changed.
    """

    def attempt():
        with recording():
            fresh = TaskState.objects.get(pk=task_state.pk).specific
            return fresh.task.specific.on_action(fresh, user, action_name, **data)

    return with_retries(attempt)


def refuse_other_words(task_state: TaskState, shown: Revision) -> None:
    """Raises PublishRefused where the approver was shown other words than those submitted for approval."""
    if not offers_the_same(task_state.revision, shown):
        raise PublishRefused(
            gettext(
                "Formdaki metin onaya gönderilen metinden farklı; onay verilmedi. Değişiklikler taslak olarak kaydedildi. "
                "Ya geçmiş sayfasından onaya gönderilen sürüme dönün ya da onay sürecini iptal edip yeni metni onaya "
                "gönderin."
            )
        )
