"""Addresses of the editors' admin, under /yonetim/: Wagtail's, with our pages in it, and the editors' image files.

The texts of Wagtail's scripts come from Wagtail's own catalogue and then from ours, which wins (`ScriptTexts`).
"""

from django.conf import settings
from django.http import Http404
from django.urls import include, path, re_path
from django.views.decorators.http import require_POST
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.auth import require_admin_access
from wagtail.admin.localization import get_localized_response
from wagtail.admin.urls import urlpatterns as admin_patterns
from wagtail.admin.views.account import LogoutView
from wagtail.utils.urlpatterns import decorate_urlpatterns

from subscribers.signing_in import sign_in_door

from .media import editors_media
from .own_settings import OwnSettingsView
from .policy import guarded


class ScriptTexts(JavaScriptCatalog):
    """Wagtail's catalogue for its scripts with the project's own laid over it."""

    packages = ("wagtail.admin",)

    def get_paths(self, packages):
        return [*super().get_paths(packages), *map(str, settings.LOCALE_PATHS)]


_script_texts = ScriptTexts.as_view()


def script_texts(request):
    """In the language that the person chose for the admin, as Wagtail's own."""
    return get_localized_response(_script_texts, request)


def closed(request):
    """A door of Wagtail's that has no use here: nothing is there."""
    raise Http404


#: Documents are not offered, so nobody uploads any; choosers choose and make nothing; pages are changed in the admin's
#: pages and not by programs; what tries out error pages fails on purpose.
CLOSED = (
    r"^documents/",
    r"^api/main/(?:documents|images|pages/find|pages/[0-9]+/action)/",
    r"^snippets/choose/bulletin/[a-z]+/create/$",
    r"^icerik-sec/create/$",
    r"^(?:failwhale|test404)/$",
)

urlpatterns = [
    *(re_path(pattern, guarded(closed)) for pattern in CLOSED),
    path("jsi18n/", guarded(script_texts), name="wagtailadmin_javascript_catalog"),
    # Wagtail's own page knows of one step only.
    path("login/", guarded(sign_in_door), name="wagtailadmin_login"),
    # Wagtail's own forgets the browser's cookie even where it refuses to sign out.
    path("logout/", require_POST(guarded(LogoutView.as_view())), name="wagtailadmin_logout"),
    path("account/", guarded(require_admin_access(OwnSettingsView.as_view())), name="wagtailadmin_account"),
    path("media/<path:path>", editors_media, name="editors_media"),
    path("", include(decorate_urlpatterns(admin_patterns, guarded))),
]
