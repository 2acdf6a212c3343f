"""What is asked for, as a small tree that each engine translates and the highlighting reads.

`query_language` makes it of what people type. The nodes hold tokens of `analysis`; what a place is in the index, the
engines' `schema` says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Place(StrEnum):
    """Where a word is looked for. The text is all that a reader sees: title, summary, body, imprint."""

    TEXT = "text"
    TITLE = "title"
    SUMMARY = "summary"
    SOURCE = "source"
    COUNTRY = "country"
    LANGUAGE = "language"
    DESK = "desk"
    TOPIC = "topic"
    NUMBER = "number"
    KIND = "kind"


#: Places with running text, in which a word is found by its stem and lemma. In the others it is that word exactly.
RUNNING_TEXT = frozenset({Place.TEXT, Place.TITLE, Place.SUMMARY})


@dataclass(frozen=True, slots=True)
class Word:
    """Matches where any of these tokens is: first-five stems, and lemmas of each language held. In running text."""

    stems: tuple[str, ...]
    lemmas: tuple[str, ...]
    place: Place = Place.TEXT


@dataclass(frozen=True, slots=True)
class Phrase:
    """Matches where these exact words stand side by side, in one paragraph; one word alone is that word exactly."""

    words: tuple[str, ...]
    place: Place = Place.TEXT


@dataclass(frozen=True, slots=True)
class Near:
    """Matches where the two exact words stand in one paragraph, in either order, `distance` words or fewer between."""

    first: str
    second: str
    distance: int
    place: Place = Place.TEXT


@dataclass(frozen=True, slots=True)
class Prefix:
    """Matches an exact word that begins with these letters."""

    letters: str
    place: Place = Place.TEXT


@dataclass(frozen=True, slots=True)
class Offered:
    """Matches what was first offered in Istanbul from the day `start` on and before the day `end`; None: no limit."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class AllOf:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What `node` matches (everything where it is None) and none of `excluded` does."""

    node: "Node | None"
    excluded: tuple["Node", ...]


#: What stands in a text and can be marked there.
Part = Word | Phrase | Near | Prefix
Node = Part | Offered | AllOf | AnyOf | Without


def cost(node: Node) -> int:
    """How many tokens `node` asks for."""
    match node:
        case Word():
            return len(node.stems) + len(node.lemmas)
        case Phrase():
            return len(node.words)
        case Near():
            return 4
        case Prefix() | Offered():
            return 1
        case AllOf() | AnyOf():
            return sum(map(cost, node.nodes))
        case Without():
            return (cost(node.node) if node.node else 0) + sum(map(cost, node.excluded))


def all_of(nodes: Iterable[Node]) -> Node | None:
    """What matches all of `nodes`, each asked once; None for none. What is to be left out of one is left out of all."""
    wanted: dict[Node, None] = {}
    excluded: dict[Node, None] = {}
    for node in nodes:
        match node:
            case AllOf(nodes=parts):
                wanted |= dict.fromkeys(parts)
            case Without(node=None, excluded=parts):
                excluded |= dict.fromkeys(parts)
            case _:
                wanted[node] = None
    together = tuple(wanted)
    node = (together[0] if len(together) == 1 else AllOf(together)) if together else None
    return Without(node, tuple(excluded)) if excluded else node


def any_of(nodes: Iterable[Node]) -> Node | None:
    """What matches one of `nodes`, each asked once; None for none."""
    wanted: dict[Node, None] = {}
    for node in nodes:
        wanted |= dict.fromkeys(node.nodes) if isinstance(node, AnyOf) else {node: None}
    together = tuple(wanted)
    return (together[0] if len(together) == 1 else AnyOf(together)) if together else None


def positive_parts(node: Node | None) -> Iterable[Part]:
    """The parts of `node` that a hit may hold; for highlighting."""
    if isinstance(node, Part):
        yield node
    elif isinstance(node, AllOf | AnyOf):
        for part in node.nodes:
            yield from positive_parts(part)
    elif isinstance(node, Without):
        yield from positive_parts(node.node)
