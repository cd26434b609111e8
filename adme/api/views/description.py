"""The description of the interface, and what stands at every other address below it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse

from adme.accounts.policy import PUBLIC, policy
from adme.api.answering import validated
from adme.api.openapi import described


@policy(PUBLIC, formats=("json",))
def openapi(request: HttpRequest) -> HttpResponseBase:
    """OpenAPI 3.1."""
    return validated(request, JsonResponse(described(), json_dumps_params={"ensure_ascii": False}))


@policy(PUBLIC, formats=("json",))
def nothing(request: HttpRequest, rest: str) -> HttpResponseBase:
    """404 in the shape of every refusal, where an unknown address elsewhere answers with a page."""
    raise Http404
