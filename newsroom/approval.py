"""Approving: what an approver agrees to is what goes on offer, whole or not at all.

An approval ends the workflow and publishes in one transaction under the log's lock. Where publishing is refused,
nothing of it happened: the workflow waits for its approver as before.
"""

from django.utils.translation import gettext
from wagtail.models import Revision, TaskState

from bulletin.recording import recording, with_retries
from bulletin.refusals import PublishRefused, Words

from .desk_rights import refuse_other_desk

#: Beside what readers see, an approver agrees to when it is offered and when it ends.
_SCHEDULE = ("go_live_at", "expire_at")


def offers_the_same(one: Revision, other: Revision) -> bool:
    """Whether publishing either revision would offer the same words at the same times."""
    schedules = [[revision.content.get(name) for name in _SCHEDULE] for revision in (one, other)]
    words = [Words(revision) for revision in (one, other)]
    return (
        schedules[0] == schedules[1] and words[0] == words[1] and words[0].correction == words[1].correction
    )


def act(task_state: TaskState, user, action_name: str, **data):
    """Does `action_name` (approve, reject) on the task, as `user`; what Wagtail's task returns.

    Raises PublishRefused where the approved revision can't be offered, PermissionDenied where the task is no longer
    under way, `user` may not publish, or the item is of a desk that isn't theirs. Then nothing was changed.
    """

    def attempt():
        with recording():
            fresh = TaskState.objects.get(pk=task_state.pk).specific
            refuse_other_desk(user, fresh.workflow_state.content_object)
            return fresh.task.specific.on_action(fresh, user, action_name, **data)

    return with_retries(attempt)


def refuse_other_words(task_state: TaskState, shown: Revision) -> None:
    """Raises PublishRefused where the approver was shown other words than those submitted for approval."""
    # Read anew: a revision just saved still holds days and moments, where the stored one holds their spelling.
    if not offers_the_same(task_state.revision, Revision.objects.get(pk=shown.pk)):
        raise PublishRefused(
            gettext(
                "Formdaki metin onaya gönderilen metinden farklı; onay verilmedi. Ya geçmiş sayfasından onaya "
                "gönderilen sürüme dönün ya da onay sürecini iptal edip yeni metni onaya gönderin."
            )
        )
