"""The figures of H2.1 against the log and presence they are made of."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulletin import projections, publication
from bulletin.models import Publication
from metrics import h21
from metrics.h21 import NOTHING, Offered
from metrics.models import Presence
from metrics.months import Month, Year
from metrics.reports import month_report, year_report
from tests import factories

pytestmark = pytest.mark.django_db

MARCH = Month(2026, 3)
NOON = datetime(2026, 3, 10, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def news_of(month: Month) -> Offered:
    return h21.daily(month.first, month.end, projections.head()).between(month.first, month.end)


def counted(item) -> Offered:
    """The item's newest count, as if offered for the first time."""
    row = publication.newest_publication(item.pk)
    return Offered(row.characters, row.characters_without_spaces, 1)


# --- Characters --------------------------------------------------------------------------------------------------


def test_first_publication_counts_in_full():
    item = factories.published_news(
        title="Başlık", summary="İki söz", body="<p>Üç söz var</p>", offered_at=NOON
    )
    assert news_of(MARCH) == counted(item) == Offered(6 + 7 + 10, 6 + 6 + 8, 1)


def test_correction_counts_by_its_difference_in_its_own_month():
    item = factories.published_news(body="<p>abc def</p>", offered_at=NOON)
    before = news_of(MARCH)
    factories.corrected(item, body="<p>abc</p>")
    this_month = Month.of(timezone.localdate())
    assert news_of(MARCH) == before
    assert news_of(this_month) == Offered(-4, -3, 0)


def test_correction_that_moves_a_space_changes_the_two_counts_differently():
    item = factories.published_news(body="<p>ab</p>", offered_at=NOON)
    factories.corrected(item, body="<p>a b c</p>")
    assert news_of(Month.of(timezone.localdate())) == Offered(3, 1, 0)


def test_withdrawal_changes_nothing():
    item = factories.published_news(offered_at=NOON)
    before = news_of(MARCH)
    publication.withdraw(item)
    assert news_of(MARCH) == before
    assert news_of(Month.of(timezone.localdate())) == NOTHING


def test_change_of_audience_changes_nothing():
    item = factories.published_news(offered_at=NOON)
    before = news_of(MARCH)
    publication.change_audience(item, ["subscriber"])
    assert news_of(MARCH) == before
    assert news_of(Month.of(timezone.localdate())) == NOTHING


def test_item_offered_again_after_a_withdrawal_counts_by_its_difference():
    item = factories.published_news(body="<p>abc</p>", offered_at=NOON)
    publication.withdraw(item)
    factories.corrected(type(item).objects.get(pk=item.pk), body="<p>abc de</p>")
    assert news_of(Month.of(timezone.localdate())) == Offered(3, 2, 0)


def test_imported_item_counts_in_its_own_month():
    item = factories.published_news(offered_at=datetime(1920, 4, 23, 9, tzinfo=UTC))
    assert news_of(Month(1920, 4)) == counted(item)
    assert news_of(Month.of(timezone.localdate())) == NOTHING
    assert h21.earliest_month(projections.head()) == Month(1920, 4)


def test_statements_and_bulletins_stand_apart():
    news = factories.published_news(offered_at=NOON)
    statement = factories.published_statement(offered_at=NOON)
    bulletin = factories.published_bulletin(news, offered_at=NOON)
    daily = h21.daily(MARCH.first, MARCH.end, projections.head())
    assert {kind: daily.of(NOON.date(), kind) for kind in ("news", "statement", "bulletin")} == {
        "news": counted(news),
        "statement": counted(statement),
        "bulletin": counted(bulletin),
    }


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 3, 31, 20, 59, 59, 999_999, tzinfo=UTC), MARCH),
        (datetime(2026, 3, 31, 21, tzinfo=UTC), Month(2026, 4)),
        (datetime(2026, 2, 28, 20, 59, 59, tzinfo=UTC), Month(2026, 2)),
        (datetime(2026, 2, 28, 21, tzinfo=UTC), MARCH),
    ],
)
def test_month_begins_and_ends_at_midnight_in_istanbul(moment, month):
    item = factories.published_news(offered_at=moment)
    assert news_of(month) == counted(item)


