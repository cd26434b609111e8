"""Addresses of this room."""

from django.urls import URLPattern

app_name = "sdmx"
urlpatterns: list[URLPattern] = []
