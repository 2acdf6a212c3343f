"""A list of people: judged first, then invited, each once and each row saying what became of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers import agencies, audit_verification, invitations, people_file, people_import
from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditEvent, ImportedPerson, Invitation, PeopleImport
from tests import factories

Outcome = ImportedPerson.Outcome


def rows(*people) -> list[people_file.Row]:
    """Rows from line 2 on: addresses, or (address, code)."""
    pairs = [(person, "") if isinstance(person, str) else person for person in people]
    return [
        people_file.Row(line, email, f"Kişi {line}", code, False)
        for line, (email, code) in enumerate(pairs, start=2)
    ]


def looked_at(*people, agency=None, by=None) -> PeopleImport:
    return people_import.look_at(
        rows(*people), agency=agency, file_name="liste.csv", by=by or factories.person()
    )


def outcomes(made: PeopleImport) -> list[str]:
    return list(made.rows.order_by("line").values_list("outcome", flat=True))


# --- Before anything happens -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_row_is_told_what_will_become_of_it():
    now = timezone.now()
    agency, other = factories.agency(code="MFA", people_limit=4), factories.agency(name="Öteki Kurum")
    factories.agency(code="BITTI", name="Biten", started_at=now - timedelta(days=2), ended_at=now)
    by = factories.person(agency=agency, email="kendi@kurum.example")
    factories.person(agency=other, email="baska@kurum.example")
    factories.person(role="editor", email="editor@des.example")
    factories.person(is_active=False, email="ayrilan@kurum.example")
    invitations.invite(agency, "cagrili@kurum.example", by)
    made = looked_at(
        "yeni@kurum.example",
        "kendi@kurum.example",
        "baska@kurum.example",
        "editor@des.example",
        "cagrili@kurum.example",
        "yeni@kurum.example",
        "adres değil",
        ("x@kurum.example", "YOK"),
        ("y@kurum.example", "BITTI"),
        "ayrilan@kurum.example",
        "bir.fazla@kurum.example",
        agency=agency,
        by=by,
    )
    assert outcomes(made) == [
        Outcome.TO_INVITE,
        Outcome.MEMBER,
        Outcome.OTHER_ACCOUNT,
        Outcome.OTHER_ACCOUNT,
        Outcome.INVITED_BEFORE,
        Outcome.DOUBLE,
        Outcome.BAD_ADDRESS,
        Outcome.NO_AGENCY,
        Outcome.NO_AGENCY,
        Outcome.TO_INVITE,
        Outcome.FULL,
    ]
    said = " ".join(made.rows.values_list("sentence", flat=True))
    assert "“Öteki Kurum” kurumundan bir kişinin" in said
    assert "Bu adres 2. satırda da var." in said
    assert "kişi sınırı (4) doluyor" in said


@pytest.mark.django_db
def test_code_of_a_row_names_its_agency():
    now = timezone.now()
    first, second = factories.agency(code="MFA"), factories.agency(code="Tarım")
    factories.agency(code="BITTI", started_at=now - timedelta(days=2), ended_at=now)
    made = looked_at(
        ("a@x.example", "MFA"),
        ("b@x.example", "mfa"),
        ("c@x.example", "TARIM"),
        ("d@x.example", "Tarım"),
        ("e@x.example", ""),
        ("f@x.example", "BITTI"),
    )
    assert outcomes(made) == [
        Outcome.TO_INVITE,
        Outcome.TO_INVITE,
        Outcome.NO_AGENCY,
        Outcome.TO_INVITE,
        Outcome.NO_AGENCY,
        Outcome.NO_CONTRACT,
    ]
    assert [row.agency for row in made.rows.all()[:4]] == [first, first, None, second]


@pytest.mark.django_db
def test_looking_invites_nobody(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        made = looked_at("yeni@kurum.example", agency=factories.agency())
        assert not people_import.advance(made)
    assert not Invitation.objects.exists()
    assert mail.outbox == []
    assert outcomes(made) == [Outcome.TO_INVITE]


@pytest.mark.django_db
def test_number_of_queries_does_not_grow_with_each_row():
    agency = factories.agency(people_limit=10_000)
    numbers = []
    for many in (10, 490):
        with CaptureQueriesContext(connection) as queries:
            looked_at(*(f"k{number}-{many}@x.example" for number in range(many)), agency=agency)
        numbers.append(len(queries))
    assert numbers[1] - numbers[0] < 15


# --- Inviting ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_confirmed_list_invites_each_person_once(django_capture_on_commit_callbacks):
    by = factories.person()
    made = looked_at("bir@x.example", "iki@x.example", "bozuk", agency=factories.agency(), by=by)
    with django_capture_on_commit_callbacks(execute=True):
        assert people_import.confirm(made, by=by)
        assert people_import.advance(made)
        assert not people_import.confirm(made, by=by)
        assert people_import.advance(made)
    assert outcomes(made) == [Outcome.INVITED, Outcome.INVITED, Outcome.BAD_ADDRESS]
    assert sorted(message.to[0] for message in mail.outbox) == ["bir@x.example", "iki@x.example"]
    kinds = list(AuditEvent.objects.order_by("sequence").values_list("kind", "details"))
    assert kinds[0] == (AuditKind.PEOPLE_IMPORT_CONFIRMED, {"rows": 3, "to_invite": 2})
    assert [kind for kind, _details in kinds[1:3]] == [AuditKind.PERSON_INVITED] * 2
    assert kinds[3:] == [(AuditKind.PEOPLE_IMPORT_FINISHED, {"invited": 2, "refused": 1})]


@pytest.mark.django_db
def test_what_changed_since_the_preview_is_looked_at_again():
    agency, by = factories.agency(people_limit=3), factories.person()
    made = looked_at("bir@x.example", "iki@x.example", "uc@x.example", agency=agency, by=by)
    factories.person(agency=agency, email="bir@x.example")
    invitations.invite(agency, "iki@x.example", by)
    factories.person(agency=agency)
    people_import.confirm(made, by=by)
    people_import.advance(made)
    assert outcomes(made) == [Outcome.MEMBER, Outcome.INVITED_BEFORE, Outcome.REFUSED]
    assert "kişi sınırı (3) dolu" in made.rows.last().sentence


@pytest.mark.django_db
def test_agency_suspended_meanwhile_gets_nobody():
    agency, by = factories.agency(), factories.person()
    made = looked_at("bir@x.example", agency=agency, by=by)
    people_import.confirm(made, by=by)
    agencies.suspend(agency, by=by)
    people_import.advance(made)
    assert outcomes(made) == [Outcome.NO_CONTRACT]


@pytest.mark.django_db
def test_worker_goes_on_where_a_request_left_off():
    by = factories.person()
    made = looked_at("bir@x.example", "iki@x.example", agency=factories.agency(), by=by)
    people_import.confirm(made, by=by)
    assert not people_import.advance(made, seconds=0)
    assert outcomes(made) == [Outcome.TO_INVITE] * 2
    people_import.advance_all()
    made.refresh_from_db()
    assert outcomes(made) == [Outcome.INVITED] * 2
    assert made.finished_at is not None


def test_row_whose_mail_did_not_go_out_says_so_and_is_invited_again(own_database, settings):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    by, agency, other = factories.person(), factories.agency(), factories.person()
    made = looked_at("bir@x.example", "iki@x.example", agency=agency, by=by)
    people_import.confirm(made, by=by)
    people_import.advance(made)
    assert outcomes(made) == [Outcome.MAIL_FAILED] * 2
    assert "Posta sunucusu postayı almadı." in {row.sentence for row in people_import.refused(made)}
    settings.EMAIL_BACKEND = backend
    again = looked_at("iki@x.example", agency=agency, by=by)
    people_import.confirm(again, by=by)
    people_import.advance(again)
    assert outcomes(again) == [Outcome.INVITED]
    assert people_import.invite_failed_again(made, by=other) == 2
    assert made.finished_at is None
    people_import.advance(made)
    assert outcomes(made) == [Outcome.INVITED, Outcome.INVITED_BEFORE]
    assert sorted(message.to[0] for message in mail.outbox) == ["bir@x.example", "iki@x.example"]
    assert people_import.invite_failed_again(made, by=other) == 0
    told = AuditEvent.objects.filter(kind=AuditKind.PEOPLE_IMPORT_CONFIRMED).order_by("sequence").last()
    assert (told.actor, told.details) == (other.uuid, {"rows": 2, "to_invite": 2, "again": True})


@pytest.mark.django_db
def test_closed_account_of_the_agency_is_told_before_anybody_is_invited():
    agency = factories.agency()
    factories.person(agency=agency, email="kapali@x.example", is_active=False)
    made = looked_at("kapali@x.example", agency=agency)
    assert outcomes(made) == [Outcome.OTHER_ACCOUNT]
    assert "hesabı kapatılmış" in made.rows.get().sentence


@pytest.mark.django_db
def test_worker_takes_its_share_of_a_long_list_and_then_turns_to_other_work():
    by = factories.person()
    first, second = (
        looked_at(*(f"{name}{number}@x.example" for number in range(30)), agency=factories.agency(), by=by)
        for name in "ab"
    )
    for made in (first, second):
        people_import.confirm(made, by=by)
    assert not people_import.advance_all(seconds=0)
    assert not Invitation.objects.exists()
    turns = 0
    while not people_import.advance_all(seconds=0.05):
        turns += 1
        done = [outcomes(made).count(Outcome.INVITED) for made in (first, second)]
        assert done[0] == 30 or done[1] == 0
    assert turns > 1
    assert Invitation.objects.count() == 60


@pytest.mark.django_db
def test_nobody_invites_in_the_name_of_a_closed_account():
    by = factories.person()
    made = looked_at("bir@x.example", agency=factories.agency(), by=by)
    people_import.confirm(made, by=by)
    by.is_active = False
    by.save()
    people_import.advance(made)
    assert outcomes(made) == [Outcome.REFUSED]


@pytest.mark.django_db
def test_lists_of_no_more_use_are_forgotten():
    by, agency = factories.person(), factories.agency()
    unconfirmed, done = (looked_at(f"{name}@x.example", agency=agency, by=by) for name in "ab")
    people_import.confirm(done, by=by)
    people_import.advance(done)
    kept = looked_at("c@x.example", agency=agency, by=by)
    long_ago = timezone.now() - timedelta(days=31)
    PeopleImport.objects.filter(pk__in=[unconfirmed.pk, done.pk]).update(uploaded_at=long_ago)
    PeopleImport.objects.filter(pk=done.pk).update(finished_at=long_ago)
    people_import.advance_all()
    assert list(PeopleImport.objects.all()) == [kept]


def test_two_who_confirm_and_invite_at_once_invite_each_person_once(own_database):
    by, other = factories.person(), factories.person()
    made = looked_at(*(f"k{number}@x.example" for number in range(12)), agency=factories.agency(), by=by)

    def work(who):
        try:
            mine = PeopleImport.objects.get(pk=made.pk)
            begun = people_import.confirm(mine, by=who)
            people_import.advance(mine)
            return begun
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, [by, other])) == [False, True]
    assert outcomes(made) == [Outcome.INVITED] * 12
    assert len(mail.outbox) == Invitation.objects.count() == 12
    assert AuditEvent.objects.filter(kind=AuditKind.PEOPLE_IMPORT_FINISHED).count() == 1
    assert list(audit_verification.verify()) == []
