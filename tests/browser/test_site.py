"""The site in a real browser: at three widths, light and dark, on paper, by keyboard, and without script."""

import re

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from bulletin.models import CurrentItem
from home.site_tree import ensure_site_tree
from tests import factories
from tests.conftest import copied_database

from .conftest import pages_of, running_site
from .well_made import assert_fits, assert_well_made

pytestmark = [pytest.mark.browser, pytest.mark.once]

#: What a page of 1280 px has at a zoom of 400 % (WCAG 2.2, 1.4.10).
NARROWEST = 320
LONG_WORD = "Muvaffakiyetsizleştiricileştiriveremeyebileceklerimizdenmişsinizcesine" * 2


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    with override_settings(VAR=folder, MEDIA_ROOT=folder / "media"):
        yield folder


@pytest.fixture(autouse=True)
def own_folder(site_folder):
    """These tests look at one site and change little of it; all share its folder, database and server."""
    return site_folder


@pytest.fixture(scope="module")
def server(chromium, site_folder, django_db_blocker):
    with django_db_blocker.unblock(), copied_database(site_folder), running_site() as running:
        yield running


@pytest.fixture
def open_page(server, chromium):
    """`open_page("/haberler/", width=360)`: a page of the site. Errors of scripts and policy fail the test."""
    with pages_of(server, chromium) as enter:
        yield lambda address, width=1440, **options: enter(
            address, viewport={"width": width, "height": 800}, **options
        )


@pytest.fixture(scope="module")
def world(server) -> dict[str, str]:
    """A site with something of everything; the address of each page."""
    ensure_site_tree()
    desk = factories.desk(name="İç Basın Masası", name_en="Domestic Press Desk")
    outlet = factories.outlet(name="Alpenblick Kurier", country="AT", language="de")
    news = factories.published_news(
        title="Avusturya’da buzul ölçümleri için dağcılardan yardım alınıyor",
        desk=desk,
        outlet=outlet,
        source_country="AT",
        source_language="de",
        original_title="900 Wanderer, 41 Gletscher",
        original_url="https://alpenblick.example/900",
        urgency="flash",
        image=factories.image(width=900, height=600),
        image_alt="Bir buzul",
        body="<h2>Ara başlık</h2><p>Metin.</p><ul><li>Yıl: 2026<ol><li>Buzul: 41</li></ol></li></ul>",
    )
    corrected = factories.corrected(
        factories.published_news(title="Düzeltilecek haber", desk=desk),
        title="Düzeltilen haber",
        note="Sayı.",
    )
    arabic = factories.published_news(
        title="مرسين تستضيف ملتقى لوجستيات", language="ar", body="<p>تستضيف مدينة مرسين ملتقى.</p>", desk=desk
    )
    long_word = factories.published_news(title=LONG_WORD, body=f"<p>{LONG_WORD}</p>", desk=desk)
    for _number in range(8):
        factories.published_news(desk=desk, summary="Spot cümlesi, bir satırdan uzun sürebilecek kadar uzun.")
    statement = factories.published_statement(speaker="Ayşe Yılmaz", place="Ankara")
    bulletin = factories.published_bulletin(news, corrected, arabic)
    items = {
        "news": news,
        "corrected": corrected,
        "arabic": arabic,
        "long word": long_word,
        "statement": statement,
        "bulletin": bulletin,
    }
    addresses = {name: CurrentItem.objects.get(pk=item.pk).url_path for name, item in items.items()}
    return {
        "home": "/",
        "news list": "/haberler/",
        "filtered": "/haberler/?ulke=AT&baslangic=32.13.2026",
        "empty": "/haberler/?ulke=JP",
        "statements": "/aciklamalar/",
        "plan": "/plan/",
        "sign-in": "/giris/",
        "lost password": "/parola/sifirla/",
        "spent password link": "/parola/sifirla/MQ/abc-def/",
        "password link sent": "/parola/sifirla/gonderildi/",
        "password changed": "/parola/sifirla/tamam/",
        "invitation": "/davet/",
        "search": "/ara/",
        "results": f"/ara/?q={LONG_WORD[:90]}",
        "many results": "/ara/?q=metin",
        "no results": "/ara/?q=bulunmaz",
        "search language": "/ara/yardim/",
        "feeds": "/beslemeler/",
        "not found": "/yok/",
        "english": "/en/haberler/",
        "older edition": f"{addresses['corrected']}surum/1/",
        "full bulletin": f"{addresses['bulletin']}?metin=tam",
        **addresses,
    }


def test_every_page_keeps_the_rules_and_the_screen(open_page, world):
    page = open_page("/", bypass_csp=True)
    for name, address in world.items():
        assert page.goto(address).status == (404 if name == "not found" else 200), address
        assert_well_made(page)
        assert_fits(page, NARROWEST)


