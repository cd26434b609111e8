"""What every answer of the API has in common: error messages, validators, cache headers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import http_date, parse_etags

from adme.lib.clock import from_instant
from adme.releases.validators import public_instant
from adme.sdmx.errors import SdmxError

DataView = Callable[..., HttpResponseBase]


def sdmx_errors(view: DataView) -> DataView:
    """Answer every SdmxError as an SDMX error message in JSON."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except SdmxError as error:
            return error_message(error)

    return wrapped


def error_message(error: SdmxError) -> HttpResponse:
    """The standard's error message: errors with code, title and detail."""
    body = {"errors": [{"code": error.code, "title": error.words, "titles": {"en": error.words}}]}
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=error.status)
    answer["Content-Type"] = "application/vnd.sdmx.error+json;version=2.0.0"
    answer["Cache-Control"] = "no-store"
    return answer


def public_headers(tag: str, media_type: str, as_of: int | None = None) -> dict[str, str]:
    """Headers of a public answer at `as_of` (microseconds; None: now)."""
    return {
        "Content-Type": media_type,
        "ETag": tag,
        "Last-Modified": http_date(from_instant(public_instant(as_of)).timestamp()),
        "Vary": "Accept, Accept-Language, Accept-Encoding",
        # Every use asks whether it is still true: a withdrawal must reach every cache at once.
        "Cache-Control": "public, no-cache",
    }


def unchanged(request: HttpRequest, tag: str) -> bool:
    """Whether the client already holds the answer with `tag`."""
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in given or tag in given
