"""What was measured, as Markdown: two tables, and a sentence on whether the queries are bounded.

Called by `bench.publish` with {size: {"writes": {what: [cost]}, "pages": {what: cost}, "filled": seconds}}, where a
cost is a `bench.costs.Cost` as a dictionary.
"""

import os
import platform
import statistics
from collections.abc import Iterator
from itertools import pairwise

#: What of the writes is a moment at which something is seen, and has no queries of its own.
SIGHTINGS = ("page", "feed", "search")


def percentile(values: list[float], part: float) -> float:
    """The value below which `part` of `values` lie, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def unbounded(results: dict[int, dict]) -> list[str]:
    """A sentence for each page and each write that asks more queries at a larger size than at a smaller."""
    sentences = []
    for what in _names(results, "writes"):
        if what not in SIGHTINGS:
            numbers = {size: _queries_of(costs["writes"][what]) for size, costs in results.items()}
            sentences += _growing(what, numbers)
    for what in _names(results, "pages"):
        sentences += _growing(
            what, {size: costs["pages"][what]["queries"] for size, costs in results.items()}
        )
    return sentences


def lines(results: dict[int, dict]) -> Iterator[str]:
    """The whole report."""
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    filled = ", ".join(f"{size:,} items loaded in {costs['filled']:.0f} s" for size, costs in results.items())
    yield f"{engine}, Python {platform.python_version()}, {os.cpu_count()} processors; {filled}."
    yield ""
    yield from _writes(results)
    yield ""
    yield from _pages(results)
    yield ""
    yield from verdict(results)


def verdict(results: dict[int, dict]) -> Iterator[str]:
    """Whether the number of queries grows with the number of items."""
    pages = len(_names(results, "pages"))
    if len(results) == 1:
        yield f"Whether the queries of these {pages} pages are bounded shows at two sizes or more."
    elif growing := unbounded(results):
        yield "NOT bounded:"
        yield from (f"- {sentence}" for sentence in growing)
    else:
        yield f"Bounded: none of the {pages} pages, and no write, asks more queries at a larger size than at a smaller."


def _names(results: dict[int, dict], part: str) -> list[str]:
    return list(results[min(results)][part])


def _queries_of(costs: list[dict]) -> int:
    """The usual number: the first write of a process also fills what it keeps."""
    return statistics.mode(cost["queries"] for cost in costs)


def _growing(what: str, numbers: dict[int, int]) -> list[str]:
    asked = list(numbers.values())
    if all(more <= fewer for fewer, more in pairwise(asked)):
        return []
    return [
        f"{what}: " + ", ".join(f"{number} queries at {size:,}" for size, number in numbers.items()) + "."
    ]


def _head(title: str, results: dict[int, dict]) -> Iterator[str]:
    yield f"| {title} | queries | " + " | ".join(f"{size:,} items" for size in results) + " | ratio |"
    yield "|---|" + "---|" * (len(results) + 2)


def _row(what: str, numbers: list[int], cells: list[str], values: list[float]) -> str:
    queries = " / ".join(str(number) for number in dict.fromkeys(numbers)) if any(numbers) else ""
    return f"| {what} | {queries} | " + " | ".join(cells) + f" | {values[-1] / values[0]:.2f} |"


def _writes(results: dict[int, dict]) -> Iterator[str]:
    yield from _head("from publishing, ms: p50 / p95", results)
    for what in _names(results, "writes"):
        of_sizes = [costs["writes"][what] for costs in results.values()]
        times = [[cost["whole"] for cost in costs] for costs in of_sizes]
        cells = [f"{percentile(values, 0.5):.0f} / {percentile(values, 0.95):.0f}" for values in times]
        label = f"visible in {what}" if what in SIGHTINGS else what
        numbers = [0] if what in SIGHTINGS else [_queries_of(costs) for costs in of_sizes]
        yield _row(label, numbers, cells, [percentile(values, 0.5) for values in times])


def _pages(results: dict[int, dict]) -> Iterator[str]:
    yield from _head("page, ms: whole request (in queries)", results)
    for what in _names(results, "pages"):
        costs = [of_size["pages"][what] for of_size in results.values()]
        cells = [f"{cost['whole']:.1f} ({cost['in_queries']:.1f})" for cost in costs]
        yield _row(what, [cost["queries"] for cost in costs], cells, [cost["whole"] for cost in costs])
