"""The shape of a body: from any HTML to the allowed blocks, each where it may stand.

`bulletin.sanitising` calls `rebuild` and has its answer checked by bleach. Tags are only ever written by this module
and `bulletin.inline`, from what was understood of the input, so nothing that came in is copied to the output as markup.
It takes time in proportion to its input and reads no deeper than MAXIMUM_DEPTH: whatever is nested below that is kept,
one level up. Rebuilding what was rebuilt gives the same bytes.
"""

from collections.abc import Iterator

from .allowed import MAXIMUM_BODY_BYTES, MAXIMUM_ELEMENTS, TooLarge, TooManyElements, allowed_attributes
from .counting import WHITE_SPACE
from .inline import Format, InlineRun, start_tag
from .markup import VOID_ELEMENTS, Tag, tokens
from .pasting import formats_of, is_from_word, with_word_lists, without_dropped_elements
from .plain_text import without_forbidden

#: Blocks within blocks, and inline elements within inline elements, that are told apart.
MAXIMUM_DEPTH = 50

#: Blocks that are written under another name. The page's own h1 is the title.
RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4", "menu": "ul", "dir": "ul", "tfoot": "tbody"}

#: Blocks that stand for nothing but the end of a paragraph: they are dissolved into what they hold.
DISSOLVED = frozenset(
    """
    address article aside body center dd details dialog div dl dt fieldset footer form header hgroup html legend listing
    main nav plaintext pre search section summary
    """.split()  # noqa: SIM905
)
KEEPING_LINES = frozenset({"pre", "listing", "plaintext"})

LISTS = frozenset({"ul", "ol"})
HEADINGS = frozenset({"h2", "h3", "h4"})
CELLS = frozenset({"td", "th"})
ROW_GROUPS = frozenset({"thead", "tbody"})
PARTS_OF_TABLE = CELLS | ROW_GROUPS | {"caption", "tr"}
BLOCKS = frozenset({"p", "hr", "li", "blockquote", "figure", "figcaption", "table"}).union(
    LISTS, HEADINGS, PARTS_OF_TABLE, DISSOLVED
)

#: Blocks that hold other blocks alone: words within them get an entry or a cell.
HOLDING_NO_WORDS = LISTS | ROW_GROUPS | {"table", "tr"}

#: Blocks that hold words alone; paragraphs within them become lines.
WORDS_ALONE = HEADINGS | {"figcaption"}

INLINE = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "cite": "em",
    "dfn": "em",
    "sub": "sub",
    "sup": "sup",
}

QUOTATION_MARKS = ("“”", "‘’")


def rebuild(source: str) -> str:
    """The HTML `source` as allowed blocks. Raises TooLarge or TooManyElements if these can only be refused."""
    parts = list(tokens(without_forbidden(source).replace("\r\n", "\n")))
    from_word = is_from_word(parts)
    if from_word:
        parts = list(with_word_lists(parts))
    builder = _Builder(from_word=from_word)
    for token in without_dropped_elements(parts):
        if isinstance(token, str):
            builder.add_text(without_forbidden(token))
        elif token.closing:
            builder.end(token)
        else:
            builder.start(token)
    return builder.html()


class _Block:
    """A block that is open or was: its children are blocks and, as HTML, runs of words."""

    def __init__(
        self, name: str, attributes: dict[str, str] | None = None, *, children=None, source: str = ""
    ):
        self.name = name
        self.attributes = attributes or {}
        self.children: list[_Block | str] = children or []
        self.source = source or name  # the tag that ends it
        self.keeps_lines = source in KEEPING_LINES
        self.inline_before = 0  # how many inline elements were open when it began


