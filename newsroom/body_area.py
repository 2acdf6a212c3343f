"""The body's editing area: Wagtail's Draftail with the features an item's body may have.

What the browser sends is a JSON text, so it can be anything; both the editing form and the live character count read it
here, and both are told in one way when it can't be read. A body that was sanitised is shown and read back unchanged.
"""

import json
import re

from django.core.exceptions import BadRequest
from django.forms import Media, Script
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea
from wagtail.rich_text import expand_db_html

from bulletin.sanitising import BODY_FEATURES, offered_html, without_forbidden

#: Tags without an end tag. Wagtail reads them only where they end in a slash, which sanitising doesn't write.
_VOID_TAG = re.compile(r"<(br|hr)\s*>")

LISTS = frozenset({"ordered-list-item", "unordered-list-item"})

#: Stands for a moment between two lists of different kinds: Wagtail may put the second's entries into the first.
BETWEEN_LISTS = {
    "key": "between-lists",
    "type": "unstyled",
    "text": "",
    "depth": 0,
    "inlineStyleRanges": [],
    "entityRanges": [],
}


class UnreadableBody(ValueError):
    """The JSON text that was sent is not what the editing area sends."""


class BodyArea(DraftailRichTextArea):
    """`unreadable` is True after a value that could not be read; the form turns that into a sentence."""

    unreadable = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"features": list(BODY_FEATURES), **kwargs})

    @property
    def media(self):
        return super().media + Media(js=[Script("newsroom/pasted_tables.js", type="module")])

    def format_value(self, value):
        try:
            return super().format_value(_VOID_TAG.sub(r"<\1/>", value or ""))
        except AssertionError:
            # Wagtail reads well-formed bodies alone; one that came past the form is shown as it would be offered.
            return super().format_value(_VOID_TAG.sub(r"<\1/>", offered_html(value)))

    def value_from_datadict(self, data, files, name):
        sent = data.get(name)
        if sent is None:
            return None
        try:
            return self.read(sent)
        except UnreadableBody:
            self.unreadable = True
            return ""

    def read(self, sent: str) -> str:
        """The body as it is stored: HTML, without characters that no stored text holds. Raises UnreadableBody."""
        if not sent:
            return ""
        try:
            content = json.loads(sent)
            if content is None:  # an editing area in which nothing was ever written
                return ""
            content["blocks"] = _with_lists_kept(content["blocks"])
            html = self.converter.to_database_format(json.dumps(content))
            expand_db_html(html)  # a link may name a page by what is no number
        except Exception as error:  # the converter raises whatever it meets
            raise UnreadableBody(str(error)[:200]) from error
        return without_forbidden(html).replace(f'<p data-block-key="{BETWEEN_LISTS["key"]}"></p>', "")


class PageArea(DraftailRichTextArea):
    """Wagtail's editing area for the texts of pages, which fails on whatever no editing area has sent.

    Named by the setting `WAGTAILADMIN_RICH_TEXT_EDITORS`. Raises BadRequest for that.
    """

    def value_from_datadict(self, data, files, name):
        try:
            return super().value_from_datadict(data, files, name)
        except Exception as error:  # the converter raises whatever it meets
            raise BadRequest(f"“{name}” is not what an editing area sends.") from error


def _with_lists_kept(blocks: list[dict]) -> list[dict]:
    """`blocks` with their lists as sanitising has them; of others, which one can make by hand, Wagtail loses entries.

    An entry lies at most one deeper than the one before, and the lists within an entry are of one kind.
    """
    kept: list[dict] = []
    outer = inner = ""  # the kinds of the list that is open and of those within its last entry
    depth = -1
    for block in blocks:
        kind = block["type"]
        if kind not in LISTS:
            depth = -1
            kept.append({**block, "depth": 0})
            continue
        depth = max(0, min(block.get("depth", 0), depth + 1))
        if depth:
            kind = inner = inner or kind
        else:
            if kept and kept[-1]["type"] in LISTS and kind != outer:
                kept.append(BETWEEN_LISTS)
            outer, inner = kind, ""
        kept.append({**block, "type": kind, "depth": depth})
    return kept