def test_figures_of_a_head_stay_what_they_were():
    factories.published_news(offered_at=NOON)
    head = projections.head()
    before = h21.daily(MARCH.first, MARCH.end, head)
    factories.published_news(offered_at=NOON)
    assert h21.daily(MARCH.first, MARCH.end, head) == before
    assert h21.daily(MARCH.first, MARCH.end, projections.head()) != before


def test_desks_add_up_to_the_month_and_bear_their_published_names():
    desk = factories.desk(name="Fransızca Masası", name_en="French Desk")
    factories.published_news(desk=desk, offered_at=NOON)
    factories.published_news(desk=desk, offered_at=NOON)
    factories.published_news(offered_at=NOON)
    desk.name = "Başka ad"
    desk.save()
    parts = h21.by_desk(MARCH.first, MARCH.end, projections.head())
    assert [(parts[0].name, parts[0].name_en, parts[0].offered.items)] == [
        ("Fransızca Masası", "French Desk", 2)
    ]
    assert sum(part.offered.characters for part in parts) == news_of(MARCH).characters


def test_desk_renamed_within_the_month_is_one_desk_under_its_new_name():
    desk = factories.desk(name="Eski")
    factories.published_news(desk=desk, offered_at=NOON)
    desk.name = "Yeni"
    desk.save()
    factories.published_news(desk=desk, offered_at=NOON)
    parts = h21.by_desk(MARCH.first, MARCH.end, projections.head())
    assert [(part.name, part.offered.items) for part in parts] == [("Yeni", 2)]


def test_languages_add_up_to_the_month():
    factories.published_news(language="en", offered_at=NOON)
    factories.published_news(language="tr", offered_at=NOON)
    parts = h21.by_language(MARCH.first, MARCH.end, projections.head())
    assert {part.name for part in parts} == {"en", "tr"}
    assert sum(part.offered.characters for part in parts) == news_of(MARCH).characters


def test_count_by_a_new_rule_is_compared_with_the_earlier_edition_recounted(monkeypatch):
    """Rule 2 of this test counts each space as none, and everything else twice."""
    item = factories.published_news(body="<p>abc def</p>", offered_at=NOON)
    row = publication.newest_publication(item.pk)
    head = projections.head()
    recounted = row.characters_without_spaces * 2
    Publication.objects.bulk_create(
        [
            Publication(
                sequence=head.sequence + 1,
                item_id=item.pk,
                kind="updated",
                offered_at=NOON,
                offered_on=NOON.date() + timedelta(days=1),
                recorded_at=timezone.now(),
                edition=2,
                language="tr",
                url_path=row.url_path,
                content=row.content,
                source_hash=row.source_hash,
                characters=recounted + 10,
                characters_without_spaces=recounted + 10,
                characters_delta=10,
                counting_rule=2,
                audience=row.audience,
                previous_audience=row.audience,
                format=row.format,
                previous_hash=head.hash,
                hash="f" * 64,
            )
        ]
    )

    def by_rule_2(content, *, rule):
        assert (content, rule) == (row.content, 2)
        return h21.count_content.__wrapped__(content)

    by_rule_2.__wrapped__ = lambda _content: type("Count", (), {"characters_without_spaces": recounted})
    monkeypatch.setattr(h21, "RULE", 2)
    monkeypatch.setattr(h21, "count_content", by_rule_2)
    daily = h21.daily(MARCH.first, MARCH.end, projections.head())
    assert daily.of(NOON.date() + timedelta(days=1)) == Offered(10, 10, 0)


ACTS = st.lists(
    st.tuples(st.sampled_from(["offer", "correct", "withdraw", "audience"]), st.integers(0, 9)), max_size=7
)


