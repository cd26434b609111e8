"""Laying values out as a table: which coordinates become row heads, which one runs across. Pure.

A value has coordinates (indicator, area, each breakdown, time). One of them runs across; the others head the rows, but
only where they tell rows apart: a coordinate with one code in the whole table stands in the caption instead.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from adme.portal.values import Value

INDICATOR, AREA, TIME = "indicator", "area", "time"


@dataclass(frozen=True)
class Placed:
    """A value with its coordinates: axis → position in that axis's order."""

    at: Mapping[str, int]
    value: Value


@dataclass(frozen=True)
class Axis:
    """One coordinate: what it is called, and the words of its positions in order."""

    id: str
    title: str
    labels: Sequence[str]


@dataclass(frozen=True)
class LaidOut:
    """A table: `heads` name the leading columns, `columns` the others; each row has a word for each head."""

    heads: tuple[Axis, ...]
    across: Axis
    columns: tuple[int, ...]
    rows: tuple[tuple[tuple[int, ...], Mapping[int, Value]], ...]
    fixed: tuple[tuple[Axis, int], ...]
    """Axes with one position in the whole table, and that position."""

    def head_words(self, row: tuple[int, ...]) -> list[str]:
        """The words that head a row."""
        return [axis.labels[position] for axis, position in zip(self.heads, row, strict=True)]

    def place(self, axis_id: str, row: tuple[int, ...], column: int) -> int:
        """Where a cell stands on an axis, whether that axis runs across, heads rows, or is fixed. KeyError if none."""
        found = {axis.id: place for axis, place in self.fixed}
        found |= {axis.id: place for axis, place in zip(self.heads, row, strict=True)}
        found[self.across.id] = column
        return found[axis_id]


class TwoValuesInOnePlace(ValueError):
    """Two values have the same coordinates: an axis is missing, and one would hide the other."""


def lay_out(placed: Sequence[Placed], axes: Sequence[Axis], across: str, always: Container[str] = ()) -> LaidOut:
    """Lay `placed` out with the axis `across` in columns and the others, in the order given, as row heads.

    Axes in `always` head rows even where they do not vary: one page of a table has the same heads as the next.
    Raises TwoValuesInOnePlace rather than drop a value.
    """
    used = {axis.id: sorted({item.at[axis.id] for item in placed}) for axis in axes}
    runs = next(axis for axis in axes if axis.id == across)
    heads = tuple(axis for axis in axes if axis.id != across and (len(used[axis.id]) > 1 or axis.id in always))
    if not heads and len(axes) > 1:  # every row needs a name
        heads = (next(axis for axis in axes if axis.id != across),)
    fixed = tuple(
        (axis, used[axis.id][0]) for axis in axes if axis.id != across and axis not in heads and len(used[axis.id]) == 1
    )
    rows: dict[tuple[int, ...], dict[int, Value]] = {}
    for item in placed:
        row = rows.setdefault(tuple(item.at[axis.id] for axis in heads), {})
        if item.at[across] in row:
            raise TwoValuesInOnePlace(f"{item.value.key} at {item.value.code}")
        row[item.at[across]] = item.value
    return LaidOut(heads, runs, tuple(used[across]), tuple(sorted(rows.items(), key=lambda r: r[0])), fixed)
