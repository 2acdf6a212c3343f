"""The state of an item as words with a mark: urgency, audience, corrections.

The words say it all; the mark (drawn by the stylesheet, class `mark-…`) only lets an eye find them in a column.
"""

from dataclasses import dataclass

from django.utils.translation import gettext

from subscribers.entitlement import PUBLIC, SUBSCRIBER


@dataclass(frozen=True)
class Mark:
    """One state: the stylesheet's name for it and the words."""

    name: str
    words: str


def audience_words(audience: list[str]) -> str:
    """Who an item is offered to, where that isn't everybody; empty for a public item."""
    if PUBLIC in audience:
        return ""
    if SUBSCRIBER in audience:
        return gettext("Yalnızca kullanıcı kurumlara açık")
    return gettext("Yalnızca belirlenen kurumlara açık")


def urgency_mark(urgency: str) -> list[Mark]:
    """The mark of a news item's urgency; none for a routine one."""
    if urgency == "flash":
        return [Mark("urgent", gettext("Son dakika"))]
    if urgency == "priority":
        return [Mark("priority", gettext("Öncelikli"))]
    return []


def marks_of(item) -> list[Mark]:
    """The marks of a CurrentItem, the most pressing first."""
    marks = urgency_mark(item.urgency)
    if item.edition > 1:
        marks.append(Mark("corrected", gettext("Düzeltildi")))
    if words := audience_words(item.audience):
        marks.append(Mark("restricted", words))
    return marks
