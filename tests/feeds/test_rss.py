"""RSS by feedgen: each trap of it, and of feed readers, as a test."""

import locale
import sys
import threading
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.channels import CHANNELS
from feeds.rss import Category, Entry, serialise, writable
from tests.feeds.reading import NAMES, parsed, text

pytestmark = pytest.mark.once

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)
UUID_1 = UUID("6f1c1a5e-0d3c-4a52-9f2b-3f0f1d2c4b5a")

# Control characters, noncharacters, lone surrogates, a null and an astral character.
DIRTY = "a\x00b\x08c\x1bd\ufffee\uffff\ud800f\udfff\tg\U0001f600"
CLEAN = "abcdef\tg\U0001f600"


def entry(**fields) -> Entry:
    return Entry(
        **{
            "uuid": UUID_1,
            "title": "Buğday hasadı başladı",
            "address": "http://des.example/haber/2026/11/23/bugday-1/",
            "summary": "Kısa spot.",
            "html": "<p>Metin.</p>",
            "language": "tr",
            "offered_at": NOON,
            **fields,
        }
    )


def feed(*entries, changed_at=NOON, kind="news"):
    return parsed(serialise(CHANNELS[kind], entries, changed_at))


def test_characters_that_xml_forbids_are_left_out_of_every_field():
    read = feed(
        entry(
            title=DIRTY,
            summary=DIRTY,
            html=DIRTY,
            language=DIRTY,
            creator=DIRTY,
            source=DIRTY,
            address=f"http://des.example/{DIRTY}/",
            categories=(Category(DIRTY, DIRTY),),
        )
    )
    (item,) = read.items
    category = item.find("category")
    fields = {text(item, name) for name in ("title", "description", "content:encoded", "dc:language")}
    fields |= {text(item, "dc:creator"), text(item, "dc:source"), category.text}
    assert fields == {CLEAN}
    assert text(item, "link") == f"http://des.example/{CLEAN}/"
    assert category.get("domain") == CLEAN


@given(st.text(st.characters(codec=None), max_size=50))
def test_any_text_can_be_serialised_and_is_read_back(words):
    (item,) = feed(entry(title="x" + words)).items
    assert text(item, "title") == "x" + writable(words)


def test_markup_in_a_title_stays_text():
    (item,) = feed(entry(title="<b>&amp; ]]> ")).items
    assert text(item, "title") == "<b>&amp; ]]> "


def test_end_of_a_cdata_section_in_the_text_breaks_nothing():
    (item,) = feed(entry(html="<p>]]&gt; ]]></p>")).items
    assert text(item, "content:encoded") == "<p>]]&gt; ]]></p>"


def test_entries_stand_in_the_order_given():
    assert feed(entry(title="bir"), entry(title="iki"), entry(title="üç")).titles == ["bir", "iki", "üç"]


def test_identifier_is_the_items_and_no_address():
    (item,) = feed(entry()).items
    guid = item.find("guid")
    assert (guid.text, guid.get("isPermaLink")) == (f"urn:uuid:{UUID_1}", "false")


def test_link_of_the_channel_is_the_list_on_the_site_and_not_the_feed():
    channel = feed().channel
    assert text(channel, "link") == "http://127.0.0.1:8000/haberler/"


def test_channel_names_its_own_address():
    own = feed().channel.find("atom:link", NAMES)
    assert dict(own.attrib) == {
        "href": "http://127.0.0.1:8000/rss/haberler.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }


def test_last_build_date_is_the_moment_given():
    assert text(feed().channel, "lastBuildDate") == "Mon, 23 Nov 2026 12:00:05 +0000"


def test_feed_of_nothing_has_no_date_and_is_valid():
    read = feed(changed_at=None)
    assert read.channel.find("lastBuildDate") is None
    assert read.items == []


def test_same_input_gives_the_same_bytes_later():
    first = serialise(CHANNELS["news"], [entry()], NOON)
    assert serialise(CHANNELS["news"], [entry()], NOON) == first


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), "Thu, 01 Jan 1970 00:00:00 +0000"),
        (datetime(2026, 11, 23, 1, tzinfo=ZoneInfo("Europe/Istanbul")), "Sun, 22 Nov 2026 22:00:00 +0000"),
        (datetime(2100, 5, 1, tzinfo=UTC), "Sat, 01 May 2100 00:00:00 +0000"),
    ],
)
def test_dates_are_written_in_utc_however_old(moment, written):
    (item,) = feed(entry(offered_at=moment)).items
    assert text(item, "pubDate") == written
    assert parsedate_to_datetime(written) == moment.replace(microsecond=0)


def test_date_before_readers_count_stands_apart():
    (item,) = feed(entry(offered_at=datetime(1906, 1, 1, tzinfo=ZoneInfo("Europe/Istanbul")))).items
    assert item.find("pubDate") is None
    assert text(item, "dcterms:issued") == "1905-12-31T22:03:04+00:00"


def test_naive_moment_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="zone"):
        feed(entry(offered_at=datetime(2026, 1, 1)))


def test_correction_keeps_the_identifier_and_says_when():
    (item,) = feed(entry(modified_at=NOON + timedelta(hours=1))).items
    assert text(item, "guid") == f"urn:uuid:{UUID_1}"
    assert text(item, "dcterms:modified") == "2026-11-23T13:00:05+00:00"


def test_locale_of_the_process_is_never_touched(monkeypatch):
    def forbidden(*_arguments):
        raise AssertionError("The locale belongs to the whole process.")

    monkeypatch.setattr(locale, "setlocale", forbidden)
    assert text(feed(entry()).items[0], "pubDate") == "Mon, 23 Nov 2026 12:00:05 +0000"


def test_threads_write_the_same_bytes_at_once():
    expected = serialise(CHANNELS["news"], [entry()] * 20, NOON)
    results = []

    def work():
        results.extend(serialise(CHANNELS["news"], [entry()] * 20, NOON) for _ in range(5))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    assert set(results) == {expected}


def test_item_without_summary_carries_its_text_as_description():
    (item,) = feed(entry(summary="")).items
    assert text(item, "description") == "<p>Metin.</p>"


def test_item_of_nothing_but_a_title_that_xml_forbids_is_still_an_item():
    (item,) = feed(entry(title="\x00", summary="", html="")).items
    assert text(item, "title") == "—"
