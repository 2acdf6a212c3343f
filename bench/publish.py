"""How long from publishing to being read, and what each page costs, at the sizes asked for.

    python -m bench.publish --items 1000 10000

For each size a fresh database is filled (bench/loading.py), then: real publishes through the revision, each timed until
it shows in the page, the feed and the search; and every list and detail page, admin included, with its queries and its
time. The last column is the ratio to the smallest size of the same run: flat is near 1, and the queries must be equal.
The database is SQLite in a temporary folder, or the one of DATABASE_URL, which must be empty.
"""

import argparse
import json
import logging
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PUBLISHES = 40
REPEATS = 9


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--items", type=int, nargs="+", default=[1000, 10_000])
    arguments.add_argument("--publishes", type=int, default=PUBLISHES)
    arguments.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.one is not None:
        print(json.dumps(measure(chosen.one, chosen.publishes)))
        return
    results = {}
    for size in sorted(chosen.items):
        results[size] = _in_a_process_of_its_own(size, chosen.publishes)
    report(results)


def _in_a_process_of_its_own(size: int, publishes: int) -> dict:
    folder = tempfile.mkdtemp(prefix="des-bench-")
    environment = {
        **os.environ,
        "DES_VAR": folder,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "LOG_LEVEL": "ERROR",
    }
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        command = [sys.executable, "-m", "bench.publish", "--one", str(size), "--publishes", str(publishes)]
        finished = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
        return json.loads(finished.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(folder)


def measure(size: int, publishes: int) -> dict:
    """{"moments": {what: [milliseconds]}, "pages": {what: [queries, milliseconds]}} with `size` items on offer."""
    import django

    django.setup()
    logging.disable(logging.WARNING)

    from bench.loading import load
    from home.site_tree import ensure_site_tree
    from subscribers import roles
    from subscribers.models import Agency, User

    ensure_site_tree()
    began = time.perf_counter()
    load(size)
    filled = time.perf_counter() - began
    chief = User.objects.create_user("chief@des.example", "x")
    from django.contrib.auth.models import Group

    chief.groups.add(Group.objects.get(name=roles.CHIEF_EDITOR))
    reader = User.objects.create_user(
        "reader@des.example", "x", agency=Agency.objects.create(name="K", code="K")
    )
    return {
        "filled": filled,
        "moments": _measure_publishing(publishes, chief, reader),
        "pages": _measure_pages(chief, reader),
    }


def _client(user=None):
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1", HTTP_ACCEPT_LANGUAGE="tr")
    if user is not None:
        client.force_login(user)
    return client


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _measure_publishing(publishes: int, chief, reader) -> dict[str, list[float]]:
    import random

    from bench.loading import _body
    from bulletin.models import Desk, Item, NewsItem

    chance = random.Random(0)
    desk = Desk.objects.first()
    client = _client(reader)
    moments: dict[str, list[float]] = {name: [] for name in ("publish", "withdraw", "page", "feed", "search")}
    for number in range(publishes):
        word = f"olcum{number}kelimesi"
        item = NewsItem(title=f"Ölçüm {word}", body=_body(chance), desk=desk, audience=["public"])
        item.save()
        revision = item.save_revision()
        began = time.perf_counter()
        revision.publish(user=chief)
        moments["publish"].append((time.perf_counter() - began) * 1000)
        path = Item.objects.get(pk=item.pk).current.url_path
        for what, address in (("page", path), ("feed", "/rss/haberler.xml"), ("search", f"/ara/?q={word}")):
            while word.encode() not in (answer := client.get(address)).content or (
                what == "search" and path.encode() not in answer.content
            ):
                if time.perf_counter() - began > 30:
                    raise SystemExit(f"not visible in {what} after 30 s: {address} {answer.status_code}")
            moments[what].append((time.perf_counter() - began) * 1000)
        if number % 2:
            moments["withdraw"].append(_milliseconds(Item.objects.get(pk=item.pk).unpublish))
    return moments


def _measure_pages(chief, reader) -> dict[str, tuple[int, float]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from bulletin.models import CurrentItem, Desk, NewsItem

    newest = CurrentItem.objects.filter(kind="news").readable_by(["public"]).newest_first()[0]
    desk = Desk.objects.first()
    names = NewsItem.snippet_viewset
    list_address = reverse(names.get_url_name("list"))
    visitor, subscriber, editor = _client(), _client(reader), _client(chief)
    pages = {
        "home": (visitor, "/"),
        "home, subscriber": (subscriber, "/"),
        "section": (visitor, "/haberler/"),
        "section, subscriber": (subscriber, "/haberler/"),
        "section, by desk": (subscriber, f"/haberler/?masa={desk.pk}"),
        "section, by country": (subscriber, "/haberler/?ulke=DE"),
        "statements": (visitor, "/aciklamalar/"),
        "bulletins": (visitor, "/bultenler/"),
        "item": (visitor, newest.url_path),
        "item, subscriber": (subscriber, newest.url_path),
        "search": (subscriber, "/ara/?q=ekonomi"),
        "search, two words": (subscriber, "/ara/?q=demiryolu+k%C3%B6pr%C3%BC"),
        "feed": (visitor, "/rss/haberler.xml"),
        "sitemap": (visitor, "/sitemap.xml"),
        "H2.1": (_client(_strategist()), "/gostergeler/h2-1/"),
        "admin home": (editor, "/yonetim/"),
        "admin list": (editor, list_address),
        "admin list, page 20": (editor, f"{list_address}?p=20"),
        "admin list, search box": (editor, f"{list_address}?q=demiryolu"),
        "admin edit": (editor, reverse(names.get_url_name("edit"), args=[newest.pk])),
        "admin history": (editor, reverse(names.get_url_name("history"), args=[newest.pk])),
        "admin new": (editor, reverse(names.get_url_name("add"))),
    }
    measured = {}
    for what, (client, address) in pages.items():
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{what}: {address} answered {answer.status_code}")
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        number = len(queries)  # now: the next request empties the log of queries
        times = [_milliseconds(lambda c=client, a=address: c.get(a)) for _ in range(REPEATS)]
        measured[what] = (number, statistics.median(times))
    return measured


def _strategist():
    from django.contrib.auth.models import Group

    from subscribers import roles
    from subscribers.models import User

    user = User.objects.create_user("strategist@des.example", "x")
    user.groups.add(Group.objects.get(name=roles.STRATEGIST))
    return user


def _percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def report(results: dict[int, dict]) -> None:
    """Two tables in Markdown."""
    smallest, largest = min(results), max(results)
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    print(f"\n{engine}, Python {platform.python_version()}, {os.cpu_count()} processors\n")
    sizes = sorted(results)
    print(
        "| from publishing, ms: p50 / p95 | "
        + " | ".join(f"{size:,} items" for size in sizes)
        + " | ratio of p50 |"
    )
    print("|---|" + "---|" * (len(sizes) + 1))
    for what in results[smallest]["moments"]:
        values = {size: results[size]["moments"][what] for size in sizes}
        cells = [
            f"{_percentile(values[size], 0.5):.0f} / {_percentile(values[size], 0.95):.0f}" for size in sizes
        ]
        ratio = _percentile(values[largest], 0.5) / _percentile(values[smallest], 0.5)
        print(f"| {what} | " + " | ".join(cells) + f" | {ratio:.2f} |")
    print("\n| page, ms [queries] | " + " | ".join(f"{size:,} items" for size in sizes) + " | ratio |")
    print("|---|" + "---|" * (len(sizes) + 1))
    for what in results[smallest]["pages"]:
        cells = [
            f"{results[size]['pages'][what][1]:.0f} [{results[size]['pages'][what][0]}]" for size in sizes
        ]
        ratio = results[largest]["pages"][what][1] / results[smallest]["pages"][what][1]
        print(f"| {what} | " + " | ".join(cells) + f" | {ratio:.2f} |")


if __name__ == "__main__":
    main()
