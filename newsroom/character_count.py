"""Karakter sayısı while typing: the one counting function, asked by the editor's page.

The body arrives as the editing area's JSON, is read as on saving, and is expanded, sanitised and counted as on
publishing (`bulletin.freezing`), so that the figure shown is the one the log will hold.
"""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bulletin.counting import CharacterCount
from bulletin.freezing import FrozenContent
from bulletin.models import Bulletin, BulletinEntry, Item, NewsItem, Statement
from bulletin.sanitising import MAXIMUM_BODY_BYTES, clean_line, clean_text, offered_html

from .body_area import BodyArea, UnreadableBody

#: Largest request answered, in bytes: the editing area's JSON is at most about three times the HTML it stands for.
MAXIMUM_REQUEST_BYTES = 4 * MAXIMUM_BODY_BYTES

#: Section headings counted at most.
MAXIMUM_HEADINGS = 1_000


def count(title: str, summary: str, body: str, headings: Sequence[str] = ()) -> CharacterCount:
    """The characters that an item with these words would have in the log. `body` is stored HTML.

    Raises TooLarge (a ValidationError) for a body that could not be saved.
    """
    return FrozenContent(
        title=clean_line(title),
        summary=clean_text(summary),
        html=offered_html(body),
        metadata={"headings": headings},
    ).count()


def count_draft(item: Item) -> CharacterCount | None:
    """The characters of `item` as it stands; None where its body is too large to be counted or offered."""
    try:
        return count(item.title, item.summary, item.body or "", item.headings())
    except ValidationError:
        return None


def headings_of(sections: Sequence[str]) -> list[str]:
    """The headings a bulletin with these sections, one for each entry in order, would have."""
    entries = [BulletinEntry(section=section, sort_order=place) for place, section in enumerate(sections)]
    return Bulletin(entries=entries).headings()


def _may_count(user) -> bool:
    return any(
        user.has_perm(f"bulletin.{action}_{model._meta.model_name}")
        for model in (NewsItem, Statement, Bulletin)
        for action in ("add", "change")
    )


@require_POST
def character_count(request: HttpRequest) -> JsonResponse:
    """POST title, summary, body (the editing area's JSON), section (repeated).

    Answers {characters, characters_without_spaces}, in code points; 403 without permission to write, 413 and 400 with
    {error} for what is too large or can't be read.
    """
    if not _may_count(request.user):
        return JsonResponse({"error": _("İçerik yazma yetkiniz yok.")}, status=403)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAXIMUM_REQUEST_BYTES:
        return JsonResponse({"error": _("Metin sayılamayacak kadar büyük.")}, status=413)
    try:
        body = BodyArea().read(request.POST.get("body", ""))
        counted = count(
            request.POST.get("title", ""),
            request.POST.get("summary", ""),
            body,
            headings_of(request.POST.getlist("section")[:MAXIMUM_HEADINGS]),
        )
    except UnreadableBody:
        return JsonResponse({"error": _("Metin okunamadı.")}, status=400)
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=413)
    return JsonResponse(
        {
            "characters": counted.characters,
            "characters_without_spaces": counted.characters_without_spaces,
        }
    )
