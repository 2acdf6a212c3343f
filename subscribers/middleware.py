"""Says who reads: puts a `Reader` on each request."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import SimpleLazyObject

from . import viewing
from .entitlement import ANONYMOUS_KEYS, NEWSROOM, keys_of


@dataclass(frozen=True)
class Reader:
    """Who asks, reduced to what the reading side may know.

    keys: the entitlement keys held at this moment. person: the UUID of the user or the service account, or None for a
    visitor. agency_id: the agency read for. counted: whether a read leaves presence; the directorate's own staff never
    do. is_service: a machine, whose use H2.1 shows apart from people's.
    """

    keys: frozenset[str] = ANONYMOUS_KEYS
    person: UUID | None = None
    agency_id: int | None = None
    counted: bool = False
    is_service: bool = False

    @property
    def is_anonymous(self) -> bool:
        return self.person is None


def reader_of(user) -> Reader:
    """The reader that `user` is at this moment."""
    if not user.is_authenticated or not user.is_active:
        return Reader()
    keys = keys_of(user)
    current = user.agency is not None and user.agency.is_current()
    return Reader(
        keys=keys,
        person=user.uuid,
        agency_id=user.agency_id if current else None,
        counted=current and not user.is_staff and NEWSROOM not in keys,
    )


class ReaderMiddleware:
    """`request.reader`, made when first asked for, so that pages which need none cost no query.

    `request.viewing`: through whose eyes an administrator looks (`subscribers.viewing`), or None.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.viewing = viewing.viewing_of(request)
        request.reader = SimpleLazyObject(lambda: _reader_of_request(request))
        response = self.get_response(request)
        return response if request.viewing is None else viewing.kept_by_nobody(response)

    def process_view(self, request, view, arguments, options):
        """Answers what is not reading, while somebody looks through another's eyes."""
        looks = request.viewing
        if looks is None or looks.is_over or not viewing.stands_in_the_way(request, looks):
            return None
        return viewing.not_shown(request)


def _reader_of_request(request) -> Reader:
    looks = request.viewing
    if looks is None or looks.is_over:
        return reader_of(request.user)
    # The asker's own number: nothing can ever be counted or kept as the other's.
    return Reader(keys=looks.keys, person=request.user.uuid)
