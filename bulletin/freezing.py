"""Freezing: from an item's fields to the text that is offered.

HTML is expanded first (links to pages and documents become addresses), then sanitised, then hashed together with every
field a reader sees or filters on. Nothing that readers are shown is computed later from fields that can be edited.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from subscribers.canonical import digest

from .counting import RULE, CharacterCount, count_item, count_text
from .images import ImageWasRedacted, UnusableImage, freeze_image
from .models import Item, PublishedContent
from .sanitising import clean_line, clean_text, offered_html

#: The parts of a frozen content that its hash covers.
HASHED_PARTS = ("title", "summary", "html", "metadata")


@dataclass(frozen=True)
class FrozenContent:
    """Title and summary as plain text, body as sanitised HTML, metadata as plain JSON values."""

    title: str
    summary: str
    html: str
    metadata: dict = field(default_factory=dict)

    @property
    def hash(self) -> str:
        return digest({name: getattr(self, name) for name in HASHED_PARTS})

    def count(self, *, rule: int = RULE) -> CharacterCount:
        """Its characters, by `rule`."""
        return count_content(self, rule=rule)

    def save(self) -> PublishedContent:
        """Its row, made now if there is none yet."""
        existing = PublishedContent.objects.filter(pk=self.hash).first()
        return existing or PublishedContent.objects.create(
            hash=self.hash, title=self.title, summary=self.summary, html=self.html, metadata=self.metadata
        )


def freeze(item: Item, *, entries: list[dict] | None = None, with_image: bool = False) -> FrozenContent:
    """What readers would be offered if `item` were published as it stands.

    entries: a bulletin's frozen references ({section, item, sequence}). with_image: copy the image too, as publishing
    does; without it the metadata says there is none. Raises ValidationError where the text can't be offered.
    """
    item = item.specific
    metadata = {
        "kind": item.kind,
        "language": item.language,
        "translation_of": str(item.translation_of.uuid) if item.translation_of_id else None,
        **item.metadata_fields(),
    }
    if item.kind == Item.Kind.BULLETIN:
        metadata["entries"] = entries or []
        metadata["headings"] = item.headings()
    if item.kind == Item.Kind.NEWS:
        metadata["image"] = _image(item) if with_image and item.image_id else None
    return FrozenContent(
        title=clean_line(item.title),
        summary=clean_text(item.summary),
        html=offered_html(item.body),
        metadata=metadata,
    )


def count_content(content, *, rule: int = RULE) -> CharacterCount:
    """The characters of a frozen content (FrozenContent or PublishedContent), by `rule`."""
    count = count_item(content.title, content.summary, content.html, rule=rule)
    for heading in content.metadata.get("headings", ()):
        count += count_text(heading)
    return count


def _image(item) -> dict:
    try:
        frozen = freeze_image(item.image)
    except ImageWasRedacted as error:
        raise ValidationError(
            {"image": gettext("Bu görsel karartılmış; yeniden sunulamaz. Başka bir görsel seçin.")}
        ) from error
    except (UnusableImage, FileNotFoundError) as error:
        raise ValidationError(
            {"image": gettext("Görsel okunamıyor: JPEG, PNG ya da WebP olarak yeniden yükleyin.")}
        ) from error
    return {
        "hash": frozen.hash,
        "width": frozen.width,
        "height": frozen.height,
        "alt": item.image_alt,
        "credit": item.image_credit,
    }
