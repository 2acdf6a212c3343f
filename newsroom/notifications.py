"""Mails to the newsroom: an item awaits your approval, was approved, was sent back.

Wagtail's own, with three differences. They are sent after the transaction they tell of, so that nobody is told of what
was rolled back and no mail server is waited for under the log's lock; one that can't be reached is noted in the log of
the system and holds up nobody. Approval is asked only of those who may give it: chief editors of the item's desk, and
not whoever wrote it. And the address they are given leads to the item.
"""

from django.db import transaction
from wagtail.admin import mail
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected

from .desk_rights import may_work_on


class AfterCommit:
    """For a notifier of Wagtail's: what it does when it is called waits until the transaction is committed."""

    def __call__(self, instance=None, **kwargs):
        transaction.on_commit(lambda: super(AfterCommit, self).__call__(instance, **kwargs), robust=True)


class Submitted(AfterCommit, mail.GroupApprovalTaskStateSubmissionEmailNotifier):
    """To the people who may approve the item."""

    template_directory = "newsroom/mail/"

    def get_recipient_users(self, task_state: TaskState, **kwargs):
        item = task_state.workflow_state.content_object
        people = super().get_recipient_users(task_state, **kwargs).distinct()
        return {
            person
            for person in people
            if person.pk != task_state.revision.user_id and may_work_on(person, item)
        }

    def get_context(self, task_state: TaskState, **kwargs):
        revision = task_state.revision
        return {
            **super().get_context(task_state, **kwargs),
            "title": revision.object_str,
            "author": revision.user and revision.user.display_name,
        }


class Approved(AfterCommit, mail.WorkflowStateApprovalEmailNotifier):
    pass


class Rejected(AfterCommit, mail.WorkflowStateRejectionEmailNotifier):
    pass


def connect() -> None:
    """Puts these in the place of Wagtail's: a signal keeps the first receiver that comes under a name, and the newsroom
    is ready before Wagtail's admin."""
    for signal, sender, what, notifier in (
        (task_submitted, TaskState, "group_approval_task_submitted", Submitted()),
        (workflow_approved, WorkflowState, "workflow_state_approved", Approved()),
        (workflow_rejected, WorkflowState, "workflow_state_rejected", Rejected()),
    ):
        signal.connect(notifier, sender=sender, weak=False, dispatch_uid=f"{what}_email_notification")
