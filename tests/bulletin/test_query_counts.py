"""Publishing holds the log's lock: the number of its queries is bounded, and doesn't grow with the log."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bulletin import publication
from tests import factories

pytestmark = pytest.mark.django_db


def full_news_item(**fields):
    """A draft with everything a news item can name."""
    return factories.news_item(
        topics=[factories.topic(), factories.topic()],
        outlet=factories.outlet(),
        image=factories.image(),
        image_alt="Bir görsel",
        **fields,
    )


@pytest.fixture(autouse=True)
def warm():
    """What a process asks once (content types) is asked before."""
    factories.offer(full_news_item()).unpublish()
    factories.published_bulletin()


def count(work) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def test_first_publication(django_assert_max_num_queries):
    revision = full_news_item().save_revision()
    with django_assert_max_num_queries(54):
        publication.publish(revision)


def test_correction(django_assert_max_num_queries):
    item = factories.offer(full_news_item())
    item.title = "Düzeltilmiş"
    revision = item.save_revision()
    with django_assert_max_num_queries(58):
        publication.publish(revision)


def test_withdrawal(django_assert_max_num_queries):
    item = factories.offer(full_news_item())
    with django_assert_max_num_queries(25):
        item.unpublish()


def test_change_of_audience(django_assert_max_num_queries):
    item = factories.offer(full_news_item())
    with django_assert_max_num_queries(30):
        publication.change_audience(item, ["subscriber"])


def test_bulletin_of_twenty(django_assert_max_num_queries):
    edition = factories.bulletin(*(factories.published_news() for _ in range(20)))
    revision = edition.save_revision()
    with django_assert_max_num_queries(210):
        publication.publish(revision)


def test_a_longer_log_asks_no_more():
    before = count(lambda: publication.publish(full_news_item().save_revision()))
    item = factories.published_news()
    for number in range(30):
        item = factories.corrected(item, title=f"Başlık {number}")
    assert count(lambda: publication.publish(full_news_item().save_revision())) == before
