"""Every address of the system with its declared policy, read from the URL configuration itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

UNDECLARED = "undeclared"
"""What stands in place of a policy where a view has none; the gate answers 404 there, and a test fails."""


@dataclass(frozen=True)
class Address:
    """One address. `pattern` is as in the URL configuration, with a slash in front."""

    pattern: str
    methods: tuple[str, ...]
    name: str
    policy: str
    formats: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def every_address() -> list[Address]:
    """All of them, in the order in which they are tried."""
    return [_address(pattern, view, name) for pattern, view, name in _walk(get_resolver(), "/", ())]


def _walk(resolver: URLResolver, before: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, Any, str]]:
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from _walk(entry, here, inner)
        elif isinstance(entry, URLPattern):
            yield here, entry.callback, ":".join([*spaces, entry.name or ""])


def _address(pattern: str, view: Any, name: str) -> Address:
    return Address(
        pattern=pattern,
        methods=tuple(getattr(view, "allowed_methods", ())),
        name=name,
        policy=str(getattr(view, "policy", UNDECLARED)),
        formats=tuple(getattr(view, "formats", ())) or ("html",),
    )
