"""A process killed at any moment leaves the draft alone or the item offered with its row, and nothing in between.

The tests share one database: what is killed leaves nothing that could disturb the next, as each of them proves.
"""

import json
import signal

import pytest
from django.core.management import call_command

from bulletin import projections
from bulletin.models import CurrentItem, Item, NewsItem, Publication
from tests import factories
from tests.processes import start

from .ledger import findings, rows

STEPS = [
    "draft saved",
    "log locked",
    "triggers told",
    "action done",
    "content frozen",
    "row written",
    "lists brought in line",
    "triggers told again",
    "committed",
]
#: From this step on the transaction is committed.
COMMITTED = "committed"
PROJECTIONS = [name for name in projections.names() if name != "current"]


class Mortal:
    """The process of `mortal.py`; its children do what they are told and die when they are told."""

    def __init__(self, environment: dict[str, str]):
        self.process = start("tests.bulletin.mortal", environment)

    def told(self, operation: str, item: Item, death: str = "") -> dict:
        self.process.tell(json.dumps({"operation": operation, "item": item.pk, "death": death}))
        answer = json.loads(self.process.stdout.readline())
        assert not answer["failed"]
        return answer

    def killed(self, operation: str, item: Item, death: str) -> None:
        assert self.told(operation, item, death)["signal"] == signal.SIGKILL


@pytest.fixture(scope="module")
def mortal_of_module(database_of_module):
    mortal = Mortal(database_of_module.environment)
    yield mortal
    mortal.process.close()


@pytest.fixture
def mortal(shared_database, mortal_of_module):
    return mortal_of_module


@pytest.fixture
def lonely_mortal(own_database):
    """One whose database is verified so often that nothing else may stand in it."""
    mortal = Mortal(own_database.environment)
    yield mortal
    mortal.process.close()


def assert_whole(item: Item) -> None:
    """The draft alone, or the item offered with its row; verification finds nothing else either."""
    item = Item.objects.get(pk=item.pk)
    log = rows(item)
    assert item.live == (bool(log) and log[-1].kind != Publication.Kind.WITHDRAWN)
    assert item.live == CurrentItem.objects.filter(pk=item.pk).exists()
    assert findings() == []


def dumps() -> dict[str, list[str]]:
    return {name: list(projections.projection(name).dump()) for name in projections.names()}


def assert_healed() -> None:
    """`catch_up --all` brings every projection to the head, and a rebuild changes none of them."""
    call_command("catch_up", "--all", verbosity=0)
    assert {projections.projection(name).position() for name in projections.names()} == {projections.head()}
    caught_up = dumps()
    call_command("catch_up", "--all", "--rebuild", verbosity=0)
    assert dumps() == caught_up


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_publishing_a_draft(mortal, step):
    item = factories.news_item(title="Taslak")
    mortal.killed("publish", item, step)
    assert_whole(item)
    assert [row.kind for row in rows(item)] == (["published"] if step == COMMITTED else [])
    assert NewsItem.objects.get(pk=item.pk).get_latest_revision_as_object().title == "Taslak ve"
    assert_healed()


@pytest.mark.parametrize("step", [step for step in STEPS if step not in ("draft saved", "content frozen")])
def test_killed_while_withdrawing(mortal, step):
    item = factories.published_news()
    mortal.killed("withdraw", item, step)
    assert_whole(item)
    assert [row.kind for row in rows(item)][1:] == (["withdrawn"] if step == COMMITTED else [])
    assert_healed()


@pytest.mark.parametrize("step", ["log locked", "row written", "lists brought in line", "committed"])
def test_killed_while_changing_the_audience(mortal, step):
    item = factories.published_news(audience=["subscriber"])
    mortal.killed("address", item, step)
    assert_whole(item)
    assert Item.objects.get(pk=item.pk).audience == (["public"] if step == COMMITTED else ["subscriber"])
    assert_healed()


@pytest.mark.parametrize("step", ["action done", "row written", "committed"])
def test_killed_while_publishing_a_bulletin(mortal, step):
    edition = factories.bulletin(*(factories.published_news() for _ in range(3)))
    mortal.killed("publish", edition, step)
    assert_whole(edition)
    assert [row.kind for row in rows(edition)] == (["published"] if step == COMMITTED else [])
    assert_healed()


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize("moment", ["projection begun", "projection half-way", "projection applied"])
def test_killed_while_a_projection_is_caught_up(mortal, name, moment):
    item = factories.published_news(title="Sunulan")
    answer = mortal.told("publish", item, f"{moment}:{name}")
    # An engine that needs fewer statements than half of a table's projection lives on, and is as good.
    assert answer["signal"] == signal.SIGKILL or moment == "projection half-way"
    assert_whole(item)
    assert [row.kind for row in rows(item)] == ["published", "updated"]
    assert_healed()


def test_killed_before_each_statement_in_turn(lonely_mortal):
    """Every statement of a correction: from the first of the saved draft to the last of the projections."""
    item = factories.published_news(title="Sunulan")
    statements = lonely_mortal.told("publish", item)["statements"]
    assert statements > 20
    for number in range(1, statements + 1):
        lonely_mortal.killed("publish", item, f"statement:{number}")
        assert_whole(item)
    assert {row.kind for row in rows(item)[1:]} == {"updated"}
    assert len(rows(item)) > 3
    assert_healed()


def test_what_a_killed_process_held_does_not_hold_up_the_next(mortal):
    item = factories.news_item()
    mortal.killed("publish", item, "row written")
    for name in PROJECTIONS:
        mortal.killed("publish", item, f"projection begun:{name}")
    factories.corrected(NewsItem.objects.get(pk=item.pk), title="Sonraki")
    assert CurrentItem.objects.get(pk=item.pk).title == "Sonraki"
    assert {projections.projection(name).position() for name in projections.names()} == {projections.head()}
    assert findings() == []
