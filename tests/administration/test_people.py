"""The administrators' pages for people and agencies."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from metrics.models import Presence
from subscribers import audit, roles
from subscribers.audit_kinds import AuditKind
from subscribers.models import Agency, AgencyEntitlement, AuditEvent, User
from tests import factories
from tests.administration.test_erasure import everything
from tests.newsroom.pages import said, stamp

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(db):
    return factories.person(role="administrator")


@pytest.fixture
def entered(client, administrator):
    client.force_login(administrator)
    return client


def person_form(**changes) -> dict:
    return {
        "email": "yeni@des.example",
        "first_name": "Yeni",
        "last_name": "Kişi",
        "password1": factories.PASSWORD,
        "password2": factories.PASSWORD,
        "is_active": "on",
        **changes,
    }


def test_person_of_an_agency_is_added(entered):
    agency = factories.agency()
    entered.post(reverse("wagtailusers_users:add"), person_form(agency=agency.pk, email="Yeni@DES.example"))
    person = User.objects.get(email="yeni@des.example")
    assert (person.agency, person.get_full_name()) == (agency, "Yeni Kişi")


def test_page_shows_the_agencys_fields(entered):
    page = entered.get(reverse("wagtailusers_users:add")).content.decode()
    assert 'name="agency"' in page
    assert 'name="is_coordinator"' in page


def test_coordinator_without_an_agency_is_refused_in_the_form(entered):
    response = entered.post(reverse("wagtailusers_users:add"), person_form(is_coordinator="on"))
    assert "Kurum sorumlusunun bir kurumu olmalıdır." in response.content.decode()
    assert not User.objects.filter(email="yeni@des.example").exists()


def test_role_is_given(entered):
    person = factories.person()
    group = Group.objects.get(name=roles.EDITOR)
    data = person_form(email=person.email, groups=[group.pk], password1="", password2="")
    entered.post(reverse("wagtailusers_users:edit", args=[person.pk]), data)
    assert list(person.groups.all()) == [group]


def test_administrator_makes_no_superuser(entered, administrator):
    entered.post(reverse("wagtailusers_users:add"), person_form(is_superuser="on"))
    assert not User.objects.get(email="yeni@des.example").is_superuser


def test_administrator_does_not_change_a_superuser(entered):
    root = User.objects.create_superuser("kok@des.example", factories.PASSWORD)
    data = person_form(email="ele@gecirildi.example")
    entered.post(reverse("wagtailusers_users:edit", args=[root.pk]), data)
    root.refresh_from_db()
    assert root.email == "kok@des.example"


def test_agency_is_added_and_ended_and_never_deleted(entered):
    data = {
        "name": "Yeni kurum",
        "code": "YK",
        "started_at": "2026-01-01 00:00",
        "entitled_to_everything": "on",
        "kind": "ministry",
        "people_limit": "20",
    }
    entered.post(reverse("agencies:add"), data)
    agency = Agency.objects.get(code="YK")
    entered.post(reverse("agencies:edit", args=[agency.pk]), {**data, "ended_at": "2026-02-01 00:00"})
    agency.refresh_from_db()
    assert not agency.is_current()
    entered.post(reverse("agencies:delete", args=[agency.pk]))
    assert Agency.objects.filter(pk=agency.pk).exists()


def test_agency_that_ends_before_it_starts_is_refused_with_a_sentence(entered):
    data = {"name": "K", "code": "K", "started_at": "2026-02-01 00:00", "ended_at": "2026-01-01 00:00"}
    response = entered.post(reverse("agencies:add"), data)
    assert "Sözleşme bitişi, başlangıcından önce olamaz." in response.content.decode()
    assert said(response)
    assert not Agency.objects.filter(code="K").exists()


def test_nobody_is_put_into_an_agency_that_has_ended(entered):
    agency = ended_agency()
    answer = entered.post(reverse("wagtailusers_users:add"), person_form(agency=agency.pk))
    assert "sözleşmesi bitti" in answer.content.decode()
    assert not User.objects.filter(email="yeni@des.example").exists()


def test_person_of_an_agency_that_has_ended_is_changed_nonetheless(entered):
    person = factories.person(agency=ended_agency())
    data = person_form(email=person.email, agency=person.agency_id, password1="", password2="")
    entered.post(reverse("wagtailusers_users:edit", args=[person.pk]), data)
    assert User.objects.get(pk=person.pk).get_full_name() == "Yeni Kişi"


def agency_form(agency: Agency, **changes) -> dict:
    """`agency` as its form shows it, with `changes`."""
    names = ("name", "code", "kind", "contact_name", "contact_email", "contact_phone", "people_limit")
    moments = {name: getattr(agency, name) for name in ("started_at", "ended_at")}
    return {
        **{name: getattr(agency, name) for name in names},
        **{name: stamp(moment) if moment else "" for name, moment in moments.items()},
        "entitled_to_everything": "on",
        **changes,
    }


def ended_agency(**fields) -> Agency:
    now = timezone.now()
    return again(factories.agency(started_at=now - timedelta(days=1), ended_at=now, **fields))


def long_ago(days: int) -> str:
    return stamp(timezone.now() - timedelta(days=days))


def test_end_so_long_past_that_people_would_be_destroyed_at_once_is_refused(entered):
    agency = factories.agency(started_at=timezone.now() - timedelta(days=2000))
    factories.person(agency=agency)
    address = reverse("agencies:edit", args=[agency.pk])
    answer = entered.post(address, agency_form(agency, ended_at=long_ago(800)))
    assert "anonim hale gelirdi" in answer.content.decode()
    assert again(agency).ended_at is None
    entered.post(address, agency_form(agency, ended_at=long_ago(100)))
    assert again(agency).ended_at is not None


def test_agency_without_people_may_have_ended_long_ago(entered):
    agency = factories.agency(started_at=timezone.now() - timedelta(days=2000))
    factories.person(agency=agency, role="editor")
    entered.post(reverse("agencies:edit", args=[agency.pk]), agency_form(agency, ended_at=long_ago(800)))
    assert again(agency).ended_at is not None


def test_agency_whose_end_is_long_past_already_is_changed_nonetheless(entered):
    now = timezone.now()
    agency = factories.agency(started_at=now - timedelta(days=2000), ended_at=now - timedelta(days=800))
    agency.refresh_from_db()
    factories.person(agency=agency)
    entered.post(reverse("agencies:edit", args=[agency.pk]), agency_form(agency, name="Yeni ad"))
    assert again(agency).name == "Yeni ad"


@pytest.mark.parametrize("way", ["one", "many"])
def test_person_who_wrote_is_not_deleted_and_the_refusal_says_so(client, way):
    client.force_login(factories.person(is_superuser=True))
    writer, other = factories.person(role="editor"), factories.person(role="editor")
    factories.news_item(title="Kimsenin görmediği taslak").save_revision(user=writer)
    for person in (writer, other):
        address = (
            reverse("wagtailusers_users:delete", args=[person.pk])
            if way == "one"
            else f"/yonetim/bulk/subscribers/user/delete/?id={person.pk}"
        )
        answer = client.post(address, follow=True)
        assert User.objects.filter(pk=person.pk).exists() == (person == writer)
        if person == writer:
            assert "silinemez. Hesabını kapatabilirsiniz." in said(answer)
            assert "Kimsenin görmediği taslak" not in said(answer)


def test_entitlement_is_chosen_by_name_and_shown_by_name(entered):
    agency, desk = factories.agency(), factories.desk(name="Asya Masası")
    address = reverse("agency_entitlements:add")
    assert "Asya Masası" in entered.get(address).content.decode()
    entered.post(address, {"agency": agency.pk, "part": f"desk:{desk.pk}"})
    given = AgencyEntitlement.objects.get()
    assert (given.agency, given.kind, given.value) == (agency, "desk", str(desk.pk))
    assert "masa Asya Masası" in entered.get(reverse("agency_entitlements:index")).content.decode()
    edit = entered.get(reverse("agency_entitlements:edit", args=[given.pk])).content.decode()
    assert f'value="desk:{desk.pk}" selected' in edit


@pytest.mark.parametrize("part", ["", "desk:999999", "language:xx", "x", "desk", ":", "\0"])
def test_part_that_is_none_is_refused_in_the_form(entered, part):
    answer = entered.post(reverse("agency_entitlements:add"), {"agency": factories.agency().pk, "part": part})
    assert answer.context["form"].errors["part"]
    assert not AgencyEntitlement.objects.exists()


def test_same_part_is_not_given_twice(entered):
    data = {"agency": factories.agency().pk, "part": "language:tr"}
    entered.post(reverse("agency_entitlements:add"), data)
    answer = entered.post(reverse("agency_entitlements:add"), data)
    assert answer.context["form"].errors
    assert AgencyEntitlement.objects.count() == 1


@pytest.mark.parametrize("ended", ["", "2100-01-01 00:00"])
def test_agency_that_was_merged_is_not_revived_by_its_form(entered, ended):
    target = factories.agency(name="Yeni Bakanlık")
    source = ended_agency(merged_into=target)
    answer = entered.post(
        reverse("agencies:edit", args=[source.pk]), agency_form(source, name="Yeni ad", ended_at=ended)
    )
    assert answer.status_code == 200
    assert "Bu kurum “Yeni Bakanlık” ile birleşti" in answer.content.decode()
    assert again(source).ended_at == source.ended_at


def test_agency_that_was_merged_is_renamed(entered):
    source = ended_agency(merged_into=factories.agency())
    entered.post(reverse("agencies:edit", args=[source.pk]), agency_form(source, name="Yeni ad"))
    assert again(source).name == "Yeni ad"


@pytest.mark.parametrize("moment", ["01.01.0001 00:00", "0001-01-01", "9999-12-31 23:59", "1999-12-31 23:59"])
@pytest.mark.parametrize("field", ["started_at", "ended_at"])
@pytest.mark.parametrize("page", ["add", "edit"])
def test_contract_of_another_age_is_refused_with_a_sentence(entered, page, field, moment):
    agency = factories.agency()
    address = reverse("agencies:add") if page == "add" else reverse("agencies:edit", args=[agency.pk])
    answer = entered.post(address, agency_form(agency, code="YENİ", **{field: moment}))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Agency.objects.count() == 1
    assert again(agency).code == agency.code


# --- What happens to an agency -----------------------------------------------------------------------------------


def test_agency_is_suspended_and_resumed_on_pages_that_say_what_it_means(entered):
    agency = factories.agency()
    page = entered.get(reverse("agencies:suspend", args=[agency.pk])).content.decode()
    assert "yalnızca herkese açık içeriği okur" in page
    assert again(agency).suspended_at is None
    entered.post(reverse("agencies:suspend", args=[agency.pk]))
    assert again(agency).suspended_at is not None
    assert "askıda" in entered.get(reverse("agencies:inspect", args=[agency.pk])).content.decode()
    entered.post(reverse("agencies:resume", args=[agency.pk]))
    assert again(agency).suspended_at is None


def test_agency_is_merged_and_says_so(entered):
    source, target = factories.agency(), factories.agency(name="Yeni Bakanlık")
    answer = entered.post(reverse("agencies:merge", args=[source.pk]), {"target": target.pk}, follow=True)
    assert "birleştirildi" in answer.content.decode()
    assert again(source).merged_into == target
    assert "“Yeni Bakanlık” ile birleşti" in answer.content.decode()


def test_merging_says_what_becomes_of_coordinators_and_warns_of_a_contract_that_ended(entered):
    current, target = factories.agency(), factories.agency()
    factories.person(agency=current, is_coordinator=True)
    suspended = factories.agency(suspended_at=timezone.now())
    for source, warned in ((current, False), (suspended, True)):
        page = entered.get(reverse("agencies:merge", args=[source.pk])).content.decode()
        assert "kurum sorumlularının görevi kalkar" in page
        assert ("yeniden okurlar" in page) == warned
    answer = entered.post(reverse("agencies:merge", args=[current.pk]), {"target": target.pk}, follow=True)
    assert "1 kişinin kurum sorumluluğu kalktı." in answer.content.decode()
    told = entered.get(reverse("audit_log")).content.decode()
    assert "geçen kişiler" in told
    assert "kurum sorumluluğu kalkan" in told


@pytest.mark.parametrize("sent", ["", "x", "9" * 40, "999999"])
def test_agency_that_is_none_is_refused_as_the_one_to_merge_into(entered, sent):
    source = factories.agency()
    answer = entered.post(reverse("agencies:merge", args=[source.pk]), {"target": sent})
    assert answer.context["form"].errors["target"]
    assert again(source).merged_into is None


def test_refused_merge_is_told_above_the_form(entered):
    source, target = factories.agency(), factories.agency(people_limit=1)
    factories.person(agency=source)
    factories.person(agency=target)
    answer = entered.post(reverse("agencies:merge", args=[source.pk]), {"target": target.pk})
    assert "Önce sınırı yükseltin" in answer.content.decode()


@pytest.mark.parametrize("action", ["suspend", "resume", "merge", "inspect"])
def test_agencies_are_the_administrators_alone(client, chief_editor, action):
    agency = factories.agency()
    client.force_login(chief_editor)
    client.post(reverse(f"agencies:{action}", args=[agency.pk]), {"target": factories.agency().pk})
    assert again(agency).suspended_at is None
    assert again(agency).merged_into is None


def again(agency: Agency) -> Agency:
    return Agency.objects.get(pk=agency.pk)


# --- Deletion goes past no erasure -------------------------------------------------------------------------------


def known_by_presence(person) -> None:
    Presence.objects.create(
        person=person.uuid, agency_id=1, channel="web", act="read", day=timezone.localdate()
    )


def known_by_what_they_did(person) -> None:
    audit.record(AuditKind.SIGNED_IN, actor=person.uuid)


def known_by_what_was_done(person) -> None:
    audit.record(AuditKind.PASSWORD_SET, subject=person.uuid)


def known_by_name(person) -> None:
    audit.record(AuditKind.AUDIT_VIEWED, personal={"person": person.email})


@pytest.mark.parametrize("way", ["one", "many", "by the model"])
@pytest.mark.parametrize(
    "known", [known_by_presence, known_by_what_they_did, known_by_what_was_done, known_by_name]
)
def test_person_known_to_the_records_is_not_deleted_and_led_to_their_erasure(entered, known, way):
    person = factories.person(first_name="Ada", last_name="Kaya")
    known(person)
    if way == "by the model":
        with pytest.raises(ValidationError, match=r"Ada Kaya.*KVKK"), transaction.atomic():
            person.delete()
    elif way == "one":
        answer = entered.post(reverse("wagtailusers_users:delete", args=[person.pk]))
        assert answer.url == reverse("erase_person", args=[person.pk])
        assert "Ada Kaya hakkında kullanım ya da denetim kayıtları var" in said(answer)
    else:
        other = factories.person()
        address = f"/yonetim/bulk/subscribers/user/delete/?id={other.pk}&id={person.pk}"
        assert "“Kişisel veriler (KVKK)”" in said(entered.post(address))
        assert User.objects.filter(pk=other.pk).exists()
    assert User.objects.filter(pk=person.pk).exists()


def test_page_that_would_delete_them_leads_there_before_it_asks(entered):
    person = factories.person()
    known_by_presence(person)
    answer = entered.get(reverse("wagtailusers_users:delete", args=[person.pk]))
    assert answer.url == reverse("erase_person", args=[person.pk])


def test_of_a_person_who_was_deleted_nothing_is_kept(entered):
    person = factories.person(first_name="Ada", last_name="Kaya", email="ada@kurum.example")
    entered.post(reverse("wagtailusers_users:delete", args=[person.pk]))
    assert not User.objects.filter(pk=person.pk).exists()
    assert AuditEvent.objects.filter(kind=AuditKind.PERSON_DELETED, subject=person.uuid).exists()
    kept = everything()
    assert [word for word in ("ada@kurum.example", "Kaya") if word in kept] == []
