"""Every route there is, asked with what no page of the site sends: no error, no leak, no way off the site."""

from itertools import cycle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsroom.forged import NUMBERED
from tests.test_entitlement_walk import EVERYTHING, IN_THE_ADMIN, MAY_READ

from . import hostile
from .conftest import Attacker, coordinator, subscriber, superuser
from .doors import doors, forged_addresses, site_doors, unlike_admin_doors

pytestmark = pytest.mark.django_db

METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "X" * 200)


def true_values(world):
    """What the gaps of a route hold where nothing is forged: the item that one agency alone may read."""
    item = world.items["agency"]
    number = str(item.pk)
    known = {
        "action_name": "publish",
        "action": "publish",
        "app_label": "bulletin",
        "model_name": "newsitem",
        "content_type_app_name": "home",
        "content_type_model_name": "planpage",
        "app_name": "home",
        "path": "images/x.png",
        "filter_spec": "max-100x100",
        "image_hash": world.images["agency"],
        "width": "320",
        "kind_path": "haber",
        "month": "2026-11",
        "part": "1",
        "edition": "1",
        "secret": "des_" + "a" * 43,
        r"((?:[\w\-]+/)*)": "haberler/",
        "uuid": "00000000-0000-0000-0000-000000000000",
    }
    return lambda name: known.get(name, number)


def test_every_gap_of_every_route_is_found(world):
    """A route that isn't filled is not attacked: every kind of pattern leads somewhere."""
    true = true_values(world)
    for door in doors():
        assert not set("<>^$()?|\\") & set(door.address(true)), door


def test_forged_address_of_the_site_harms_nothing(world):
    attackers, true = cycle([Attacker(), coordinator(world)]), true_values(world)
    for door in site_doors():
        for address in forged_addresses(door, true, hostile.IN_ADDRESSES):
            next(attackers).ask(address)
        next(attackers).ask(f"/en{door.address(true)}")
        next(attackers).ask(door.address(true), "POST")
    assert next(attackers).breaches + next(attackers).breaches == []


def test_forged_address_of_the_admin_harms_nothing(world):
    attacker, true = superuser(), true_values(world)
    for door in unlike_admin_doors():
        for address in forged_addresses(door, true, hostile.NUMBERS):
            attacker.ask(address)
        attacker.ask(door.address(true), "POST")
    assert attacker.breaches == []


TRICKS = (
    *(
        "//",
        "//evil.example/",
        "///yonetim/",
        "/%2e%2e/",
        "/..%2f..%2fetc/passwd",
        "/haberler/..;/yonetim/",
        "/;/",
    ),
    *(
        "/%00",
        "/haberler%00/",
        "/\u202eyonetim/",
        "/%E2%80%AEx/",
        "/haberler/%0d%0aSet-Cookie:x=1/",
        "/" + "a/" * 2000,
    ),
    *(
        "/static/../config/settings/base.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/media/",
        "/media/published/",
        "/.git/",
    ),
    *(
        "/.env",
        "/static/%00",
        "/%ff%fe",
        "/%ED%A0%80/",
        "/haberler/?" + "a=1&" * 5000,
        "/en/en/",
        "/en/yonetim/",
    ),
    *(
        "/haber/2026/11/23/%D9%A3-%D9%A3/",
        "/haber/0/0/0/-0/",
        "/HABERLER/",
        "/haberler",
        "/haberler//",
        "/\\evil.example/",
    ),
    *(
        "/%5cevil.example/",
        "/%09/evil.example/",
        "/yonetim/media/%2e%2e/db.sqlite3",
        "/yonetim/media//etc/passwd",
    ),
    *("/rss/k//haberler.xml", "/rss/k/des_%00/haberler.xml", "/rss/../yonetim/", "/sitemap-0000-00-1.xml"),
    *("/sitemap-9999-99-99999.xml", "/sitemap-2026-13-1.xml", "/gorsel/" + "0" * 64 + "/00320/"),
)


def test_trick_with_a_path_harms_nothing(world, everyone):
    for attacker in everyone:
        for path in TRICKS:
            attacker.ask(path)
        assert attacker.breaches == []


def _queries(values) -> str:
    return "&".join(f"{name}={next(values)}" for name in hostile.PARAMETERS)


def test_forged_query_of_the_site_harms_nothing(world):
    """Where parameters are read, with every forged value; elsewhere with a few."""
    reader, strategist, true = subscriber(world), Attacker(world.person("strategist")), true_values(world)
    readers_of_parameters = {"/ara/", "/haberler/", "/aciklamalar/", "/bultenler/", world.paths["public"]}
    for address in readers_of_parameters:
        for value in hostile.IN_QUERIES:
            reader.ask(f"{address}?{_queries(cycle([value]))}")
    for address in ("/gostergeler/h2-1/", "/gostergeler/h2-1.csv"):
        for value in hostile.IN_QUERIES:
            strategist.ask(f"{address}?{_queries(cycle([value]))}")
    values = cycle(hostile.IN_QUERIES)
    for door in site_doors():
        reader.ask(f"{door.address(true)}?{_queries(values)}")
    assert reader.breaches + strategist.breaches == []


