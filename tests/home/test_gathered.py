"""What a bulletin shows of the items it gathers: the edition it froze, to whoever may open that edition now."""

import pytest

from bulletin.models import CurrentItem
from bulletin.publication import change_audience
from subscribers.entitlement import agency_key
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    return factories.agency()


def shown(client, bulletin) -> str:
    path = CurrentItem.objects.get(pk=bulletin.pk).url_path
    return client.get(path).content.decode() + client.get(f"{path}?metin=tam").content.decode()


def of_agency_alone(item, agency) -> None:
    change_audience(item, [agency_key(agency.pk)])


def first_edition(item) -> str:
    return f"{CurrentItem.objects.get(pk=item.pk).url_path}surum/1/"


def test_edition_that_was_narrowed_is_not_shown_though_the_newest_is_public(client, site_tree, agency):
    item = factories.published_news(title="Dar başlık", summary="Dar spot.")
    bulletin = factories.published_bulletin(item)
    assert "Dar başlık" in shown(client, bulletin)
    of_agency_alone(item, agency)
    change_audience(factories.corrected(item, title="Yeni başlık", summary="Yeni spot."), ["public"])
    assert client.get(first_edition(item)).status_code == 404
    assert "Dar" not in shown(client, bulletin)


def test_edition_that_was_narrowed_is_shown_to_whom_it_is_for(client, site_tree, agency):
    item = factories.published_news(title="Dar başlık", summary="Dar spot.")
    bulletin = factories.published_bulletin(item)
    of_agency_alone(item, agency)
    change_audience(factories.corrected(item, title="Yeni başlık", summary="Yeni spot."), ["public"])
    client.force_login(factories.person(agency=agency))
    assert client.get(first_edition(item)).status_code == 200
    assert "Dar başlık" in shown(client, bulletin)


def test_edition_that_was_always_closed_is_not_shown_though_the_newest_is_public(client, site_tree, agency):
    item = factories.published_news(title="Kapalı başlık", audience=[agency_key(agency.pk)])
    bulletin = factories.published_bulletin(item, factories.published_news(title="Açık başlık"))
    change_audience(factories.corrected(item, title="Yeni başlık"), ["public"])
    page = shown(client, bulletin)
    assert "Açık başlık" in page
    assert "Kapalı" not in page


def test_edition_opened_again_is_shown(client, site_tree, agency):
    item = factories.published_news(title="Dar başlık")
    bulletin = factories.published_bulletin(item)
    of_agency_alone(item, agency)
    assert "Dar başlık" not in shown(client, bulletin)
    change_audience(item, ["public"])
    assert "Dar başlık" in shown(client, bulletin)
