"""What the tests of the log ask of it: its rows, what stands in the database, what verification finds."""

import uuid
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from bulletin import current_items, projections, verification
from bulletin.models import (
    Bulletin,
    BulletinEntry,
    CurrentItem,
    NewsItem,
    Publication,
    PublishedContent,
    Redaction,
    RedactionDecision,
    Statement,
)


def rows(item) -> list[Publication]:
    """The log's rows of `item`, oldest first."""
    return list(Publication.objects.filter(item_id=item.pk).select_related("content").order_by("sequence"))


def kinds(item) -> list[str]:
    """What happened to `item`, oldest first."""
    return [row.kind for row in rows(item)]


def is_on_offer(item) -> bool:
    """Whether readers find `item` in their lists."""
    return CurrentItem.objects.filter(pk=item.pk).exists()


def standing() -> dict[str, list]:
    """Everything that a publication may touch, as it stands: two equal answers mean that nothing changed."""
    models = (
        NewsItem,
        Statement,
        Bulletin,
        BulletinEntry,
        NewsItem.topics.through,
        Publication,
        PublishedContent,
    )
    state = {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
    state["current"] = current_dump()
    return state


@contextmanager
def nothing_changes():
    """Fails unless what stands after the block is what stood before it."""
    before = standing()
    yield
    after = standing()
    assert {name for name in before if before[name] != after[name]} == set()


def current_dump() -> list[str]:
    """`CurrentItem` and its companions as canonical lines."""
    return list(current_items.CurrentItems().dump())


def rebuilt_dump() -> list[str]:
    """The same after it was emptied and filled anew from the log."""
    projections.rebuild("current")
    return current_dump()


def findings() -> list[str]:
    """What verification finds wrong; redactions aren't."""
    return [str(finding) for finding in verification.verify() if finding.is_error]


def verify(*arguments: str) -> str:
    """What `manage.py verify_publications` prints. Raises CommandError where it exits non-zero."""
    from io import StringIO

    output = StringIO()
    call_command("verify_publications", *arguments, stdout=output)
    return output.getvalue()


def decided(*contents: str) -> None:
    """The record of two persons' decision to redact `contents`, without anything done about it."""
    row = Publication.objects.filter(content_id__in=contents).earliest("sequence")
    request = Redaction.objects.create(
        item_id=row.item_id,
        ground="other",
        decision_number="1",
        decision_date=row.offered_on,
        note="Deneme.",
        requested_by=uuid.uuid4(),
        requested_at=row.recorded_at,
    )
    RedactionDecision.objects.create(
        redaction=request,
        kind="approved",
        decided_by=uuid.uuid4(),
        decided_at=row.recorded_at,
        contents=list(contents),
    )


def run(statement: str, *parameters) -> None:
    """Raw SQL, past every model."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
