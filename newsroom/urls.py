"""Addresses of the editors' admin, under /yonetim/: Wagtail's, with our pages in it, and the editors' image files."""

from django.urls import include, path
from wagtail.admin.urls import urlpatterns as admin_patterns
from wagtail.utils.urlpatterns import decorate_urlpatterns

from .media import editors_media
from .policy import guarded

urlpatterns = [
    path("media/<path:path>", editors_media, name="editors_media"),
    path("", include(decorate_urlpatterns(admin_patterns, guarded))),
]
