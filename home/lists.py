"""Lists of what is on offer: the rows of a section front, and the queryset that every row of the site is drawn from."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext

from bulletin.models import CurrentItem

from .days import DayGroup, grouped_by_day, plain_day
from .filters import Choice, SectionFilter, choices_of, read_filter
from .paging import ListPage, page_of


@dataclass(frozen=True)
class Section:
    """A section front as a reader sees it."""

    kind: str
    filter: SectionFilter
    choices: dict[str, list[Choice]]
    page: ListPage
    days: list[DayGroup]

    @property
    def problems(self) -> list[str]:
        """Sentences on what of the address could not be followed."""
        return [*self.filter.problems, *filter(None, [self.page.problem])]

    @property
    def filtered_by(self) -> list[str]:
        """The filters that hold, in words."""
        words = []
        if self.filter.start:
            words.append(gettext("%(day)s ve sonrası") % {"day": plain_day(self.filter.start)})
        if self.filter.end:
            words.append(gettext("%(day)s ve öncesi") % {"day": plain_day(self.filter.end)})
        chosen = [choice.label for choices in self.choices.values() for choice in choices if choice.selected]
        return words + chosen

    @property
    def query_prefix(self) -> str:
        """What stands before a position in the address of another page of this list."""
        return f"{self.filter.query}&" if self.filter.query else ""


def rows(keys: frozenset[str], kind: str | None = None) -> QuerySet:
    """What a holder of `keys` may read, with all that `templates/site/includes/item_row.html` shows, in one query."""
    items = CurrentItem.objects.readable_by(keys).select_related("publication__content").defer(*UNSHOWN)
    return items.filter(kind=kind) if kind else items


#: Long columns that no row shows.
UNSHOWN = ("publication__content__html", "publication__content__title", "publication__content__summary")


def section_of(kind: str, asked: QueryDict, keys: frozenset[str]) -> Section:
    """The list of `kind` that the address asks for, as far as a holder of `keys` may read it."""
    chosen = read_filter(kind, asked)
    page = page_of(chosen.apply(rows(keys, kind)), asked)
    return Section(kind, chosen, choices_of(chosen), page, grouped_by_day(page.items))
