"""Whether a reader's copy is still true is told by its ETag alone."""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.http import ConditionalGetMiddleware


class ConditionalGet(ConditionalGetMiddleware):
    """304 by `If-None-Match` only; `If-Modified-Since` is passed over, as HTTP allows.

    A date has whole seconds, and two states can share one; a title changes without a release; and what is concealed
    goes from the past too, so that its date stays what it was. Confirming a copy by such a date would keep in
    circulation what must be gone.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Nobody further in sees the date."""
        request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
