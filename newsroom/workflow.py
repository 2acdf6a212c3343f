"""What happens when a workflow is finished: the revision that was approved goes on offer, and no other.

Named by WAGTAIL_FINISH_WORKFLOW_ACTION; imported while models load, so it imports none itself.
"""


def publish_approved_revision(workflow_state, user=None) -> None:
    """Publishes the revision that the last task of `workflow_state` approved.

    Wagtail's own action publishes the newest revision, which may have been saved after the approval.
    """
    task_state = workflow_state.current_task_state
    task_state.revision.publish(user=user)
