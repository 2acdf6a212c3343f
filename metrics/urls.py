"""Addresses of the indicators, in each language of the interface."""

from django.urls import path

from . import views

app_name = "metrics"

urlpatterns = [
    path("h2-1/", views.h21_page, name="h21"),
    path("h2-1.csv", views.h21_csv, name="h21_csv"),
]
