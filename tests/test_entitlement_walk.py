"""Who may read what, on every path there is.

The walk starts from the URL configuration: a route that isn't declared here fails the suite, so nobody can add a path
and forget to say who may read on it. Each route of the site that shows content is then asked by each kind of reader
for items of each audience; each holds a word of its own, which must be in the answer exactly where the reader may
read the item. Every route of the admin is asked by readers who have no business there.
"""

import base64
import re
import uuid
from datetime import date, timedelta
from itertools import product

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from bulletin import projections, publication
from bulletin.models import CurrentItem, Publication
from home.site_tree import ensure_site_tree
from metrics.models import Presence
from newsroom.desk_rights import bind
from subscribers import tokens
from subscribers.entitlement import agency_key
from subscribers.models import AgencyEntitlement, Token
from tests import factories
from tests.shared_worlds import as_built, built_once

pytestmark = pytest.mark.django_db

AUDIENCES = ("public", "subscriber", "agency")
#: The word that stands in title, summary and body of the item of an audience, and of those that nobody may read.
WORDS = {
    "public": "kestanekargasi",
    "subscriber": "balikkartali",
    "agency": "turnagagasi",
    "withdrawn": "yalicapkini",
    "draft": "kizilgerdan",
    "older edition": "ibibikkusu",
}

#: Which audiences each kind of reader may read.
MAY_READ = {
    "visitor": {"public"},
    "subscriber": {"public", "subscriber"},
    "subscriber of the desk": {"public", "subscriber"},
    "subscriber of another desk": {"public"},
    "named agency": {"public", "subscriber", "agency"},
    "named agency, entitled to nothing else": {"public", "agency"},
    "ended agency": {"public"},
    "agency not yet begun": {"public"},
    "person without an agency": {"public"},
    "editor": {"public", "subscriber", "agency"},
    "chief_editor": {"public", "subscriber", "agency"},
    "auditor": {"public", "subscriber", "agency"},
    "strategist": {"public"},
    "administrator": {"public"},
}

#: The same by token, on feeds and in the search. None: refused, as one that isn't there or as no token at all.
BY_TOKEN = {
    "of a subscriber": {"public", "subscriber"},
    "of a subscriber of the desk": {"public", "subscriber"},
    "of a subscriber of another desk": {"public"},
    "of the named agency": {"public", "subscriber", "agency"},
    "of the named agency's service account": {"public", "subscriber", "agency"},
    "of another agency's service account": {"public", "subscriber"},
    "rotated, in its last days": {"public", "subscriber", "agency"},
    "the newer of a rotation": {"public", "subscriber", "agency"},
    "in its network": {"public", "subscriber", "agency"},
    "unknown": None,
    "revoked": None,
    "expired": None,
    "from another network": None,
    "from another network, with a forged address": None,
    "for something else": None,
    "of an ended agency": None,
    "of an ended agency's service account": None,
    "of who left": None,
    "of an inactive person": None,
    "of a closed service account": None,
}
#: What a token is shown to: where it stands in the address, and where it is sent in a header.
SECRET_FEEDS = "/rss/k/{secret}/haberler.xml"
TOKEN_LISTS = {
    "feeds": ("/rss/haberler.xml", "/rss/k/haberler.xml"),
    "search": ("/ara/?q=ortakkelime", "/en/ara/?q=ortakkelime"),
}

#: Routes that show content, with what each is asked for. A dict: an address for the item of each audience; a str: a
#: list, in which exactly the readable items show.
CONTENT = {
    "site:item": lambda world: world.paths,
    "site:edition": lambda world: {name: f"{path}surum/1/" for name, path in world.paths.items()},
    "image": lambda world: {name: f"/gorsel/{digest}/320/" for name, digest in world.images.items()},
    "image_at_full_width": lambda world: {
        name: f"/gorsel/{digest}/" for name, digest in world.images.items()
    },
    "feeds:news": lambda world: "/rss/haberler.xml",
    "feeds:statements": lambda world: "/rss/aciklamalar.xml",
    "feeds:bulletins": lambda world: "/rss/bultenler.xml",
    "search:results": lambda world: "/ara/?q=ortakkelime",
    "sitemap_month": lambda world: f"/sitemap-{timezone.localdate():%Y-%m}-1.xml",
    "wagtail_serve": lambda world: "/haberler/",
}
#: Lists beyond one of a route: filters, other pages that the same route serves, the English interface.
MORE_LISTS = (
    "/",
    "/en/",
    "/en/haberler/",
    "/haberler/?dil=tr",
    "/haberler/?sonra=0.1",
    "/haberler/?once=4102444800000000.1",
    "/haberler/?baslangic=2026-01-01",
    "/en/ara/?q=ortakkelime",
    "/ara/?q=%22ortakkelime%22&sira=yeni",
)
#: Addresses beyond one for each item of a route: what the older edition of each item shows.
MORE_ADDRESSES = {
    "image of the older edition": lambda world: {
        name: f"/gorsel/{digest}/320/" for name, digest in world.older_images.items()
    },
}
#: Lists that show public items alone, whoever asks.
PUBLIC_ALONE = {"sitemap_month"}
#: Lists of statements and bulletins hold no news item of the world; the bulletin page has a test of its own.
WITHOUT_NEWS = {"feeds:statements", "feeds:bulletins"}

