"""The administrators' page of the audit log and the table it can be downloaded as."""

import csv
import html
import io
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from administration import audit as page
from administration.audit_reading import Asked
from subscribers import audit
from subscribers.audit_kinds import AuditKind
from subscribers.audit_retention import destroy_due_months, erase_person
from subscribers.models import AuditEvent, AuditPersonalData
from tests import factories
from tests.subscribers.audit_log import errors, event_at, kinds

pytestmark = pytest.mark.django_db

PAGE, TABLE = "/yonetim/denetim-gunlugu/", "/yonetim/denetim-gunlugu/indir/"


@pytest.fixture
def auditor(client, db):
    person = factories.person(role="auditor", first_name="Derya", last_name="Denetçi")
    client.force_login(person)
    return person


def shown(client, **asked) -> list[list[str]]:
    """The cells of each row on the page."""
    text = client.get(PAGE, asked).content.decode()
    body = re.search("<tbody>(.*)</tbody>", text, re.DOTALL)
    rows = re.findall("<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    return [
        [
            html.unescape(re.sub("<[^>]+>", " ", cell)).strip()
            for cell in re.findall("<td>(.*?)</td>", row, re.DOTALL)
        ]
        for row in rows
    ]


def sequences(client, **asked) -> list[int]:
    return [int(row[0]) for row in shown(client, **asked)]


def table(client, **asked) -> list[list[str]]:
    response = client.get(TABLE, asked)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


# --- Who ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [PAGE, TABLE])
@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_auditors_and_administrators_read_it(client, role, address):
    client.force_login(factories.person(role=role))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [PAGE, TABLE])
@pytest.mark.parametrize("role", ["editor", "chief_editor", "strategist", None])
def test_nobody_else_reads_it_and_nothing_is_noted(client, role, address):
    client.force_login(factories.person(role=role))
    assert client.get(address).status_code in (302, 403, 404)
    assert kinds() == []


@pytest.mark.parametrize("address", [PAGE, TABLE])
def test_visitor_is_asked_to_sign_in(client, db, address):
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(("role", "is_there"), [("auditor", True), ("chief_editor", False)])
def test_menu_leads_there_for_those_who_may(client, role, is_there):
    client.force_login(factories.person(role=role))
    assert (PAGE in client.get(reverse("wagtailadmin_home")).content.decode()) is is_there


# --- What --------------------------------------------------------------------------------------------------------


def test_newest_event_stands_first(client, auditor):
    event_at(2026, 1)
    event_at(2026, 2)
    assert sequences(client) == [2, 1]


def test_moment_is_told_by_the_clock_in_istanbul(client, auditor):
    event_at(2026, 1, 5, 12)
    assert shown(client)[0][1] == "05.01.2026 12:00:00"


def test_people_are_named_and_details_are_in_words(client, auditor):
    person = factories.person(first_name="Ada", last_name="Yılmaz")
    agency = factories.agency(name="Örnek Kurumu")
    audit.record(
        AuditKind.PERSON_LEFT, actor=auditor.uuid, subject=person.uuid, details={"agency": str(agency.uuid)}
    )
    row = shown(client)[0]
    assert row[2:6] == ["kişi kurumdan ayrıldı", "Derya Denetçi", "Ada Yılmaz", "kurum: Örnek Kurumu"]


def test_person_who_is_gone_is_named_by_what_the_log_keeps(client, auditor):
    gone = uuid.uuid4()
    audit.record(AuditKind.PERSON_ADDED, personal={"first_name": "Ada", "last_name": "Ak"}, person=gone)
    audit.record(AuditKind.SIGNED_OUT, actor=gone)
    assert shown(client)[0][3] == "Ada Ak"


def test_erased_person_has_no_name_and_the_page_says_so(client, auditor):
    gone = uuid.uuid4()
    audit.record(AuditKind.PERSON_ADDED, actor=gone, personal={"first_name": "Ada"}, person=gone)
    erase_person(gone)
    row = shown(client)[1]
    assert (row[3], row[6]) == (str(gone), "silindi")


