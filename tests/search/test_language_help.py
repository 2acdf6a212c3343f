"""The help page of the query language can't tell of what isn't there."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from search.language_help import PARTS
from search.query_language import DATES, PLACES, parse

EXAMPLES = [sign.example for part in PARTS for sign in part.signs]


@pytest.mark.once
@pytest.mark.parametrize("example", EXAMPLES)
def test_example_is_read_as_written(example):
    parsed = parse(example)
    assert parsed.node is not None
    assert parsed.notices == []


@pytest.mark.once
def test_every_field_has_an_example():
    named = {example.split(":")[0].strip("-(") for example in EXAMPLES if ":" in example}
    assert {parse(f"{name}:2026").node for name in named} >= {
        parse(f"{name}:2026").node for name in PLACES.keys() | DATES
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "prefix"), [("tr", ""), ("en", "/en")])
def test_page_shows_each_example_as_a_link(client, language, prefix):
    page = client.get(f"{prefix}/ara/yardim/").content.decode()
    assert all(f"<code>{escape(example)}</code>" in page for example in EXAMPLES)
    assert page.count("/ara/?q=") >= len(EXAMPLES)


@pytest.mark.django_db
def test_search_page_leads_to_it(client):
    assert f'href="{reverse("search:help")}"' in client.get("/ara/").content.decode()
