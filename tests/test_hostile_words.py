"""Script in every field there is, followed to every place where it is shown.

A field's payload would run as script if one of these places wrote it as markup. Each bears the field's name, so that
the test also knows that the field is shown at all, and which one broke out.
"""

import xml.etree.ElementTree as ElementTree
from datetime import date
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from bulletin import projections, publication, verification
from home.site_tree import ensure_site_tree
from tests import factories
from tests.newsroom.pages import form_of, url
from tests.shared_worlds import as_built, built_once

pytestmark = pytest.mark.django_db


def payload(field: str) -> str:
    """Breaks out of an element's text, an attribute, a textarea, a title, a script, a comment, CDATA."""
    mark = f"{field.upper().replace('_', '')}QX"
    return (
        f"{mark} ortakkelime'\"><script>alert('{mark}')</script></title></textarea></script>--></style>]]>"
        f"<img src=x onerror=alert('{mark}')><a href=\"javascript:alert('{mark}')\">{{{{ {mark} }}}}</a>"
    )


def mark_of(field: str) -> str:
    return f"{field.upper().replace('_', '')}QX"


class Page(HTMLParser):
    """What a browser would take for markup on a page, and the words it would show."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.broken: list[str] = []
        self.words: list[str] = []
        self.within: list[tuple[str, dict]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in ("script", "style", "textarea", "title"):
            self.within.append((tag, values))
        for name, value in ((name, value or "") for name, value in attrs):
            self.words.append(value)
            if name.startswith("on") and "QX" in value:
                self.broken.append(f"<{tag} {name}={value[:80]}>")
            if name in ("href", "src", "action", "formaction") and value.strip().lower().startswith(
                "javascript"
            ):
                self.broken.append(f"<{tag} {name}={value[:80]}>")
            if name == "src" and value == "x":
                self.broken.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag):
        if self.within and self.within[-1][0] == tag:
            self.within.pop()

    def handle_data(self, data):
        tag, values = self.within[-1] if self.within else ("", {})
        if tag == "script" and values.get("type") != "application/json" and "alert('" in data:
            # A script of the page may hold a word as data, but then with its quotes escaped.
            self.broken.append(f"<script>{data[:80]}")
        self.words.append(data)


def fields(*names: str, length: int = 10_000) -> dict[str, str]:
    return {name: payload(name)[:length] for name in names}


class World:
    """Items whose every field is hostile, on offer, corrected once with a hostile note, and one withdrawn."""

    def __init__(self):
        ensure_site_tree()
        self.desk = factories.desk(**fields("name", "name_en", length=120), slug="m")
        self.topic = factories.topic(name=payload("topic")[:120], name_en=payload("topic_en")[:120], slug="k")
        self.outlet = factories.outlet(name=payload("outlet")[:160])
        self.series = factories.series(
            name=payload("series")[:120], name_en=payload("series_en")[:120], slug="d"
        )
        body = payload("body")
        self.news = factories.published_news(
            **fields("title", length=300),
            **fields("summary", "original_text"),
            body=f"<p>{body}</p><p onclick=alert('BODYQX')>{body}</p>",
            original_title=payload("original_title")[:300],
            translator=payload("translator")[:120],
            translation_kind="full",
            original_url="https://example.org/?q=%3Cscript%3E",
            original_date=date(1906, 5, 19),
            image=factories.image(),
            image_alt=payload("image_alt")[:300],
            image_credit=payload("image_credit")[:160],
            desk=self.desk,
            topics=[self.topic],
            outlet=self.outlet,
        )
        self.news = factories.corrected(self.news, summary=payload("second_summary"), note=payload("note"))
        self.statement = factories.published_statement(
            title=payload("statement_title")[:300],
            number=payload("number")[:40],
            speaker=payload("speaker")[:160],
            place=payload("place")[:160],
            issuing_office=payload("issuing_office")[:200],
            source_reference=payload("source_reference")[:300],
        )
        self.bulletin = factories.published_bulletin(
            self.news,
            self.statement,
            section=payload("section")[:160],
            series=self.series,
            title=payload("bulletin_title")[:300],
        )
        self.agency = factories.agency(name=payload("agency")[:255])
        self.addressed = factories.published_news(
            title=payload("addressed")[:300], audience=[f"agency:{self.agency.pk}"]
        )
        self.withdrawn = factories.published_news(title=payload("withdrawn")[:300])
        publication.withdraw(self.withdrawn, note=payload("withdrawal"))
        self.draft = factories.news_item(title=payload("draft")[:300], desk=self.desk)
        self.person = factories.person(
            role="chief_editor", first_name=payload("first_name")[:150], last_name=payload("last_name")[:150]
        )
        self.draft.save_revision(user=self.person)
        projections.catch_up_all()

    def client(self, person=None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person)
        return client


@pytest.fixture(scope="module")
def built_world(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), built_once(World, folder, SEARCH_URL="tantivy://") as built:
        yield built


@pytest.fixture
def world(db, built_world, own_folder, settings):
    settings.SEARCH_URL = "tantivy://"
    return as_built(built_world, own_folder)


def site_addresses(world) -> list[str]:
    own = [item.current.url_path for item in (world.news, world.statement, world.bulletin, world.addressed)]
    paths = [
        *own,
        f"{world.news.current.url_path}surum/1/",
        f"{world.bulletin.current.url_path}?metin=tam",
        "/",
        "/haberler/",
        f"/haberler/?masa={world.desk.pk}&konu={world.topic.pk}",
        "/aciklamalar/",
        "/bultenler/",
        "/beslemeler/",
        "/ara/?q=ortakkelime",
        "/ara/?q=%22ortakkelime%22&order=newest",
        *(f"/ara/?q={mark_of(name).lower()}" for name in ("body", "speaker", "outlet")),
        "/ara/?q=" + "%22%3E%3Cscript%3Ealert('QX')%3C/script%3E",
    ]
    return [*paths, *(f"/en{path}" for path in paths)]


def admin_addresses(world) -> list[str]:
    found = [
        "/yonetim/",
        "/yonetim/kurumlar/",
        "/yonetim/kurum-yetkileri/",
        "/yonetim/users/",
        "/yonetim/account/",
        "/yonetim/reports/site-history/",
        *(url("list", item) for item in (type(world.news), type(world.statement), type(world.bulletin))),
        url("list", type(world.news)) + "?q=ortakkelime",
    ]
    for item in (world.news, world.statement, world.bulletin, world.addressed, world.withdrawn, world.draft):
        found += [
            url(name, item) for name in ("edit", "inspect", "history", "workflow_history", "usage", "copy")
        ]
        found += [url(name, item) for name in ("delete", "translate")]
        if item.live:
            found += [url(name, item) for name in ("audience", "unpublish")]
    first, last = world.news.revisions.order_by("pk").values_list("pk", flat=True)[:2]
    found += [
        url("revisions_compare", world.news, first, last),
        url("revisions_view", world.news, first),
        url("revisions_revert", world.news, first),
    ]
    for name, made in (
        ("desk", world.desk),
        ("topic", world.topic),
        ("outlet", world.outlet),
        ("bulletinseries", world.series),
    ):
        found.append(reverse(f"wagtailsnippets_bulletin_{name}:list"))
        found += [
            reverse(f"wagtailsnippets_bulletin_{name}:{page}", args=[made.pk])
            for page in ("edit", "delete", "history", "usage")
        ]
    return found


def broken_out(client: Client, addresses: list[str]) -> tuple[list, str]:
    """(address, what broke out) of every page, and all the words shown. Fails where a page doesn't answer."""
    broken, words = [], []
    for address in addresses:
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, (address, answer.status_code)
        page = Page(answer.content.decode())
        broken += [(address, what) for what in page.broken]
        words += page.words
    return broken, " ".join(words)


