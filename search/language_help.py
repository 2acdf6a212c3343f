"""What the help page of the search tells of the query language: each sign with an example that can be tried."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Sign(NamedTuple):
    """example: a query, in Turkish, as readers type it. meaning: what it finds."""

    example: str
    meaning: str


class Part(NamedTuple):
    title: str
    signs: tuple[Sign, ...]


PARTS = (
    Part(
        _("Sözcükler"),
        (
            Sign(
                "deniz taşımacılığı",
                _("İki sözcük de geçer; ekler, büyük harf, Türkçe karakter ve kesme işareti fark etmez."),
            ),
            Sign('"Millet Meclisi"', _("Sözcükler tam böyle, yan yana geçer.")),
            Sign("taşı*", _("Bu harflerle başlayan sözcükler; yıldızdan önce en az üç harf gerekir.")),
            Sign(
                '"liman gemi"~5',
                _(
                    "Sözcükler tam böyle, aynı paragrafta, hangi sırayla olursa olsun, aralarında en çok beş sözcükle."
                ),
            ),
        ),
    ),
    Part(
        _("İşleçler"),
        (
            Sign("liman VE gemi", _("İkisi de geçer; VE yazılmasa da öyledir. İngilizcesi AND.")),
            Sign("liman VEYA gemi", _("En az biri geçer. İngilizcesi OR.")),
            Sign("enerji -petrol", _("İlki geçer, öteki geçmez. DEĞİL petrol ve NOT petrol de yazılabilir.")),
            Sign("enerji (güneş VEYA rüzgâr)", _("Ayraç içi önce okunur.")),
        ),
    ),
    Part(
        _("Alanlar"),
        (
            Sign("başlık:deniz", _("Başlığında geçenler.")),
            Sign("spot:deniz", _("Spotunda geçenler.")),
            Sign('kaynak:"Üç Deniz"', _("Bu yayın organından alınanlar.")),
            Sign("ülke:Almanya", _("Bu ülkenin basınından alınanlar; ülkenin kodu da olur: ülke:DE.")),
            Sign("dil:arapça", _("Bu dilde yazılmış olanlar; dilin kodu da olur: dil:ar.")),
            Sign("masa:avrupa", _("Adında bu sözcük geçen masanın haberleri.")),
            Sign("konu:ulaştırma", _("Bu konudaki haberler.")),
            Sign("tür:bülten", _("Haber, açıklama, konuşma, demeç ya da bülten.")),
            Sign("sayı:14", _("Bu sayıyı taşıyan bülten ya da açıklama.")),
            Sign(
                "tarih:2026-01..2026-11",
                _(
                    "Bu tarihlerde sunulanlar: gün (15.03.2026), ay (2026-03) ya da yıl (2026); uçlardan biri boş "
                    "kalabilir."
                ),
            ),
            Sign(
                "başlık:(deniz VEYA liman) -tür:bülten",
                _("Alanlar, işleçler ve ayraçlar birlikte kullanılır."),
            ),
        ),
    ),
)
