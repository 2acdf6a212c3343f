"""The `search` projection: keeps the engine's index in line with the Publication log.

Called by `bulletin.projections` alone, after each publication and by the worker. Of several publications of one item in
a batch only the newest makes a document; its content is frozen, so applying again, late or from the beginning always
ends in the same index.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from bulletin import projections
from bulletin.locks import try_lock
from bulletin.models import Publication
from bulletin.projections import Position

from . import analysis
from .documents import document_of, first_offers
from .engines import engine

#: From this many publications on it is worth unpacking the Turkish dictionary for speed.
MANY = 200


class SearchIndex:
    """The index of the configured engine as a projection."""

    name = "search"

    def position(self) -> Position:
        """Raises EngineUnavailable."""
        return engine().position()

    def apply(self, publications: Sequence[Publication]) -> None:
        """Raises EngineUnavailable; the position has not moved then."""
        if not publications:
            return
        if len(publications) >= MANY:
            analysis.prepare_for_many()
        newest = {publication.item_id: publication for publication in publications}
        first_offered = first_offers(list(newest.values()))
        documents = [
            document_of(publication, first_offered_at=first_offered[item])
            for item, publication in newest.items()
        ]
        last = publications[-1]
        engine().write(documents, Position(last.sequence, last.hash), after=publications[0].sequence - 1)

    def reset(self) -> None:
        engine().reset()

    def dump(self) -> Iterator[str]:
        return engine().dump()

    def lock(self) -> AbstractContextManager[bool]:
        return try_lock(self.name)


def register() -> None:
    """Called when the application starts."""
    projections.register(SearchIndex())
