"""One person is erased: nothing of them is left anywhere, and no figure changes."""

import json
import uuid
from datetime import date, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import ModelLogEntry, Revision, UploadedFile
from wagtail.users.models import UserProfile

from administration import erasure, held_data
from bulletin.models import NewsItem, Publication
from metrics import journal, presence
from metrics.journal import Use
from metrics.models import Presence
from newsroom.models import DeskBinding
from subscribers import agencies, audit, audit_verification, invitations
from subscribers.audit_kinds import AuditKind
from subscribers.middleware import reader_of
from subscribers.models import (
    AuditEvent,
    AuditPersonalData,
    DestructionRecord,
    DeviceSession,
    ImportedPerson,
    Invitation,
    PeopleImport,
    Token,
    TokenUse,
    User,
)
from subscribers.purposes import REGISTER
from tests import factories
from tests.metrics.figures import figures
from tests.newsroom.pages import said
from tests.subscribers.signing_in import sign_in

pytestmark = pytest.mark.django_db

REQUEST = erasure.Request("E-2026/114", date(2026, 3, 2))
#: Words that stand nowhere else; each is something that says who somebody is.
TELLING = ("sumeyra", "kizilirmak", "zumrut-anahtar", "203.0.113.77", "5550001122", "Firefox, Windows")


@pytest.fixture
def administrator():
    return factories.person(role="administrator")


@pytest.fixture
def reader():
    """Somebody of whom something is held in every place there is."""
    agency = factories.agency(name="Orman Bakanlığı")
    coordinator = factories.person(agency=agency, is_coordinator=True)
    person = factories.person(
        email="sumeyra@kurum.example", first_name="Sumeyra", last_name="Kizilirmak", agency=agency
    )
    sign_in(Client(), "sumeyra@kurum.example", "yanlış parola buraya", address="203.0.113.77")
    token, _secret = factories.token(person, name="zumrut-anahtar", networks=["203.0.113.77/32"])
    TokenUse.objects.create(token=token, day=date(2026, 3, 1))
    sign_in(Client(), "sumeyra@kurum.example", address="198.51.100.2")
    assert DeviceSession.objects.filter(person=person).exists()
    TOTPDevice.objects.create(user=person, name="telefon")
    StaticDevice.objects.create(user=person, name="kodlar")
    Invitation.objects.create(
        agency=agency,
        email="sumeyra@kurum.example",
        invited_by=coordinator.uuid,
        digest="a" * 64,
        expires_at=timezone.now(),
        person=person,
    )
    invitations.invite(agency, "sumeyra.eski@kurum.example", coordinator)
    audit.record(
        AuditKind.PERSON_CHANGED,
        subject=person.uuid,
        personal={"email": ["sumeyra.eski@kurum.example", "sumeyra@kurum.example"]},
        person=person.uuid,
    )
    audit.record(AuditKind.AUDIT_VIEWED, personal={"person": "sumeyra@kurum.example"})
    agency.contact_name, agency.contact_email = "Sumeyra Kizilirmak", "sumeyra@kurum.example"
    agency.contact_phone = "5550001122"
    agency.save()
    imported = PeopleImport.objects.create(file_name="liste.csv", uploaded_by=uuid.uuid4())
    ImportedPerson.objects.create(
        people_import=imported,
        line=1,
        email="sumeyra@kurum.example",
        name="Sumeyra Kizilirmak",
        outcome="invited",
    )
    profile = UserProfile.get_for_user(person)
    profile.avatar.save("sumeyra.png", ContentFile(b"x"))
    UploadedFile.objects.create(file=ContentFile(b"x", name="kizilirmak.jpg"), uploaded_by_user=person)
    kind = ContentType.objects.get_for_model(User)
    FormState.objects.create(
        data="ad=sumeyra",
        user=person,
        content_type=kind,
        object_id="1",
        parent_object_id="",
        last_updated_at=timezone.now(),
    )
    EditingSession.objects.create(user=person, content_type=kind, object_id="1", last_seen_at=timezone.now())
    ModelLogEntry.objects.log_action(person, "wagtail.edit", data={"ad": "Sumeyra"})
    DeskBinding.objects.create(person=person, desk=factories.desk())
    for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 1), timezone.localdate()):
        Presence.objects.create(person=person.uuid, agency_id=agency.pk, channel="web", act="read", day=day)
    return person


