"""What both engines must do alike, against the real ones."""

from datetime import UTC, datetime, timedelta

import pytest

from bulletin.projections import Position
from search.engines.protocol import MAXIMUM_DEPTH, EngineUnavailable, Filters, Order
from search.query import Place
from search.query_language import parse
from tests.search.conftest import document, fill, position

pytestmark = pytest.mark.once

PUBLIC = frozenset({"public"})


def found(engine, text: str, *, keys=PUBLIC, **options) -> list[int]:
    """The items that `text` finds, in order."""
    return [
        hit.item
        for hit in engine.search(parse(text, languages=engine.languages()).node, keys=keys, **options).hits
    ]


# --- Words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "ışık",
        "isik",
        "IŞIK",
        "ISIK",
        "ışıklar",
        "IŞIKLARI",
        "ışığın",
        "şehir ışık",
        "ŞEHRİN IŞIKLARI",
        "sehrin isiklari",
    ],
)
def test_word_is_found_however_it_is_typed(search_engine, typed):
    fill(search_engine, document(1, "Şehrin ışıkları söndü"), document(2, "Deniz"))
    assert found(search_engine, typed) == [1]


@pytest.mark.parametrize("typed", ["Türkiye", "TURKIYE", "Türkiye'den", "turkiye’nin"])
def test_name_is_found_with_and_without_its_suffix(search_engine, typed):
    fill(search_engine, document(1, "Gündem", "Türkiye'nin ihracatı arttı."), document(2, "Gündem", "Fransa"))
    assert found(search_engine, typed) == [1]


def test_every_word_must_be_there(search_engine):
    fill(search_engine, document(1, "Enerji anlaşması"), document(2, "Enerji"), document(3, "Anlaşma"))
    assert found(search_engine, "enerji anlaşma") == [1]


def test_words_may_stand_in_title_summary_text_and_imprint(search_engine):
    fill(
        search_engine,
        document(1, "Enerji", "Anlaşma imzalandı.", summary="Boru hattı", imprint=("Örnek Gazetesi",)),
    )
    assert found(search_engine, "enerji imzaladı boru gazetesi") == [1]


def test_title_weighs_more_than_text(search_engine):
    fill(
        search_engine,
        document(1, "Gündemdeki konular bugün", "Uzun bir metin içinde deprem geçer."),
        document(2, "Deprem haberi gelen yer", "Uzun bir metin içinde başka şeyler geçer."),
        document(3, "Başka bir başlık daha", "Uzun bir metin içinde hiçbiri geçmez."),
    )
    assert found(search_engine, "deprem") == [2, 1]


def test_rare_word_weighs_more(search_engine):
    fill(
        search_engine,
        *(document(number, "Ekonomi", "Ekonomi haberi") for number in range(1, 9)),
        document(9, "Zirve", "Ekonomi ve güvenlik zirvesi Lizbon’da"),
    )
    scores = {
        text: search_engine.search(parse(text).node, keys=PUBLIC).hits[0].score
        for text in ("ekonomi", "Lizbon")
    }
    assert scores["Lizbon"] > scores["ekonomi"]


@pytest.mark.parametrize(
    ("language", "text", "typed"),
    [
        ("en", "The elections were held", "election"),
        ("de", "Die Häuser der Stadt", "haus"),
        ("ru", "Президентские выборы", "выбор"),
        ("fr", "Les réformes", "reforme"),
        ("az", "Prezident Əliyev", "eliyev"),
        ("ar", "المَدِينَة القديمة", "المدينة"),
        ("zh", "北京大学今天", "北京大学"),
    ],
)
def test_other_languages_are_found_beside_turkish(search_engine, language, text, typed):
    fill(search_engine, document(1, text, language=language), document(2, "Türkçe bir haber"))
    assert found(search_engine, typed) == [1]


def test_characters_of_chinese_must_stand_together(search_engine):
    fill(search_engine, document(1, "京北", language="zh"), document(2, "北京", language="zh"))
    assert found(search_engine, "北京") == [2]


@pytest.mark.parametrize(
    "typed", ["COVID-19", "covid19", "covid 19", "F-16", "F16", "f16'lar", "e-posta", "eposta"]
)
def test_hyphenated_name_is_found_in_each_spelling(search_engine, typed):
    fill(
        search_engine,
        document(1, "COVID-19 ve F-16 üzerine e-posta"),
        document(2, "Başka sözcükler var: posta, 17"),
    )
    assert found(search_engine, typed) == [1]


