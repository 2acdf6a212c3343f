"""What happens when a workflow is finished: the revision that was approved goes on offer, and no other.

Named by WAGTAIL_FINISH_WORKFLOW_ACTION; imported while models load, so it imports none itself.
"""


def publish_approved_revision(workflow_state, user=None) -> None:
    """Publishes the revision that the last task of `workflow_state` approved.

    Wagtail's own action publishes the newest revision, which may have been saved after the approval. The newest is
    published here only where it offers the same, so that an item doesn't seem to have changes waiting.
    Raises PublishRefused; `newsroom.approval` sees to it that the approval is then undone too.
    """
    from bulletin import publication

    from .approval import offers_the_same

    approved = workflow_state.current_task_state.revision
    newest = workflow_state.content_object.latest_revision
    revision = newest if newest is not None and offers_the_same(approved, newest) else approved
    publication.publish(revision, user=user)
