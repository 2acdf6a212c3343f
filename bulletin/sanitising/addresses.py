"""The addresses that a link in a body may lead to."""

import re
from urllib.parse import quote, urlsplit

#: Longest address of a link, in characters.
MAXIMUM_ADDRESS = 2048

_WRITTEN_IN_AN_ADDRESS = "!#$%&'()*+,-./:;=?@[]_~"
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def link_address(value: str) -> str | None:
    """An http, https or mailto address, or one on this site ("/…"), in ASCII.

    An address with a user name in it is refused: "https://iletisim.gov.tr@example.com" leads to example.com.
    """
    # Browsers leave out line ends and tabs anywhere in an address, and white space and control characters around it.
    value = re.sub(r"[\t\n\r]", "", value).strip("".join(map(chr, range(33))) + "\xa0")
    if len(value) > MAXIMUM_ADDRESS:
        return None
    try:
        if value.startswith("/") and not value.startswith(("//", "/\\")):
            return _ascii(value)
        parts = urlsplit(value)
        if parts.scheme == "mailto" and "@" in parts.path:
            return "mailto:" + _ascii(value[len("mailto:") :])
        if parts.scheme in ("http", "https") and parts.netloc:
            host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
            if _HOST.fullmatch(host):
                rest = {part: _ascii(getattr(parts, part)) for part in ("path", "query", "fragment")}
                return parts._replace(netloc=host, **rest).geturl()
    except ValueError:  # of urlsplit and of idna: no such address can be
        pass
    return None


def _ascii(part: str) -> str:
    """`part` of an address with everything percent-encoded that an address can't hold; what is encoded stays so."""
    return quote(part, safe=_WRITTEN_IN_AN_ADDRESS)