def everything() -> str:
    """Every row of every table, as text."""
    return "\n".join(
        f"{model._meta.label} {row}"
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        for row in model._default_manager.order_by().values()
    )


def erased(person, administrator, request=REQUEST) -> User:
    erasure.erase(person, by=administrator, request=request)
    return User.objects.get(pk=person.pk)


# --- What is gone --------------------------------------------------------------------------------------------------


def test_fixture_stands_in_each_place_that_is_a_persons(reader):
    held = {
        model._meta.label for model in apps.get_models(include_auto_created=True) if model.objects.exists()
    }
    of_texts = {place.model for purpose in REGISTER if purpose.is_kept for place in purpose.places}
    # Rights given to single people and the pages' log are nobody's habit here.
    rare = {"subscribers.User_groups", "subscribers.User_user_permissions", "wagtailcore.PageLogEntry"}
    places = {place.model for purpose in REGISTER for place in purpose.places}
    assert places - of_texts - rare - held == set()
    assert all(word.lower() in everything().lower() for word in TELLING)


def test_nothing_that_says_who_they_were_is_left_in_any_table(reader, administrator):
    erased(reader, administrator)
    left = everything().lower()
    assert [word for word in TELLING if word.lower() in left] == []


def test_nothing_is_left_in_files(reader, administrator, settings):
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    erased(reader, administrator)
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_account_is_an_anonymous_shell(reader, administrator):
    shell = erased(reader, administrator)
    assert (shell.uuid, shell.display_name) == (reader.uuid, "silinmiş kişi")
    assert shell.email.endswith("@silinmis.invalid")
    assert not shell.has_usable_password()
    assert (shell.is_active, shell.agency, shell.is_coordinator) == (False, None, False)
    assert not shell.groups.exists()


def test_sessions_and_tokens_are_gone_at_once(reader, administrator):
    client = Client()
    client.force_login(reader)
    secret = factories.token(reader)[1]
    erased(reader, administrator)
    assert not client.get("/saglik/").wsgi_request.user.is_authenticated
    assert Client().get(f"/rss/k/{secret}/haberler.xml").status_code == 404
    assert not DeviceSession.objects.filter(person=reader).exists()
    assert not Token.objects.filter(person=reader).exists()


def test_their_old_address_says_nothing_any_more(reader, administrator, mailoutbox):
    erased(reader, administrator)
    sent = len(mailoutbox)
    Client().post("/parola/sifirla/", {"email": "sumeyra@kurum.example"})
    assert len(mailoutbox) == sent
    assert sign_in(Client(), "sumeyra@kurum.example").status_code == 200


def test_chain_verifies_as_before(reader, administrator):
    erased(reader, administrator)
    assert [str(finding) for finding in audit_verification.verify() if finding.is_error] == []


def test_others_keep_what_is_theirs(reader, administrator):
    other = factories.person(email="baska@kurum.example", first_name="Sumeyra", agency=reader.agency)
    secret = factories.token(other)[1]
    # The address was the other's, too, in some old event of this person's.
    audit.record(
        AuditKind.PERSON_CHANGED,
        personal={"email": ["baska@kurum.example", "x@y.example"]},
        person=reader.uuid,
    )
    Invitation.objects.create(
        agency=other.agency,
        email="baska@kurum.example",
        invited_by=uuid.uuid4(),
        digest="b" * 64,
        expires_at=timezone.now(),
    )
    erased(reader, administrator)
    other.refresh_from_db()
    assert (other.first_name, other.is_active) == ("Sumeyra", True)
    assert Invitation.objects.filter(email="baska@kurum.example").exists()
    assert Token.objects.filter(person=other).exists()
    assert secret


def test_a_text_keeps_its_title_though_it_bears_the_name(reader, administrator):
    item = factories.news_item(title="Sumeyra Kizilirmak ödül aldı")
    ModelLogEntry.objects.log_action(item, "wagtail.edit")
    erased(reader, administrator)
    assert ModelLogEntry.objects.filter(label="Sumeyra Kizilirmak ödül aldı").exists()


# --- Who wrote -----------------------------------------------------------------------------------------------------