class _Builder:
    """Reads tags and texts in order and keeps what is open: blocks, inline elements, the run of words."""

    def __init__(self, *, from_word: bool):
        self.from_word = from_word
        self._root = _Block("body")
        self._open: list[_Block] = [self._root]
        self._inline: list[tuple[str, dict[str, dict[str, str] | None]]] = []
        self._formats: tuple[Format, ...] | None = ()  # None: to be found out when words come
        self._run: InlineRun | None = None
        self._words_alone: _Block | None = None  # the heading or caption that is open
        self._runs = self._size = 0  # how many there are, and their characters

    def html(self) -> str:
        self._close(0)
        return "".join(_render(block) for block in _blocks(self._root))

    # --- What comes in ---------------------------------------------------------------------------------------

    def add_text(self, text: str) -> None:
        first, *lines = text.split("\n") if self._open[-1].keeps_lines else [text]
        self._add_words(first)
        for line in lines:
            self._add_break()
            self._add_words(line)

    def start(self, tag: Tag) -> None:
        name = RENAMED.get(tag.name, tag.name)
        if name == "br":
            self._add_break()
        elif name == "img":
            self._add_image(tag)
        elif name in BLOCKS:
            self._open_block(tag, name)
        elif name not in VOID_ELEMENTS:
            self._open_inline(tag)

    def end(self, tag: Tag) -> None:
        if tag.name == "br":
            self._add_break()
        elif RENAMED.get(tag.name, tag.name) in BLOCKS:
            self._close_block(tag.name)
        else:
            self._close_inline(tag.name)

    # --- Words -----------------------------------------------------------------------------------------------

    def _add_words(self, text: str) -> None:
        if self._run or text.strip(WHITE_SPACE):
            self._run_for_words().add_text(text, self._formats_now())

    def _add_break(self) -> None:
        if not self._run:
            return
        if self._words_alone:
            self._run.end_line()
        else:
            self._run.add_break()

    def _add_image(self, tag: Tag) -> None:
        attributes = allowed_attributes("img", {"alt": "", **tag.attributes})
        if "src" in attributes:
            self._run_for_words().add_image(start_tag("img", attributes), self._formats_now())

    def _run_for_words(self) -> InlineRun:
        """The run that the next words belong to. Two line breaks in a row are the end of a paragraph."""
        if self._run and self._run.breaks > 1:
            self._end_run()
        if not self._run:
            self._open_what_content_needs()
            self._run = InlineRun()
        return self._run

    def _end_run(self) -> None:
        if not self._run:
            return
        if self._words_alone:
            self._run.end_line()
            return
        html = self._run.html()
        self._run = None
        if html:
            self._open[-1].children.append(html)
            self._check_growth(html)

    def _check_growth(self, html: str) -> None:
        """Stops early where the whole can only be refused: a link around many paragraphs is written in each of them."""
        self._runs += 1
        self._size += len(html)
        if self._runs > MAXIMUM_ELEMENTS:  # each run will have a paragraph, an entry or a cell
            raise TooManyElements
        if self._size > MAXIMUM_BODY_BYTES:
            raise TooLarge(self._size)

    # --- Inline elements -------------------------------------------------------------------------------------

    def _open_inline(self, tag: Tag) -> None:
        if len(self._inline) >= MAXIMUM_DEPTH:
            return
        if tag.name == "q":
            self._add_words(self._quotation_marks()[0])
        formats: dict[str, dict[str, str] | None] = {}
        if tag.name in INLINE:
            formats[INLINE[tag.name]] = {}
        for name, is_on in formats_of(tag).items():
            formats[name] = {} if is_on else None
        if tag.name == "a":
            attributes = allowed_attributes("a", tag.attributes)
            formats["a"] = attributes if "href" in attributes else None
        elif language := self._attributes(tag, "span"):
            formats["span"] = language
        self._inline.append((tag.name, formats))
        self._formats = None

    def _close_inline(self, name: str) -> None:
        position = next((i for i in reversed(range(len(self._inline))) if self._inline[i][0] == name), None)
        if position is None:
            return
        del self._inline[position]
        if name == "q":
            self._add_words(self._quotation_marks()[1])
        self._formats = None

    def _quotation_marks(self) -> str:
        depth = sum(name == "q" for name, _formats in self._inline)
        return QUOTATION_MARKS[depth % len(QUOTATION_MARKS)]

    def _formats_now(self) -> tuple[Format, ...]:
        """What the next words stand in: of one kind once, the innermost link, the languages of all spans."""
        if self._formats is None:
            now: dict[str, dict[str, str]] = {}
            for _name, changes in self._inline:
                for name, attributes in changes.items():
                    if attributes is None:
                        now.pop(name, None)
                    else:
                        now[name] = {**now.get(name, {}), **attributes} if name == "span" else attributes
            self._formats = tuple(
                Format(start_tag(name, allowed_attributes(name, attributes)), f"</{name}>")
                for name, attributes in now.items()
            )
        return self._formats

    def _attributes(self, tag: Tag, name: str) -> dict[str, str]:
        """What `name` may have of the attributes of `tag`, without the languages that Word guessed."""
        attributes = allowed_attributes(name, tag.attributes)
        if self.from_word:
            attributes.pop("lang", None)
        return attributes

    # --- Blocks ----------------------------------------------------------------------------------------------

    def _open_block(self, tag: Tag, name: str) -> None:
        self._end_run()
        if self._open[-1].name == "p" or (name in HEADINGS and self._open[-1].name in HEADINGS):
            self._close(len(self._open) - 1)
        name = self._make_place_for(name)
        if name == "hr":
            self._open[-1].children.append(_Block("hr"))
        elif name and len(self._open) <= MAXIMUM_DEPTH:
            attributes = self._attributes(tag, "p" if name in ("div", "caption") else name)
            self._open_within(_Block(name, attributes, source=tag.name))
            if name in WORDS_ALONE:
                self._words_alone = self._open[-1]

    def _make_place_for(self, name: str) -> str:
        """Closes and opens what a block `name` needs; gives the name it has there, empty if it can't stand there."""
        if self._words_alone:
            return "div"
        if name in PARTS_OF_TABLE and self._go_to_place_in_table(name):
            return name
        if name == "li":
            if not self._go_back_to(LISTS, within=PARTS_OF_TABLE | {"table", "blockquote", "figure"}):
                self._open_what_content_needs()
                self._open_within(_Block("ul"))
            return name
        if name == "figcaption" and self._is_directly_in("figure"):
            return name
        if name in DISSOLVED | PARTS_OF_TABLE | {"figcaption"}:
            return "" if self._open[-1].name in HOLDING_NO_WORDS else "div"
        self._open_what_content_needs(for_list=name in LISTS)
        return name

    def _open_what_content_needs(self, *, for_list: bool = False) -> None:
        """Opens the entry or the cell without which words and blocks can't stand in a list or a table.

        A list directly in a list belongs to the entry before it.
        """
        top = self._open[-1]
        if top.name in LISTS:
            if for_list and top.children:
                self._reopen(top.children[-1])
            else:
                self._open_within(_Block("li"))
        elif top.name in HOLDING_NO_WORDS:
            self._go_to_place_in_table("td")
            self._open_within(_Block("td"))

    def _go_to_place_in_table(self, name: str) -> bool:
        """Makes the open block the one that a part `name` of the innermost table stands in; False outside tables."""
        if not any(block.name == "table" for block in self._open):
            return False
        if name in CELLS:
            if not self._go_back_to({"tr"}, within={"table"}):
                self._go_to_place_in_table("tr")
                self._open_within(_Block("tr"))
        elif name == "tr":
            if not self._go_back_to(ROW_GROUPS, within={"table"}):
                self._go_back_to({"table"})
                self._open_within(_Block("tbody"))
        else:
            self._go_back_to({"table"})
        return True

    def _go_back_to(
        self, names: frozenset[str] | set[str], *, within: frozenset[str] | set[str] = frozenset()
    ) -> bool:
        """Closes what is open inside the innermost block of `names`; False if there is none before one of `within`."""
        for position in reversed(range(len(self._open))):
            if self._open[position].name in names:
                self._close(position + 1)
                return True
            if self._open[position].name in within:
                return False
        return False

    def _is_directly_in(self, name: str) -> bool:
        return next(block.name for block in reversed(self._open) if block.name != "div") == name

    def _close_block(self, tag_name: str) -> None:
        self._end_run()
        name = RENAMED.get(tag_name, tag_name)
        limits = PARTS_OF_TABLE | {"table"}
        if name in limits:
            limits = {"table"} - {name}
        for position in reversed(range(1, len(self._open))):
            block = self._open[position]
            if block.source == tag_name or (name in HEADINGS and block.name in HEADINGS):
                self._close(position)
                return
            if block.name in limits:
                return

    def _open_within(self, block: _Block) -> None:
        self._open[-1].children.append(block)
        self._reopen(block)

    def _reopen(self, block: _Block) -> None:
        block.inline_before = len(self._inline)
        block.keeps_lines = block.keeps_lines or self._open[-1].keeps_lines
        self._open.append(block)

    def _close(self, position: int) -> None:
        """Closes the blocks from `position` on, with the inline elements that were opened in them."""
        if self._words_alone in self._open[position:]:
            self._words_alone = None
        self._end_run()
        if position < len(self._open):
            del self._inline[self._open[position].inline_before :]
            del self._open[position:]
            self._formats = None