#: Readers of the routes that show no item.
OF_PAGES = (
    "visitor",
    "subscriber",
    "coordinator",
    "ended agency",
    "editor",
    "strategist",
    "auditor",
    "administrator",
)
#: One's own pages: whoever isn't signed in is led to sign in.
OWN = {"visitor": 302, "others": 200}
OWN_THING = {"visitor": 302, "others": 404}
STRATEGY = {"strategist": 200, "auditor": 200, "others": 404}
LAST_YEAR = timezone.localdate().year - 1
#: Routes that show no item: what each answers, to everybody or by reader.
WITHOUT_CONTENT = {
    "sitemap": ("/sitemap.xml", 200),
    "sitemap_pages": ("/sitemap-sayfalar.xml", 200),
    "robots": ("/robots.txt", 200),
    "health": ("/saglik/", 200),
    "site:feeds": ("/beslemeler/", 200),
    "search:help": ("/ara/yardim/", 200),
    "feeds:private_news": ("/rss/k/haberler.xml", 401),
    "feeds:private_statements": ("/rss/k/aciklamalar.xml", 401),
    "feeds:private_bulletins": ("/rss/k/bultenler.xml", 401),
    "feeds:secret_news": (f"/rss/k/des_{'a' * 43}/haberler.xml", 404),
    "feeds:secret_statements": (f"/rss/k/des_{'a' * 43}/aciklamalar.xml", 404),
    "feeds:secret_bulletins": (f"/rss/k/des_{'a' * 43}/bultenler.xml", 404),
    "metrics:h21": ("/gostergeler/h2-1/", STRATEGY),
    "metrics:h21_csv": ("/gostergeler/h2-1.csv", STRATEGY),
    "metrics:years": ("/gostergeler/yillar/", STRATEGY),
    "metrics:close_year": (f"/gostergeler/yillar/{LAST_YEAR}/kapat/", {"strategist": 200, "others": 404}),
    "account:overview": ("/hesap/", OWN),
    "account:language": ("/hesap/dil/", 405),
    "account:my_data": ("/hesap/verilerim.json", OWN),
    "account:tokens": ("/hesap/anahtarlar/", OWN),
    "account:rotate_token": ("/hesap/anahtarlar/00000000-0000-0000-0000-000000000000/yenile/", OWN_THING),
    "account:revoke_token": ("/hesap/anahtarlar/00000000-0000-0000-0000-000000000000/iptal/", OWN_THING),
    "account:agency": ("/hesap/kurum/", OWN_THING | {"coordinator": 200}),
    "account:withdraw_invitation": ("/hesap/kurum/cagri/1/geri-al/", 405),
    "account:send_invitation_again": ("/hesap/kurum/cagri/1/yeniden/", 405),
    "account:confirm_people": ("/hesap/kurum/onayla/", 405),
    "account:remove_person": ("/hesap/kurum/kisi/1/cikar/", OWN_THING),
    "login": ("/giris/", {"visitor": 200, "others": 302}),
    "notice": ("/aydinlatma-metni/", 200),
    "second_factor": ("/giris/dogrulama/", 302),
    "second_factor_set_up": ("/giris/dogrulama/kur/", 302),
    "invitation": ("/davet/", 200),
    "invitation_link": ("/davet/x/", 302),
    "own_sessions": ("/hesap/oturumlar/", OWN),
    "own_password": ("/hesap/parola/", OWN),
    "own_second_factor": ("/hesap/dogrulama/", OWN),
    "logout": ("/cikis/", 405),
    "password_reset": ("/parola/sifirla/", 200),
    "password_reset_done": ("/parola/sifirla/gonderildi/", 200),
    "password_reset_confirm": ("/parola/sifirla/x/y/", 200),
    "password_reset_complete": ("/parola/sifirla/tamam/", 200),
    "wagtailcore_authenticate_with_password": ("/_util/authenticate_with_password/1/1/", 404),
    "wagtailcore_login": ("/_util/login/", 302),
}


