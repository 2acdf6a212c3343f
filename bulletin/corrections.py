"""What readers are told of a correction: written with the draft, so that whoever approves the draft has seen it.

An item carries it (`Item.correction`), each of its revisions keeps it, and publishing that revision writes it into the
log. It is nothing of the item itself: no field, no part of what is counted or frozen.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from .sanitising import clean_text

#: The part of a revision's content that holds it.
KEY = "correction"


@dataclass(frozen=True)
class Correction:
    """note: one or two sentences, "" for none. major: it changes the meaning."""

    note: str = ""
    major: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "note", clean_text(self.note))

    def as_content(self) -> dict:
        """Itself as a revision keeps it."""
        return {KEY: asdict(self)} if self else {}

    @classmethod
    def of_content(cls, content: Mapping) -> Self:
        """What the `content` of a revision says of it."""
        return cls(**content.get(KEY, {}))

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.note or self.major)


NO_CORRECTION = Correction()
