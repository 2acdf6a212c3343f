"""The shape of a body: from any HTML to the blocks that the editing area can hold.

`sanitise` calls `rebuild` and has its answer checked by bleach. Tags are only ever written by `blocks` and `runs`, from
what was understood of the input, so nothing that came in is copied to the output as markup. What no block is made of (a
table, a division) is dissolved into its paragraphs, so that no word of the text is lost. It takes time in proportion to
its input and reads no deeper than MAXIMUM_DEPTH. Rebuilding what was rebuilt gives the same bytes.
"""

from dataclasses import dataclass

from ..counting import WHITE_SPACE
from ..markup import VOID_ELEMENTS, Tag, tokens
from .blocks import Block, written
from .formats import InlineElements
from .limits import MAXIMUM_BODY_BYTES, MAXIMUM_ELEMENTS, TooLarge, TooManyElements
from .pasting import with_word_lists, without_dropped_elements
from .plain_text import without_forbidden
from .runs import Run

#: Blocks within blocks that are told apart.
MAXIMUM_DEPTH = 50

#: The page's own h1 is the title, and the editing area knows no heading below h3.
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
LISTS = {"ul": "ul", "ol": "ol", "menu": "ul", "dir": "ul"}

#: Elements whose beginning and end both end a paragraph.
BLOCK_ELEMENTS = frozenset(
    """
    address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer
    form header hgroup html legend li listing main nav p plaintext pre search section summary table tbody td tfoot th
    thead tr
    """.split()  # noqa: SIM905
).union(HEADINGS, LISTS)
KEEPING_LINES = frozenset({"pre", "listing", "plaintext"})

#: Elements that end one of their own name that was left open, and within what.
ENDING_THEIR_LIKE = {
    "li": LISTS,
    "dt": ["dl"],
    "dd": ["dl"],
    "tr": ["table"],
    "td": ["table"],
    "th": ["table"],
}


def rebuild(source: str) -> str:
    """The HTML `source` as allowed blocks. Raises TooLarge or TooManyElements if these can only be refused."""
    parts = tokens(without_forbidden(source).replace("\r\n", "\n"))
    reader = _Reader()
    for token in without_dropped_elements(with_word_lists(parts)):
        if isinstance(token, str):
            reader.add_text(without_forbidden(token))
        elif token.closing:
            reader.end(token.name)
        else:
            reader.start(token)
    return written(reader.finished())


@dataclass(eq=False)
class _Place:
    """Where words go: into blocks of this kind and level.

    All paragraphs in a heading or in an entry are lines of one block; elsewhere each is a block of its own.
    """

    kind: str = "p"
    level: int = 0
    is_one_block: bool = False


@dataclass
class _Element:
    """A block element that is open, with the number of inline elements that were open before it."""

    name: str
    place: _Place
    keeps_lines: bool
    inline_before: int


class _Reader:
    """Reads tags and texts in order and keeps what is open: blocks, inline elements, the run of words."""

    def __init__(self):
        self._blocks: list[Block] = []
        self._size = 0  # of the blocks' words, in characters
        self._open: list[_Element] = [_Element("", _Place(), keeps_lines=False, inline_before=0)]
        self._inline = InlineElements()
        self._run: Run | None = None
        self._place = self._open[0].place  # of the run

    def finished(self) -> list[Block]:
        """The blocks of all that was read."""
        self._end_run()
        return self._blocks

    def add_text(self, text: str) -> None:
        first, *lines = text.split("\n") if self._open[-1].keeps_lines else [text]
        self._add_words(first)
        for line in lines:
            self._add_break()
            self._add_words(line)

    def start(self, tag: Tag) -> None:
        if tag.name == "br":
            self._add_break()
        elif tag.name == "hr":
            self._add_rule()
        elif tag.name in BLOCK_ELEMENTS:
            self._open_block(tag.name)
        elif tag.name not in VOID_ELEMENTS:
            self._add_words(self._inline.open(tag))

    def end(self, name: str) -> None:
        if name == "br":
            self._add_break()
        elif name in BLOCK_ELEMENTS:
            self._close_block(name)
        else:
            self._add_words(self._inline.close(name))

    # --- Words -----------------------------------------------------------------------------------------------

    def _add_words(self, text: str) -> None:
        if self._run and (self._place is not self._open[-1].place or self._run.breaks > 1):
            self._end_run()
        if not self._run:
            if not text.strip(WHITE_SPACE):
                return
            self._run, self._place = Run(), self._open[-1].place
        self._run.add_text(text, self._inline.formats())

    def _add_break(self) -> None:
        """A line break; two in a row are the end of a paragraph."""
        if self._run and self._place.is_one_block:
            self._run.end_line()
        elif self._run:
            self._run.add_break()

    def _end_paragraph(self) -> None:
        if self._run and self._place.is_one_block:
            self._run.end_line()
        else:
            self._end_run()

    def _end_run(self) -> None:
        words = self._run.html() if self._run else ""
        self._run = None
        if words:
            self._add_block(Block(self._place.kind, words, self._place.level))

    def _add_rule(self) -> None:
        """A rule; within a heading or a list, where none can stand, the end of a paragraph."""
        self._end_paragraph()
        if self._open[-1].place.kind in ("p", "blockquote"):
            self._end_run()
            self._add_block(Block("hr"))

    def _add_block(self, block: Block) -> None:
        """Stops early where the whole can only be refused: a link around many paragraphs is written in each of them."""
        self._blocks.append(block)
        self._size += len(block.words)
        if len(self._blocks) > MAXIMUM_ELEMENTS:
            raise TooManyElements
        if self._size > MAXIMUM_BODY_BYTES:
            raise TooLarge(self._size)

    # --- Blocks ----------------------------------------------------------------------------------------------

    def _open_block(self, name: str) -> None:
        self._end_paragraph()
        if self._open[-1].name == "p" or (name in HEADINGS and self._open[-1].name in HEADINGS):
            self._close(len(self._open) - 1)
        if name in ENDING_THEIR_LIKE:
            self._close_like(name)
        if len(self._open) <= MAXIMUM_DEPTH:
            keeps_lines = self._open[-1].keeps_lines or name in KEEPING_LINES
            self._open.append(_Element(name, self._place_in(name), keeps_lines, len(self._inline)))

    def _place_in(self, name: str) -> _Place:
        """Where words go in an element `name` that begins here; within an entry, all go to the entry."""
        outer = self._open[-1].place
        if name in LISTS:
            return _Place(LISTS[name], outer.level + 1)
        if name == "li":
            return _Place(outer.kind if outer.level else "ul", outer.level or 1, is_one_block=True)
        if outer.level:
            return outer
        if name in HEADINGS:
            return _Place(HEADINGS[name], is_one_block=True)
        if name == "blockquote" and not outer.is_one_block:
            return _Place("blockquote")
        return outer

    def _close_like(self, name: str) -> None:
        """Closes an element `name` that was left open: an entry of the same list, a cell of the same table."""
        for position in reversed(range(1, len(self._open))):
            if self._open[position].name in ENDING_THEIR_LIKE[name]:
                return
            if self._open[position].name == name:
                self._close(position)
                return

    def _close_block(self, name: str) -> None:
        self._end_paragraph()
        names = HEADINGS if name in HEADINGS else {name}
        for position in reversed(range(1, len(self._open))):
            if self._open[position].name in names:
                self._close(position)
                return

    def _close(self, position: int) -> None:
        """Closes the blocks from `position` on, with the inline elements that were opened in them."""
        self._inline.cut(self._open[position].inline_before)
        del self._open[position:]
