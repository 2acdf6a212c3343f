"""The distributed engine: Elasticsearch 8, through elasticsearch-dsl.

One index at a time stands behind the alias; `reset` makes a new one and switches in one step. A document's id is its
item and its version the publication's sequence: an indexer that was stalled for an hour can't bring back what was
withdrawn meanwhile, because a withdrawal stays in the index as `offered: false`. The position is a document of the same
index, written after the documents it speaks of. Each index has a second alias of its own for writing: it goes with the
index, so that a writer whose index was replaced under its hands is refused instead of making a hole in the new one.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

from elasticsearch import ApiError, ConflictError, Elasticsearch, NotFoundError, TransportError, helpers
from elasticsearch_dsl import Boolean, Keyword, Long, Mapping, Q, Search, Text

from bulletin.projections import Position

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

#: Seconds a reader waits for an answer, and an indexer for a batch to be taken.
_READING, _WRITING = 5, 60
#: Documents and bytes of one bulk request; how often a full queue (429) is asked again, waiting 1, 2, 4… seconds.
_CHUNK, _CHUNK_BYTES, _RETRIES = 500, 10_000_000, 5
_PAGE_OF_DUMP = 1_000
#: Seconds for which the list of languages is remembered.
_LANGUAGES_HOLD = 10
_POSITION = "position"


def _mapping() -> Mapping:
    mapping = Mapping()
    for name in schema.EXACT_FIELDS:
        mapping.field(name, Text(analyzer="whitespace", index_options="positions"))
    for name in schema.WORD_FIELDS:
        mapping.field(name, Text(analyzer="whitespace", index_options="freqs"))
    for name in schema.KEYWORD_FIELDS:
        mapping.field(name, Keyword())
    mapping.field("offered", Boolean())
    for name in ("item", "first_offered_at", "newest"):
        mapping.field(name, Long())
    # Kept, never searched: the document's canonical line; of the position document, what it says.
    for name in ("record", "hash", "made_by"):
        mapping.field(name, Keyword(index=False, doc_values=False))
    mapping.field("sequence", Long(index=False, doc_values=False))
    mapping.meta("dynamic", "strict")
    mapping.meta("_source", excludes=[*schema.EXACT_FIELDS, *schema.WORD_FIELDS])
    return mapping


@contextmanager
def _guarded() -> Iterator[None]:
    """Whatever the server or the way to it does becomes EngineUnavailable."""
    try:
        yield
    except (ApiError, TransportError) as error:
        raise EngineUnavailable(f"Elasticsearch: {error}") from error


class ElasticsearchEngine:
    """The index behind the alias `alias` of one cluster; safe to share between threads."""

    def __init__(self, client: Elasticsearch, alias: str = "des"):
        self._client = client.options(request_timeout=_READING, max_retries=0)
        self._writing = client.options(request_timeout=_WRITING, max_retries=0)
        self.alias = alias
        self._languages: tuple[float, frozenset[str]] = (-_LANGUAGES_HOLD - 1, frozenset())

    @classmethod
    def at(cls, url: str) -> "ElasticsearchEngine":
        """The engine at `https://user:password@host:9200/?index=des&ca=/path/of/ca.pem`."""
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        settings: dict = {}
        if parts.username:
            settings["basic_auth"] = (unquote(parts.username), unquote(parts.password or ""))
        if "ca" in options:
            settings["ca_certs"] = options["ca"][0]
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        address = f"{parts.scheme}://{host}:{parts.port or (443 if parts.scheme == 'https' else 9200)}"
        return cls(Elasticsearch(address, **settings), options.get("index", ["des"])[0])

    # --- Reading -------------------------------------------------------------------------------------------------

    def position(self) -> Position:
        return self._position_in(self.alias)

    def _position_in(self, index: str) -> Position:
        with _guarded():
            try:
                found = self._client.get(index=index, id=_POSITION)["_source"]
            except NotFoundError:
                return Position()
        if found["made_by"] != schema.VERSION:
            logger.warning("search_index_of_other_version alias=%s version=%s", self.alias, found["made_by"])
            return Position()
        return Position(found["sequence"], found["hash"])

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
        if not keys:
            return Results(0, ())
        asked = self._search().query(_asked(query, keys, filters, without)).source(False)
        asked = asked.sort("-newest") if order is Order.NEWEST else asked.sort("_score", "-newest")
        asked = asked.extra(from_=offset, size=limit, track_total_hits=True)
        with _guarded():
            try:
                found = asked.execute()
            except NotFoundError:
                return Results(0, ())
        hits = tuple(Hit(int(hit.meta.id), hit.meta.score or 0.0) for hit in found.hits)
        return Results(found.hits.total.value, hits)

    def languages(self) -> frozenset[str]:
        """As of at most `_LANGUAGES_HOLD` seconds ago."""
        asked_at, held = self._languages
        if time.monotonic() - asked_at > _LANGUAGES_HOLD:
            held = self._asked_languages()
            self._languages = (time.monotonic(), held)
        return held

    def _asked_languages(self) -> frozenset[str]:
        asked = self._search().filter("term", offered=True).extra(size=0)
        asked.aggs.bucket("languages", "terms", field="language", size=200)
        with _guarded():
            try:
                found = asked.execute()
            except NotFoundError:
                return frozenset()
        return frozenset(bucket.key for bucket in found.aggregations.languages.buckets)

    def dump(self) -> Iterator[str]:
        asked = self._search().filter("term", offered=True).source(["record"]).sort("item")
        asked = asked.extra(size=_PAGE_OF_DUMP)
        while True:
            with _guarded():
                try:
                    found = asked.execute().hits
                except NotFoundError:
                    return
            for hit in found:
                yield hit.record
            if len(found) < _PAGE_OF_DUMP:
                return
            asked = asked.extra(search_after=list(found[-1].meta.sort))

    def _search(self) -> Search:
        return Search(using=self._client, index=self.alias)

    # --- Writing -------------------------------------------------------------------------------------------------

    def _indexes(self) -> list[str]:
        """The indexes behind the alias: one, or none."""
        try:
            return sorted(self._client.indices.get_alias(name=self.alias))
        except NotFoundError:
            return []

    def _made(self) -> str:
        """Makes a new index, puts it behind the alias in the place of others, which are deleted; gives its name."""
        old = self._indexes()
        name = f"{self.alias}-{schema.VERSION}-{time.time_ns():x}"
        self._writing.indices.create(
            index=name,
            mappings=_mapping().to_dict(),
            settings={"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "1s"},
            aliases={_for_writing(name): {}} | ({} if old else {self.alias: {}}),
        )
        if old:
            switch = [{"add": {"index": name, "alias": self.alias}}]
            switch += [{"remove_index": {"index": index}} for index in old]
            self._writing.indices.update_aliases(actions=switch)
        logger.warning("search_index_made name=%s; it is empty until the log is applied", name)
        return name

    def write(self, documents: Sequence[Document], position: Position, *, after: int) -> None:
        with _guarded():
            standing = [
                name for name in self._indexes() if name.startswith(f"{self.alias}-{schema.VERSION}-")
            ]
            target = _for_writing(standing[0] if standing else self._made())
            missing = still_to_write(documents, position, after=after, standing=self._position_in(target))
            if missing is None:
                return
            self._put(target, missing)
            self._put_position(target, position)
            self._writing.indices.refresh(index=target)

    def _put_position(self, target: str, position: Position) -> None:
        try:
            self._writing.index(
                index=target,
                id=_POSITION,
                document={"sequence": position.sequence, "hash": position.hash, "made_by": schema.VERSION},
                version=position.sequence,
                version_type="external_gte",
                require_alias=True,
            )
        except ConflictError:  # Another indexer is further on.
            logger.info("search_position_is_newer alias=%s sequence=%d", self.alias, position.sequence)

    def _put(self, target: str, documents: Sequence[Document]) -> None:
        actions = (_action(document) for document in documents)
        answers = helpers.streaming_bulk(
            self._writing,
            actions,
            index=target,
            require_alias=True,
            chunk_size=_CHUNK,
            max_chunk_bytes=_CHUNK_BYTES,
            max_retries=_RETRIES,
            initial_backoff=1,
            raise_on_error=False,
        )
        for taken, answer in answers:
            outcome = answer["index"]
            if not taken and outcome["status"] != 409:  # 409: a newer publication of the item is there
                raise EngineUnavailable(
                    f"Elasticsearch refused item {outcome.get('_id')}: {outcome.get('error')}"
                )

    def reset(self) -> None:
        with _guarded():
            self._made()


def _for_writing(index: str) -> str:
    return f"{index}-write"


def _action(document: Document) -> dict:
    held: dict = {"offered": document.offered, "item": document.item}
    if document.offered:
        held |= schema.text_fields(document)
        held |= schema.keyword_fields(document)
        held["first_offered_at"] = schema.moment(document.first_offered_at)
        held["newest"] = schema.newest_key(document)
        held["record"] = schema.record_of(document)
    return {
        "_id": str(document.item),
        "_source": held,
        "version": document.sequence,
        "version_type": "external",
    }


# --- From our tree to Elasticsearch's ----------------------------------------------------------------------------


def _asked(query: Node | None, keys: frozenset[str], filters: Filters, without: frozenset[int]):
    held = [Q("term", offered=True), Q("terms", keys=sorted(keys))]
    held += [Q("terms", **{name: list(values)}) for name, values in filters.keywords().items()]
    if filters.offered_from is not None or filters.offered_before is not None:
        held.append(_offered(filters.offered_from, filters.offered_before))
    must = [] if query is None else [_translated(query)]
    must_not = [Q("terms", item=sorted(without))] if without else []
    return Q("bool", filter=held, must=must, must_not=must_not)


def _term(name: str, token: str, weight: float):
    return Q("term", **{name: {"value": token, "boost": weight}})


def _exact(words: Sequence[str], name: str, weight: float, slop: int = 0):
    if len(words) == 1:
        return _term(name, words[0], weight)
    return Q("match_phrase", **{name: {"query": " ".join(words), "boost": weight, "slop": slop}})


def _prefix(letters: str, name: str, weight: float):
    return Q("prefix", **{name: {"value": letters, "boost": weight}})


def _offered(start: datetime | None, before: datetime | None):
    interval = {"gte": start, "lt": before}
    return Q(
        "range",
        first_offered_at={edge: schema.moment(at) for edge, at in interval.items() if at is not None},
    )


def _translated(node: Node):
    match node:
        case Word():
            return _any(_term(*term) for term in schema.terms_of(node))
        case Phrase(words=words, place=place):
            return _any(_exact(words, name, weight) for name, weight in schema.exact_fields(place))
        case Near(first=first, second=second, distance=distance, place=place):
            orders = ((first, second), (second, first))
            return _any(
                _exact(words, name, weight, distance)
                for words in orders
                for name, weight in schema.exact_fields(place)
            )
        case Prefix(letters=letters, place=place):
            return _any(_prefix(letters, name, weight) for name, weight in schema.exact_fields(place))
        case Offered():
            return Q("bool", filter=[_offered(*schema.moments_of(node))])
        case AllOf(nodes=nodes):
            return Q("bool", must=[_translated(part) for part in nodes])
        case AnyOf(nodes=nodes):
            return _any(_translated(part) for part in nodes)
        case Without(node=wanted, excluded=excluded):
            first = [] if wanted is None else [_translated(wanted)]
            return Q("bool", must=first, must_not=[_translated(part) for part in excluded])
    raise TypeError(f"Not a part of a query: {node!r}")


def _any(queries):
    return Q("bool", should=list(queries), minimum_should_match=1)
