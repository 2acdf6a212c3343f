"""Months and years as periods of reporting, and reading them from an address.

A period is a half-open interval of local midnights in Istanbul. The log keeps the date in Istanbul beside the moment,
so a period is asked for by dates: from its first day up to, and without, the day after its last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext

from bulletin.sanitising import repeated


class PeriodRefused(ValueError):
    """What was asked for is no period there are figures for; the message says why, in the person's language."""


def day_of_year_before(day: date) -> date | None:
    """The same day of the year before; None for a 29 February, which has none."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return None


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month. number: 1 to 12."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """The first day of the next month."""
        return self.next().first

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.end - self.first).days)]

    @property
    def label(self) -> str:
        """`Kasım 2026`, `November 2026`."""
        return date_format(self.first, "F Y")

    @property
    def query(self) -> str:
        """What names it in an address."""
        return f"yil={self.year}&ay={self.number}"

    def next(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def previous(self) -> "Month":
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    def year_before(self) -> "Month":
        return Month(self.year - 1, self.number)


@dataclass(frozen=True)
class Year:
    """A calendar year."""

    year: int

    @property
    def months(self) -> list[Month]:
        return [Month(self.year, number) for number in range(1, 13)]

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def end(self) -> date:
        return date(self.year + 1, 1, 1)

    @property
    def label(self) -> str:
        return str(self.year)

    @property
    def query(self) -> str:
        return f"yil={self.year}"


def asked_period(asked: Mapping[str, str], *, earliest: Month, present: Month) -> Month | Year:
    """The period that an address names: `yil=2026&ay=11` a month, `yil=2026` a year, nothing the present month.

    Raises PeriodRefused for what can't be read, and for a period before `earliest` or after `present`.
    """
    year_text, month_text = asked.get("yil", "").strip(), asked.get("ay", "").strip()
    if not year_text and not month_text:
        return present
    year = _number(year_text, 2, 9998)
    if year is None:
        raise PeriodRefused(
            gettext("“%(value)s” bir yıl olarak okunamadı. Yılı dört rakamla yazın (örnek: 2026).")
            % {"value": repeated(year_text)}
        )
    if not month_text:
        if not earliest.year <= year <= present.year:
            raise PeriodRefused(_out_of_range(str(year), earliest, present))
        return Year(year)
    number = _number(month_text, 1, 12)
    if number is None:
        raise PeriodRefused(
            gettext("“%(value)s” bir ay olarak okunamadı. Ayı 1 ile 12 arasında bir sayıyla yazın.")
            % {"value": repeated(month_text)}
        )
    month = Month(year, number)
    if not earliest <= month <= present:
        raise PeriodRefused(_out_of_range(month.label, earliest, present))
    return month


def _out_of_range(period: str, earliest: Month, present: Month) -> str:
    return gettext(
        "%(period)s için gösterge yok: ilk yayım %(earliest)s, içinde bulunulan ay %(present)s."
    ) % {
        "period": period,
        "earliest": earliest.label,
        "present": present.label,
    }


def _number(text: str, least: int, most: int) -> int | None:
    """The whole number that `text` is, if it lies between `least` and `most`."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    number = int(text)
    return number if least <= number <= most else None
