"""The network address of whoever asks, and the networks it may have to come from.

The connection itself says the address. What a request says of it (`X-Forwarded-For`) is believed only where the
connection comes from one of the institution's own proxies, `settings.TRUSTED_PROXIES`, and then only as far as those
proxies wrote it: from the right, until an address that is none of them. No other header is ever looked at. A proxy
must drop header names with an underscore (nginx does by itself): WSGI spells `X_Forwarded_For` and `X-Forwarded-For`
alike, so that whoever sent the first would write the second.
"""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from python_ipware import IpWare

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Proxies that may stand one behind the other.
DEEPEST_CHAIN = 8
#: Characters of X-Forwarded-For that are read, from its end: what the nearest proxies wrote.
LONGEST_CHAIN = 1_000
#: What stands for an address that the server doesn't know, as with a local socket.
UNKNOWN = "0.0.0.0"  # noqa: S104

_HEADER = "HTTP_X_FORWARDED_FOR"
#: Each finds the address so many hops from the right end of a chain.
_HOPS = [IpWare(precedence=(_HEADER,), proxy_count=count) for count in range(DEEPEST_CHAIN + 1)]


def address_of(request: HttpRequest) -> str:
    """The address of the client that sent `request`; IPv4 inside IPv6 is written as IPv4. `UNKNOWN` where none is."""
    address = parse_address(request.META.get("REMOTE_ADDR", ""))
    if address is None:
        return UNKNOWN
    trusted = trusted_proxies(tuple(settings.TRUSTED_PROXIES))
    if not trusted or not is_within(address, trusted):
        return str(address)
    chain = f"{_end_of_chain(request.META.get(_HEADER, ''))},{address}"
    for hop in _HOPS[1:]:
        further, _is_trusted = hop.get_client_ip({_HEADER: chain})
        if further is None:
            break
        address = further
        if not is_within(address, trusted):
            break
    return str(address)


def _end_of_chain(header: str) -> str:
    """The last `LONGEST_CHAIN` characters of `header`, from the beginning of an address on."""
    if len(header) <= LONGEST_CHAIN:
        return header
    return header[-LONGEST_CHAIN:].partition(",")[2]


def parse_address(text: str) -> Address | None:
    """The address that `text` is, IPv4 inside IPv6 as IPv4; None for anything else."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def parse_network(text: str) -> Network:
    """The network that `text` is in CIDR notation, or the one address; IPv4 inside IPv6 as IPv4.

    Raises ValueError, also where bits of the host are set: what was meant isn't clear then.
    """
    network = ipaddress.ip_network(text.strip())
    if network.version == 6 and network.prefixlen >= 96:
        inner = network.network_address.ipv4_mapped
        if inner is not None:
            return ipaddress.ip_network((inner, network.prefixlen - 96))
    return network


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Whether `address` belongs to one of `networks`."""
    return any(address.version == network.version and address in network for network in networks)


@lru_cache(maxsize=8)
def trusted_proxies(written: tuple[str, ...]) -> tuple[Network, ...]:
    """The networks of `settings.TRUSTED_PROXIES`. Raises ValueError for what is none."""
    return tuple(parse_network(text) for text in written)


def check_settings() -> None:
    """Called when the application starts. Raises ImproperlyConfigured for a proxy that is no network."""
    for text in settings.TRUSTED_PROXIES:
        try:
            parse_network(text)
        except ValueError:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES holds “{text}”, which is no network. Write addresses or networks in CIDR notation, "
                "separated by commas, such as 10.0.0.5,192.0.2.0/24."
            ) from None
