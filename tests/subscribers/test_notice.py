"""The notice is shown before anything else opens, by whichever door; and stays readable by everybody."""

import re
from hashlib import sha256

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from home.site_tree import ensure_site_tree
from subscribers import notice
from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditEvent
from tests import factories
from tests.subscribers.signing_in import code_of, is_signed_in, sign_in, with_second_factor

pytestmark = pytest.mark.django_db

PAGE = "/aydinlatma-metni/"

#: SHA-256 of each text that was ever shown. A text that has to change gets another number.
SHOWN = {
    "1.tr": "7c44fb80e15321e03cfd4dba9b5de729af3f8a51356f4f595ea97806fa5b26a2",
    "1.en": "51c6ed46576f54246ba6f2a12cedf931967d880173c09871b1bc92ca145c86e7",
}


@pytest.fixture(autouse=True)
def site(db):
    ensure_site_tree()


@pytest.fixture
def newcomer():
    return factories.person(agency=factories.agency(), notice_version=0, notice_shown_at=None)


@pytest.fixture
def signed_in(client, newcomer):
    client.force_login(newcomer)
    return client


def leads_to_notice(answer) -> bool:
    return answer.status_code == 303 and answer["Location"].startswith((PAGE, "/en" + PAGE))


def confirm(client, *, version=notice.VERSION, **more):
    return client.post(PAGE, {"version": version, **more})


def test_text_that_was_shown_never_changes():
    texts = {
        f"{version}.{language}": render_to_string(notice.template_of(version, language))
        for version in range(1, notice.VERSION + 1)
        for language in notice.LANGUAGES
    }
    assert {name: sha256(text.encode()).hexdigest() for name, text in texts.items()} == SHOWN


@pytest.mark.parametrize(
    ("address", "words"), [(PAGE, "Veri sorumlusu"), ("/en" + PAGE, "Data controller")], ids=["tr", "en"]
)
def test_everybody_reads_it(address, words):
    page = Client().get(address)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert 'name="version"' not in page.content.decode()


def test_page_tells_each_purpose_with_its_ground_and_retention(client):
    page = client.get(PAGE).content.decode()
    for purpose in notice.REGISTER:
        assert str(purpose.title).replace("'", "&#x27;") in page
        assert purpose.months_in_words in page


@pytest.mark.parametrize("address", ["/", "/haberler/", "/en/", "/giris/", "/olmayan/", "/beslemeler/"])
def test_every_page_leads_to_it(client, address):
    assert f'href="{PAGE}"' in client.get(address).content.decode().replace("/en" + PAGE, PAGE)


# --- The gate ----------------------------------------------------------------------------------------------------

_PARAMETER = re.compile(r"<(?:(?P<converter>\w+):)?\w+>|\(\?P<\w+>[^)]*\)|\([^)]*\)")
#: Answered by a token, never by a session.
BY_TOKEN = re.compile(r"^/rss/k/")


def every_address() -> set[str]:
    from tests.test_entitlement_walk import routes

    samples = {"uuid": "00000000-0000-0000-0000-000000000000", "slug": "publish", "secret": "des_" + "a" * 43}
    found = set()
    for route, name in routes():
        if name in ("notice", "logout", "wagtailadmin_logout"):
            continue
        path = _PARAMETER.sub(
            lambda match: samples.get(match["converter"], "1"), route.replace("\\", "").replace("Z", "")
        )
        found.add("/" + path.replace("^", "").replace("$", "").replace("?", ""))
    return found


@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_no_address_opens_before_it_was_shown(newcomer, method):
    newcomer.is_staff = newcomer.is_superuser = True
    newcomer.save()
    client = Client(raise_request_exception=False)
    client.force_login(newcomer)
    session = client.session
    session["second_factor"] = True
    session.save()
    addresses = {address for address in every_address() if not BY_TOKEN.match(address)}
    assert len(addresses) > 250
    opened = {
        address: answer.status_code
        for address in sorted(addresses)
        if not leads_to_notice(answer := getattr(client, method)(address))
    }
    # What resolves to nothing is answered before anybody is asked who they are.
    assert {address: status for address, status in opened.items() if status not in (301, 404)} == {}
    assert len(opened) < 20, opened


@pytest.mark.parametrize("role", ["editor", "chief_editor", "administrator", "auditor", "strategist"])
@pytest.mark.parametrize("address", ["/yonetim/", "/yonetim/denetim-gunlugu/", "/yonetim/users/", "/hesap/"])
def test_staff_are_led_to_it_too(role, address):
    person = factories.person(role=role, notice_version=0)
    client = Client()
    client.force_login(person)
    session = client.session
    session["second_factor"] = True
    session.save()
    assert leads_to_notice(client.get(address))


def test_a_way_out_stays_open(signed_in):
    assert signed_in.post("/cikis/").status_code == 200
    assert not is_signed_in(signed_in)


def test_visitor_is_asked_nothing(client):
    assert client.get("/").status_code == 200


