"""The administrators' dashboard tells of what lapses soon, and of nothing else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from administration.dashboard import MOST
from subscribers import tokens
from tests import factories

pytestmark = pytest.mark.django_db

HOME = "/yonetim/"


@pytest.fixture
def administrator(client):
    person = factories.person(role="administrator")
    client.force_login(person)
    return person


@pytest.fixture
def dashboard(client, administrator):
    def read() -> str:
        return (
            client.get(HOME).content.decode().split('id="administration-section"')[1].split("</section>")[0]
        )

    return read


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


def test_contract_that_ends_soon_is_named_with_its_way(dashboard):
    soon = factories.agency(name="Yakında Biten", ended_at=in_days(20))
    factories.agency(name="Uzun Süren", ended_at=in_days(40))
    factories.agency(name="Bitmiş", started_at=in_days(-20), ended_at=in_days(-1))
    page = dashboard()
    assert reverse("agencies:inspect", args=[soon.pk]) in page
    assert "Yakında Biten" in page
    assert "Uzun Süren" not in page
    assert "Bitmiş" not in page


def test_list_of_people_not_confirmed_for_a_year_is_named(dashboard):
    factories.agency(name="Onaysız", started_at=in_days(-400))
    factories.agency(name="Onaylı", started_at=in_days(-400), list_confirmed_at=in_days(-10))
    page = dashboard()
    assert "Onaysız" in page
    assert "Onaylı" not in page


def test_token_that_runs_out_is_named_until_it_is_renewed(dashboard, administrator):
    account = factories.service_account(name="Özet sunucusu")
    token, _secret = factories.token(account, expires_at=in_days(10))
    token.created_at = in_days(-300)
    token.save()
    factories.token(factories.service_account(name="Başka sunucu"), expires_at=in_days(30))
    page = dashboard()
    assert reverse("service_account", args=[account.uuid]) in page
    assert "Başka sunucu" not in page
    tokens.rotate(token, by=administrator, overlap=timedelta(days=1))
    assert "Özet sunucusu" not in dashboard()


def test_no_more_than_a_few_are_named_and_the_others_counted(dashboard):
    for number in range(MOST + 3):
        factories.agency(name=f"Kurum {number}", ended_at=in_days(number + 1))
    page = dashboard()
    assert page.count("<li>") == MOST + 1
    assert "ve 3 tane daha" in page


def test_nothing_to_do_is_said(dashboard):
    assert "Bekleyen bir yönetim işi yok" in dashboard()


def test_others_are_not_told(client, chief_editor):
    client.force_login(chief_editor)
    assert 'id="administration-section"' not in client.get(HOME).content.decode()
