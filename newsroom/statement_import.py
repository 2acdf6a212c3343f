"""Import of an archive of statements: each goes on offer at its own true date and counts in the months of that date.

Called by `manage.py import_statements`. Each statement is one transaction, so an import that was interrupted is simply
run again: what is there already is left alone. Imported statements alert nobody (they are recorded long after they were
offered), and none is half-saved: it is on offer with its row and its live revision, or it was refused with a sentence.
"""

import html
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext

from bulletin import publication, refusals
from bulletin.models import Statement
from bulletin.recording import recording, with_retries
from bulletin.sanitising import clean_line, sanitise

#: Kinds as sources write them → ours.
KINDS = {
    "demec": Statement.StatementKind.REMARKS,
    "konusma": Statement.StatementKind.SPEECH,
    "mektup": Statement.StatementKind.LETTER,
    "telgraf": Statement.StatementKind.TELEGRAM,
    "aciklama": Statement.StatementKind.STATEMENT,
    "mulakat": Statement.StatementKind.INTERVIEW,
    **{kind.value: kind for kind in Statement.StatementKind},
}

#: The longest line of a JSON Lines file that is read, in bytes.
LONGEST_LINE = 8 * 1024 * 1024

_LINE_BREAK_TAG = re.compile(r"<\s*br\s*/?\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,200}>")


class Refused(ValueError):
    """The entry was not imported; the message says why."""


class UnreadableSource(ValueError):
    """The whole file can't be read; the message says why."""


@dataclass(frozen=True)
class Entry:
    """One statement of a source, as the source writes it."""

    identifier: str
    fields: dict = field(default_factory=dict)


@dataclass
class Report:
    """What an import did; `refused` holds (identifier, sentence)."""

    kept: int = 0
    already_there: int = 0
    approximate: int = 0
    cleaned_titles: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


# --- Sources -----------------------------------------------------------------------------------------------------


