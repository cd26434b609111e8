"""The front door."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from adme.api import shapes
from adme.api.interface import interface
from adme.portal.addresses import absolute

LISTS: Final = ("countries", "frameworks", "indicators", "releases")


@interface.get("/", response=shapes.Start, operation_id="start", url_name="start")
def start(request: HttpRequest) -> shapes.Start:
    """Where everything is: the lists, this description, the manual, the limits."""
    return shapes.Start(
        title=interface.title,
        openapi=absolute(reverse("api:openapi")),
        manual=absolute(reverse("portal:manual-page", args=["reader/json-api"])),
        limits=absolute(reverse("limits")),
        catalogue=absolute(reverse("site:catalogue")),
        lists={name: absolute(reverse(f"api:{name}")) for name in LISTS},
    )
