"""Turns text into the words that are indexed and asked for: the one analysis both engines share.

Called by the indexer (documents), the query parser and the highlighting; the engines only split at white space.
Pure functions, no Django. For each word there are up to three kinds of token, each in a field of its own:

* `exact`: the word folded (`bulletin.folding`), the suffix behind an apostrophe cut off. Kept with positions, for
  phrases. It doesn't depend on the language of the text: since `ı` folds to `i`, Turkish and plain lower-casing end
  in the same letters.
* `stem`: the first five letters of the exact word, for Turkish and for languages without a stemmer of their own.
  Words with a digit in them are not cut.
* `lemma`: the dictionary form in the text's language (simplemma for Turkish, Snowball for the others), folded and
  led by the language, as in `tr:kitap`. One field then does what a field per language would, and a query asks for
  its words in every language held. Words with a digit in them are the same in all languages: `=f16`.

What must stay true: equal words give equal tokens however they were typed (properly, IN CAPITALS, composed or
decomposed), exact words and stems in ASCII too; offsets are those of the text that was given; no token holds white
space or more than `MAXIMUM_LETTERS`; the time taken grows with the length of the text, whatever it holds. `VERSION`
changes whenever tokens do: an index made by another version is rebuilt.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import simplemma
import Stemmer

from bulletin.folding import fold, turkish_lower

VERSION = 1

#: Letters of a stem. Five did best over Turkish paragraphs, see the design's table.
STEM_LETTERS = 5
#: Longest token in code points; the rest of a longer word is dropped. Elasticsearch would split a word at 255.
MAXIMUM_LETTERS = 64
#: The Turkish dictionary's language; everything else has Snowball or stems.
TURKISH = "tr"

#: Snowball's name of each language that has a stemmer here (ISO 639-1).
SNOWBALL = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
}


class Token(NamedTuple):
    """One word of a text. `start` and `end` are offsets into the text that was given, without the cut suffix."""

    start: int
    end: int
    exact: str
    stem: str
    lemmas: tuple[str, ...]


class Group(NamedTuple):
    """Tokens written as one: COVID-19, an address of the web, a date, a run of Chinese.

    first, last: places in the list of tokens, `last` one behind. whole: the lemma of the parts read as one word, or ""
    where the parts only stand side by side.
    """

    first: int
    last: int
    whole: str


class Analysis(NamedTuple):
    tokens: list[Token]
    groups: list[Group]


# --- Where words begin and end ---------------------------------------------------------------------------------


def _class_of(code_points: Iterable[int]) -> str:
    """The inside of a regular expression's character class that holds `code_points` (ascending)."""
    ranges: list[list[int]] = []
    for code_point in code_points:
        if ranges and ranges[-1][1] == code_point - 1:
            ranges[-1][1] = code_point
        else:
            ranges.append([code_point, code_point])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


_PLANES = range(0x20000)  # letters, marks and signs; what lies above is Chinese and private use
_INVISIBLE = _class_of(c for c in _PLANES if unicodedata.category(chr(c)) == "Cf")
_MARKS = _class_of(c for c in _PLANES if unicodedata.category(chr(c)) in {"Mn", "Mc", "Me"})
#: Scripts that don't part words (Thai to Khmer, kana, Chinese): each letter is a word, a run of them a phrase.
_UNPARTED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_UNPARTED += "\U00020000-\U0003ffff"
_APOSTROPHE = "['’ʼ‘`´′＇]"

# Every repetition below is possessive or bounded: no text, however made, takes more than linear time.
_LETTERS = rf"[^\W_]++(?:[{_MARKS}{_INVISIBLE}]++[^\W_]*+)*+"
_WORD = rf"{_LETTERS}(?:{_APOSTROPHE}{_LETTERS}){{0,3}}+"
_SUFFIX = rf"(?:{_APOSTROPHE}{_LETTERS})?+"
_PATH = r"[^\s<>\"'’“”«»]{0,2000}+"

_CHUNK = re.compile(
    rf"""
    (?P<unparted>[{_UNPARTED}][{_UNPARTED}{_MARKS}{_INVISIBLE}]*+)
  | (?P<abbreviation>[^\W\d_](?:\.[^\W\d_]){{1,11}}+(?![^\W_]))\.?{_SUFFIX}
  | (?P<address>(?:https?://|www\.){_PATH}
        | [\w.+-]{{1,64}}+@(?:[\w-]{{1,63}}\.){{1,8}}[^\W\d_]{{2,24}}+
        | (?:[\w-]{{1,63}}\.){{1,8}}[^\W\d_]{{2,24}}+(?:/{_PATH})?){_SUFFIX}
  | (?P<number>\d++(?:[.,:/-]\d++){{1,7}}+(?![^\W_])){_SUFFIX}
  | (?P<compound>{_WORD}(?:[-‐‑]{_WORD}){{1,7}}+)
  | (?P<word>{_WORD})
    """,
    re.VERBOSE,
)
_ONE_UNPARTED = re.compile(rf"[{_UNPARTED}][{_MARKS}{_INVISIBLE}]*+")
_ONE_WORD = re.compile(_WORD)
_ONE_RUN = re.compile(_LETTERS)
_DIGITS = re.compile(r"\d+")
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+")

