"""The newsroom in a real browser: what is typed is counted as the log will count it, and saved while it is typed."""

import json
import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from bulletin.counting import count_item
from bulletin.models import Bulletin, Item, NewsItem, Publication
from tests import factories
from tests.newsroom.pages import url

from .conftest import pages_of

pytestmark = pytest.mark.browser


#: With what a browser is apt to count otherwise: composed letters, a surrogate pair, a soft hyphen, a joiner.
TITLE = "İstanbul’da “ıspanak” 🌾 hasadı"
SUMMARY = "Yağışlar bol, üretici umutlu."
PARAGRAPHS = ["Şile\u00adde hasat başladı.", "Çağrı merkezi: 👩\u200d🌾  iki  boşluk ve é."]

#: Wagtail begins to watch a form for what is to be saved two seconds after it was opened; the page then bears a mark.
WATCHING = """document.addEventListener("w-unsaved:watch-edits", () => {
    document.documentElement.dataset.watching = "yes";
});"""


@pytest.fixture
def page_of(server, chromium):
    """Opens the admin as a person; fails the test where a page breaks its own policy or its own script."""
    with pages_of(server, chromium) as enter:

        def page_of(person):
            page = enter(person=person, reduced_motion="reduce")
            page.add_init_script(WATCHING)
            return page

        yield page_of


def figures(page) -> tuple[int, int]:
    """What the panel shows: with spaces, without."""
    return tuple(
        int(re.sub(r"\D", "", page.locator(f"[data-{name}]").inner_text()))
        for name in ("characters", "characters-without-spaces")
    )


def wait_for_characters(page, characters: int) -> None:
    expect(page.locator(f'[data-character-count][data-counted="{characters}"]')).to_be_visible(timeout=15_000)


def open_form(page, address: str) -> None:
    page.goto(address)
    expect(page.locator("html[data-watching]")).to_have_count(1, timeout=15_000)


def type_body(page, paragraphs: list[str]) -> None:
    area = page.locator(".public-DraftEditor-content").first
    area.click()
    for place, paragraph in enumerate(paragraphs):
        if place:
            page.keyboard.press("Enter")
        page.keyboard.insert_text(paragraph)


def saved_item(page) -> None:
    """Waits until autosave has put the new item at an address of its own."""
    page.wait_for_url(re.compile(r"/edit/\d+/"), timeout=15_000)


