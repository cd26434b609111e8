"""What a returning reader is spared: the ETag of public pages, and 304 for what has not changed.

The ETag covers what a page is made of: the public clock and the latest withdrawal (`releases.validators`), the
language, the version of the program, the address with its question, and whatever else the page names as its `parts`.
A page that depends on the reader gets none, and the gate tells caches to keep no copy. Last-Modified is the public
clock: every release and every withdrawal moves it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import get_language

from adme.lib import clock
from adme.releases.queries import clock_instant
from adme.releases.validators import state_tag

View = Callable[..., HttpResponseBase]
PageView = Callable[..., HttpResponse]
Parts = Callable[..., tuple[object, ...]]

SETTLED = 2_000_000
"""Microseconds after which a public change can be named by its second."""


def revalidated(parts: Parts | None = None) -> Callable[[View], View]:
    """Ask before making a page whether it has changed; `parts(**kwargs of the view)` names what else it is made of."""

    def declare(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **kwargs: object) -> HttpResponseBase:
            if settings.SESSION_COOKIE_NAME in request.COOKIES:
                return _varying(view(request, **kwargs))
            etag = state_tag(
                settings.VERSION,
                get_language(),
                clock.now().year,  # pages say how old a value is
                request.get_full_path(),
                wants_fragment(request),
                *(parts(**kwargs) if parts else ()),
            )
            changed = _last_modified()
            unchanged = get_conditional_response(request, etag=etag, last_modified=changed)
            if unchanged is not None and unchanged.status_code == 304:
                return _stamped(unchanged, etag, changed)
            response = view(request, **kwargs)
            return _stamped(response, etag, changed) if response.status_code == 200 else _varying(response)

        return answer

    return declare


def by_content(view: PageView) -> View:
    """For pages made of many things: made each time, sent only when it differs from what the reader has."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: object) -> HttpResponseBase:
        response = view(request, **kwargs)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or response.status_code != 200:
            return _varying(response)
        digest = hashlib.blake2b(response.content, digest_size=16)
        response.headers["ETag"] = f'"{digest.hexdigest()}"'
        return _varying(get_conditional_response(request, etag=response.headers["ETag"], response=response) or response)

    return answer


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; when it restores history it needs the whole."""
    asked, restored = request.headers.get("HX-Request"), request.headers.get("HX-History-Restore-Request")
    return asked == "true" and restored != "true"


def _last_modified() -> int | None:
    """Seconds since the epoch of the latest public change.

    HTTP dates have whole seconds: one younger than two could stand for two states, so none is given then.
    """
    instant = clock_instant()
    settled = instant and clock.now_instant() - instant > SETTLED
    return instant // 1_000_000 if settled else None


def _stamped(response: HttpResponseBase, etag: str, changed: int | None) -> HttpResponseBase:
    response.headers["ETag"] = etag
    if changed is not None:
        response.headers["Last-Modified"] = http_date(changed)
    return _varying(response)


def _varying(response: HttpResponseBase) -> HttpResponseBase:
    patch_vary_headers(response, ["Accept-Language", "Cookie", "HX-Request"])
    return response
