"""Whose address a request comes from: what the connection says, unless one of our own proxies says more."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from subscribers import addresses
from subscribers.addresses import address_of, is_within, parse_address, parse_network


def address(remote: str = "198.51.100.7", forwarded: str | None = None, **headers) -> str:
    given = {"REMOTE_ADDR": remote, **headers}
    if forwarded is not None:
        given["HTTP_X_FORWARDED_FOR"] = forwarded
    return address_of(RequestFactory().get("/", **given))


def test_nobody_is_trusted_unless_named(settings):
    assert settings.TRUSTED_PROXIES == []
    assert address(forwarded="203.0.113.9") == "198.51.100.7"


@pytest.mark.parametrize(
    "forged",
    ["203.0.113.9", "203.0.113.9, 10.0.0.5", "10.0.0.5", "::1", "", "x", ",", "127.0.0.1," * 5_000, "\x00"],
)
def test_forged_header_changes_nothing(settings, forged):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert address(forwarded=forged) == "198.51.100.7"


@pytest.mark.parametrize(
    "name",
    ["X_REAL_IP", "FORWARDED", "CLIENT_IP", "TRUE_CLIENT_IP", "CF_CONNECTING_IP", "X_CLUSTER_CLIENT_IP"],
)
def test_no_other_header_is_believed_even_from_a_trusted_proxy(settings, name):
    settings.TRUSTED_PROXIES = ["10.0.0.5"]
    assert address("10.0.0.5", **{f"HTTP_{name}": "203.0.113.9"}) == "10.0.0.5"


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::9]:4711", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        # Who connects to the proxy writes what they like to the left of what the proxy adds.
        ("192.0.2.1, 203.0.113.9", "203.0.113.9"),
        ("192.0.2.1, 10.0.0.9, 203.0.113.9", "203.0.113.9"),
        ("unknown, 203.0.113.9", "203.0.113.9"),
        # Two of our own one behind the other.
        ("203.0.113.9, 10.0.0.6", "203.0.113.9"),
        ("192.0.2.1, 203.0.113.9, 10.0.0.6", "203.0.113.9"),
        # Asked from within: the furthest that is known.
        ("10.0.0.8", "10.0.0.8"),
        ("", "10.0.0.5"),
        ("unknown", "10.0.0.5"),
        ("192.0.2.1, " * 1_000 + "203.0.113.9", "203.0.113.9"),
    ],
)
def test_trusted_proxy_is_believed_as_far_as_it_wrote(settings, forwarded, found):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert address("10.0.0.5", forwarded) == found


def test_chain_of_proxies_has_an_end(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert address("10.0.0.1", "203.0.113.9" + ", 10.0.0.2" * 20) == "10.0.0.2"


def test_trusted_proxy_may_speak_ipv6(settings):
    settings.TRUSTED_PROXIES = ["2001:db8:1::/48"]
    assert address("2001:db8:1::5", "2001:db8:2::9") == "2001:db8:2::9"


@pytest.mark.parametrize("trusted", ["10.0.0.5", "::ffff:10.0.0.5", "::ffff:10.0.0.0/104"])
def test_ipv4_inside_ipv6_is_ipv4(settings, trusted):
    settings.TRUSTED_PROXIES = [trusted]
    assert address("::ffff:10.0.0.5", "203.0.113.9") == "203.0.113.9"
    settings.TRUSTED_PROXIES = []
    assert address("::ffff:198.51.100.7") == "198.51.100.7"


@pytest.mark.parametrize("remote", ["", "unix:", "x" * 10_000])
def test_connection_without_an_address_is_nobodys(settings, remote):
    settings.TRUSTED_PROXIES = ["0.0.0.0/0"]
    assert address(remote, "203.0.113.9") == addresses.UNKNOWN


@pytest.mark.parametrize(
    ("text", "network", "inside"),
    [
        ("192.0.2.7", "192.0.2.0/24", True),
        ("192.0.3.7", "192.0.2.0/24", False),
        ("::ffff:192.0.2.7", "192.0.2.0/24", True),
        ("192.0.2.7", "::ffff:192.0.2.0/120", True),
        ("2001:db8::1", "2001:db8::/32", True),
        ("2001:db9::1", "2001:db8::/32", False),
        ("192.0.2.7", "::/0", False),
        ("2001:db8::1", "0.0.0.0/0", False),
    ],
)
def test_address_belongs_to_a_network_of_its_own_kind(text, network, inside):
    assert is_within(parse_address(text), [parse_network(network)]) == inside


def test_proxy_that_is_no_network_stops_the_start(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.5", "vekil.example"]
    with pytest.raises(ImproperlyConfigured, match="which is no network"):
        addresses.check_settings()