SHOWN_TO_READERS = [
    *(
        "title",
        "summary",
        "second_summary",
        "body",
        "original_title",
        "translator",
        "image_alt",
        "image_credit",
    ),
    *("name", "name_en", "topic", "topic_en", "outlet", "series", "series_en", "note", "addressed"),
    *("statement_title", "number", "speaker", "place", "issuing_office", "source_reference"),
    *("bulletin_title", "section"),
]


def test_script_in_any_field_is_text_on_every_page_of_the_site(world):
    reader = factories.person(
        agency=world.agency, first_name=payload("reader")[:150], last_name=payload("reader")[:150]
    )
    broken, words = broken_out(world.client(reader), site_addresses(world))
    assert broken == []
    assert [field for field in [*SHOWN_TO_READERS, "reader"] if mark_of(field) not in words] == []


def test_script_in_any_field_is_text_for_a_visitor(world):
    addresses = [path for path in site_addresses(world) if world.addressed.current.url_path not in path]
    broken, words = broken_out(world.client(), addresses)
    assert broken == []
    assert mark_of("addressed") not in words


def test_script_in_any_field_is_text_on_every_page_of_the_newsroom(world):
    root = factories.person(
        is_superuser=True, first_name=payload("first_name")[:150], last_name=payload("last_name")[:150]
    )
    broken, words = broken_out(world.client(root), admin_addresses(world))
    assert broken == []
    shown = [*SHOWN_TO_READERS, "withdrawn", "withdrawal", "draft", "agency", "first_name"]
    assert [field for field in shown if mark_of(field) not in words] == []