# What a value does to the database is asked by the tests below on both; who may read what, by the walk on both.
@pytest.mark.once
@pytest.mark.parametrize("reader", [*MAY_READ, "editor of another desk", "chief_editor of another desk"])
def test_every_reader_asks_at_every_door(world, reader):
    """With forged parameters, another value at each door; on the site with an empty form too."""
    person = None if reader == "visitor" else world.person(reader)
    in_the_admin = IN_THE_ADMIN.get(reader, EVERYTHING if "editor" in reader else set())
    may_read = MAY_READ.get(reader, EVERYTHING) | in_the_admin
    attacker, true = Attacker(person, may_read), true_values(world)
    values = cycle(hostile.IN_QUERIES)
    for door in site_doors():
        attacker.ask(door.address(true), "POST")
    for door in [*site_doors(), *unlike_admin_doors()]:
        query = "&".join(f"{name}={next(values)}" for name in ("q", "sayfa", "dil", "p", "next", "order"))
        attacker.ask(f"{door.address(true)}?{query}")
    assert attacker.breaches == []


@pytest.mark.parametrize("turn", [0, 1])
def test_forged_query_of_the_admin_harms_nothing(world, turn):
    """What is refused before any view looks at it stands in its place as it should be; the rest is forged."""
    attacker, true = superuser(), true_values(world)
    values = cycle(
        [["1e999", "%ff", "-1", "9" * 18], ["%27%22%3C", "x" * 300, "%7B%7B7919*7907%7D%7D", "2026-99-99"]][
            turn
        ]
    )
    for door in unlike_admin_doors():
        query = "&".join(
            f"{name}={1 if name in NUMBERED else next(values)}"
            for name in hostile.PARAMETERS
            if name != "next"
        )
        attacker.ask(f"{door.address(true)}?{query}")
    assert attacker.breaches == []


def test_forged_number_in_a_query_of_the_admin_harms_nothing(world):
    attacker, true = superuser(), true_values(world)
    for door in unlike_admin_doors():
        if "results" in door.route or "chosen-multiple" in door.route or "bulk" in door.route:
            for number in ("%00", "9" * 19, "abc"):
                attacker.ask(f"{door.address(true)}?id={number}&locale={number}&collection_id={number}")
                attacker.ask(f"{door.address(true)}?p={number}")
    assert attacker.breaches == []


def test_forged_body_to_the_site_harms_nothing(world):
    attackers, true = [Attacker(), coordinator(world)], true_values(world)
    for attacker in attackers:
        for door in site_doors():
            for body, content_type in hostile.BODIES.values():
                if (
                    attacker.ask(door.address(true), "POST", data=body, content_type=content_type).status_code
                    == 405
                ):
                    break  # Nobody reads a body here.
        assert attacker.breaches == []


def test_forged_body_to_the_admin_harms_nothing(world):
    attacker, true = superuser(), true_values(world)
    for door in unlike_admin_doors():
        for name in hostile.DEEPEST:
            body, content_type = hostile.BODIES[name]
            answer = attacker.ask(door.address(true), "POST", data=body, content_type=content_type)
            if answer.status_code in (404, 405):
                break
    assert attacker.breaches == []


def test_forged_header_harms_nothing(world):
    """Every header where there is something to read, to somebody and to a visitor; on every other route some."""
    readers, true = cycle([Attacker(), subscriber(world)]), true_values(world)
    reader = next(readers)
    for address in (
        world.paths["public"],
        world.paths["agency"],
        "/haberler/",
        "/ara/?q=ortak",
        "/rss/haberler.xml",
    ):
        reader = next(readers)
        for headers in hostile.HEADERS:
            reader.ask(address, **headers)
    some = cycle(hostile.HEADERS)
    for door in site_doors():
        for _turn in range(5):
            next(readers).ask(door.address(true), **next(some))
    assert next(readers).breaches + next(readers).breaches == []


def test_forged_headers_to_the_admin_harm_nothing(world):
    attacker, true = superuser(), true_values(world)
    sets = cycle(headers for headers in hostile.HEADERS if "HTTP_COOKIE" not in headers)
    for door in unlike_admin_doors():
        attacker.ask(door.address(true), **next(sets))
    assert attacker.breaches == []


def test_request_to_another_host_is_refused(world):
    attacker = superuser()
    for host in hostile.HOSTS:
        for path in (
            "/",
            world.paths["public"],
            "/parola/sifirla/",
            "/yonetim/",
            "/rss/haberler.xml",
            "/yok/",
        ):
            answer = attacker.ask(path, HTTP_HOST=host)
            assert answer.status_code == 400, (host, path)
            assert b"evil" not in answer.content
    assert attacker.breaches == []


def test_unknown_method_harms_nothing(world):
    true = true_values(world)
    for attacker in (Attacker(), superuser()):
        for number, door in enumerate([*site_doors(), *unlike_admin_doors()]):
            for method in (METHODS[number % len(METHODS)], "PATCH"):
                attacker.ask(door.address(true), method, data=b"[1]", content_type="application/json")
        assert attacker.breaches == []


@settings(
    derandomize=True,
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=st.sampled_from(["/ara/", "/haberler/", "/aciklamalar/", "/gostergeler/h2-1/", "/en/ara/"]),
    query=st.dictionaries(
        st.sampled_from(
            ["q", "masa", "konu", "dil", "ulke", "baslangic", "once", "sonra", "sayfa", "sira", "tur", "yil"]
        ),
        st.text(max_size=40),
        min_size=1,
        max_size=4,
    ),
)
def test_no_text_in_a_query_harms_anything(world, path, query):
    from urllib.parse import urlencode

    attacker = Attacker()
    attacker.ask(f"{path}?{urlencode(query, errors='surrogatepass')}")
    assert attacker.breaches == []
