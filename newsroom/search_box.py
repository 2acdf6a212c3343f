"""The editors' search box: drafts by their folded title in the database, items on offer through the search engine.

Used by the lists and by the chooser of items on offer. It gives item numbers, never rows: who may see them, and in
which order, is the list's. Wagtail's own search index is not used for items (it would cost seconds at each save).
"""

import heapq
import logging
from collections.abc import Iterable

from bulletin.folding import fold
from bulletin.models import Item
from search.engines import engine
from search.engines.protocol import EngineUnavailable, Filters
from search.query_language import parse

from .standing import NOT_LIVE

logger = logging.getLogger(__name__)

#: Items found at most, of drafts and of items on offer each; a person narrows the query before reading further.
LIMIT = 200


def find_items(text: str, *, kinds: Iterable[str], keys: frozenset[str]) -> list[int]:
    """The numbers of the items of `kinds` that match `text`, drafts first; at most twice LIMIT.

    keys: the entitlement keys of the person who asks.
    """
    drafts = find_drafts(text, kinds=kinds)
    return list(dict.fromkeys([*drafts, *find_on_offer(text, kinds=kinds, keys=keys)]))


def find_drafts(text: str, *, kinds: Iterable[str]) -> list[int]:
    """Items not on offer whose newest title holds `text`, however either is spelled; the newest first."""
    drafts = Item.objects.filter(live__in=NOT_LIVE, folded_title__contains=fold(text.strip()))
    # Kind and order are looked at here: for either, a planner would leave the index of titles and read every row.
    wanted = set(kinds)
    found = (pk for pk, kind in drafts.order_by().values_list("pk", "kind") if kind in wanted)
    return heapq.nlargest(LIMIT, found)


def find_on_offer(text: str, *, kinds: Iterable[str], keys: frozenset[str]) -> list[int]:
    """Items on offer that match `text`, the best first; where the engine is away, those whose title begins so."""
    try:
        target = engine()
        node = parse(text, languages=target.languages()).node
        if node is None:
            return []
        results = target.search(node, keys=keys, filters=Filters(kinds=frozenset(kinds)), limit=LIMIT)
    except EngineUnavailable as error:
        logger.warning("search_box_without_engine reason=%s", error)
        folded = fold(text.strip())
        begins = Item.objects.filter(live=True, kind__in=list(kinds), folded_title__startswith=folded)
        return list(begins.order_by("folded_title").values_list("pk", flat=True)[:LIMIT])
    return [hit.item for hit in results.hits]
