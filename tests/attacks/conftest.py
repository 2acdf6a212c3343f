"""The world of the walk, and whoever attacks it. Each request is undone again: the next finds the same world.

So all tests of the room attack one and the same. It stands in a transaction around theirs, in a folder of its own.
"""

import copy
import sys
from urllib.parse import unquote_to_bytes

import pytest
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client, override_settings

from tests import factories
from tests.test_entitlement_walk import World

from .judging import breaches


class Attacker:
    """Asks as one reader. `breaches` holds, in words, whatever an answer should not have done.

    may_read: the audiences whose items this reader may see; None for the newsroom, which sees what it writes.
    """

    def __init__(self, person=None, may_read: set[str] | None = frozenset({"public"}), **options):
        self.client = Client(raise_request_exception=False, **options)
        if person is not None:
            self.client.force_login(person)
        self.may_read = may_read
        self.breaches: list[str] = []
        self.asked = 0
        self._cookies = copy.deepcopy(self.client.cookies)
        self._failed: list[BaseException] = []

    def ask(self, path: str, method: str = "GET", **request):
        """The answer to one request, judged. The session and the database are as before."""
        self.client.cookies = copy.deepcopy(self._cookies)
        self._failed.clear()
        got_request_exception.connect(self._note, dispatch_uid="attacker")
        try:
            with transaction.atomic():
                answer = self.client.generic(method, "/", **_as_sent(path), **request)
                found = breaches(answer, may_read=self.may_read)
                transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(dispatch_uid="attacker")
        self.asked += 1
        why = f" {self._failed[-1]!r:.300}" if self._failed else ""
        self.breaches += [f"{method} {path[:300]} {str(request)[:200]}: {breach}{why}" for breach in found]
        return answer

    def _note(self, sender, **signal) -> None:
        self._failed.append(sys.exc_info()[1])


def _as_sent(path: str) -> dict[str, str]:
    """`path` as a server hands it on, byte for byte: a test client would read `//host/` as an address of its own."""
    path, _mark, query = path.partition("?")
    return {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query}


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacked")
    there = {"VAR": folder, "MEDIA_ROOT": folder / "media", "SEARCH_URL": "tantivy://"}
    with django_db_blocker.unblock(), override_settings(**there), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def own_folder(world):
    """The tests share the folder of their world."""
    return settings.VAR


@pytest.fixture
def everyone(world) -> list[Attacker]:
    """A visitor, a subscriber, a coordinator of the agency, and one who may do everything."""
    return [Attacker(), subscriber(world), coordinator(world), superuser()]


def subscriber(world) -> Attacker:
    return Attacker(world.person("subscriber"), {"public", "subscriber"})


def coordinator(world) -> Attacker:
    person = factories.person(agency=world.agency, is_coordinator=True)
    return Attacker(person, {"public", "subscriber", "agency"})


def superuser() -> Attacker:
    return Attacker(factories.person(is_superuser=True, is_staff=True), None)
