"""The editing area: what is sanitised comes back from it as it was, and nothing an editor makes in it is lost."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bulletin.sanitising import sanitise
from newsroom.body_area import BodyArea
from tests.bulletin.sanitising.any_html import nasty_html

pytestmark = pytest.mark.once

#: A busy machine is no failure.
UNHURRIED = settings(deadline=None)

words = st.sampled_from(
    ["a", "b c", "ş\u00a0", " d", "&amp;", "\u200d", "\u0338", "<br>", "“e”", "😀", "&nbsp;f"]
)
formats = ["strong", "em", "sub", "sup", "a href=/a", "a href='https://example.com/?a=1&b=`\"'", "b", "i"]
inline = st.recursive(
    st.lists(words, min_size=1, max_size=3).map("".join),
    lambda inner: st.lists(
        st.builds(lambda tag, held: f"<{tag}>{held}</{tag.split()[0]}>", st.sampled_from(formats), inner)
        | inner,
        max_size=4,
    ).map("".join),
    max_leaves=6,
)
blocks = st.recursive(
    st.just("<hr>")
    | st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["p", "h2", "h3", "blockquote"]), inline),
    lambda inner: st.lists(
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["ul", "ol", "li", "blockquote"]), inner)
        | inner
        | inline,
        max_size=5,
    ).map("".join),
    max_leaves=12,
)


def edited(html: str) -> str:
    """`html` as the editing area stores it when nobody changed anything."""
    area = BodyArea()
    return area.read(area.format_value(html))


@UNHURRIED
@given(blocks)
@example("<ul><li>a<ol><li>b<ul><li>c</ul><li>d</ol><li>e</ul>")
@example("<ul><li>a<ul><li>b</ul><ol><li>c</ol></ul>")
@example("<ul><li>a<ol><li>b</ol></ul><ol><li>c</ol>")
@example("<hr><hr><p>a</p>")
@example("<p><a href=/a>a<br>b</a></p>")
def test_body_comes_back_from_the_editing_area_as_it_was(html):
    sanitised = sanitise(html)
    assert sanitise(edited(sanitised)) == sanitised


@UNHURRIED
@given(nasty_html)
def test_whatever_was_pasted_comes_back_from_the_editing_area_as_it_was(html):
    sanitised = sanitise(html)
    assert sanitise(edited(sanitised)) == sanitised


def test_lists_of_two_kinds_in_one_entry_lose_no_words():
    entries = [
        ("unordered", 0),
        ("ordered", 1),
        ("unordered", 2),
        ("ordered", 1),
        ("unordered", 1),
        ("ordered", 0),
    ]
    assert sanitise(BodyArea().read(content_of(entries))) == (
        "<ul><li>0<ol><li>1<ol><li>2</li></ol></li><li>3</li><li>4</li></ol></li></ul><ol><li>5</li></ol>"
    )


@UNHURRIED
@given(st.lists(st.tuples(st.sampled_from(["unordered", "ordered", ""]), st.integers(0, 4)), max_size=9))
@example([("", 0), ("unordered", 1), ("", 0)])
@example([("unordered", 1), ("ordered", 0)])
def test_no_entry_of_any_list_is_lost(entries):
    html = sanitise(BodyArea().read(content_of(entries)))
    assert [int(number) for number in re.findall(r"\d+", html)] == list(range(len(entries)))


def content_of(entries: list[tuple[str, int]]) -> str:
    """What the editing area sends for blocks of these kinds of list (or none) and depths; their words are numbers."""
    blocks = [
        {
            "key": str(number),
            "text": str(number),
            "type": f"{kind}-list-item" if kind else "unstyled",
            "depth": depth,
            "inlineStyleRanges": [],
            "entityRanges": [],
        }
        for number, (kind, depth) in enumerate(entries)
    ]
    return json.dumps({"blocks": blocks, "entityMap": {}})


def test_area_in_which_nothing_was_written_is_an_empty_body():
    area = BodyArea()
    assert area.value_from_datadict({"body": "null"}, {}, "body") == ""
    assert not area.unreadable