def test_who_wrote_stays_told_apart_by_number_alone(administrator):
    writer = factories.person(role="editor", first_name="Sumeyra", last_name="Kizilirmak")
    item = factories.news_item()
    revision = item.save_revision(user=writer)
    writer.groups.clear()
    erased(writer, administrator)
    assert Revision.objects.get(pk=revision.pk).user_id == writer.pk
    assert "sumeyra" not in everything().lower()


def test_log_of_publications_keeps_the_number(administrator, chief_editor):
    writer = factories.person(role="editor")
    item = factories.published_news()
    Publication.objects.filter(item=item)  # whoever published is told by UUID
    before = list(Publication.objects.values_list("actor", "hash"))
    writer.groups.clear()
    erased(writer, administrator)
    assert list(Publication.objects.values_list("actor", "hash")) == before
    assert NewsItem.objects.filter(pk=item.pk).exists()


# --- The shell stays a shell ---------------------------------------------------------------------------------------


def test_whoever_loaded_the_account_before_cant_write_the_names_back(reader, administrator):
    stale = User.objects.get(pk=reader.pk)
    erased(reader, administrator)
    with pytest.raises(DatabaseError), transaction.atomic():
        stale.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(pk=reader.pk).update(is_active=True)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE subscribers_user SET last_name = 'x' WHERE id = %s", [reader.pk])
    assert "kizilirmak" not in everything().lower()


def test_shell_is_not_opened_again_by_any_page(reader, administrator, client):
    shell = erased(reader, administrator)
    client.force_login(factories.person(is_superuser=True, is_staff=True))
    for address in (
        reverse("wagtailusers_users:edit", args=[shell.pk]),
        reverse("wagtailusers_users:delete", args=[shell.pk]),
        f"/yonetim/bulk/subscribers/user/set_active_state/?id={shell.pk}",
        f"/yonetim/bulk/subscribers/user/delete/?id={shell.pk}",
    ):
        answer = client.post(
            address,
            {"mark_as_active": "on", "email": "geri@des.example", "first_name": "a", "last_name": "b"},
        )
        assert answer.status_code in (200, 302, 422), address
    shell.refresh_from_db()
    assert (shell.is_active, shell.first_name) == (False, "")


def test_erased_row_without_being_empty_is_refused():
    person = factories.person(first_name="Ad")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(erased_at=timezone.now())


# --- Who can't be erased -------------------------------------------------------------------------------------------


def refusal(person, by) -> str:
    with pytest.raises(ValidationError) as refused:
        erasure.erase(person, by=by, request=REQUEST)
    return " ".join(refused.value.messages)


def test_coordinator_is_told_what_to_do_first(administrator):
    agency = factories.agency(name="Orman Bakanlığı")
    person = factories.person(agency=agency, is_coordinator=True)
    assert "“Orman Bakanlığı” kurumunun sorumlusu. Önce" in refusal(person, administrator)


@pytest.mark.parametrize("role", ["editor", "chief_editor", "strategist", "auditor", "administrator"])
def test_staff_are_told_what_to_do_first(administrator, role):
    person = factories.person(role=role, first_name="Ayşe", last_name="Ak")
    assert refusal(person, administrator).startswith(
        f"Ayşe Ak Başkanlık’ta görevli ({factories.ROLES[role]})"
    )


def test_nobody_erases_themselves(administrator):
    assert "Kendi verilerinizi silemezsiniz" in refusal(administrator, administrator)


def test_nobody_is_erased_twice(reader, administrator):
    erased(reader, administrator)
    records = DestructionRecord.objects.count()
    assert refusal(reader, administrator) == "Bu kişinin verileri daha önce silinmiş."
    assert DestructionRecord.objects.count() == records


def test_closed_account_is_erased_whatever_its_roles_were(administrator):
    person = factories.person(role="editor", is_active=False)
    assert erased(person, administrator).erased_at is not None


# --- All of it or nothing ------------------------------------------------------------------------------------------

STEPS = [
    (erasure, "_access"),
    (erasure, "_admin"),
    (erasure, "_names_in_wagtails_log"),
    (erasure.pseudonyms, "forget"),
    (erasure, "_empty"),
    (erasure.destruction, "record"),
    (erasure.audit, "record"),
    (erasure.audit_retention, "erase_person"),
]