def test_erasure_is_told_with_the_runs_of_what_it_erased(client, auditor):
    gone = uuid.uuid4()
    for person in (gone, gone, None, gone):
        audit.record(AuditKind.PERSON_CHANGED, personal={"email": "a@des.example"}, person=person)
    erase_person(gone)
    assert shown(client)[0][5] == "kayıtlar: 1–2, 4"


def test_change_is_told_as_before_and_after(client, auditor):
    audit.record(
        AuditKind.PERSON_CHANGED,
        details={"changed": {"is_active": [True, False]}},
        personal={"email": ["a@des.example", "b@des.example"]},
    )
    row = shown(client)[0]
    assert row[5:7] == ["hesap açık: evet → hayır", "e-posta: a@des.example → b@des.example"]


def test_item_is_named_by_its_number_alone(client, auditor):
    item = factories.news_item(title="Gizli taslak")
    audit.record(AuditKind.AUDIENCE_CHANGED, subject=item.uuid)
    assert shown(client)[0][4] == f"İçerik {item.pk}"


def test_hostile_words_are_shown_as_words(client, auditor):
    audit.record(AuditKind.SIGN_IN_FAILED, personal={"email": "<script>alert(1)</script>@x"})
    assert "<script>alert(1)" not in client.get(PAGE).content.decode()


def test_kind_that_is_no_longer_written_is_shown_by_its_name(client, auditor):
    audit.record("old.kind")
    assert shown(client)[0][2] == "old.kind"


def test_destroyed_months_are_told(client, auditor):
    event_at(2020, 1)
    destroy_due_months()
    assert "Ocak 2020: 1–1 sıralı kayıtlar" in client.get(PAGE).content.decode()


# --- Filters -----------------------------------------------------------------------------------------------------


def test_events_of_one_kind(client, auditor):
    audit.record(AuditKind.AGENCY_CREATED)
    audit.record(AuditKind.AGENCY_CHANGED)
    assert sequences(client, kind="agency.created") == [1]


@pytest.mark.parametrize(
    "typed", ["ada@des.example", "ADA@DES.example", "Ada", "ada yıl", "11111111-1111-4111-8111-111111111111"]
)
def test_events_of_one_person_by_whatever_they_are_known(client, auditor, typed):
    number = uuid.UUID("11111111-1111-4111-8111-111111111111")
    factories.person(uuid=number, email="ada@des.example", first_name="Ada", last_name="Yılmaz")
    audit.record(AuditKind.AGENCY_CREATED)
    audit.record(AuditKind.SIGNED_OUT, actor=number)
    audit.record(AuditKind.PERSON_LEFT, subject=number)
    audit.record(AuditKind.SIGN_IN_FAILED, personal={"email": "x"}, person=number)
    assert sequences(client, person=typed) == [4, 3, 2]


def test_address_that_no_account_has_is_found_where_it_was_typed(client, auditor):
    audit.record(AuditKind.SIGN_IN_FAILED, personal={"email": "yok@des.example"})
    audit.record(AuditKind.SIGN_IN_FAILED, personal={"email": "baska@des.example"})
    assert sequences(client, person="yok@des.example") == [1]


