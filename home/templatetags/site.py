"""What the site's templates ask of Python: addresses in the reader's language, names, days, marks.

Loaded as `{% load site %}` by the templates of every room that extends `templates/site/base.html`.
"""

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from bulletin import vocabulary
from feeds.channels import CHANNELS

from .. import addresses, days, marks, preview, reading
from ..models import PlanPage

register = template.Library()

#: Root, home page, the plan's first page.
PLAN_DEPTH = 3

register.filter("localised", addresses.localised)
register.filter("country", vocabulary.country_name)
register.filter("language_name", vocabulary.language_name)
register.filter("direction", vocabulary.direction)
register.filter("full_day", days.full_day)
register.filter("plain_day", days.plain_day)
register.filter("clock", days.clock)
register.filter("machine_time", days.machine_time)
register.filter("marks", marks.marks_of)
register.filter("row_source", reading.row_source)
register.filter("text_language", reading.text_language)
register.filter("capitalised", vocabulary.capitalised)
register.simple_tag(addresses.section_address)
register.simple_tag(addresses.page_address)
register.simple_tag(addresses.other_languages)
register.simple_tag(addresses.front_pages)
register.simple_tag(preview.reading_of_draft)


@register.filter
def frozen_html(html: str) -> SafeString:
    """A published body. Safe because it was sanitised before it was frozen, and is never changed after."""
    return mark_safe(html)


@register.filter
def language_in_itself(code: str) -> str:
    """A language of the interface as its own readers write it: Türkçe, English."""
    return get_language_info(code)["name_local"]


@register.simple_tag
def image_address(image: dict, width: int) -> str:
    """The address of a published image at most `width` pixels wide."""
    return reverse("image", args=(image["hash"], width))


@register.simple_tag
def image_sources(image: dict) -> str:
    """The `srcset` of a published image: the served widths, none beyond its own but the first."""
    widths = [width for width in reading.IMAGE_WIDTHS if width <= image["width"]] or [reading.IMAGE_WIDTHS[0]]
    largest = min(max(reading.IMAGE_WIDTHS), image["width"])
    if largest not in widths:
        widths.append(next(width for width in reading.IMAGE_WIDTHS if width >= largest))
    return ", ".join(f"{image_address(image, width)} {min(width, image['width'])}w" for width in widths)


@register.simple_tag
def feed_address(kind: str) -> str:
    """The address of the feed of `kind`; empty where there is none."""
    return CHANNELS[kind].path if kind in CHANNELS else ""


@register.simple_tag
def plan_pages() -> list[dict]:
    """The sections of the plan ({title, address}), for the footer. One query."""
    pages = PlanPage.objects.live().filter(depth=PLAN_DEPTH + 1).order_by("path")
    return [
        {"title": page.shown_title, "address": addresses.page_address(addresses.PLAN_SLUG, page.slug)}
        for page in pages.only("slug", "title", "title_en")
    ]
