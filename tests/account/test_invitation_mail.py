"""Mails of invitations that don't go out: told to whoever invited, and sent again. Mails go out after real commits."""

import pytest
from django.core import mail
from django.urls import reverse

from subscribers.models import Invitation
from tests import factories

pytestmark = pytest.mark.usefixtures("own_database")


def test_coordinator_is_told_and_sends_again(no_mail, client):
    coordinator = factories.person(agency=factories.agency(), is_coordinator=True)
    client.force_login(coordinator)
    page = reverse("account:agency")
    html = client.post(page, {"email": "yeni@kurum.example"}, follow=True).content.decode()
    assert "Çağrı gönderildi" not in html
    assert "Posta gitmedi: yeni@kurum.example." in html
    assert "<strong>Posta gitmedi.</strong>" in html
    address = reverse("account:send_invitation_again", args=[Invitation.objects.get().pk])
    assert address in html
    no_mail()
    client.force_login(factories.person(agency=factories.agency(), is_coordinator=True))
    assert client.post(address).status_code == 404
    client.force_login(coordinator)
    html = client.post(address, follow=True).content.decode()
    assert "Çağrı gönderildi: yeni@kurum.example." in html
    assert "Posta gitmedi" not in html
    assert [message.to for message in mail.outbox] == [["yeni@kurum.example"]]
    assert client.post(address).status_code == 404


def test_administrator_is_told_and_sends_again(no_mail, client):
    agency = factories.agency()
    client.force_login(factories.person(agency=agency, is_coordinator=True))
    client.post(reverse("account:agency"), {"email": "yeni@kurum.example"})
    client.force_login(factories.person(role="administrator"))
    page, address = (reverse(f"agencies:{name}", args=[agency.pk]) for name in ("inspect", "resend"))
    html = client.get(page).content.decode()
    assert "posta gitmedi:" in html
    assert "yeni@kurum.example" in html
    assert address in html
    assert "1 çağrının postası gitmedi." in client.post(address, follow=True).content.decode()
    no_mail()
    html = client.post(address, follow=True).content.decode()
    assert "1 çağrı gönderildi." in html
    assert "posta gitmedi:" not in html
    assert address not in html
    assert [message.to for message in mail.outbox] == [["yeni@kurum.example"]]
