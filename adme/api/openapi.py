"""The description of the interface, at its fixed address, made from the operations themselves: it cannot lie."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any, Final

from django.conf import settings

from adme.api.interface import interface
from adme.api.shapes import Problem

PREFIX: Final = "/api/"
PROBLEM: Final = "application/problem+json"
OF_EVERY: Final = {
    400: "A parameter cannot be read, or there is none of that name.",
    404: "There is nothing at this address: nothing public, whether or not something is to come.",
    406: "Something other than JSON was asked for.",
    503: "The database does not answer; try again after the seconds in Retry-After.",
}
HEADERS: Final = {
    "ETag": ("Send it back as If-None-Match: what has not changed answers 304.", "string"),
    "Cache-Control": ("Keep the answer, and ask each time whether it still holds.", "string"),
    "Vary": ("What the answer depends on besides its address.", "string"),
}


@cache
def described() -> dict[str, Any]:
    """The whole description. Shared: not to be changed."""
    made: dict[str, Any] = copy.deepcopy(dict(interface.get_openapi_schema(path_prefix=PREFIX.strip("/"))))
    made["x-limits"] = f"{settings.SITE_ADDRESS}/limits.json"
    made["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    for path in made["paths"].values():
        for operation in path.values():
            operation["responses"] = _responses(operation["responses"])
    return made


def _responses(known: dict[int | str, Any]) -> dict[str, Any]:
    """Every status that can occur, each with what comes with it."""
    found: dict[str, Any] = {str(status): dict(details) for status, details in known.items()}
    headers = {name: {"description": words, "schema": {"type": kind}} for name, (words, kind) in HEADERS.items()}
    found["200"] |= {"headers": headers}
    found["304"] = {"description": "The answer that If-None-Match names still holds.", "headers": headers}
    for status, words in OF_EVERY.items():
        schema = {"$ref": "#/components/schemas/Problem"}
        found[str(status)] = {"description": words, "content": {PROBLEM: {"schema": schema}}}
    return dict(sorted(found.items()))


@cache
def parameters_of(operation: str) -> frozenset[str]:
    """The names that an operation takes in the question of its address."""
    for path in described()["paths"].values():
        for one in path.values():
            if one["operationId"] == operation:
                return frozenset(each["name"] for each in one["parameters"] if each["in"] == "query")
    return frozenset()
