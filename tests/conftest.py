"""What every test may ask for: a folder of its own, a database whose commits are real, people of each role."""

import gc
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

from home.site_tree import ensure_site_tree
from tests import factories

ROOT = Path(__file__).resolve().parents[1]

# Pages of the admin make so many objects that looking for garbage after every 700 took a fifth of the suite's time.
gc.set_threshold(100_000, 50, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """The migrated database with the pages of the site, also where only tests with an own database were chosen.

    Hundreds of tests need the pages, and making them takes as long as everything else that those tests do.
    """
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"}, serialized_aliases=set())
        ensure_site_tree()
        connections.close_all()
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """Media, search index and locks of each test stand in a folder of its own."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    settings.MEDIA_ROOT = settings.VAR / "media"
    return settings.VAR


@pytest.fixture(autouse=True)
def interface_language(settings):
    """Each test begins in Turkish; a page asked for in English leaves its language behind in the thread."""
    translation.activate(settings.LANGUAGE_CODE)


@dataclass(frozen=True)
class OwnDatabase:
    """A database of one test, in which commits are real. `environment` leads other processes to it."""

    name: str
    environment: dict[str, str]

    @property
    def folder(self) -> Path:
        """Where its media, search index and locks stand."""
        return Path(self.environment["DES_TEST_VAR"])


@pytest.fixture
def own_database(request, django_db_setup, django_db_blocker, own_folder) -> OwnDatabase:
    """For tests that need commits, threads or processes: the log can't be flushed, so each gets a copy of its own."""
    if request.node.get_closest_marker("django_db"):
        raise pytest.UsageError(f"{request.node.nodeid}: own_database stands in for the django_db mark.")
    with django_db_blocker.unblock(), copied_database(own_folder) as own:
        yield own


@pytest.fixture(scope="module")
def database_of_module(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[OwnDatabase]:
    """A copy of the migrated database for all tests of a module, beside the processes that they share."""
    with django_db_blocker.unblock(), database_copy(tmp_path_factory.mktemp("module")) as own:
        yield own


@pytest.fixture
def shared_database(database_of_module, django_db_blocker, settings) -> Iterator[OwnDatabase]:
    """As `own_database`, but what the earlier tests of the module committed stands there too."""
    settings.VAR = database_of_module.folder
    settings.MEDIA_ROOT = settings.VAR / "media"
    with django_db_blocker.unblock(), happening_in(database_of_module):
        yield database_of_module


@contextmanager
def copied_database(folder: Path, *, template: OwnDatabase | None = None) -> Iterator[OwnDatabase]:
    """A copy of the migrated database, or of `template`, in which everything happens until the end of the block."""
    with database_copy(folder, template=template) as own, happening_in(own):
        yield own


@contextmanager
def database_copy(folder: Path, *, template: OwnDatabase | None = None) -> Iterator[OwnDatabase]:
    """A copy of the migrated database, or of `template` and what stands in its folder, until the end of the block."""
    if template:
        database = shutil.ignore_patterns(f"{Path(template.name).name}*")
        shutil.copytree(template.folder, folder, ignore=database, dirs_exist_ok=True)
    copied = template.name if template else connections.settings["default"]["NAME"]
    is_sqlite = connection.vendor == "sqlite"
    name, address = _copy_sqlite(copied, folder) if is_sqlite else _copy_postgresql(copied)
    try:
        yield OwnDatabase(
            name=name,
            environment={
                **os.environ,
                "DATABASE_URL": address,
                "DES_TEST_VAR": str(folder),
                "DJANGO_SETTINGS_MODULE": "config.settings.test",
                "PYTHONPATH": str(ROOT),
            },
        )
    finally:
        if is_sqlite:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def happening_in(own: OwnDatabase) -> Iterator[None]:
    """Everything happens in the database of `own` until the end of the block."""
    settings = connections.settings["default"]
    before = settings["NAME"]
    connection.close()
    settings["NAME"] = own.name
    try:
        yield
    finally:
        connections.close_all()
        settings["NAME"] = before


def _copy_sqlite(template: str, folder: Path) -> tuple[str, str]:
    name = str(folder / "own.sqlite3")
    with sqlite3.connect(template) as source, sqlite3.connect(name) as target:
        source.backup(target)
    return name, f"sqlite:///{name}"


def _copy_postgresql(template: str) -> tuple[str, str]:
    settings = connections.settings["default"]
    name = f"{template}_{uuid.uuid4().hex[:8]}"
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    user, password, host = settings["USER"], settings["PASSWORD"], settings["HOST"] or "localhost"
    credentials = f"{user}:{password}@" if password else (f"{user}@" if user else "")
    if host.startswith("/"):
        host = host.replace("/", "%2F")
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return name, f"postgres://{credentials}{host}{port}/{name}"


@pytest.fixture
def editor(db):
    return factories.person(role="editor")


@pytest.fixture
def chief_editor(db):
    return factories.person(role="chief_editor")


@pytest.fixture
def subscriber(db):
    return factories.person(agency=factories.agency())


@pytest.fixture
def no_mail(settings):
    """No mail server is there; called, it is back."""
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1

    def back() -> None:
        settings.EMAIL_BACKEND = backend

    return back
