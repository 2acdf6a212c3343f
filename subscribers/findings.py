"""What the verification of a ledger is asked with and what it answers: an anchor noted down earlier, findings."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be (`is_error`), or worth saying (a redaction)."""

    subject: str
    sentence: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.subject}: {self.sentence}"


@dataclass(frozen=True)
class Anchor:
    """A head noted down earlier, outside the database: the log must still hold it."""

    sequence: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """From SEQUENCE:HASH. Raises ValueError."""
        sequence, _colon, digest = text.partition(":")
        if not sequence.isascii() or not sequence.isdigit() or len(digest) != 64:
            raise ValueError(text)
        return cls(int(sequence), digest.lower())


def as_far_as_readable(subject: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """`findings`, and one more where a column holds a value that is none of it: SQLite keeps what it is given."""
    try:
        yield from findings
    except (TypeError, ValueError) as error:
        yield Finding(subject, gettext("Okunamıyor, kalanı doğrulanamadı: %(reason)s.") % {"reason": error})
