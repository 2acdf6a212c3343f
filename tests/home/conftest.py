"""The page tree, and the pages of a client as text."""

import pytest
from django.core.cache import cache

from home.site_tree import ensure_site_tree


@pytest.fixture
def site_tree(db):
    """Home page, section fronts and plan. Wagtail remembers a site's root in the cache, which outlives a test."""
    cache.clear()
    yield ensure_site_tree()
    cache.clear()


@pytest.fixture
def page(client, site_tree):
    """`page("/haberler/")`: the body of an answer of 200."""

    def get(address: str, **headers) -> str:
        answer = client.get(address, headers=headers)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    return get
