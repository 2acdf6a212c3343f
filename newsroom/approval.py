"""Approving: what an approver agrees to is what goes on offer, whole or not at all.

An approval ends the workflow and publishes in one transaction under the log's lock. Where publishing is refused,
nothing of it happened: the workflow waits for its approver as before.
"""

from dataclasses import dataclass

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
    return schedules[0] == schedules[1] and Words(one) == Words(other)


@dataclass(frozen=True)
class Correction:
    """What readers are told of a correction. note: one or two sentences, "" for none. major: it changes the meaning."""

    note: str = ""
    major: bool = False


NO_CORRECTION = Correction()


def act(task_state: TaskState, user, action_name: str, *, correction: Correction = NO_CORRECTION, **data):
    """Does `action_name` (approve, reject) on the task, as `user`; what Wagtail's task returns.

    correction: for the log's row, where an approval writes one.

    Raises PublishRefused where the approved revision can't be offered, PermissionDenied where the task is no longer
    under way, `user` may not publish, or the item is of a desk that isn't theirs. Then nothing was changed.
    """

    def attempt():
        with recording():
            fresh = TaskState.objects.get(pk=task_state.pk).specific
            refuse_other_desk(user, fresh.workflow_state.content_object)
            # Carried to `newsroom.workflow`, which Wagtail calls with the workflow alone.
            fresh.workflow_state.correction = correction
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
