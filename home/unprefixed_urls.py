"""Addresses without a language: images, and what machines ask for."""

from django.urls import path, re_path

from . import health, sitemaps, views

urlpatterns = [
    re_path(r"^gorsel/(?P<image_hash>[0-9a-f]{64})/$", views.image, name="image_at_full_width"),
    re_path(r"^gorsel/(?P<image_hash>[0-9a-f]{64})/(?P<width>[0-9]{1,5})/$", views.image, name="image"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-sayfalar.xml", sitemaps.pages, name="sitemap_pages"),
    re_path(
        r"^sitemap-(?P<month>[0-9]{4}-[0-9]{2})-(?P<part>[1-9][0-9]{0,4})\.xml$",
        sitemaps.month,
        name="sitemap_month",
    ),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("saglik/", health.health, name="health"),
]
