"""Addresses of a person's own pages, in the language of the interface."""

from django.urls import path

from . import tokens, views

app_name = "account"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("dil/", views.choose_language, name="language"),
    path("verilerim.json", views.my_data, name="my_data"),
    path("anahtarlar/", tokens.token_list, name="tokens"),
    path("anahtarlar/<uuid:uuid>/yenile/", tokens.rotate_token, name="rotate_token"),
    path("anahtarlar/<uuid:uuid>/iptal/", tokens.revoke_token, name="revoke_token"),
    path("kurum/", views.agency, name="agency"),
    path("kurum/cagri/<int:pk>/geri-al/", views.withdraw_invitation, name="withdraw_invitation"),
    path("kurum/cagri/<int:pk>/yeniden/", views.send_invitation_again, name="send_invitation_again"),
    path("kurum/onayla/", views.confirm_people, name="confirm_people"),
    path("kurum/kisi/<int:pk>/cikar/", views.remove_person, name="remove_person"),
]
