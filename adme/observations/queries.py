"""What other rooms may ask of the store itself. Published data are asked of `releases`."""

from __future__ import annotations

import polars as pl
from django.db.models import Q

from adme.observations import columns
from adme.observations.extents import EXTENT
from adme.observations.models import Delivery, Observation, PublicClock, Series
from adme.observations.scopes import whole_flow
from adme.structures.structure_view import StructureView


def clock_instant() -> int:
    """The newest release instant that has gone live; 0 before the first."""
    return PublicClock.objects.filter(pk=1).values_list("instant", flat=True).first() or 0


def has_moved(dataflow_id: int, since: int) -> bool:
    """Whether what is public of a dataflow was changed after the instant `since`, by a release or a withdrawal."""
    now = clock_instant()
    changed = Q(instant__gt=since, instant__lte=now) | Q(withdrawn_instant__gt=since, withdrawn_instant__lte=now)
    return Delivery.objects.filter(changed, dataflow_id=dataflow_id).exists()


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
