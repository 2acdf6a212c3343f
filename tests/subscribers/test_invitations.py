"""Invitations: one link, one account, once; the inviter learns nothing of other agencies."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from subscribers import agencies, invitations
from subscribers.models import AuditEvent, Invitation, User
from tests import factories

from .signing_in import is_signed_in, sign_in

pytestmark = pytest.mark.django_db

PASSWORD = "leylek fincan kuyruk"
NAMES = ("Ayşe", "Yılmaz")


@pytest.fixture
def agency():
    return factories.agency(name="Deneme Bakanlığı", people_limit=3)


@pytest.fixture
def coordinator(agency):
    return factories.person(agency=agency, is_coordinator=True)


@pytest.fixture
def invite(agency, coordinator, django_capture_on_commit_callbacks):
    def _invite(email: str = "ayse@kurum.example", **options) -> str:
        """Invites; the secret that came by mail, or "" where the mail had none."""
        with django_capture_on_commit_callbacks(execute=True):
            invitations.invite(agency, email, coordinator, **options)
        found = re.search(r"/davet/(\S+)/", mail.outbox[-1].body) if mail.outbox else None
        return found[1] if found else ""

    return _invite


# --- The link ----------------------------------------------------------------------------------------------------


def test_link_makes_an_account_of_the_agency_that_signs_in(invite, agency, client):
    secret = invite(" AYSE@Kurum.Example ")
    assert mail.outbox[-1].to == ["ayse@kurum.example"]
    answer = client.get(f"/davet/{secret}/", follow=True)
    assert answer.request["PATH_INFO"] == "/davet/"
    assert "Deneme Bakanlığı" in answer.content.decode()
    assert secret not in answer.content.decode()
    form = {"first_name": "Ayşe", "last_name": "Yılmaz", "password1": PASSWORD, "password2": PASSWORD}
    assert "Hesabınız açıldı" in client.post("/davet/", form).content.decode()
    assert not is_signed_in(client)
    sign_in(client, "ayse@kurum.example", PASSWORD)
    assert is_signed_in(client)
    person = User.objects.get(email="ayse@kurum.example")
    assert (person.agency, person.get_full_name(), person.is_coordinator, person.is_staff) == (
        agency,
        "Ayşe Yılmaz",
        False,
        False,
    )


def test_link_works_once(invite):
    secret = invite()
    invitations.accept(secret, NAMES, PASSWORD)
    with pytest.raises(ValidationError, match="artık geçerli değil"):
        invitations.accept(secret, NAMES, "başka ve upuzun bir parola")
    assert User.objects.get(email="ayse@kurum.example").check_password(PASSWORD)


@pytest.mark.parametrize("why", ["expired", "withdrawn", "ended agency", "suspended agency", "another link"])
def test_link_that_is_not_good_opens_nothing(invite, agency, coordinator, client, why):
    secret = invite()
    invitation = Invitation.objects.get()
    if why == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif why == "withdrawn":
        invitations.withdraw(invitation, coordinator)
    elif why == "ended agency":
        agency.ended_at = timezone.now()
        agency.save()
    elif why == "suspended agency":
        agencies.suspend(agency, by=coordinator)
    else:
        invite()
    assert "artık geçerli değil" in client.get(f"/davet/{secret}/", follow=True).content.decode()
    with pytest.raises(ValidationError):
        invitations.accept(secret, NAMES, PASSWORD)
    assert not User.objects.filter(email="ayse@kurum.example").exists()


@pytest.mark.parametrize("secret", ["x", "%00", "a" * 500, "..%2F..", "ş", "' OR 1=1 --"])
def test_made_up_link_opens_nothing(client, secret):
    answer = client.get(f"/davet/{secret}/", follow=True)
    assert answer.status_code in (200, 404)
    assert "Hesabı aç<" not in answer.content.decode()


def test_secret_is_kept_nowhere(invite):
    secret = invite()
    assert secret not in str(list(Invitation.objects.values()))


def test_secret_of_a_link_is_hidden_in_logs(invite):
    from subscribers.secrecy import without_secrets

    secret = invite()
    assert secret not in without_secrets(f"GET /davet/{secret}/ HTTP/1.1")


def test_weak_password_is_refused_and_the_link_stays_good(invite, client):
    secret = invite()
    client.get(f"/davet/{secret}/")
    form = {"first_name": "Ayşe", "last_name": "Yılmaz", "password1": "kısa", "password2": "kısa"}
    page = client.post("/davet/", form).content.decode()
    assert "en az 12 karakter" in page
    assert "çağrınız geçerli" in page
    assert invitations.invitation_of(secret)


def test_coordinator_is_made_where_the_invitation_says_so(invite):
    secret = invite(is_coordinator=True)
    assert invitations.accept(secret, NAMES, PASSWORD).is_coordinator


# --- The limit ---------------------------------------------------------------------------------------------------


def test_people_and_open_invitations_together_keep_the_limit(invite):
    invite("bir@kurum.example")
    invite("iki@kurum.example")
    with pytest.raises(ValidationError, match="kişi sınırı"):
        invite("uc@kurum.example")


def test_invitation_sent_again_takes_no_second_place(invite):
    invite("bir@kurum.example")
    invite("iki@kurum.example")
    invite("iki@kurum.example")


def test_withdrawn_invitation_gives_its_place_back(invite, coordinator):
    invite("bir@kurum.example")
    invite("iki@kurum.example")
    invitations.withdraw(Invitation.objects.get(email="iki@kurum.example"), coordinator)
    invite("uc@kurum.example")


def test_agency_that_became_full_takes_nobody(invite, agency):
    secret = invite()
    factories.person(agency=agency)
    factories.person(agency=agency)
    with pytest.raises(ValidationError, match="kişi sınırı"):
        invitations.accept(secret, NAMES, PASSWORD)
    assert not User.objects.filter(email="ayse@kurum.example").exists()
    assert invitations.invitation_of(secret)


# --- Addresses in use --------------------------------------------------------------------------------------------


def test_address_of_another_agency_gets_the_same_answer_and_a_mail_of_its_own(invite):
    holder = factories.person(email="dolu@kurum.example", agency=factories.agency(name="Öteki Kurum"))
    assert invite("bos@kurum.example")
    assert not invite("dolu@kurum.example")
    assert mail.outbox[-1].to == ["dolu@kurum.example"]
    assert "zaten var" in mail.outbox[-1].body
    free, taken = Invitation.objects.order_by("pk").values(
        "expires_at", "accepted_at", "withdrawn_at", "person"
    )
    assert {**free, "expires_at": None} == {**taken, "expires_at": None}
    holder.refresh_from_db()
    assert holder.agency.name == "Öteki Kurum"


def test_mail_that_can_not_be_sent_changes_nothing_for_the_inviter(invite, settings):
    invite()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    invite("iki@kurum.example")
    assert Invitation.objects.count() == 2


def test_mail_that_did_not_go_out_is_kept_with_the_invitation_and_sent_again(
    invite, coordinator, no_mail, django_capture_on_commit_callbacks
):
    invite("bir@kurum.example")
    failed = Invitation.objects.get()
    assert failed.mail_failed_at is not None
    no_mail()
    with django_capture_on_commit_callbacks(execute=True):
        again = invitations.send_again(failed, coordinator)
    assert again.mail_failed_at is None
    assert [message.to for message in mail.outbox] == [["bir@kurum.example"]]
    failed.refresh_from_db()
    assert failed.withdrawn_at is not None
    with pytest.raises(ValidationError, match="yeniden gönderilmedi"):
        invitations.send_again(again, coordinator)


def test_mails_that_never_went_out_do_not_use_up_the_day(invite, no_mail):
    for _number in range(5):
        invite()
    no_mail()
    assert invite()


def test_all_that_did_not_go_out_are_sent_again_for_some_seconds(
    invite, coordinator, agency, no_mail, django_capture_on_commit_callbacks
):
    invite("bir@kurum.example")
    invite("iki@kurum.example", is_coordinator=True)
    no_mail()
    with django_capture_on_commit_callbacks(execute=True):
        assert invitations.send_all_again(agency, coordinator, seconds=0) == (0, 2)
        assert invitations.send_all_again(agency, coordinator, seconds=60) == (2, 0)
    assert list(
        invitations.open_invitations(agency).order_by("pk").values_list("email", "is_coordinator")
    ) == [("bir@kurum.example", False), ("iki@kurum.example", True)]


def test_person_whose_account_was_closed_is_not_invited_by_their_own_agency(invite, agency):
    closed = factories.person(agency=agency, is_active=False)
    with pytest.raises(ValidationError, match="hesabı kapatılmış"):
        invite(closed.email)
    assert not Invitation.objects.exists()


def test_closed_account_of_another_agency_gets_the_same_answer(invite):
    closed = factories.person(agency=factories.agency(), is_active=False)
    assert not invite(closed.email)
    assert Invitation.objects.get().email == closed.email


def test_person_of_the_agency_is_not_invited_again(invite, coordinator):
    with pytest.raises(ValidationError, match="zaten kurumunuzun"):
        invite(coordinator.email)


def test_somebody_with_a_role_is_not_taken_by_an_agency(invite):
    editor = factories.person(role="editor", email="editor@des.example")
    assert not invite(editor.email)


def test_person_who_left_their_agency_gets_their_account_back_in_another(invite, agency):
    left = factories.person(email="ayse@kurum.example", agency=factories.agency())
    agencies.leave(left, by=left)
    person = invitations.accept(invite(), NAMES, PASSWORD)
    assert (person.pk, person.agency, person.is_active) == (left.pk, agency, True)
    assert person.check_password(PASSWORD)
    assert not person.check_password(factories.PASSWORD)


@pytest.mark.parametrize(
    "typed", ["", "adres", "a@b", "\x00", "a,b@kurum.example", "a" * 300 + "@kurum.example"]
)
def test_no_address_is_refused(invite, typed):
    with pytest.raises(ValidationError):
        invite(typed)
    assert not mail.outbox


def test_few_invitations_a_day_go_to_one_address(invite):
    for _number in range(3):
        invite()
    with pytest.raises(ValidationError, match="yarın"):
        invite()
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=1))
    invite()


def test_agency_not_in_force_invites_nobody(invite, agency):
    agency.ended_at = timezone.now()
    agency.save()
    with pytest.raises(ValidationError, match="sürmüyor"):
        invite()


def test_log_tells_who_invited_and_who_joined(invite, coordinator):
    person = invitations.accept(invite(), NAMES, PASSWORD)
    assert list(AuditEvent.objects.order_by("sequence").values_list("kind", "actor")) == [
        ("person.invited", coordinator.uuid),
        ("person.joined", person.uuid),
    ]


def test_page_carries_no_secret_to_other_pages(invite, client):
    secret = invite()
    answer = Client().get(f"/davet/{secret}/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