@given(ACTS, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_days_add_up_to_the_month_and_months_to_all_that_was_ever_counted(acts, chance):
    with transaction.atomic():
        _perform(acts, chance)
        head = projections.head()
        rows = list(Publication.objects.filter(url_path__startswith="/haber/"))
        earliest = min((row.offered_on for row in rows), default=MARCH.first)
        end = timezone.localdate() + timedelta(days=1)
        whole = h21.daily(earliest, end, head).between(earliest, end)
        newest = {row.item_id: row for row in sorted(rows, key=lambda row: row.sequence)}
        assert whole == Offered(
            sum(row.characters for row in newest.values()),
            sum(row.characters_without_spaces for row in newest.values()),
            len(newest),
        )
        months, month = [], Month.of(earliest)
        while month.first < end:
            months.append(month)
            month = month.next()
        by_month = [news_of(month) for month in months]
        assert sum(by_month, NOTHING) == whole
        for month, offered in zip(months, by_month, strict=True):
            report = month_report(month, head, timezone.localdate())
            assert sum((day.news for day in report.days), NOTHING) == offered == report.news
            assert not report.days or report.days[-1].cumulative == offered.characters
        transaction.set_rollback(True)


def _perform(acts, chance: random.Random) -> None:
    items = []
    for act, number in acts:
        if act == "offer" or not items:
            moment = datetime(2026, 1 + number, 1 + 3 * number, 12, tzinfo=UTC)
            items.append(factories.published_news(body=f"<p>{'söz ' * number}</p>", offered_at=moment))
            continue
        position = number % len(items)
        item = type(items[position]).objects.get(pk=items[position].pk)
        if act == "correct":
            factories.corrected(
                item, body=f"<p>{'a ' * chance.randrange(9)}</p>", title=f"B{chance.random()}"
            )
        elif act == "withdraw":
            publication.withdraw(item)
        else:
            publication.change_audience(item, [chance.choice(["public", "subscriber"])])


# --- Users -------------------------------------------------------------------------------------------------------


def use(day: date, *, person=None, channel="web", act="read", agency_id=1, **fields):
    return Presence.objects.create(
        person=person or uuid4(), agency_id=agency_id, channel=channel, act=act, day=day, **fields
    )


def test_users_of_the_month_are_not_the_sum_of_its_days():
    person = uuid4()
    for day in (1, 2, 3):
        use(date(2026, 3, day), person=person)
    use(date(2026, 3, 3))
    of_days = h21.users_of_each_day(MARCH.first, MARCH.end)
    assert h21.users(MARCH.first, MARCH.end).total == 2
    assert sum(of_days.values()) == 4


def test_person_of_two_agencies_and_two_channels_is_one_user():
    person = uuid4()
    use(date(2026, 3, 1), person=person, agency_id=1)
    use(date(2026, 3, 1), person=person, agency_id=2, channel="search")
    use(date(2026, 3, 9), channel="feed", act="delivery")
    users = h21.users(MARCH.first, MARCH.end)
    assert users.total == 2
    assert users.by_channel == {"web": 1, "search": 1, "feed": 1}


def test_poll_is_no_use_and_is_shown_apart():
    reader, program = uuid4(), uuid4()
    use(date(2026, 3, 1), person=reader)
    use(date(2026, 3, 1), person=reader, channel="feed", act="poll")
    use(date(2026, 3, 1), person=program, channel="feed", act="poll")
    users = h21.users(MARCH.first, MARCH.end)
    assert (users.total, users.only_polled, users.by_channel) == (1, 1, {"web": 1})


def test_service_account_is_no_user_and_is_shown_apart():
    machine = uuid4()
    use(date(2026, 3, 1))
    use(date(2026, 3, 1), person=machine, channel="feed", act="delivery", is_service=True)
    use(date(2026, 3, 2), person=machine, channel="search", is_service=True)
    use(date(2026, 3, 2), channel="feed", act="poll", is_service=True)
    users = h21.users(MARCH.first, MARCH.end)
    assert (users.total, users.by_channel) == (1, {"web": 1})
    assert (users.only_polled, users.service_accounts) == (0, 1)
    assert h21.number_of_users(MARCH.first, MARCH.end) == 1
    assert h21.number_of_users(MARCH.first, MARCH.end) == 1
    assert h21.users_of_each_day(MARCH.first, MARCH.end) == {date(2026, 3, 1): 1}


def test_first_day_of_the_next_month_is_not_in_this_one():
    use(date(2026, 3, 31))
    use(date(2026, 4, 1))
    assert h21.number_of_users(MARCH.first, MARCH.end) == 1


def test_users_of_the_year_are_not_the_sum_of_its_months():
    person = uuid4()
    for month in (1, 2, 3):
        use(date(2026, month, 1), person=person)
    report = year_report(Year(2026), projections.head(), TODAY)
    assert report.users == 1
    assert [month.users for month in report.months[:4]] == [1, 1, 1, 0]


def test_months_before_anything_was_written_down_are_unknown_not_nought():
    use(date(2026, 3, 10))
    assert not h21.is_measured(Month(2026, 2), TODAY)
    assert h21.is_measured(MARCH, TODAY)
    assert h21.is_measured(Month(2026, 4), TODAY)
    assert month_report(Month(2026, 2), projections.head(), TODAY).users is None


# --- Reports -----------------------------------------------------------------------------------------------------


def test_month_in_progress_is_compared_with_the_same_days():
    factories.published_news(offered_at=datetime(2026, 2, 5, 9, tzinfo=UTC))
    factories.published_news(offered_at=datetime(2026, 2, 20, 9, tzinfo=UTC))
    report = month_report(MARCH, projections.head(), date(2026, 3, 10))
    assert not report.is_over
    assert len(report.days) == 10
    assert report.comparisons[0].news.items == 1
    assert month_report(MARCH, projections.head(), TODAY).comparisons[0].news.items == 2


def test_comparison_with_nothing_has_no_percentage():
    factories.published_news(offered_at=NOON)
    report = month_report(MARCH, projections.head(), TODAY)
    assert [comparison.percent for comparison in report.comparisons] == [None, None]


def test_year_is_the_sum_of_its_months_and_stands_beside_the_year_before():
    items = [
        factories.published_news(offered_at=datetime(2025, 5, 5, 9, tzinfo=UTC)),
        factories.published_news(offered_at=datetime(2026, 1, 5, 9, tzinfo=UTC)),
        factories.published_news(offered_at=datetime(2026, 6, 5, 9, tzinfo=UTC)),
    ]
    report = year_report(Year(2026), projections.head(), TODAY)
    assert report.news == counted(items[1]) + counted(items[2])
    assert sum((month.news for month in report.months), NOTHING) == report.news
    assert report.months[4].year_before == counted(items[0]) == report.year_before
    assert [month.has_begun for month in report.months] == [True] * 11 + [False]
    assert not report.is_over


def test_day_stands_beside_the_same_day_of_the_year_before():
    item = factories.published_news(offered_at=datetime(2025, 3, 10, 9, tzinfo=UTC))
    report = month_report(MARCH, projections.head(), TODAY)
    assert [day.date.day for day in report.days if day.year_before != NOTHING] == [10]
    assert report.days[9].year_before == counted(item) == report.year_before.news


def test_leap_day_has_no_day_a_year_before_it():
    report = month_report(Month(2024, 2), projections.head(), TODAY)
    assert [day.date.day for day in report.days if day.year_before is None] == [29]
    assert not report.counts_a_leap_day_before


def test_leap_day_of_the_year_before_is_in_the_months_total_and_in_no_day():
    item = factories.published_news(offered_at=datetime(2024, 2, 29, 9, tzinfo=UTC))
    report = month_report(Month(2025, 2), projections.head(), TODAY)
    assert {day.year_before for day in report.days} == {NOTHING}
    assert report.year_before.news == counted(item)
    assert report.counts_a_leap_day_before


def test_users_of_the_year_before_are_distinct_too():
    person = uuid4()
    for day in (date(2025, 1, 1), date(2025, 2, 1)):
        use(day, person=person)
    report = year_report(Year(2026), projections.head(), TODAY)
    assert report.users_year_before == 1
    assert year_report(Year(2025), projections.head(), TODAY).users_year_before is None


@pytest.mark.parametrize("kind", [None, "published", "bulletin"])
def test_month_costs_the_same_queries_however_much_is_in_it(kind, django_assert_max_num_queries):
    for _number in range({None: 0, "published": 3, "bulletin": 1}[kind]):
        factories.published_news(offered_at=NOON)
    with django_assert_max_num_queries(20):
        month_report(MARCH, projections.head(), TODAY)