def shown_image(item, edition: int) -> str:
    """The image that an edition of `item` shows, as it was frozen."""
    row = Publication.objects.filter(item=item, edition=edition).latest("sequence")
    return row.content.metadata["image"]["hash"]


class World:
    """One news item of each audience, one withdrawn, one draft; with images, a bulletin of all, and the readers."""

    def __init__(self):
        ensure_site_tree()
        self.desk = factories.desk()
        self.agency = factories.agency()
        self.items = {
            "public": self._offer("public", ["public"], "#111111"),
            "subscriber": self._offer("subscriber", ["subscriber"], "#222222"),
            "agency": self._offer("agency", [agency_key(self.agency.pk)], "#333333"),
        }
        self.bulletin = factories.published_bulletin(*self.items.values(), title="Toplu bülten")
        self.withdrawn = self._offer("withdrawn", ["public"], "#444444")
        self.withdrawn_path = CurrentItem.objects.get(pk=self.withdrawn.pk).url_path
        self.withdrawn_images = [shown_image(self.withdrawn, edition) for edition in (1, 2)]
        publication.withdraw(self.withdrawn)
        self.draft = factories.news_item(title=WORDS["draft"], body=f"<p>{WORDS['draft']} ortakkelime</p>")
        self.paths = {name: item.current.url_path for name, item in self.items.items()}
        self.images = {name: shown_image(item, 2) for name, item in self.items.items()}
        self.older_images = {name: shown_image(item, 1) for name, item in self.items.items()}
        projections.catch_up_all()

    def _offer(self, name: str, audience: list[str], colour: str):
        word = WORDS[name]
        item = factories.published_news(
            title=f"{word} ilk başlık",
            summary=f"{word} spot",
            body=f"<p>{word} ortakkelime metin</p>",
            desk=self.desk,
            audience=audience,
            image=factories.image(colour=colour),
            image_alt=f"{word} görsel",
        )
        another = factories.image(colour=colour, width=65)
        return factories.corrected(item, title=f"{word} başlık", image=another)

    def client(self, reader: str) -> Client:
        client = Client()
        if reader != "visitor":
            client.force_login(self.person(reader))
        return client

    def secret(self, kind: str, scope: str) -> str:
        """The secret of a token of this kind, to be used for `scope`."""
        named = factories.person(agency=self.agency)
        if kind == "unknown":
            return "des_" + "a" * 43
        if kind.startswith("of a subscriber"):
            return factories.token(self.person(kind.removeprefix("of a ")))[1]
        if kind.startswith("of another agency"):
            return factories.token(factories.service_account())[1]
        if kind == "of the named agency's service account":
            return factories.token(factories.service_account(agency=self.agency))[1]
        if "another network" in kind:
            return factories.token(named, networks=["192.0.2.0/24", "2001:db8::/32"])[1]
        if kind == "in its network":
            return factories.token(named, networks=["192.0.2.0/24", "127.0.0.0/8"])[1]
        if kind == "for something else":
            return factories.token(named, scopes=["search" if scope == "feeds" else "feeds"])[1]
        if "service account" in kind:
            return self._secret_of_closed(kind)
        token, secret = factories.token(named)
        if kind == "revoked":
            tokens.revoke(token, by=named)
        elif kind == "expired":
            Token.objects.filter(pk=token.pk).update(expires_at=timezone.now())
        elif kind == "of an ended agency":
            named.agency = factories.agency(started_at=timezone.now(), ended_at=timezone.now())
        elif kind == "of who left":
            named.agency = None
        elif kind == "of an inactive person":
            named.is_active = False
        elif "rotat" in kind:
            _new, newer = tokens.rotate(token, by=named)
            return newer if kind.startswith("the newer") else secret
        else:
            assert kind == "of the named agency"
        named.save()
        return secret

    def _secret_of_closed(self, kind: str) -> str:
        account = factories.service_account()
        _token, secret = factories.token(account)
        closed = account.agency if "agency" in kind else account
        closed.ended_at = timezone.now()
        closed.save()
        return secret

    def person(self, reader: str):
        now = timezone.now()
        if reader in factories.ROLES:
            return factories.person(role=reader)
        if reader.endswith(" of another desk") and reader != "subscriber of another desk":
            person = factories.person(role=reader.removesuffix(" of another desk"))
            bind(person, [factories.desk()])
            return person
        if reader == "person without an agency":
            return factories.person()
        if reader == "named agency":
            return factories.person(agency=self.agency)
        if reader == "named agency, entitled to nothing else":
            self.agency.entitled_to_everything = False
            self.agency.save()
            return factories.person(agency=self.agency)
        if reader == "ended agency":
            return factories.person(agency=factories.agency(started_at=now - timedelta(days=9), ended_at=now))
        if reader == "agency not yet begun":
            return factories.person(agency=factories.agency(started_at=now + timedelta(days=1)))
        if reader in ("subscriber", "coordinator"):
            return factories.person(agency=factories.agency(), is_coordinator=reader == "coordinator")
        agency = factories.agency(entitled_to_everything=False)
        desk = self.desk if reader == "subscriber of the desk" else factories.desk()
        AgencyEntitlement.objects.create(agency=agency, kind="desk", value=str(desk.pk))
        return factories.person(agency=agency)