def _blocks(parent: _Block, inherited: dict[str, str] | None = None) -> Iterator[_Block]:
    """The children of `parent` as they are written: what is dissolved is, each run of words has its paragraph."""
    for child in parent.children:
        if isinstance(child, str):
            yield _Block("p", inherited or {}, children=[child])
            continue
        attributes = {**(inherited or {}), **child.attributes}
        if child.name == "p":
            yield from (_Block("p", attributes, children=[run]) for run in child.children)
        elif child.name in ("div", "caption"):
            yield from _blocks(child, attributes)
        elif child.name in WORDS_ALONE:
            yield _Block(child.name, attributes, children=list(_runs(child)))
        else:
            if child.name == "table":
                for part in child.children:
                    if part.name == "caption":
                        yield from _blocks(part, {**attributes, **part.attributes})
            yield _Block(child.name, attributes, children=child.children)


def _render(block: _Block) -> str:
    """`block` as HTML; empty if it holds nothing, unless it keeps a place in a table."""
    if block.name == "hr":
        return "<hr>"
    if block.name == "p" or block.name in WORDS_ALONE:
        content = "".join(block.children)
    elif block.name == "table":
        groups = [part for part in block.children if part.name != "caption"]
        content = "".join(map(_render, groups)) if any(run for part in groups for run in _runs(part)) else ""
    elif block.name in LISTS | ROW_GROUPS | {"tr"}:
        content = "".join(map(_render, block.children))
    else:
        content = _render_flow(block)
    if not content and block.name not in CELLS:
        return ""
    return (
        f"{start_tag(block.name, allowed_attributes(block.name, block.attributes))}{content}</{block.name}>"
    )


def _render_flow(block: _Block) -> str:
    """What a list entry, a cell, a quotation or a figure holds: a single paragraph stands in it without a tag."""
    blocks = list(_blocks(block))
    has_one_paragraph = sum(child.name == "p" for child in blocks) == 1
    return "".join(
        child.children[0]
        if child.name == "p" and has_one_paragraph and not child.attributes
        else _render(child)
        for child in blocks
    )


def _runs(block: _Block) -> Iterator[str]:
    """All runs of words within `block`, however deep."""
    for child in block.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _runs(child)