def test_name_that_nobody_bears_finds_nothing(client, auditor):
    audit.record(AuditKind.AGENCY_CREATED)
    assert "Bu süzgeçlere uyan kayıt yok." in client.get(PAGE, {"person": "Kimse"}).content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"since": "2026-02-01"}, [4, 3, 2]),
        ({"until": "2026-02-01"}, [2, 1]),
        ({"since": "2026-02-01", "until": "2026-02-01"}, [2]),
        ({"since": "2026-02-01", "until": "2026-03-05"}, [4, 3, 2]),
        ({"since": "2030-01-01"}, []),
        ({"until": "2020-01-01"}, []),
        ({"since": "01.02.2026", "kind": "agency.changed"}, [3]),
    ],
)
def test_events_of_a_range_of_days_in_istanbul(client, auditor, asked, found):
    event_at(2026, 1, 31, 23)
    event_at(2026, 2, 1, 0)
    event_at(2026, 3, 5, 0, kind=AuditKind.AGENCY_CHANGED)
    event_at(2026, 3, 5, 23)
    assert sequences(client, **asked) == found


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-02-02", "until": "2026-02-01"},
        {"since": "yarın"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"kind": "yok"},
        {"before": "x"},
        {"before": "9" * 40},
        {"after": "-1"},
        {"person": "a" * 300},
    ],
    ids=str,
)
def test_question_that_is_none_is_answered_with_a_sentence_and_shows_nothing(client, auditor, asked):
    audit.record(AuditKind.AGENCY_CREATED, details={"code": "K1"})
    response = client.get(PAGE, asked)
    assert response.status_code == 200
    assert "<tbody>" not in response.content.decode()
    assert client.get(TABLE, asked).status_code == 302
    assert kinds() == ["agency.created"]


@pytest.mark.parametrize("typed", ["\x00", "%", "' OR 1=1 --", "@", "\ud800", "{}", "a@b'c"])
def test_person_typed_badly_is_no_server_error(client, auditor, typed):
    audit.record(AuditKind.AGENCY_CREATED)
    assert client.get(PAGE, {"person": typed.encode("utf-8", "surrogatepass")}).status_code == 200


# --- Pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(page, "PAGE", 3)


def led_to(client, address: str, rel: str) -> str | None:
    found = re.search(f'rel="{rel}" href="([^"]+)"', client.get(address).content.decode())
    return PAGE + html.unescape(found[1]) if found else None


def test_pages_lead_through_the_whole_log_and_back(client, auditor, small_pages):
    for _ in range(7):
        event_at(2026, 1)
    asked = {"since": "2026-01-01", "until": "2026-01-31"}
    address, walked = f"{PAGE}?since=2026-01-01&until=2026-01-31", []
    while address:
        query = dict(part.split("=") for part in address.partition("?")[2].split("&"))
        walked.append(sequences(client, **query))
        last, address = address, led_to(client, address, "next")
    assert walked == [[7, 6, 5], [4, 3, 2], [1]]
    assert sequences(client, **asked) == [7, 6, 5]
    back = led_to(client, last, "prev")
    query = dict(part.split("=") for part in back.partition("?")[2].split("&"))
    assert sequences(client, **query) == [4, 3, 2]


def test_pages_of_one_person_leave_nothing_out(client, auditor, small_pages):
    person = uuid.uuid4()
    for turn in range(8):
        fields = {"actor": person} if turn % 2 else {"subject": person}
        event_at(2026, 1, **fields)
        event_at(2026, 1)
    first = sequences(client, person=str(person))
    second = sequences(client, person=str(person), before=first[-1])
    third = sequences(client, person=str(person), before=second[-1])
    assert first + second + third == [15, 13, 11, 9, 7, 5, 3, 1]


def test_queries_of_a_page_do_not_grow_with_its_events(client, auditor, django_assert_max_num_queries):
    for turn in range(40):
        person = factories.person(first_name=f"A{turn}")
        audit.record(AuditKind.PERSON_ADDED, actor=person.uuid, personal={"email": "x"}, person=person.uuid)
    client.get(PAGE)
    with django_assert_max_num_queries(30):
        client.get(PAGE)


# --- Reading is an event -----------------------------------------------------------------------------------------


def test_looking_is_noted_with_what_was_shown(client, auditor):
    event_at(2026, 1)
    event_at(2026, 1)
    client.get(PAGE, {"since": "2026-01-01", "person": ""})
    noted = AuditEvent.objects.first()
    assert (noted.kind, noted.actor) == ("audit.viewed", auditor.uuid)
    assert noted.details == {"since": "2026-01-01", "events": 2, "first": 1, "last": 2}
    assert errors() == []


