"""What this room destroys when its retention is over: closed accounts, working copies, the older part of Wagtail's log.

Each function is the run of one purpose (`subscribers.destruction`).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import ModelLogEntry, PageLogEntry, UploadedFile

from subscribers import destruction
from subscribers.destruction import Destroyed

from . import erasure


def register() -> None:
    """Called once, when the application is ready."""
    destruction.register("accounts", erasure.destroy_closed_accounts)
    destruction.register("working_copies", destroy_working_copies)
    destruction.register("editing_log", destroy_editing_log)


def destroy_working_copies(before: datetime, now: datetime) -> int:
    """Who was editing what, forms as they were left, and files that became no image."""
    return destruction.delete(
        "working_copies",
        EditingSession.objects.filter(last_seen_at__lt=before),
        FormState.objects.filter(last_updated_at__lt=before),
        UploadedFile.objects.filter(pk__in=_left_lying(before)),
    )


def _left_lying(before: datetime) -> list[int]:
    """Numbers of files uploaded before `before` and never used, which are removed; the table holds no moments."""
    numbers = []
    for upload in UploadedFile.objects.all():
        storage, name = upload.file.storage, upload.file.name
        if storage.exists(name):
            if storage.get_modified_time(name) >= before:
                continue
            storage.delete(name)
        numbers.append(upload.pk)
    return numbers


def destroy_editing_log(before: datetime, now: datetime) -> int:
    """Wagtail's entries of who changed what. The texts' own drafts stay, and who wrote them, by the account alone."""
    return sum(_destroy_log(model, before) for model in (ModelLogEntry, PageLogEntry))


@transaction.atomic
def _destroy_log(model, before: datetime) -> int:
    destruction.begin()
    old = model.objects.filter(timestamp__lt=before).order_by()
    first = old.aggregate(first=Min("timestamp"))["first"]
    number = old.delete()[0]
    if number:
        zone = timezone.get_default_timezone()
        last_day = timezone.localdate(before, zone) - timedelta(days=1)
        destruction.tell(
            [
                Destroyed(
                    "editing_log",
                    model._meta.label,
                    number,
                    first_day=timezone.localdate(first, zone),
                    last_day=last_day,
                )
            ]
        )
    return number
