"""The body's editing area: Wagtail's Draftail with the features an item's body may have.

What the browser sends is a JSON text, so it can be anything; both the editing form and the live character count read it
here, and both are told in one way when it can't be read.
"""

from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea

from bulletin.models.items import BODY_FEATURES
from bulletin.plain_text import without_forbidden


class UnreadableBody(ValueError):
    """The JSON text that was sent is not what the editing area sends."""


class BodyArea(DraftailRichTextArea):
    """`unreadable` is True after a value that could not be read; the form turns that into a sentence."""

    unreadable = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"features": BODY_FEATURES, **kwargs})

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
            html = self.converter.to_database_format(sent)
        except Exception as error:  # the converter raises whatever it meets
            raise UnreadableBody(str(error)[:200]) from error
        return without_forbidden(html)