def test_person_looked_for_is_noted_among_the_personal_data(client, auditor):
    client.get(PAGE, {"person": "Ada Yılmaz"})
    assert "Ada" not in str(AuditEvent.objects.get().details)
    assert AuditPersonalData.objects.get().fields == {"person": "Ada Yılmaz"}


def test_download_is_noted_and_not_in_its_own_table(client, auditor):
    event_at(2026, 1)
    rows = table(client, kind="")
    assert AuditEvent.objects.first().kind == "audit.exported"
    assert [row[0] for row in rows[1:]] == ["1"]


@pytest.mark.parametrize("address", [PAGE, TABLE])
def test_asking_for_headers_alone_shows_and_notes_nothing(client, auditor, address):
    audit.record(AuditKind.AGENCY_CREATED)
    assert client.head(address).status_code == 200
    assert kinds() == ["agency.created"]


# --- The table ---------------------------------------------------------------------------------------------------


def test_table_holds_what_an_auditor_needs_to_check_a_row(client, auditor):
    event = audit.record(AuditKind.AGENCY_CREATED, actor=auditor.uuid, details={"code": "K1"})
    headings, row = table(client)
    assert headings[0] == "sıra"
    local = timezone.localtime(event.happened_at).isoformat(timespec="seconds")
    assert row == [
        "1",
        local,
        "kurum eklendi",
        "agency.created",
        "Derya Denetçi",
        str(auditor.uuid),
        "",
        "",
        '{"code":"K1"}',
        "",
        event.hash,
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
def test_no_cell_runs_as_a_formula(client, auditor, name):
    factories.person(first_name=name, uuid=(number := uuid.uuid4()))
    audit.record(AuditKind.SIGNED_OUT, actor=number)
    assert table(client)[1][4] == f"'{name}"


def test_table_says_where_personal_data_were_erased(client, auditor):
    person = uuid.uuid4()
    audit.record(AuditKind.PERSON_ADDED, personal={"email": "a@des.example"}, person=person)
    erase_person(person)
    assert table(client)[2][9] == "silindi"


def test_table_is_bounded_and_says_so(client, auditor, monkeypatch):
    monkeypatch.setattr(page, "TABLE", 4)
    monkeypatch.setattr(page, "BATCH", 3)
    for _ in range(6):
        event_at(2026, 1)
    rows = table(client, until="2026-01-31")
    assert [row[0] for row in rows[1:-1]] == ["6", "5", "4", "3"]
    assert rows[-1] == ["Tablo 4 kayıtla sınırlı; daha eskileri için gün aralığını daraltın."]


@pytest.mark.parametrize("events", [0, 3, 4])
def test_table_that_holds_everything_does_not_say_so(client, auditor, monkeypatch, events):
    monkeypatch.setattr(page, "TABLE", 4)
    monkeypatch.setattr(page, "BATCH", 3)
    for _ in range(events):
        event_at(2026, 1)
    assert len(table(client)) == 1 + events


def test_table_obeys_the_filters(client, auditor):
    audit.record(AuditKind.AGENCY_CREATED)
    audit.record(AuditKind.AGENCY_CHANGED)
    assert [row[3] for row in table(client, kind="agency.changed")[1:]] == ["agency.changed"]


def test_table_leaves_the_language_of_the_thread_alone_between_its_batches(auditor):
    audit.record(AuditKind.AGENCY_CREATED)
    for _lines in page.table(Asked(), before=2, language="en"):
        assert translation.get_language() == "tr"


@pytest.mark.parametrize("address", [PAGE, TABLE])
def test_nobody_keeps_a_copy(client, auditor, address):
    assert client.get(address).headers["Cache-Control"].startswith("private, no-store")


def test_days_are_those_of_istanbul_whatever_zone_a_person_prefers(client, auditor):
    profile = UserProfile.get_for_user(auditor)
    profile.current_time_zone = "Pacific/Auckland"
    profile.save()
    event_at(2026, 1, 31, 23)
    assert sequences(client, until="2026-01-31") == [1]
    assert shown(client)[-1][1].startswith("31.01.2026 23")
