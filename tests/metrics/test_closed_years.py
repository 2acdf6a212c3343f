"""A closed year: its figures stay to the last one when the rows behind them are gone."""

from datetime import UTC, date, datetime
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulletin import projections
from metrics import closed_years, journal, presence, triggers
from metrics.journal import Use
from metrics.models import ClosedYear, Presence
from metrics.months import Year
from subscribers import destruction, refusing_triggers
from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditEvent, DestructionRecord
from tests import factories
from tests.metrics.figures import figures
from tests.subscribers.audit_log import run

pytestmark = pytest.mark.django_db

YEARS, TODAY = "/gostergeler/yillar/", date(2026, 3, 20)
CLOSE = "/gostergeler/yillar/2025/kapat/"


@pytest.fixture(autouse=True)
def in_march(monkeypatch):
    monkeypatch.setattr(presence, "today", lambda: TODAY)


@pytest.fixture
def strategist():
    return factories.person(role="strategist")


def use(day: date, *, person=None, agency_id=1, channel="web", act="read", is_service=False):
    row = Use(person or uuid4(), agency_id, channel, act, day, is_service)
    presence._insert([row])
    return row


def days_gone() -> None:
    """As if every retention had passed."""
    assert destruction.run_all(now=datetime(2027, 6, 1, tzinfo=UTC)).failed == []


uses = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([1, 2]),
        st.sampled_from(Presence.Channel.values),
        st.sampled_from(Presence.Act.values),
        st.sampled_from(
            [
                date(2024, 12, 31),
                date(2025, 1, 1),
                date(2025, 3, 1),
                date(2025, 3, 19),
                date(2025, 3, 20),
                date(2025, 3, 21),
                date(2025, 12, 31),
                date(2026, 1, 1),
                date(2026, 3, 20),
            ]
        ),
        st.booleans(),
    ),
    max_size=30,
)


@given(uses=uses)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_page_and_no_table_changes_when_rows_are_gone(strategist, uses):
    with transaction.atomic():
        people = [uuid4() for _number in range(8)]
        for who, agency_id, channel, act, day, is_service in uses:
            use(
                day,
                person=people[who + 4 * is_service],
                agency_id=agency_id,
                channel=channel,
                act=act,
                is_service=is_service,
            )
        before = figures(TODAY)
        for waiting in closed_years.years_to_close(TODAY):
            closed_years.close(waiting.year, by=strategist)
        assert figures(TODAY) == before
        days_gone()
        assert not Presence.objects.filter(day__lt=date(2026, 1, 1)).exists()
        assert figures(TODAY) == before
        transaction.set_rollback(True)


def test_figures_of_other_days_of_a_month_stay_comparable(strategist):
    one = uuid4()
    for day, person in ((1, one), (5, one), (5, None), (25, None)):
        use(date(2025, 3, day), person=person)
    wanted = {day: figures(date(2026, 3, day)) for day in (1, 5, 20, 31)}
    closed_years.close(Year(2025), by=strategist)
    days_gone()
    assert {day: figures(date(2026, 3, day)) for day in wanted} == wanted


# --- Closing -------------------------------------------------------------------------------------------------------


def refusal(year: int, by) -> str:
    with pytest.raises(ValidationError) as refused:
        closed_years.close(Year(year), by=by)
    return " ".join(refused.value.messages)


def test_year_that_goes_on_is_not_closed(strategist):
    use(TODAY)
    assert refusal(2026, strategist) == "2026 yılı bitmedi; değerlendirmesi kapatılamaz."


def test_year_is_closed_once(strategist):
    use(date(2025, 5, 5))
    closed_years.close(Year(2025), by=strategist)
    assert refusal(2025, strategist) == "2025 yılının değerlendirmesi zaten kapatılmış."


def test_year_without_use_is_not_closed(strategist):
    assert "kullanım ölçülmedi" in refusal(2025, strategist)