def test_figures_keep_the_rules_and_the_screen(open_page, world):
    strategist = factories.person(role="strategist")
    page = open_page("/", person=strategist, bypass_csp=True)
    for address in ("/gostergeler/h2-1/", "/gostergeler/h2-1/?yil=2026", "/gostergeler/h2-1/?yil=1"):
        page.goto(address)
        assert_well_made(page)


def test_wide_table_moves_under_its_first_column(open_page, world):
    page = open_page("/gostergeler/h2-1/", width=360, person=factories.person(role="strategist"))
    moved = page.evaluate(
        """() => {
            const region = document.querySelector(".table-scroll"), first = region.querySelector("tbody th");
            region.scrollLeft = 120;
            return [region.scrollLeft, first.getBoundingClientRect().left - region.getBoundingClientRect().left];
        }"""
    )
    assert moved[0] == 120
    assert abs(moved[1]) < 1


def sign_in(page, person):
    page.get_by_label("E-posta adresi").fill(person.email)
    page.get_by_label("Parola").fill(factories.PASSWORD)
    page.get_by_role("button", name="Giriş yap").click()
    expect(page.get_by_role("button", name="Çıkış")).to_be_visible()


def test_navigation_stands_still_from_page_to_page(open_page, world):
    page = open_page("/")
    places = set()
    for address in ("/", "/haberler/", "/aciklamalar/", "/bultenler/", "/plan/", "/ara/"):
        page.goto(address)
        places.add(
            page.evaluate(
                "[...document.querySelectorAll('.navigation a')].map(a => a.getBoundingClientRect().left).join()"
            )
        )
    assert len(places) == 1


@pytest.mark.parametrize("width", [768, 1440])
def test_search_is_offered_once(open_page, world, width):
    page = open_page("/", width=width)
    expect(page.get_by_role("searchbox")).to_have_count(1)
    expect(page.locator(".navigation").get_by_role("link", name="Ara")).not_to_be_visible()
    page.goto("/ara/?q=metin")
    expect(page.get_by_role("searchbox")).to_have_count(1)


@pytest.mark.parametrize("width", [NARROWEST, 360, 768, 1440])
def test_date_and_source_of_a_result_stand_in_at_most_two_lines(open_page, world, width):
    page = open_page(world["many results"], width=width)
    rows = page.evaluate(
        """() => [...document.querySelectorAll(".row")].map(row =>
            row.querySelector(".row-text").getBoundingClientRect().top - row.getBoundingClientRect().top)"""
    )
    assert len(rows) > 5
    assert max(rows) < 65


def test_filter_stands_open_where_there_is_room_and_folded_where_there_is_none(open_page, world):
    expect(open_page("/haberler/", width=1440).locator("#filter-desk")).to_be_visible()
    phone = open_page("/haberler/", width=360)
    expect(phone.locator("#filter-desk")).not_to_be_visible()
    phone.get_by_text("Süz", exact=True).first.click()
    expect(phone.locator("#filter-desk")).to_be_visible()


def test_filter_works_without_script(open_page, world):
    page = open_page("/haberler/", java_script_enabled=False)
    page.select_option("#filter-country", "AT")
    page.click(".filter-form button")
    expect(page.locator(".row-headline")).to_have_count(1)
    expect(page.locator("[data-theme-toggle]")).not_to_be_visible()


def test_day_stays_in_sight_while_its_items_are_read(open_page, world):
    page = open_page("/haberler/")
    page.mouse.wheel(0, 700)
    page.wait_for_function("scrollY > 400")
    assert page.evaluate("document.querySelector('.day').getBoundingClientRect().top") == 0


def test_theme_follows_the_device_until_the_reader_chooses(open_page, world):
    page = open_page("/", color_scheme="dark")
    assert background(page) == "rgb(22, 23, 21)"
    page.get_by_role("button", name="Açık görünüm").click()
    assert background(page) == "rgb(251, 250, 246)"
    page.goto("/haberler/")
    assert background(page) == "rgb(251, 250, 246)"


def test_chosen_theme_is_there_before_anything_is_drawn(open_page, world):
    page = open_page("/", color_scheme="light")
    page.get_by_role("button", name="Koyu görünüm").click()
    page.add_init_script(
        """new MutationObserver(() => {
            const root = document.documentElement;
            if (root?.dataset.theme && !("bodyThen" in window)) window.bodyThen = document.body !== null;
        }).observe(document, {attributes: true, subtree: true, childList: true});"""
    )
    page.goto("/haberler/")
    assert page.evaluate("window.bodyThen") is False
    assert background(page) == "rgb(22, 23, 21)"