def test_script_in_any_field_is_text_in_the_preview(world):
    client = world.client(world.person)
    for item in (world.draft, world.statement, world.bulletin):
        client.post(url("preview_on_edit", item), form_of(item))
        broken, words = broken_out(client, [url("preview_on_edit", item) + "?mode="])
        assert broken == []
        assert "QX" in words


def test_script_in_any_field_is_text_in_refusals(world):
    """Sentences name what they refuse."""
    client = world.client(factories.person(is_superuser=True))
    edition = factories.bulletin(world.draft, title="Bülten")
    edition.save_revision(user=world.person)
    answers = [
        client.post(url("edit", edition), form_of(edition, **{"action-publish": "1"}), follow=True),
        client.post(reverse("wagtailsnippets_bulletin_outlet:delete", args=[world.outlet.pk]), follow=True),
        client.post(reverse("wagtailsnippets_bulletin_topic:delete", args=[world.topic.pk]), follow=True),
        client.post(url("delete", world.withdrawn), follow=True),
        client.post(url("add", type(world.news)), {"title": payload("title"), "body": payload("body")}),
    ]
    pages = [Page(answer.content.decode()) for answer in answers]
    assert [what for page in pages for what in page.broken] == []
    assert mark_of("draft") in " ".join(pages[0].words)


@pytest.mark.parametrize("name", ["haberler", "aciklamalar", "bultenler"])
def test_script_in_any_field_is_text_in_the_feed(world, name):
    """A reader takes the text of an entry for HTML, once the feed itself is read."""
    feed = ElementTree.fromstring(world.client().get(f"/rss/{name}.xml").content)
    texts = [element.text or "" for element in feed.iter()]
    assert any("QX" in text for text in texts)
    html = [
        element.text or ""
        for element in feed.iter()
        if element.tag in ("description", "{http://purl.org/rss/1.0/modules/content/}encoded")
    ]
    assert [what for text in html for what in Page(text).broken] == []


def test_log_is_whole_with_all_of_it(world):
    assert [str(finding) for finding in verification.verify() if finding.is_error] == []


# --- Addresses that run ------------------------------------------------------------------------------------------

RUNNING = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//baska.example/x",
]


@pytest.mark.parametrize("address", RUNNING)
def test_address_that_runs_is_no_source(address):
    from django.core.exceptions import ValidationError

    item = factories.news_item()
    item.original_url = address
    with pytest.raises(ValidationError):
        item.full_clean()
    outlet = factories.outlet()
    outlet.website = address
    with pytest.raises(ValidationError):
        outlet.full_clean()


@pytest.mark.parametrize("address", RUNNING[:-1])
def test_address_that_runs_is_no_link_in_a_body(address):
    ensure_site_tree()
    item = factories.published_news(body=f'<p><a href="{address}">bağlantı</a></p>')
    page = Page(Client().get(item.current.url_path).content.decode())
    assert page.broken == []
    assert not any("alert(1)" in word or word.startswith("vbscript") for word in page.words)
    assert "bağlantı" in page.words
