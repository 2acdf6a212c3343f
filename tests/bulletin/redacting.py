"""What the tests of redaction share: a text with rare words in every place, two persons, and where to look for it."""

import gzip
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import brotli
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from bulletin import redaction, redaction_finishing
from bulletin.models import Redaction, RedactionDecision
from bulletin.redaction_scope import scope_of
from tests import factories

#: Rare words, plain ASCII so that no way of writing JSON or HTML changes them. `address` stands in the log's address.
WORDS = {
    "title": "zumrutanka",
    "summary": "kizilgerdanlik",
    "body": "yalicapkini",
    "alt": "ibibikkusu",
    "credit": "karatavukcu",
    "original_title": "quebrantahuesos",
    "original_text": "schwarzstorch",
    "translator": "bulbulzade",
    "image_title": "catalkuyruk",
}


def rare_fields(**fields) -> dict:
    """The fields of a news item that holds every one of WORDS."""
    return {
        "title": f"Gizli tanık {WORDS['title']} konuştu",
        "summary": f"Spot cümlesi {WORDS['summary']} ile geçer.",
        "body": f"<p>Bu paragrafta {WORDS['body']} adlı kişinin evi uzun uzun anlatılır.</p><p>İkinci paragraf.</p>",
        "original_title": f"Titulo {WORDS['original_title']}",
        "original_text": f"Der Text nennt {WORDS['original_text']} beim Namen.",
        "original_url": "https://example.org/kaynak",
        "translator": WORDS["translator"],
        "image_alt": f"Fotoğrafta {WORDS['alt']} görülüyor",
        "image_credit": WORDS["credit"],
        **fields,
    }


def rare_image(**fields):
    """An editors' image whose title is rare words too."""
    image = factories.image(**{"colour": "#a1b2c3", **fields})
    image.title = f"{WORDS['image_title']} kapıda"
    image.save()
    return image


def two_persons():
    """(who asks, who decides)."""
    return factories.person(role="chief_editor"), second_person()


def second_person(**fields):
    """Who decides: their account is older than any request of the test."""
    return factories.person(role="administrator", date_joined=timezone.now() - timedelta(days=1), **fields)


def asked(item, *, by=None, **fields) -> Redaction:
    return redaction.ask(
        item,
        user=by or factories.person(role="chief_editor"),
        **{
            "ground": "court_order",
            "decision_number": "2026/114 D. İş",
            "decision_date": date(2026, 1, 5),
            "note": "Mahkemenin kararı gereği.",
            **fields,
        },
    )


def approved(request: Redaction, *, by=None) -> RedactionDecision:
    by = by or second_person()
    return redaction.approve(request, user=by, seen=scope_of(request).fingerprint)


def redacted(item, **fields) -> Redaction:
    """`item` asked for and approved; what follows after commit is not finished yet."""
    request = asked(item, **fields)
    approved(request)
    return Redaction.objects.get(pk=request.pk)


def finish(request: Redaction) -> list[str]:
    """Finishes it as the worker would a while later; the names of the places that remain."""
    request = Redaction.objects.select_related("decision", "item").get(pk=request.pk)
    later = timezone.now() + timedelta(minutes=2)
    return [place.name for place, _words in redaction_finishing.finish(request, now=later)]


def columns() -> Iterator[tuple[str, str]]:
    """(table.column, value as text) of every value in the database that is a text, JSON or bytes."""
    for model in apps.get_models():
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            if not isinstance(
                field, models.CharField | models.TextField | models.JSONField | models.BinaryField
            ):
                continue
            for value in model._base_manager.values_list(field.attname, flat=True).iterator():
                yield f"{model._meta.db_table}.{field.column}", readable(value)


def readable(value) -> str:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        for unpacked in (gzip.decompress, brotli.decompress):
            try:
                return unpacked(raw).decode(errors="replace")
            except Exception:
                continue
        return raw.decode(errors="replace")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def places_of(*words: str) -> set[str]:
    """The columns in which one of `words` stands, in whatever case."""
    return {place for place, text in columns() for word in words if word in text.lower()}


def files_with(*words: bytes, but: tuple[str, ...] = ()) -> set[str]:
    """The files under VAR (the search index, images, the database of a test of its own) that hold one of `words`."""
    found = set()
    for path in Path(settings.VAR).rglob("*"):
        if path.is_file() and path.name not in but:
            held = path.read_bytes()
            found |= {path.name for word in words if word in held}
    return found