#: A chain of folded Turkish suffixes, as it stands behind the apostrophe of a name, a number or an abbreviation.
_SUFFIXES = re.compile(
    r"""(?:
        y?[aeiu] | n?[iu]n | n[aeiu] | nd[ae]n? | [dt][ae]n? | ki | y?l[ae] | l[ae]r(?:[iu]m)? | l[iu][kg]? | s[iu]z?
      | n?c[aeiu] | [iu]nc[iu] | [iu]?m[iu]z | [iu]?n[iu]z | y?[dt][iu]r? | y?m[iu]s | y?s[ae] | yken | y[iu][mz]
      | s?[ae]r | gil
    )+""",
    re.VERBOSE,
)
#: What French and Italian write before an apostrophe.
_ELIDED = frozenset(
    {"l", "d", "j", "c", "n", "s", "m", "t", "qu", "dell", "dall", "nell", "sull", "all", "un"}
)

# --- One word --------------------------------------------------------------------------------------------------

#: What search holds to be one letter beyond `fold`: Arabic and Persian forms, Greek final sigma, Azerbaijani schwa.
_SAME = {
    "ə": "e",
    "ς": "σ",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ک": "ك",
    "ة": "ه",
    "ە": "ه",
    "ٱ": "ا",
    "\u0640": None,
}
_SAME_LETTERS = str.maketrans(_SAME)
_INVISIBLE_RUN = re.compile(f"[{_INVISIBLE}]+")


def folded(word: str) -> str:
    """`word` as it stands in the index: folded, forms of one letter made equal, digits of any script as 0-9."""
    if word.isascii():
        return word[:MAXIMUM_LETTERS].lower()
    text = fold(_INVISIBLE_RUN.sub("", word)).translate(_SAME_LETTERS)
    text = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
    return "".join(text.split())[:MAXIMUM_LETTERS]


def stem_of(exact: str) -> str:
    """The first five letters of a folded word; all of it if there is a digit in it."""
    return exact if _DIGITS.search(exact) else exact[:STEM_LETTERS]


class _Dictionary:
    """Which of simplemma's two forms of the Turkish dictionary this process uses."""

    low_memory = True


def prepare_for_many() -> None:
    """Before thousands of texts: unpack the Turkish dictionary (90 MB; new words 20 times faster)."""
    _Dictionary.low_memory = False


def warm() -> None:
    """Load the Turkish dictionary (half a second), so that neither reader nor publication has to wait for it."""
    lemma_of("kitaplar", TURKISH)


_stemmers = threading.local()


def _snowball(language: str) -> Stemmer.Stemmer:
    """Snowball's stemmer of `language`, one for each thread: they can't be shared."""
    stemmer = getattr(_stemmers, language, None)
    if stemmer is None:
        stemmer = Stemmer.Stemmer(SNOWBALL[language])
        setattr(_stemmers, language, stemmer)
    return stemmer


def base_language(language: str) -> str:
    """The language whose rules are used for `language` (ISO 639-1, perhaps with a region): `pt-BR` is read as `pt`."""
    base = language.lower().partition("-")[0]
    return "no" if base in {"nb", "nn"} else base


def has_stems(language: str) -> bool:
    """Whether the first five letters stand for a word of this base language: Turkish, and where nothing better is."""
    return language not in SNOWBALL


def lemma_of(word: str, language: str) -> str:
    """The dictionary form of `word` (without apostrophe) in a base language, as `tr:kitap`; "" where there is none."""
    if _DIGITS.search(word):
        return f"={folded(word)}"
    if language == TURKISH:
        lowered = turkish_lower(_INVISIBLE_RUN.sub("", word))[:MAXIMUM_LETTERS]
        return f"tr:{folded(simplemma.lemmatize(lowered, lang=TURKISH, low_memory=_Dictionary.low_memory))}"
    if language in SNOWBALL:
        composed = unicodedata.normalize("NFC", _INVISIBLE_RUN.sub("", word))
        lowered = composed.lower().replace("i\u0307", "i")[:MAXIMUM_LETTERS]
        return f"{language}:{folded(_snowball(language).stemWord(lowered))}"
    return ""


