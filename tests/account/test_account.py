"""A person's own pages, and the coordinator's: what stands there, and that they are nobody else's."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from home.site_tree import ensure_site_tree
from metrics.models import Presence
from subscribers.audit_kinds import AuditKind
from subscribers.models import AgencyEntitlement, AuditEvent, Invitation, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(db):
    ensure_site_tree()


@pytest.fixture
def coordinator(client):
    person = factories.person(agency=factories.agency(name="Orman Bakanlığı"), is_coordinator=True)
    client.force_login(person)
    return person


def page(client, name: str, *arguments) -> str:
    answer = client.get(reverse(name, args=arguments), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", ["overview", "my_data", "agency"])
def test_visitor_is_asked_to_sign_in_and_comes_back(client, name):
    address = reverse(f"account:{name}")
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/giris/?next={address}")


def test_overview_says_what_the_agency_reads(client):
    desk = factories.desk(name="Asya Masası")
    agency = factories.agency(name="Orman Bakanlığı", entitled_to_everything=False)
    AgencyEntitlement.objects.create(agency=agency, kind="desk", value=str(desk.pk))
    client.force_login(factories.person(agency=agency))
    html = page(client, "account:overview")
    assert "Orman Bakanlığı adına okuyorsunuz." in html
    assert "masa Asya Masası" in html


@pytest.mark.parametrize(
    ("contract", "sentence"),
    [
        ({"ended_at": timedelta(0)}, "sözleşmesi"),
        ({"suspended_at": timedelta(0)}, "askıya alındığı için"),
        ({"started_at": timedelta(days=1)}, "başlayacak"),
    ],
)
def test_overview_says_why_only_public_items_are_read(client, contract, sentence):
    now = timezone.now()
    began = {"started_at": now - timedelta(days=2)}
    agency = factories.agency(**began | {name: now + offset for name, offset in contract.items()})
    client.force_login(factories.person(agency=agency))
    assert sentence in page(client, "account:overview")


def test_overview_of_a_person_without_an_agency(client):
    client.force_login(factories.person())
    assert "bir kuruma bağlı değil" in page(client, "account:overview")


def test_own_data_hold_the_days_of_use_and_nobody_elses(client):
    agency = factories.agency()
    person, other = factories.person(agency=agency), factories.person(agency=agency)
    for reader in (person, other):
        Presence.objects.create(
            person=reader.uuid, agency_id=agency.pk, channel="web", act="read", day=date(2026, 3, 1)
        )
    client.force_login(person)
    answer = client.get(reverse("account:my_data"))
    data = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"]
    assert data["account"]["email"] == person.email
    assert {"day": "2026-03-01", "channel": "web", "act": "read", "agency": agency.pk} in data["use"]
    assert other.email not in answer.content.decode()
    assert str(other.uuid) not in answer.content.decode()
    assert person.password not in answer.content.decode()


# --- The coordinator ---------------------------------------------------------------------------------------------


def test_coordinator_sees_the_people_of_their_agency_alone(client, coordinator):
    colleague = factories.person(agency=coordinator.agency, first_name="Ayşe", last_name="Yılmaz")
    gone = factories.person(agency=coordinator.agency, is_active=False)
    stranger = factories.person(agency=factories.agency())
    html = page(client, "account:agency")
    assert "Ayşe Yılmaz" in html
    assert colleague.email in html
    assert "2 kişi." in html
    assert gone.email not in html
    assert stranger.email not in html


def test_coordinator_does_not_see_when_anybody_signed_in(client, coordinator):
    """The notice says so: names and addresses, and nothing else."""
    User.objects.update(last_login=datetime(2019, 3, 14, 12, tzinfo=UTC))
    html = page(client, "account:agency")
    assert coordinator.email in html
    assert [word for word in ("2019", "Son giriş") if word in html] == []


def test_page_of_the_agency_is_not_there_for_others(client):
    agency = factories.agency()
    colleague = factories.person(agency=agency)
    now = timezone.now()
    ended = factories.agency(started_at=now - timedelta(days=2), ended_at=now)
    for person in (
        colleague,
        factories.person(agency=ended, is_coordinator=True),
        factories.person(role="editor"),
    ):
        client.force_login(person)
        assert client.get(reverse("account:agency")).status_code == 404
        assert client.post(reverse("account:confirm_people")).status_code == 404
        assert client.post(reverse("account:remove_person", args=[colleague.pk])).status_code == 404
    assert User.objects.get(pk=colleague.pk).agency == agency


def test_coordinator_removes_a_person_after_being_asked(client, coordinator):
    colleague = factories.person(agency=coordinator.agency)
    address = reverse("account:remove_person", args=[colleague.pk])
    assert "okuyamaz olur: hesabı ve oturumları kapanır" in client.get(address).content.decode()
    assert User.objects.get(pk=colleague.pk).agency == coordinator.agency
    html = client.post(address, follow=True).content.decode()
    assert "kurumunuzdan çıkarıldı" in html
    assert not User.objects.get(pk=colleague.pk).is_active
    assert AuditEvent.objects.get(kind=AuditKind.PERSON_LEFT).actor == coordinator.uuid


def test_removing_somebody_with_a_role_says_that_the_account_stays(client, coordinator):
    editor = factories.person(role="editor", agency=coordinator.agency)
    html = client.get(reverse("account:remove_person", args=[editor.pk])).content.decode()
    assert "görevi için hesabı açık kalır" in html
    assert "hesabı ve oturumları kapanır" not in html


def test_table_of_people_has_pages(client, coordinator):
    for number in range(60):
        factories.person(agency=coordinator.agency, first_name=f"Ad{number:02}")
    first, second = (
        client.get(reverse("account:agency"), {"sayfa": number}).content.decode() for number in (1, 2)
    )
    shown = [html.count("/cikar/") for html in (first, second)]
    assert sum(shown) == 60
    assert 0 < min(shown) < max(shown) <= 50
    for html in (first, second):
        assert "61 kişi." in html
        assert "sayfa, toplam 2" in html
    assert client.get(reverse("account:agency"), {"sayfa": "x"}).status_code == 200


def test_coordinator_removes_neither_themselves_nor_people_of_others(client, coordinator):
    stranger = factories.person(agency=factories.agency())
    for person in (coordinator, stranger):
        for ask in (client.get, client.post):
            assert ask(reverse("account:remove_person", args=[person.pk])).status_code == 404
        assert User.objects.get(pk=person.pk).agency is not None
    assert client.get(f"/hesap/kurum/kisi/{'9' * 40}/cikar/").status_code == 404


def test_list_is_confirmed_once_a_year(client, coordinator):
    coordinator.agency.started_at = timezone.now() - timedelta(days=400)
    coordinator.agency.save()
    assert "onaylamanızın zamanı geldi" in page(client, "account:overview")
    html = page(client, "account:agency")
    assert "yılda bir gözden geçirilir" in html
    (shown,) = re.findall(r'name="list" value="([0-9a-f]{64})"', html)
    for nothing in ({}, {"list": ""}, {"list": "ş\0" * 64}):
        html = client.post(reverse("account:confirm_people"), nothing, follow=True).content.decode()
        assert "siz bakarken değişti" in html
    html = client.post(reverse("account:confirm_people"), {"list": shown}, follow=True).content.decode()
    assert "Kişi listesi onaylandı." in html
    assert "yılda bir gözden geçirilir" not in html
    assert "onaylamanızın zamanı geldi" not in page(client, "account:overview")
    assert client.get(reverse("account:confirm_people")).status_code == 405


def test_list_that_is_due_is_told_to_coordinators_alone(client):
    agency = factories.agency(started_at=timezone.now() - timedelta(days=400))
    for is_coordinator in (True, False):
        client.force_login(factories.person(agency=agency, is_coordinator=is_coordinator))
        assert ("onaylamanızın zamanı geldi" in page(client, "account:overview")) == is_coordinator


def test_person_who_came_meanwhile_is_confirmed_by_nobody_who_did_not_see_them(client, coordinator):
    coordinator.agency.started_at = timezone.now() - timedelta(days=400)
    coordinator.agency.save()
    (shown,) = re.findall(r'name="list" value="([0-9a-f]{64})"', page(client, "account:agency"))
    factories.person(agency=coordinator.agency)
    html = client.post(reverse("account:confirm_people"), {"list": shown}, follow=True).content.decode()
    assert "siz bakarken değişti" in html
    assert "yılda bir gözden geçirilir" in html


def test_coordinator_invites_and_the_link_makes_an_account(
    client, coordinator, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        html = client.post(
            reverse("account:agency"), {"email": " Yeni.Kisi@Kurum.example "}, follow=True
        ).content.decode()
    assert "Çağrı gönderildi: yeni.kisi@kurum.example." in html
    assert "Bekleyen çağrılar" in html
    assert [message.to for message in mail.outbox] == [["yeni.kisi@kurum.example"]]
    assert AuditEvent.objects.get(kind=AuditKind.PERSON_INVITED).actor == coordinator.uuid


@pytest.mark.parametrize("email", ["", "adres değil", "\0", "x" * 300 + "@kurum.example"])
def test_address_that_is_none_is_told_in_the_form(client, coordinator, email):
    answer = client.post(reverse("account:agency"), {"email": email})
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]
    assert not Invitation.objects.exists()


def test_full_agency_invites_nobody(client, coordinator):
    coordinator.agency.people_limit = 1
    coordinator.agency.save()
    answer = client.post(reverse("account:agency"), {"email": "yeni@kurum.example"})
    assert answer.context["form"].errors["email"]
    assert not Invitation.objects.exists()


def test_invitation_is_withdrawn_by_its_own_coordinator_alone(client, coordinator):
    client.post(reverse("account:agency"), {"email": "yeni@kurum.example"})
    invitation = Invitation.objects.get()
    address = reverse("account:withdraw_invitation", args=[invitation.pk])
    client.force_login(factories.person(agency=factories.agency(), is_coordinator=True))
    assert client.post(address).status_code == 404
    client.force_login(coordinator)
    assert "Çağrı geri alındı" in client.post(address, follow=True).content.decode()
    assert Invitation.objects.get().withdrawn_at is not None


def test_usage_is_counted_for_the_own_agency_and_tells_no_names(client, coordinator):
    agency, today = coordinator.agency, timezone.localdate()
    colleague = factories.person(agency=agency)
    rows = [
        (coordinator.uuid, agency.pk, "web", "read"),
        (coordinator.uuid, agency.pk, "feed", "delivery"),
        (colleague.uuid, agency.pk, "feed", "delivery"),
        (factories.person().uuid, agency.pk, "feed", "poll"),
        (factories.person().uuid, factories.agency().pk, "web", "read"),
    ]
    Presence.objects.bulk_create(
        Presence(person=person, agency_id=number, channel=channel, act=act, day=today)
        for person, number, channel, act in rows
    )
    html = page(client, "account:agency")
    assert '<td class="number">2</td>' in html
    assert "internet sitesi 1, besleme 2" in html
    assert html.count('<td class="number">') == 13


def test_pages_are_kept_by_no_cache(client, coordinator):
    for name in ("overview", "my_data", "agency"):
        assert "no-store" in client.get(reverse(f"account:{name}"))["Cache-Control"]