def test_closing_is_an_event_that_holds_the_digest(strategist):
    use(date(2025, 5, 5))
    closed = closed_years.close(Year(2025), by=strategist)
    event = AuditEvent.objects.get(kind=AuditKind.YEAR_CLOSED)
    assert (event.actor, closed.closed_by) == (strategist.uuid, strategist.uuid)
    assert (event.details["year"], event.details["digest"]) == (2025, closed.digest)
    assert closed.head_sequence == projections.head().sequence


def test_closed_year_names_nobody(strategist):
    person = use(date(2025, 5, 5)).person
    closed = closed_years.close(Year(2025), by=strategist)
    assert str(person) not in str(closed.figures)


def test_what_waits_in_the_journal_is_counted(strategist):
    use(date(2025, 5, 5))
    journal.append(Use(uuid4(), 1, "feed", "read", date(2025, 5, 6)))
    assert closed_years.close(Year(2025), by=strategist).figures["users"]["total"] == 2


def test_journal_that_cant_be_folded_stops_it(strategist, monkeypatch):
    use(date(2025, 5, 5))
    journal.append(Use(uuid4(), 1, "feed", "read", date(2025, 5, 6)))
    monkeypatch.setattr(presence, "_insert", lambda uses: (_ for _ in ()).throw(DatabaseError("busy")))
    assert "yıl kapatılmadı" in refusal(2025, strategist)
    assert not ClosedYear.objects.exists()


def test_failed_event_closes_nothing(strategist):
    use(date(2025, 5, 5))
    with (
        patch.object(closed_years.audit, "record", side_effect=DatabaseError),
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        closed_years.close(Year(2025), by=strategist)
    assert not ClosedYear.objects.exists()


def test_what_comes_later_changes_no_closed_figure_and_goes_with_the_rest(strategist):
    use(date(2025, 5, 5))
    closed_years.close(Year(2025), by=strategist)
    before = figures(TODAY)
    use(date(2025, 5, 6))
    assert figures(TODAY) == before
    days_gone()
    assert not Presence.objects.exists()


# --- The database refuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["update", "delete", "raw update", "raw delete"])
def test_closed_year_is_never_changed(strategist, way):
    use(date(2025, 5, 5))
    closed = closed_years.close(Year(2025), by=strategist)
    change = {
        "update": lambda: ClosedYear.objects.update(figures={}),
        "delete": closed.delete,
        "raw update": lambda: run("UPDATE metrics_closedyear SET year = 1"),
        "raw delete": lambda: run("DELETE FROM metrics_closedyear"),
    }[way]
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    assert ClosedYear.objects.get().figures == closed.figures


@pytest.mark.sqlite
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own way to replace")
def test_closed_year_is_not_replaced(strategist):
    use(date(2025, 5, 5))
    closed_years.close(Year(2025), by=strategist)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO metrics_closedyear SELECT id + 1, year, closed_at, closed_by, '{}',"
            " head_sequence, head_hash, digest FROM metrics_closedyear"
        )


def test_triggers_stand_and_a_missing_one_is_told():
    standing = triggers.refusals(connection.vendor)
    assert refusing_triggers.missing(connection, standing) == []
    assert triggers.PROTECTION.check_triggers(databases=["default"]) == []
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else " ON metrics_closedyear"
        cursor.execute(f"DROP TRIGGER closed_year_no_delete{table}")
    (warning,) = triggers.PROTECTION.check_triggers(databases=["default"])
    assert (warning.id, "closed_year_no_delete" in warning.msg) == ("metrics.W001", True)
    triggers.PROTECTION.install_after_migrate(None)
    assert triggers.PROTECTION.check_triggers(databases=["default"]) == []


# --- Destruction ---------------------------------------------------------------------------------------------------


def test_year_that_isnt_closed_keeps_its_rows_however_old():
    use(date(2019, 5, 5))
    days_gone()
    assert Presence.objects.count() == 1


def run_at(moment: datetime) -> None:
    destruction.run_all(now=moment)


