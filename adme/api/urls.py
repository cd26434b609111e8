"""Addresses of the JSON interface."""

from django.urls import URLPattern, path, re_path

from adme.accounts.policy import PUBLIC, policy
from adme.api.answering import public_answer
from adme.api.interface import interface
from adme.api.views import countries, description, figures, frameworks, indicators, metadata, releases, search, start

OPERATIONS = (countries, figures, frameworks, indicators, metadata, releases, search, start)
"""Where operations are declared: importing these has put them on the interface."""

app_name = "api"


def _declared(found: URLPattern) -> URLPattern:
    """An operation with what the house asks of every route; GET and HEAD, JSON."""
    assert found.name is not None  # noqa: S101 - each operation is declared with its name
    view = policy(PUBLIC, formats=("json",))(public_answer(found.callback, found.name))
    return path(str(found.pattern), view, name=found.name)


urlpatterns: list[URLPattern] = [
    path("openapi.json", description.openapi, name="openapi"),
    *(_declared(found) for found in interface.urls[0] if isinstance(found, URLPattern) and found.name != "api-root"),
    re_path(r"^(?P<rest>[\s\S]*)\Z", description.nothing, name="nothing"),
]
