"""How long from publishing to being read, and what each page costs, at the sizes asked for.

    python -m bench.publish --items 1000 10000

For each size a fresh database is filled (`bench.loading`), then measured in a process of its own: writes and the
moments at which they are seen (`bench.moments`), every page (`bench.pages`), and last the lists after most of what was
public has been closed to visitors. Ends with code 1 where a number of queries grows with the size (`bench.report`).
The database is SQLite in a temporary folder; where DATABASE_URL names a PostgreSQL, one made there for each size, and
dropped after it.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
# `python bench/publish.py`, as make calls it, finds the rooms too.
sys.path.insert(0, str(ROOT))

#: Items that are published, corrected and so on; requests of each page that are timed.
PUBLISHES, REPEATS = 40, 9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--publishes", type=int, default=PUBLISHES)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one is not None:
        print(json.dumps(measure(chosen.one, chosen.publishes, chosen.repeats)))
        return 0
    from bench import report

    options = ["--publishes", str(chosen.publishes), "--repeats", str(chosen.repeats)]
    results = {
        size: in_a_process_of_its_own("bench.publish", size, options) for size in sorted(set(chosen.items))
    }
    print("\n".join(report.lines(results)))
    return 1 if report.unbounded(results) else 0


def in_a_process_of_its_own(module: str, size: int, options: list[str]) -> dict:
    """What `python -m <module> --one <size>` prints last, as JSON, over a fresh and migrated database."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with tempfile.TemporaryDirectory(prefix="des-bench-") as folder, _own_database(size) as address:
        environment = {
            **inherited,
            **address,
            "DES_VAR": folder,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "LOG_LEVEL": "ERROR",
        }
        for arguments in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)
        command = [sys.executable, "-m", module, "--one", str(size), *options]
        finished = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
        return json.loads(finished.stdout.splitlines()[-1])


@contextmanager
def _own_database(size: int) -> Iterator[dict[str, str]]:
    """The variables that name a database of its own: a new one of a PostgreSQL, else SQLite in the bench's folder."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield {}
        return
    import psycopg

    name = f"des_bench_{size}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield {"DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl()}
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(size: int, publishes: int, repeats: int) -> dict:
    """{"filled": seconds, "writes": {what: [cost]}, "pages": {what: cost}} with `size` items loaded."""
    import django

    django.setup()
    logging.disable(logging.WARNING)

    from bench.loading import close_to_visitors, load
    from bench.moments import measure_writes
    from bench.pages import all_pages, closed_pages, measure_pages
    from home.site_tree import ensure_site_tree

    ensure_site_tree()
    began = time.perf_counter()
    site = load(size)
    filled = time.perf_counter() - began
    writes = measure_writes(site, publishes)
    pages = measure_pages(all_pages(site), repeats)
    close_to_visitors()
    pages |= measure_pages(closed_pages(site), repeats)
    return {
        "filled": filled,
        "writes": {what: [cost.as_dict() for cost in costs] for what, costs in writes.items()},
        "pages": {what: cost.as_dict() for what, cost in pages.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
