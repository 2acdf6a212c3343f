"""The catalogues: the English one brought up to date with the code; both checked and compiled.

`make messages` (update), `make test` (check) and `make run` (compile) call this with the Python of `.venv`. Turkish
is the source language, so locale/en holds the texts of the code. locale/tr holds none of them: only what Wagtail's own
Turkish catalogue leaves in English or says in other words; it is written by hand, and every text in it must still be
one of Wagtail's. Everything is done by Babel and Django's own reader of templates, so no gettext program is needed on
the machine.
"""

import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

from layout import ROOT
from preparation import rooms
from refusal import Refused, exit_code_of

LOCALE = ROOT / "locale"
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
#: What the pages of Wagtail's admin say in Turkish, and what its scripts say.
TURKISH = {domain: LOCALE / "tr" / "LC_MESSAGES" / f"{domain}.po" for domain in ("django", "djangojs")}

#: Django's functions: which arguments are the text, its plural and its context.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: Attributes whose value a person reads or hears.
SPOKEN_ATTRIBUTES = frozenset({"alt", "aria-label", "aria-description", "label", "placeholder", "title"})


def main() -> int:
    actions = {"update": update, "check": check, "compile": compile_all}
    if sys.argv[1:] not in [[name] for name in actions]:
        raise Refused(f"Say one of: {', '.join(actions)}.")
    if not settings.configured:
        settings.configure(USE_I18N=False)
    return actions[sys.argv[1]]()


