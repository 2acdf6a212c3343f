"""The live character count: the log's own figure, for those who write, and for nothing unreadable."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulletin.models import Publication
from newsroom.character_count import count, headings_of
from tests import factories
from tests.newsroom.pages import body

pytestmark = pytest.mark.django_db

ADDRESS = "/yonetim/karakter-sayisi/"


@pytest.fixture
def writing(client, editor):
    client.force_login(editor)
    return client


def ask(client, **words):
    return client.post(ADDRESS, {"title": "", "summary": "", "body": "", **words})


def test_address_is_the_one_agreed():
    assert reverse("character_count") == ADDRESS


def test_title_summary_and_body_are_counted(writing):
    answer = ask(writing, title="Bir başlık", summary="Spot.", body=body("<p>İki  sözcük</p>"))
    assert answer.json() == {"characters": 10 + 5 + 10, "characters_without_spaces": 9 + 5 + 9}


def test_nothing_counts_as_nothing(writing):
    assert ask(writing).json() == {"characters": 0, "characters_without_spaces": 0}


def test_headings_count_as_a_bulletin_counts_them(writing):
    answer = ask(writing, section=["Gündem", "", "Gündem", "Dış basın"])
    assert answer.json()["characters"] == len("Gündem") + len("Dış basın")
    assert headings_of(["", "Gündem"]) == ["Gündem"]


def test_figure_is_the_one_the_log_holds(writing):
    html = '<p>Bir <a href="https://example.org/">bağlantı</a></p><ul><li>bir</li><li>iki</li></ul><hr/>'
    item = factories.published_news(title="  Başlık\u00ad ", summary="Spot\n\nikinci", body=html)
    row = Publication.objects.get()
    answer = ask(writing, title="  Başlık\u00ad ", summary="Spot\n\nikinci", body=body(item.body))
    assert answer.json()["characters"] == row.characters
    assert answer.json()["characters_without_spaces"] == row.characters_without_spaces


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(min_size=1, max_size=60), summary=st.text(max_size=60), words=st.text(max_size=200))
def test_figure_is_the_logs_for_any_words(title, summary, words):
    from django.core.exceptions import ValidationError
    from django.utils.html import escape

    html = f"<p>{escape(words)}</p>"
    item = factories.news_item(title="Önce", summary="", body="")
    item.title, item.summary, item.body = title, summary, html
    counted = count(title, summary, html)
    try:
        factories.offer(item)
    except ValidationError:  # a title of nothing visible
        return
    row = Publication.objects.filter(item_id=item.pk).get()
    assert (row.characters, row.characters_without_spaces) == (
        counted.characters,
        counted.characters_without_spaces,
    )


@pytest.mark.parametrize(
    "nonsense",
    ["{", "[]", "5", '{"blocks": [{}]}', '{"blocks": "x", "entityMap": 3}', "[" * 50_000, '"\\ud800"'],
)
def test_unreadable_body_is_answered_with_a_sentence(writing, nonsense):
    answer = ask(writing, body=nonsense)
    assert (answer.status_code, answer.json()) == (400, {"error": "Metin okunamadı."})


def test_characters_that_no_text_holds_are_not_counted(writing):
    blocks = [{"key": "a", "text": "a\x01b\ud800c\x00", "type": "unstyled", "depth": 0}]
    blocks[0] |= {"inlineStyleRanges": [], "entityRanges": []}
    answer = ask(writing, body=json.dumps({"blocks": blocks, "entityMap": {}}))
    assert answer.json()["characters"] == 3


def test_too_large_a_text_is_refused_with_a_sentence(writing):
    answer = ask(writing, body=body("<p>" + "a" * 1_000_001 + "</p>"))
    assert answer.status_code == 413
    assert "çok büyük" in answer.json()["error"]


def test_too_large_a_request_is_not_read(writing):
    answer = ask(writing, title="a" * 4_500_000)
    assert (answer.status_code, answer.json()) == (413, {"error": "Metin sayılamayacak kadar büyük."})


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_whoever_writes_nothing_is_told_nothing(client, role):
    client.force_login(factories.person(role=role))
    assert ask(client, title="Başlık").status_code == 403


@pytest.mark.parametrize("role", ["strategist", None])
def test_whoever_has_no_business_in_the_admin_is_turned_away(client, role):
    client.force_login(factories.person(role=role))
    assert ask(client, title="Başlık").status_code == 302


def test_visitor_is_led_to_sign_in(client):
    assert ask(client, title="Başlık").headers["Location"].startswith("/yonetim/login/")


def test_form_of_another_site_is_not_answered(editor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert ask(strict, title="Başlık").status_code == 403


def test_reading_address_answers_nothing(writing):
    assert writing.get(ADDRESS).status_code == 405