@pytest.mark.parametrize(
    "typed", ["aa.com.tr", "www.aa.com.tr", "bilgi@iletisim.gov.tr", "19.05.1919", "12345", "12.345"]
)
def test_addresses_dates_and_numbers_are_found(search_engine, typed):
    fill(
        search_engine,
        document(1, "Kaynak www.aa.com.tr/gundem, bilgi@iletisim.gov.tr", "19.05.1919 günü 12.345 kişi"),
        document(2, "tr com aa gov iletisim bilgi", "1919 yılının 5. ayı, 12 ve 345"),
    )
    assert found(search_engine, typed) == [1]


# --- The query language --------------------------------------------------------------------------------------------


@pytest.fixture
def library(search_engine):
    """Five items that the language tells apart."""
    fill(
        search_engine,
        document(
            1, "Denizcilik anlaşması", "Ham petrol taşıyan gemiler limana girdi.", summary="Gemiler geldi"
        ),
        document(
            2,
            "Petrol fiyatı",
            "Petrol pahalı, ham madde de öyle.",
            named={Place.SOURCE: ("Üç Deniz",), Place.COUNTRY: ("DE", "Almanya", "Germany")},
        ),
        document(
            3,
            "Gölde balık",
            "Göl kıyısında deniz yok.",
            named={Place.DESK: ("Avrupa Masası", "Europe Desk"), Place.TOPIC: ("Enerji", "Energy", "Su")},
            first_offered_at=datetime(2025, 12, 31, 20, 59, tzinfo=UTC),
        ),
        document(4, "Bülten", named={Place.NUMBER: ("2026/14",), Place.KIND: ("bülten", "bulletin")}),
        document(
            5, "Die Häuser", "Der Hafen", language="de", named={Place.LANGUAGE: ("de", "Almanca", "German")}
        ),
    )
    return search_engine


@pytest.mark.parametrize(
    ("typed", "items"),
    [
        ("deniz* VEYA balık", {1, 3}),
        ("taşı*", {1}),
        ("petrol (gemi VEYA fiyat)", {1, 2}),
        ("petrol -gemi", {2}),
        ("DEĞİL petrol", {3, 4, 5}),
        ("gemi VEYA DEĞİL petrol", {1, 3, 4, 5}),
        ("DEĞİL (petrol VEYA göl)", {4, 5}),
        ("DEĞİL (ham fiyat)", {1, 3, 4, 5}),
        ('"ham petrol"', {1}),
        ('"ham petrol"~2', {1, 2}),
        ('"petrol ham"~1', {1, 2}),
        ('"petrol gemiler"~0', set()),
        ('"petrol gemiler"~1', {1}),
        ("başlık:petrol", {2}),
        ("başlık:göl*", {3}),
        ("başlık:haus", {5}),
        ("spot:gemi", {1}),
        ("spot:petrol", set()),
        ('kaynak:"üç deniz"', {2}),
        ("kaynak:UC", {2}),
        ("ülke:almanya", {2}),
        ("ülke:DE", {2}),
        ("country:germany", {2}),
        ("dil:almanca", {5}),
        ("masa:avrupa", {3}),
        ("masa:europe", {3}),
        ("konu:enerj*", {3}),
        ("konu:(su VE enerji)", {3}),
        ("sayı:2026/14", {4}),
        ("tür:bülten", {4}),
        ("-tür:bülten -dil:de göl", {3}),
        ("tarih:2025", {3}),
        ("tarih:2025-12..2025-12-31", {3}),
        ("tarih:2026-01-01 ham", {1, 2}),
        ("tarih:..2025 VEYA tür:bülten", {3, 4}),
        ("-tarih:2026", {3}),
    ],
)
def test_language_finds(library, typed, items):
    parsed = parse(typed, languages=["tr", "de"])
    assert parsed.notices == []
    hits = library.search(parsed.node, keys=PUBLIC).hits
    assert {hit.item for hit in hits} == items
    assert library.search(parsed.node, keys=frozenset({"agency:1"})).hits == ()


