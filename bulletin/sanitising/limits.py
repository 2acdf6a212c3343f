"""How large a body may be, in bytes and in elements, and the sentences for one that is larger."""

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

#: Largest body, before and after sanitising, in bytes of UTF-8; about eight times the longest speech known.
MAXIMUM_BODY_BYTES = 1_000_000

#: Most elements in a body, after sanitising: paragraphs, entries, links, formats.
MAXIMUM_ELEMENTS = 10_000


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


class TooManyElements(TooLarge):
    """A body is made of more elements than are accepted; bleach takes time in proportion to their square."""

    def __init__(self):
        ValidationError.__init__(
            self,
            _(
                "Metin çok fazla parçadan oluşuyor: paragraf, madde, bağlantı ve biçimlerin toplamı en çok "
                "%(limit)s olabilir. Metni bölün."
            ),
            code="too_many_elements",
            params={"limit": number_format(MAXIMUM_ELEMENTS, force_grouping=True)},
        )


def check_size(text: str) -> None:
    """Raises TooLarge if `text` has more than MAXIMUM_BODY_BYTES bytes of UTF-8."""
    size = len(text) if len(text) > MAXIMUM_BODY_BYTES else len(text.encode("utf-8", "surrogatepass"))
    if size > MAXIMUM_BODY_BYTES:
        raise TooLarge(size)


def check_elements(html: str) -> None:
    """Raises TooManyElements if well-formed `html` has more than MAXIMUM_ELEMENTS tags that begin an element."""
    if html.count("<") - html.count("</") > MAXIMUM_ELEMENTS:
        raise TooManyElements
