"""The bytes of a feed: made once for each scope of readers and change of what they are offered, then kept.

The feed's view asks `current_document`, which serves the kept bytes only while they are of the newest change, so an
item is in the feed the moment it is published and out of it the moment it is withdrawn. Which items, `readable_by`
alone decides. The same log gives the same bytes in every process.
"""

import gzip
import hashlib
import logging
import re
from collections.abc import Iterable

import brotli
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db.models import F
from django.utils.html import escape
from django.utils.translation import override

from bulletin.models import CurrentItem, Statement
from subscribers.canonical import digest
from subscribers.entitlement import ANONYMOUS_KEYS
from subscribers.patience import impatient_transaction

from .changes import Change, newest_change
from .channels import Channel
from .models import FeedDocument
from .rss import Category, Entry, serialise

logger = logging.getLogger(__name__)

#: Entries in a feed: the newest by first offering.
ENTRIES = 50
#: Characters of HTML that an entry carries whole; of longer texts the feed gives the summary and the address.
LONGEST_TEXT = 200_000
#: Raised with every change of how the bytes are written, so that no bytes of an older form are served.
FORM = 3
#: What stands for the title of a text that was destroyed by law.
REDACTED = "Metin karartılmıştır"

_LINK_ON_THIS_SITE = re.compile('<a href="/(?!/)')


def scope_of(keys: Iterable[str]) -> str:
    """The fingerprint under which the bytes for readers who hold `keys` are kept."""
    return digest([FORM, settings.SITE_URL, sorted(keys)])


def current_document(channel: Channel, keys: Iterable[str]) -> FeedDocument:
    """The feed as readers who hold `keys` may see it now.

    Making it may fall behind a publication that comes in between; then it is made again.
    """
    keys, scope = frozenset(keys), scope_of(keys)
    for _turn in range(3):
        change = newest_change(channel.kind, keys)
        kept = FeedDocument.objects.filter(
            kind=channel.kind, scope=scope, sequence=change.sequence, hash=change.hash
        ).first()
        if kept is not None:
            return kept
        made = make(channel, keys, change)
        if newest_change(channel.kind, keys) == change:
            _keep(made)
            break
    return made


def make(channel: Channel, keys: frozenset[str], change: Change) -> FeedDocument:
    """The feed of `channel` for `keys`, made now; not kept. change: what it is made after."""
    with override("tr"):
        body = serialise(channel, entries(channel, keys), change.recorded_at, private=keys != ANONYMOUS_KEYS)
    return FeedDocument(
        kind=channel.kind,
        scope=scope_of(keys),
        sequence=change.sequence,
        hash=change.hash,
        changed_at=change.recorded_at,
        etag=hashlib.sha256(body).hexdigest(),
        body=body,
        gzip=gzip.compress(body, compresslevel=6, mtime=0),
        brotli=brotli.compress(body, mode=brotli.MODE_TEXT, quality=6),
    )


def _keep(document: FeedDocument) -> None:
    """Keeps `document` for the next reader. A busy database doesn't hold up this one."""
    fields = ["sequence", "hash", "changed_at", "etag", "body", "gzip", "brotli"]
    try:
        with impatient_transaction():
            FeedDocument.objects.bulk_create(
                [document], update_conflicts=True, unique_fields=["kind", "scope"], update_fields=fields
            )
    except DatabaseFailure as error:
        logger.warning("feed_not_kept kind=%s reason=%s", document.kind, str(error).strip().split("\n")[0])


def entries(channel: Channel, keys: frozenset[str]) -> list[Entry]:
    """The newest items on offer that readers who hold `keys` may read."""
    items = (
        CurrentItem.objects.filter(kind=channel.kind)
        .readable_by(keys)
        .newest_first()
        .select_related("publication__content")
        .annotate(uuid=F("item__uuid"))[:ENTRIES]
    )
    return [_entry(item) for item in items]


def _entry(item) -> Entry:
    content = item.publication.content
    metadata = content.metadata
    return Entry(
        uuid=item.uuid,
        title=REDACTED if content.redacted_at else content.title,
        address=f"{settings.SITE_URL}{item.url_path}",
        summary="<br/>".join(escape(content.summary).splitlines()),
        html=with_absolute_addresses(content.html) if len(content.html) <= LONGEST_TEXT else "",
        language=item.language,
        offered_at=item.first_offered_at,
        modified_at=item.offered_at if item.edition > 1 else None,
        categories=tuple(_categories(metadata)),
        creator=metadata.get("speaker") or metadata.get("issuing_office", ""),
        source=(metadata.get("outlet") or {}).get("name") or metadata.get("source_reference", ""),
    )


def _categories(metadata: dict) -> Iterable[Category]:
    for topic in metadata.get("topics", ()):
        yield Category(topic["name"], "konu")
    if desk := metadata.get("desk"):
        yield Category(desk["name"], "masa")
    if series := metadata.get("series"):
        yield Category(series["name"], "dizi")
    if kind := metadata.get("statement_kind"):
        yield Category(str(dict(Statement.StatementKind.choices).get(kind, kind)), "tür")


def with_absolute_addresses(html: str) -> str:
    """Sanitised `html` whose links on this site can be followed from outside it."""
    return _LINK_ON_THIS_SITE.sub(f'<a href="{settings.SITE_URL}/', html)
