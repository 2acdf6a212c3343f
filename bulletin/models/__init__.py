"""What the directorate offers (items), what it sorts them by (desks and their kin), and the log of offering them."""

from .bulletins import Bulletin, BulletinEntry
from .current import CurrentItem, CurrentItemImage, CurrentItemKey, CurrentItemTopic
from .desks import BulletinSeries, Desk, Outlet, Topic
from .items import Item
from .log import ProjectionPosition, Publication, PublishedContent, PublishedImage, Recording
from .news import NewsItem
from .redactions import RedactedImage, Redaction, RedactionDecision, RedactionStep
from .statements import Statement

__all__ = [
    "Bulletin",
    "BulletinEntry",
    "BulletinSeries",
    "CurrentItem",
    "CurrentItemImage",
    "CurrentItemKey",
    "CurrentItemTopic",
    "Desk",
    "Item",
    "NewsItem",
    "Outlet",
    "ProjectionPosition",
    "Publication",
    "PublishedContent",
    "PublishedImage",
    "Recording",
    "RedactedImage",
    "Redaction",
    "RedactionDecision",
    "RedactionStep",
    "Statement",
    "Topic",
]
