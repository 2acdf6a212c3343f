"""Frozen images: a copy of each published image, kept under the SHA-256 of its bytes.

Wagtail's own files can be replaced; what readers are served is this copy, by a view that asks entitlement. Writing is
idempotent, and the file stands before the row that names it, so that a crash leaves at most a file nobody names. A
redaction removes the file and leaves the row.
"""

import hashlib
import io
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.dispatch import Signal
from PIL import Image as PillowImage

from .models import PublishedImage, RedactedImage

#: Pillow's name of a format and the type it is served as; nothing else is ever frozen.
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

#: Sent with `image_hash`: whoever keeps copies of a frozen image removes them. May be sent again.
image_redacted = Signal()

#: Seconds after which a file still being written belongs to no living process.
ABANDONED = 60

#: Readable by the server's own people, as every file of MEDIA_ROOT.
FILE_MODE = 0o644


class UnusableImage(ValueError):
    """The file is not an image of a format that is served."""


class ImageWasRedacted(UnusableImage):
    """The image was published and redacted; its bytes are never kept again."""


def storage() -> FileSystemStorage:
    """Where frozen images stand; no address leads into it."""
    return FileSystemStorage(location=Path(settings.MEDIA_ROOT) / "published", base_url=None)


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def freeze_image(image) -> PublishedImage:
    """The frozen copy of a Wagtail `image`, made now if there is none yet. Raises UnusableImage."""
    try:
        with image.open_file() as file:
            file.seek(0)
            content = file.read()
    except OSError as error:
        raise UnusableImage(str(image)) from error
    digest = hashlib.sha256(content).hexdigest()
    existing = PublishedImage.objects.filter(pk=digest).first()
    if existing is None:
        try:
            mime, width, height = described(content)
        except (KeyError, OSError, ValueError, PillowImage.DecompressionBombError) as error:
            raise UnusableImage(str(image)) from error
    elif RedactedImage.objects.filter(pk=digest).exists():
        raise ImageWasRedacted(str(image))
    files = storage()
    if not files.exists(_name(digest)) or files.size(_name(digest)) != len(content):
        _write(Path(files.path(_name(digest))), content)
    return existing or PublishedImage.objects.create(
        hash=digest, width=width, height=height, mime=mime, size=len(content)
    )


def described(content: bytes) -> tuple[str, int, int]:
    """(type it is served as, width, height) of the picture in `content`.

    Raises KeyError for a format that isn't served, and what Pillow raises for what is no picture.
    """
    with PillowImage.open(io.BytesIO(content)) as picture:
        return FORMATS[picture.format], *picture.size


def _write(path: Path, content: bytes) -> None:
    """Writes the file whole or not at all, and has it on the disk before the row that names it is committed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, FILE_MODE)
    os.replace(file.name, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_published_image(digest: str):
    """The frozen bytes as an open file. Raises FileNotFoundError where there are none."""
    return storage().open(_name(digest))


def remove_frozen(digest: str) -> None:
    """Removes the frozen bytes of a redacted image and has every room remove its copies; may be done again."""
    files = storage()
    files.delete(_name(digest))
    remove_abandoned(Path(files.path(_name(digest))).parent)
    image_redacted.send(sender=RedactedImage, image_hash=digest)


def remove_abandoned(folder: Path) -> None:
    """Removes from `folder` what a process that was killed while writing an image left half-written."""
    for draft in folder.glob("tmp*"):
        with suppress(FileNotFoundError):
            if time.time() - draft.stat().st_mtime > ABANDONED:
                draft.unlink()


def is_frozen(digest: str) -> bool:
    """Whether the frozen bytes are there."""
    return storage().exists(_name(digest))
