"""Cells of a table that people download: what somebody outside wrote must not run when the table is opened."""

import unicodedata

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
