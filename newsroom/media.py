"""Wagtail's own image files, for the admin alone: readers are served frozen copies by a view that asks entitlement."""

import posixpath

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest
from django.views.static import serve

#: The folders of Wagtail's images under MEDIA_ROOT. Nothing else in it is ever served from here.
FOLDERS = ("images", "original_images")


def editors_media(request: HttpRequest, path: str) -> FileResponse:
    """An image or a rendition; for whoever may not enter the admin there is none."""
    # As `serve` reads it: a path can lead out of the folder that it begins with.
    path = posixpath.normpath(path)
    if path.partition("/")[0] not in FOLDERS or not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except (SuspiciousFileOperation, OSError) as error:  # OSError: no file can have this name
        raise Http404 from error
    response["Cache-Control"] = "private, max-age=3600"
    return response
