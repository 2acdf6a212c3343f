"""Okurun gözüyle: an administrator reads what the reader reads, does nothing, leaves no trace but in the audit log."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from administration.view_as import address_for
from home.site_tree import ensure_site_tree
from metrics.models import Presence
from subscribers import agencies, viewing
from subscribers.audit_kinds import AuditKind
from subscribers.entitlement import agency_key
from subscribers.models import AuditEvent, AuditPersonalData
from tests import factories
from tests.test_entitlement_walk import AUDIENCES, CONTENT, MAY_READ, World, _shown_in, lists

pytestmark = pytest.mark.django_db

VIEW_AS = "/yonetim/okurun-gozuyle/"
BANNER = 'class="viewing"'


@pytest.fixture
def administrator():
    return factories.person(role="administrator")


@pytest.fixture
def entered(client, administrator):
    ensure_site_tree()
    client.force_login(administrator)
    return client


def look(client, subject, reason: str = "“Göremiyorum” diye aradı.") -> Client:
    """`client`, through the eyes of a person or an agency."""
    whom = {"email": subject.email} if hasattr(subject, "email") else {"agency": subject.pk}
    answer = client.post(VIEW_AS, {**whom, "reason": reason})
    assert (answer.status_code, answer.url) == (302, "/"), answer.content.decode()[-3000:]
    return client


def let_time_pass(client) -> None:
    """As if it had begun long enough ago."""
    session = client.session
    session["viewing"] = session["viewing"] | {"until": timezone.now().isoformat()}
    session.save()


# --- What is seen ------------------------------------------------------------------------------------------------

#: Readers who have no role; through the eyes of the others nobody looks.
READERS = sorted(set(MAY_READ) - set(factories.ROLES) - {"visitor"})


@pytest.fixture
def world(settings):
    settings.SEARCH_URL = "tantivy://"
    return World()


def test_everything_is_shown_exactly_as_to_the_reader(world, entered):
    for reader in READERS:
        look(entered, world.person(reader))
        for name, path in lists(world).items():
            expected = {"public"} if name == "sitemap_month" else MAY_READ[reader]
            assert _shown_in(entered.get(path)) == expected, (reader, path)
        for name in ("site:item", "site:edition", "image", "image_at_full_width"):
            for audience, path in CONTENT[name](world).items():
                status = entered.get(path).status_code
                assert (status == 200) == (audience in MAY_READ[reader]), (reader, path)


def test_agency_is_looked_through_as_one_of_its_people(world, entered):
    look(entered, world.agency)
    assert _shown_in(entered.get("/haberler/")) == set(AUDIENCES)
    now = timezone.now()
    look(entered, factories.agency(started_at=now - timedelta(days=2), ended_at=now))
    assert _shown_in(entered.get("/haberler/")) == {"public"}


def test_agency_suspended_meanwhile_reads_no_more_at_the_next_request(world, entered, administrator):
    person = world.person("subscriber")
    look(entered, person)
    assert _shown_in(entered.get("/haberler/")) == {"public", "subscriber"}
    agencies.suspend(person.agency, by=administrator)
    assert _shown_in(entered.get("/haberler/")) == {"public"}


def test_what_may_not_be_read_answers_like_what_is_not_there(world, entered):
    look(entered, world.person("subscriber"))
    forbidden, missing = (
        entered.get(path) for path in (world.paths["agency"], world.paths["agency"].replace("-", "-9", 1))
    )
    assert (forbidden.status_code, forbidden.content) == (missing.status_code, missing.content)
    assert BANNER in forbidden.content.decode()


# --- No trace, nothing done ---------------------------------------------------------------------------------------


def test_nothing_is_counted_and_nothing_of_the_person_is_touched(world, entered):
    person = world.person("subscriber")
    before = {field.attname: getattr(person, field.attname) for field in person._meta.concrete_fields}
    look(entered, person)
    for path in (*lists(world).values(), *CONTENT["site:item"](world).values()):
        entered.get(path)
    assert not Presence.objects.exists()
    person.refresh_from_db()
    assert before == {field.attname: getattr(person, field.attname) for field in person._meta.concrete_fields}
    assert not person.device_sessions.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/hesap/",
        "/en/hesap/",
        "/hesap/verilerim.json",
        "/hesap/anahtarlar/",
        "/hesap/oturumlar/",
        "/hesap/parola/",
        "/hesap/dogrulama/",
        "/hesap/kurum/",
        "/gostergeler/h2-1/",
        "/giris/",
        "/davet/",
    ],
)
def test_pages_that_are_no_reading_are_not_shown(entered, path):
    person = factories.person(
        agency=factories.agency(),
        is_coordinator=True,
        email="kisi@kurum.example",
        first_name="Çağla",
        last_name="Işık",
    )
    look(entered, person)
    answer = entered.get(path)
    assert answer.status_code == 403
    assert "subscribers/not_shown.html" in [template.name for template in answer.templates]
    assert "kisi@kurum.example" not in answer.content.decode()


def test_no_post_does_anything(entered, administrator):
    person = factories.person(agency=factories.agency(), is_coordinator=True)
    look(entered, person)
    for path, data in (
        ("/hesap/anahtarlar/", {"name": "x", "scopes": ["feeds"], "days": "30"}),
        ("/hesap/dil/", {"language": "en"}),
        ("/hesap/kurum/", {"email": "yeni@kurum.example"}),
        ("/hesap/kurum/onayla/", {}),
        ("/hesap/oturumlar/", {"others": "1"}),
        ("/haberler/", {}),
        ("/parola/sifirla/", {"email": person.email}),
    ):
        assert entered.post(path, data).status_code == 403, path
    administrator.refresh_from_db()
    assert administrator.language == ""
    assert not administrator.tokens.exists()
    assert not person.agency.invitations.exists()


def test_no_copy_is_kept_of_what_was_seen(world, entered):
    look(entered, world.person("subscriber"))
    for path in ("/", "/rss/haberler.xml", world.paths["subscriber"], CONTENT["image"](world)["subscriber"]):
        answer = entered.get(path)
        assert answer["Cache-Control"] == "private, no-store", path
        assert "Cookie" in answer["Vary"]
        assert not answer.has_header("ETag")


# --- Saying so ---------------------------------------------------------------------------------------------------


def test_every_page_says_through_whose_eyes_and_offers_the_way_out(entered):
    person = factories.person(agency=factories.agency(), first_name="Çağla", last_name="Işık")
    look(entered, person)
    for path in ("/", "/en/", "/haberler/", "/ara/?q=x", "/beslemeler/", "/hesap/", "/yok/"):
        html = entered.get(path).content.decode()
        assert BANNER in html, path
        assert "Çağla Işık" in html
    assert 'action="/yonetim/okurun-gozuyle/bitir/"' in entered.get("/").content.decode()
    assert "Yönetim</a>" not in entered.get("/").content.decode()


def test_it_is_ended_by_the_button(entered):
    person = factories.person(agency=factories.agency())
    look(entered, person)
    assert entered.post("/yonetim/okurun-gozuyle/bitir/").url == VIEW_AS
    assert BANNER not in entered.get("/").content.decode()
    assert entered.get("/hesap/").status_code == 200


def test_reason_person_and_end_stand_in_the_audit_log(entered, administrator):
    person = factories.person(agency=factories.agency())
    look(entered, person, "Telefonla sordu.")
    entered.post("/yonetim/okurun-gozuyle/bitir/")
    begun, ended = AuditEvent.objects.order_by("sequence")
    assert (begun.kind, begun.actor, begun.subject) == (
        AuditKind.VIEWING_BEGUN,
        administrator.uuid,
        person.uuid,
    )
    personal = AuditPersonalData.objects.get(sequence=begun.sequence)
    assert (personal.fields, personal.person) == ({"reason": "Telefonla sordu."}, person.uuid)
    assert (ended.kind, ended.actor, ended.subject) == (
        AuditKind.VIEWING_ENDED,
        administrator.uuid,
        person.uuid,
    )


def test_without_a_reason_or_a_reader_it_does_not_begin(entered):
    person, agency = factories.person(agency=factories.agency()), factories.agency()
    for data, sentence in (
        ({"email": person.email, "reason": " "}, "Gerekçeyi yazın."),
        ({"email": "yok@des.example", "reason": "x"}, "Bu adresle bir hesap yok."),
        ({"reason": "x"}, "yalnızca birini"),
        ({"email": person.email, "agency": agency.pk, "reason": "x"}, "yalnızca birini"),
    ):
        assert sentence in entered.post(VIEW_AS, data).content.decode()
    assert BANNER not in entered.get("/").content.decode()
    assert not AuditEvent.objects.exists()


# --- How it ends -------------------------------------------------------------------------------------------------


def test_when_its_time_is_up_the_administrator_is_told_and_is_themselves_again(entered):
    item = factories.published_news(title="Kuruma gönderilen", audience=["subscriber"])
    look(entered, factories.person(agency=factories.agency()))
    assert item.title in entered.get("/haberler/").content.decode()
    let_time_pass(entered)
    html = entered.get("/haberler/").content.decode()
    assert "süresi doldu" in html
    assert item.title not in html
    assert entered.get("/hesap/").status_code == 200
    entered.post("/yonetim/okurun-gozuyle/bitir/")
    assert BANNER not in entered.get("/").content.decode()


@pytest.mark.parametrize("change", ["closed", "role"])
def test_when_the_reader_may_be_looked_through_no_more_the_administrator_is_told_once(entered, change):
    item = factories.published_news(title="Kuruma gönderilen", audience=["subscriber"])
    person = factories.person(agency=factories.agency(), first_name="Çağla", last_name="Işık")
    look(entered, person)
    if change == "closed":
        person.is_active = False
        person.save()
    else:
        person.groups.add(factories.person(role="editor").groups.get())
    html = entered.get("/haberler/").content.decode()
    assert "görünüm bitti" in html
    assert "Çağla Işık" not in html
    assert item.title not in html
    assert entered.get("/hesap/").status_code == 200
    entered.post("/yonetim/okurun-gozuyle/bitir/")
    assert BANNER not in entered.get("/").content.decode()
    assert AuditEvent.objects.filter(kind=AuditKind.VIEWING_ENDED).count() == 1


def test_it_lasts_a_quarter_of_an_hour(entered):
    look(entered, factories.person(agency=factories.agency()))
    until = timezone.datetime.fromisoformat(entered.session["viewing"]["until"])
    assert timedelta(minutes=14) < until - timezone.now() <= timedelta(minutes=15)


def test_it_ends_with_the_right_the_session_and_the_account(entered, administrator):
    item = factories.published_news(title="Kuruma gönderilen", audience=["subscriber"])
    person = factories.person(agency=factories.agency())

    def seen(client) -> bool:
        return item.title in client.get("/haberler/").content.decode()

    look(entered, person)
    assert seen(entered)
    groups = list(administrator.groups.all())
    administrator.groups.clear()
    assert not seen(entered)
    administrator.groups.set(groups)
    person.is_active = False
    person.save()
    assert not seen(entered)
    person.is_active = True
    person.save()
    entered.post("/cikis/")
    entered.force_login(administrator)
    assert not seen(entered)


@pytest.mark.parametrize("role", [*factories.ROLES, "superuser"])
def test_nobody_with_a_role_is_looked_through(entered, role):
    agency = factories.agency()
    person = (
        factories.person(is_superuser=True, agency=agency)
        if role == "superuser"
        else factories.person(role=role, agency=agency)
    )
    answer = entered.post(VIEW_AS, {"email": person.email, "reason": "x"})
    assert "görevli birinin gözüyle bakılmaz" in answer.content.decode()
    assert not viewing.is_going(answer.wsgi_request)


def test_reader_who_gets_a_role_meanwhile_is_looked_through_no_more(entered):
    item = factories.published_news(title="Tek kuruma", audience=[agency_key(factories.agency().pk)])
    person = factories.person(agency=factories.agency())
    look(entered, person)
    person.groups.add(factories.person(role="editor").groups.get())
    assert item.title not in entered.get("/haberler/").content.decode()


@pytest.mark.parametrize("role", ["editor", "chief_editor", "auditor", "strategist", None])
def test_others_never_look_through_anybodys_eyes(client, role):
    reader = factories.person(agency=factories.agency())
    client.force_login(factories.person(role=role))
    assert client.post(VIEW_AS, {"email": reader.email, "reason": "x"}).status_code == 302
    session = client.session
    session["viewing"] = {
        "kind": "person",
        "subject": str(reader.uuid),
        "until": (timezone.now() + timedelta(minutes=5)).isoformat(),
    }
    session.save()
    ensure_site_tree()
    item = factories.published_news(title="Kuruma gönderilen", audience=[agency_key(reader.agency_id)])
    html = client.get("/haberler/").content.decode()
    assert BANNER not in html
    assert (item.title in html) == (role in ("editor", "chief_editor", "auditor"))
    assert not AuditEvent.objects.filter(kind=AuditKind.VIEWING_BEGUN).exists()


# --- The admin ---------------------------------------------------------------------------------------------------


def test_admin_stays_the_administrators(entered):
    reader = factories.person(agency=factories.agency())
    look(entered, reader)
    assert entered.get(reverse("why_not")).status_code == 200
    answer = entered.post(reverse("why_not"), {"email": reader.email, "item": "1"})
    assert "bu içeriği okuyamaz" in answer.content.decode()
    assert "Süren görünümü bitir" in entered.get(VIEW_AS).content.decode()


def test_pages_of_a_person_and_an_agency_lead_there(entered):
    person = factories.person(agency=factories.agency())
    for page, address in (
        (reverse("wagtailusers_users:edit", args=[person.pk]), address_for(person=person)),
        (reverse("agencies:inspect", args=[person.agency.pk]), address_for(agency=person.agency)),
    ):
        assert address.replace("&", "&amp;") in entered.get(page).content.decode()
    assert person.email in entered.get(address_for(person=person)).content.decode()
    assert entered.get(f"{VIEW_AS}?kisi=x&kurum=x").status_code == 200


def test_visitor_pays_nothing_for_it(client, django_assert_num_queries):
    ensure_site_tree()
    client.get("/saglik/")
    with django_assert_num_queries(0):
        client.get("/robots.txt")