@pytest.mark.parametrize("typed", ["a.b*", "c++x*", "[abc*", "x\\yz*", "abc{9}*", "^abc*", "界界界*", "𐐷𐐷𐐷*"])
def test_prefix_of_signs_is_no_pattern(library, typed):
    library.search(parse(typed).node, keys=PUBLIC)


# --- Phrases and exclusion -----------------------------------------------------------------------------------------


def test_phrase_wants_its_words_side_by_side_and_as_they_are(search_engine):
    fill(
        search_engine,
        document(1, "Dışişleri Bakanı geldi"),
        document(2, "Bakanı dışişleri bekledi"),
        document(3, "Dışişleri bakanlığı"),
    )
    assert found(search_engine, '"DISISLERI BAKANI"') == [1]


def test_phrase_of_one_word_is_that_word_alone(search_engine):
    fill(search_engine, document(1, "kitap"), document(2, "kitaplar"))
    assert found(search_engine, '"kitap"') == [1]
    assert sorted(found(search_engine, "kitap")) == [1, 2]


def test_phrase_never_runs_from_one_paragraph_into_the_next(search_engine):
    fill(search_engine, document(1, "Kuzey", "Deniz", "ve kara"), document(2, "Kuzey Deniz ve kara"))
    assert found(search_engine, '"kuzey deniz"') == [2]
    assert found(search_engine, '"deniz ve kara"') == [2]


def test_excluded_word_keeps_an_item_out(search_engine):
    fill(search_engine, document(1, "Enerji ve petrol"), document(2, "Enerji ve rüzgâr"))
    assert found(search_engine, "enerji -petrol") == [2]
    assert found(search_engine, "enerji -petrolün") == [2]


def test_exclusion_does_not_reach_neighbours_of_five_letters(search_engine):
    fill(search_engine, document(1, "Enerji: ulusal plan"), document(2, "Enerji: ulusalcı görüş"))
    assert 2 in found(search_engine, 'enerji -"ulusal"')


def test_only_exclusion_gives_everything_else(search_engine):
    fill(search_engine, document(1, "Petrol"), document(2, "Rüzgâr"))
    assert found(search_engine, "-petrol") == [2]


def test_no_query_gives_everything(search_engine):
    fill(search_engine, document(1), document(2))
    results = search_engine.search(None, keys=PUBLIC)
    assert results.total == 2


# --- Entitlement and filters -----------------------------------------------------------------------------------------


def test_hit_that_the_reader_may_not_read_is_neither_shown_nor_counted(search_engine):
    fill(
        search_engine,
        document(1, "Enerji"),
        document(2, "Enerji", keys=frozenset({"subscriber", "subscriber:desk:3"})),
        document(3, "Enerji", keys=frozenset({"agency:7"})),
    )
    node = parse("enerji").node
    for keys, items in (
        (PUBLIC, {1}),
        (PUBLIC | {"subscriber:desk:3"}, {1, 2}),
        (PUBLIC | {"agency:7"}, {1, 3}),
        (PUBLIC | {"agency:70"}, {1}),
        (frozenset({"agency:8"}), set()),
        (frozenset(), set()),
    ):
        results = search_engine.search(node, keys=keys)
        assert ({hit.item for hit in results.hits}, results.total) == (items, len(items))


def test_without_keys_there_is_nothing_even_without_a_query(search_engine):
    fill(search_engine, document(1))
    assert search_engine.search(None, keys=frozenset()).total == 0


def test_named_items_are_left_out(search_engine):
    fill(search_engine, document(1, "Enerji"), document(2, "Enerji"))
    results = search_engine.search(parse("enerji").node, keys=PUBLIC, without=frozenset({1}))
    assert ([hit.item for hit in results.hits], results.total) == ([2], 1)


