"""The embedded engine: tantivy, in a folder of this machine.

One writer at a time, held by a file lock that a dying process lets go of; every commit holds the documents and the
position together, so a crash leaves the last commit whole. Readers look at the folder's state before each search and so
see a commit at once, whichever process made it. An index that is missing, damaged or of another version counts as
empty: its position is 0, and the next `catch_up` writes it anew from the log.

Each commit makes a segment, and tantivy merges segments as soon as there are eight: with a big one among them half a
second, which a publishing editor would wait for. So the last few documents, the fresh ones, are kept with their fields
and written again with the next: one small segment takes the place of the last, and few merges are left.
"""

import fcntl
import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import tantivy
from tantivy import Occur, Query

from bulletin.projections import Position
from subscribers.canonical import canonical_json

from ..documents import Document
from ..query import AllOf, AnyOf, Near, Node, Offered, Phrase, Prefix, Without, Word
from . import schema
from .protocol import (
    MAXIMUM_DEPTH,
    NO_FILTERS,
    EngineUnavailable,
    Filters,
    Hit,
    Order,
    Results,
    still_to_write,
)

logger = logging.getLogger(__name__)

#: Memory of the writer in bytes: tantivy's least, and enough for a batch of the rebuild.
_HEAP_FOR_FEW, _HEAP_FOR_MANY = 15_000_000, 64_000_000
#: From so many documents on a write is a batch; a reader may wait for it, and merges are wanted.
_MANY = 20
#: Fresh documents at most, and bytes of their fields.
_FRESH, _FRESH_BYTES = 40, 1_000_000

