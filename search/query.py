"""What is asked for, as a small tree that each engine translates; and the reading of what people type.

Called by the results page, which hands the tree to the engine and to the highlighting. `parse` answers every text,
whatever its bytes, with a tree of bounded size and with sentences about what it could not do as written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext

from .analysis import TURKISH, Analysis, analyse

#: What is read of a query: code points, and words or phrases. A person types less; a machine is not to cost more.
MAXIMUM_QUERY_LETTERS = 1_000
MAXIMUM_QUERY_WORDS = 32
#: Tokens asked for, over all words and the languages each is read in.
MAXIMUM_QUERY_TOKENS = 400


@dataclass(frozen=True, slots=True)
class Word:
    """Matches where any of these tokens is: first-five stems, and lemmas of each language held."""

    stems: tuple[str, ...]
    lemmas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Matches where these exact words stand side by side, in one paragraph; one word alone is that word exactly."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What `node` matches (everything where it is None) and none of `excluded` does."""

    node: "Node | None"
    excluded: tuple["Node", ...]


Node = Word | Phrase | AllOf | AnyOf | Without


@dataclass(frozen=True, slots=True)
class Parsed:
    """node: what to ask for; None where the text holds no word. notices: sentences for the reader."""

    node: Node | None
    notices: list[str] = field(default_factory=list)


_QUOTES = '"“”„«»'
_PIECE = re.compile(
    rf"(?P<minus>(?<!\S)[-−])?(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]|(?P<words>[^\s{_QUOTES}]+))"
)


def parse(text: str, *, languages: Iterable[str] = (TURKISH,)) -> Parsed:
    """Reads `text`: words (all of them), "an exact phrase", -without.

    languages: those held by the index, in each of which the words are read.
    """
    notices: list[str] = []
    if len(text) > MAXIMUM_QUERY_LETTERS:
        text = text[:MAXIMUM_QUERY_LETTERS]
        notices.append(
            gettext("Sorgu çok uzun: yalnızca ilk %(letters)d karakteri arandı.")
            % {"letters": MAXIMUM_QUERY_LETTERS}
        )
    if sum(text.count(quote) for quote in _QUOTES) % 2:
        notices.append(gettext("Tırnak işareti kapanmamış: sonrasındaki sözcükler tek tek arandı."))
    wanted: dict[Node, None] = {}
    excluded: dict[Node, None] = {}
    tokens = 0
    read_in = list(dict.fromkeys([TURKISH, *languages]))
    for piece in _PIECE.finditer(text):
        target = excluded if piece["minus"] else wanted
        if piece["phrase"] is not None:
            words = tuple(token.exact for token in analyse(piece["phrase"], TURKISH).tokens)
            nodes: list[Node] = [Phrase(words[:MAXIMUM_QUERY_WORDS])] if words else []
        else:
            nodes = _nodes(
                [analyse(piece["words"], language) for language in read_in], broad=not piece["minus"]
            )
        for node in nodes:
            tokens += 0 if node in target else _cost(node)
            if len(wanted) + len(excluded) >= MAXIMUM_QUERY_WORDS or tokens > MAXIMUM_QUERY_TOKENS:
                read = len(wanted) + len(excluded)
                notices.append(
                    gettext("Sorguda çok fazla sözcük var: yalnızca ilk %(words)d sözcük arandı.")
                    % {"words": read}
                )
                return Parsed(_tree(wanted, excluded), notices)
            target[node] = None
    return Parsed(_tree(wanted, excluded), notices)


def _cost(node: Node) -> int:
    """How many tokens `node` asks for."""
    match node:
        case Word():
            return len(node.stems) + len(node.lemmas)
        case Phrase():
            return len(node.words)
        case AllOf() | AnyOf():
            return sum(map(_cost, node.nodes))
        case Without():
            return (_cost(node.node) if node.node else 0) + sum(map(_cost, node.excluded))


def _tree(wanted: Iterable[Node], excluded: Iterable[Node]) -> Node | None:
    wanted, excluded = tuple(wanted), tuple(excluded)
    node = (wanted[0] if len(wanted) == 1 else AllOf(wanted)) if wanted else None
    return Without(node, excluded) if excluded else node


def _nodes(analyses: list[Analysis], *, broad: bool) -> list[Node]:
    """The nodes of one piece between white space, read in several languages; where words begin is the same in all.

    broad: with stems, for what is wanted. What is unwanted is kept to lemmas and the word itself, since a stem of five
    letters would throw out neighbours.
    """
    words = [
        _word([analysis.tokens[place] for analysis in analyses], broad)
        for place in range(len(analyses[0].tokens))
    ]
    nodes: list[Node] = []
    grouped = 0
    for place, group in enumerate(analyses[0].groups):
        nodes += words[grouped : group.first]
        parts = words[group.first : group.last]
        wholes = tuple(dict.fromkeys(a.groups[place].whole for a in analyses if a.groups[place].whole))
        if wholes:
            nodes.append(AnyOf((AllOf(tuple(parts)), Word((), wholes))))
        else:
            exact = (token.exact for token in analyses[0].tokens[group.first : group.last])
            nodes.append(Phrase(tuple(exact)[:MAXIMUM_QUERY_WORDS]))
        grouped = group.last
    return nodes + words[grouped:]


def _word(readings, broad: bool) -> Node:
    """One word, read in several languages."""
    exact = Phrase((readings[0].exact,))
    stems = tuple(dict.fromkeys(token.stem for token in readings if token.stem)) if broad else ()
    lemmas = tuple(dict.fromkeys(lemma for token in readings for lemma in token.lemmas))
    if not stems and not lemmas:
        return exact
    return Word(stems, lemmas) if broad else AnyOf((Word((), lemmas), exact))


def positive_parts(node: Node | None) -> Iterable[Word | Phrase]:
    """The words and phrases of `node` that a hit may hold; for highlighting."""
    if isinstance(node, Word | Phrase):
        yield node
    elif isinstance(node, AllOf | AnyOf):
        for part in node.nodes:
            yield from positive_parts(part)
    elif isinstance(node, Without):
        yield from positive_parts(node.node)