def _bare(word: str) -> tuple[int, int, str, str]:
    """`word` without suffix or elided article: start and end of what is left, that, and another reading or "".

    A base of up to three letters before a suffix may be a name (Çin'in) or an old spelling (kat'i): the other reading
    is the whole without its apostrophe.
    """
    runs = [match.span() for match in _ONE_RUN.finditer(word)]
    if len(runs) == 1:
        return 0, len(word), word, ""
    pieces = [folded(word[start:end]) for start, end in runs]
    first, last = 0, len(runs)
    other = ""
    if last > 2 and _SUFFIXES.fullmatch(pieces[-1]):
        last -= 1
    if last == 2 and pieces[0] in _ELIDED and len(pieces[1]) > 1:
        first = 1
    elif last == 2 and (pieces[1] == "s" or _SUFFIXES.fullmatch(pieces[1])):
        last = 1
        base = unicodedata.normalize("NFC", _INVISIBLE_RUN.sub("", word[slice(*runs[0])]))
        if len(base) <= 3 and not base.isupper() and not _DIGITS.search(base):
            other = base + word[slice(*runs[1])]
    kept = runs[first:last]
    return kept[0][0], kept[-1][1], "".join(word[start:end] for start, end in kept), other


@lru_cache(maxsize=2**17)
def _read(word: str, language: str) -> tuple[int, int, str, str, tuple[str, ...]]:
    """start, end, exact word, stem and lemmas of one word as written, in a base language."""
    start, end, bare, other = _bare(word)
    exact = folded(bare)
    lemmas = (lemma_of(reading, language) for reading in (bare, other) if reading)
    stem = stem_of(exact) if has_stems(language) else ""
    return start, end, exact, stem, tuple(dict.fromkeys(filter(None, lemmas)))


# --- A text ----------------------------------------------------------------------------------------------------


def analyse(text: str, language: str) -> Analysis:
    """The words of `text` (plain, of any length) in order, read in `language` (ISO 639-1; unknown ones get stems)."""
    language = base_language(language)
    tokens: list[Token] = []
    groups: list[Group] = []
    for match in _CHUNK.finditer(text):
        kind = match.lastgroup
        if kind == "word":
            _append(tokens, match.start(), match.group(), language)
            continue
        first = len(tokens)
        whole = _READERS[kind](tokens, match.start(kind), match.group(kind), language)
        if len(tokens) - first > 1 and whole is not None:
            groups.append(Group(first, len(tokens), whole))
    return Analysis(tokens, groups)


def _append(tokens: list[Token], offset: int, word: str, language: str) -> None:
    if len(word) > MAXIMUM_LETTERS:  # not worth a place in the cache
        start, end, exact, stem, lemmas = _read.__wrapped__(word, language)
    else:
        start, end, exact, stem, lemmas = _read(word, language)
    if exact:
        tokens.append(Token(offset + start, offset + end, exact, stem, lemmas))


def _unparted(tokens: list[Token], offset: int, text: str, language: str) -> str:
    for match in _ONE_UNPARTED.finditer(text):
        if exact := folded(match.group()):
            tokens.append(Token(offset + match.start(), offset + match.end(), exact, "", ()))
    return ""


def _abbreviation(tokens: list[Token], offset: int, text: str, language: str) -> None:
    """T.C. and A.B.D. are read as tc and abd."""
    letters = text.replace(".", "")
    exact = folded(letters)
    if exact:
        lemma = lemma_of(letters, language)
        stem = stem_of(exact) if has_stems(language) else ""
        tokens.append(Token(offset, offset + len(text), exact, stem, (lemma,) if lemma else ()))


def _address(tokens: list[Token], offset: int, text: str, language: str) -> str:
    for match in _ONE_RUN.finditer(text):
        if match.group() not in {"http", "https"}:
            _append(tokens, offset + match.start(), match.group(), language)
    return ""


def _number(tokens: list[Token], offset: int, text: str, language: str) -> str | None:
    """12.345 is read as 12345, 3,5 and 14:30 as 3.5 and 14.30, the parts of a date and of 2024/25 each by itself."""
    digits = folded(text)
    if not _DATE.fullmatch(digits) and not re.search("[/-]", digits):
        exact = re.sub("[.,]", "", digits) if _GROUPED.fullmatch(digits) else re.sub("[,:]", ".", digits)
        stem = exact if has_stems(language) else ""
        tokens.append(Token(offset, offset + len(text), exact, stem, (f"={exact}",)))
        return None
    for match in _DIGITS.finditer(text):
        exact = (folded(match.group()).lstrip("0") or "0")[:MAXIMUM_LETTERS]
        stem = exact if has_stems(language) else ""
        tokens.append(Token(offset + match.start(), offset + match.end(), exact, stem, (f"={exact}",)))
    return ""


def _compound(tokens: list[Token], offset: int, text: str, language: str) -> str | None:
    """COVID-19, F-16, e-posta: besides its parts one word, where a part alone says little."""
    first = len(tokens)
    for match in _ONE_WORD.finditer(text):
        _append(tokens, offset + match.start(), match.group(), language)
    parts = [token.exact for token in tokens[first:]]
    joined = "".join(parts)
    if len(parts) > 3 or len(joined) > 20 or not any(len(part) == 1 or part.isdigit() for part in parts):
        return None
    return lemma_of(joined, language) or None


_READERS = {
    "unparted": _unparted,
    "abbreviation": _abbreviation,
    "address": _address,
    "number": _number,
    "compound": _compound,
}