def update() -> int:
    """Adds the new texts of the code to the English catalogue, untranslated, and drops those no longer used."""
    catalogue = english()
    before = identifiers(catalogue)
    catalogue.update(catalogue_of_code(), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    after = identifiers(catalogue)
    content = BytesIO()
    write_po(content, catalogue, width=110, sort_by_file=True, include_lineno=False, omit_header=False)
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    ENGLISH.write_bytes(content.getvalue())
    untranslated = sum(1 for message in catalogue if message.id and not is_translated(message))
    print(
        f"{ENGLISH.relative_to(ROOT)}: {len(after)} texts, {len(after - before)} new, "
        f"{len(before - after)} dropped, {untranslated} to be translated."
    )
    return 0


def check() -> int:
    """Lists what keeps either language of the interface from being complete; 1 if there is anything."""
    faults = [*faults_of_catalogue(english(), catalogue_of_code()), *faults_of_templates(templates())]
    for domain, path in TURKISH.items():
        faults += faults_of_turkish(_read(path), texts_of_wagtail(domain), path)
    for fault in faults:
        print(fault)
    if faults:
        print(
            f"{len(faults)} faults. `make messages` adds missing texts to the catalogue and drops unused ones."
        )
        return 1
    print("Translations: complete.")
    return 0


def compile_all() -> int:
    """Writes the .mo file beside each catalogue, whole or not at all."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        unfinished = compiled.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, _read(source), use_fuzzy=False)
        unfinished.replace(compiled)
    return 0


# --- Reading -------------------------------------------------------------------------------------------------


def english() -> Catalog:
    """The English catalogue of the repository; an empty one if there is none yet."""
    if ENGLISH.exists():
        return _read(ENGLISH)
    return Catalog(
        locale="en",
        header_comment="# The English texts of the Devlet Enformasyon Sistemi. Turkish is the source language.",
        project="Devlet Enformasyon Sistemi",
        version="1",
        msgid_bugs_address="the project",
        last_translator="Devlet Enformasyon Sistemi contributors",
        language_team="English",
        charset="utf-8",
        fuzzy=False,
    )


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], abort_invalid=True)


def templates() -> list[Path]:
    """Those whose texts go through gettext; one that is written in a language bears it in its name (`1.tr.html`)."""
    return sorted(
        path
        for path in (ROOT / "templates").rglob("*")
        if path.suffix in {".html", ".txt", ".xml"} and len(path.suffixes) == 1
    )


def catalogue_of_code() -> Catalog:
    """Every text the rooms and their templates ask gettext for."""
    found = Catalog(locale="en", fuzzy=False)
    sources = [path for room in rooms() for path in sorted((ROOT / room).rglob("*.py"))]
    for path in sources:
        if "migrations" not in path.parts:
            _collect(found, path, path.read_bytes())
    for path in templates():
        # Templatize turns a template into names, calls of gettext and comments. The brackets around it let the
        # reader of Python see one expression over several lines, whatever their indentation.
        text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        _collect(found, path, f"({text}\n)".encode())
    return found


def texts_of_wagtail(domain: str) -> set[tuple[str | None, str]]:
    """The identifiers of every text that the installed Wagtail asks gettext for in `domain`."""
    found: set[tuple[str | None, str]] = set()
    for folder in importlib.util.find_spec("wagtail").submodule_search_locations:
        for path in sorted(Path(folder).glob(f"**/locale/en/LC_MESSAGES/{domain}.po")):
            found |= identifiers(_read(path))
    return found


def _collect(found: Catalog, path: Path, source: bytes) -> None:
    options = {"encoding": "utf-8"}
    messages = extract("python", BytesIO(source), KEYWORDS, ("Translators:",), options=options)
    for line, text, comments, context in messages:
        if text:
            name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
            found.add(text, locations=[(name, line)], auto_comments=comments, context=context)


def identifiers(catalogue: Catalog) -> set[tuple[str | None, str]]:
    return {(message.context, _singular(message)) for message in catalogue if message.id}


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def is_translated(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else message.string
    return bool(strings) and all(strings) and not message.fuzzy


# --- Faults --------------------------------------------------------------------------------------------------


def faults_of_catalogue(catalogue: Catalog, code: Catalog) -> Iterator[str]:
    """A sentence for each text that is missing, untranslated, marked fuzzy, broken, or no longer used."""
    wanted = identifiers(code)
    kept = {(message.context, _singular(message)): message for message in catalogue if message.id}
    for message in code:
        if not message.id:
            continue
        where = ", ".join(sorted({name for name, _line in message.locations}))
        known = kept.get((message.context, _singular(message)))
        if known is None:
            yield f"{where}: not in the English catalogue: {_singular(message)!r}"
        elif known.fuzzy:
            yield f"{where}: translation marked fuzzy: {_singular(message)!r}"
        elif not is_translated(known):
            yield f"{where}: not translated: {_singular(message)!r}"
        elif isinstance(message.id, tuple) != isinstance(known.id, tuple):
            yield f"{where}: with a plural in one place and without in another: {_singular(message)!r}"
    for identifier in sorted(kept.keys() - wanted, key=str):
        yield f"{_shown(ENGLISH)}: no longer used: {identifier[1]!r}"
    for message, errors in catalogue.check():
        yield from (f"{_shown(ENGLISH)}: {_singular(message)!r}: {error}" for error in errors)


def faults_of_turkish(catalogue: Catalog, wagtails: set[tuple[str | None, str]], path: Path) -> Iterator[str]:
    """A sentence for each text that Wagtail no longer has, or that is untranslated, fuzzy or broken."""
    for message in catalogue:
        if not message.id:
            continue
        text = _singular(message)
        if (message.context, text) not in wagtails:
            yield f"{_shown(path)}: not a text of Wagtail's: {text!r}"
        elif not is_translated(message):
            yield f"{_shown(path)}: not translated: {text!r}"
    for message, errors in catalogue.check():
        yield from (f"{_shown(path)}: {_singular(message)!r}: {error}" for error in errors)


def faults_of_templates(paths: Iterable[Path]) -> Iterator[str]:
    """A sentence for each piece of text that stands in a template outside {% translate %}."""
    for path in paths:
        for line, text in untranslatable_texts(path.read_text(encoding="utf-8"), path.suffix == ".html"):
            yield f"{_shown(path)}:{line}: text outside {{% translate %}}: {text!r}"


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def untranslatable_texts(template: str, is_html: bool = True) -> list[tuple[int, str]]:
    """(line, text) of what a person would read in one language only.

    Text needs a lower-case letter: abbreviations (RSS, H2.1, CSV) are the same in both languages. An element
    whose `lang` is written out, not a variable, says which language it is in, and is left out with its contents; so
    is one marked `translate="no"`.
    """
    remaining = _without_tags(template)
    if not is_html:
        lines = re.sub(r"<[^>]*>", "", remaining).splitlines()
        return [(number, line.strip()) for number, line in enumerate(lines, 1) if _has_words(line)]
    reader = _TextReader()
    reader.feed(remaining)
    reader.close()
    return reader.found


def _without_tags(template: str) -> str:
    """The template with its tags, variables and translated blocks gone and its line breaks kept."""
    remaining: list[str] = []
    inside: str | None = None
    for token in Lexer(template).tokenize():
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents else ""
        if token.token_type == TokenType.TEXT and inside is None:
            remaining.append(token.contents)
            continue
        if inside is None and name in {"blocktranslate", "blocktrans", "comment"}:
            inside = name
        elif inside is not None and name == f"end{inside}":
            inside = None
        remaining.append("\n" * token.contents.count("\n"))
    return "".join(remaining)


def _has_words(text: str) -> bool:
    return any(character.islower() for character in text)


class _TextReader(HTMLParser):
    """Collects the texts of an HTML page that carry a language and don't say which."""

    SILENT = frozenset({"script", "style"})
    VOID = frozenset(
        [
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "source",
            "track",
            "wbr",
            "path",
            "circle",
            "rect",
            "line",
        ]
    )

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._exempt: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        is_exempt = bool(attributes.get("lang")) or attributes.get("translate") == "no"
        if not is_exempt and not self._exempt:
            for name in SPOKEN_ATTRIBUTES & attributes.keys():
                self._note(attributes[name] or "")
        if tag not in self.VOID and (self._exempt or is_exempt or tag in self.SILENT):
            self._exempt.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._exempt:
            while self._exempt.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._exempt:
            self._note(data)

    def _note(self, text: str) -> None:
        if _has_words(text):
            self.found.append((self.getpos()[0], " ".join(text.split())))


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