@pytest.mark.parametrize(
    ("filters", "items"),
    [
        (Filters(kinds=frozenset({"statement"})), {2}),
        (Filters(kinds=frozenset({"statement", "news"})), {1, 2, 3}),
        (Filters(languages=frozenset({"en"})), {3}),
        (Filters(desks=frozenset({4})), {1}),
        (Filters(topics=frozenset({8})), {1, 3}),
        (Filters(outlets=frozenset({5})), {3}),
        (Filters(countries=frozenset({"DE"})), {3}),
        (Filters(topics=frozenset({8}), desks=frozenset({4})), {1}),
        (Filters(offered_from=datetime(1920, 4, 23, tzinfo=UTC)), {1, 2, 3}),
        (Filters(offered_before=datetime(1920, 4, 23, tzinfo=UTC)), set()),
        (Filters(offered_before=datetime(1920, 4, 24, tzinfo=UTC)), {2}),
        (
            Filters(
                offered_from=datetime(2026, 1, 1, 0, 1, tzinfo=UTC),
                offered_before=datetime(2026, 1, 1, 0, 3, tzinfo=UTC),
            ),
            {1},
        ),
    ],
)
def test_filters(search_engine, filters, items):
    fill(
        search_engine,
        document(1, desk=4, topics=(7, 8)),
        document(2, kind="statement", first_offered_at=datetime(1920, 4, 23, tzinfo=UTC)),
        document(3, language="en", topics=(8,), outlet=5, source_country="DE"),
    )
    results = search_engine.search(None, keys=PUBLIC, filters=filters)
    assert ({hit.item for hit in results.hits}, results.total) == (items, len(items))


# --- Order and pages -------------------------------------------------------------------------------------------------


def test_newest_first_goes_by_the_first_offer_and_then_the_item(search_engine):
    moment = datetime(2026, 2, 1, tzinfo=UTC)
    fill(
        search_engine,
        document(1, first_offered_at=moment),
        document(2, first_offered_at=datetime(1906, 1, 1, tzinfo=UTC)),
        document(3, first_offered_at=moment),
        document(4, first_offered_at=moment + timedelta(seconds=1)),
    )
    results = search_engine.search(None, keys=PUBLIC, order=Order.NEWEST)
    assert [hit.item for hit in results.hits] == [4, 3, 1, 2]


@pytest.mark.parametrize("order", list(Order))
def test_pages_neither_repeat_nor_leave_out(search_engine, order):
    fill(
        search_engine, *(document(number, f"Enerji {'ve ' * (number % 7)}haberi") for number in range(1, 46))
    )
    node = parse("enerji").node
    pages = [
        search_engine.search(node, keys=PUBLIC, order=order, offset=offset, limit=20)
        for offset in (0, 20, 40, 60)
    ]
    assert [len(page.hits) for page in pages] == [20, 20, 5, 0]
    assert {page.total for page in pages} == {45}
    assert sorted(hit.item for page in pages for hit in page.hits) == list(range(1, 46))


def test_nothing_beyond_the_depth_is_given(search_engine):
    fill(search_engine, document(1))
    assert search_engine.search(None, keys=PUBLIC, offset=MAXIMUM_DEPTH - 20).hits == ()
    with pytest.raises(ValueError, match="10000"):
        search_engine.search(None, keys=PUBLIC, offset=MAXIMUM_DEPTH)


# --- Writing ----------------------------------------------------------------------------------------------------


def test_new_index_is_empty_at_the_beginning_of_the_log(search_engine):
    assert search_engine.position() == Position()
    assert search_engine.search(parse("enerji").node, keys=PUBLIC).total == 0
    assert search_engine.languages() == frozenset()
    assert list(search_engine.dump()) == []


def test_position_moves_with_the_documents(search_engine):
    fill(search_engine, document(1), document(4))
    assert search_engine.position() == position(4)


def test_position_moves_without_documents(search_engine):
    search_engine.write([], position(9), after=0)
    assert search_engine.position() == position(9)


def test_newer_publication_takes_the_place_of_the_older(search_engine):
    fill(search_engine, document(1, "Eski başlık"))
    fill(search_engine, document(1, "Yeni başlık", sequence=2))
    assert found(search_engine, "eski") == []
    assert found(search_engine, "yeni") == [1]
    assert search_engine.search(None, keys=PUBLIC).total == 1


def test_withdrawn_item_is_gone(search_engine):
    fill(search_engine, document(1, "Enerji"), document(2, "Enerji"))
    fill(search_engine, document(1, "Enerji", sequence=3, offered=False, keys=frozenset()))
    assert found(search_engine, "enerji") == [2]
    assert [line for line in search_engine.dump() if '"item":1,' in line] == []


def test_withdrawn_item_can_be_offered_again(search_engine):
    fill(search_engine, document(1, "Enerji"))
    fill(search_engine, document(1, sequence=2, offered=False, keys=frozenset()))
    fill(search_engine, document(1, "Enerji", sequence=3))
    assert found(search_engine, "enerji") == [1]


