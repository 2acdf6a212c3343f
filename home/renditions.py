"""Smaller copies of frozen images, made when first asked for and kept in the media folder under hash and width.

The frozen original decides everything, so a copy never goes stale; it is written beside its place and moved there in
one step, so that two processes that make the same one leave a whole file.
"""

import logging
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from PIL import Image as PillowImage
from PIL import ImageOps

from bulletin.images import open_published_image, remove_abandoned
from bulletin.models import PublishedImage

logger = logging.getLogger(__name__)

#: Pillow's format and its settings for each type that is served.
FORMATS = {
    "image/jpeg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
    "image/png": ("PNG", {"optimize": True}),
    "image/webp": ("WEBP", {"quality": 82}),
}


class UnreadableImage(ValueError):
    """The frozen bytes can't be drawn."""


def open_rendition(picture: PublishedImage, width: int) -> BinaryIO:
    """`picture` at most `width` pixels wide, as an open file. An image is never enlarged.

    Raises FileNotFoundError where the frozen file is gone, UnreadableImage where it can't be drawn.
    """
    path = _folder(picture.hash) / f"{picture.hash}-{width}"
    try:
        return path.open("rb")
    except FileNotFoundError:
        _make(picture, width, path)
        return path.open("rb")


def remove_renditions(sender, image_hash: str, **_signal) -> None:
    """Receiver of `image_redacted`: no smaller copy of the image is left, of whatever width."""
    folder = _folder(image_hash)
    for copy in folder.glob(f"{image_hash}-*"):
        copy.unlink(missing_ok=True)
    remove_abandoned(folder)


def _folder(image_hash: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "renditions" / image_hash[:2]


def _make(picture: PublishedImage, width: int, path: Path) -> None:
    pillow_format, options = FORMATS[picture.mime]
    try:
        with open_published_image(picture.hash) as original, PillowImage.open(original) as drawn:
            upright = ImageOps.exif_transpose(drawn)
            smaller = upright
            if upright.width > width:
                height = max(1, round(upright.height * width / upright.width))
                if upright.mode == "P":
                    upright = upright.convert("RGBA")
                smaller = upright.resize((width, height), PillowImage.Resampling.LANCZOS)
            _write(smaller, path, pillow_format, options)
    except FileNotFoundError:
        logger.exception("published_image_missing hash=%s", picture.hash)
        raise
    except (OSError, ValueError, PillowImage.DecompressionBombError) as error:
        logger.exception("published_image_unreadable hash=%s", picture.hash)
        raise UnreadableImage(picture.hash) from error


def _write(drawn: PillowImage.Image, path: Path, pillow_format: str, options: dict) -> None:
    """Without the original's metadata, which can hold the place where a picture was taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn.info = {name: drawn.info[name] for name in ("icc_profile", "transparency") if name in drawn.info}
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            drawn.save(file, pillow_format, **options)
        except BaseException:
            os.unlink(file.name)
            raise
    os.replace(file.name, path)
