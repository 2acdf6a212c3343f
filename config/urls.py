"""Addresses: the site in Turkish at / and in English at /en/; feeds, images and the admin have no language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls

urlpatterns = [
    path("yonetim/", include("newsroom.urls")),
    path("rss/", include("feeds.urls")),
    path("", include("home.unprefixed_urls")),
]

urlpatterns += i18n_patterns(
    path("", include("subscribers.urls")),
    path("hesap/", include("account.urls")),
    path("ara/", include("search.urls")),
    path("gostergeler/", include("metrics.urls")),
    path("", include("home.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)

#: What may not be read answers like what isn't there.
handler403 = "home.errors.not_found"
handler404 = "home.errors.not_found"
handler400 = "home.errors.not_understood"
handler500 = "home.errors.failed"
