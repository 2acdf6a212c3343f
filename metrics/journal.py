"""The journal of presence: a file that takes the rows which the database could not take in time.

`metrics.presence` appends to it and folds it back. One JSON line is one use, on disk before the reader is answered.
Folding first sets the journal aside under a name of its own, then inserts, then removes it: a crash at any point
leaves either the file or the rows, and inserting a row again changes nothing. A line that can't be read is kept in
`unreadable.jsonl`, never dropped.
"""

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from .models import Presence

logger = logging.getLogger(__name__)

#: Characters; a line of ours has about a hundred.
LONGEST_LINE = 1_000


@dataclass(frozen=True)
class Use:
    """What one row of presence says. day: in Istanbul. is_service: whether person is a service account."""

    person: UUID
    agency_id: int
    channel: str
    act: str
    day: date
    is_service: bool = False

    def line(self) -> str:
        """Itself as a line of the journal, with the line end."""
        values = [str(self.person), self.agency_id, self.channel, self.act, self.day.isoformat()]
        if self.is_service:
            values.append(True)
        return json.dumps(values) + "\n"

    @classmethod
    def parse(cls, line: str) -> "Use":
        """The use that `line` says. Raises ValueError for anything that the table would not take."""
        if len(line) > LONGEST_LINE:
            raise ValueError(line[:LONGEST_LINE])
        try:
            person, agency_id, channel, act, day, *service = json.loads(line)
            use = cls(UUID(person), int(agency_id), channel, act, date.fromisoformat(day), service == [True])
        except (TypeError, AttributeError) as error:
            raise ValueError(line) from error
        if service not in ([], [True]):
            raise ValueError(line)
        if use.channel not in Presence.Channel.values or use.act not in Presence.Act.values:
            raise ValueError(line)
        if not 0 < use.agency_id < 2**63:
            raise ValueError(line)
        return use


@dataclass(frozen=True)
class Folded:
    """What a folding found: lines brought into the database, and lines that could not be read and were kept."""

    uses: int = 0
    unreadable: int = 0


def folder() -> Path:
    return Path(settings.VAR) / "presence"


def _journal() -> Path:
    return folder() / "journal.jsonl"


def is_empty() -> bool:
    """Whether there is nothing to fold."""
    return not _journal().exists() and not any(folder().glob("folding-*.jsonl"))


def append(use: Use) -> None:
    """Writes `use` down and returns when it is on disk. Raises OSError."""
    folder().mkdir(parents=True, exist_ok=True)
    with _locked(), _journal().open("ab+") as file:
        _end_torn_line(file)
        file.write(use.line().encode())
        file.flush()
        os.fsync(file.fileno())


def _end_torn_line(file) -> None:
    """Closes a line that a crash cut short, so that the next one stands by itself."""
    size = file.seek(0, os.SEEK_END)
    if size:
        file.seek(size - 1)
        if file.read(1) != b"\n":
            file.write(b"\n")


def fold(insert: Callable[[list[Use]], None]) -> Folded:
    """Gives everything journalled to `insert`, and forgets it when that has returned; what it raises passes through."""
    if is_empty():
        return Folded()
    with _locked():
        if _journal().exists():
            _journal().rename(folder() / f"folding-{uuid4().hex}.jsonl")
    uses = unreadable = 0
    for path in sorted(folder().glob("folding-*.jsonl")):
        try:
            lines = path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            continue  # Another process has folded it.
        good, bad = _sorted_out(lines)
        insert(good)
        if bad:
            _set_aside(bad)
        path.unlink(missing_ok=True)
        uses += len(good)
        unreadable += len(bad)
    if uses or unreadable:
        logger.info("presence_folded uses=%d unreadable=%d", uses, unreadable)
    return Folded(uses, unreadable)


def forget(person: UUID) -> None:
    """Removes what names `person` from the lines that could not be read."""
    path = folder() / "unreadable.jsonl"
    if not path.exists():
        return
    names = (str(person).encode(), person.hex.encode())
    with _locked():
        kept = [
            line
            for line in path.read_bytes().splitlines(keepends=True)
            if not any(n in line.lower() for n in names)
        ]
        new = path.with_suffix(".new")
        with new.open("wb") as file:
            file.writelines(kept)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)


def _sorted_out(lines: list[bytes]) -> tuple[list[Use], list[bytes]]:
    good, bad = [], []
    for line in lines:
        try:
            good.append(Use.parse(line.decode()))
        except ValueError:
            bad.append(line)
    return good, bad


def _set_aside(lines: list[bytes]) -> None:
    with _locked(), (folder() / "unreadable.jsonl").open("ab+") as file:
        _end_torn_line(file)
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _locked() -> Iterator[None]:
    """Between processes: nobody appends to a journal that is being set aside."""
    with (folder() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
