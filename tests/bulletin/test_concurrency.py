"""Several processes publish at once: no gap, no fork, no lost row, and no error that an editor would see."""

import itertools
from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import connection
from wagtail.actions.publish_revision import PublishRevisionAction

from bulletin import projections, publication
from bulletin.locks import try_lock
from bulletin.models import CurrentItem, Item, NewsItem, Publication
from subscribers.canonical import GENESIS
from tests import factories
from tests.processes import at_once

from .ledger import current_dump, findings, kinds, rebuilt_dump, rows
from .threads import beside

PROCESSES = 4
#: Publishes and withdrawals together; each on PostgreSQL runs beside the others, on SQLite one after another.
ORDERS = 200 if connection.vendor == "postgresql" else 50


class Newsroom:
    """Several processes of `busy.py` over the database of one test."""

    def __init__(self, environment: dict[str, str]):
        self.environment = environment

    def does(self, *batches: list[dict]) -> list[dict]:
        """Gives each batch of orders to a process of its own, all at once. Fails where an editor would see an error."""
        outcomes = at_once("tests.bulletin.busy", self.environment, batches)
        assert [outcome["error"] for outcome in outcomes if outcome["error"]] == []
        return outcomes


@pytest.fixture
def newsroom(own_database) -> Newsroom:
    return Newsroom(own_database.environment)


def dealt(orders: list[dict], hands: int = PROCESSES) -> list[list[dict]]:
    return [orders[hand::hands] for hand in range(hands)]


def assert_whole() -> None:
    log = list(Publication.objects.order_by("sequence"))
    assert [row.sequence for row in log] == list(range(1, len(log) + 1))
    assert [row.previous_hash for row in log] == [GENESIS, *(row.hash for row in log)][: len(log)]
    assert all(one.recorded_at <= two.recorded_at for one, two in itertools.pairwise(log))
    assert findings() == []
    standing = current_dump()
    assert rebuilt_dump() == standing


