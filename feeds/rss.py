"""RSS 2.0 by feedgen: from the entries of a feed to its bytes, the same bytes wherever and whenever it is done.

`feeds.documents` calls `serialise`. What feedgen does by the clock, by the process's locale or in an order of its own
is done here instead: dates come from the log and are written in UTC by `email.utils`, entries stand in the order
given, and characters that XML 1.0 has no place for are left out of every field first, since one of them would make
the whole feed fail.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import UUID

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from .channels import Channel

#: Readers count seconds from here; newsboat shows what was offered before it in the 2070s. Such an entry bears its date
#: as `dcterms:issued` and no `pubDate`, which RSS leaves to choice.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DCTERMS = "http://purl.org/dc/terms/"

#: An item of RSS has a title or a description.
NO_TITLE = "—"

#: What is not a Char of XML 1.0 (production 2), lone surrogates included.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Category:
    """A name that an entry is filed under, and what it is the name of."""

    name: str
    domain: str


@dataclass(frozen=True)
class Entry:
    """One item of a feed.

    title: plain text. summary and html: HTML, addresses in it absolute. modified_at: the moment of its latest
    correction, None where there was none.
    """

    uuid: UUID
    title: str
    address: str
    summary: str
    html: str
    language: str
    offered_at: datetime
    modified_at: datetime | None = None
    categories: tuple[Category, ...] = ()
    creator: str = ""
    source: str = ""


def serialise(
    channel: Channel, entries: Iterable[Entry], changed_at: datetime | None, *, private: bool = False
) -> bytes:
    """The feed as UTF-8. changed_at: when it last changed, by the log; None where nothing was ever offered in it.

    private: whether it is for some readers only. It then names as its own the address that asks for a token, never one
    that holds a secret: the bytes are kept for all readers of one scope, and handed on by feed readers. The public
    address would be wrong too: a reader that moves there would miss what is private and not know it.

    Raises ValueError for a moment without a zone.
    """
    feed = _Feed()
    feed.title(channel.title)
    feed.description(channel.description)
    feed.language("tr")
    feed.generator("Devlet Enformasyon Sistemi")
    # The channel's own <link> is what the last call says, so the feed's address comes first.
    own_address = channel.private_address if private else channel.address
    feed.link(href=own_address, rel="self", type="application/rss+xml")
    feed.link(href=channel.front_address, rel="alternate")
    feed.moments.changed_at = _date(changed_at) if changed_at else ""
    for entry in entries:
        _add(feed, entry)
    return feed.rss_str(pretty=True)


def _add(feed: "_Feed", entry: Entry) -> None:
    item = feed.add_entry(order="append")
    item.guid(f"urn:uuid:{entry.uuid}", permalink=False)
    item.title(writable(entry.title) or NO_TITLE)
    item.link(href=writable(entry.address))
    if entry.summary:
        item.description(writable(entry.summary), isSummary=True)
    if entry.html:
        item.content(writable(entry.html), type="html")
    for category in entry.categories:
        item.category(term=writable(category.name), scheme=writable(category.domain))
    item.dc.dc_language(writable(entry.language))
    if entry.creator:
        item.dc.dc_creator(writable(entry.creator))
    if entry.source:
        item.dc.dc_source(writable(entry.source))
    written = _date(entry.offered_at)
    if entry.offered_at >= EPOCH:
        item.moments.offered_at = written
    else:
        item.moments.issued_on = _iso(entry.offered_at)
    item.moments.modified_at = _iso(entry.modified_at) if entry.modified_at else ""


def writable(text: str) -> str:
    """`text` without the characters that can't stand in an XML 1.0 document."""
    return FORBIDDEN.sub("", text)


def _date(moment: datetime) -> str:
    """RFC 822 with a year of four digits, in UTC: old local offsets count seconds, which that form can't say."""
    if moment.tzinfo is None:
        raise ValueError("A feed's moments have a zone.")
    return format_datetime(moment.astimezone(UTC))


def _iso(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("A feed's moments have a zone.")
    return moment.astimezone(UTC).isoformat(timespec="seconds")


class _Feed(FeedGenerator):
    """A generator that knows no moment but those it is given."""

    def __init__(self) -> None:
        super().__init__()
        # feedgen starts from the present moment, and writes it by switching the whole process's locale to and fro.
        self._FeedGenerator__rss_lastBuildDate = None
        self.load_extension("dc", atom=False, rss=True)
        self.register_extension("moments", _FeedMoments, _EntryMoments, atom=False, rss=True)


class _FeedMoments(BaseExtension):
    """The feed's own date, already written out."""

    changed_at = ""

    def extend_ns(self) -> dict[str, str]:
        return {"dcterms": DCTERMS}

    def extend_rss(self, feed):
        """Adds to the channel; feedgen hands over the root."""
        if self.changed_at:
            xml_elem("lastBuildDate", feed[0]).text = self.changed_at
        return feed


class _EntryMoments(BaseEntryExtension):
    """An entry's dates, already written out."""

    offered_at = ""
    issued_on = ""
    modified_at = ""

    def extend_rss(self, entry):
        if self.offered_at:
            xml_elem("pubDate", entry).text = self.offered_at
        else:
            xml_elem(f"{{{DCTERMS}}}issued", entry).text = self.issued_on
        if self.modified_at:
            xml_elem(f"{{{DCTERMS}}}modified", entry).text = self.modified_at
        return entry
