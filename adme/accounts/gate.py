"""The gate before every view, and what every page's shell needs to know about the reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


class RouteGate:
    """Enforces the declared policy of each view; a view without one answers 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse before the view runs."""
        if getattr(view, "policy", None) is None:
            raise Http404
        return None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for the page shell."""
    return {}
