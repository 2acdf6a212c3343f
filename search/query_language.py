"""Reads what people type into the tree of `query`: the language that the help page of the search describes.

Words (all of them), "an exact phrase", VE / AND, VEYA / OR, DEĞİL / NOT / -word, parentheses, prefix*, near
("a b"~5) and fields (başlık:deniz, tarih:2026-01..2026-03). `parse` answers every text, whatever its bytes, with a
tree of bounded size: where something can't be read as written it takes the nearest reading and says in a sentence what
and where. A library's grammar (luqum) refuses such a text as a whole, so this is read by hand, by descent.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise

from django.utils.translation import gettext

from bulletin.calendar import read_days
from bulletin.folding import fold
from bulletin.sanitising import repeated

from .analysis import TURKISH, Analysis, analyse
from .query import (
    RUNNING_TEXT,
    AllOf,
    AnyOf,
    Near,
    Node,
    Offered,
    Phrase,
    Place,
    Prefix,
    Without,
    Word,
    all_of,
    any_of,
    cost,
)

#: What is read of a query: code points, and words or phrases. A person types less; a machine is not to cost more.
MAXIMUM_QUERY_LETTERS = 1_000
MAXIMUM_QUERY_WORDS = 32
#: Tokens asked for, over all words and the languages each is read in.
MAXIMUM_QUERY_TOKENS = 400
#: Prefixes in one query, and letters that one needs: each is looked up in the dictionary of the index.
MAXIMUM_PREFIXES = 4
SHORTEST_PREFIX = 3
#: Parentheses within parentheses.
MAXIMUM_DEPTH = 8
#: Words between two that are near each other: where none is said, and at most.
USUAL_DISTANCE, MAXIMUM_DISTANCE = 5, 50

#: Each field by its folded names, Turkish and English.
PLACES = {
    "baslik": Place.TITLE,
    "title": Place.TITLE,
    "spot": Place.SUMMARY,
    "summary": Place.SUMMARY,
    "kaynak": Place.SOURCE,
    "source": Place.SOURCE,
    "ulke": Place.COUNTRY,
    "country": Place.COUNTRY,
    "dil": Place.LANGUAGE,
    "language": Place.LANGUAGE,
    "masa": Place.DESK,
    "desk": Place.DESK,
    "konu": Place.TOPIC,
    "topic": Place.TOPIC,
    "sayi": Place.NUMBER,
    "number": Place.NUMBER,
    "tur": Place.KIND,
    "kind": Place.KIND,
}
DATES = frozenset({"tarih", "date"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """node: what to ask for; None where the text holds no word. notices: sentences for the reader."""

    node: Node | None
    notices: list[str] = field(default_factory=list)


def parse(text: str, *, languages: Iterable[str] = (TURKISH,)) -> Parsed:
    """Reads `text`. languages: those held by the index, in each of which the words are read."""
    notices = []
    if len(text) > MAXIMUM_QUERY_LETTERS:
        text = text[:MAXIMUM_QUERY_LETTERS]
        notices.append(
            gettext("Sorgu çok uzun: yalnızca ilk %(letters)d karakteri arandı.")
            % {"letters": MAXIMUM_QUERY_LETTERS}
        )
    reader = _Reader(unicodedata.normalize("NFC", text), list(dict.fromkeys([TURKISH, *languages])))
    node = reader.read()
    return Parsed(node, notices + list(dict.fromkeys(reader.notices)))


# --- Signs -----------------------------------------------------------------------------------------------------


class Sign(Enum):
    AND = auto()
    OR = auto()
    NOT = auto()
    OPEN = auto()
    CLOSE = auto()
    FIELD = auto()
    QUOTED = auto()
    CHUNK = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """at: offset in the text. text: what stands between the quotes, the name of a field, the letters of a chunk.
    distance: of a quotation, the words that may stand between; None where it is a phrase."""

    sign: Sign
    text: str
    at: int
    distance: int | None = None


_OPERATORS = {
    "AND": Sign.AND,
    "VE": Sign.AND,
    "&&": Sign.AND,
    "OR": Sign.OR,
    "VEYA": Sign.OR,
    "||": Sign.OR,
    "NOT": Sign.NOT,
    "DEĞİL": Sign.NOT,
    "DEGIL": Sign.NOT,
}
_QUOTES = '"“”„«»'
_TOKEN = re.compile(
    rf"""
    [{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}](?:~(?P<distance>\d{{0,4}}))?
  | (?P<parenthesis>[()])
  | (?P<not>(?<![^\s(:])[-−!](?=[^\s)]))
  | (?P<field>(?<![^\s(\-−!])[^\W\d_]{{2,20}}(?=:[^\s/])):
  | (?P<chunk>[^\s{_QUOTES}()]+)
    """,
    re.VERBOSE,
)


# --- Reading ---------------------------------------------------------------------------------------------------


class _Reader:
    """Reads one text. Every way through it takes a token or ends, so it ends after as many steps as there are."""

    def __init__(self, text: str, languages: list[str]):
        self.text = text
        self.languages = languages
        self.notices: list[str] = []
        self._tokens = list(self._tokens_of(text))
        self._next = 0
        self._words = self._cost = self._prefixes = 0
        self._ignored = 0
        self._is_full = False

    # Signs

    def _tokens_of(self, text: str) -> Iterable[Token]:
        for match in _TOKEN.finditer(text):
            kind, at = match.lastgroup, match.start()
            if match["quoted"] is not None:
                distance = match["distance"]
                yield Token(
                    Sign.QUOTED, match["quoted"], at, None if distance is None else _distance(distance)
                )
            elif kind == "parenthesis":
                yield Token(Sign.OPEN if match.group() == "(" else Sign.CLOSE, match.group(), at)
            elif kind == "not":
                yield Token(Sign.NOT, match.group(), at)
            elif kind == "field":
                yield from self._field(match["field"], at)
            else:
                yield Token(_OPERATORS.get(match.group(), Sign.CHUNK), match.group(), at)
        if sum(text.count(quote) for quote in _QUOTES) % 2:
            at = max(text.rfind(quote) for quote in _QUOTES)
            self._say(
                gettext(
                    "Tırnak işareti kapanmamış (%(at)d. karakter): sonrasındaki sözcükler tek tek arandı."
                ),
                at,
            )

    def _field(self, name: str, at: int) -> Iterable[Token]:
        """The token of a field; of a name that is none, its word."""
        if fold(name) in PLACES.keys() | DATES:
            yield Token(Sign.FIELD, name, at)
            return
        self._say(gettext("“%(what)s” diye bir alan yok (%(at)d. karakter): sözcük olarak arandı."), at, name)
        yield Token(Sign.CHUNK, name, at)

    def _say(self, sentence: str, at: int, what: str = "", **values: int) -> None:
        self.notices.append(sentence % {"at": at + 1, "what": repeated(what), **values})

    def _peek(self) -> Sign | None:
        return self._tokens[self._next].sign if self._next < len(self._tokens) else None

    def _take(self) -> Token:
        self._next += 1
        return self._tokens[self._next - 1]

    # The grammar: alternatives of sequences of parts

    def read(self) -> Node | None:
        nodes = []
        while self._peek() is not None:
            nodes.append(self._alternatives(Place.TEXT, depth=0, broad=True))
            if self._peek() is Sign.CLOSE:
                self._say(gettext("Karşılığı olmayan “)” (%(at)d. karakter) yok sayıldı."), self._take().at)
        return all_of(filter(None, nodes))

    def _alternatives(self, place: Place, *, depth: int, broad: bool) -> Node | None:
        """Up to a closing parenthesis or the end."""
        nodes = [self._sequence(place, depth=depth, broad=broad)]
        while self._peek() is Sign.OR:
            token = self._take()
            node = self._sequence(place, depth=depth, broad=broad)
            if nodes[-1] is None or node is None:
                self._say_empty(token)
            nodes.append(node)
        return any_of(filter(None, nodes))

    def _sequence(self, place: Place, *, depth: int, broad: bool) -> Node | None:
        nodes: list[Node] = []
        while not self._is_at_end():
            if self._peek() is Sign.AND:
                token = self._take()
                if not nodes or self._peek() in (None, Sign.OR, Sign.CLOSE, Sign.AND):
                    self._say_empty(token)
                continue
            if node := self._part(place, depth=depth, broad=broad):
                nodes.append(node)
        return all_of(nodes)

    def _is_at_end(self) -> bool:
        """Whether a sequence ends here. The parenthesis that closes an ignored one is taken, and ends nothing."""
        while self._peek() is Sign.CLOSE and self._ignored:
            self._ignored -= 1
            self._take()
        return self._peek() in (None, Sign.OR, Sign.CLOSE)

    def _part(self, place: Place, *, depth: int, broad: bool) -> Node | None:
        negations = []
        while self._peek() is Sign.NOT:
            negations.append(self._take())
        if len(negations) % 2:
            broad = False
        if self._peek() in (None, Sign.AND, Sign.OR, Sign.CLOSE):
            self._say_empty(negations[-1])
            return None
        node = self._positive(place, depth=depth, broad=broad)
        return Without(None, (node,)) if node is not None and len(negations) % 2 else node

    def _positive(self, place: Place, *, depth: int, broad: bool) -> Node | None:
        token = self._take()
        match token.sign:
            case Sign.FIELD if fold(token.text) in DATES:
                return self._offered(token)
            case Sign.FIELD:
                return self._in_place(token, depth=depth, broad=broad)
            case Sign.OPEN:
                return self._group(token, place, depth=depth, broad=broad)
            case Sign.QUOTED:
                return self._counted(self._quoted(token, place))
            case _:
                return self._chunk(token, place, broad=broad)

    def _in_place(self, token: Token, *, depth: int, broad: bool) -> Node | None:
        """What follows the name of a field."""
        if depth < MAXIMUM_DEPTH and self._peek() in (Sign.CHUNK, Sign.QUOTED, Sign.OPEN, Sign.NOT):
            return self._part(PLACES[fold(token.text)], depth=depth + 1, broad=broad)
        self._say(
            gettext("“%(what)s:” alanında ne aranacağı yazılmamış (%(at)d. karakter)."), token.at, token.text
        )
        return None

    def _group(self, token: Token, place: Place, *, depth: int, broad: bool) -> Node | None:
        if depth == MAXIMUM_DEPTH:
            self._say(gettext("Ayraçlar çok iç içe (%(at)d. karakter): bu ayraç yok sayıldı."), token.at)
            self._ignored += 1
            return None
        node = self._alternatives(place, depth=depth + 1, broad=broad)
        if self._peek() is Sign.CLOSE:
            self._take()
        else:
            self._say(
                gettext("“(” kapanmamış (%(at)d. karakter): sorgunun sonunda kapandığı varsayıldı."), token.at
            )
        return node

    def _say_empty(self, token: Token) -> None:
        if token.text not in "-−!":
            self._say(
                gettext("“%(what)s” işlecinin (%(at)d. karakter) bir yanı boş: işleç yok sayıldı."),
                token.at,
                token.text,
            )

    # Words

    def _quoted(self, token: Token, place: Place) -> Node | None:
        words = tuple(read.exact for read in analyse(token.text, TURKISH).tokens)[:MAXIMUM_QUERY_WORDS]
        if token.distance is None or len(words) < 2:
            return Phrase(words, place) if words else None
        if token.distance > MAXIMUM_DISTANCE:
            self._say(
                gettext("Sözcüklerin arası en çok %(most)d sözcük olabilir (%(at)d. karakter)."),
                token.at,
                most=MAXIMUM_DISTANCE,
            )
        distance = min(token.distance, MAXIMUM_DISTANCE)
        pairs = pairwise(words)
        near = (Near(first, second, distance, place) for first, second in pairs if first != second)
        return all_of(near) or Phrase(words, place)

    def _chunk(self, token: Token, place: Place, *, broad: bool) -> Node | None:
        text = token.text
        if "*" in text.rstrip("*"):
            self._say(gettext("Yıldız yalnızca sözcüğün sonunda kullanılır (%(at)d. karakter)."), token.at)
        elif text.endswith("*"):
            return self._prefix(token, place, broad=broad)
        if place not in RUNNING_TEXT:
            words = tuple(read.exact for read in analyse(text, TURKISH).tokens)[:MAXIMUM_QUERY_WORDS]
            return self._counted(Phrase(words, place) if words else None)
        nodes = _nodes([analyse(text, language) for language in self.languages], place, broad=broad)
        return all_of(filter(None, map(self._counted, nodes)))

    def _prefix(self, token: Token, place: Place, *, broad: bool) -> Node | None:
        *before, last = [read.exact for read in analyse(token.text, TURKISH).tokens] or [""]
        if len(last) < SHORTEST_PREFIX:
            self._say(
                gettext(
                    "Yıldızdan önce en az %(least)d harf gerekir (%(at)d. karakter): sözcük olarak arandı."
                ),
                token.at,
                least=SHORTEST_PREFIX,
            )
        elif self._prefixes == MAXIMUM_PREFIXES:
            self._say(
                gettext(
                    "Bir sorguda en çok %(most)d yıldız olabilir (%(at)d. karakter): sözcük olarak arandı."
                ),
                token.at,
                most=MAXIMUM_PREFIXES,
            )
        else:
            self._prefixes += 1
            nodes = [*(Phrase((word,), place) for word in before), Prefix(last, place)]
            return all_of(filter(None, map(self._counted, nodes)))
        return self._chunk(Token(Sign.CHUNK, token.text.rstrip("*"), token.at), place, broad=broad)

    def _offered(self, token: Token) -> Node | None:
        if self._peek() not in (Sign.CHUNK, Sign.QUOTED):
            self._say(
                gettext("“%(what)s:” alanında ne aranacağı yazılmamış (%(at)d. karakter)."),
                token.at,
                token.text,
            )
            return None
        value = self._take()
        first, dots, last = value.text.strip().partition("..")
        days = [read_days(first), read_days(last) if dots else read_days(first)]
        unread = [text for text, read in ((first, days[0]), (last, days[1])) if text and read is None]
        start, end = days[0] and days[0][0], days[1] and days[1][1]
        if unread or not (start or end) or (start and end and start >= end):
            self._say(
                gettext(
                    "“%(what)s” bir tarih ya da tarih aralığı olarak okunamadı (%(at)d. karakter; örnek: 2026-03, "
                    "15.03.2026, 2026-01..2026-03): tarihe göre süzülmedi."
                ),
                value.at,
                value.text,
            )
            return None
        return self._counted(Offered(start, end))

    def _counted(self, node: Node | None) -> Node | None:
        """`node`, unless the query is full."""
        if node is None or self._is_full:
            return None
        self._words += 1
        self._cost += cost(node)
        if self._words > MAXIMUM_QUERY_WORDS or self._cost > MAXIMUM_QUERY_TOKENS:
            self._is_full = True
            self.notices.append(
                gettext("Sorguda çok fazla sözcük var: yalnızca ilk %(words)d sözcük arandı.")
                % {"words": self._words - 1}
            )
            return None
        return node


def _distance(digits: str) -> int:
    return int(digits) if digits else USUAL_DISTANCE


# --- Words ------------------------------------------------------------------------------------------------------


def _nodes(analyses: list[Analysis], place: Place, *, broad: bool) -> list[Node]:
    """The nodes of one piece between white space, read in several languages; where words begin is the same in all.

    broad: with stems, for what is wanted. What is unwanted is kept to lemmas and the word itself, since a stem of five
    letters would throw out neighbours.
    """
    words = [
        _word([analysis.tokens[number] for analysis in analyses], place, broad=broad)
        for number in range(len(analyses[0].tokens))
    ]
    nodes: list[Node] = []
    grouped = 0
    for number, group in enumerate(analyses[0].groups):
        nodes += words[grouped : group.first]
        parts = words[group.first : group.last]
        wholes = tuple(dict.fromkeys(a.groups[number].whole for a in analyses if a.groups[number].whole))
        if wholes:
            nodes.append(AnyOf((AllOf(tuple(parts)), Word((), wholes, place))))
        else:
            exact = (token.exact for token in analyses[0].tokens[group.first : group.last])
            nodes.append(Phrase(tuple(exact)[:MAXIMUM_QUERY_WORDS], place))
        grouped = group.last
    return nodes + words[grouped:]


def _word(readings, place: Place, *, broad: bool) -> Node:
    """One word, read in several languages."""
    exact = Phrase((readings[0].exact,), place)
    stems = tuple(dict.fromkeys(token.stem for token in readings if token.stem)) if broad else ()
    lemmas = tuple(dict.fromkeys(lemma for token in readings for lemma in token.lemmas))
    if not stems and not lemmas:
        return exact
    return Word(stems, lemmas, place) if broad else AnyOf((Word((), lemmas, place), exact))