@pytest.fixture(scope="module")
def built_world(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), built_once(World, folder, SEARCH_URL="tantivy://") as built:
        yield built


@pytest.fixture
def world(db, built_world, own_folder, settings):
    settings.SEARCH_URL = "tantivy://"
    return as_built(built_world, own_folder)


# --- The walk ----------------------------------------------------------------------------------------------------


def routes(
    resolver: URLResolver | None = None, prefix: str = "", namespace: str = "", captured: bool = False
):
    """(route, qualified name, prefix) of every pattern, without repeating the English interface."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            name = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, route, name)
        elif isinstance(pattern, URLPattern):
            yield route, f"{namespace}{pattern.name}"


def site_routes() -> set[str]:
    return {name for route, name in routes() if not route.startswith("yonetim/")}


def test_each_route_of_the_site_is_declared():
    assert site_routes() <= CONTENT.keys() | WITHOUT_CONTENT.keys()


def test_each_declared_route_is_there():
    assert CONTENT.keys() | WITHOUT_CONTENT.keys() <= site_routes()


def test_route_without_content_answers_each_reader_as_declared_and_shows_no_item(world):
    Presence.objects.create(
        person=uuid.uuid4(),
        agency_id=1,
        channel="web",
        act="read",
        day=date(LAST_YEAR, 5, 5),
        is_service=False,
    )
    for reader in OF_PAGES:
        client = world.client(reader)
        for name, (address, expected) in WITHOUT_CONTENT.items():
            answer = client.get(address)
            status = expected.get(reader, expected["others"]) if isinstance(expected, dict) else expected
            assert answer.status_code == status, (name, reader)
            assert not any(word in answer.content.decode() for word in WORDS.values()), (name, reader)


# --- Content, to each reader -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["site:item", "site:edition", "image", "image_at_full_width", *MORE_ADDRESSES]
)
def test_address_opens_exactly_to_those_who_may_read(world, name):
    addresses = (CONTENT | MORE_ADDRESSES)[name](world)
    for reader, audiences in MAY_READ.items():
        client = world.client(reader)
        statuses = {audience: client.get(path).status_code for audience, path in addresses.items()}
        assert {audience for audience, status in statuses.items() if status == 200} == audiences, reader
        assert set(statuses.values()) <= {200, 404}, reader


def lists(world) -> dict[str, str]:
    found = {name: build(world) for name, build in CONTENT.items() if isinstance(build(world), str)}
    return {name: path for name, path in found.items() if name not in WITHOUT_NEWS} | {
        path: path for path in MORE_LISTS
    }


def test_list_shows_exactly_what_the_reader_may_read(world):
    for reader, audiences in MAY_READ.items():
        client = world.client(reader)
        for name, path in lists(world).items():
            answer = client.get(path)
            assert answer.status_code == 200, (reader, path)
            expected = {"public"} if name in PUBLIC_ALONE else audiences
            shown = {word for word in WORDS if WORDS[word] in answer.content.decode()}
            assert shown == expected, (reader, path)


def test_count_of_hits_counts_only_what_the_reader_may_read(world):
    for reader, audiences in MAY_READ.items():
        answer = world.client(reader).get("/ara/?q=ortakkelime")
        assert f"{len(audiences)} sonuç" in answer.content.decode(), reader


def test_bulletin_shows_exactly_what_the_reader_may_read(world):
    for reader, audiences in MAY_READ.items():
        answer = world.client(reader).get(world.bulletin.current.url_path).content.decode()
        assert {name for name in AUDIENCES if WORDS[name] in answer} == audiences, reader


def test_withdrawn_item_is_nowhere_on_the_site(world):
    for reader in MAY_READ:
        client = world.client(reader)
        for path in (
            world.withdrawn_path,
            f"{world.withdrawn_path}surum/1/",
            *(f"/gorsel/{digest}/320/" for digest in world.withdrawn_images),
        ):
            assert client.get(path).status_code == 404, (reader, path)


def test_older_edition_opened_to_everyone_stays_open(world):
    item = factories.published_news(title=WORDS["older edition"], audience=["subscriber"])
    publication.change_audience(item, ["public"])
    item.refresh_from_db()
    item = factories.corrected(item, title="ikinci hali")
    assert world.client("visitor").get(f"{item.current.url_path}surum/1/").status_code == 200


@pytest.mark.parametrize("reader", ["visitor", "subscriber"])
def test_edition_offered_to_fewer_stays_with_them(world, reader):
    item = factories.published_news(title=WORDS["older edition"], audience=["subscriber"])
    item = factories.corrected(item, title="ikinci hali")
    publication.change_audience(item, ["public"])
    answer = world.client(reader).get(f"{item.current.url_path}surum/1/")
    assert (answer.status_code == 200) == (reader == "subscriber")


def test_item_closed_to_a_reader_takes_its_older_editions_along(world):
    item = factories.published_news(audience=["public"])
    item = factories.corrected(item, title="ikinci hali")
    publication.change_audience(item, ["subscriber"])
    assert world.client("visitor").get(f"{item.current.url_path}surum/1/").status_code == 404


@pytest.mark.parametrize("order", [AUDIENCES, AUDIENCES[::-1]], ids=["narrowed", "widened"])
def test_image_opens_exactly_with_an_edition_that_shows_it(world, order):
    keys = {"public": "public", "subscriber": "subscriber", "agency": agency_key(world.agency.pk)}
    item = factories.published_news(image=factories.image(width=70), image_alt="1", audience=[keys[order[0]]])
    for width, audience in enumerate(order[1:], start=71):
        publication.change_audience(item, [keys[audience]])
        item.refresh_from_db()
        item = factories.corrected(item, image=factories.image(width=width), image_alt=f"{width}")
    for reader in MAY_READ:
        client = world.client(reader)
        for edition in (1, 2, 3):
            page = client.get(f"{item.current.url_path}surum/{edition}/").status_code
            image = client.get(f"/gorsel/{shown_image(item, edition)}/320/").status_code
            assert page == image, (reader, edition)


# --- By token ----------------------------------------------------------------------------------------------------


def _shown_in(answer) -> set[str]:
    return {word for word in WORDS if WORDS[word] in answer.content.decode()}


def _headers(kind: str, secret: str) -> list[dict[str, str]]:
    """The ways to send `secret`, as what a client is asked with."""
    forged = {"HTTP_X_FORWARDED_FOR": "192.0.2.1"} if "forged" in kind else {}
    shown = [f"Bearer {secret}"]
    shown += [f"Basic {base64.b64encode(pair.encode()).decode()}" for pair in (f"{secret}:", f"x:{secret}")]
    return [{"HTTP_AUTHORIZATION": value, **forged} for value in shown]


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("scope", TOKEN_LISTS)
def test_token_in_a_header_shows_exactly_what_its_holder_may_read(world, scope, method):
    """Also where the browser is signed in as somebody who may read more."""
    clients = (world.client("visitor"), world.client("editor"))
    nothing = _answer(clients[0], "/rss/k/haberler.xml", method=method)
    for kind, audiences in BY_TOKEN.items():
        secret = world.secret(kind, scope)
        for client, path in product(clients, TOKEN_LISTS[scope]):
            for sent in _headers(kind, secret):
                answer = getattr(client, method)(path, **sent)
                if audiences is None:
                    assert answer.status_code == 401, (kind, path)
                    if not path.startswith("/en/"):
                        assert _told(answer) == nothing, (kind, path)
                else:
                    assert answer.status_code == 200, (kind, path)
                    assert _shown_in(answer) == (audiences if method == "get" else set()), (kind, path)


def test_token_in_the_address_shows_exactly_what_its_holder_may_read(world):
    clients = (world.client("visitor"), world.client("editor"))
    for kind, audiences in BY_TOKEN.items():
        path = SECRET_FEEDS.format(secret=world.secret(kind, "feeds"))
        forged = {"HTTP_X_FORWARDED_FOR": "192.0.2.1"} if "forged" in kind else {}
        for client in clients:
            if audiences is not None:
                assert _shown_in(client.get(path)) == audiences, kind
                continue
            for options in ({}, {"HTTP_RANGE": "bytes=0-20"}, {"HTTP_IF_NONE_MATCH": "*"}):
                answer = _answer(client, path, **forged, **options)
                assert answer == _answer(client, "/rss/yok.xml"), (kind, options)


def test_token_opens_nothing_but_feeds_and_search(world):
    secret = world.secret("of the named agency", "feeds")
    client = world.client("visitor")
    for sent in _headers("", secret):
        for name, path in lists(world).items():
            if not path.startswith(("/rss/", "/ara/", "/en/ara/")):
                assert _shown_in(client.get(path, **sent)) == {"public"}, name
        for name in ("site:item", "site:edition", "image", "image_at_full_width"):
            addresses = CONTENT[name](world)
            statuses = {
                audience: client.get(path, **sent).status_code for audience, path in addresses.items()
            }
            assert statuses == {"public": 200, "subscriber": 404, "agency": 404}, name
        assert client.get("/yonetim/", **sent).status_code == 302


# --- What may not be read answers like what isn't there ----------------------------------------------------------


def _answer(client: Client, path: str, *, method: str = "get", **options):
    return _told(getattr(client, method)(path, **options))


def _told(answer) -> tuple[int, bytes, dict[str, str]]:
    """What an answer tells: status, body and headers, without the moment it was given."""
    headers = {
        name: value for name, value in answer.headers.items() if name not in ("Date", "Content-Length")
    }
    return answer.status_code, bytes(answer.content), headers


FORBIDDEN_AND_MISSING = {
    "site:item": lambda world: (
        world.paths["agency"],
        re.sub(r"-\d+/$", "-99999999/", world.paths["agency"]),
    ),
    "site:edition": lambda world: (
        f"{world.paths['agency']}surum/1/",
        f"{world.paths['agency']}surum/77/",
    ),
    "image": lambda world: (f"/gorsel/{world.images['agency']}/320/", f"/gorsel/{'0' * 64}/320/"),
    "image_at_full_width": lambda world: (f"/gorsel/{world.images['agency']}/", f"/gorsel/{'0' * 64}/"),
    "withdrawn": lambda world: (world.withdrawn_path, re.sub(r"-\d+/$", "-99999999/", world.withdrawn_path)),
    "wrong slug": lambda world: (
        re.sub(r"/[^/]+-(\d+)/$", r"/baska-\1/", world.paths["agency"]),
        re.sub(r"/[^/]+-\d+/$", "/baska-99999999/", world.paths["agency"]),
    ),
    "H2.1": lambda world: ("/gostergeler/h2-1/", "/gostergeler/h2-9/"),
    "H2.1, table": lambda world: ("/gostergeler/h2-1.csv", "/gostergeler/h2-9.csv"),
    "years": lambda world: ("/gostergeler/yillar/", "/gostergeler/yil/"),
    "year": lambda world: (f"/gostergeler/yillar/{LAST_YEAR}/kapat/", "/gostergeler/yillar/1/kapat/"),
}


@pytest.mark.parametrize(
    "reader",
    ["visitor", "subscriber", "subscriber of another desk", "ended agency", "coordinator", "administrator"],
)
@pytest.mark.parametrize("options", [{}, {"HTTP_RANGE": "bytes=0-20"}, {"HTTP_IF_NONE_MATCH": "*"}])
def test_forbidden_answers_like_missing(world, reader, options):
    client = world.client(reader)
    for what, build in FORBIDDEN_AND_MISSING.items():
        forbidden, missing = build(world)
        for language in ("",) if "image" in what else ("", "/en"):
            first = _answer(client, language + forbidden, **options)
            assert first == _answer(client, language + missing, **options), (what, language)


@pytest.mark.parametrize("reader", ["subscriber", "coordinator", "administrator"])
def test_what_is_anothers_answers_like_what_is_not_there(world, reader):
    other = factories.person(agency=world.agency)
    token, _secret = factories.token(other)
    client = world.client(reader)
    for address, own, missing in (
        ("/hesap/anahtarlar/{}/yenile/", token.uuid, uuid.uuid4()),
        ("/hesap/anahtarlar/{}/iptal/", token.uuid, uuid.uuid4()),
        ("/hesap/kurum/kisi/{}/cikar/", other.pk, 99_999_999),
    ):
        for language in ("", "/en"):
            answers = [_answer(client, language + address.format(number)) for number in (own, missing)]
            assert answers[0] == answers[1], address
            assert answers[0][0] == 404, address


def test_head_tells_nothing(world):
    client = world.client("visitor")
    for what, build in FORBIDDEN_AND_MISSING.items():
        first, second = (client.head(path) for path in build(world))
        assert (first.status_code, first.content, first.headers.get("Content-Length")) == (
            second.status_code,
            second.content,
            second.headers.get("Content-Length"),
        ), what


def test_forbidden_and_missing_cost_the_same_queries(world):
    client = world.client("visitor")
    for what, build in FORBIDDEN_AND_MISSING.items():
        if what.startswith(("H2.1", "year")):
            # What isn't there is looked for among the pages of the site; these pages ask for a permission only.
            continue
        forbidden, missing = build(world)
        client.get(missing)
        numbers = []
        for path in (forbidden, missing):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            numbers.append(len(queries))
        assert numbers[0] == numbers[1], what


def content_addresses(world) -> list[str]:
    """Every address of the walk that shows content: of the item of each audience, and lists."""
    items = [CONTENT[name](world) for name in CONTENT] + [build(world) for build in MORE_ADDRESSES.values()]
    named = [address for addresses in items if isinstance(addresses, dict) for address in addresses.values()]
    bulletin = world.bulletin.current.url_path
    return [*named, *lists(world).values(), bulletin, world.withdrawn_path, *("/rss/k/haberler.xml", "/yok/")]


def _body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("reader", ["visitor", "named agency"])
def test_head_answers_as_get_does_without_its_body(world, reader):
    client = world.client(reader)
    for path in content_addresses(world):
        asked, headed = client.get(path), client.head(path)
        assert headed.status_code == asked.status_code, path
        assert _body_of(headed) == b"", path
        names = set(asked.headers) | set(headed.headers)
        for name in names - {"Date", "Set-Cookie"}:
            assert headed.headers.get(name) == asked.headers.get(name), (path, name)


@pytest.mark.parametrize("reader", ["visitor", "named agency"])
def test_part_of_an_answer_is_never_given(world, reader):
    """Whoever asks for a range gets the whole, which HTTP allows everywhere, and what may not be read has no length."""
    client = world.client(reader)
    for path in content_addresses(world):
        whole = client.get(path)
        length = len(_body_of(whole))
        for sent in ("bytes=0-20", "bytes=-1", f"bytes={length}-", "bytes=0-0,5-9"):
            part = client.get(path, HTTP_RANGE=sent)
            assert part.status_code == whole.status_code, (path, sent)
            assert "Content-Range" not in part.headers, (path, sent)
            assert len(_body_of(part)) == length, (path, sent)


def test_page_of_what_is_not_there_holds_nothing_of_anybody(world):
    """No token of a form, no nonce, no name; the way to sign in is on it for everyone."""
    pages = {
        bytes(world.client(reader).get(path).content)
        for reader in ("visitor", "subscriber", "editor", "ended agency")
        for path in ("/yok/", world.withdrawn_path, f"/gorsel/{'0' * 64}/320/", "/rss/yok.xml")
    }
    assert len(pages) == 1
    page = pages.pop().decode()
    assert "csrf" not in page
    assert "nonce" not in page
    assert "@" not in page
    assert 'href="/giris/"' in page


# --- Through the server's door -----------------------------------------------------------------------------------


def _through_wsgi(path: str, cookies: str = "", method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body that a server gets of the application for `path`."""
    from config.wsgi import application

    path, _mark, query = path.partition("?")
    environ = RequestFactory()._base_environ(
        PATH_INFO=path, QUERY_STRING=query, REQUEST_METHOD=method, HTTP_COOKIE=cookies
    )
    begun = {}

    def start_response(status: str, headers: list[tuple[str, str]], exc_info=None):
        begun["status"], begun["headers"] = int(status[:3]), dict(headers)

    # As Django's own test client: the test's transaction goes on.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        answer = application(environ, start_response)
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    return begun["status"], begun["headers"], body


