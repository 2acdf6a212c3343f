"""Addresses of a person's own pages, in the language of the interface."""

from django.urls import path

from . import views

app_name = "account"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("verilerim.json", views.my_data, name="my_data"),
    path("kurum/", views.agency, name="agency"),
    path("kurum/onayla/", views.confirm_people, name="confirm_people"),
    path("kurum/kisi/<int:pk>/cikar/", views.remove_person, name="remove_person"),
]
