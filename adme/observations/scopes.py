"""Which series a statement is about: a range of ids where they lie together, a list where they are few among many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from adme.observations import columns

SERIES_IDS_OF_A_FLOW = 2**40

CHUNK = 150_000
"""Observations that are looked at in one piece. It bounds memory: some 300 bytes each at the widest point, and a load
has three pieces in hand: one each that is sorted, compared and stored."""

LIST_BELOW = 0.5
"""A range with a smaller share of wanted series than this is asked for by list."""


class Scope(NamedTuple):
    """Some series of one dataflow. `ids` is None when every series from `low` to `high` belongs."""

    low: int
    high: int
    ids: tuple[int, ...] | None = None

    def where(self, column: str = "series_id") -> tuple[str, list[Any]]:
        """A condition on `column` and its parameters."""
        if self.ids is not None:
            return columns.among(column, self.ids)
        return f"{column} BETWEEN %s AND %s", [self.low, self.high]


def whole_flow(dataflow_id: int) -> Scope:
    """Every series that the dataflow has or will have."""
    low = dataflow_id * SERIES_IDS_OF_A_FLOW
    return Scope(low, low + SERIES_IDS_OF_A_FLOW - 1)


def scope_of(ids: pl.Series) -> Scope:
    """Exactly these series (ascending, each once), or the range that they fill well enough."""
    low, high = int(ids[0]), int(ids[-1])
    dense = len(ids) >= (high - low + 1) * LIST_BELOW
    return Scope(low, high, None if dense else tuple(ids.to_list()))


def chunks(ids: pl.Series, weights: np.ndarray[Any, Any], size: int | None = None) -> Iterator[pl.Series]:
    """Ascending ids in pieces that weigh at most `size` together (a single one may weigh more)."""
    limit = CHUNK if size is None else size
    so_far = np.cumsum(weights, dtype=np.int64)
    start, before = 0, 0
    while start < len(ids):
        end = max(start + 1, int(np.searchsorted(so_far, before + limit, side="right")))
        yield ids[start:end]
        start, before = end, int(so_far[end - 1])
