"""A draft as readers would see it, for the editors' preview: frozen in memory, drawn by the templates of item pages.

Its image is the editors' own rendition, which the admin's view serves to those who may enter the admin: nothing is
copied for readers before it is published.
"""

import logging

from wagtail.images.models import SourceImageIOError

from bulletin.freezing import freeze
from bulletin.models import CurrentItem, Item
from subscribers.entitlement import NEWSROOM

from .gathered import gathered_sections
from .reading import IMAGE_WIDTHS, Reading

logger = logging.getLogger(__name__)


def reading_of_draft(item: Item) -> Reading:
    """The reading of `item` as it stands in the form. A bulletin shows its items at their newest editions on offer."""
    item = item.specific
    entries = draft_entries(item) if item.kind == Item.Kind.BULLETIN else None
    content = freeze(item, entries=entries)
    return Reading(
        kind=item.kind,
        language=item.language,
        title=content.title,
        summary=content.summary,
        html=content.html,
        metadata={**content.metadata, "image": draft_image(item)},
        audience=item.audience,
        sections=gathered_sections(entries, frozenset({NEWSROOM})) if entries else [],
    )


def draft_image(item: Item) -> dict | None:
    """The image of a draft as a published one is described, with the `address` of the editors' rendition.

    None where it has no image; the address is empty where the file can't be read, which publishing would refuse.
    """
    if item.kind != Item.Kind.NEWS or item.image is None:
        return None
    image = {
        "width": item.image.width,
        "height": item.image.height,
        "alt": item.image_alt,
        "credit": item.image_credit,
        "address": "",
    }
    try:
        rendition = item.image.get_rendition(f"width-{IMAGE_WIDTHS[-1]}")
    except (SourceImageIOError, OSError, ValueError):
        logger.exception("preview_image_unreadable image=%s", item.image_id)
        return image
    return {**image, "width": rendition.width, "height": rendition.height, "address": rendition.url}


def draft_entries(bulletin) -> list[dict]:
    """The entries of a draft bulletin in the form that publishing freezes, of the items that are on offer."""
    named = [(heading, entry.item_id) for heading, entries in bulletin.sections() for entry in entries]
    newest = dict(
        CurrentItem.objects.filter(pk__in=[item_id for _heading, item_id in named]).values_list(
            "pk", "publication_id"
        )
    )
    return [
        {"section": heading, "item": "", "sequence": newest[item_id]}
        for heading, item_id in named
        if item_id in newest
    ]
