"""Tables that people download: what somebody outside wrote must not run when a table is opened."""

import csv
import io
import unicodedata
from collections.abc import Iterable

#: In front of a table, so that spreadsheets read it as UTF-8.
BYTE_ORDER_MARK = "\ufeff"

#: What spreadsheets take for the beginning of a formula; a full-width sign counts as the plain one.
_FORMULA = ("=", "+", "-", "@")


def defused(cell: str) -> str:
    """`cell`, with an apostrophe before it where a spreadsheet would take it for a formula (CSV injection).

    White space, control and format characters in front are looked through: programs drop them before they look.
    """
    for character in cell:
        if character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
            continue
        return f"'{cell}" if unicodedata.normalize("NFKC", character).startswith(_FORMULA) else cell
    return cell


def lines(rows: Iterable[Iterable[str]]) -> str:
    """`rows` as lines of CSV: fields divided by semicolons, lines ended by CR LF, every cell defused."""
    target = io.StringIO()
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerows(
        [defused(cell) for cell in row] for row in rows
    )
    return target.getvalue()
