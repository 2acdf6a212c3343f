"""What search engines on the internet may fetch: robots.txt and the sitemap of public items, by month.

The sitemap holds what a visitor may read, in parts of at most 10,000 addresses (the protocol allows 50,000), each item
with the moment it changed last.
"""

import re
from datetime import date, datetime
from itertools import groupby

from django.core.cache import cache
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from bulletin import projections
from bulletin.calendar import midnight
from bulletin.models import CurrentItem
from subscribers.entitlement import ANONYMOUS_KEYS

#: Addresses in one part.
PART = 10_000
XML = "application/xml; charset=utf-8"


def public_items():
    """The items a visitor may read."""
    return CurrentItem.objects.readable_by(ANONYMOUS_KEYS)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The sitemap's parts: one of the tree's pages, and for each month as many as its items need."""
    parts = [{"address": absolute(request, reverse("sitemap_pages"))}]
    for month, items, changed_at in _months():
        for part in range(1, -(-items // PART) + 1):
            address = absolute(request, reverse("sitemap_month", kwargs={"month": month, "part": part}))
            parts.append({"address": address, "changed_at": changed_at})
    return render(request, "home/sitemap_index.xml", {"parts": parts}, content_type=XML)


def _months() -> list[tuple[str, int, datetime]]:
    """(`YYYY-MM`, public items, when one of them changed last) of each month that has any, newest first.

    Every public item is looked at for it, so it is kept until the log goes on.
    """
    head = projections.head()
    return cache.get_or_set(f"sitemap:{head.sequence}:{head.hash}", _count_months, timeout=24 * 60 * 60)


def _count_months() -> list[tuple[str, int, datetime]]:
    days = (
        public_items()
        .values_list("first_offered_on")
        .annotate(items=Count("pk"), changed_at=Max("offered_at"))
        .order_by("-first_offered_on")
    )
    months = []
    for month, group in groupby(days, key=lambda row: f"{row[0].year:04}-{row[0].month:02}"):
        _days, numbers, moments = zip(*group, strict=True)
        months.append((month, sum(numbers), max(moments)))
    return months


@require_safe
def month(request: HttpRequest, month: str, part: str) -> HttpResponse:
    """One part of one month's items."""
    start, end = bounds(month)
    first = (int(part) - 1) * PART
    items = (
        public_items()
        .filter(first_offered_at__gte=start, first_offered_at__lt=end)
        .newest_first()
        .values_list("url_path", "offered_at")[first : first + PART]
    )
    addresses = [
        {"address": absolute(request, url_path), "changed_at": offered_at} for url_path, offered_at in items
    ]
    if not addresses:
        raise Http404
    return render(request, "home/sitemap.xml", {"addresses": addresses}, content_type=XML)


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """The pages of the tree."""
    site = Site.find_for_request(request)
    tree = Page.objects.live().public().descendant_of(site.root_page, inclusive=True) if site else []
    addresses = [
        {"address": absolute(request, page.get_url(request)), "changed_at": page.last_published_at}
        for page in tree
    ]
    return render(request, "home/sitemap.xml", {"addresses": addresses}, content_type=XML)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots are asked to leave alone, and where the sitemap is."""
    lines = [
        "User-agent: *",
        "Disallow: /yonetim/",
        "Disallow: /giris/",
        "Disallow: /hesap/",
        "Disallow: /davet/",
        "Disallow: /parola/",
        "Disallow: /ara/",
        "Disallow: /en/giris/",
        "Disallow: /en/hesap/",
        "Disallow: /en/davet/",
        "Disallow: /en/parola/",
        "Disallow: /en/ara/",
        "",
        f"Sitemap: {absolute(request, reverse('sitemap'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def absolute(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(path)


def bounds(month: str) -> tuple[datetime, datetime]:
    """The half-open interval of local midnights that `YYYY-MM` names. Raises Http404 where it is no month."""
    match = re.fullmatch(r"(\d{4})-(\d{2})", month, re.ASCII)
    try:
        start = date(int(match[1]), int(match[2]), 1)
        end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        return midnight(start), midnight(end)
    except (ValueError, OverflowError):
        raise Http404 from None
