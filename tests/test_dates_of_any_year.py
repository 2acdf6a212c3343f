"""Dates of any year, followed to every place where they are shown."""

from datetime import date

import pytest

from bulletin import projections
from bulletin.models import Item
from home.site_tree import ensure_site_tree
from tests import factories
from tests.newsroom.pages import url

pytestmark = pytest.mark.django_db

DAYS = (date(1, 1, 1), date(1906, 5, 19), date(2100, 2, 28), date(9999, 12, 31))


def test_date_of_any_year_is_shown_everywhere(client, settings):
    settings.SEARCH_URL = "tantivy://"
    ensure_site_tree()
    addresses = ["/", "/haberler/", "/aciklamalar/", "/bultenler/", "/ara/?q=ortakkelime"]
    admin_addresses, statements = [], {}
    for day in DAYS:
        news = factories.published_news(original_date=day)
        statement = statements[day] = factories.published_statement(date=day, title="ortakkelime")
        edition = factories.published_bulletin(news, statement, date=day)
        addresses += [item.current.url_path for item in (news, statement, edition)]
        addresses.append(f"/aciklamalar/?baslangic={day.isoformat()}&bitis={day.isoformat()}")
        admin_addresses += [
            url(name, item) for item in (news, statement, edition) for name in ("edit", "inspect")
        ]
    projections.catch_up_all()
    client.force_login(factories.person(is_superuser=True))
    addresses += [f"/en{path}" for path in addresses]
    addresses += [f"/rss/{name}.xml" for name in ("haberler", "aciklamalar", "bultenler")]
    addresses += [*admin_addresses, *(url("list", type(item)) for item in (news, statement, edition))]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )
    for day, statement in statements.items():
        assert str(day.year) in client.get(statement.current.url_path).content.decode()
    assert Item.objects.filter(live=True).count() == 3 * len(DAYS)