@pytest.mark.parametrize(("owner", "name"), STEPS, ids=[name for _owner, name in STEPS])
def test_failure_at_any_step_leaves_everything_and_it_is_done_again(
    reader, administrator, monkeypatch, owner, name
):
    before = everything()
    work = getattr(owner, name)

    def fails_afterwards(*arguments, **options):
        done = work(*arguments, **options)
        if name.startswith("_") and name != "_empty":
            done = list(done)
        raise DatabaseError(str(done)[:10])

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, fails_afterwards)
        with pytest.raises(DatabaseError), transaction.atomic():
            erasure.erase(reader, by=administrator, request=REQUEST)
    assert everything() == before
    erased(reader, administrator)
    assert [word for word in TELLING if word.lower() in everything().lower()] == []


def test_journal_that_cant_be_folded_stops_it_with_a_sentence(reader, administrator, monkeypatch):
    before = everything()
    monkeypatch.setattr(presence, "_insert", lambda uses: (_ for _ in ()).throw(DatabaseError("busy")))
    journal.append(Use(reader.uuid, reader.agency_id, "web", "read", date(2026, 3, 4)))
    assert "hiçbir veri silinmedi" in refusal(reader, administrator)
    assert everything() == before
    assert not journal.is_empty()


# --- Presence ------------------------------------------------------------------------------------------------------


def test_presence_has_one_random_number_for_each_year(reader, administrator):
    erased(reader, administrator)
    numbers = dict(Presence.objects.values_list("day", "person"))
    assert reader.uuid not in numbers.values()
    assert numbers[date(2025, 1, 1)] == numbers[date(2025, 6, 1)]
    assert len(set(numbers.values())) == len({day.year for day in numbers})


def test_use_that_waited_in_the_journal_is_brought_in_first(reader, administrator):
    journal.append(Use(reader.uuid, reader.agency_id, "feed", "delivery", date(2025, 7, 9)))
    erased(reader, administrator)
    row = Presence.objects.get(day=date(2025, 7, 9))
    assert row.person == Presence.objects.get(day=date(2025, 6, 1)).person
    assert str(reader.uuid) not in everything_on_disk()


def everything_on_disk() -> str:
    return "\n".join(path.read_text() for path in journal.folder().rglob("*.jsonl"))


def test_lines_that_could_not_be_read_forget_them(reader, administrator):
    journal.folder().mkdir(parents=True, exist_ok=True)
    (journal.folder() / "unreadable.jsonl").write_text(f'["{reader.uuid}", torn\n["başka", torn\n')
    erased(reader, administrator)
    assert everything_on_disk() == '["başka", torn\n'


def test_other_machines_journal_doesnt_bring_the_number_back(reader, administrator):
    other = factories.person(agency=reader.agency)
    agency_id = reader.agency_id
    erased(reader, administrator)
    before = Presence.objects.count()
    for person in (reader.uuid, other.uuid):
        journal.append(Use(person, agency_id, "feed", "read", date(2026, 2, 3)))
    presence.fold()
    assert journal.is_empty()
    assert Presence.objects.filter(person=other.uuid).count() == 1
    assert Presence.objects.count() == before + 1


def test_request_on_its_way_doesnt_write_the_number_again(reader, administrator):
    on_its_way = reader_of(reader)
    assert on_its_way.counted
    erased(reader, administrator)
    presence._written._uses.clear()
    presence.record(on_its_way, "search", "read")
    assert not Presence.objects.filter(person=reader.uuid).exists()
    assert journal.is_empty()


uses = st.lists(
    st.tuples(
        st.integers(0, 3),  # who
        st.sampled_from([1, 2]),  # for which agency
        st.sampled_from(Presence.Channel.values),
        st.sampled_from(Presence.Act.values),
        st.sampled_from(
            [
                date(2024, 12, 31),
                date(2025, 1, 1),
                date(2025, 1, 2),
                date(2025, 12, 31),
                date(2026, 1, 1),
                date(2026, 3, 1),
                date(2026, 3, 20),
            ]
        ),
        st.booleans(),  # in the journal still
    ),
    max_size=25,
)