@pytest.mark.parametrize("reader", ["visitor", "named agency", "subscriber of another desk"])
def test_server_is_answered_as_the_routes_answer(world, reader):
    """Nothing stands before Django's routes that knows more, or less, than they do of who may read."""
    client = world.client(reader)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    for path in content_addresses(world):
        answer = client.get(path)
        status, headers, body = _through_wsgi(path, cookies)
        assert status == answer.status_code, path
        assert _shown_in_bytes(body) == _shown_in_bytes(_body_of(answer)), path
        for name in ("Cache-Control", "Vary", "ETag", "Content-Type", "Content-Security-Policy"):
            assert headers.get(name) == answer.headers.get(name), (path, name)


def _shown_in_bytes(body: bytes) -> set[str]:
    return {word for word in WORDS.values() if word.encode() in body}


def test_what_may_not_be_read_answers_a_server_like_what_is_not_there(world):
    for what, build in FORBIDDEN_AND_MISSING.items():
        forbidden, missing = (_through_wsgi(path) for path in build(world))
        assert forbidden == missing, what


def test_static_files_are_all_that_is_served_ahead_of_the_routes(settings):
    """WhiteNoise is told of one folder, under one prefix, and of none at the root."""
    assert getattr(settings, "WHITENOISE_ROOT", None) is None
    assert settings.STATIC_URL == "/static/"
    assert not settings.MEDIA_ROOT.is_relative_to(settings.STATIC_ROOT)
    assert not settings.STATIC_ROOT.is_relative_to(settings.MEDIA_ROOT)


