"""What a reader and a busy hour are spared: pages kept until anything changes, and 304 for what the reader has already.

**Pages** are kept in memory by each process under what they are made of: address, language, the public state
(`releases.validators`) and the number of the newest audit entry, since whatever changes anything writes one in the same
transaction. So a page is made once a process, also at the moment of a release when everybody asks for it. Its ETag is
made of its content and tells nothing else: a page that an unpublished act has not changed keeps its ETag.

**Files** are streamed and never kept; their ETag is made of the public state and of the words they hold. They carry no
date: words change without a release, so a date could not stand for all that a file holds.

Whoever carries a session gets pages of his own, without an ETag, and the gate tells caches to keep no copy.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from adme.accounts.models import AuditEntry
from adme.frameworks.provisional import SEEN
from adme.lib import clock
from adme.releases.validators import state_tag

PageView = Callable[..., HttpResponse]
View = Callable[..., HttpResponseBase]
Parts = Callable[..., tuple[object, ...]]

KEPT_PAGES = 200
"""Pages that each process keeps, some 50 kB each; the one not asked for longest goes first."""

LONGEST_ADDRESS = 2_000
"""Characters; a page under a longer address is not kept."""


@dataclass(frozen=True)
class KeptPage:
    """A page as it was made."""

    content: bytes
    content_type: str
    etag: str
    pushed: str = ""
    """The address that a fragment belongs to."""


class Shelf:
    """Pages by what they are made of. Whoever asks while a page is being made waits for it: it is made once."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._pages: OrderedDict[str, KeptPage] = OrderedDict()
        self._making: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> KeptPage | None:
        """The page, if it is kept."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: KeptPage) -> None:
        """Keep a page; the one not asked for longest makes room."""
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > self._room:
                self._pages.popitem(last=False)

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Let one at a time make the page of `key`."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            try:
                yield
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def clear(self) -> None:
        """Forget every page."""
        with self._lock:
            self._pages.clear()


shelf = Shelf(KEPT_PAGES)


def public_page(view: PageView) -> PageView:
    """For pages that are the same for everybody: made once for each state of the world, sent only when they differ."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: object) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return _varying(view(request, **kwargs))
        page = _kept(view, request, kwargs) if keeps_pages(request) else _made(view(request, **kwargs))
        if isinstance(page, HttpResponse):
            return _varying(page)
        response = HttpResponse(page.content, content_type=page.content_type)
        response.headers["ETag"] = page.etag
        if page.pushed:
            response.headers["HX-Push-Url"] = page.pushed
        return _varying(get_conditional_response(request, etag=page.etag, response=response) or response)

    return answer


def _kept(view: PageView, request: HttpRequest, kwargs: dict[str, object]) -> KeptPage | HttpResponse:
    """The page from the shelf, or made and put there."""
    key = _made_of(request)
    if page := shelf.get(key):
        return page
    with shelf.alone(key):
        if page := shelf.get(key):  # somebody else has made it in the meantime
            return page
        made = _made(view(request, **kwargs))
        if isinstance(made, KeptPage):
            shelf.put(key, made)
        return made


def _made(response: HttpResponse) -> KeptPage | HttpResponse:
    """A good page with its ETag; whatever is none is handed on as it is."""
    if response.status_code != 200:
        return response
    digest = hashlib.blake2b(response.content, digest_size=16).hexdigest()
    pushed = response.headers.get("HX-Push-Url", "")
    return KeptPage(response.content, response.headers["Content-Type"], f'"{digest}"', pushed)


def keeps_pages(request: HttpRequest) -> bool:
    """Whether pages are kept: not while templates are being edited, nor in tests, whose databases repeat themselves."""
    wanted = bool(getattr(settings, "KEEP_PAGES", not (settings.DEBUG or settings.TESTING)))
    return wanted and len(request.get_full_path()) < LONGEST_ADDRESS


def _made_of(request: HttpRequest) -> str:
    """What a page is made of. Three small queries; the answer never leaves the process."""
    # Whoever only looks changes nothing, and what is kept stays.
    acts = AuditEntry.objects.exclude(action=SEEN).order_by("-sequence")
    newest = acts.values_list("sequence", flat=True).first()
    now = clock.now()
    # Pages tell ages in years, and a class set by hand ends with a day; a moment asked for may be past in a minute.
    time = (now.date(), now.replace(second=0, microsecond=0) if "as_of" in request.GET else None)
    return state_tag(newest, time, get_language(), request.get_full_path(), wants_fragment(request))


def revalidated(parts: Parts) -> Callable[[View], View]:
    """For files: ask before making one whether it has changed; `parts(**kwargs)` names the words it is made of."""

    def declare(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **kwargs: object) -> HttpResponseBase:
            return unless_unchanged(request, parts(**kwargs), lambda: view(request, **kwargs))

        return answer

    return declare


def unless_unchanged(
    request: HttpRequest, parts: tuple[object, ...], make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The file that `make` gives, or 304 where the reader has it; `parts` are the words it is made of."""
    etag = state_tag(settings.VERSION, get_language(), request.get_full_path(), *parts)
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == 304:
        return _stamped(unchanged, etag)
    response = make()
    return _stamped(response, etag) if response.status_code == 200 else response


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; when it restores history it needs the whole."""
    asked, restored = request.headers.get("HX-Request"), request.headers.get("HX-History-Restore-Request")
    return asked == "true" and restored != "true"


def _stamped(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response.headers["ETag"] = etag
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _varying(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Accept-Language", "Cookie", "HX-Request"])
    return response