@given(uses=uses, gone=st.sets(st.integers(0, 3), max_size=4))
# Each example costs a second: every figure of three years, twice.
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_figure_changes(administrator, uses, gone):
    with transaction.atomic():
        people = [factories.person(agency=factories.agency()) for _number in range(4)]
        for who, agency_id, channel, act, day, waits in uses:
            use = Use(people[who].uuid, agency_id, channel, act, day)
            journal.append(use) if waits else presence._insert([use])
        if uses:
            presence.fold()
        before = figures(date(2026, 3, 20))
        for number in gone:
            erased(people[number], administrator)
        assert figures(date(2026, 3, 20)) == before
        assert not Presence.objects.filter(person__in=[people[number].uuid for number in gone]).exists()
        transaction.set_rollback(True)


# --- What is written down ------------------------------------------------------------------------------------------


def test_each_place_leaves_its_record(reader, administrator):
    erased(reader, administrator)
    records = DestructionRecord.objects.all()
    assert {(record.cause, record.request_number, record.request_date, record.by) for record in records} == {
        ("request", "E-2026/114", date(2026, 3, 2), administrator.uuid)
    }
    assert len({record.occasion for record in records}) == 1
    told = {record.place: record.number for record in records}
    assert told["subscribers.User"] == 1
    assert told["metrics.Presence"] == 4
    assert told["subscribers.Token"] == 1
    assert told["subscribers.AuditPersonalData"] >= 4
    assert str(reader.uuid) not in str(list(records.values()))


def test_erasure_is_an_event(reader, administrator):
    erased(reader, administrator)
    event = AuditEvent.objects.get(kind=AuditKind.PERSON_ERASED)
    assert (event.actor, event.subject) == (administrator.uuid, reader.uuid)
    assert event.details["request"] == "E-2026/114"
    assert not AuditPersonalData.objects.filter(sequence=event.sequence).exists()


# --- The page ------------------------------------------------------------------------------------------------------


def page_of(person) -> str:
    return reverse("erase_person", args=[person.pk])


def asked(person, **changes) -> dict:
    return {"number": "E-2026/114", "received_on": "2026-03-02", "email": person.email, **changes}


def test_administrator_erases_on_a_page_that_says_what_happens(client, administrator, reader):
    client.force_login(administrator)
    page = client.get(page_of(reader)).content.decode()
    assert "geri dönülmez biçimde anonim" in page
    answer = client.post(page_of(reader), asked(reader))
    assert (answer.status_code, answer["Location"]) == (302, reverse("destruction_records"))
    assert User.objects.get(pk=reader.pk).erased_at is not None
    assert "E-2026/114" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "Sumeyra'nın başvurusu"},
        {"number": "A" * 41},
        {"received_on": "2999-01-01"},
        {"received_on": "1999-01-01"},
        {"received_on": "dün"},
        {"email": "baska@kurum.example"},
        {"email": ""},
    ],
    ids=str,
)
def test_what_isnt_right_erases_nobody(client, administrator, reader, wrong):
    client.force_login(administrator)
    before = everything_of(reader)
    assert client.post(page_of(reader), asked(reader, **wrong)).status_code == 200
    assert everything_of(reader) == before


def everything_of(person) -> str:
    return json.dumps({**held_data.data_of(person), "written_at": ""}, sort_keys=True)


def test_page_of_who_cant_be_erased_says_why_and_offers_no_button(client, administrator):
    coordinator = factories.person(agency=factories.agency(), is_coordinator=True)
    client.force_login(administrator)
    page = client.get(page_of(coordinator)).content.decode()
    assert "kurumunun sorumlusu" in page
    assert 'name="number"' not in page
    client.post(page_of(coordinator), asked(coordinator))
    assert User.objects.get(pk=coordinator.pk).erased_at is None


@pytest.mark.parametrize("role", ["editor", "chief_editor", "strategist", "auditor", None])
def test_page_and_data_are_the_administrators_alone(client, reader, role):
    client.force_login(factories.person(role=role) if role else factories.person(agency=reader.agency))
    for address in (page_of(reader), reverse("person_data", args=[reader.pk])):
        answer = client.post(address, asked(reader))
        assert answer.status_code in (302, 403)
        assert "sumeyra" not in answer.content.decode().lower()
    assert User.objects.get(pk=reader.pk).erased_at is None


def test_strategy_staff_have_no_right_to_it():
    assert not factories.person(role="strategist").has_perm("subscribers.erase_user")


# --- Giving data out -----------------------------------------------------------------------------------------------