# --- The admin ---------------------------------------------------------------------------------------------------

_PARAMETER = re.compile(r"<(?:(?P<converter>\w+):)?\w+>|\(\?P<\w+>[^)]*\)|\([^)]*\)")


def admin_addresses(world) -> list[str]:
    """An address of each route of the admin, naming the item that only one agency may read."""
    item = world.items["agency"]

    def value(match: re.Match) -> str:
        return {"slug": "publish", "uuid": str(item.uuid)}.get(match["converter"], str(item.pk))

    found = []
    for route, _name in routes():
        if route.startswith("yonetim/"):
            path = _PARAMETER.sub(value, route.replace("\\", "")).replace("^", "").replace("$", "")
            found.append("/" + path.replace("?", "").replace("\\Z", ""))
    return sorted(set(found))


EVERYTHING = {"public", "subscriber", "agency", "withdrawn", "draft"}
#: Of which items the admin shows each reader anything. A person of another desk reads what its own people do.
IN_THE_ADMIN = {
    "visitor": set(),
    "subscriber": set(),
    "named agency": set(),
    "ended agency": set(),
    "strategist": set(),
    "administrator": {"public"},
    "auditor": EVERYTHING,
    "editor of another desk": EVERYTHING,
    "chief_editor of another desk": EVERYTHING,
}
CLOSED = {reader for reader, audiences in IN_THE_ADMIN.items() if not audiences}
OPEN_TO_ALL = re.compile(r"^/yonetim/(login|password_reset|jsi18n|sprite)")
#: Pages on which a news item is changed: closed to people of another desk.
CHANGING = re.compile(
    r"^/yonetim/haberler/((edit|delete|unpublish|audience|translate|preview)/[0-9]|.*(revert|unschedule)/$)"
)


@pytest.mark.parametrize("reader", IN_THE_ADMIN)
def test_admin_shows_each_reader_what_is_theirs(world, reader):
    client = world.client(reader)
    shown = set()
    for path in admin_addresses(world):
        answer = client.get(path)
        shown |= _shown_in_bytes(_body_of(answer))
        if (reader in CLOSED and not OPEN_TO_ALL.match(path)) or CHANGING.match(path):
            assert answer.status_code in (302, 403, 404, 405), (path, answer.status_code)
    assert shown == {WORDS[audience] for audience in IN_THE_ADMIN[reader]}
    assert (client.get("/hesap/").status_code == 200) == (reader != "visitor"), "signed out on the way"


def test_admin_addresses_are_found(world):
    assert reverse("wagtailadmin_home") in admin_addresses(world)
    assert len(admin_addresses(world)) > 200
