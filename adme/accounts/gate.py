"""The gate before every view, and what every page's shell needs to know about the reader.

The gate enforces what `policy` declares: a view without a declaration answers 404, a method that is not declared 405;
who is not signed in is sent to sign in (or told 401 where no page is expected), who lacks the verb gets one and the
same 403 whatever the address names, for the view has not run and no object has been looked for.

It also decides what caches may keep, for every answer: see `_mark_for_caches`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from adme.accounts import refusals
from adme.accounts.policy import PUBLIC, NotAllowed, can
from adme.accounts.roles import Verb
from adme.lib.page.shell import Link, Shell

log = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)


class RouteGate:
    """Enforces the declared policy of each view, and marks each answer for caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        _mark_for_caches(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Refuse before the view runs."""
        needed: str | None = getattr(view, "policy", None)
        if needed is None:
            log.error("View without a policy answered 404: %s", getattr(view, "__qualname__", view))
            raise Http404
        if request.method not in view.allowed_methods:
            return refusals.wrong_method(request, view.allowed_methods)
        if needed == PUBLIC:
            return None
        try:
            return _refusal(request, Verb(needed))
        except DATABASE_AWAY as error:  # Django asks process_exception about views only
            return _unavailable(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """What a view may let through: a refusal by `policy.require`, and a database that does not answer."""
        if isinstance(exception, NotAllowed):
            return refusals.not_allowed(request)
        if isinstance(exception, DATABASE_AWAY):
            return _unavailable(request, exception)
        return None


def _refusal(request: HttpRequest, needed: Verb) -> HttpResponseBase | None:
    if can(request.user, needed):
        return None
    if request.user.is_authenticated:
        return refusals.not_allowed(request)
    return refusals.unknown_person(request)


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponseBase:
    log.error("The database did not answer: %s", error)
    return refusals.unavailable(request)


def client_address(request: HttpRequest) -> str:
    """The reader's network address; behind our proxy the one it appended last, which nobody can forge."""
    if settings.BEHIND_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return str(forwarded)
    return str(request.META.get("REMOTE_ADDR", ""))


# --- caches ---------------------------------------------------------------------------------------


def _mark_for_caches(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say what a cache may keep.

    An answer that depends on the reader: nobody keeps it. A good public answer: kept, and asked about each time
    (`no-cache` with an ETag), as a release or a withdrawal must show at the next request. Everything else, errors
    among them: nobody keeps it. A view may say something else for a public answer.
    """
    if response.status_code >= 500:  # whoever asks who is reading may fail again
        patch_cache_control(response, private=True, no_store=True)
    elif _depends_on_reader(request):
        del response["Cache-Control"]
        patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ["Cookie"])
    elif response.status_code in (200, 206, 304) and request.method in ("GET", "HEAD"):
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, public=True, no_cache=True)
    elif not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_store=True)


def _depends_on_reader(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is not None and getattr(match.func, "policy", PUBLIC) != PUBLIC:
        return True
    if request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):  # the page carries this reader's form token
        return True
    kept_back = getattr(request, "_messages", None)
    if kept_back is not None and (kept_back.added_new or kept_back.used):  # goes into the session after us
        return True
    session = getattr(request, "session", None)
    if session is None or not session.accessed:
        return False
    return bool(session.modified or request.user.is_authenticated)


# --- the shell ------------------------------------------------------------------------------------


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for the page shell; worked out when a template asks, so that fragments do not look at the session."""
    return {"shell": SimpleLazyObject(lambda: shell_for(request))}


def shell_for(request: HttpRequest) -> Shell:
    """The frame around a page, for this reader."""
    here = request.path
    nav = _existing(
        here,
        (_("Topics"), "portal:topics"),
        (_("Countries"), "portal:countries"),
        (_("Frameworks"), "portal:frameworks"),
        (_("Data & API"), "portal:table"),
        (_("About"), "portal:about"),
    )
    user = request.user if hasattr(request, "user") else None
    signed_in = user is not None and user.is_authenticated
    work = _existing(here, (_("My work"), "collection:my-work")) if signed_in else ()
    account = _existing(here, (_("My account"), "accounts:me")) if signed_in else ()
    sign_in = _existing(here, (_("Sign in"), "accounts:sign-in")) if not signed_in else ()
    return Shell(
        site_name=settings.SITE_NAME,
        home_url="/",
        site_line=settings.SITE_LINE,
        nav=nav,
        search_url=_address("portal:search") or "",
        work=work[0] if work else None,
        person=str(user) if signed_in else "",
        account=account[0] if account else None,
        sign_in=sign_in[0] if sign_in else None,
        sign_out_url=reverse("accounts:sign-out") if signed_in else "",
        footer=_existing(
            here,
            (_("About"), "portal:about"),
            (_("Data licence"), "portal:licence"),
            (_("Manual"), "portal:manual"),
            (_("Release calendar"), "portal:releases"),
        ),
        notice=_("Demonstration: real public data, invented people.") if settings.DEMO else "",
        dense=here.startswith(("/work/", "/account/")) and signed_in,
    )


def _existing(here: str, *wanted: tuple[str, str]) -> tuple[Link, ...]:
    """Links to those of the wanted pages that this installation has."""
    found = ((label, _address(name)) for label, name in wanted)
    return tuple(Link(label, url, current=here.startswith(url)) for label, url in found if url)


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
