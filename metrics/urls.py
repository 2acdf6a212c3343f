"""Addresses of the indicators, in each language of the interface."""

from django.urls import path

from . import views, year_views

app_name = "metrics"

urlpatterns = [
    path("h2-1/", views.h21_page, name="h21"),
    path("h2-1.csv", views.h21_csv, name="h21_csv"),
    path("yillar/", year_views.years, name="years"),
    path("yillar/<int:year>/kapat/", year_views.close_year, name="close_year"),
]
