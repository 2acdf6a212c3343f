"""The results page. Joins what is asked, what is found and the presence of the reader; decides nothing else."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from bulletin import vocabulary
from bulletin.models import Item
from metrics.presence import record_read
from subscribers.models import Token
from subscribers.token_access import readable_by_token

from .asked import KINDS, Asked, read
from .engines.protocol import EngineUnavailable
from .finding import Found, find
from .language_help import PARTS
from .query_language import MAXIMUM_QUERY_LETTERS

logger = logging.getLogger(__name__)


@require_safe
@readable_by_token(Token.Scope.SEARCH)
@vary_on_cookie
@cache_control(private=True, no_cache=True)
def results(request: HttpRequest) -> HttpResponse:
    """Results for `q`; the form alone without it; a sentence, with status 503, while the engine is away.

    Counts the search as a read; asking for the headers alone is none.
    """
    asked = read(request.GET)
    found: Found | None = None
    unavailable = False
    if asked.text:
        if request.method == "GET":
            record_read(request, channel="search")
        try:
            found = find(asked, request.reader.keys)
        except EngineUnavailable as error:
            logger.warning("search_unavailable error=%s", error)
            unavailable = True
    context = {
        "asked": asked,
        "found": found,
        "unavailable": unavailable,
        "kinds": _kinds(asked),
        "languages": _languages(asked),
        "maximum_query_letters": MAXIMUM_QUERY_LETTERS,
        "orders": _orders(asked),
        "unfiltered": asked.address(tur="", dil="", baslangic="", bitis=""),
        "previous_page": asked.address(sayfa=str(asked.page - 1)) if asked.page > 1 else "",
        "next_page": asked.address(sayfa=str(asked.page + 1)) if found and found.has_next else "",
    }
    context["examples"] = EXAMPLES
    response = render(request, "search/results.html", context, status=503 if unavailable else 200)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@vary_on_cookie
@cache_control(private=True, no_cache=True)
def language_help(request: HttpRequest) -> HttpResponse:
    """`/ara/yardim/`: the query language, with examples to try."""
    return render(request, "search/help.html", {"parts": PARTS})


#: Queries shown where nothing was asked yet: words, an exact phrase, a word that isn't wanted.
EXAMPLES = ("deniz taşımacılığı", '"Millet Meclisi"', "enerji -petrol")


def _kinds(asked: Asked) -> list[tuple[str, str, bool]]:
    """(value, label, whether chosen) of each kind."""
    labels = {
        Item.Kind.NEWS: gettext("Haberler"),
        Item.Kind.STATEMENT: gettext("Açıklamalar"),
        Item.Kind.BULLETIN: gettext("Bültenler"),
    }
    return [(path, labels[kind], path == asked.values.get("tur")) for path, kind in KINDS.items()]


def _languages(asked: Asked) -> list[tuple[str, str, bool]]:
    """(code, name, whether chosen) of the languages to choose from."""
    chosen = asked.values.get("dil", "")
    codes = {*vocabulary.OFFERED_LANGUAGES, *filter(None, [chosen])}
    return [(code, name, code == chosen) for code, name in vocabulary.languages() if code in codes]


def _orders(asked: Asked) -> list[tuple[str, str, bool]]:
    """(query string, label, whether it is this one) of each order."""
    newest = asked.values.get("sira") == "yeni"
    return [
        (asked.address(sira="", sayfa=""), gettext("En ilgili"), not newest),
        (asked.address(sira="yeni", sayfa=""), gettext("En yeni"), newest),
    ]
