"""An administrator resets the second factor of somebody who lost their device."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from subscribers import second_factor
from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditEvent, AuditPersonalData, DeviceSession
from tests import factories
from tests.subscribers.signing_in import with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def entered(client):
    client.force_login(factories.person(role="administrator"))
    return client


def address(person) -> str:
    return reverse("reset_second_factor", args=[person.pk])


def test_factor_goes_sessions_end_and_the_person_is_told(entered, django_capture_on_commit_callbacks):
    person = factories.person(agency=factories.agency())
    with_second_factor(person)
    Client().force_login(person)
    assert DeviceSession.objects.filter(person=person).exists()
    mail.outbox.clear()
    edit = reverse("wagtailusers_users:edit", args=[person.pk])
    assert address(person) in entered.get(edit).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = entered.post(address(person), {"reason": "Telefonunu kaybetti, 42 sayılı başvuru."})
    assert answer.url == edit
    assert not second_factor.is_set(person)
    assert not DeviceSession.objects.filter(person=person).exists()
    event = AuditEvent.objects.get(kind=AuditKind.SECOND_FACTOR_RESET)
    assert event.subject == person.uuid
    assert AuditPersonalData.objects.get(sequence=event.sequence).fields == {
        "reason": "Telefonunu kaybetti, 42 sayılı başvuru."
    }
    (message,) = mail.outbox
    assert message.to == [person.email]
    assert "ikinci doğrulamasını sıfırladı" in message.body
    assert address(person) not in entered.get(edit).content.decode()


def test_reason_is_asked_for(entered):
    person = factories.person()
    with_second_factor(person)
    assert "Gerekçeyi yazın." in entered.post(address(person), {"reason": " "}).content.decode()
    assert second_factor.is_set(person)


def test_own_a_superusers_and_none_at_all_are_refused(client):
    administrator = factories.person(role="administrator")
    superuser = factories.person(is_superuser=True, is_staff=True)
    for person, sentence in (
        (administrator, "Kendi ikinci doğrulamanızı"),
        (superuser, "ancak bir üst yönetici"),
        (factories.person(), "kurulu değil"),
    ):
        if person.pk in (administrator.pk, superuser.pk):
            with_second_factor(person)
        client.force_login(administrator)
        session = client.session
        session["second_factor"] = True
        session.save()
        assert sentence in client.post(address(person), {"reason": "x"}).content.decode()
    assert second_factor.is_set(administrator)
    assert second_factor.is_set(superuser)
    assert not AuditEvent.objects.filter(kind=AuditKind.SECOND_FACTOR_RESET).exists()


@pytest.mark.parametrize("role", ["editor", "auditor", "chief_editor"])
def test_others_reset_nothing(client, role):
    client.force_login(factories.person(role=role))
    person = factories.person()
    with_second_factor(person)
    assert client.post(address(person), {"reason": "x"}).status_code == 302
    assert second_factor.is_set(person)