def test_changed_audience_closes_an_item(search_engine):
    fill(search_engine, document(1, "Enerji"))
    fill(search_engine, document(1, "Enerji", sequence=2, keys=frozenset({"agency:7"})))
    assert found(search_engine, "enerji") == []
    assert found(search_engine, "enerji", keys=frozenset({"agency:7"})) == [1]


def test_writing_again_changes_nothing(search_engine):
    fill(search_engine, document(1, "Enerji"))
    fill(search_engine, document(1, "Enerji", sequence=2, offered=False, keys=frozenset()))
    search_engine.write([document(1, "Enerji")], position(1), after=0)
    assert found(search_engine, "enerji") == []
    assert search_engine.position() == position(2)


def test_part_already_written_is_passed_over(search_engine):
    fill(search_engine, document(1, "Enerji"), document(2, "Petrol"))
    search_engine.write([document(2, "Eski"), document(3, "Kömür")], position(3), after=1)
    assert found(search_engine, "eski") == []
    assert found(search_engine, "kömür") == [3]
    assert search_engine.position() == position(3)


def test_gap_in_the_log_is_refused(search_engine):
    fill(search_engine, document(1))
    with pytest.raises(EngineUnavailable):
        search_engine.write([document(9)], position(9), after=8)
    assert search_engine.position() == position(1)


def test_reset_empties(search_engine):
    fill(search_engine, document(1, "Enerji"))
    search_engine.reset()
    assert search_engine.position() == Position()
    assert search_engine.search(None, keys=PUBLIC).total == 0
    fill(search_engine, document(1, "Petrol"))
    assert found(search_engine, "petrol") == [1]


def test_languages_are_those_of_items_on_offer(search_engine):
    fill(search_engine, document(1, language="tr"), document(2, language="fa"))
    assert search_engine.languages() == {"tr", "fa"}


def test_dump_is_the_same_however_the_index_came_about(search_engine):
    documents = [document(number, f"Haber {number}", "Metin") for number in range(1, 8)]
    fill(search_engine, *documents)
    fill(search_engine, document(3, "Düzeltilmiş", sequence=8))
    fill(search_engine, document(5, sequence=9, offered=False, keys=frozenset()))
    grown = list(search_engine.dump())
    search_engine.reset()
    newest = {each.item: each for each in [*documents, document(3, "Düzeltilmiş", sequence=8)]}
    newest[5] = document(5, sequence=9, offered=False, keys=frozenset())
    search_engine.write(list(newest.values()), position(9), after=0)
    assert list(search_engine.dump()) == grown
    assert [line.partition('"item":')[2].partition(",")[0] for line in grown] == [
        "1",
        "2",
        "3",
        "4",
        "6",
        "7",
    ]


def test_long_and_strange_texts_are_held(search_engine):
    fill(
        search_engine,
        document(1, "Uzun", "x" * 100_000, "kelime " * 20_000, "https://ornek.tr/" + "a/" * 5_000),
        document(2, "\x00\u200f\u202e Gizli", "\x07" * 100, "", "…"),
        document(3, "", language=""),
        document(2**40, "Büyük numara", sequence=4),
    )
    assert found(search_engine, "kelime") == [1]
    assert found(search_engine, "gizli") == [2]
    assert found(search_engine, "büyük numara") == [2**40]


@pytest.mark.parametrize(
    "typed",
    [
        " ".join(f"söz{number}" for number in range(10_000)),
        "a " * 5_000,
        '"' * 1_001,
        '"' + "kelime " * 200 + '"',
        "-a -b -c",
        '--- -"" "-"',
        "*:* OR text_exact:[a TO z] {!lucene} ~ ^ \\ / ( ) && ||",
        "\x00\ud800\udfff\ufffe",
        "9" * 1_000,
        "a-b-c-d-e-f-g-h-i-j-k " * 40,
        "http://a.b/" + "c/" * 480,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_query_breaks_the_engine(search_engine, typed):
    fill(
        search_engine,
        *(document(number, language=code) for number, code in enumerate(["tr", "en", "de", "ru"], 1)),
    )
    node = parse(typed, languages=search_engine.languages()).node
    assert search_engine.search(node, keys=PUBLIC).total >= 0
