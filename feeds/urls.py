"""Addresses of the feeds, the same in every language of the interface."""

from django.urls import path

from . import views

app_name = "feeds"

urlpatterns = [
    path("haberler.xml", views.feed, {"kind": "news"}, name="news"),
    path("aciklamalar.xml", views.feed, {"kind": "statement"}, name="statements"),
    path("bultenler.xml", views.feed, {"kind": "bulletin"}, name="bulletins"),
]
