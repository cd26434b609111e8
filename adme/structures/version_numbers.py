"""Versions in three parts, as numbers: which line one belongs to, which is the newest, which comes next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Numbers = tuple[int, int, int]
Level = Literal["major", "minor", "patch"]
"""How far a change goes: something is taken out; something is new; nothing but words differ."""


def numbers_of(version: str) -> Numbers:
    """1.10.0 → (1, 10, 0)."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def next_version(version: str, there: Iterable[str], level: Level) -> str:
    """The first version after `version` that is above all of `there` which it would be compared with: a major one
    above all, a minor one above all of its line (the same first number), a patch above all with the same two."""
    known = [numbers_of(version), *(numbers_of(one) for one in there)]
    line, minor, _patch = numbers_of(version)
    if level == "major":
        return f"{max(one[0] for one in known) + 1}.0.0"
    same_line = [one for one in known if one[0] == line]
    if level == "minor":
        return f"{line}.{max(one[1] for one in same_line) + 1}.0"
    return f"{line}.{minor}.{max(one[2] for one in same_line if one[1] == minor) + 1}"


def level_between(before: str, after: str) -> Level:
    """What kind of step leads from one version to a later one."""
    old, new = numbers_of(before), numbers_of(after)
    if old[0] != new[0]:
        return "major"
    return "minor" if old[1] != new[1] else "patch"
