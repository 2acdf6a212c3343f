"""The filters of a section front: what the address asks for, read without trust, and applied to the list.

The names in the address are Turkish words (`/haberler/?masa=3&ulke=DE`). A value that can't be read leaves its filter
out and says so in a sentence; the list is shown all the same.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext

from bulletin import vocabulary
from bulletin.calendar import midnight, read_day
from bulletin.models import Desk, Outlet, Topic
from bulletin.sanitising import repeated

#: Which filters each kind's front has, in the order in which they are shown.
FILTERS = {
    "news": ("baslangic", "bitis", "masa", "konu", "dil", "ulke"),
    "statement": ("baslangic", "bitis", "dil"),
    "bulletin": ("baslangic", "bitis", "dil"),
}


@dataclass
class SectionFilter:
    """What is asked of a list. values: as read from the address, by name; problems: sentences on what was left out."""

    kind: str
    values: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    start: date | None = None
    end: date | None = None

    @property
    def is_active(self) -> bool:
        return bool(self.values)

    @property
    def query(self) -> str:
        """The filters that hold, as a query string."""
        return urlencode(self.values)

    def apply(self, items: QuerySet) -> QuerySet:
        """`items` (CurrentItem) narrowed to what was asked."""
        if self.start:
            items = items.filter(first_offered_at__gte=midnight(self.start))
        if self.end:
            items = items.filter(first_offered_at__lt=midnight(self.end + timedelta(days=1)))
        if "masa" in self.values:
            items = items.filter(desk_id=int(self.values["masa"]))
        if "konu" in self.values:
            items = items.filter(topics__topic_id=int(self.values["konu"]))
        if "dil" in self.values:
            items = items.filter(language=self.values["dil"])
        if "ulke" in self.values:
            items = items.filter(source_country=self.values["ulke"])
        return items


@dataclass(frozen=True)
class Choice:
    """One value of a select, and whether it is the one asked for."""

    value: str
    label: str
    selected: bool


def read_filter(kind: str, asked: QueryDict) -> SectionFilter:
    """The filter that the address asks for. Costs a query for a desk and one for a topic, where one is named."""
    result = SectionFilter(kind)
    for name in FILTERS[kind]:
        value = asked.get(name, "").strip()
        if value:
            READERS[name](result, name, value)
    if result.start and result.end and result.start > result.end:
        result.problems.append(
            gettext("Başlangıç tarihi bitiş tarihinden sonra olduğu için tarihe göre süzülmedi.")
        )
        result.start = result.end = None
        result.values.pop("baslangic")
        result.values.pop("bitis")
    return result


def _read_day(result: SectionFilter, name: str, value: str) -> None:
    day = read_day(value)
    if day is None:
        result.problems.append(
            gettext("“%(value)s” bir gün olarak okunamadı (örnek: 23.11.2026); o tarihe göre süzülmedi.")
            % {"value": repeated(value)}
        )
        return
    result.values[name] = day.isoformat()
    setattr(result, "start" if name == "baslangic" else "end", day)


def _read_number(result: SectionFilter, name: str, value: str) -> None:
    model = Desk if name == "masa" else Topic
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
    if number is not None and model.objects.filter(pk=number).exists():
        result.values[name] = str(number)
    elif name == "masa":
        result.problems.append(
            gettext("“%(value)s” bir masa değil; masaya göre süzülmedi.") % {"value": repeated(value)}
        )
    else:
        result.problems.append(
            gettext("“%(value)s” bir konu değil; konuya göre süzülmedi.") % {"value": repeated(value)}
        )


def _read_language(result: SectionFilter, name: str, value: str) -> None:
    if value in dict(vocabulary.languages()):
        result.values[name] = value
    else:
        result.problems.append(
            gettext("“%(value)s” bir dil kodu değil; dile göre süzülmedi.") % {"value": repeated(value)}
        )


def _read_country(result: SectionFilter, name: str, value: str) -> None:
    if value in dict(vocabulary.countries()):
        result.values[name] = value
    else:
        result.problems.append(
            gettext("“%(value)s” bir ülke kodu değil; ülkeye göre süzülmedi.") % {"value": repeated(value)}
        )


READERS = {
    "baslangic": _read_day,
    "bitis": _read_day,
    "masa": _read_number,
    "konu": _read_number,
    "dil": _read_language,
    "ulke": _read_country,
}


def choices_of(result: SectionFilter) -> dict[str, list[Choice]]:
    """What each select offers: desks, topics, languages, the countries of the known outlets. Three queries for news.

    The vocabularies are short tables, so this costs the same however many items are on offer.
    """
    lists: dict[str, list[tuple[str, str]]] = {"dil": _languages(result)}
    if result.kind == "news":
        lists["masa"] = sorted((str(desk.pk), str(desk)) for desk in Desk.objects.all())
        lists["konu"] = [(str(topic.pk), str(topic)) for topic in Topic.objects.all()]
        lists["ulke"] = _countries(result)
    return {
        name: [Choice(value, label, value == result.values.get(name)) for value, label in _by_label(pairs)]
        for name, pairs in lists.items()
    }


def _by_label(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    from bulletin.folding import fold

    return sorted(pairs, key=lambda pair: fold(pair[1]))


def _languages(result: SectionFilter) -> list[tuple[str, str]]:
    codes = {*vocabulary.OFFERED_LANGUAGES, *filter(None, [result.values.get("dil")])}
    return [(code, vocabulary.language_name(code)) for code in codes]


def _countries(result: SectionFilter) -> list[tuple[str, str]]:
    known = Outlet.objects.exclude(country="").order_by().values_list("country", flat=True).distinct()
    codes = {*known, *filter(None, [result.values.get("ulke")])}
    return [(code, vocabulary.country_name(code)) for code in codes]
