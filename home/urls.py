"""Addresses of item pages and of the list of feeds, in the language of the interface."""

from django.urls import path, re_path

from . import views
from .feed_list import feed_list

app_name = "site"

ITEM = (
    r"^(?P<kind_path>haber|aciklama|bulten)/(?P<year>[0-9]{1,4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/"
    r"(?P<slug>[-\w]*)-(?P<pk>[0-9]{1,18})/"
)

urlpatterns = [
    re_path(ITEM + r"$", views.item, name="item"),
    re_path(ITEM + r"surum/(?P<edition>[0-9]{1,9})/$", views.edition, name="edition"),
    path("beslemeler/", feed_list, name="feeds"),
]
