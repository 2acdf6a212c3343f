"""Marks what was found, in the original text: the words of a headline and the passage that best shows the match.

Called by the results page. The texts are analysed as they were for the index, so what is marked is what matched, in the
letters of the original. Everything that isn't our own `<mark>` is escaped.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from bulletin.folding import fold

from .analysis import Token, analyse
from .query import RUNNING_TEXT, Near, Node, Part, Phrase, Place, Prefix, Word, positive_parts

#: Code points of a passage, and of a text that are looked through for it.
PASSAGE_LETTERS = 260
MAXIMUM_LETTERS_READ = 50_000
#: A paragraph up to this long is analysed as a whole; of a longer one some stretches, where words begin as those asked
#: for do (in so many letters, at so many places for each word).
SHORT = 1_200
STRETCHES = 4
LIKELY_LETTERS = 3
PLACES_LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class Span:
    """A place that matches part number `part` of the query: offsets into the text."""

    start: int
    end: int
    part: int


class Finder:
    """Finds the places of a query in texts of one language. parts: how many words and phrases it looks for."""

    def __init__(self, query: Node | None, language: str):
        self.language = language
        self._places: list[Place] = []
        #: Numbers of the parts by a stem or lemma, and by the exact word they begin with.
        self._tokens: dict[str, list[int]] = defaultdict(list)
        self._phrases: dict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        self._nears: list[tuple[int, Near]] = []
        self._prefixes: list[tuple[int, str]] = []
        self._beginnings: list[set[str]] = []
        for part in dict.fromkeys(positive_parts(query)):
            if part.place in RUNNING_TEXT:
                words = self._look_for(part, len(self._places))
                self._places.append(part.place)
                self._beginnings.append({word[:LIKELY_LETTERS] for word in words})
        self.parts = len(self._beginnings)

    def _look_for(self, part: Part, number: int) -> set[str]:
        """The words that `part` is made of."""
        match part:
            case Word(stems=stems, lemmas=lemmas):
                # A space can't be in a token: stems and lemmas stay apart.
                for token in (*(f"stem {stem}" for stem in stems), *(f"lemma {lemma}" for lemma in lemmas)):
                    self._tokens[token].append(number)
                return {*stems, *(re.split("[:=]", lemma, maxsplit=1)[-1] for lemma in lemmas)}
            case Phrase(words=words):
                self._phrases[words[0]].append((number, words))
                return {words[0]}
            case Near(first=first, second=second):
                self._nears.append((number, part))
                return {first, second}
            case Prefix(letters=letters):
                self._prefixes.append((number, letters))
                return {letters}
        raise TypeError(f"Not a part of a query: {part!r}")

    def spans(
        self, text: str, start: int = 0, end: int | None = None, *, place: Place = Place.TEXT
    ) -> list[Span]:
        """The places in `text` (from `start` to `end`) that match, in order, none overlapping another.

        place: what the text is; parts that are looked for elsewhere match nothing in it.
        """
        tokens, groups = analyse(text[start:end] if start or end is not None else text, self.language)
        held = {number for number, asked in enumerate(self._places) if asked in (Place.TEXT, place)}
        found: list[Span] = []

        def note(first: int, last: int, numbers: Iterable[int]) -> None:
            part = next((number for number in numbers if number in held), None)
            if part is not None:
                found.append(Span(start + tokens[first].start, start + tokens[last].end, part))

        for at, token in enumerate(tokens):
            note(at, at, self._tokens.get(f"stem {token.stem}", ()) if token.stem else ())
            note(
                at,
                at,
                (number for lemma in token.lemmas for number in self._tokens.get(f"lemma {lemma}", ())),
            )
            note(at, at, (number for number, letters in self._prefixes if token.exact.startswith(letters)))
            for number, words in self._phrases.get(token.exact, ()):
                if tuple(each.exact for each in tokens[at : at + len(words)]) == words:
                    note(at, at + len(words) - 1, [number])
        for group in groups:
            note(group.first, group.last - 1, self._tokens.get(f"lemma {group.whole}", ()))
        for number, near in self._nears:
            for at in _near_places(tokens, near):
                note(at, at, [number])
        return _without_overlap(found)

    def likely(self, text: str) -> list[tuple[int, int]]:
        """The stretches of a long `text` worth analysing, the likeliest first, at most `STRETCHES`.

        Looks for words that begin like those of the query, without analysing anything; the beginning of the text where
        there are none.
        """
        rough = _roughly_folded(text)
        places: dict[int, set[int]] = {}
        for part, beginnings in enumerate(self._beginnings):
            for beginning in beginnings:
                for place in _word_beginnings(rough, beginning):
                    places.setdefault(place // PASSAGE_LETTERS, set()).add(part)
        worth = {block: len(parts | places.get(block + 1, set())) for block, parts in places.items()}
        blocks = sorted(worth, key=lambda block: (-worth[block], block))[:STRETCHES] or [0]
        return [
            (
                _word_edge(text, max(0, (block - 1) * PASSAGE_LETTERS)),
                _word_edge(text, min(len(text), (block + 3) * PASSAGE_LETTERS), forward=True),
            )
            for block in blocks
        ]


def _near_places(tokens: Sequence[Token], near: Near) -> set[int]:
    """The numbers of the tokens that stand near enough to each other to match."""
    firsts = [at for at, token in enumerate(tokens) if token.exact == near.first]
    seconds = [at for at, token in enumerate(tokens) if token.exact == near.second]
    found: set[int] = set()
    for at in firsts:
        low = bisect_left(seconds, at - near.distance - 1)
        high = bisect_right(seconds, at + near.distance + 1)
        if low < high:
            found |= {at, *seconds[low:high]}
    return found


@lru_cache(maxsize=4096)
def _one_letter(letter: str) -> str:
    """`letter` folded where that is one letter, too; otherwise as it is."""
    folded = fold(letter)
    return folded if len(folded) == 1 else letter


def _roughly_folded(text: str) -> str:
    """`text` in lower case without marks, letter for letter, so that offsets stay."""
    text = text.replace("İ", "i").lower()
    for letter in set(text):
        if not letter.isascii() and _one_letter(letter) != letter:
            text = text.replace(letter, _one_letter(letter))
    return text


def _word_beginnings(text: str, beginning: str) -> Iterator[int]:
    place = text.find(beginning)
    for _ in range(PLACES_LOOKED_AT):
        if place == -1:
            return
        if place == 0 or not text[place - 1].isalnum():
            yield place
        place = text.find(beginning, place + 1)


def _without_overlap(spans: list[Span]) -> list[Span]:
    """The longest of those that overlap, in order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end > kept[-1].end:
            kept[-1] = Span(kept[-1].start, span.end, kept[-1].part)
    return kept


