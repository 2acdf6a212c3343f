"""What entitlement adds to a list: the same page asked for with it and without, by each sort of reader.

    python -m bench.access --items 10000

Fills a fresh database (`bench.loading`), puts the reader's agency among 200 and the readers among 5,000, and asks for
the front of news and the home page, turn by turn as the site answers them and with every question of entitlement left
out: which keys the reader holds, and which items these open. Ends with code 1 where a page with entitlement takes
longer than MOST times the one without.
"""

import argparse
import json
import logging
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

# `python bench/access.py` finds the rooms too.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ITEMS, AGENCIES, PEOPLE = 10_000, 200, 5_000
#: Pairs of requests of each page: one with, one without.
PAIRS = 60
#: What entitlement may make of the time of a list.
MOST = 1.10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one is not None:
        print(json.dumps(measure(chosen.one, chosen.pairs)))
        return 0
    from bench.publish import in_a_process_of_its_own

    results = in_a_process_of_its_own("bench.access", chosen.items, ["--pairs", str(chosen.pairs)])
    print("\n".join(lines(results)))
    return 1 if any(ratio(pair) > MOST for pair in results.values()) else 0


def lines(results: dict[str, dict[str, float]]) -> Iterator[str]:
    """The table, and a sentence on whether it holds."""
    yield "| list, ms of the whole request | without | with entitlement | ratio |"
    yield "|---|---|---|---|"
    for name, pair in results.items():
        yield f"| {name} | {pair['without']:.1f} | {pair['with']:.1f} | {ratio(pair):.2f} |"
    worst = max(results, key=lambda name: ratio(results[name]))
    yield ""
    yield f"Most is added for “{worst}”: {(ratio(results[worst]) - 1) * 100:.0f} %."


def ratio(pair: dict[str, float]) -> float:
    return pair["with"] / pair["without"]


def measure(items: int, pairs: int) -> dict[str, dict[str, float]]:
    """{page: {"with": milliseconds, "without": milliseconds}}, lower quartiles: a busy machine only ever adds."""
    import django

    django.setup()
    logging.disable(logging.WARNING)

    from bench.loading import load
    from home.site_tree import ensure_site_tree

    ensure_site_tree()
    site = load(items)
    add_people(AGENCIES, PEOPLE)
    return {page.name: _measured(page, pairs) for page in _pages(site)}


def add_people(agencies: int, people: int) -> None:
    """Agencies and people until there are so many; every second agency is entitled to some desks alone."""
    from bulletin.models import Desk
    from subscribers.models import Agency, AgencyEntitlement, User

    made = Agency.objects.bulk_create(
        Agency(name=f"Kurum {number}", code=f"BENCH{number}", entitled_to_everything=bool(number % 2))
        for number in range(agencies - Agency.objects.count())
    )
    desks = list(Desk.objects.values_list("pk", flat=True)[:3])
    AgencyEntitlement.objects.bulk_create(
        AgencyEntitlement(agency=agency, kind="desk", value=str(desk))
        for agency in made
        if not agency.entitled_to_everything
        for desk in desks
    )
    User.objects.bulk_create(
        User(email=f"kisi{number}@bench.example", agency=made[number % len(made)], password="!")
        for number in range(people - User.objects.count())
    )


def _pages(site) -> list:
    from bench.moments import client_of
    from bench.pages import Page

    readers = {
        "visitor": client_of(),
        "subscriber": client_of(site.subscriber),
        "subscriber of one desk": client_of(site.reader_of_a_desk),
        "reader of an agency with items of its own": client_of(site.reader_of_few),
    }
    lists = {"news": "/haberler/", "home": "/"}
    return [
        Page(f"{name}, {reader}", client, address)
        for name, address in lists.items()
        for reader, client in readers.items()
    ]


def _measured(page, pairs: int) -> dict[str, float]:
    from django.db import connection

    from bench.pages import look_at

    # SQLite works within this process: its processor time is the whole of the work, and holds no other program's.
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter

    def ask() -> float:
        began = clock()
        page.client.get(page.address).getvalue()
        return (clock() - began) * 1000

    times: dict[str, list[float]] = {"with": [], "without": []}
    for turn in range(pairs + 1):
        asked = [("with", None), ("without", without_entitlement)]
        for name, way in asked if turn % 2 else asked[::-1]:
            with way() if way else _as_it_is():
                if turn == 0:
                    look_at(page)
                else:
                    times[name].append(ask())
    return {name: statistics.quantiles(values, n=4)[0] for name, values in times.items()}


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def without_entitlement() -> Iterator[None]:
    """Every item for everybody, and nobody's keys are asked for."""
    from bulletin.models.current import CurrentItemQuerySet
    from subscribers.entitlement import ANONYMOUS_KEYS

    with (
        mock.patch.object(CurrentItemQuerySet, "readable_by", lambda items, keys: items.all()),
        mock.patch("subscribers.middleware.keys_of", return_value=ANONYMOUS_KEYS),
    ):
        yield


if __name__ == "__main__":
    sys.exit(main())
