"""What every answer of the API has in common: error messages, validators, cache headers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import http_date, parse_etags

from adme.lib.clock import from_instant
from adme.releases.validators import public_instant
from adme.sdmx.errors import SdmxError
from adme.sdmx.wishes import wants_xml

DataView = Callable[..., HttpResponseBase]

_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas"
OLD = "/sdmx/v1/"
"""Where SDMX-REST 1 lives, whose first language is XML."""


def sdmx_errors(view: DataView) -> DataView:
    """Answer every SdmxError as an SDMX error message, in JSON or XML as the answer itself was asked for."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except SdmxError as error:
            return error_message(error, request)

    return wrapped


def error_message(error: SdmxError, request: HttpRequest | None = None) -> HttpResponse:
    """The standard's error message: code and words."""
    old = request is not None and request.path.startswith(OLD)
    if request is not None and wants_xml(request, "xml" if old else "json"):
        answer = _in_xml(error, "2.1" if old else "3.0")
    else:
        answer = _in_json(error)
    answer["Cache-Control"] = "no-store"
    return answer


def _in_json(error: SdmxError) -> HttpResponse:
    body = {"errors": [{"code": error.code, "title": error.words, "titles": {"en": error.words}}]}
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=error.status)
    answer["Content-Type"] = "application/vnd.sdmx.error+json;version=2.0.0"
    return answer


def _in_xml(error: SdmxError, version: str) -> HttpResponse:
    base = f"{_SCHEMAS}/v{version.replace('.', '_')}"
    words = "".join(letter if letter.isprintable() else "\ufffd" for letter in error.words)
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:Error xmlns:mes="{base}/message" xmlns:com="{base}/common">'
        f'<mes:ErrorMessage code="{error.code}"><com:Text xml:lang="en">{escape(words)}</com:Text>'
        f"</mes:ErrorMessage></mes:Error>"
    )
    answer = HttpResponse(body, status=error.status)
    answer["Content-Type"] = f"application/vnd.sdmx.error+xml;version={'2.1' if version == '2.1' else '3.0.0'}"
    return answer


def public_headers(tag: str, media_type: str, as_of: int | None = None, language: str = "") -> dict[str, str]:
    """Headers of a public answer at `as_of` (microseconds; None: now)."""
    headers = {
        "Content-Type": media_type,
        "ETag": tag,
        "Last-Modified": http_date(from_instant(public_instant(as_of)).timestamp()),
        "Vary": "Accept, Accept-Language, Accept-Encoding",
        # Every use asks whether it is still true: a withdrawal must reach every cache at once.
        "Cache-Control": "public, no-cache",
    }
    if language:
        headers["Content-Language"] = language
    return headers


def made_answer(
    request: HttpRequest, body: bytes, media_type: str, *, as_of: int | None = None, language: str = ""
) -> HttpResponse:
    """An answer that is in memory, or 304 for who has it. Its ETag is made of its content and tells nothing else: what
    is prepared and not yet public does not show in it."""
    digest = hashlib.blake2b(f"{media_type}\n{language}\n".encode(), digest_size=16)
    digest.update(body)
    headers = public_headers(f'"{digest.hexdigest()}"', media_type, as_of, language)
    if unchanged(request, headers["ETag"]):
        return HttpResponse(status=304, headers={name: one for name, one in headers.items() if name != "Content-Type"})
    return HttpResponse(body, headers=headers)


def unchanged(request: HttpRequest, tag: str) -> bool:
    """Whether the client already holds the answer with `tag`, compressed or not."""
    given = {one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))}
    return "*" in given or tag in given