def test_administrator_gives_out_everything_and_it_is_written_down(client, administrator, reader):
    client.force_login(administrator)
    answer = client.post(reverse("person_data", args=[reader.pk]))
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    given_out = answer.content.decode()
    assert all(
        word in given_out.lower() for word in ("sumeyra", "zumrut-anahtar", "203.0.113.77", "5550001122")
    )
    event = AuditEvent.objects.get(kind=AuditKind.PERSON_DATA_EXPORTED)
    assert (event.actor, event.subject) == (administrator.uuid, reader.uuid)


def test_data_is_not_given_out_by_an_address_alone(client, administrator, reader):
    client.force_login(administrator)
    assert client.get(reverse("person_data", args=[reader.pk])).status_code == 405
    assert not AuditEvent.objects.filter(kind=AuditKind.PERSON_DATA_EXPORTED).exists()


def test_data_hold_no_secret(reader):
    data = everything_of(reader)
    assert reader.password not in data
    assert Token.objects.get(person=reader).digest not in data
    assert reader.totpdevice_set.get().key not in data


def test_list_of_people_leads_to_the_page(client, administrator, reader):
    client.force_login(administrator)
    assert page_of(reader) in client.get(reverse("wagtailusers_users:index")).content.decode()


# --- Whom an agency names as its contact -----------------------------------------------------------------------------


@pytest.mark.parametrize("called", ["Sumeyra Kizilirmak", "SÜMEYRA  KIZILIRMAK", "Dr. Kızılırmak, Sümeyra"])
@pytest.mark.parametrize("email", ["", "baska@kurum.example"])
def test_contact_of_the_same_name_is_shown_before_and_told_after(
    client, administrator, reader, called, email
):
    client.force_login(administrator)
    other = factories.agency(name="Su İdaresi", contact_name=called, contact_email=email)
    page = client.get(page_of(reader)).content.decode()
    assert "Su İdaresi" in page
    assert "Orman Bakanlığı" in page
    assert reverse("agencies:edit", args=[other.pk]) in page
    asked = {"number": REQUEST.number, "received_on": "2026-03-02", "email": reader.email}
    answer = client.post(page_of(reader), asked)
    assert User.objects.get(pk=reader.pk).erased_at is not None
    assert "Su İdaresi" in said(answer)
    other.refresh_from_db()
    assert other.contact_name == called


@pytest.mark.parametrize("called", ["Sumeyra", "Sumeyra Yılmaz", ""])
def test_contact_of_another_name_is_not_shown(client, administrator, reader, called):
    client.force_login(administrator)
    factories.agency(name="Su İdaresi", contact_name=called, contact_phone="1")
    page = client.get(page_of(reader)).content.decode()
    assert "Su İdaresi" not in page
    assert "Başka biçimde yazılmış olabilir" in page


def test_contact_of_the_same_address_is_emptied_however_it_is_written(reader, administrator):
    agency = factories.agency(contact_name="S.", contact_email="Sumeyra@Kurum.example")
    erased(reader, administrator)
    agency.refresh_from_db()
    assert (agency.contact_name, agency.contact_email) == ("", "")


# --- By retention --------------------------------------------------------------------------------------------------


def closed(person, months_ago: int) -> User:
    then = timezone.now() - timedelta(days=31 * months_ago)
    User.objects.filter(pk=person.pk).update(is_active=False, closed_at=then, last_login=then)
    return person


def destroyed() -> str:
    from django.core.management import call_command

    output = StringIO()
    call_command("destroy_past_retention", stdout=output)
    return output.getvalue()


def test_account_closed_long_ago_is_erased_by_itself(reader):
    closed(reader, 14)
    recent = closed(factories.person(), 6)
    destroyed()
    assert User.objects.get(pk=reader.pk).erased_at is not None
    assert User.objects.get(pk=recent.pk).erased_at is None
    record = DestructionRecord.objects.get(place="subscribers.User")
    assert (record.cause, record.by, record.number) == ("retention", None, 1)
    assert [word for word in TELLING if word.lower() in everything().lower()] == []


@pytest.mark.parametrize("way", ["leave", "bulk", "form"])
def test_closing_is_dated_whoever_closes_it(way, administrator):
    person = factories.person(agency=factories.agency())
    if way == "leave":
        agencies.leave(person, by=administrator)
    elif way == "bulk":
        User.objects.filter(pk=person.pk).update(is_active=False)
    else:
        person.is_active = False
        person.save()
    destroyed()
    person.refresh_from_db()
    assert timezone.now() - person.closed_at < timedelta(minutes=5)