def test_rows_stay_until_their_months_are_over_and_go_within_six(strategist):
    use(date(2025, 5, 5))
    with patch.object(closed_years.timezone, "now", return_value=datetime(2026, 2, 10, 12, tzinfo=UTC)):
        closed_years.close(Year(2025), by=strategist)
    run_at(datetime(2026, 5, 31, 20, 59, tzinfo=UTC))
    assert Presence.objects.exists()
    run_at(datetime(2026, 5, 31, 21, 0, tzinfo=UTC))  # the first of June in Istanbul
    assert not Presence.objects.exists()


def test_each_month_leaves_its_record_once(strategist):
    for day in (date(2025, 5, 5), date(2025, 5, 6), date(2025, 7, 1), date(2026, 1, 1)):
        use(day)
    closed_years.close(Year(2025), by=strategist)
    days_gone()
    days_gone()
    records = DestructionRecord.objects.filter(place="metrics.Presence").order_by("pk")
    assert [(record.first_day, record.last_day, record.number) for record in records] == [
        (date(2025, 5, 1), date(2025, 5, 31), 2),
        (date(2025, 7, 1), date(2025, 7, 31), 1),
    ]
    assert {(record.purpose, record.by, record.cause) for record in records} == {("use", None, "retention")}
    assert AuditEvent.objects.filter(kind=AuditKind.DATA_DESTROYED).count() == 2


# --- The pages -----------------------------------------------------------------------------------------------------


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("role", ["editor", "administrator", None])
@pytest.mark.parametrize("address", [YEARS, CLOSE])
def test_to_everybody_else_they_are_not_there(role, address):
    use(date(2025, 5, 5))
    client = signed_in(factories.person(role=role)) if role else Client()
    if role == "administrator":
        session = client.session
        session["second_factor"] = True
        session.save()
    assert client.get(address).status_code == 404
    assert client.post(address, {"seen": "on"}).status_code in (404, 405)
    assert not ClosedYear.objects.exists()


def test_auditor_sees_years_and_closes_none():
    use(date(2025, 5, 5))
    client = signed_in(factories.person(role="auditor"))
    page = client.get(YEARS)
    assert page.status_code == 200
    assert CLOSE not in page.content.decode()
    assert client.post(CLOSE, {"seen": "on"}).status_code == 404
    assert not ClosedYear.objects.exists()


def test_strategist_closes_the_year_after_looking_at_it(strategist):
    use(date(2025, 5, 5))
    client = signed_in(strategist)
    assert CLOSE in client.get(YEARS).content.decode()
    assert "gecikti" in client.get(YEARS).content.decode()
    page = client.get(CLOSE)
    assert "Geri alınamaz" in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"
    assert client.post(CLOSE, {}).status_code == 422
    assert not ClosedYear.objects.exists()
    answer = client.post(CLOSE, {"seen": "on"}, follow=True)
    assert "2025 yılının değerlendirmesi kapatıldı." in answer.content.decode()
    assert "günü kapatıldı" in answer.content.decode()


@pytest.mark.parametrize("year", [2026, 2024, 9999, 1])
def test_year_that_cant_be_closed_is_refused(strategist, year):
    use(date(2025, 5, 5))
    use(TODAY)
    client = signed_in(strategist)
    address = f"/gostergeler/yillar/{year}/kapat/"
    assert client.get(address).status_code == 404
    assert client.post(address, {"seen": "on"}).status_code in (302, 404)
    assert not ClosedYear.objects.exists()


def test_page_of_a_closed_month_shows_its_users(strategist):
    use(date(2025, 5, 5))
    factories.published_news(offered_at=datetime(2025, 5, 5, 9, tzinfo=UTC))
    closed_years.close(Year(2025), by=strategist)
    client = signed_in(strategist)
    before = client.get("/gostergeler/h2-1.csv?yil=2025&ay=5").content
    days_gone()
    client.force_login(strategist)  # Sessions were destroyed as well.
    assert client.get("/gostergeler/h2-1.csv?yil=2025&ay=5").content == before
