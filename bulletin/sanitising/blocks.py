"""Blocks: what a body is made of, one after the other, and how they are written.

A body is kept as the editing area keeps it: a flat sequence, in which an entry of a list knows how deep it lies. So
nothing can be nested that the editing area couldn't hold.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

#: Lists within lists; the editing area has no more.
MAXIMUM_LEVEL = 5


class Block(NamedTuple):
    """`kind` is p, h2, h3, blockquote or hr, and of an entry its list: ul or ol. `words` is what it holds, as HTML.

    `level` is 0; of an entry, in how many lists it stands.
    """

    kind: str
    words: str = ""
    level: int = 0


def written(blocks: Iterable[Block]) -> str:
    """`blocks` as HTML. Entries that follow each other make one list, as they do in the editing area."""
    return "".join(_written(blocks))


def _written(blocks: Iterable[Block]) -> Iterator[str]:
    lists: list[str] = []  # those that are open, and in each of them an entry
    for block in blocks:
        level = min(block.level, len(lists) + 1, MAXIMUM_LEVEL)
        kind = _kind_of_list(block, level, lists)
        while len(lists) > level or (lists and len(lists) == level and lists[-1] != kind):
            yield f"</li></{lists.pop()}>"
        if not level:
            yield f"<{kind}>{block.words}</{kind}>" if kind != "hr" else "<hr>"
        elif len(lists) == level:
            yield f"</li><li>{block.words}"
        else:
            lists.append(kind)
            yield f"<{kind}><li>{block.words}"
    while lists:
        yield f"</li></{lists.pop()}>"


def _kind_of_list(block: Block, level: int, lists: list[str]) -> str:
    """The lists within one entry are all of one kind: what follows a change of kind the editing area would lose."""
    return lists[1] if level > 1 and len(lists) > 1 else block.kind
