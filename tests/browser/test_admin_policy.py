"""The admin's pages in a real browser under their policy: nothing of Wagtail's is refused, nothing else runs."""

import io
import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from PIL import Image as Picture
from playwright.sync_api import expect
from wagtail.models import Page

from home.site_tree import ensure_site_tree
from tests import factories
from tests.attacks.doors import unlike_admin_doors
from tests.newsroom.pages import url

from .conftest import pages_of

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def enter(server, chromium):
    """A page of the admin for a person; what the policy or a script complains of fails the test in the end."""
    with pages_of(server, chromium) as enter:

        def page_of(person):
            page = enter(person=person, reduced_motion="reduce")
            page.on("dialog", lambda dialog: dialog.accept())
            return page

        page_of.troubles = enter.troubles
        yield page_of


@pytest.fixture
def everything():
    return factories.person(is_superuser=True, is_staff=True)


class Brought(HTMLParser):
    """`pieces`: what a page makes a browser load, run, draw or watch, numbers aside. All that a policy judges is here.

    That is: each kind of element with the attributes that scripts and policy read, what is loaded from where, each
    handler, style and controller, and the text of each script and style sheet.
    """

    def __init__(self, html: str):
        super().__init__()
        self.pieces: set[tuple[str, ...]] = set()
        self._is_run = False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        told = {name: value or "" for name, value in attributes}
        self._is_run = tag == "style" or (tag == "script" and "json" not in told.get("type", ""))
        judged = [name for name in told if name.startswith(("data-", "on")) or name in ("style", "src")]
        self.pieces.add((tag, *sorted(judged)))
        for name in judged:
            if not name.startswith("data-") or name in ("data-controller", "data-action"):
                self.pieces.add((name, re.sub(r"\d+", "", told[name])))
        if tag in ("link", "form"):
            self.pieces.add((tag, told.get("rel", ""), re.sub(r"\d+", "", told.get("href", ""))))

    def handle_data(self, text):
        if self._is_run:
            self.pieces.add(("text", re.sub(r"\d+", "", text)))


def test_every_page_of_the_admin_keeps_to_its_policy(enter, everything):
    """Each page that brings the browser anything which no page before it brought is opened there, until it stands."""
    ensure_site_tree()
    item = factories.corrected(factories.published_news(), title="ikinci hali")
    edition = factories.bulletin(item)
    edition.save_revision(user=everything)
    image = factories.image()
    page_of_the_plan = Page.objects.filter(depth=3).first()
    numbers = {"image_id": image.pk, "page_id": page_of_the_plan.pk, "parent_page_id": page_of_the_plan.pk}
    browser, pages, known = enter(everything), 0, set()
    visitor = Client()
    visitor.force_login(everything)
    names = {"content_type_app_name": "home", "content_type_model_name": "planpage", "app_label": "bulletin"}
    for door in unlike_admin_doors():
        if "api" in door.route or "results" in door.route or "logout" in door.route or "export" in door.route:
            continue
        address = door.address(lambda name: str(numbers.get(name, names.get(name, item.pk))))
        answer = visitor.get(address)
        if answer.status_code == 200 and b"<html" in answer.getvalue():
            pages += 1
            brought = Brought(answer.content.decode()).pieces
            if not brought <= known:
                browser.goto(address)
                known |= brought
    for address in (url("edit", edition), url("edit", item), url("history", item)):
        browser.goto(address)
    assert pages > 60


def test_image_is_uploaded_and_chosen_in_the_editing_page(enter, chief_editor_with_item, tmp_path):
    person, item = chief_editor_with_item
    buffer = io.BytesIO()
    Picture.new("RGB", (300, 200), "#0a6e6e").save(buffer, "PNG")
    (tmp_path / "vinc.png").write_bytes(buffer.getvalue())
    browser = enter(person)
    browser.goto(url("edit", item))
    browser.locator("[data-chooser-action-choose]").locator("visible=true").first.click()
    modal = browser.locator(".modal-content")
    modal.get_by_role("tab", name="Yükle").click()
    modal.locator("input[type=file]").set_input_files(tmp_path / "vinc.png")
    modal.locator("input[name$=title]").fill("Rıhtımdaki vinç")
    modal.get_by_role("button", name="Yükle").click()
    expect(browser.locator("[data-chooser-title]").first).to_have_text("Rıhtımdaki vinç", timeout=30_000)


def test_rows_that_are_added_to_a_bulletin_choose_items(enter, chief_editor_with_item):
    person, _item = chief_editor_with_item
    offered = factories.published_news(title="Seçilecek haber")
    edition = factories.bulletin(offered)
    edition.save_revision(user=person)
    browser = enter(person)
    browser.goto(url("edit", edition))
    browser.locator("#id_entries-ADD").click()
    row = browser.locator("[data-inline-panel-child]").nth(1)
    row.locator("[data-chooser-action-choose]").first.click()
    browser.locator(".modal-content").get_by_role("link", name="Seçilecek haber").first.click()
    expect(row.locator("[data-chooser-title]")).to_have_text("Seçilecek haber", timeout=30_000)


@pytest.fixture
def chief_editor_with_item(server):
    person = factories.person(role="chief_editor")
    item = factories.news_item()
    item.save_revision(user=person)
    return person, item


def test_script_in_a_page_is_not_run(enter, everything):
    """Where a text broke out of its place, the policy would still hold."""
    browser = enter(everything)
    browser.goto("/yonetim/account/")
    was_run = browser.evaluate(
        """() => {
            window.ran = false;
            const note = (event) => { window.refused = event.effectiveDirective };
            document.addEventListener("securitypolicyviolation", note);
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            return new Promise((done) => setTimeout(() => done([window.ran, window.refused]), 50));
        }"""
    )
    assert was_run == [False, "script-src-elem"]
    assert len(enter.troubles) == 1
    enter.troubles.clear()
