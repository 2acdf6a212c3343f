"""Rate limits: by address and by token, told with `Retry-After`, the same with every cache."""

import shutil
import subprocess
import sys

import pytest
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured

from subscribers import limits
from tests import factories
from tests.config.test_cache import Redis

NEWS = "/rss/haberler.xml"


@pytest.fixture(autouse=True)
def unused_limits(monkeypatch):
    """Nobody has asked yet, and the clock stands still: a window that ends in the middle of a test proves nothing."""
    caches["limits"].clear()
    monkeypatch.setattr(
        limits.time, "time", lambda: 1_000_000_020.5
    )  # 40 minutes and 20.5 seconds past an hour


@pytest.mark.django_db
def test_one_request_too_many_is_told_when_to_come_back(client, settings):
    settings.RATE_LIMITS = {"site": "2/60"}
    assert [client.get(NEWS).status_code for _turn in range(3)] == [200, 200, 429]
    answer = client.get(NEWS)
    assert answer.headers["Retry-After"] == "60"
    assert answer.content.decode() == "Kısa sürede çok fazla istek geldi. 60 saniye sonra yeniden deneyin.\n"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_next_window_begins_anew(client, settings, monkeypatch):
    settings.RATE_LIMITS = {"site": "1/60"}
    assert [client.get(NEWS).status_code for _turn in range(2)] == [200, 429]
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000_080.5)
    assert client.get(NEWS).status_code == 200


@pytest.mark.django_db
def test_addresses_are_counted_apart_and_a_forged_one_is_not(client, settings):
    settings.RATE_LIMITS = {"site": "1/60"}
    asked = [
        client.get(NEWS, REMOTE_ADDR="192.0.2.1"),
        client.get(NEWS, REMOTE_ADDR="192.0.2.2"),
        client.get(NEWS, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="192.0.2.3"),
    ]
    assert [answer.status_code for answer in asked] == [200, 200, 429]


@pytest.mark.django_db
def test_behind_a_trusted_proxy_each_client_is_counted_apart(client, settings):
    settings.RATE_LIMITS = {"site": "1/60"}
    settings.TRUSTED_PROXIES = ["10.0.0.5"]
    asked = [client.get(NEWS, REMOTE_ADDR="10.0.0.5", HTTP_X_FORWARDED_FOR=f"192.0.2.{n}") for n in (1, 2, 2)]
    assert [answer.status_code for answer in asked] == [200, 200, 429]


@pytest.mark.django_db
def test_addresses_of_one_ipv6_line_are_one(client, settings):
    settings.RATE_LIMITS = {"site": "1/60"}
    asked = [client.get(NEWS, REMOTE_ADDR=f"2001:db8::{n}") for n in (1, 2)]
    asked.append(client.get(NEWS, REMOTE_ADDR="2001:db8:0:1::1"))
    assert [answer.status_code for answer in asked] == [200, 429, 200]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limit", "address"),
    [
        ("feeds", NEWS),
        ("feeds", "/rss/k/haberler.xml"),
        ("feeds", f"/rss/k/des_{'a' * 43}/haberler.xml"),
        ("search", "/ara/?q=su"),
        ("search", "/en/ara/"),
        ("sign_in", "/giris/"),
        ("sign_in", "/en/giris/"),
        ("sign_in", "/parola/sifirla/"),
        ("sign_in", "/parola/sifirla/x/y/"),
        ("sign_in", "/yonetim/password_reset/"),
    ],
)
def test_section_has_a_limit_of_its_own(client, settings, limit, address):
    settings.RATE_LIMITS = {limit: "1/60"}
    assert client.get(address).status_code != 429
    assert client.get(address).status_code == 429
    assert client.get("/robots.txt").status_code == 200


@pytest.mark.django_db
def test_what_isnt_there_counts_for_the_site(client, settings):
    settings.RATE_LIMITS = {"site": "1/60"}
    assert [client.get("/rss/yok.xml").status_code for _turn in range(2)] == [404, 429]


@pytest.mark.django_db
def test_token_is_counted_wherever_it_asks_from(client, settings):
    settings.RATE_LIMITS = {"token:feeds": "2/60"}
    _token, secret = factories.token()
    _token, another = factories.token()

    def ask(n: int, shown: str) -> int:
        return client.get(f"/rss/k/{shown}/haberler.xml", REMOTE_ADDR=f"192.0.2.{n}").status_code

    assert [ask(n, secret) for n in range(3)] == [200, 200, 429]
    assert ask(4, another) == 200


@pytest.mark.django_db
def test_token_searches_under_a_limit_of_its_own(client, settings):
    settings.RATE_LIMITS = {"token:search": "1/60"}
    _token, secret = factories.token()
    headers = {"Authorization": f"Bearer {secret}"}
    assert [client.get("/ara/", headers=headers).status_code for _turn in range(2)] == [200, 429]
    assert client.get(NEWS, headers=headers).status_code == 200


def test_neither_addresses_nor_tokens_stand_in_the_cache(settings):
    settings.RATE_LIMITS = {"site": "5/60"}
    limits.wait_for("site", "192.0.2.1")
    assert len(caches["limits"]._cache) == 1
    assert "192.0.2" not in str(caches["limits"]._cache)


def test_log_tells_of_a_limit_once_and_of_nobody(settings, caplog):
    settings.RATE_LIMITS = {"site": "1/60"}
    for _turn in range(4):
        limits.wait_for("site", "192.0.2.1")
    assert caplog.text.count("rate_limited limit=site") == 1
    assert "192.0.2" not in caplog.text


def test_no_rate_is_no_limit(settings):
    settings.RATE_LIMITS = {"site": "0"}
    assert [limits.wait_for("site", "192.0.2.1") for _turn in range(50)] == [0] * 50
    assert not caches["limits"]._cache


@pytest.mark.parametrize("text", ["many", "10", "10/", "/60", "-1/60", "10/0", "1.5/60", ""])
def test_rate_that_cant_be_read_stops_the_start(settings, text):
    settings.RATE_LIMITS = {"site": text}
    with pytest.raises(ImproperlyConfigured, match="Write requests and seconds as 600/60"):
        limits.check_settings()


def test_rates_of_the_site_are_generous():
    from config.settings import base

    rates = {name: limits.Rate.parse(text) for name, text in base.RATE_LIMITS.items()}
    assert set(rates) == {"site", "sign_in", "feeds", "search", "token:feeds", "token:search"}
    assert all(rate.requests / rate.seconds >= 5 for rate in rates.values())


# --- A real Redis ------------------------------------------------------------------------------------------------

ASK = (
    "import django; django.setup(); from django.conf import settings; from subscribers import limits;"
    "settings.RATE_LIMITS = {'site': '3/86400'};"
    "print(*[int(limits.wait_for('site', '192.0.2.1') > 0) for _turn in range(2)])"
)


@pytest.mark.once
def test_processes_that_share_a_cache_count_together_and_go_on_without_it(own_database, tmp_path):
    if shutil.which("redis-server") is None:
        pytest.skip("a real cache server: redis-server is not installed here (apt-get install redis-server)")
    redis = Redis(tmp_path)

    def asked() -> str:
        environment = {**own_database.environment, "CACHE_URL": redis.url}
        return subprocess.run(
            [sys.executable, "-c", ASK], env=environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    try:
        assert [asked(), asked(), asked()] == ["0 0", "0 1", "1 1"]
    finally:
        redis.stop()
    assert asked() == "0 0"
