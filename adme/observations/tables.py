"""The observation table as frames: read versions of cells, write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from adme.observations import columns
from adme.observations.models import Observation
from adme.observations.revisions import CELL, STORED, VERSION
from adme.observations.scopes import Scope

OBSERVATION = Observation._meta.db_table

_NONE = {"decimals": -1, "attributes_id": 0}
"""How a frame writes NULL, so that content can be compared without regard to it."""

_COMPARED = {name: kind for name, kind in STORED.items() if name != "delivery_id"}


def versions(
    scope: Scope, condition: str = "1 = 1", parameters: Sequence[Any] = (), wanted: Mapping[str, Any] = STORED
) -> pl.DataFrame:
    """The versions of the series in `scope` that meet a condition, in the form of STORED or its part that is wanted."""
    return _fetch(scope, condition, parameters, wanted)()


def _fetch(scope: Scope, condition: str, parameters: Sequence[Any], wanted: Mapping[str, Any]) -> columns.Fetched:
    where, ids = scope.where()
    selected = ", ".join(f"COALESCE({name}, {_NONE[name]})" if name in _NONE else name for name in wanted)
    sql = f"SELECT {selected} FROM {OBSERVATION} WHERE {where} AND {condition}"
    return columns.fetch(sql, [*ids, *parameters], dict(wanted))


def around(scope: Scope, instant: int, between: tuple[int, int]) -> columns.Fetched:
    """What is in force just before `instant`, and all that begins or ends at it or later, in a span of periods.

    Whose delivery each was is left out: nothing is compared by it, and a column is a tenth of the reading.
    """
    return _fetch(scope, "public_to >= %s AND period BETWEEN %s AND %s", [instant, *between], _COMPARED)


def add(frame: pl.DataFrame) -> None:
    """New versions, in key order."""
    columns.insert(OBSERVATION, _for_table(frame))


def close(frame: pl.DataFrame) -> None:
    """Prior versions (VERSION) end at their `public_to`."""
    columns.update(OBSERVATION, frame, key=VERSION)


def replace(old: pl.DataFrame, new: pl.DataFrame) -> None:
    """Turn the versions `old`, as they are stored, into `new`, writing only what differs."""
    columns.delete(OBSERVATION, old.join(new, on=VERSION, how="anti").select(VERSION))
    add(new.join(old, on=VERSION, how="anti").sort(VERSION))
    both = new.join(old, on=VERSION, suffix="_before")
    rest = [name for name in STORED if name not in VERSION]
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in rest)
    columns.update(OBSERVATION, _for_table(both.filter(differs).select(list(STORED))), key=VERSION)


def repeated(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells that occur more than once in a frame that is in their order."""
    return cells.filter(pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in CELL))


def _for_table(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.when(pl.col(name) != nothing).then(pl.col(name)) for name, nothing in _NONE.items())
