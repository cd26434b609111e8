"""Narrowing the list of indicators: what each filter leaves, and how many each further choice would leave.

Pure: entries in, entries and counts out. Only what is public comes in, so only what is public is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

_BEFORE_THE_WORDS = re.compile(r"^(\s*(\([^)]*\)|\[[^\]]*\])\s*)?[^\w]*")
ORDERS = ("coverage", "newest", "name")
SINCE = (2025, 2020, 2015, 2010)


@dataclass(frozen=True)
class Entry:
    """One indicator with public figures, as lists show it. Years are of its values; `updated` is an instant."""

    slug: str
    title: str
    url: str
    unit: str
    source_id: str
    source: str
    topics: tuple[str, ...]
    states: frozenset[str]
    first_year: int
    last_year: int
    updated: int
    headline: int | None = None

    @property
    def coverage(self) -> int:
        """How many member states have a value."""
        return len(self.states)

    @property
    def years(self) -> str:
        """“2000–2019”."""
        return str(self.last_year) if self.first_year == self.last_year else f"{self.first_year}–{self.last_year}"


@dataclass(frozen=True)
class Narrowed:
    """What the reader asked the list to be narrowed to; "" and None mean all."""

    topic: str = ""
    source: str = ""
    area: str = ""
    since: int | None = None
    slugs: tuple[str, ...] | None = None
    """What a search has found, best first."""


@dataclass(frozen=True)
class Option:
    """One further choice of a filter, and how many indicators it would leave."""

    value: str
    count: int
    chosen: bool


def narrow(entries: Iterable[Entry], to: Narrowed) -> list[Entry]:
    """The entries that meet every part of `to`."""
    return [entry for entry in entries if all(test(entry) for test in _tests(to))]


def ordered(entries: Iterable[Entry], order: str, found: Sequence[str] | None = None) -> list[Entry]:
    """By coverage, by newest value or by name; with `order` "" as a search has found them."""
    by_name = sorted(entries, key=lambda entry: (filed_under(entry.title), entry.slug))
    if order == "newest":
        return sorted(by_name, key=lambda entry: (-entry.last_year, -entry.updated))
    if order == "coverage":
        return sorted(by_name, key=lambda entry: (-len(entry.states), -entry.last_year))
    if found is not None and not order:
        place = {slug: n for n, slug in enumerate(found)}
        return sorted(by_name, key=lambda entry: place.get(entry.slug, len(place)))
    return by_name


def filed_under(title: str) -> str:
    """Where a title stands in the alphabet: without a bracketed mark or punctuation before its first word."""
    return _BEFORE_THE_WORDS.sub("", title).casefold()


def topics(entries: Sequence[Entry], to: Narrowed) -> dict[str, int]:
    """Topic → how many indicators choosing it would leave."""
    return _counts(entries, replace(to, topic=""), lambda entry: entry.topics)


def sources(entries: Sequence[Entry], to: Narrowed) -> dict[str, int]:
    """Source → how many indicators choosing it would leave."""
    return _counts(entries, replace(to, source=""), lambda entry: (entry.source_id,))


def areas(entries: Sequence[Entry], to: Narrowed) -> dict[str, int]:
    """State → for how many indicators it has values."""
    return _counts(entries, replace(to, area=""), lambda entry: entry.states)


def since(entries: Sequence[Entry], to: Narrowed) -> dict[int, int]:
    """Year → how many indicators have a value in it or later."""
    left = narrow(entries, replace(to, since=None))
    return {year: sum(entry.last_year >= year for entry in left) for year in SINCE}


def _counts(entries: Sequence[Entry], to: Narrowed, words: Callable[[Entry], Iterable[str]]) -> dict[str, int]:
    return dict(Counter(word for entry in narrow(entries, to) for word in words(entry)))


def _tests(to: Narrowed) -> list[Callable[[Entry], bool]]:
    tests: list[Callable[[Entry], bool]] = []
    if to.topic:
        tests.append(lambda entry: to.topic in entry.topics)
    if to.source:
        tests.append(lambda entry: to.source == entry.source_id)
    if to.area:
        tests.append(lambda entry: to.area in entry.states)
    if to.since is not None:
        year = to.since
        tests.append(lambda entry: entry.last_year >= year)
    if to.slugs is not None:
        found = frozenset(to.slugs)
        tests.append(lambda entry: entry.slug in found)
    return tests
