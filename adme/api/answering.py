"""What every answer has in common: who may read it where, what spares it being sent again, and how lists are paged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypedDict, TypeVar, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _

from adme.accounts import refusals
from adme.api.openapi import parameters_of
from adme.portal.addresses import absolute

View = Callable[..., HttpResponseBase]
One = TypeVar("One")

JSON = "application/json"


class Paging(TypedDict):
    """The part of an answer that says which page of a list it is."""

    page: int
    page_size: int
    total: int
    next: str | None
    previous: str | None


def public_answer(view: View, operation: str) -> View:
    """An operation of the interface as a view: HEAD as GET, nothing but JSON, no parameter that is not declared."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        refusal = _refusal(request, operation)
        if refusal is not None:
            return open_to_all(refusal)
        method, request.method = request.method, "GET"  # the library knows HEAD only where it is declared apart
        try:
            made = view(request, **kwargs)
        finally:
            request.method = method
        return validated(request, made)

    return answer


def _refusal(request: HttpRequest, operation: str) -> HttpResponse | None:
    if not _takes_json(request):
        return refusals.problem(406, _("Not acceptable"), _("This interface answers in JSON (application/json) only."))
    known = parameters_of(operation)
    strange = sorted(set(request.GET) - known)
    if strange:
        words = _("There is no parameter “{name}” here; there are: {known}.").format(
            name=strange[0][:80], known=", ".join(sorted(known)) or _("none")
        )
        return refusals.problem(400, _("Not understood"), words)
    return None


def _takes_json(request: HttpRequest) -> bool:
    try:
        return request.accepts(JSON)
    except ValueError:  # a parameter in an unreadable encoding (RFC 2231): a header that asks for nothing we know
        return False


def validated(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer with its ETag, or 304 for who has it already.

    The ETag is made of the content and tells nothing else. No Last-Modified: words change without a release, so a date
    could not stand for all that an answer holds.
    """
    if response.status_code != 200 or not isinstance(response, HttpResponse):
        return open_to_all(response)
    etag = f'"{hashlib.blake2b(response.content, digest_size=16).hexdigest()}"'
    response.headers["ETag"] = etag
    return known_already(request, etag) or open_to_all(response)


def known_already(request: HttpRequest, etag: str) -> HttpResponseBase | None:
    """304 where the client holds the answer of this ETag, else None."""
    kept = HttpResponse(headers={"ETag": etag})
    unchanged = get_conditional_response(request, etag=etag, response=kept)
    return None if unchanged is None or unchanged is kept else open_to_all(unchanged)


def open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Pages of other sites may read it: it is public, and the star keeps cookies out of it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag"
    if response.status_code in (200, 304):
        response.headers["Cache-Control"] = "public, no-cache"  # each use asks: a withdrawal must reach all at once
    patch_vary_headers(cast(HttpResponse, response), ["Accept", "Accept-Language", "Accept-Encoding"])
    return response


def page_of(
    request: HttpRequest, items: Sequence[One], page: int, page_size: int, *, as_of: str = ""
) -> tuple[list[One], Paging]:
    """One page of a list, and where it stands; a page after the last is empty. `as_of` as in `page_address`."""
    start = (page - 1) * page_size
    last = max(1, -(-len(items) // page_size))
    return list(items[start : start + page_size]), {
        "page": page,
        "page_size": page_size,
        "total": len(items),
        "next": page_address(request, page + 1, as_of) if page < last else None,
        "previous": page_address(request, min(page - 1, last), as_of) if page > 1 else None,
    }


def page_address(request: HttpRequest, page: int, as_of: str = "") -> str:
    """Another page of the same question; with the state `as_of` that the first page showed, so that all are of one."""
    question = request.GET.copy()
    if as_of:
        question["as_of"] = as_of
    question["page"] = str(page)
    return absolute(f"{request.path}?{question.urlencode(safe=':,')}")
