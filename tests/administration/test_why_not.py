"""Neden okuyamıyor? The answer agrees with what the site does, and says what stands in the way."""

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from administration.why_not import answer
from bulletin import publication
from bulletin.models import CurrentItem
from home.site_tree import ensure_site_tree
from subscribers.audit_kinds import AuditKind
from subscribers.entitlement import agency_key, keys_of
from subscribers.models import AgencyEntitlement, AuditEvent
from tests import factories
from tests.subscribers.signing_in import with_second_factor

pytestmark = pytest.mark.django_db


def sentences(person, item) -> str:
    told = answer(person, item)
    assert not told.readable
    return " ".join(told.reasons)


def entitled_to_parts(**parts):
    agency = factories.agency(entitled_to_everything=False)
    for kind, value in parts.items():
        AgencyEntitlement.objects.create(agency=agency, kind=kind, value=str(value))
    return factories.person(agency=agency)


def people() -> list:
    now = timezone.now()
    past = {"started_at": now - timedelta(days=2)}
    return [
        factories.person(),
        factories.person(agency=factories.agency()),
        factories.person(agency=factories.agency(), is_active=False),
        factories.person(agency=factories.agency(ended_at=now, **past)),
        factories.person(agency=factories.agency(suspended_at=now, **past)),
        factories.person(agency=factories.agency(started_at=now + timedelta(days=1))),
        entitled_to_parts(language="tr"),
        entitled_to_parts(language="en"),
        entitled_to_parts(),
        factories.person(role="editor"),
    ]


def test_answer_agrees_with_what_the_person_reads():
    readers = people()
    items = [
        factories.published_news(audience=audience)
        for audience in (["public"], ["subscriber"], [agency_key(readers[1].agency_id)])
    ]
    for person, item in itertools.product(readers, items):
        reads = CurrentItem.objects.readable_by(keys_of(person)).filter(pk=item.pk).exists()
        told = answer(person, item)
        assert told.readable == reads, (person, item.audience)
        assert told.reasons


def test_what_is_not_on_offer_is_told():
    reader = factories.person(agency=factories.agency())
    assert "yayımlanmış bir içerik yok" in sentences(reader, None)
    assert "yayımlanmış bir içerik yok" in sentences(reader, factories.news_item())
    item = factories.published_news()
    publication.withdraw(item, user=None, note="Yanlış.")
    assert "yayından kaldırıldı; kimse okuyamaz" in sentences(reader, item)


def test_obstacle_of_the_account_or_the_contract_is_told_first():
    item = factories.published_news(audience=["subscriber"])
    now = timezone.now()
    past = {"started_at": now - timedelta(days=2)}
    for person, sentence in (
        (factories.person(agency=factories.agency(), is_active=False), "Hesap kapalı."),
        (factories.person(), "Kişinin kurumu yok."),
        (factories.person(agency=factories.agency(ended_at=now, **past)), "bitti."),
        (factories.person(agency=factories.agency(suspended_at=now, **past)), "askıya alındı."),
        (factories.person(agency=factories.agency(started_at=now + timedelta(days=1))), "başlayacak."),
    ):
        assert answer(person, item).reasons[0].endswith(sentence)


def test_parts_of_the_agency_and_of_the_item_are_named():
    desk = factories.desk(name="Asya Masası")
    topic = factories.topic(name="Enerji")
    item = factories.published_news(audience=["subscriber"], desk=desk, topics=[topic])
    told = sentences(entitled_to_parts(desk=factories.desk(name="Avrupa Masası").pk, language="en"), item)
    assert "masa Avrupa Masası, dil İngilizce" in told
    assert "dil Türkçe, masa Asya Masası, konu Enerji" in told


def test_item_for_other_agencies_is_told_without_naming_them():
    other = factories.agency(name="Gizli Kurum")
    item = factories.published_news(audience=[agency_key(other.pk)])
    told = sentences(factories.person(agency=factories.agency()), item)
    assert "adıyla seçilen kurumlara gönderilmiş" in told
    assert "Gizli Kurum" not in told


@pytest.fixture
def widened():
    """(item, address of its first edition, agency it was for) of an item corrected and then offered to everybody."""
    ensure_site_tree()
    agency = factories.agency()
    item = factories.published_news(audience=[agency_key(agency.pk)])
    item = factories.corrected(item, title="Düzeltilmiş")
    publication.change_audience(item, ["public"])
    return item, f"{CurrentItem.objects.get(pk=item.pk).url_path}surum/1/", agency


def test_answer_about_an_edition_agrees_with_its_page(widened, client):
    item, address, agency = widened
    for reader in (
        factories.person(agency=agency),
        factories.person(agency=factories.agency()),
        factories.person(),
    ):
        client.force_login(reader)
        for edition, page in ((1, address), (2, address.replace("surum/1", "surum/2")), (7, "/yok/")):
            reads = client.get(page).status_code == 200
            assert answer(reader, item, edition).readable == reads, (edition, reader.agency)


