"""What the room gives at addresses of the whole site."""

from django.urls import URLPattern, path

from adme.api.views import catalogue

app_name = "site"
urlpatterns: list[URLPattern] = [
    path("catalogue.jsonld", catalogue.catalogue, name="catalogue"),
]
