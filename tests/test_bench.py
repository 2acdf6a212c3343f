"""The benches: what they load is as true as what publishing writes, and they measure what is there."""

import pytest

from bench import access, report
from bench.costs import cost_of
from bench.loading import close_to_visitors, load
from bench.moments import measure_writes
from bench.pages import all_pages, closed_pages, look_at
from bulletin.models import CurrentItem, Publication
from bulletin.verification import verify
from home.site_tree import ensure_site_tree
from subscribers.models import Agency, User

pytestmark = pytest.mark.once

ITEMS = 60


@pytest.fixture
def site(own_database):
    ensure_site_tree()
    return load(ITEMS)


def test_loaded_log_verifies_clean(site):
    close_to_visitors()
    assert [str(finding) for finding in verify()] == []


def test_every_sort_of_item_is_loaded(site):
    assert set(CurrentItem.objects.values_list("kind", flat=True)) == {"news", "statement", "bulletin"}
    assert set(Publication.objects.values_list("kind", flat=True)) == {"published", "updated", "withdrawn"}


def test_every_page_named_answers(site):
    for page in all_pages(site):
        look_at(page)
    close_to_visitors()
    for page in closed_pages(site):
        look_at(page)


def test_every_write_is_seen(site):
    costs = measure_writes(site, times=2)
    assert {what: len(noted) for what, noted in costs.items()} == {
        "publish": 2,
        "page": 2,
        "feed": 2,
        "search": 2,
        "correction": 2,
        "change of audience": 2,
        "withdrawal": 1,
        "bulletin of 20": 2,
    }


def test_queries_are_counted_with_the_time_of_fetching(site):
    cost = cost_of(lambda: list(CurrentItem.objects.all()))
    assert cost.queries == 1
    assert 0 < cost.in_queries <= cost.whole


def results(**queries: dict[int, int]) -> dict[int, dict]:
    """Results of two sizes whose pages ask so many queries."""
    return {
        size: {
            "filled": 1.0,
            "writes": {"publish": [{"queries": 50, "in_queries": 1.0, "whole": 2.0}]},
            "pages": {
                name: {"queries": numbers[size], "in_queries": 1.0, "whole": 2.0}
                for name, numbers in queries.items()
            },
        }
        for size in (1000, 10_000)
    }


def test_page_that_asks_more_of_more_items_is_told():
    told = report.unbounded(results(home={1000: 8, 10_000: 8}, section={1000: 9, 10_000: 10}))
    assert told == ["section: 9 queries at 1,000, 10 queries at 10,000."]


def test_equal_queries_are_called_bounded():
    assert "Bounded" in "\n".join(report.lines(results(home={1000: 8, 10_000: 8})))


def test_page_that_shows_less_and_asks_less_is_bounded():
    assert report.unbounded(results(home={1000: 8, 10_000: 7})) == []


def test_leaving_entitlement_out_shows_what_it_keeps_from_a_visitor(site, client):
    hidden = CurrentItem.objects.filter(kind="news", audience=["subscriber"]).newest_first()[0].title
    assert hidden not in client.get("/haberler/").content.decode()
    with access.without_entitlement():
        assert hidden in client.get("/haberler/").content.decode()


def test_people_and_agencies_are_added_up_to_the_number_asked_for(site):
    access.add_people(agencies=12, people=40)
    assert (Agency.objects.count(), User.objects.count()) == (12, 40)


def test_report_tells_of_what_is_added_most():
    told = list(access.lines({"a": {"with": 11.0, "without": 10.0}, "b": {"with": 10.0, "without": 10.0}}))
    assert told[-1] == "Most is added for “a”: 10 %."
