"""Which breakdown an indicator is shown by: pure rules over the combinations of codes that have public figures.

A combination is the codes of the breakdown dimensions (those besides indicator and area) in position order. Exactly one
is shown at a time, so that series are never mixed: the total where there is one, else the one with most values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Combination = tuple[str, ...]

TOTALS = frozenset({"_T", "T", "TOTAL", "ALL", "BOTHSEX", "ALLAGE", "ALLAREA", "_ALL"})
"""Codes by which SDMX code lists and the sources write "all together"."""

NOT_APPLICABLE = frozenset({"_Z", "_N", ""})
"""Codes for "this dimension says nothing here"."""


SILENT = 1
"""The rank of a code for "not applicable"."""

PART = 2
"""The rank of a code that stands for a part of the whole."""


@dataclass(frozen=True)
class Option:
    """One code that can be chosen in a dimension, and the combination that choosing it leads to."""

    code: str
    leads_to: Combination
    chosen: bool
    changes: tuple[int, ...]
    """Positions of other dimensions whose code has to change with it, as the combination asked for has no figures."""


def rank(code: str) -> int:
    """0 for a total, 1 for "not applicable", 2 for a part of the whole."""
    if code in TOTALS:
        return 0
    return SILENT if code in NOT_APPLICABLE else PART


def default(combinations: Mapping[Combination, int], order: Callable[[Combination], Sequence[int]]) -> Combination:
    """The combination to show when nothing is asked for; `combinations` maps each to its number of values.

    The fewest parts of a whole, then the most values, then the order of the code lists.
    """
    return min(combinations, key=lambda c: (_parts(c), -combinations[c], [rank(code) for code in c], order(c), c))


def nearest(
    combinations: Mapping[Combination, int],
    asked: Mapping[int, str],
    order: Callable[[Combination], Sequence[int]],
    *,
    first: int | None = None,
) -> Combination:
    """The combination with figures that keeps most of what was asked for.

    `asked` maps positions to codes; position `first`, when given, is kept before all others.
    """

    def missed(combination: Combination) -> tuple[int, int]:
        wrong = [n for n, code in asked.items() if combination[n] != code]
        return (int(first in wrong), len(wrong))

    fewest = min(missed(c) for c in combinations)
    return default({c: n for c, n in combinations.items() if missed(c) == fewest}, order)


def options(
    combinations: Mapping[Combination, int],
    chosen: Combination,
    position: int,
    order: Callable[[Combination], Sequence[int]],
) -> list[Option]:
    """What can be chosen in the dimension at `position`, in the order of its code list."""
    found = []
    for code in {c[position] for c in combinations}:
        asked = dict(enumerate(chosen)) | {position: code}
        target = nearest(combinations, asked, order, first=position)
        changes = tuple(n for n, old in enumerate(chosen) if n != position and target[n] != old)
        found.append(Option(code, target, code == chosen[position], changes))
    return sorted(found, key=lambda option: (order(option.leads_to)[position], option.code))


def varying(combinations: Mapping[Combination, int]) -> list[int]:
    """Positions in which there is something to choose."""
    width = len(next(iter(combinations), ()))
    return [n for n in range(width) if len({c[n] for c in combinations}) > 1]


def _parts(combination: Combination) -> int:
    return sum(rank(code) == PART for code in combination)