def marked(text: str, query: Node | None, language: str) -> SafeString:
    """All of `text` (a title, plain) as HTML, with the matching words in `<mark>`."""
    spans = Finder(query, language).spans(text, place=Place.TITLE)
    return _as_html(text, spans, 0, len(text))


def passage(texts: Iterable[tuple[Place, str]], query: Node | None, language: str) -> SafeString:
    """The part of `texts` (plain paragraphs, each with what it is) where most of the query stands close together, as
    HTML with `<mark>`.

    At most `PASSAGE_LETTERS` code points and a word; the beginning where nothing matches. Empty without a paragraph.
    """
    finder = Finder(query, language)
    best = _Passage("", [], 0, 0, -1)
    left = MAXIMUM_LETTERS_READ
    for place, paragraph in texts:
        text = paragraph[:left]
        left -= len(text)
        for start, end in finder.likely(text) if len(text) > SHORT else [(0, len(text))]:
            found = _window(text, finder.spans(text, start, end, place=place))
            if text and found.worth > best.worth:
                best = found
            if best.worth >= finder.parts:
                break
        if best.worth >= finder.parts or not left:
            break
    html = _as_html(best.text, best.spans, best.start, best.end)
    return mark_safe(("… " if best.start else "") + html + (" …" if best.end < len(best.text) else ""))


@dataclass(frozen=True, slots=True)
class _Passage:
    """A window of `text`, and how many parts of the query stand in it."""

    text: str
    spans: list[Span]
    start: int
    end: int
    worth: int


def _window(text: str, spans: list[Span]) -> _Passage:
    """The window of `text` in which the most parts of the query stand; the beginning where there are none."""
    if len(text) <= PASSAGE_LETTERS:
        return _Passage(text, spans, 0, len(text), len({span.part for span in spans}))
    best, first, last = 0, 0, 0
    for number, span in enumerate(spans):
        held: set[int] = set()
        end = number
        while end < len(spans) and spans[end].end - span.start <= PASSAGE_LETTERS * 3 // 4:
            held.add(spans[end].part)
            end += 1
        if len(held) > best:
            best, first, last = len(held), span.start, spans[end - 1].end
    spare = PASSAGE_LETTERS - (last - first)
    start = _word_edge(text, max(0, first - spare // 2))
    end = _word_edge(text, min(len(text), start + PASSAGE_LETTERS), forward=True)
    return _Passage(text, spans, start, end, best)


def _word_edge(text: str, place: int, *, forward: bool = False) -> int:
    """The nearest white space before `place` (after it, if `forward`), as far as thirty letters."""
    if place in (0, len(text)):
        return place
    if forward:
        edge = text.find(" ", place, place + 30)
        return edge if edge != -1 else place
    edge = text.rfind(" ", max(0, place - 30), place)
    return edge + 1 if edge != -1 else place


def _as_html(text: str, spans: Iterable[Span], start: int, end: int) -> SafeString:
    """`text` from `start` to `end`, escaped, with the spans (those inside; a cut one to the edge) in `<mark>`."""
    parts: list[str] = []
    place = start
    for span in spans:
        first, last = max(span.start, place), min(span.end, end)
        if first >= last:
            continue
        parts += [escape(text[place:first]), "<mark>", escape(text[first:last]), "</mark>"]
        place = last
    parts.append(escape(text[place:end]))
    return mark_safe("".join(parts))