def test_query_and_headers_dont_open_it(signed_in):
    for headers in ({"HTTP_AUTHORIZATION": "Bearer x"}, {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}):
        assert leads_to_notice(signed_in.get("/haberler/", **headers))
        assert leads_to_notice(signed_in.get("/hesap/verilerim.json", **headers))


def test_header_on_a_feed_is_a_token_and_opens_by_nothing_else(signed_in):
    assert signed_in.get("/rss/haberler.xml", HTTP_AUTHORIZATION="Bearer x").status_code == 401
    assert leads_to_notice(signed_in.get("/rss/haberler.xml"))


@pytest.mark.parametrize("way", ["address", "header", "search"])
def test_token_works_whatever_its_person_was_shown(newcomer, signed_in, way):
    secret = factories.token(newcomer)[1]
    sent = {} if way == "address" else {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    path = {
        "address": f"/rss/k/{secret}/haberler.xml",
        "header": "/rss/k/haberler.xml",
        "search": "/ara/?q=x",
    }[way]
    for client in (Client(), signed_in):
        assert client.get(path, **sent).status_code == 200


def test_address_that_holds_a_secret_is_not_carried_on(signed_in):
    for address in ("/davet/gizli-sir/", "/parola/sifirla/gizli-sir/gizli-sir/"):
        answer = signed_in.get(address)
        assert leads_to_notice(answer)
        assert "gizli-sir" not in answer["Location"]


# --- Confirming --------------------------------------------------------------------------------------------------


def test_confirming_is_kept_with_the_person_and_audited(signed_in, newcomer):
    before = timezone.now()
    answer = confirm(signed_in)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    newcomer.refresh_from_db()
    assert newcomer.notice_version == notice.VERSION
    assert before <= newcomer.notice_shown_at <= timezone.now()
    event = AuditEvent.objects.get(kind=AuditKind.NOTICE_SHOWN)
    assert (event.actor, event.details) == (newcomer.uuid, {"version": notice.VERSION, "language": "tr"})
    assert signed_in.get("/").status_code == 200


def test_confirming_twice_is_one_event(signed_in):
    confirm(signed_in)
    confirm(signed_in)
    assert AuditEvent.objects.filter(kind=AuditKind.NOTICE_SHOWN).count() == 1


def test_person_comes_where_they_wanted_to_go(signed_in):
    asked = signed_in.get("/haberler/?dil=tr")["Location"]
    page = signed_in.get(asked)
    assert 'value="/haberler/?dil=tr"' in page.content.decode()
    assert confirm(signed_in, next="/haberler/?dil=tr")["Location"] == "/haberler/?dil=tr"


@pytest.mark.parametrize(
    "elsewhere", ["https://kotu.example/", "//kotu.example/", "javascript:alert(1)", PAGE]
)
def test_it_leads_nowhere_else(signed_in, elsewhere):
    assert confirm(signed_in, next=elsewhere)["Location"] == "/"


@pytest.mark.parametrize("version", ["0", "99", "", "x", "-1", "9" * 40])
def test_only_the_text_that_was_on_the_page_is_confirmed(signed_in, newcomer, version):
    assert confirm(signed_in, version=version).status_code == 422
    newcomer.refresh_from_db()
    assert newcomer.notice_version == 0


def test_visitor_confirms_nothing(client):
    assert confirm(client).status_code == 404


def test_a_forged_request_from_elsewhere_confirms_nothing(newcomer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(newcomer)
    assert confirm(client).status_code == 403
    newcomer.refresh_from_db()
    assert newcomer.notice_version == 0


def test_new_version_is_shown_again(signed_in, newcomer, monkeypatch):
    confirm(signed_in)
    monkeypatch.setattr(notice, "VERSION", 2)
    assert leads_to_notice(signed_in.get("/"))


def test_who_was_shown_it_reads_when(client, subscriber):
    client.force_login(subscriber)
    page = client.get(PAGE).content.decode()
    assert "Bu metin size" in page
    assert "Okudum”" not in page


# --- With the steps of sign-in -------------------------------------------------------------------------------------


def test_first_sign_in_leads_to_it(client, newcomer):
    answer = sign_in(client, newcomer.email)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in_behind_the_gate(client)
    assert leads_to_notice(client.get("/"))


def is_signed_in_behind_the_gate(client) -> bool:
    return client.get(PAGE).wsgi_request.user.is_authenticated


def test_between_the_steps_nothing_is_confirmed(client, newcomer):
    key, _codes = with_second_factor(newcomer)
    assert sign_in(client, newcomer.email)["Location"] == "/giris/dogrulama/"
    assert not is_signed_in_behind_the_gate(client)
    assert confirm(client).status_code == 404
    assert client.get("/giris/dogrulama/").status_code == 200
    assert client.post("/giris/dogrulama/", {"code": code_of(key)}).status_code == 302
    assert leads_to_notice(client.get("/"))


def test_routes_that_need_no_notice_are_there():
    assert reverse("notice") == PAGE
    assert {reverse(name) for name in notice.WAYS_OUT} == {"/cikis/", "/yonetim/logout/"}