def test_publishes_withdrawals_and_a_bulletin_at_once(newsroom):
    gathered = [factories.published_news() for _ in range(20)]
    edition = factories.bulletin(*gathered)
    edition.save_revision()
    desk = factories.desk()
    drafts = [factories.news_item(desk=desk) for _ in range(ORDERS * 3 // 5)]
    offered = gathered[: ORDERS // 5]
    orders = [
        *({"work": "publish", "item": item.pk} for item in drafts),
        *({"work": "publish", "item": item.pk, "title": "Düzeltilmiş"} for item in offered),
    ]
    batches = dealt(orders)
    # Each process also withdraws some of what it published, and one publishes the bulletin in their midst.
    for batch in batches:
        mine = [order["item"] for order in batch if "title" not in order]
        batch.extend({"work": "withdraw", "item": number} for number in mine[: ORDERS // 5 // PROCESSES])
    batches[0].insert(len(batches[0]) // 2, {"work": "publish", "item": edition.pk})
    outcomes = newsroom.does(*batches)
    withdrawn = sum(order["work"] == "withdraw" for batch in batches for order in batch)
    assert Publication.objects.count() == len(outcomes) + len(gathered)
    assert CurrentItem.objects.count() == len(gathered) + 1 + len(drafts) - withdrawn
    assert len(rows(edition)[0].content.metadata["entries"]) == 20
    assert_whole()


def test_one_item_published_by_many_at_once(newsroom):
    item = factories.published_news()
    batches = [
        [{"work": "publish", "item": item.pk, "title": f"Süreç {hand} başlık {turn}"} for turn in range(5)]
        for hand in range(PROCESSES)
    ]
    newsroom.does(*batches)
    assert kinds(item)[0] == "published"
    assert set(kinds(item)[1:]) == {"updated"}
    assert CurrentItem.objects.get().title == rows(item)[-1].content.title == NewsItem.objects.get().title
    assert_whole()


def test_one_item_published_and_withdrawn_by_many_at_once(newsroom):
    item = factories.published_news()
    publishing = [{"work": "publish", "item": item.pk, "title": f"Başlık {turn}"} for turn in range(6)]
    newsroom.does(publishing, [{"work": "withdraw", "item": item.pk}] * 6, publishing)
    assert all(
        after == "published" if before == "withdrawn" else after != "published"
        for before, after in itertools.pairwise(kinds(item))
    )
    assert_whole()


def test_a_narrowed_audience_holds_against_old_drafts_published_meanwhile(newsroom):
    """Whatever the order, nobody whom the newest audience leaves out reads the item."""
    item = factories.published_news(audience=["public"])
    old = item.live_revision_id
    item.title = "Başka başlık"
    other = item.save_revision().pk
    newsroom.does(
        [{"work": "publish revision", "revision": number} for number in (other, old) * 4],
        [{"work": "address", "item": item.pk, "audience": ["subscriber"]}],
        [{"work": "publish revision", "revision": number} for number in (old, other) * 4],
    )
    assert Item.objects.get().audience == ["subscriber"]
    assert not CurrentItem.objects.readable_by({"public"}).exists()
    narrowed = [row.audience == ["subscriber"] for row in rows(item)]
    assert narrowed == sorted(narrowed)
    assert_whole()


def test_bulletins_and_the_items_they_gather_do_not_wait_for_each_other_for_ever(newsroom):
    gathered = [factories.published_news() for _ in range(6)]
    series = factories.series()
    editions = [
        factories.bulletin(*order, series=series)
        for order in (gathered, gathered[::-1], gathered[2:])
        for _ in "ab"
    ]
    batches = [
        [{"work": "publish", "item": edition.pk} for edition in editions[:3]],
        [{"work": "publish", "item": edition.pk} for edition in editions[3:]],
        [{"work": "publish", "item": item.pk, "title": "Düzeltilmiş"} for item in gathered],
        [
            {"work": "address", "item": item.pk, "audience": audience}
            for item in gathered[::-1]
            for audience in (["subscriber"], ["public"])
        ],
    ]
    newsroom.does(*batches)
    assert Publication.objects.filter(kind="published").count() == 6 + 6
    assert_whole()


def test_verification_finds_nothing_while_the_newsroom_publishes(newsroom):
    items = [factories.published_news() for _ in range(4)]
    publishing = [
        {"work": work, "item": item.pk, "title": f"Başlık {turn}"}
        for turn in range(5)
        for item in items
        for work in ("publish", "withdraw")
    ]
    newsroom.does(publishing, [{"work": "verify"}] * 8, [{"work": "verify"}] * 8)
    assert_whole()


def test_the_lists_are_rebuilt_while_the_newsroom_publishes(newsroom):
    items = [factories.published_news() for _ in range(6)]
    publishing = [{"work": "publish", "item": item.pk, "title": f"{n}"} for n in range(3) for item in items]
    newsroom.does(publishing, [{"work": "rebuild"}] * 4, [{"work": "rebuild"}] * 4)
    assert CurrentItem.objects.count() == 6
    assert_whole()


def test_projections_caught_up_by_several_at_once_lose_no_wake_up(newsroom):
    """When all have finished, nobody is left behind, though each gave way to whoever was at it."""
    items = [factories.published_news() for _ in range(8)]
    publishing = [
        [{"work": "publish", "item": item.pk, "title": f"{n}"} for n in range(4)] for item in items[:3]
    ]
    newsroom.does(*publishing, [{"work": "catch up"}] * 30)
    standing = {name: projections.projection(name).position() for name in projections.names()}
    assert set(standing.values()) == {projections.head()}
    dumps = {name: Counter(projections.projection(name).dump()) for name in projections.names()}
    for name in projections.names():
        projections.rebuild(name)
    assert {name: Counter(projections.projection(name).dump()) for name in projections.names()} == dumps


# --- Moments that have to be met exactly: two threads, one held at its step ----------------------------------------


def somebody_waits_for_us() -> bool:
    """Whether another session waits for a lock that this one holds (PostgreSQL)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite there is one writer at a time")
def test_a_draft_saved_while_another_publishes_is_not_lost(own_database, monkeypatch):
    item = factories.published_news(title="Sunulan")
    item.title = "Yayımlanan"
    revision = item.save_revision()
    execute = PublishRevisionAction.execute
    threads = []

    def save_a_draft() -> None:
        draft = NewsItem.objects.get(pk=item.pk)
        draft.title = "Sonradan yazılan taslak"
        draft.save_revision()

    def meanwhile(action, **options):
        threads.append(beside(save_a_draft))
        # Either the draft waits for us, or it is done already: both without a clock.
        while threads[0].is_alive() and not somebody_waits_for_us():
            pass
        return execute(action, **options)

    monkeypatch.setattr(PublishRevisionAction, "execute", meanwhile)
    publication.publish(revision)
    threads[0].join(timeout=20)
    item = NewsItem.objects.get(pk=item.pk)
    assert item.title == "Yayımlanan"
    assert item.has_unpublished_changes
    assert item.latest_revision.content["title"] == "Sonradan yazılan taslak"
    assert item.draft_title == "Sonradan yazılan taslak"
    assert findings() == []


def test_a_projection_reads_the_head_again_after_it_let_go(own_database):
    """A publication that comes after the holder's last look, while the lock is still held, is seen by the holder:
    whoever wrote it had given way.
    """
    seen = []

    class Slow:
        name = "slow"
        stands = projections.Position()
        overtaken = False

        def position(self):
            return self.stands

        def apply(self, publications):
            seen.extend(publication.sequence for publication in publications)
            last = publications[-1]
            self.stands = projections.Position(last.sequence, last.hash)

        def reset(self):
            self.stands = projections.Position()

        def dump(self):
            return iter(())

        @contextmanager
        def lock(self):
            with try_lock(self.name) as held:
                yield held
                if held and not self.overtaken:
                    self.overtaken = True
                    beside(factories.published_news).join(timeout=30)

    projections.register(Slow())
    try:
        factories.published_news()
        assert seen == [1, 2]
    finally:
        del projections._projections["slow"]
