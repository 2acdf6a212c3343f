"""Addresses of the feeds, the same in every language of the interface.

Each feed has three: the public one; one that is read by token alone, sent in a header; one that holds the secret of a
token, for readers that know nothing else.
"""

from django.urls import path, register_converter

from subscribers.tokens import SecretConverter

from . import views

app_name = "feeds"

register_converter(SecretConverter, "secret")

urlpatterns = [
    path("haberler.xml", views.feed, {"kind": "news"}, name="news"),
    path("aciklamalar.xml", views.feed, {"kind": "statement"}, name="statements"),
    path("bultenler.xml", views.feed, {"kind": "bulletin"}, name="bulletins"),
    path("k/haberler.xml", views.private_feed, {"kind": "news"}, name="private_news"),
    path("k/aciklamalar.xml", views.private_feed, {"kind": "statement"}, name="private_statements"),
    path("k/bultenler.xml", views.private_feed, {"kind": "bulletin"}, name="private_bulletins"),
    path("k/<secret:secret>/haberler.xml", views.private_feed, {"kind": "news"}, name="secret_news"),
    path(
        "k/<secret:secret>/aciklamalar.xml",
        views.private_feed,
        {"kind": "statement"},
        name="secret_statements",
    ),
    path(
        "k/<secret:secret>/bultenler.xml", views.private_feed, {"kind": "bulletin"}, name="secret_bulletins"
    ),
]
