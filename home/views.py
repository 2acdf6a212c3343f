"""Item pages: an item, one of its earlier editions, and the images they show.

Each looks the item up among what the reader may read. What isn't there and what may not be read end in the same
`Http404`, before anything else is done, and so in the same answer.
"""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bulletin.current_items import keys_of_publication
from bulletin.models import CurrentItem, Publication, PublishedImage
from metrics.presence import record_read
from subscribers.entitlement import PUBLIC

from . import renditions
from .addresses import localised
from .answers import answered, unchanging
from .gathered import edition_path, gathered_sections
from .reading import IMAGE_WIDTHS, Correction, Reading, reading_of


@require_safe
def item(request: HttpRequest, pk: str, **address: str) -> HttpResponse:
    """The newest edition of an item. An address that isn't the item's own leads to that one."""
    current = readable_item(request, pk)
    own_address = localised(current.url_path)
    if request.path != own_address:
        return HttpResponsePermanentRedirect(own_address)
    reading = reading_of(
        current.publication,
        kind=current.kind,
        url_path=current.url_path,
        first_offered_at=current.first_offered_at,
    )
    return item_page(request, reading, current)


@require_safe
def edition(request: HttpRequest, pk: str, edition: str, **address: str) -> HttpResponse:
    """One edition under an address that will always be its own, for a reader who may open it and the item's newest."""
    current = readable_item(request, pk)
    number = int(edition)
    publication = (
        rows_of(current).filter(edition=number).select_related("content").order_by("-sequence").first()
    )
    if publication is None or not request.reader.keys & keys_of_publication(publication):
        raise Http404
    own_address = localised(edition_path(current.url_path, number))
    if request.path != own_address:
        return HttpResponsePermanentRedirect(own_address)
    reading = reading_of(
        publication,
        kind=current.kind,
        url_path=current.url_path,
        first_offered_at=current.first_offered_at,
        newest=number == current.edition,
    )
    return item_page(request, reading, current)


def readable_item(request: HttpRequest, pk: str) -> CurrentItem:
    """The item on offer with its newest publication. Raises Http404 where there is none that the reader may read."""
    try:
        return (
            CurrentItem.objects.readable_by(request.reader.keys)
            .select_related("publication__content")
            .get(pk=pk)
        )
    except CurrentItem.DoesNotExist:
        raise Http404 from None


def rows_of(current: CurrentItem):
    """The rows of an item's log in which it was on offer."""
    return Publication.objects.filter(item_id=current.pk).exclude(kind=Publication.Kind.WITHDRAWN)


def item_page(request: HttpRequest, reading: Reading, current: CurrentItem) -> HttpResponse:
    """Draws `reading` and counts the read; asking for the headers alone is none."""
    if request.method == "GET":
        record_read(request, channel="web")
    if current.edition > 1:
        reading.corrections = corrections_of(current, request.reader.keys, shown=reading.edition)
    if reading.kind == "bulletin":
        reading.sections = gathered_sections(reading.metadata.get("entries", []), request.reader.keys)
    response = render(
        request,
        reading.template,
        {"reading": reading, "here": reading.kind, "full_text": request.GET.get("metin") == "tam"},
    )
    # What a bulletin gathers can change without it, so no moment says when its page changed.
    changed_at = None if reading.kind == "bulletin" else current.publication.recorded_at
    return answered(request, response, changed_at=changed_at, public=PUBLIC in current.audience)


def corrections_of(current: CurrentItem, keys: frozenset[str], *, shown: int) -> list[Correction]:
    """Every edition but the first as a correction, newest first, with a way to those the reader may open.

    shown: the edition that the page is showing. A note tells what was wrong in the edition before it, so that of a
    redacted one and of the one after it is not shown. One query.
    """
    newest_rows: dict[int, Publication] = {}
    first_rows: dict[int, Publication] = {}
    for row in rows_of(current).select_related("content").defer("content__html").order_by("sequence"):
        first_rows.setdefault(row.edition, row)
        newest_rows[row.edition] = row
    redacted = {number for number, row in newest_rows.items() if row.content.redacted_at is not None}
    return [
        Correction(
            edition=number,
            offered_at=first_rows[number].offered_at,
            note="" if redacted & {number, number - 1} else first_rows[number].note,
            major=first_rows[number].major,
            address=(
                localised(edition_path(current.url_path, number))
                if number != shown and keys & keys_of_publication(row)
                else ""
            ),
        )
        for number, row in sorted(newest_rows.items(), reverse=True)
    ]


@require_safe
def image(request: HttpRequest, image_hash: str, width: str = str(IMAGE_WIDTHS[-1])) -> HttpResponse:
    """A frozen image, at most `width` pixels wide, for a reader who may open an edition that shows it."""
    if int(width) not in IMAGE_WIDTHS:
        raise Http404
    # What may not be read costs what isn't there does: the entitlement first, the picture after.
    shown = CurrentItem.objects.showing(image_hash, request.reader.keys)
    picture = PublishedImage.objects.filter(pk=image_hash).first() if shown.exists() else None
    if picture is None:
        raise Http404
    try:
        file = renditions.open_rendition(picture, int(width))
    except (renditions.UnreadableImage, FileNotFoundError):
        raise Http404 from None
    response = FileResponse(file, content_type=picture.mime)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return unchanging(request, response, name=f"{image_hash}-{width}")
