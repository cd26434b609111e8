"""Wraps each request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from adme.releases.one_instant import one_instant


class OneInstant:
    """Answers each request from one state of the public clock, however many queries it takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_instant():
            return self.get_response(request)
