"""Texts for the benches: Turkish words drawn by a seeded generator, so the same texts in each run.

Used by `bench.loading` and `bench.moments`.
"""

import random

#: Characters of an item's body, about.
LENGTH = 2000

WORDS = """
ekonomi tarım enerji ulaşım sağlık eğitim kültür turizm bilim iklim su liman demiryolu buğday ihracat ithalat üretim
yatırım bakan görüşme anlaşma heyet toplantı açıklama rapor bütçe bölge kent belediye üniversite araştırma teknoloji
uydu deprem orman yangın yağış kuraklık hasat fiyat enflasyon faiz borsa sanayi ihale proje köprü tünel havalimanı sefer
yolcu hastane aşı öğrenci öğretmen okul müze sergi festival tiyatro spor takım maç şampiyona rekor sınır gümrük ticaret
değerlendirildi bildirildi duyuruldu imzalandı başladı sürüyor tamamlandı artırıldı azaldı yükseldi geriledi beklenen
yeni önemli ortak ulusal uluslararası bölgesel yıllık aylık büyük küçük uzun kısa ilk son ikinci üçüncü yüzde milyon
""".split()  # noqa: SIM905


def sentence(chance: random.Random, words: int) -> str:
    """That many words, the first with a capital."""
    text = " ".join(chance.choices(WORDS, k=words))
    return text[0].upper() + text[1:]


def body(chance: random.Random) -> str:
    """Paragraphs of HTML, of LENGTH characters together."""
    return "".join(f"<p>{sentence(chance, 45)}.</p>" for _ in range(LENGTH // 350))


def texts(chance: random.Random) -> dict[str, str]:
    """Title, summary and body of one edition."""
    return {
        "title": sentence(chance, 7),
        "summary": sentence(chance, 15) + ".",
        "body": body(chance),
    }
