"""What an item page shows: one edition of one item, as it was frozen.

Views make a `Reading` from the log; the editors' preview makes one from a draft, so that both are drawn by the same
templates. Nothing here decides who may read: the views do, before they make one.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext

from bulletin import vocabulary
from bulletin.models import Item, NewsItem, Publication, Statement

from .addresses import localised
from .days import APPROXIMATE, clock, dated, full_day
from .marks import Mark, audience_words, urgency_mark

#: Widths in pixels in which images are served.
IMAGE_WIDTHS = (320, 640, 1280)


@dataclass(frozen=True)
class Fact:
    """One line of an item's particulars. language and address are set where the value is foreign text or a link."""

    name: str
    value: str
    language: str = ""
    address: str = ""

    @property
    def direction(self) -> str:
        return vocabulary.direction(self.language) if self.language else ""


@dataclass
class Reading:
    """One edition of an item, ready to be drawn.

    publication is None for a draft's preview. newest is false where a later edition is on offer. sections belong to a
    bulletin and hold only what this reader may read.
    """

    kind: str
    language: str
    title: str
    summary: str
    html: str
    metadata: dict[str, Any]
    publication: Publication | None = None
    url_path: str = ""
    first_offered_at: datetime | None = None
    edition: int = 1
    newest: bool = True
    redacted: bool = False
    audience: list[str] = field(default_factory=list)
    corrections: list["Correction"] = field(default_factory=list)
    sections: list[Any] = field(default_factory=list)

    @property
    def template(self) -> str:
        """The template that draws it."""
        return "home/bulletin.html" if self.kind == Item.Kind.BULLETIN else "home/item.html"

    @property
    def direction(self) -> str:
        return vocabulary.direction(self.language)

    @property
    def address(self) -> str:
        """Its stable address in the language of the interface."""
        return localised(self.url_path) if self.url_path else ""

    @property
    def image(self) -> dict | None:
        return self.metadata.get("image")

    @property
    def kicker(self) -> str:
        """The words over the headline: the desk, the kind of statement and its number, the bulletin's series."""
        if self.redacted:
            return ""
        if self.kind == Item.Kind.NEWS:
            return in_interface_language(self.metadata.get("desk"))
        if self.kind == Item.Kind.STATEMENT:
            return statement_label(self.metadata["statement_kind"], self.metadata["number"])
        return bulletin_label(self.metadata["series"], self.metadata["number"], self.title)

    @property
    def dateline(self) -> list[str]:
        """When and where from, for the line under the headline."""
        if self.redacted:
            return []
        published = self.metadata
        if self.kind == Item.Kind.NEWS:
            parts = [(published.get("outlet") or {}).get("name", "")]
            parts.append(vocabulary.country_name(published.get("source_country", "")))
            if self.first_offered_at:
                day = full_day(timezone.localdate(self.first_offered_at))
                hour = clock(self.first_offered_at)
                parts.insert(0, f"{day}, {hour}" if hour else day)
        elif self.kind == Item.Kind.STATEMENT:
            day, precision = date.fromisoformat(published["date"]), published["date_precision"]
            when = dated(day, precision) if precision == APPROXIMATE else full_day(day)
            parts = [when, published["place"], published["speaker"] or published["issuing_office"]]
        else:
            parts = [full_day(date.fromisoformat(published["date"]))]
        return [part for part in parts if part]

    @property
    def marks(self) -> list[Mark]:
        marks = urgency_mark(self.metadata.get("urgency", ""))
        if self.edition > 1:
            marks.append(Mark("corrected", gettext("Düzeltildi")))
        if words := audience_words(self.audience):
            marks.append(Mark("restricted", words))
        return marks

    @property
    def facts(self) -> list[Fact]:
        """The particulars, those that are known, in the order in which they are read; a redaction leaves none."""
        if self.redacted:
            return []
        facts = {"news": news_facts, "statement": statement_facts, "bulletin": bulletin_facts}[self.kind](
            self
        )
        return [fact for fact in facts if fact.value]


@dataclass(frozen=True)
class Correction:
    """A change of an item on offer. address is empty where the reader may not open that edition, or it is this one.

    major: it changed the meaning.
    """

    edition: int
    offered_at: datetime
    note: str
    major: bool
    address: str = ""


def in_interface_language(named: dict | None) -> str:
    """The published name of a desk, topic or series in the language of the interface."""
    if not named:
        return ""
    return (named["name_en"] if get_language() == "en" else "") or named["name"]


def statement_label(statement_kind: str, number: str) -> str:
    """`Konuşma · Sayı 2026/14`."""
    kinds = dict(Statement.StatementKind.choices)
    label = vocabulary.capitalised(str(kinds.get(statement_kind, statement_kind)))
    return f"{label} · {gettext('Sayı %(number)s') % {'number': number}}" if number else label


def bulletin_label(series: dict, number: str | int, title: str) -> str:
    """`Günlük Dış Basın Bülteni · Sayı 214`; nothing where the bulletin's title says both."""
    name = in_interface_language(series)
    if name in title and str(number) in title:
        return ""
    return f"{name} · {gettext('Sayı %(number)s') % {'number': number}}"


