"""What holds after any sequence of publishing, correcting, scheduling, withdrawing and addressing."""

import contextlib
import itertools
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bulletin import publication, verification
from bulletin.models import CurrentItem, Desk, Item, Publication
from subscribers.canonical import GENESIS
from tests import factories

from .ledger import current_dump, rebuilt_dump, rows

AUDIENCES = (["public"], ["subscriber"], ["agency:1"], ["agency:1", "subscriber"])

titles = st.text(min_size=1, max_size=30)
bodies = st.one_of(
    st.sampled_from(
        ["", "<p>kısa</p>", "<p>biraz <b>daha</b> uzun</p>", "<ul><li>bir</li><li>iki</li></ul>", "<p>"]
    ),
    st.text(max_size=40),
    st.text(max_size=20).map(lambda text: f"<p>{text}</p><script>{text}</script>"),
)


class Newsroom(RuleBasedStateMachine):
    """Every step is one that a person can take; a step that is refused must leave the log as it was."""

    items = Bundle("items")

    @initialize()
    def open(self):
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.desk = factories.desk()
        factories.agency(pk=1)

    def teardown(self):
        if hasattr(self, "transaction"):
            assert rebuilt_dump() == current_dump()
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def length(self) -> int:
        return Publication.objects.count()

    def publish(self, item: Item) -> None:
        before = self.length()
        try:
            item.save_revision().publish()
        except ValidationError:
            assert self.length() == before

    @rule(target=items, kind=st.sampled_from(["news", "statement"]), audience=st.sampled_from(AUDIENCES))
    def write(self, kind, audience):
        if kind == "news":
            return factories.news_item(desk=self.desk, audience=audience).pk
        return factories.statement(audience=audience).pk

    @rule(target=items, number=items)
    def gather(self, number):
        item = factories.bulletin(Item.objects.get(pk=number), audience=["public"])
        self.publish(item)
        return item.pk

    @rule(number=items, title=titles, body=bodies)
    def correct_and_publish(self, number, title, body):
        item = self.item(number)
        item.title, item.body = title, body
        self.publish(item)

    @rule(number=items)
    def publish_as_it_stands(self, number):
        item = self.item(number)
        before, was_live = self.length(), item.live
        self.publish(item)
        if was_live and item.desk_was_renamed is False:
            assert self.length() == before

    @rule(number=items, title=titles)
    def draft(self, number, title):
        item, before = self.item(number), self.length()
        item.title = title
        with contextlib.suppress(ValidationError):
            item.save_revision()
        assert self.length() == before

    @rule(number=items)
    def schedule(self, number):
        item, before = self.item(number), self.length()
        item.go_live_at = timezone.now() + timedelta(days=1)
        self.publish(item)
        assert self.length() == before

    @rule(number=items)
    def publish_the_oldest_draft(self, number):
        oldest = self.item(number).revisions.order_by("pk").first()
        if oldest is not None:
            with contextlib.suppress(ValidationError):
                oldest.publish()

    @rule(number=items)
    def withdraw(self, number):
        item, before = self.item(number), self.length()
        item.unpublish()
        assert self.length() == before + item.live

    @rule(number=items, audience=st.sampled_from(AUDIENCES))
    def address(self, number, audience):
        item, before = self.item(number), self.length()
        publication.change_audience(item, audience)
        assert self.length() == before + (item.live and item.audience != audience)

    @rule()
    def rename_the_desk(self):
        Desk.objects.filter(pk=self.desk.pk).update(
            name=f"Masa {Publication.objects.count()} {timezone.now()}"
        )
        self.renamed = True

    renamed = False

    def item(self, number: int) -> Item:
        item = Item.objects.get(pk=number).specific
        item.desk_was_renamed = self.renamed and item.kind == "news"
        return item

    @invariant()
    def deltas_add_up_to_the_newest_count(self):
        for item in Item.objects.filter(publications__isnull=False).distinct():
            log = rows(item)
            assert sum(row.characters_delta for row in log) == log[-1].characters

    @invariant()
    def editions_rise_with_the_text_alone(self):
        for item in Item.objects.filter(publications__isnull=False).distinct():
            log = rows(item)
            for earlier, later in itertools.pairwise(log):
                assert later.edition == earlier.edition + (later.content_id != earlier.content_id)
                assert later.url_path == earlier.url_path
                assert later.previous_audience == earlier.audience

    @invariant()
    def no_row_says_what_the_row_before_said(self):
        said = [
            [(row.kind == "withdrawn", row.content_id, row.source_hash, row.audience) for row in rows(item)]
            for item in Item.objects.all()
        ]
        assert all(one != next_ for log in said for one, next_ in itertools.pairwise(log))

    @invariant()
    def the_chain_is_whole(self):
        log = list(Publication.objects.order_by("sequence"))
        assert [row.sequence for row in log] == list(range(1, len(log) + 1))
        assert [row.previous_hash for row in log] == [GENESIS, *(row.hash for row in log)][: len(log)]

    @invariant()
    def verification_finds_nothing(self):
        found = [*verification.verify_chain(), *verification.verify_offers()]
        assert [str(finding) for finding in found] == []

    @invariant()
    def the_lists_hold_what_is_live(self):
        live = set(Item.objects.filter(live=True).values_list("pk", flat=True))
        assert set(CurrentItem.objects.values_list("pk", flat=True)) == live


@pytest.mark.django_db
def test_the_log_is_whole_after_any_sequence_of_steps():
    run_state_machine_as_test(
        Newsroom,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
