"""Versions as queries write them: one, the newest, all, or from one on.

Method: SDMX-REST 2.2, querying versions. `+` asks for the newest stable version, `~` for the newest, `*` for all; any
of them may stand after a part, which is then the smallest that will do (`1.0+.0`). `latest` and `all` are words of
SDMX-REST 1. Every version here is stable, so `+` and `~` mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Numbers = tuple[int, ...]

_WORDS = {"latest": "~", "all": "*", "": "~"}
_EXACT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,2}")
_FROM_ONE_ON = re.compile(r"(?:[0-9]{1,9}\.){0,2}[0-9]{0,9}[+~*](?:\.[0-9]{1,9}){0,2}")
_PARTS = 3


class NotAVersion(ValueError):
    """The text asks for no version."""


def numbers_of(version: str) -> Numbers:
    """1.0.0 → (1, 0, 0); what is left out at the end counts as nought."""
    found = tuple(int(part) for part in version.split("."))
    return found + (0,) * (_PARTS - len(found))


def matching(asked: str, versions: Iterable[str]) -> set[str]:
    """Those of `versions` that a query means; several may be asked for by comma. Raises NotAVersion."""
    there = list(versions)
    return {version for one in asked.split(",") for version in _one(_WORDS.get(one, one), there)}


def _one(asked: str, versions: list[str]) -> set[str]:
    if _EXACT.fullmatch(asked):
        return {version for version in versions if numbers_of(version) == numbers_of(asked)}
    if not _FROM_ONE_ON.fullmatch(asked) or asked.count(".") >= _PARTS:
        raise NotAVersion(asked)
    parts = asked.split(".")
    fixed = next(place for place, part in enumerate(parts) if part[-1] in "+~*")
    low = numbers_of(".".join(part.rstrip("+~*") or "0" for part in parts))
    fitting = {
        version for version in versions if numbers_of(version)[:fixed] == low[:fixed] and numbers_of(version) >= low
    }
    return fitting if "*" in asked else set(sorted(fitting, key=numbers_of)[-1:])
