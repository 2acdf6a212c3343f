"""Wagtail's own words in the newsroom's Turkish: its pages, its scripts, and what an editor reads of both."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from bulletin.models import Bulletin, NewsItem, Statement
from tests import factories
from tests.newsroom.pages import url

pytestmark = pytest.mark.django_db

#: Words that stand in Wagtail's English and in no Turkish text of these pages.
ENGLISH = set(
    re.findall(
        r"\w+",
        """the and this with your you from are not have been will can only no yes of to by at on actions action
        filter filters save saved publish published unpublish schedule toggle section show status view details
        loading refreshing click errors currently insert collapse expand write something sort order ascending
        descending version latest changes keyboard shortcuts enabled disabled manage account moderation snippet
        snippets selected entries""",
    )
)
#: Stands in a template of Wagtail's past gettext: the name of a landmark, heard and not seen.
PAST_GETTEXT = {"Actions"}
#: What the browser shows though it stands in no element's text.
SPOKEN = ("aria-label", "title", "placeholder", "alt")


class _Words(HTMLParser):
    """Every text of a page that a person reads or hears."""

    def __init__(self):
        super().__init__()
        self.texts, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")
        self.texts += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.texts.append(data.strip())


def english_of(page: str) -> list[str]:
    reader = _Words()
    reader.feed(page)
    return [
        text
        for text in reader.texts
        if text not in PAST_GETTEXT and {word.lower() for word in re.findall(r"[^\W\d_]+", text)} & ENGLISH
    ]


@pytest.mark.parametrize("model", [NewsItem, Statement, Bulletin])
@pytest.mark.parametrize("name", ["list", "add", "edit", "history", "inspect", "usage", "workflow_history"])
def test_page_of_the_newsroom_holds_no_english(client, chief_editor, editor, model, name):
    make = {NewsItem: factories.news_item, Statement: factories.statement, Bulletin: factories.bulletin}
    item = make[model](title="Başlık")
    item.save_revision(user=editor)
    item = model.objects.get(pk=item.pk)
    item.get_workflow().start(item, editor)
    client.force_login(chief_editor)
    page = client.get(url(name, model if name in ("list", "add") else item)).content.decode()
    assert english_of(page) == []


def test_dashboard_holds_no_english(client, chief_editor):
    client.force_login(chief_editor)
    shown = english_of(client.get("/yonetim/").content.decode())
    assert [text for text in shown if "kılavuz" not in text] == []


@pytest.mark.parametrize(
    ("address", "text"),
    [("wagtailusers_users:index", "Süzgeç"), ("agencies:index", "Kurum")],
)
def test_pages_of_administrators_hold_no_english(client, address, text):
    client.force_login(factories.person(role="administrator"))
    page = client.get(reverse(address)).content.decode()
    assert text in page
    assert english_of(page) == []


def script_texts(client) -> dict:
    answer = client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    return json.loads(re.search(r"const newcatalog = (\{.*?\});\n", answer, re.S)[1])


def test_scripts_speak_turkish_with_our_words_over_wagtails(client):
    texts = script_texts(client)
    assert texts["Collapse all"] == "Tümünü kapat"
    assert texts["Cancel"] == "İptal"


def test_scripts_speak_english_to_whoever_chose_it(client, editor):
    from wagtail.users.models import UserProfile

    UserProfile.objects.create(user=editor, preferred_language="en")
    client.force_login(editor)
    assert "Tümünü kapat" not in client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()


def test_our_word_wins_over_wagtails():
    with override("tr"):
        assert gettext("Publish") == "Yayımla"
    with override("en"):
        assert gettext("Publish") == "Publish"


def test_list_counts_as_turkish_does(client, editor):
    for _number in range(2):
        factories.news_item()
    client.force_login(editor)
    page = client.get(url("list", NewsItem)).content.decode()
    assert "2 haber\n" in page
    assert "2 haberler" not in page
