"""Who may open which edition of an item: the one rule for pages, images and what bulletins gather.

An edition keeps its text for ever, and its audience is the one it was last offered to: that of its newest row. A reader
needs a key of it and a key of the item's newest edition, which `CurrentItem.objects.readable_by` asks.
"""

from collections.abc import Iterable

from .current_items import keys_of_publication
from .models import Publication


def keys_of_editions(rows: Iterable[Publication]) -> dict[int, frozenset[str]]:
    """{sequence: keys that open the edition which that row is of}. One query."""
    wanted = {(row.item_id, row.edition): row.sequence for row in rows}
    offered = (
        Publication.objects.filter(item_id__in={item_id for item_id, _edition in wanted})
        .exclude(kind=Publication.Kind.WITHDRAWN)
        .select_related("content")
        .defer("content__title", "content__summary", "content__html")
        .order_by("sequence")
    )
    newest = {(row.item_id, row.edition): row for row in offered}
    return {sequence: keys_of_publication(newest[edition]) for edition, sequence in wanted.items()}
