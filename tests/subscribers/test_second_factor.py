"""The second factor: nobody is signed in before it, each code works once, and nothing goes around it."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from subscribers import roles, second_factor
from subscribers.models import AuditEvent, DeviceSession
from tests import factories

from .signing_in import code_of, is_signed_in, let_pass, sign_in, with_second_factor

pytestmark = pytest.mark.django_db

CODE = "/giris/dogrulama/"
SET_UP = "/giris/dogrulama/kur/"


@pytest.fixture
def person():
    return factories.person(email="ad.soyad@kurum.example")


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("sequence").values_list("kind", flat=True))


# --- With a device -----------------------------------------------------------------------------------------------


def test_password_alone_signs_nobody_in(client, person):
    with_second_factor(person)
    assert sign_in(client, person.email).headers["Location"] == CODE
    assert not is_signed_in(client)
    assert "_auth_user_id" not in client.session
    assert client.get("/hesap/oturumlar/").status_code == 302


def test_code_completes_the_sign_in_and_leads_on(client, person):
    key, _codes = with_second_factor(person)
    sign_in(client, person.email, next="/haberler/")
    assert client.post(CODE, {"code": code_of(key)}).headers["Location"] == "/haberler/"
    assert is_signed_in(client)


def test_code_is_taken_as_people_type_it(client, person):
    key, _codes = with_second_factor(person)
    sign_in(client, person.email)
    code = code_of(key)
    client.post(CODE, {"code": f" {code[:3]} {code[3:]} "})
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "typed", ["", "000000", "12345", "１２３４５６", "1_2_3_4", "-00001", "\x00", "x" * 33, "' OR 1=1"]
)
def test_wrong_code_signs_nobody_in(client, person, typed):
    key, _codes = with_second_factor(person)
    assert typed != code_of(key)
    sign_in(client, person.email)
    assert client.post(CODE, {"code": typed}).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize(("ahead", "signs_in"), [(-1, True), (1, True), (-3, False), (3, False)])
def test_clock_of_the_app_may_be_half_a_minute_off(client, person, ahead, signs_in):
    key, _codes = with_second_factor(person)
    sign_in(client, person.email)
    client.post(CODE, {"code": code_of(key, ahead=ahead)})
    assert is_signed_in(client) == signs_in


def test_code_works_once(person):
    key, _codes = with_second_factor(person)
    code, first, second = code_of(key), Client(), Client()
    for client in (first, second):
        sign_in(client, person.email)
        client.post(CODE, {"code": code})
    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


def test_recovery_code_works_once_and_is_noted(person):
    _key, codes = with_second_factor(person)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, person.email)
        client.post(CODE, {"code": codes[3].upper().replace("-", " ")})
    assert (is_signed_in(first), is_signed_in(second)) == (True, False)
    event = AuditEvent.objects.get(kind="second_factor.code_used")
    assert (event.subject, event.details) == (person.uuid, {"left": 9})


def test_recovery_codes_are_stored_nowhere(person):
    _key, codes = with_second_factor(person)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == len(codes) == 10
    assert not kept & {code.replace("-", "") for code in codes}


def test_recovery_code_of_one_person_is_nothing_to_another(client, person):
    _key, codes = with_second_factor(factories.person())
    with_second_factor(person)
    sign_in(client, person.email)
    client.post(CODE, {"code": codes[0]})
    assert not is_signed_in(client)


# --- Between the steps -------------------------------------------------------------------------------------------


def test_code_page_is_for_those_who_gave_the_password(client):
    for page in (CODE, SET_UP):
        assert client.get(page).headers["Location"] == "/giris/?sure=doldu"
        assert client.post(page, {"code": "123456"}).headers["Location"] == "/giris/?sure=doldu"


def test_step_between_lasts_five_minutes(client, person):
    key, _codes = with_second_factor(person)
    sign_in(client, person.email)
    session = client.session
    session["sign_in"] |= {"until": session["sign_in"]["until"] - 301}
    session.save()
    assert client.post(CODE, {"code": code_of(key)}).headers["Location"] == "/giris/?sure=doldu"
    assert not is_signed_in(client)
    assert session.get_expiry_age() <= 300


@pytest.mark.parametrize("change", ["password", "closed"])
def test_step_between_ends_with_the_password_and_the_account(client, person, change):
    key, _codes = with_second_factor(person)
    sign_in(client, person.email)
    if change == "password":
        person.set_password("bambaşka ve upuzun bir parola")
    else:
        person.is_active = False
    person.save()
    client.post(CODE, {"code": code_of(key)})
    assert not is_signed_in(client)


def test_session_gets_another_key_at_each_step(client, person):
    key, _codes = with_second_factor(person)
    client.session.save()
    keys = [client.session.session_key]
    sign_in(client, person.email)
    keys.append(client.session.session_key)
    client.post(CODE, {"code": code_of(key)})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert DeviceSession.objects.count() == 1


# --- Guessing ----------------------------------------------------------------------------------------------------


def test_codes_are_guessed_slower_and_slower(client, person):
    with_second_factor(person)
    sign_in(client, person.email)
    answers = [client.post(CODE, {"code": "000000"}, REMOTE_ADDR="192.0.2.1") for _number in range(4)]
    assert 429 in [answer.status_code for answer in answers]
    assert re.search(r"\d+ (saniye|dakika) sonra yeniden deneyin", answers[-1].content.decode())


def test_failures_of_others_keep_nobody_out_for_long(person):
    key, _codes = with_second_factor(person)
    TOTPDevice.objects.update(throttling_failure_count=10, throttling_failure_timestamp=timezone.now())
    stranger = Client()
    sign_in(stranger, person.email)
    answer = stranger.post(CODE, {"code": code_of(key)})
    assert (answer.status_code, int(answer["Retry-After"]) <= 512) == (429, True)


def test_wait_for_a_code_never_grows_beyond_nine_minutes(person):
    with_second_factor(person)
    TOTPDevice.objects.update(
        throttling_failure_count=10, throttling_failure_timestamp=timezone.now() - timedelta(hours=1)
    )
    assert not second_factor.verify(person, "000000").is_right
    assert TOTPDevice.objects.get(user=person).throttling_failure_count == 10


def test_known_device_does_not_wait_for_the_failures_of_others(client, person):
    key, _codes = with_second_factor(person)
    sign_in(client, person.email)
    client.post(CODE, {"code": code_of(key)})
    client.post("/cikis/")
    TOTPDevice.objects.update(throttling_failure_count=10, throttling_failure_timestamp=timezone.now())
    sign_in(client, person.email)
    client.post(CODE, {"code": code_of(key, ahead=1)})
    assert is_signed_in(client)


# --- Where it is required ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "required"),
    [("administrator", True), ("chief_editor", True), ("editor", False), ("auditor", False), (None, False)],
)
def test_role_requires_it(settings, role, required):
    settings.SECOND_FACTOR_ROLES = [roles.ADMINISTRATOR, roles.CHIEF_EDITOR]
    assert second_factor.is_required(factories.person(role=role)) == required


def test_superuser_counts_as_an_administrator(settings):
    settings.SECOND_FACTOR_ROLES = [roles.ADMINISTRATOR]
    assert second_factor.is_required(factories.person(is_superuser=True))


def test_agency_requires_it_of_its_people():
    required = factories.agency(second_factor_required=True)
    assert second_factor.is_required(factories.person(agency=required))
    assert not second_factor.is_required(factories.person(agency=factories.agency()))


def test_production_requires_it_of_administrators_and_chief_editors():
    from config.settings import base

    assert base.SECOND_FACTOR_ROLES == [roles.ADMINISTRATOR, roles.CHIEF_EDITOR]


@pytest.fixture
def obliged():
    return factories.person(agency=factories.agency(second_factor_required=True))


def test_whoever_must_have_one_sets_it_up_before_they_are_in(client, obliged):
    assert sign_in(client, obliged.email, next="/haberler/").headers["Location"] == SET_UP
    assert not is_signed_in(client)
    page = client.get(SET_UP)
    key = page.context["key"]
    assert f">{key}</code>" in page.content.decode()
    assert "<svg" in page.content.decode()
    told = client.post(SET_UP, {"code": code_of(key)})
    assert is_signed_in(client)
    codes = re.findall(r"<li><code>([a-z2-7]{5}-[a-z2-7]{5})</code>", told.content.decode())
    assert len(set(codes)) == 10
    assert 'href="/haberler/"' in told.content.decode()
    assert "no-store" in told.headers["Cache-Control"]
    assert second_factor.verify(obliged, codes[0]).is_right


def test_wrong_code_sets_nothing_up(client, obliged):
    sign_in(client, obliged.email)
    page = client.post(SET_UP, {"code": "000000"}).content.decode()
    assert "ikinci doğrulama kurulmadı" in page
    assert not second_factor.is_set(obliged)
    assert not is_signed_in(client)


def test_set_up_page_shows_no_key_to_whoever_has_a_device_already(client, person):
    with_second_factor(person)
    sign_in(client, person.email)
    assert client.get(SET_UP).headers["Location"] == CODE
    assert client.post(SET_UP, {"code": "123456"}).headers["Location"] == CODE


def test_second_factor_is_not_replaced_by_whoever_sets_up_another(person):
    key, _codes = with_second_factor(person)
    other = second_factor.new_key()
    assert second_factor.set_up(person, other, code_of(other)) is None
    assert second_factor.verify(person, code_of(key)).is_right


def test_session_without_it_ends_where_it_becomes_required(client):
    agency = factories.agency()
    reader = factories.person(agency=agency)
    sign_in(client, reader.email)
    assert is_signed_in(client)
    agency.second_factor_required = True
    agency.save()
    assert not is_signed_in(client)
    assert sign_in(client, reader.email).headers["Location"] == SET_UP


@pytest.mark.parametrize("door", ["/yonetim/login/", "/_util/login/", "/en/_util/login/"])
def test_wagtails_own_doors_lead_to_the_one_sign_in_page(client, door):
    chief = factories.person(role="chief_editor")
    answer = client.get(door, {"next": "/yonetim/"})
    assert (answer.status_code, answer.headers["Location"].removeprefix("/en")) == (
        302,
        "/giris/?next=%2Fyonetim%2F",
    )
    client.post(door, {"username": chief.email, "password": factories.PASSWORD})
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", ["/yonetim/password_reset/", "/yonetim/password_reset/confirm/x/y/"])
def test_wagtails_own_password_reset_is_closed(client, path):
    assert client.get(path).status_code == 404


def test_account_page_of_the_admin_changes_neither_password_nor_address(client, editor):
    client.force_login(editor)
    page = client.get("/yonetim/account/").content.decode()
    assert "old_password" not in page
    assert 'name="name_email-email"' not in page


# --- Taking it away ----------------------------------------------------------------------------------------------


def test_reset_takes_it_away_ends_the_sessions_and_is_noted(client, person):
    administrator = factories.person(role="administrator")
    key, codes = with_second_factor(person)
    sign_in(client, person.email)
    client.post(CODE, {"code": code_of(key)})
    second_factor.reset(person, by=administrator)
    assert not second_factor.is_set(person)
    assert not is_signed_in(client)
    assert not second_factor.verify(person, codes[0]).is_right
    assert AuditEvent.objects.get(kind="second_factor.reset").actor == administrator.uuid


def test_it_can_not_be_turned_off_where_it_is_required(obliged):
    with_second_factor(obliged)
    with pytest.raises(ValidationError, match="zorunlu"):
        second_factor.turn_off(obliged)
    assert second_factor.is_set(obliged)


def test_new_recovery_codes_make_the_earlier_ones_worthless(person):
    _key, earlier = with_second_factor(person)
    later = second_factor.renew_recovery_codes(person)
    assert not second_factor.verify(person, earlier[0]).is_right
    assert second_factor.verify(person, later[0], on_known_device=True).is_right


def test_recovery_codes_are_for_those_with_a_device(person):
    with pytest.raises(ValidationError):
        second_factor.renew_recovery_codes(person)


# --- The audit log -----------------------------------------------------------------------------------------------


def test_log_tells_of_each_step(client, person):
    key, _codes = with_second_factor(person)
    sign_in(client, person.email, "yanlış")
    sign_in(client, person.email)
    client.post(CODE, {"code": "000000"})
    let_pass(timedelta(minutes=1))
    TOTPDevice.objects.update(throttling_failure_count=0)
    client.post(CODE, {"code": code_of(key)})
    client.post("/cikis/")
    assert kinds() == ["second_factor.set", "sign_in.failed", "sign_in.failed", "sign_in.done", "sign_in.out"]


def test_log_keeps_no_password_typed_in_the_place_of_the_address(client, person):
    from subscribers.models import AuditPersonalData

    sign_in(client, factories.PASSWORD, "yanlış")
    sign_in(client, person.email, "yanlış")
    assert [data.fields["email"] for data in AuditPersonalData.objects.order_by("sequence")] == [
        "",
        person.email,
    ]
