"""Which versions of observations are meant: those in force, those that changed since, those of one dissemination.

A version is public over [`public_from`, `public_to`); whatever is said here is said by comparing these with instants up
to the public clock, so nothing of a release to come can show, nor that a release to come ends a version. A change is
a difference in what the public saw: a release that waited repeats, until it has been settled, what has not changed,
and that counts for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from adme.releases.asked import EXTENT, OBSERVATION, Condition, either, in_force

_NEVER_NULL = ("qualifier", "obs_status", "conf_status")
_MAY_BE_NULL = ("value", "decimals", "attributes_id")


class Versions(NamedTuple):
    """Conditions on observations `o` and on the extents `e` that tell which series may have such versions.

    `once` says whether one extent of a series at most meets the condition, `narrows` whether looking at the extents
    first leaves much fewer series.
    """

    observed: Condition
    extents: Condition
    once: bool = True
    narrows: bool = True

    @property
    def series(self) -> Condition:
        """On series `s`: the extents say that it may have such versions. Always met where that narrows nothing."""
        if not self.narrows:
            return Condition("1 = 1")
        there = f"EXISTS (SELECT 1 FROM {EXTENT} e WHERE e.series_id = s.id AND {self.extents.sql})"
        return Condition(there, self.extents.parameters)


def shown(as_of: int) -> Versions:
    """What the public saw at an instant."""
    return Versions(in_force(as_of), in_force(as_of, "e"), narrows=False)


def shown_at_any(instants: Sequence[int]) -> Versions:
    """What the public saw at any of several instants."""
    return Versions(
        either([in_force(one) for one in instants]), either([in_force(one, "e") for one in instants]), once=False
    )


def updated(since: int, as_of: int) -> Versions:
    """Of what the public saw at `as_of`, the observations that were added or revised after `since`."""
    later = Condition("o.public_from > %s", (since,))
    changed = Condition(f"EXISTS (SELECT 1 FROM {OBSERVATION} v WHERE {_SAME_CELL} AND v.public_from > %s "
        f"AND v.public_from <= o.public_from AND {_is_change('v')})", (since,))  # fmt: skip
    touched = Condition("e.public_from > %s", (since,))
    return Versions(in_force(as_of) & later & changed, in_force(as_of, "e") & touched)


def deleted(since: int, as_of: int) -> Versions:
    """The latest versions of observations that were public after `since`, or at it, and no longer are at `as_of`."""
    ended = Condition("o.public_from < o.public_to AND o.public_to > %s AND o.public_to <= %s", (since, as_of))
    latest = Condition(f"NOT EXISTS (SELECT 1 FROM {OBSERVATION} v WHERE {_SAME_CELL} AND v.public_from >= o.public_to "
        "AND v.public_from < v.public_to AND v.public_from <= %s)", (as_of,))  # fmt: skip
    return Versions(ended & latest, Condition("e.public_to > %s AND e.public_to <= %s", (since, as_of)), once=False)


def changed(since: int, as_of: int) -> Versions:
    """Both: what was added, revised or deleted."""
    now, before = updated(since, as_of), deleted(since, as_of)
    return Versions(either([now.observed, before.observed]), either([now.extents, before.extents]), once=False)


def brought(instant: int) -> Versions:
    """The observations that were added or revised at one instant, as they were from then on."""
    begun = Condition("o.public_from = %s AND o.public_to > %s", (instant, instant))
    return Versions(begun & Condition(_is_change("o")), Condition("e.public_from = %s", (instant,)))


def removed(instant: int) -> Versions:
    """The observations that were public up to an instant and were not from then on."""
    ended = Condition("o.public_to = %s AND o.public_from < %s", (instant, instant))
    nothing = Condition(f"NOT EXISTS (SELECT 1 FROM {OBSERVATION} v WHERE {_SAME_CELL} "
        "AND v.public_from = %s AND v.public_to > %s)", (instant, instant))  # fmt: skip
    return Versions(ended & nothing, Condition("e.public_to = %s", (instant,)))


_SAME_CELL = "v.series_id = o.series_id AND v.period = o.period"


def _is_change(table: str) -> str:
    """The version in `table` says something else than what was public just before it."""
    same = [f"p.{name} = {table}.{name}" for name in _NEVER_NULL]
    same += [f"(p.{name} = {table}.{name} OR (p.{name} IS NULL AND {table}.{name} IS NULL))" for name in _MAY_BE_NULL]
    return (
        f"NOT EXISTS (SELECT 1 FROM {OBSERVATION} p WHERE p.series_id = {table}.series_id "
        f"AND p.period = {table}.period AND p.public_to = {table}.public_from AND p.public_from < p.public_to "
        f"AND {' AND '.join(same)})"
    )