def test_account_opened_again_stays(reader):
    closed(reader, 14)
    User.objects.filter(pk=reader.pk).update(is_active=True)
    destroyed()
    reader.refresh_from_db()
    assert (reader.erased_at, reader.closed_at) == (None, None)


def test_account_opened_and_closed_again_counts_from_then(reader):
    closed(reader, 14)
    User.objects.filter(pk=reader.pk).update(last_login=timezone.now() - timedelta(days=1))
    destroyed()
    assert User.objects.get(pk=reader.pk).erased_at is None


def test_one_that_fails_doesnt_hold_up_the_others(monkeypatch):
    first, second = closed(factories.person(), 14), closed(factories.person(), 14)
    forget = erasure.pseudonyms.forget

    def fails_for_the_first(person):
        if person.pk == first.pk:
            raise DatabaseError("broken")
        return forget(person)

    monkeypatch.setattr(erasure.pseudonyms, "forget", fails_for_the_first)
    from django.core.management.base import CommandError

    with pytest.raises(CommandError, match="Hesapların"):
        destroyed()
    assert User.objects.get(pk=second.pk).erased_at is not None
    assert User.objects.get(pk=first.pk).erased_at is None
    monkeypatch.undo()
    destroyed()
    assert User.objects.get(pk=first.pk).erased_at is not None


def test_month_is_what_the_settings_say(settings):
    settings.RETENTION_MONTHS = {**settings.RETENTION_MONTHS, "accounts": 36}
    person = closed(factories.person(), 14)
    destroyed()
    assert User.objects.get(pk=person.pk).erased_at is None


# --- People whose agency has ended ---------------------------------------------------------------------------------


def of_an_agency_that_ended(months_ago: int, **fields) -> User:
    """Somebody who joined three years ago; nobody ever closed their account."""
    ended = timezone.now() - timedelta(days=31 * months_ago)
    agency = factories.agency(started_at=ended - timedelta(days=900), ended_at=ended)
    joined = timezone.now() - timedelta(days=3 * 366)
    return factories.person(**{"agency": agency, "date_joined": joined, **fields})


@pytest.mark.parametrize("is_coordinator", [False, True])
def test_person_of_an_agency_that_ended_long_ago_is_erased_by_itself(is_coordinator):
    person = of_an_agency_that_ended(14, is_coordinator=is_coordinator)
    recent = of_an_agency_that_ended(6)
    of_another = factories.person(agency=factories.agency(), date_joined=person.date_joined)
    destroyed()
    assert User.objects.get(pk=person.pk).erased_at is not None
    assert User.objects.get(pk=of_another.pk).closed_at is None
    recent.refresh_from_db()
    assert (recent.erased_at, recent.closed_at) == (None, recent.agency.ended_at)
    record = DestructionRecord.objects.get(place="subscribers.User")
    assert (record.cause, record.number) == ("retention", 1)


@pytest.mark.parametrize("role", ["editor", "superuser", "staff"])
def test_whoever_has_a_role_stays_whatever_became_of_their_agency(role):
    fields = {"superuser": {"is_superuser": True}, "staff": {"is_staff": True}}.get(role, {"role": role})
    person = of_an_agency_that_ended(14, **fields)
    destroyed()
    person.refresh_from_db()
    assert (person.erased_at, person.closed_at) == (None, None)


@pytest.mark.parametrize("way", ["contract goes on", "other agency", "role"])
def test_account_that_is_taken_up_again_is_closed_no_more(way):
    person = of_an_agency_that_ended(6)
    destroyed()
    if way == "contract goes on":
        type(person.agency).objects.filter(pk=person.agency_id).update(ended_at=None)
    elif way == "other agency":
        User.objects.filter(pk=person.pk).update(agency=factories.agency())
    else:
        person.groups.add(factories.person(role="editor").groups.get())
    destroyed()
    person.refresh_from_db()
    assert (person.erased_at, person.closed_at) == (None, None)


def test_account_made_after_its_agency_ended_counts_from_then():
    person = of_an_agency_that_ended(14, date_joined=timezone.now() - timedelta(days=60))
    destroyed()
    person.refresh_from_db()
    assert (person.erased_at, person.closed_at) == (None, person.date_joined)
