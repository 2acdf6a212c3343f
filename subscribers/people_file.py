"""Reads a list of people from a CSV file as people make them: by spreadsheets, in Turkish or English.

UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1254; cells divided by semicolons, commas or
tabs. What can't be read is refused as a whole, with a sentence that names the line; what is wrong in one row only is
for `subscribers.people_import` to say.
"""

import csv
import io
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .spelling import lower_case, normalise_email

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5_000

#: What a column may be called, folded as `_folded` does.
HEADERS = {
    "email": {"eposta", "epostaadresi", "eposta1", "email", "emailaddress", "mail", "mailadresi"},
    "first_name": {"ad", "adi", "isim", "firstname", "givenname"},
    "last_name": {"soyad", "soyadi", "soyisim", "lastname", "surname", "familyname"},
    "name": {"adsoyad", "adisoyadi", "adivesoyadi", "isimsoyisim", "name", "fullname"},
    "code": {"kurumkodu", "kurum", "kod", "agencycode", "agency", "code"},
    "coordinator": {"kurumsorumlusu", "sorumlu", "coordinator"},
}
_YES = {"evet", "e", "yes", "y", "x", "1", "true", "dogru", "var"}
_NO = {"", "hayir", "h", "no", "n", "0", "false", "yanlis", "yok"}


@dataclass(frozen=True)
class Row:
    """One person of the file. line: where it begins, from 1. is_coordinator: None where the cell says neither."""

    line: int
    email: str
    name: str
    code: str
    is_coordinator: bool | None


def read(content: bytes) -> list[Row]:
    """The people of `content`, in the file's order. Raises ValidationError where it can't be read as a list."""
    lines = _lines(_text(content))
    header, place = next(lines, (None, 0))
    if header is None:
        raise ValidationError(_("Dosya boş; hiçbir şey yüklenmedi."))
    columns = _columns(header, place)
    rows = []
    for cells, line in lines:
        if len(rows) == MOST_ROWS:
            raise ValidationError(
                _("Bir dosyada en çok %(most)s kişi olabilir; dosyayı bölün. Hiçbir şey yüklenmedi.")
                % {"most": number_format(MOST_ROWS)}
            )
        rows.append(_row(cells, columns, line))
    if not rows:
        raise ValidationError(_("Dosyada başlıklardan başka satır yok; hiçbir şey yüklenmedi."))
    return rows


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise ValidationError(
            _("Dosya çok büyük: en çok %(most)d MB olabilir. Hiçbir şey yüklenmedi.")
            % {"most": MOST_BYTES // (1024 * 1024)}
        )
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ValidationError(
            _(
                "Bu bir hesap tablosu kitabı. Tabloyu programında “CSV olarak kaydet” ile kaydedip onu yükleyin."
            )
        )
    unicode_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if unicode_mark else ("utf-8-sig", "cp1254"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ValidationError(
        _("Dosyanın yazısı okunamadı. Tabloyu “CSV (UTF-8)” olarak kaydedip yeniden yükleyin.")
    )


def _lines(text: str):
    """(cells, line it begins on) of each line that holds anything."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = next((line for line in text.split("\n") if line.strip()), "")
    skipped = 0
    if lower_case(first).startswith("sep="):
        # What spreadsheets write to tell each other.
        skipped = text.index(first) + len(first) + 1
        delimiter = first[4:5] or ","
        before = text[:skipped].count("\n")
    else:
        delimiter = max(";,\t", key=first.count)
        before = 0
    reader = csv.reader(io.StringIO(text[skipped:], newline=""), delimiter=delimiter, strict=True)
    line = before + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise ValidationError(
                _(
                    "%(line)d. satırdan başlayan tırnak kapanmıyor ya da hücre çok uzun; hiçbir şey yüklenmedi."
                )
                % {"line": line}
            ) from None
        if any(cell.strip() for cell in cells):
            yield cells, line
        line = before + reader.line_num + 1


def _columns(header: list[str], line: int) -> dict[str, int]:
    """Where each column that is known stands. Others are left alone."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(header):
        folded = _folded(cell)
        for column, names in HEADERS.items():
            if folded not in names:
                continue
            if column in columns:
                raise ValidationError(
                    _("“%(name)s” sütunu iki kez var (%(line)d. satır); hiçbir şey yüklenmedi.")
                    % {"name": cell.strip()[:40], "line": line}
                )
            columns[column] = place
    if "email" not in columns:
        raise ValidationError(
            _(
                "%(line)d. satırda “e-posta” başlıklı bir sütun yok. Başlıklar: %(found)s. "
                "Örnek dosyayı indirip onun sütunlarını kullanın."
            )
            % {"line": line, "found": ", ".join(cell.strip()[:40] for cell in header[:8]) or "–"}
        )
    return columns


def _row(cells: list[str], columns: dict[str, int], line: int) -> Row:
    def cell(column: str) -> str:
        place = columns.get(column)
        found = cells[place] if place is not None and place < len(cells) else ""
        return " ".join(unicodedata.normalize("NFC", found).split())

    said = _folded(cell("coordinator"))
    name = cell("name") or " ".join(filter(None, (cell("first_name"), cell("last_name"))))
    return Row(
        line=line,
        email=normalise_email(cell("email")),
        name=name,
        code=cell("code"),
        is_coordinator=True if said in _YES else False if said in _NO else None,
    )


def _folded(cell: str) -> str:
    """`E-posta adresi` as `epostaadresi`: lower case, without marks, nothing but letters and figures."""
    plain = unicodedata.normalize("NFD", lower_case(cell).replace("ı", "i"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
