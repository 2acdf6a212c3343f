"""What a bulletin gathers, for one reader: the items at the editions it froze, passing entitlement at reading time.

An item is shown if the reader may open the frozen edition, by the audience it has now, and the item's newest one; what
they may not read, and what was withdrawn since, is neither shown nor counted, and a section left empty is left out.
"""

from dataclasses import dataclass

from bulletin.editions import keys_of_editions
from bulletin.models import CurrentItem, Publication

from .reading import Reading, reading_of


@dataclass(frozen=True)
class GatheredSection:
    """A section of a bulletin: its heading (may be empty) and the readings it holds."""

    heading: str
    items: list[Reading]


def gathered_sections(entries: list[dict], keys: frozenset[str]) -> list[GatheredSection]:
    """The sections of a bulletin whose metadata holds `entries`, for a holder of `keys`. Three queries."""
    frozen = Publication.objects.select_related("content").in_bulk([entry["sequence"] for entry in entries])
    current = (
        CurrentItem.objects.readable_by(keys)
        .filter(pk__in=[publication.item_id for publication in frozen.values()])
        .in_bulk()
    )
    opened_by = keys_of_editions(frozen.values())
    sections: list[GatheredSection] = []
    heading = None
    for entry in entries:
        publication = frozen.get(entry["sequence"])
        if (
            publication is None
            or publication.item_id not in current
            or not keys & opened_by[publication.sequence]
        ):
            continue
        if not sections or entry["section"] != heading:
            heading = entry["section"]
            sections.append(GatheredSection(heading, []))
        newest = current[publication.item_id]
        is_newest = publication.edition == newest.edition
        sections[-1].items.append(
            reading_of(
                publication,
                kind=newest.kind,
                url_path=newest.url_path if is_newest else edition_path(newest.url_path, publication.edition),
                first_offered_at=newest.first_offered_at,
                newest=is_newest,
            )
        )
    return sections


def edition_path(url_path: str, edition: int) -> str:
    """The address of one edition of an item, which stays its own whatever is published after it."""
    return f"{url_path}surum/{edition}/"
