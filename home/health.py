"""Whether the system works: what a monitor asks, answered without a session and without saying anything secret.

503 where the database doesn't answer, or where a projection stands still: readers would miss what was published, or go
on seeing what was withdrawn.
"""

import logging
from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bulletin import projections
from bulletin.models import Publication

logger = logging.getLogger(__name__)

#: How long a projection may lag behind the log before that is a fault.
PATIENCE = timedelta(seconds=60)


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """`{"status": "ok", "database": …, "log": {"sequence"}, "projections": {name: {"status", "sequence"}}}`."""
    try:
        head = projections.head()
        answer = {
            "database": "ok",
            "log": {"sequence": head.sequence},
            "projections": {name: standing(name, head) for name in projections.names()},
        }
    except DatabaseError:
        logger.exception("health_database_failed")
        return JsonResponse({"status": "failing", "database": "failing"}, status=503)
    working = all(projection["status"] != "failing" for projection in answer["projections"].values())
    return JsonResponse({"status": "ok" if working else "failing", **answer}, status=200 if working else 503)


def standing(name: str, head: projections.Position) -> dict:
    """Where a projection stands: `ok`, `behind` (it is catching up) or `failing`."""
    try:
        position = projections.projection(name).position()
    except DatabaseError:
        raise
    except Exception:
        logger.exception("health_projection_failed name=%s", name)
        return {"status": "failing"}
    if position.sequence == head.sequence and position.hash == head.hash:
        return {"status": "ok", "sequence": position.sequence}
    if not projections.is_of_this_log(position):
        return {"status": "failing", "sequence": position.sequence}
    waiting = Publication.objects.filter(sequence__gt=position.sequence).order_by("sequence").first()
    late = waiting is not None and timezone.now() - waiting.recorded_at > PATIENCE
    return {"status": "failing" if late else "behind", "sequence": position.sequence}
