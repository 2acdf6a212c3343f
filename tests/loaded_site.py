"""A process that has loaded the site, which takes seconds, and forks one that runs a module, which takes none.

Started by `tests.processes`, which sends it orders over a socket: a JSON object {module, environment} and with it the
two ends of pipes that the forked process reads from and writes to. It answers with the number of that process.
"""

import json
import os
import runpy
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path

LONGEST_ORDER = 65_536
#: What of its environment this process can't follow.
READ_AT_START = ("SEARCH_URL", "CACHE_URL", "EMAIL_URL")


def load() -> None:
    """What every process would do the first time it publishes, done once for all of them."""
    import django

    django.setup()
    from django.urls import reverse
    from wagtail.models import ReferenceIndex
    from wagtail.snippets.models import get_snippet_models

    from bulletin.models import NewsItem
    from bulletin.vocabulary import languages
    from search import analysis

    for imported_late in ("feeds.projection", "search.engines.tantivy"):
        import_module(imported_late)
    # Reading an address lays out all of them.
    assert reverse("wagtailadmin_home")
    assert get_snippet_models()
    assert languages()
    assert ReferenceIndex.model_is_indexable(NewsItem)
    analysis.warm()


def lead_to(environment: dict[str, str]) -> None:
    """Makes this process one that was started with `environment`."""
    import environ
    from django.conf import settings
    from django.db import connections

    # Read when the site was loaded: another search engine or cache needs a process of its own.
    assert [environment.get(name) for name in READ_AT_START] == [
        os.environ.get(name) for name in READ_AT_START
    ]
    os.environ.clear()
    os.environ.update(environment)
    settings.VAR = Path(environment["DES_TEST_VAR"])
    settings.MEDIA_ROOT = settings.VAR / "media"
    named = environ.Env.db_url_config(environment["DATABASE_URL"])
    connections.settings["default"].update(
        {name: named[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    )


def run(order: dict, pipes: list[int]) -> None:
    """The forked process, from its beginning to its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for place, pipe in enumerate(pipes):
        os.dup2(pipe, place)
        os.close(pipe)
    sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115
    lead_to(order["environment"])
    runpy.run_module(order["module"], run_name="__main__")
    sys.stdout.flush()


def main() -> None:
    load()
    # Nobody waits for those that have ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    orders = socket.socket(fileno=int(sys.argv[1]))
    while True:
        order, pipes, _flags, _address = socket.recv_fds(orders, LONGEST_ORDER, 2)
        if not order:
            return
        number = os.fork()
        if number == 0:
            orders.close()
            try:
                run(json.loads(order), pipes)
                os._exit(0)
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
        for pipe in pipes:
            os.close(pipe)
        orders.send(str(number).encode())


if __name__ == "__main__":
    main()