def test_older_edition_asks_for_its_own_key_and_for_that_of_the_newest(widened, client):
    item, _address, agency = widened
    stranger, reader = factories.person(agency=factories.agency()), factories.person(agency=agency)
    assert answer(stranger, item, 1).reasons[0].startswith("1. sürüm: İçerik yalnızca adıyla seçilen")
    assert answer(reader, item, 1).reasons[1] == "Güncel sürüm: İçerik herkese açık."
    publication.change_audience(item, [agency_key(factories.agency().pk)])
    told = answer(reader, item, 1)
    assert not told.readable
    assert [reason.partition(":")[0] for reason in told.reasons] == ["Güncel sürüm"]
    assert "7. sürümü yok" in " ".join(answer(reader, item, 7).reasons)


def test_step_that_stands_before_reading_is_told_first(client):
    ensure_site_tree()
    item = factories.published_news(audience=["subscriber"])
    path = CurrentItem.objects.get(pk=item.pk).url_path
    for person, sentence in (
        (factories.person(agency=factories.agency(second_factor_required=True)), "İkinci doğrulama zorunlu"),
        (
            factories.person(agency=factories.agency(), notice_version=0),
            "aydınlatma metnini henüz onaylamadı",
        ),
    ):
        client.force_login(person)
        assert client.get(path).status_code != 200
        told = answer(person, item)
        assert not told.readable
        assert sentence in told.reasons[0]
    with_second_factor(person := factories.person(agency=factories.agency(second_factor_required=True)))
    assert answer(person, item).readable


def test_what_stands_before_is_told_of_a_public_item_too():
    item = factories.published_news()
    now = timezone.now()
    for fields, sentence in (
        ({"is_active": False}, "Hesap kapalı."),
        ({"notice_version": 0}, "aydınlatma metnini"),
        ({"agency": factories.agency(started_at=now - timedelta(days=2), ended_at=now)}, "bitti."),
    ):
        told = answer(factories.person(**fields), item)
        assert told.readable
        assert told.reasons[0] == "İçerik herkese açık."
        assert sentence in told.reasons[1]


def test_editor_is_said_to_read_by_their_role():
    item = factories.published_news(audience=[agency_key(factories.agency().pk)])
    assert answer(factories.person(role="editor"), item).reasons == [
        "Kişi, Başkanlık'taki göreviyle bütün içeriği okur."
    ]


# --- The page ----------------------------------------------------------------------------------------------------


@pytest.fixture
def entered(client):
    client.force_login(factories.person(role="administrator"))
    return client


def test_administrator_asks_by_e_mail_and_address(entered):
    item = factories.published_news(audience=["subscriber"], title="Okunmayan başlık")
    person = factories.person()
    path = CurrentItem.objects.get(pk=item.pk).url_path
    for asked in (f"https://des.example/en{path}", f"{path}surum/1/", str(item.pk)):
        page = entered.post(reverse("why_not"), {"email": f" {person.email.upper()} ", "item": asked})
        html = page.content.decode()
        assert "bu içeriği okuyamaz" in html
        assert "Kişinin kurumu yok." in html
        assert item.title not in html
    event = AuditEvent.objects.filter(kind=AuditKind.ACCESS_EXPLAINED).first()
    assert (event.subject, event.details) == (person.uuid, {"item": str(item.uuid)})


def test_edition_in_the_address_is_the_one_answered_about(entered, widened):
    item, address, _agency = widened
    reader = factories.person(agency=factories.agency())
    for asked, sentence in (
        (address, "okuyamaz"),
        (f"{address}?metin=tam", "okuyamaz"),
        (str(item.pk), "okuyabilir"),
    ):
        page = entered.post(reverse("why_not"), {"email": reader.email, "item": asked})
        assert f"bu içeriği {sentence}" in page.content.decode()
    events = AuditEvent.objects.filter(kind=AuditKind.ACCESS_EXPLAINED)
    assert sorted(event.details.get("edition", 0) for event in events) == [0, 1, 1]


@pytest.mark.parametrize(
    ("email", "item"), [("yok@des.example", "1"), ("", ""), ("x" * 300, "-" * 900), ("\0", "\0")]
)
def test_what_is_not_understood_is_told_in_the_form(entered, email, item):
    page = entered.post(reverse("why_not"), {"email": email, "item": item})
    assert page.context["form"].errors
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", ["editor", "chief_editor", "auditor"])
def test_others_do_not_ask(client, role):
    client.force_login(factories.person(role=role))
    page = client.post(reverse("why_not"), {"email": factories.person().email, "item": "1"})
    assert page.status_code == 302
    assert not AuditEvent.objects.exists()
