"""Agencies and what they are entitled to."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from subscribers.models import Agency, AgencyEntitlement
from tests import factories

pytestmark = pytest.mark.django_db


def entitlement(kind: str, value: str, **fields) -> AgencyEntitlement:
    return AgencyEntitlement(agency=fields.pop("agency", None) or factories.agency(), kind=kind, value=value)


def test_code_is_used_once():
    factories.agency(code="KURUM")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.agency(code="KURUM")


def test_database_refuses_an_end_before_the_beginning():
    agency = factories.agency()
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.filter(pk=agency.pk).update(ended_at=agency.started_at - timedelta(seconds=1))


def test_end_before_the_beginning_is_refused_with_a_sentence():
    now = timezone.now()
    with pytest.raises(ValidationError, match="Sözleşme bitişi, başlangıcından önce olamaz"):
        Agency(name="K", code="K", started_at=now, ended_at=now - timedelta(days=1)).full_clean()


def test_agency_with_people_is_not_deleted():
    person = factories.person(agency=factories.agency())
    with pytest.raises(ProtectedError):
        person.agency.delete()


def test_entitlement_is_given_once():
    agency = factories.agency()
    entitlement("desk", "1", agency=agency).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        entitlement("desk", "1", agency=agency).save()


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("desk", " 12 ", "12"),
        ("topic", "007", "7"),
        ("series", "１２", "12"),
        ("language", " EN ", "en"),
        ("language", "Tİ", "ti"),
    ],
)
def test_value_is_stored_as_keys_are_written(kind, typed, stored):
    given = entitlement(kind, typed)
    given.full_clean()
    assert given.value == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("desk", "Avrupa"),
        ("desk", "-1"),
        ("desk", "0"),
        ("desk", "1:2"),
        ("topic", "1, 2"),
        ("series", "9" * 30),
        ("language", "Türkçe"),
        ("language", "12"),
        ("language", "t"),
    ],
)
def test_value_that_could_open_nothing_is_refused_with_a_sentence(kind, typed):
    """It would be stored, shown, and entitle the agency to nothing."""
    with pytest.raises(ValidationError) as refusal:
        entitlement(kind, typed).full_clean()
    (sentence,) = refusal.value.message_dict["value"]
    assert ("numarasını" if kind != "language" else "iki harfli") in sentence
