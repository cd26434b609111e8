"""How much hangs on each code of a dimension: for whoever is about to change one."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from adme.observations import columns
from adme.observations.extents import EXTENT
from adme.observations.models import Observation, Series
from adme.observations.queries import clock_instant

_OBSERVATION, _SERIES = Observation._meta.db_table, Series._meta.db_table


class Used(NamedTuple):
    """Series that the store has under a code, and how many of their observations are public now."""

    series: int
    observations: int


def used_by_code(dataflow_id: int, column: str) -> dict[int, Used]:
    """Code pk of a dimension column (d01 … d32) → what hangs on it. One query, of series and their extents."""
    now = clock_instant()
    sql = (
        f'SELECT s."{column}", COUNT(s.id), COALESCE(SUM(e.observations), 0) FROM {_SERIES} s '
        f"LEFT JOIN {EXTENT} e ON e.series_id = s.id AND e.public_from <= %s AND e.public_to > %s "
        f'WHERE s.dataflow_id = %s AND s."{column}" IS NOT NULL GROUP BY s."{column}"'
    )
    schema: columns.Schema = {"code": pl.Int64, "series": pl.Int64, "observations": pl.Int64}
    found = columns.read(sql, [now, now, dataflow_id], schema)
    return {code: Used(series, observations) for code, series, observations in found.iter_rows()}


def has_cells(dataflow_id: int, column: str, code: int) -> bool:
    """Whether any value under a code is public now or waits for its release."""
    ids = Series.objects.filter(dataflow_id=dataflow_id, **{column: code}).values("id")
    there = Observation.objects.filter(series_id__in=ids, public_to__gt=clock_instant())
    return there.exists()
