"""The administrators' pages for people and agencies."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from subscribers import roles
from subscribers.models import Agency, AgencyEntitlement, User
from tests import factories
from tests.newsroom.pages import said

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
