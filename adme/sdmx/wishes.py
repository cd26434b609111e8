"""How an answer is wanted: format, layout and language, from the headers and from the parameters that stand for them.

A parameter goes before a header, as it can be written into an address and the other cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast, get_args

from django.http import HttpRequest

from adme.lib.sdmx_messages.csv_data import Keys
from adme.sdmx.errors import SyntaxFault
from adme.sdmx.negotiation import Family, Labels, Offer, negotiate
from adme.sdmx.raw_query import parted, query_string

FALLBACK = "en"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_OWN = ("format", "formatVersion", "lang", "labels", "timeFormat", "keys")
"""The parameters that say how an answer is to look, and not what is asked for."""


@dataclass(frozen=True)
class Wish:
    """The format that fits best, how CSV is laid out, and the languages preferred, the best first."""

    offer: Offer
    languages: tuple[str, ...] = (FALLBACK,)
    labels: Labels = "id"
    keys: Keys = "none"
    normalized: bool = False
    rest: str = ""
    """The query string without what is said here, as it came."""

    @property
    def look(self) -> tuple[object, ...]:
        """What tells two answers to one question apart, beside their language."""
        return (self.offer, self.labels, self.keys, self.normalized)

    def language(self, available: Iterable[str]) -> str:
        """The first preferred language that there are words in, else English."""
        there = set(available)
        for wanted in self.languages:
            for candidate in (wanted, wanted.partition("-")[0]):
                if candidate in there:
                    return candidate
        return FALLBACK


def wish_of(request: HttpRequest, family: Family) -> Wish:
    """What a request wishes of the formats of a family; NotAcceptable, or SyntaxFault for a language that is none."""
    own, rest = parted(query_string(request), _OWN)
    accept = request.headers.get("Accept", "*/*")
    offer, parameters = negotiate(accept, own.get("format"), own.get("formatVersion", ""), family)
    laid_out = {name.lower(): value for name, value in (parameters | own).items()}
    return Wish(
        offer=offer,
        languages=_languages(request, own.get("lang")),
        labels=cast(Labels, _one_of(laid_out.get("labels"), get_args(Labels))),
        keys=cast(Keys, _one_of(laid_out.get("keys", laid_out.get("key")), get_args(Keys))),
        normalized=laid_out.get("timeformat") == "normalized",
        rest=rest,
    )


def wants_xml(request: HttpRequest, default: Literal["xml", "json"] = "json") -> bool:
    """Whether an error is to be told in XML: when the answer would have been."""
    try:
        own, _rest = parted(query_string(request), _OWN)
    except SyntaxFault:  # what is wrong may be these parameters themselves
        own = {}
    if "format" in own:
        return own["format"] in ("structurespecificdata", "genericdata", "structure", "schema")
    accept = request.headers.get("Accept", "")
    if "xml" in accept and "json" not in accept and "csv" not in accept:
        return True
    return default == "xml" and "json" not in accept and "csv" not in accept


def _one_of(value: str | None, allowed: tuple[str, ...]) -> str:
    """The value where it is allowed, else the first of those that are."""
    return value if value in allowed else allowed[0]


def _languages(request: HttpRequest, parameter: str | None) -> tuple[str, ...]:
    if parameter:
        if not _LANGUAGE.fullmatch(parameter):
            raise SyntaxFault(f"“{parameter}” is not a language.")
        return (parameter.lower(),)
    found = []
    for place, member in enumerate(request.headers.get("Accept-Language", "").split(",")):
        tag, _, quality = (part.strip() for part in member.partition(";"))
        if _LANGUAGE.fullmatch(tag):
            found.append((-_quality(quality), place, tag.lower()))
    return tuple(tag for less, _, tag in sorted(found) if less < 0) or (FALLBACK,)


def _quality(text: str) -> float:
    name, _, value = text.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
