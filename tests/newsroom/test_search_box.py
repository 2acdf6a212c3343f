"""The editors' search box over the real engine: in the lists and in the chooser."""

from django.urls import reverse

from bulletin.models import NewsItem
from tests import factories
from tests.newsroom.pages import url


def test_search_box_finds_what_is_on_offer_by_its_text(own_database, client):
    factories.published_news(title="Hasat", body="<p>Ispanaklar toplandı.</p>")
    factories.published_statement(title="Ispanak açıklaması")
    factories.published_news(title="Başka konu")
    client.force_login(factories.person(role="chief_editor"))
    response = client.get(url("list", NewsItem), {"q": "ispanak"})
    assert [str(item) for item in response.context["object_list"]] == ["Hasat"]


def test_chooser_finds_what_is_on_offer_by_its_text(own_database, client):
    found = factories.published_news(title="Ispanak hasadı")
    factories.published_news(title="Başka konu")
    client.force_login(factories.person(role="chief_editor"))
    response = client.get(reverse("newsroom_item_chooser:choose_results"), {"q": "ıspanak"})
    assert [row.pk for row in response.context["results"]] == [found.pk]