def read(path: Path) -> Iterator[Entry]:
    """The entries of an SQLite file (`speeches`, `speech_texts`) or of a JSON Lines file; see docs/import.md.

    Raises UnreadableSource. A line that isn't a JSON object is an entry without fields, which will be refused.
    """
    try:
        with path.open("rb") as file:
            is_sqlite = file.read(16) == b"SQLite format 3\x00"
    except OSError as error:
        raise UnreadableSource(
            gettext("%(path)s okunamıyor: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from error
    yield from _read_sqlite(path) if is_sqlite else _read_json_lines(path)


def _read_sqlite(path: Path) -> Iterator[Entry]:
    try:
        with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as source:
            source.row_factory = sqlite3.Row
            rows = source.execute(
                "SELECT id, year, date, title_tr, location, kind, source_ref, body FROM speeches"
                " LEFT JOIN speech_texts ON speech_id = id AND lang = 'tr' ORDER BY COALESCE(date, year), id"
            )
            for row in rows:
                yield Entry(
                    f"{path.stem}:{row['id']}",
                    {
                        "title": row["title_tr"],
                        "date": row["date"] or row["year"],
                        "kind": row["kind"],
                        "office": "Atatürk'ün Söylev ve Demeçleri",
                        "speaker": "Mustafa Kemal Atatürk",
                        "place": row["location"],
                        "source": row["source_ref"],
                        "text": row["body"],
                    },
                )
    except sqlite3.Error as error:
        raise UnreadableSource(
            gettext("%(path)s beklenen tabloları taşımıyor: %(reason)s.") % {"path": path, "reason": error}
        ) from error


def _read_json_lines(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if not line.strip():
                continue
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                raise UnreadableSource(gettext("%(number)d. satır çok uzun.") % {"number": number})
            try:
                fields = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except (ValueError, RecursionError):
                fields = None
            identifier = fields.pop("id", None) if isinstance(fields, dict) else None
            if not _is_identifier(identifier):
                yield Entry(gettext("%(number)d. satır") % {"number": number})
                continue
            yield Entry(f"{path.stem}:{str(identifier).strip()}", fields)


def _is_identifier(value) -> bool:
    """Whether `value` is a number or one line of text that can be stored as it is."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    text = str(value).strip()
    return bool(text) and clean_line(text) == text


# --- One entry ---------------------------------------------------------------------------------------------------


def import_entry(entry: Entry, report: Report) -> None:
    """Puts `entry` on offer, or notes in `report` that it was there already or why it was refused."""
    if Statement.objects.filter(imported_from=entry.identifier).exists():
        report.already_there += 1
        return
    try:
        statement = statement_of(entry)
        offered_at = timezone.make_aware(datetime.combine(statement.date, time.min))
        with_retries(lambda: _offer(statement, offered_at))
    except Refused as error:
        report.refused.append((entry.identifier, str(error)))
    except ValidationError as error:
        report.refused.append((entry.identifier, " ".join(error.messages)))
    else:
        report.kept += 1
        report.approximate += statement.date_precision == Statement.DatePrecision.YEAR
        report.cleaned_titles += statement.title != str(entry.fields.get("title"))


def _offer(statement: Statement, offered_at: datetime) -> None:
    statement.pk = statement.id = None
    statement._state.adding = True
    with recording():
        statement.full_clean()
        statement.save()
        publication.publish(statement.save_revision(clean=False), offered_at=offered_at, log_action=False)


def statement_of(entry: Entry) -> Statement:
    """The draft that `entry` describes, not saved. Raises Refused and ValidationError."""
    fields = entry.fields
    if not fields:
        raise Refused(gettext("Bir kimliği (id) olan JSON nesnesi değil."))
    title = _text(fields, "title")
    body = sanitise(_text(fields, "html")) or paragraphs(_text(fields, "text"))
    day, precision = _date(fields.get("date"))
    if not title:
        raise Refused(gettext("Başlığı yok."))
    if not body:
        raise Refused(gettext("Metni yok."))
    kind = _text(fields, "kind") or Statement.StatementKind.STATEMENT
    if kind not in KINDS:
        raise Refused(gettext("Türü bilinmiyor: “%(kind)s”.") % {"kind": kind[:40]})
    audience = fields.get("audience", ["public"])
    if not isinstance(audience, list) or not all(isinstance(key, str) for key in audience):
        raise Refused(gettext("Hedef kitlesi bir liste değil."))
    return Statement(
        title=plain_title(title),
        summary=_text(fields, "summary"),
        body=body,
        language=_text(fields, "language") or "tr",
        statement_kind=KINDS[kind],
        number=_text(fields, "number"),
        issuing_office=_text(fields, "office"),
        speaker=_text(fields, "speaker"),
        place=_text(fields, "place"),
        date=day,
        date_precision=precision,
        source_reference=_text(fields, "source"),
        audience=refusals.known_audience(audience),
        imported_from=entry.identifier,
    )


def _text(fields: dict, name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int):
        raise Refused(gettext("“%(name)s” alanı metin değil.") % {"name": name})
    return str(value)


def plain_title(title: str) -> str:
    """`title` without markup: a line break becomes a dash, other tags go, entities are decoded."""
    parts = [" ".join(_TAG.sub(" ", part).split()) for part in _LINE_BREAK_TAG.split(title)]
    return html.unescape(" – ".join(part for part in parts if part))


def paragraphs(text: str) -> str:
    """Plain text as HTML: each line that isn't empty is a paragraph."""
    return "".join(
        f"<p>{html.escape(line.strip(), quote=False)}</p>" for line in text.splitlines() if line.strip()
    )


def _date(value) -> tuple[date, str]:
    """The day and how exactly it is known. A year alone is its 1 January, marked approximate. Raises Refused."""
    text = str(value or "").strip()
    if not text:
        raise Refused(gettext("Ne tarihi ne yılı var."))
    try:
        if re.fullmatch(r"[0-9]{4}", text):
            day, precision = date(int(text), 1, 1), Statement.DatePrecision.YEAR
        else:
            day, precision = date.fromisoformat(text), Statement.DatePrecision.DAY
    except ValueError as error:
        raise Refused(gettext("Tarihi okunamıyor: “%(date)s”.") % {"date": text[:40]}) from error
    if not date(1800, 1, 1) <= day <= timezone.localdate():
        raise Refused(gettext("Tarihi 1800 ile bugün arasında değil: %(date)s.") % {"date": day.isoformat()})
    return day, precision
