"""What the address of the results page asks for, read without trust.

The names in the address are Turkish words, as on the section fronts: `/ara/?q=deprem&tur=haber&dil=tr&sira=yeni`. A
value that can't be read leaves its filter out and says so in a sentence; the search is made all the same.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext

from bulletin import vocabulary
from bulletin.calendar import midnight, read_day
from bulletin.models import Item
from bulletin.sanitising import clean_line, repeated

from .engines.protocol import MAXIMUM_DEPTH, Filters, Order

PAGE_SIZE = 20
MAXIMUM_PAGE = MAXIMUM_DEPTH // PAGE_SIZE

KINDS = {path: kind for kind, path in Item.KIND_PATHS.items()}
ORDERS = {"ilgi": Order.RELEVANCE, "yeni": Order.NEWEST}


@dataclass
class Asked:
    """text: the query as typed. values: the other parts of the address that could be read, by name. problems:
    sentences on those that couldn't."""

    text: str = ""
    values: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    start: date | None = None
    end: date | None = None
    page: int = 1

    @property
    def order(self) -> Order:
        return ORDERS[self.values.get("sira", "ilgi")]

    @property
    def filters(self) -> Filters:
        kind, language = self.values.get("tur"), self.values.get("dil")
        return Filters(
            kinds=frozenset({KINDS[kind]} if kind else ()),
            languages=frozenset({language} if language else ()),
            offered_from=midnight(self.start) if self.start else None,
            offered_before=midnight(self.end + timedelta(days=1)) if self.end else None,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether something beside the words narrows the results."""
        return bool(self.values.keys() - {"sira"})

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_SIZE

    def address(self, **changes: str) -> str:
        """The query string of this search with `changes`; an empty value leaves a part out."""
        parts = {"q": self.text, **self.values, **changes}
        return urlencode({name: value for name, value in parts.items() if value}, errors="replace")


def read(address: QueryDict) -> Asked:
    """What the query string asks for."""
    asked = Asked(text=clean_line(address.get("q", "")))
    _read_choice(asked, address, "tur", KINDS, gettext("“%(value)s” bir tür değil; türe göre süzülmedi."))
    languages = dict(vocabulary.languages())
    _read_choice(
        asked, address, "dil", languages, gettext("“%(value)s” bir dil kodu değil; dile göre süzülmedi.")
    )
    _read_choice(
        asked, address, "sira", ORDERS, gettext("“%(value)s” bir sıralama değil; ilgiye göre sıralandı.")
    )
    asked.start = _read_day(asked, address, "baslangic")
    asked.end = _read_day(asked, address, "bitis")
    if asked.start and asked.end and asked.start > asked.end:
        asked.problems.append(
            gettext("Başlangıç tarihi bitiş tarihinden sonra olduğu için tarihe göre süzülmedi.")
        )
        asked.start = asked.end = None
        del asked.values["baslangic"], asked.values["bitis"]
    _read_page(asked, address.get("sayfa", ""))
    return asked


def _read_choice(asked: Asked, address: QueryDict, name: str, choices, problem: str) -> None:
    value = address.get(name, "").strip()
    if value in choices:
        asked.values[name] = value
    elif value:
        asked.problems.append(problem % {"value": repeated(value)})


def _read_day(asked: Asked, address: QueryDict, name: str) -> date | None:
    value = address.get(name, "").strip()
    if not value:
        return None
    day = read_day(value)
    if day is not None:
        asked.values[name] = day.isoformat()
        return day
    asked.problems.append(
        gettext("“%(value)s” bir gün olarak okunamadı (örnek: 23.11.2026); o tarihe göre süzülmedi.")
        % {"value": repeated(value)}
    )
    return None


def _read_page(asked: Asked, value: str) -> None:
    if not value:
        return
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
    if number < 1:
        asked.problems.append(gettext("Sayfa numarası okunamadı; ilk sayfa gösteriliyor."))
    elif number > MAXIMUM_PAGE:
        asked.problems.append(
            gettext("En çok %(pages)d sayfa gösterilir; aramayı daraltın.") % {"pages": MAXIMUM_PAGE}
        )
    else:
        asked.page = number
