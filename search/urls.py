"""Addresses of search."""

urlpatterns = []