def text_language(language: str) -> str:
    """`İngilizce metin`; nothing for a text in the language of the interface, which needs no warning."""
    if language == get_language():
        return ""
    return gettext("%(language)s metin") % {"language": vocabulary.language_name(language)}


def row_source(item) -> list[str]:
    """What a row of a list says of where an item (CurrentItem with its published content) comes from.

    News: outlet, or the desk where there is none; country and language. Statements: kind, number, who speaks.
    Bulletins: series and number, unless the title says them already. Then the text's own language, where it is
    another than the interface's.
    """
    return list(filter(None, [*_origin(item), text_language(item.language)]))


def _origin(item) -> list[str]:
    published = item.publication.content.metadata
    if item.kind == Item.Kind.NEWS:
        outlet = item.outlet_name or in_interface_language(published.get("desk"))
        origin = [
            vocabulary.country_name(item.source_country),
            vocabulary.language_name(item.source_language),
        ]
        return [outlet, ", ".join(filter(None, origin))]
    if item.publication.content.redacted_at is not None:
        return []
    if item.kind == Item.Kind.STATEMENT:
        speaker = published.get("speaker") or published.get("issuing_office") or ""
        return [statement_label(item.statement_kind, item.number), speaker]
    return [bulletin_label(published["series"], item.number, item.title)]


def news_facts(reading: Reading) -> list[Fact]:
    published = reading.metadata
    language = published.get("source_language", "")
    translation = dict(NewsItem.TranslationKind.choices).get(published.get("translation_kind", ""), "")
    urgencies = {
        value: label for value, label in NewsItem.Urgency.choices if value != NewsItem.Urgency.ROUTINE
    }
    urgency = urgencies.get(published.get("urgency", ""), "")
    return [
        Fact(gettext("Kaynak"), (published.get("outlet") or {}).get("name", "")),
        Fact(gettext("Ülke"), vocabulary.country_name(published.get("source_country", ""))),
        Fact(gettext("Kaynak dil"), vocabulary.language_name(language)),
        Fact(
            gettext("Özgün başlık"),
            published.get("original_title", ""),
            language=language or "und",
            address=web_address(published.get("original_url", "")),
        ),
        Fact(gettext("Özgün tarih"), dated(published.get("original_date"))),
        Fact(gettext("Masa"), in_interface_language(published.get("desk"))),
        Fact(
            gettext("Konular"),
            ", ".join(in_interface_language(topic) for topic in published.get("topics", [])),
        ),
        Fact(gettext("İvedilik"), vocabulary.capitalised(str(urgency))),
        Fact(gettext("Çeviri türü"), vocabulary.capitalised(str(translation))),
        Fact(gettext("Mütercim"), published.get("translator", "")),
        Fact(gettext("Dil"), vocabulary.language_name(reading.language)),
    ]


def statement_facts(reading: Reading) -> list[Fact]:
    published = reading.metadata
    kinds = dict(Statement.StatementKind.choices)
    return [
        Fact(gettext("Tür"), vocabulary.capitalised(str(kinds.get(published["statement_kind"], "")))),
        Fact(gettext("Sayı"), published["number"]),
        Fact(gettext("Makam"), published["issuing_office"]),
        Fact(gettext("Konuşan"), published["speaker"]),
        Fact(gettext("Yer"), published["place"]),
        Fact(gettext("Tarih"), dated(published["date"], published["date_precision"])),
        Fact(
            gettext("Kaynak gösterimi"),
            published["source_reference"],
            address=web_address(published["source_reference"]),
        ),
        Fact(gettext("Dil"), vocabulary.language_name(reading.language)),
    ]


def bulletin_facts(reading: Reading) -> list[Fact]:
    published = reading.metadata
    return [
        Fact(gettext("Dizi"), in_interface_language(published["series"])),
        Fact(gettext("Sayı"), str(published["number"])),
        Fact(gettext("Tarih"), dated(date.fromisoformat(published["date"]))),
        Fact(gettext("Dil"), vocabulary.language_name(reading.language)),
    ]


def web_address(address: str) -> str:
    """`address` if it leads into the web, else nothing: an editor's field is no way to a script."""
    leads = address.startswith(("https://", "http://")) and len(address.split()) == 1
    return address if leads else ""


def reading_of(publication: Publication, *, kind: str, url_path: str, **particulars) -> Reading:
    """The reading of a row of the log with its content; `particulars` are the fields of Reading a view knows.

    kind: of the item; a redacted content no longer says it.
    """
    content = publication.content
    return Reading(
        kind=kind,
        language=publication.language,
        title=content.title,
        summary=content.summary,
        html=content.html,
        metadata=content.metadata,
        publication=publication,
        url_path=url_path,
        edition=publication.edition,
        redacted=content.redacted_at is not None,
        audience=publication.audience,
        **particulars,
    )