def test_figure_shown_while_typing_is_the_one_in_the_log(page_of):
    editor, chief_editor = factories.person(role="editor"), factories.person(role="chief_editor")
    desk = factories.desk()
    writing = page_of(editor)
    open_form(writing, url("add", NewsItem))
    writing.locator("[name=desk]").select_option(str(desk.pk))
    writing.locator("[name=title]").fill(TITLE)
    writing.locator("[name=summary]").fill(SUMMARY)
    type_body(writing, PARAGRAPHS)
    expected = count_item(TITLE, SUMMARY, "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS))
    wait_for_characters(writing, expected.characters)
    shown = figures(writing)
    saved_item(writing)
    writing.get_by_role("button", name="Onaya gönder", exact=True).click()
    writing.wait_for_url(re.compile(r"/haberler/$"))

    item = NewsItem.objects.get()
    approving = page_of(chief_editor)
    approving.goto(url("edit", item))
    approving.get_by_role("button", name="Onayla ve yayımla", exact=True).click()
    approving.wait_for_url(re.compile(r"/haberler/$"))
    row = Publication.objects.get()
    assert (row.characters, row.characters_without_spaces) == shown
    assert row.actor == chief_editor.uuid


#: As a word processor copies it: a caption, a header row, cells that mix paragraphs and bare words, a table within a
#: table, words right beside one.
TABLE = """<p>Önce</p><table><caption>Üretim</caption>
<tr><th>İl</th><th>Ton</th></tr>
<tr><td>Konya</td><td><p>120</p><p>(geçici)</p></td></tr>
<tr><td><p>Bolu</p>75</td><td>340<p>kesin</p></td></tr>
<tr><td></td><td>iki<table><tr><td></td></tr></table>üç</td></tr>
<tr><td></td><td><table><tr><td>Ankara</td><td><b>80</b></td></tr></table></td></tr></table>sonra<p>Son</p>"""


def test_cells_of_a_pasted_table_are_paragraphs(page_of):
    page = page_of(factories.person(role="editor"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_form(page, url("add", NewsItem))
    page.evaluate(
        """html => navigator.clipboard.write(
            [new ClipboardItem({"text/html": new Blob([html], {type: "text/html"})})])""",
        TABLE,
    )
    page.locator(".public-DraftEditor-content").first.click()
    page.keyboard.press("Control+V")
    # The editing area writes its field a moment later.
    expect(page.locator("[name=body]")).to_have_value(re.compile('Son"'))
    blocks = json.loads(page.locator("[name=body]").input_value())["blocks"]
    texts = [block["text"] for block in blocks if block["text"]]
    assert texts == [
        *("Önce", "Üretim", "İl", "Ton", "Konya", "120", "(geçici)", "Bolu", "75", "340", "kesin"),
        *("iki", "üç", "Ankara", "80", "sonra", "Son"),
    ]
    assert [style["style"] for block in blocks for style in block["inlineStyleRanges"]] == ["BOLD"]


def test_headings_of_a_bulletin_are_counted_while_typed(page_of):
    editor = factories.person(role="editor")
    bulletin = factories.bulletin(
        factories.published_news(), factories.published_news(), section="Gündem", title="Bülten", body=""
    )
    page = page_of(editor)
    page.goto(url("edit", Bulletin.objects.get(pk=bulletin.pk)))
    wait_for_characters(page, len("Bülten" + "Gündem"))
    page.locator("[name=entries-1-section]").fill("Dış basın")
    wait_for_characters(page, len("Bülten" + "Gündem" + "Dış basın"))
    page.locator("[name=entries-1-section]").fill("Gündem")
    wait_for_characters(page, len("Bülten" + "Gündem"))


def test_item_is_chosen_for_a_bulletin_from_those_on_offer(page_of):
    editor = factories.person(role="editor")
    factories.news_item(title="Taslak haber")
    offered = factories.published_news(title="Yayındaki haber")
    bulletin = factories.bulletin(factories.published_news(title="Öteki haber"))
    page = page_of(editor)
    page.goto(url("edit", Bulletin.objects.get(pk=bulletin.pk)))
    page.get_by_role("button", name="İçerik ekle").click()
    page.get_by_role("button", name="İçerik seç").last.click()
    modal = page.locator(".modal-body")
    expect(modal.get_by_role("link", name="Yayındaki haber")).to_be_visible()
    expect(modal.get_by_text("Taslak haber")).to_have_count(0)
    modal.get_by_role("link", name="Yayındaki haber").click()
    expect(page.locator("[name=entries-1-item]")).to_have_value(str(offered.pk))


def test_figure_of_the_saved_draft_stands_without_javascript(server, chromium):
    editor = factories.person(role="editor")
    item = factories.news_item(title="Dört", summary="beş", body="<p>altı</p>")
    visitor = Client()
    visitor.force_login(editor)
    context = chromium.new_context(base_url=server.url, java_script_enabled=False)
    context.add_cookies(
        [{"name": "sessionid", "value": visitor.cookies["sessionid"].value, "url": server.url}]
    )
    page = context.new_page()
    page.goto(url("edit", item))
    assert figures(page) == (11, 11)
    context.close()


def test_what_is_typed_into_an_item_on_offer_is_saved_beside_it(page_of):
    editor = factories.person(role="editor")
    item = factories.published_news(title="Yayındaki başlık")
    live_revision = item.live_revision.content["title"]
    page = page_of(editor)
    open_form(page, url("edit", item))
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "/edit/" in answer.url
    ) as saving:
        page.locator("[name=title]").fill("Yazılmakta olan başlık")
    assert saving.value.ok
    item = Item.objects.get(pk=item.pk)
    assert (item.title, item.draft_title) == ("Yayındaki başlık", "Yazılmakta olan başlık")
    assert item.live_revision.content["title"] == live_revision == "Yayındaki başlık"
    assert Publication.objects.count() == 1
