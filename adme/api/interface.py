"""The interface itself: its operations are declared on `interface`, its refusals all have one shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError

from adme.accounts import refusals


class Refused(Exception):
    """What was asked for cannot be read; `words` say what, and what could be."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


interface = NinjaAPI(
    title=f"{settings.SITE_NAME}: JSON interface",
    version="1",
    description=(
        "Published statistics in plain JSON: indicators, countries, values, metadata, releases and frameworks. Every "
        "answer is made from one state of what is public; `as_of` asks for an earlier one. No key, no registration. "
        "For whole dataflows, or every format, take the SDMX interface, whose address each answer gives."
    ),
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    servers=[{"url": settings.SITE_ADDRESS}],
    openapi_extra={
        "externalDocs": {"description": "Manual", "url": f"{settings.SITE_ADDRESS}/manual/reader/json-api/"}
    },
)


def refused(request: HttpRequest, error: Any) -> HttpResponse:
    """400, with the reason."""
    return refusals.problem(400, _("Not understood"), error.words)


def not_valid(request: HttpRequest, error: Any) -> HttpResponse:
    """400, with what is wrong with each parameter."""
    return refusals.problem(400, _("Not understood"), " ".join(_said(error.errors)))


def _said(errors: Iterable[dict[str, Any]]) -> list[str]:
    """“page”: Input should be greater than 0."""
    found = []
    for one in errors:
        names = [str(part) for part in one.get("loc", ()) if part not in ("query", "path")]
        found.append(f"“{'.'.join(names)}”: {one.get('msg', '')}.")
    return list(dict.fromkeys(found))


def _nothing_there(request: HttpRequest, error: Any) -> HttpResponse:
    return refusals.not_found(request)


def _fault(request: HttpRequest, error: Any) -> HttpResponse:
    raise error  # the gate and Django's own handler answer it, in the same shape


interface.add_exception_handler(Refused, refused)
interface.add_exception_handler(ValidationError, not_valid)
interface.add_exception_handler(Http404, _nothing_there)
interface.add_exception_handler(Exception, _fault)
