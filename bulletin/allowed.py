"""What a body may hold: the tags, their attributes and the values of these, as one constant; and how large it may be.

Sanitising writes by it and bleach checks by it. A function of this module takes the value of an attribute as it was
written, references decoded, and gives the value to keep, or None to drop the attribute.
"""

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from .plain_text import clean_line

#: Largest body, before and after sanitising, in bytes of UTF-8; about eight times the longest speech known.
MAXIMUM_BODY_BYTES = 1_000_000

#: Most elements in a body, after sanitising: paragraphs, entries, cells, links, formats.
MAXIMUM_ELEMENTS = 10_000

#: What a link may begin with; an address on this site begins with one slash.
ALLOWED_PROTOCOLS = frozenset({"http", "https", "mailto"})

#: The address of a picture kept by the site under the SHA-256 of its bytes, with or without a width; no other is shown.
PROTECTED_IMAGE = re.compile(r"/gorsel/(?P<hash>[0-9a-f]{64})/(?:[1-9][0-9]{0,4}/)?")

#: Longest address of a link, in characters.
MAXIMUM_ADDRESS = 2048

_WRITTEN_IN_AN_ADDRESS = "!#$%&'()*+,-./:;=?@[]_~"
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")


class TooLarge(ValidationError):
    """A body has `size` bytes, more than are accepted."""

    def __init__(self, size: int):
        super().__init__(
            _(
                "Metin çok büyük: boyutu %(size)s baytı buluyor, sınır ise %(limit)s bayt. "
                "Metni kısaltın ya da bölün."
            ),
            code="too_large",
            params={
                "size": number_format(size, force_grouping=True),
                "limit": number_format(MAXIMUM_BODY_BYTES, force_grouping=True),
            },
        )


def check_size(text: str) -> None:
    """Raises TooLarge if `text` has more than MAXIMUM_BODY_BYTES bytes of UTF-8."""
    size = len(text) if len(text) > MAXIMUM_BODY_BYTES else len(text.encode("utf-8", "surrogatepass"))
    if size > MAXIMUM_BODY_BYTES:
        raise TooLarge(size)


class TooManyElements(TooLarge):
    """A body is made of more elements than are accepted; bleach takes time in proportion to their square."""

    def __init__(self):
        ValidationError.__init__(
            self,
            _(
                "Metin çok fazla parçadan oluşuyor: paragraf, madde, hücre ve biçimlerin toplamı en çok %(limit)s "
                "olabilir. Büyük tabloları ve listeleri bölün."
            ),
            code="too_many_elements",
            params={"limit": number_format(MAXIMUM_ELEMENTS, force_grouping=True)},
        )


def check_elements(html: str) -> None:
    """Raises TooManyElements if well-formed `html` has more than MAXIMUM_ELEMENTS tags that begin an element."""
    if html.count("<") - html.count("</") > MAXIMUM_ELEMENTS:
        raise TooManyElements


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


def protected_image(value: str) -> str | None:
    """The address of a picture that the site keeps and protects."""
    return value if PROTECTED_IMAGE.fullmatch(value) else None


def language_tag(value: str) -> str | None:
    """A language tag such as "tr", "ar", "zh-Hant" (BCP 47, by its shape)."""
    return value if _LANGUAGE_TAG.fullmatch(value) else None


def one_of(*values: str) -> Callable[[str], str | None]:
    """Only these values, however they are capitalised."""
    return lambda value: lowered if (lowered := value.strip().lower()) in values else None


def whole_number(minimum: int, maximum: int) -> Callable[[str], str | None]:
    """Only whole numbers between `minimum` and `maximum`, written without leading zeros."""

    def number(value: str) -> str | None:
        digits = value.strip()
        if not re.fullmatch(r"[0-9]{1,5}", digits) or not minimum <= int(digits) <= maximum:
            return None
        return str(int(digits))

    return number


_LANGUAGE = {"lang": language_tag, "dir": one_of("ltr", "rtl", "auto")}
_CELL = {"colspan": whole_number(2, 100), "rowspan": whole_number(2, 100), **_LANGUAGE}
_PIXELS = whole_number(1, 10_000)

#: Each allowed tag with its attributes, in the order they are written, and what keeps or drops their values.
ALLOWED_ATTRIBUTES: dict[str, dict[str, Callable[[str], str | None]]] = {
    "p": _LANGUAGE,
    "h2": _LANGUAGE,
    "h3": _LANGUAGE,
    "h4": _LANGUAGE,
    "blockquote": _LANGUAGE,
    "ul": _LANGUAGE,
    "ol": {"start": whole_number(2, 99_999), **_LANGUAGE},
    "li": _LANGUAGE,
    "table": _LANGUAGE,
    "thead": {},
    "tbody": {},
    "tr": {},
    "th": {"scope": one_of("row", "col", "rowgroup", "colgroup"), **_CELL},
    "td": _CELL,
    "figure": _LANGUAGE,
    "figcaption": _LANGUAGE,
    "hr": {},
    "br": {},
    "img": {"src": protected_image, "alt": clean_line, "width": _PIXELS, "height": _PIXELS},
    "a": {"href": link_address, "hreflang": language_tag, "lang": language_tag},
    "strong": {},
    "em": {},
    "sub": {},
    "sup": {},
    "span": _LANGUAGE,
}

ALLOWED_TAGS = frozenset(ALLOWED_ATTRIBUTES)


def allowed_attributes(tag: str, attributes: dict[str, str]) -> dict[str, str]:
    """Those of `attributes` that `tag` may have, with the values to write, in the order to write them."""
    kept = {}
    for name, value_to_keep in ALLOWED_ATTRIBUTES[tag].items():
        if name in attributes and (value := value_to_keep(attributes[name])) is not None:
            kept[name] = value
    return kept


def _ascii(part: str) -> str:
    """`part` of an address with everything percent-encoded that an address can't hold; what is encoded stays so."""
    return quote(part, safe=_WRITTEN_IN_AN_ADDRESS)
