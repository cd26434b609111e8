"""The query string as it came: `+` is the standard's AND, where a form decoder would turn it into a blank.

Brackets, commas, colons and the plus come raw and percent-encoded from clients in use, and mean the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from functools import wraps
from urllib.parse import quote, unquote

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from adme.lib.clock import to_instant
from adme.sdmx.errors import SyntaxFault

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WHOLE = re.compile(r"[0-9]{1,15}", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def query_string(request: HttpRequest) -> str:
    """The raw query string as text; bytes that are no UTF-8 are replaced."""
    raw: str = request.META.get("QUERY_STRING", "")
    return raw.encode("iso-8859-1", "replace").decode("utf-8", "replace")


def with_stray_parameters(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view that finds in the query string what a client has put behind the path without a question mark.

    sdmx-json-parser appends `&format=jsondata` to whatever address it is given.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, stray: str | None = None, **parts: str) -> HttpResponseBase:
        if stray:
            given = request.META.get("QUERY_STRING", "")
            request.META["QUERY_STRING"] = "&".join(filter(None, (given, quote(stray, safe="=&"))))
        return view(request, **parts)

    return wrapped


def pairs(text: str) -> dict[str, str]:
    """Names and values of a raw query string, decoded but with every `+` kept; a name may stand once."""
    found: dict[str, str] = {}
    for piece in filter(None, text.split("&")):
        raw_name, _, raw_value = piece.partition("=")
        name, value = unquote(raw_name), unquote(raw_value)
        if _CONTROL.search(name + value):
            raise SyntaxFault("A parameter holds a character that is none of a text.")
        if name in found:
            raise SyntaxFault(f"The parameter “{name}” stands twice.")
        found[name] = value
    return found


def parted(text: str, names: Collection[str]) -> tuple[dict[str, str], str]:
    """The parameters of these names, decoded, and the raw query string without them."""
    named: list[str] = []
    rest: list[str] = []
    for piece in filter(None, text.split("&")):
        (named if unquote(piece.partition("=")[0]) in names else rest).append(piece)
    return pairs("&".join(named)), "&".join(rest)


def count_of(name: str, value: str, *, least: int = 1) -> int:
    """A whole number from `least` on."""
    if not _WHOLE.fullmatch(value) or int(value) < least:
        raise SyntaxFault(f"“{name}” must be a whole number, {least} or more.")
    return int(value)


def truth_of(name: str, value: str) -> bool:
    """true or false, in capitals or not: clients send `True`."""
    if value.lower() not in _BOOLEANS:
        raise SyntaxFault(f"“{name}” is true or false.")
    return _BOOLEANS[value.lower()]


def instant_of(value: str, *, local: bool = False) -> int:
    """The instant of an ISO date-time, 0 for one before 1970.

    A zone is required, so that nobody's clock is guessed; with `local`, one without is in the time of this service.
    """
    try:
        # A raw `+` in a zone may have been turned into a blank by a proxy or a browser.
        moment = dt.datetime.fromisoformat(re.sub(r" (\d\d:\d\d)$", r"+\1", value))
    except ValueError as fault:
        raise SyntaxFault(f"“{value}” is not a date-time such as 2026-11-23T09:00:00Z.") from fault
    if moment.tzinfo is None:
        if not local or "T" not in value:
            raise SyntaxFault(f"“{value}” needs a time and a zone, as in 2026-11-23T09:00:00Z.")
        moment = moment.replace(tzinfo=timezone.get_default_timezone())
    try:
        return max(0, to_instant(moment))
    except OverflowError as fault:
        raise SyntaxFault(f"“{value}” is outside the calendar.") from fault
