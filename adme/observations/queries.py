"""What other rooms may ask of the store itself. Published data are asked of `releases`."""

from __future__ import annotations

import polars as pl

from adme.observations import columns
from adme.observations.extents import EXTENT
from adme.observations.models import Observation, PublicClock, Series
from adme.observations.scopes import whole_flow
from adme.structures.structure_view import StructureView


def clock_instant() -> int:
    """The newest release instant that has gone live; 0 before the first."""
    return PublicClock.objects.filter(pk=1).values_list("instant", flat=True).first() or 0


def typical_values(structure: StructureView) -> pl.DataFrame:
    """Every series of a dataflow that shows anything now: its columns dNN, and `typical`, its latest value's size."""
    now = clock_instant()
    condition, ids = whole_flow(structure.dataflow_id).where("s.id")
    named = ", ".join(f"s.{name}" for name in structure.columns)
    sql = (
        f"SELECT {named}, ABS(o.value) FROM {Series._meta.db_table} s "
        f"JOIN {EXTENT} e ON e.series_id = s.id AND e.public_from <= %s AND e.public_to > %s "
        f"LEFT JOIN {Observation._meta.db_table} o ON o.series_id = s.id AND o.period = e.latest_period "
        f"AND o.public_from <= %s AND o.public_to > %s WHERE {condition}"
    )
    schema = {**dict.fromkeys(structure.columns, pl.Int64), "typical": pl.Float64}
    return columns.read(sql, [now, now, now, now, *ids], schema)