def background(page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def test_stable_address_is_copied(open_page, world, server):
    page = open_page(world["news"], permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Adresi kopyala").click()
    expect(page.get_by_role("button", name="Kopyalandı")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == server.url + world["news"]


def test_foreign_paragraph_in_a_turkish_text_runs_from_its_own_side(open_page):
    item = factories.published_news(body="<p>Metin.</p><p>قال (NATO) إن.</p>")
    page = open_page(CurrentItem.objects.get(pk=item.pk).url_path)
    sides = page.locator(".prose p").evaluate_all(
        """paragraphs => paragraphs.map(paragraph => {
            const words = document.createRange();
            words.selectNodeContents(paragraph);
            const [line, box] = [words.getBoundingClientRect(), paragraph.getBoundingClientRect()];
            return line.left - box.left < 1 ? "left" : box.right - line.right < 1 ? "right" : "neither";
        })"""
    )
    assert sides == ["left", "right"]


def test_signing_in_on_a_closed_page_leads_back_to_it(open_page, world):
    reader = factories.person(agency=factories.agency())
    closed = factories.published_news(title="Kapalı haber", audience=["subscriber"])
    page = open_page(CurrentItem.objects.get(pk=closed.pk).url_path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sayfa bulunamadı")
    page.get_by_role("link", name="Kurumunuzun hesabıyla giriş yapın").click()
    sign_in(page, reader)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kapalı haber")
    page.get_by_role("button", name="Çıkış").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Çıkış yapıldı")


def test_keyboard_skips_to_the_content_and_walks_the_headlines(open_page, world):
    page = open_page("/haberler/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="İçeriğe geç")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    headlines = page.locator(".row-headline a")
    headlines.first.focus()
    page.keyboard.press("j")
    expect(headlines.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(headlines.first).to_be_focused()


def test_paper_gets_the_whole_bulletin_and_nothing_to_click(open_page, world):
    page = open_page(world["bulletin"])
    expect(page.locator(".entry-body").first).not_to_be_visible()
    page.emulate_media(media="print")
    for body in page.locator(".entry-body").all():
        expect(body).to_be_visible()
    for name in (".navigation", ".service", ".masthead search", ".footer", ".actions"):
        expect(page.locator(name)).not_to_be_visible()
    expect(page.locator(".imprint .address")).to_be_visible()


def test_printed_list_begins_on_its_first_page(open_page, world):
    for _number in range(30):
        factories.published_news(summary="Spot cümlesi, bir satırdan uzun sürebilecek kadar uzun.")
    page = open_page("/haberler/", bypass_csp=True)
    pages = printed_pages(page)
    page.add_style_tag(content="@media print { * { break-after: auto !important; } }")
    assert pages == printed_pages(page) > 1


def printed_pages(page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4")))


def test_dark_theme_is_printed_on_white(open_page, world):
    page = open_page(world["news"], color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert background(page) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.prose')).color") == "rgb(0, 0, 0)"


def test_arabic_text_begins_at_the_right(open_page, world):
    page = open_page(world["arabic"])
    edges = page.evaluate(
        """() => {
            const prose = document.querySelector(".prose"), range = document.createRange();
            range.selectNodeContents(prose.querySelector("p"));
            return [prose.getBoundingClientRect().right, range.getBoundingClientRect().right];
        }"""
    )
    assert abs(edges[0] - edges[1]) < 2


def test_capitals_are_turkish_in_turkish_and_english_in_english(open_page, world):
    assert open_page(world["news"]).locator(".kicker").inner_text() == "İÇ BASIN MASASI"
    assert open_page("/en" + world["news"]).locator(".kicker").inner_text() == "DOMESTIC PRESS DESK"


def test_image_is_drawn_and_described(open_page, world):
    page = open_page(world["news"])
    picture = page.get_by_role("img", name="Bir buzul")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")


def test_language_switch_keeps_the_page_and_its_filter(open_page, world):
    page = open_page("/haberler/?dil=tr")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"/en/haberler/\?dil=tr$"))
    assert page.locator("html").get_attribute("lang") == "en"


def test_reading_measure_is_between_sixty_and_seventy_five_characters(open_page, world):
    page = open_page(world["news"])
    measure = page.evaluate(
        """() => {
            const prose = document.querySelector(".prose"), probe = document.createElement("span");
            probe.textContent = "Gönüllüler aynı noktadan çektiği fotoğraflarla buzulun sınırını izler.";
            prose.querySelector("p").replaceChildren(probe);
            probe.style.whiteSpace = "nowrap";
            return prose.clientWidth / (probe.getBoundingClientRect().width / probe.textContent.length);
        }"""
    )
    assert 60 <= measure <= 75
