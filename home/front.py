"""The home page: the newest news by day with one item leading, the newest statements and bulletins."""

from dataclasses import dataclass, field

from .days import DayGroup, grouped_by_day
from .lists import rows

NEWS, STATEMENTS, BULLETINS = 24, 6, 4
#: Which item leads: the most urgent of the newest day, and among equals the newest.
URGENCY_ORDER = {"flash": 0, "priority": 1}


@dataclass(frozen=True)
class Front:
    """What stands on the home page. leading is one of the items of the first day; None where there is no news."""

    leading: object | None = None
    days: list[DayGroup] = field(default_factory=list)
    statements: list = field(default_factory=list)
    bulletins: list = field(default_factory=list)


def front_of(keys: frozenset[str]) -> Front:
    """The front for a holder of `keys`. Three queries."""
    news = list(rows(keys, "news").newest_first()[:NEWS])
    return Front(
        leading=leading_item(news),
        days=grouped_by_day(news),
        statements=list(rows(keys, "statement").newest_first()[:STATEMENTS]),
        bulletins=list(rows(keys, "bulletin").newest_first()[:BULLETINS]),
    )


def leading_item(news: list):
    """The item of `news` (newest first) that leads the page, or None."""
    if not news:
        return None
    newest_day = [item for item in news if item.first_offered_on == news[0].first_offered_on]
    return min(newest_day, key=lambda item: URGENCY_ORDER.get(item.urgency, 2))
