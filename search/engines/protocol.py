"""What an engine is: the protocol that tantivy and Elasticsearch both keep, and what is said across it.

The indexer writes through it, the results page asks through it, and neither knows which engine answers. One suite,
tests/search/test_engines.py, holds for both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from bulletin.projections import Position

from ..documents import Document
from ..query import Node

#: No hit beyond this one is ever given: both engines would have to sort everything before it.
MAXIMUM_DEPTH = 10_000


class EngineUnavailable(Exception):
    """The engine can't answer or take anything just now; the message says why, for the log."""


def still_to_write(
    documents: Sequence[Document], position: Position, *, after: int, standing: Position
) -> list[Document] | None:
    """The part of `documents` that an index standing at `standing` lacks; None where it has gone past `position`.

    Raises EngineUnavailable where publications between `standing` and `after` are missing: the index was emptied while
    the documents were made, and writing them would leave a hole.
    """
    if standing.sequence < after:
        raise EngineUnavailable(
            f"The index stands at {standing.sequence}; what follows {after} can't be added to it."
        )
    if position.sequence <= standing.sequence:
        return None
    return [document for document in documents if document.sequence > standing.sequence]


class Order(Enum):
    """relevance: best first. newest: by the moment first offered."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit must be besides matching; an empty filter lets everything through.

    Values of one filter are alternatives, filters all hold at once. offered_from, offered_before: the half-open
    interval of moments first offered.
    """

    kinds: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    desks: frozenset[int] = frozenset()
    topics: frozenset[int] = frozenset()
    outlets: frozenset[int] = frozenset()
    offered_from: datetime | None = None
    offered_before: datetime | None = None

    def keywords(self) -> dict[str, tuple[str, ...]]:
        """Index field to the values wanted in it, for those that are set."""
        wanted = {
            "kind": self.kinds,
            "language": self.languages,
            "country": self.countries,
            "desk": self.desks,
            "topic": self.topics,
            "outlet": self.outlets,
        }
        return {name: tuple(sorted(map(str, values))) for name, values in wanted.items() if values}


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Hit:
    """One item that matches; `score` is higher for the better, and 0 where the order is not by relevance."""

    item: int
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """total: how many items match and may be read. hits: the part of them that was asked for, in order."""

    total: int
    hits: tuple[Hit, ...]


class Engine(Protocol):
    """Any call may raise EngineUnavailable; then nothing of it, or a beginning that can be repeated, was done."""

    def position(self) -> Position:
        """The last publication whose effect is in the index; Position() where there is no sound index."""

    def write(self, documents: Sequence[Document], position: Position, *, after: int) -> None:
        """Puts `documents` in the place of older ones and moves the position; readers see it on return.

        documents: the newest of each item among the publications after the sequence `after` up to `position`, those
        withdrawn too. What the index holds already is passed over, so writing again changes nothing. After a crash the
        position is never ahead of the documents. Raises EngineUnavailable if the index stands before `after`.
        """

    def reset(self) -> None:
        """Empties the index; the position is Position()."""

    def search(
        self,
        query: Node | None,
        *,
        keys: frozenset[str],
        filters: Filters = NO_FILTERS,
        order: Order = Order.RELEVANCE,
        offset: int = 0,
        limit: int = 20,
        without: frozenset[int] = frozenset(),
    ) -> Results:
        """The items that match `query` (all of them where it is None), pass `filters` and are opened by one of `keys`,
        `without` those items.

        Nothing that `keys` don't open is in the hits or in the total; without keys there is nothing. Raises ValueError
        for a place beyond MAXIMUM_DEPTH.
        """

    def languages(self) -> frozenset[str]:
        """The languages of the items held, in which a query is to be read."""

    def dump(self) -> Iterator[str]:
        """One canonical line per item on offer, by item: the same for every index built from the same log."""
