"""Projections: whatever is derived from the Publication log.

A room registers its projection when it starts; this module knows none by name. A projection is idempotent, keeps its
position with its data, and is caught up under its own lock: after each commit, and by the worker, which heals what a
crash left. After releasing the lock its holder reads the head once more, so no wake-up is lost.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from subscribers.canonical import GENESIS

from .models import Publication

logger = logging.getLogger(__name__)

#: Publications applied in one go, and so committed together.
BATCH = 500


@dataclass(frozen=True)
class Position:
    """The last publication applied: its sequence (0 for none) and its hash, which tells a restored log from ours."""

    sequence: int = 0
    hash: str = GENESIS


class Projection(Protocol):
    """What a room derives from the log."""

    name: str

    def position(self) -> Position:
        """How far it has applied the log."""

    def apply(self, publications: Sequence[Publication]) -> None:
        """Applies rows in order and moves the position in the same commit; applying again changes nothing."""

    def reset(self) -> None:
        """Empties it; the position is 0."""

    def dump(self) -> Iterator[str]:
        """Its content as canonical lines, the same after a rebuild."""

    def lock(self) -> AbstractContextManager[bool]:
        """Takes its lock without waiting; False when another holds it."""


_projections: dict[str, Projection] = {}
_held_back: ContextVar[bool] = ContextVar("projections_held_back", default=False)


class UnknownProjection(LookupError):
    """No room has registered a projection of that name."""


def register(projection: Projection) -> None:
    """Adds `projection`; called from an application's `ready()`."""
    _projections[projection.name] = projection


def names() -> list[str]:
    """The registered projections, in the order of registration."""
    return list(_projections)


def projection(name: str) -> Projection:
    """The projection registered as `name`. Raises UnknownProjection."""
    try:
        return _projections[name]
    except KeyError:
        raise UnknownProjection(name) from None


def head() -> Position:
    """The newest publication of the log."""
    newest = Publication.objects.order_by("-sequence").values_list("sequence", "hash").first()
    return Position(*newest) if newest else Position()


def is_of_this_log(position: Position) -> bool:
    """Whether the log holds the publication that `position` names, so that going on from there is right."""
    if position.sequence == 0:
        return True
    return Publication.objects.filter(sequence=position.sequence, hash=position.hash).exists()


def catch_up(name: str) -> Position:
    """Applies what the projection `name` has not seen; returns where it stands.

    Where another process is at it, returns at once: that process reads the head again when it is done. A projection
    that stands at a publication this log doesn't hold (a restored backup) is emptied and built anew.
    """
    target = projection(name)
    while True:
        with target.lock() as held:
            if not held:
                return target.position()
            position = target.position()
            if not is_of_this_log(position):
                logger.warning("projection_of_another_log name=%s sequence=%d", name, position.sequence)
                target.reset()
                position = target.position()
            while rows := _after(position.sequence):
                target.apply(rows)
                position = Position(rows[-1].sequence, rows[-1].hash)
        if head().sequence <= position.sequence:
            return position


def _after(sequence: int) -> list[Publication]:
    return list(
        Publication.objects.filter(sequence__gt=sequence)
        .select_related("content")
        .order_by("sequence")[:BATCH]
    )


def rebuild(name: str) -> Position:
    """Empties the projection `name` and applies the whole log. Raises BlockingIOError while another is at it."""
    target = projection(name)
    with target.lock() as held:
        if not held:
            raise BlockingIOError(f"The projection {name} is being caught up by another process.")
        target.reset()
    return catch_up(name)


@contextmanager
def held_back() -> Iterator[None]:
    """Inside, publications don't catch projections up one by one; all are caught up once at its end.

    For imports: a thousand publications then cost each projection a few commits instead of a thousand.
    """
    token = _held_back.set(True)
    try:
        yield
    finally:
        _held_back.reset(token)
        catch_up_all()


def catch_up_all() -> None:
    """Catches every projection up; one that fails is logged and doesn't hold up the others."""
    if _held_back.get():
        return
    for name in names():
        try:
            catch_up(name)
        except Exception:
            logger.exception("projection_failed name=%s", name)
