"""A draft as readers would see it, for the editors' preview: frozen in memory, drawn by the templates of item pages."""

from bulletin.freezing import freeze
from bulletin.models import CurrentItem, Item
from subscribers.entitlement import NEWSROOM

from .gathered import gathered_sections
from .reading import Reading


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
        metadata=content.metadata,
        audience=item.audience,
        sections=gathered_sections(entries, frozenset({NEWSROOM})) if entries else [],
    )


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
