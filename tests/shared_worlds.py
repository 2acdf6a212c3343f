"""Worlds that many tests look at, built once for all of them. Each test finds its world as it was built.

`built_once` is for a fixture of a module or class, `as_built` for the fixture of each test, which asks for `db` too:

    @pytest.fixture(scope="module")
    def built_world(django_db_setup, django_db_blocker, tmp_path_factory):
        with django_db_blocker.unblock(), built_once(World, tmp_path_factory.mktemp("world")) as built:
            yield built

    @pytest.fixture
    def world(db, built_world, own_folder):
        return as_built(built_world, own_folder)

The world stands in a transaction around those of the tests: no test of the module may have a database of its own, and
each finds the world in the database, whether it asks for it or not.
"""

import copy
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import translation


@dataclass(frozen=True)
class Built:
    """What was built, and the folder that its media and its search index stand in."""

    world: object
    folder: Path


@contextmanager
def built_once(build: Callable[[], object], folder: Path, **changed_settings) -> Iterator[Built]:
    """What `build` gives, with its rows in the database until the end of the block."""
    with transaction.atomic():
        with (
            override_settings(VAR=folder, MEDIA_ROOT=folder / "media", **changed_settings),
            translation.override(settings.LANGUAGE_CODE),
        ):
            built = Built(build(), folder)
        yield built
        transaction.set_rollback(True)


def as_built(built: Built, folder: Path):
    """The world with its files in `folder`. What a test changes of it, the next does not see."""
    shutil.copytree(built.folder, folder, dirs_exist_ok=True)
    return copy.deepcopy(built.world)
