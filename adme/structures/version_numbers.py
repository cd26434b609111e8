"""Versions in three parts, as numbers: which line one belongs to, which is the newest, which comes next."""

from __future__ import annotations

from collections.abc import Iterable

Numbers = tuple[int, int, int]


def numbers_of(version: str) -> Numbers:
    """1.10.0 → (1, 10, 0)."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def next_minor(version: str, there: Iterable[str]) -> str:
    """The first minor version above all of `there` that are of the same line (the same first number)."""
    line = numbers_of(version)[0]
    minor = max([numbers_of(version)[1], *(numbers_of(one)[1] for one in there if numbers_of(one)[0] == line)])
    return f"{line}.{minor + 1}.0"