Answer = TypeVar("Answer")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in schema.EXACT_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in schema.WORD_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in (*schema.KEYWORD_FIELDS, "holds"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    # Signed, though never negative: deleting by a term of an unsigned field deletes nothing (tantivy-py 0.27).
    builder.add_integer_field("item", indexed=True, fast=True)
    builder.add_integer_field("first_offered_at", indexed=True, fast=True)
    builder.add_integer_field("newest", fast=True)
    # Stored, never searched: the document's canonical line, or the position; the fields of a fresh document.
    builder.add_bytes_field("record", stored=True)
    builder.add_bytes_field("fields", stored=True)
    return builder.build()


SCHEMA = _schema()


class TantivyEngine:
    """The index in `folder`; safe to share between threads."""

    def __init__(self, folder: Path):
        self.folder = folder / f"tantivy-{schema.VERSION}"
        self._parent = folder
        self._opening = threading.Lock()
        self._index: tantivy.Index | None = None
        self._state: tuple | None = None

    # --- Reading -------------------------------------------------------------------------------------------------

    def _searcher(self) -> tantivy.Searcher | None:
        """A searcher that sees the last commit; None where there is no index. Raises EngineUnavailable if damaged."""
        try:
            found = (self.folder / "meta.json").stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EngineUnavailable(str(error)) from error
        state = (found.st_ino, found.st_mtime_ns, found.st_size)
        with self._opening:
            if state != self._state:
                self._load()
                self._state = state
            return self._guarded(self._index.searcher)

    def _load(self) -> None:
        if self._index is not None:
            self._guarded(self._index.reload)
            return
        index = self._guarded(lambda: tantivy.Index.open(str(self.folder)))
        self._guarded(lambda: index.config_reader("manual"))
        self._index = index

    def _guarded(self, call: Callable[[], Answer]) -> Answer:
        """What `call` gives; whatever tantivy raises, its panics included, becomes EngineUnavailable."""
        try:
            return call()
        except (ValueError, OSError, RuntimeError) as error:
            raise EngineUnavailable(f"{self.folder}: {error}") from error
        except BaseException as error:
            if type(error).__name__ == "PanicException":
                raise EngineUnavailable(f"{self.folder}: {error}") from error
            raise

    def position(self) -> Position:
        try:
            searcher = self._searcher()
            if searcher is None:
                return Position()
            found = self._guarded(lambda: searcher.search(_POSITION, limit=1, count=False)).hits
            if not found:
                return Position()
            record = self._guarded(lambda: searcher.doc(found[0][1])).get_first("record")
            return Position(**json.loads(bytes(record)))
        except EngineUnavailable as error:
            logger.warning(
                "search_index_damaged folder=%s error=%s; it will be built anew", self.folder, error
            )
            return Position()

    def search(
        self,
        query: Node | None,
        *,
        keys: frozenset[str],
        filters: Filters = NO_FILTERS,
        order: Order = Order.RELEVANCE,
        offset: int = 0,
        limit: int = 20,
        without: frozenset[int] = frozenset(),
    ) -> Results:
        if offset + limit > MAXIMUM_DEPTH:
            raise ValueError(f"No hit beyond {MAXIMUM_DEPTH} is given.")
        searcher = self._searcher()
        if searcher is None or not keys:
            return Results(0, ())
        asked = _asked(query, keys, filters, without)
        by = {"order_by_field": "newest"} if order is Order.NEWEST else {}
        found = self._guarded(lambda: searcher.search(asked, limit=max(limit, 1), offset=offset, **by))
        addresses = [address for _score, address in found.hits][:limit]
        items = self._guarded(lambda: searcher.fast_field_values("item", addresses)) if addresses else []
        scores = [0.0 if order is Order.NEWEST else score for score, _address in found.hits]
        return Results(
            found.count, tuple(Hit(item, score) for item, score in zip(items, scores, strict=False))
        )

    def languages(self) -> frozenset[str]:
        searcher = self._searcher()
        if searcher is None:
            return frozenset()
        return frozenset(
            term for term, _items in self._guarded(lambda: searcher.terms_with_prefix("language", ""))
        )

    def dump(self) -> Iterator[str]:
        searcher = self._searcher()
        if searcher is None:
            return
        order = {"order_by_field": "item", "order": tantivy.Order.Asc}
        found = self._guarded(lambda: searcher.search(_ITEMS, limit=max(searcher.num_docs, 1), **order))
        for _item, address in found.hits:
            record = self._guarded(lambda address=address: searcher.doc(address)).get_first("record")
            yield bytes(record).decode()

    # --- Writing -------------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Waits for the lock of this index's one writer."""
        try:
            self._parent.mkdir(parents=True, exist_ok=True)
            file = (self._parent / "writer.lock").open("w")
        except OSError as error:
            raise EngineUnavailable(str(error)) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _writable(self) -> tantivy.Index:
        """The index to write to; made where there is none, made anew where it is damaged."""
        try:
            if self._searcher() is not None:
                return self._index
        except EngineUnavailable as error:
            logger.warning("search_index_removed folder=%s error=%s", self.folder, error)
        self._index = self._state = None
        for old in self._parent.glob("tantivy-*"):
            shutil.rmtree(old, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        logger.warning("search_index_made folder=%s; it is empty until the log is applied", self.folder)
        return self._guarded(lambda: tantivy.Index(SCHEMA, path=str(self.folder)))

    @contextmanager
    def _writer(self, heap: int) -> Iterator[tantivy.IndexWriter]:
        """A writer that is let go of at the end, whatever happens; what it wasn't told to commit is forgotten."""
        index = self._writable()
        writer = self._guarded(lambda: index.writer(heap, 1))
        try:
            yield writer
        finally:
            self._guarded(writer.wait_merging_threads)

    def write(self, documents: Sequence[Document], position: Position, *, after: int) -> None:
        with self._alone():
            missing = still_to_write(documents, position, after=after, standing=self.position())
            if missing is None:
                return
            changed = {document.item for document in missing}
            fields = [_fields(document) for document in missing if document.offered]
            few = len(missing) < _MANY
            if few:
                fresh = [held for held in self._fresh() if held["item"] not in changed]
                changed |= {held["item"] for held in fresh}
                fields += fresh
            with self._writer(_HEAP_FOR_FEW if few else _HEAP_FOR_MANY) as writer:
                for item in changed:
                    self._guarded(lambda item=item: writer.delete_documents_by_term("item", item))
                for ready in _prepared(fields, keep=few):
                    self._guarded(lambda ready=ready: writer.add_document(ready))
                self._put_position(writer, position)
                self._guarded(writer.commit)

    def _fresh(self) -> list[dict]:
        """The fields of the fresh documents; none where there is no sound index."""
        try:
            searcher = self._searcher()
        except EngineUnavailable:
            return []
        if searcher is None:
            return []
        found = self._guarded(lambda: searcher.search(_FRESH_ONES, limit=_FRESH, count=False)).hits
        held = [self._guarded(lambda at=at: searcher.doc(at)).get_first("fields") for _score, at in found]
        return [json.loads(bytes(fields)) for fields in held]

    def reset(self) -> None:
        with self._alone(), self._writer(_HEAP_FOR_FEW) as writer:
            self._guarded(writer.delete_all_documents)
            self._put_position(writer, Position())
            self._guarded(writer.commit)

    def _put_position(self, writer: tantivy.IndexWriter, position: Position) -> None:
        document = tantivy.Document()
        document.add_text("holds", "position")
        record = canonical_json({"sequence": position.sequence, "hash": position.hash})
        document.add_bytes("record", record.encode())
        self._guarded(lambda: writer.delete_documents_by_term("holds", "position"))
        self._guarded(lambda: writer.add_document(document))


def _fields(document: Document) -> dict:
    """What the index holds of `document`, as JSON can hold it."""
    return {
        "item": document.item,
        "texts": schema.text_fields(document) | schema.keyword_fields(document),
        "integers": {
            "first_offered_at": schema.moment(document.first_offered_at),
            "newest": schema.newest_key(document),
        },
        "record": schema.record_of(document),
    }


def _prepared(documents: Sequence[dict], *, keep: bool) -> Iterator[tantivy.Document]:
    """tantivy's documents for these fields. keep: as fresh ones, with their fields, unless they are too many by now."""
    kept = [canonical_json(fields).encode() for fields in documents] if keep else []
    if len(kept) > _FRESH or sum(map(len, kept)) > _FRESH_BYTES:
        kept = []
    for number, fields in enumerate(documents):
        ready = tantivy.Document()
        for name, values in fields["texts"].items():
            for value in values:
                ready.add_text(name, value)
        ready.add_integer("item", fields["item"])
        for name, value in fields["integers"].items():
            ready.add_integer(name, value)
        ready.add_bytes("record", fields["record"].encode())
        ready.add_text("holds", "item")
        if kept:
            ready.add_text("holds", "fresh")
            ready.add_bytes("fields", kept[number])
        yield ready


# --- From our tree to tantivy's ----------------------------------------------------------------------------------

_POSITION = Query.term_query(SCHEMA, "holds", "position", "basic")
_FRESH_ONES = Query.term_query(SCHEMA, "holds", "fresh", "basic")
_ITEMS = Query.term_query(SCHEMA, "holds", "item", "basic")


def _keyword(name: str, values: Sequence[str]) -> Query:
    """Matches where the field `name` holds one of `values`; adds nothing to the score."""
    terms = [(Occur.Should, Query.term_query(SCHEMA, name, value, "basic")) for value in values]
    return Query.const_score_query(Query.boolean_query(terms), 0.0)


def _asked(query: Node | None, keys: frozenset[str], filters: Filters, without: frozenset[int]) -> Query:
    must = [_keyword("keys", sorted(keys))]
    must += [_keyword(name, values) for name, values in filters.keywords().items()]
    if filters.offered_from is not None or filters.offered_before is not None:
        must.append(_offered(filters.offered_from, filters.offered_before))
    if query is not None:
        must.append(_translated(query))
    parts = [(Occur.Must, part) for part in must]
    if without:
        parts.append((Occur.MustNot, Query.term_set_query(SCHEMA, "item", sorted(without))))
    return Query.boolean_query(parts)


def _term(name: str, token: str) -> Query:
    return Query.term_query(SCHEMA, name, token, "position" if name in schema.EXACT_FIELDS else "freq")


def _any(parts: Iterable[tuple[Query, float]]) -> Query:
    """Matches where one of `parts` does, each with its weight."""
    weighed = (query if weight == 1.0 else Query.boost_query(query, weight) for query, weight in parts)
    return Query.boolean_query([(Occur.Should, query) for query in weighed])


def _exact(words: Sequence[str], name: str, slop: int = 0) -> Query:
    return _term(name, words[0]) if len(words) == 1 else Query.phrase_query(SCHEMA, name, list(words), slop)


def _prefix(letters: str, name: str) -> Query:
    pattern = "".join(letter if letter.isalnum() else f"\\{letter}" for letter in letters)
    return Query.const_score_query(Query.regex_query(SCHEMA, name, f"{pattern}.*"), 1.0)


def _offered(start: datetime | None, before: datetime | None) -> Query:
    """What was first offered from `start` on and before `before`; adds nothing to the score."""
    lower, upper = (at and schema.moment(at) for at in (start, before))
    kind = tantivy.FieldType.Integer
    interval = Query.range_query(SCHEMA, "first_offered_at", kind, lower, upper, True, upper is None)
    return Query.const_score_query(interval, 0.0)


def _translated(node: Node) -> Query:
    match node:
        case Word():
            return _any((_term(name, token), weight) for name, token, weight in schema.terms_of(node))
        case Phrase(words=words, place=place):
            return _any((_exact(words, name), weight) for name, weight in schema.exact_fields(place))
        case Near(first=first, second=second, distance=distance, place=place):
            orders = ((first, second), (second, first))
            return _any(
                (_exact(words, name, distance), weight)
                for words in orders
                for name, weight in schema.exact_fields(place)
            )
        case Prefix(letters=letters, place=place):
            return _any((_prefix(letters, name), weight) for name, weight in schema.exact_fields(place))
        case Offered():
            return _offered(*schema.moments_of(node))
        case AllOf(nodes=nodes):
            return Query.boolean_query([(Occur.Must, _translated(part)) for part in nodes])
        case AnyOf(nodes=nodes):
            return Query.boolean_query([(Occur.Should, _translated(part)) for part in nodes])
        case Without(node=wanted, excluded=excluded):
            first = Query.const_score_query(_ITEMS, 0.0) if wanted is None else _translated(wanted)
            unwanted = [(Occur.MustNot, _translated(part)) for part in excluded]
            return Query.boolean_query([(Occur.Must, first), *unwanted])
    raise TypeError(f"Not a part of a query: {node!r}")
