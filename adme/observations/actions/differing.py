"""Every difference that a delivery would make, for those who decide about it. Writes nothing, holds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from adme.observations import revisions, tables
from adme.observations.actions.record import RevisionCount, Rows, counted
from adme.observations.delivered import Delivered
from adme.observations.models import AttributeSet
from adme.observations.queries import clock_instant
from adme.observations.scopes import scope_of
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of

__all__ = ["Differences", "differences"]

SHOWN = ("value", "decimals", "qualifier", "obs_status", "conf_status")
KINDS = ("new", "changed", "deleted")


class Differences(NamedTuple):
    """A piece of the answer: counts of its cells, and a row for each cell that would be new, changed or deleted.

    The frame has key, period, kind, SHOWN and `attributes` (canonical JSON or null), and the same with `_before`.
    """

    counts: RevisionCount
    cells: pl.DataFrame


def differences(dataflow: Dataflow, rows: Rows) -> Iterator[Differences]:
    """What the rows would change if they were released now, in pieces, by series.

    Raises what `record_revisions` would: CellDeliveredTwice, UnknownCode, ValueNotFinite.
    """
    with Delivered(structure_of(dataflow)) as delivered:
        for frame in [rows] if isinstance(rows, pl.DataFrame) else rows:
            delivered.take(frame)
        delivered.catalogue.find()
        instant = clock_instant() + 1
        for ids, cells in delivered.pieces():
            stored = tables.around(scope_of(ids), instant, delivered.periods)()
            kinds = revisions.difference(cells, stored, instant=instant, live=True, delivery_id=0).kinds
            yield Differences(counted(kinds), _described(delivered, kinds.filter(pl.col("kind").is_in(KINDS))))


def _described(delivered: Delivered, cells: pl.DataFrame) -> pl.DataFrame:
    keys = delivered.keys_of(cells["series_id"].unique())
    ids = pl.concat([cells["attributes_id"], cells["attributes_id_before"]]).drop_nulls().unique()
    contents = delivered.attributes.contents | dict(_stored_contents(ids.to_list()))
    known = pl.DataFrame(
        {"id": list(contents), "content": list(contents.values())}, schema={"id": pl.Int64, "content": pl.String}
    )
    named = cells.join(keys, on="series_id", how="left")
    for suffix in ("", "_before"):
        texts = known.rename({"content": f"attributes{suffix}"})
        named = named.join(texts, left_on=f"attributes_id{suffix}", right_on="id", how="left")
    both = [f"{name}{suffix}" for suffix in ("", "_before") for name in (*SHOWN, "attributes")]
    nothing = [pl.when(pl.col(name) != -1).then(pl.col(name)).alias(name) for name in ("decimals", "decimals_before")]
    return named.with_columns(nothing).select("key", "period", "kind", *both).sort("key", "period")


def _stored_contents(ids: list[int]) -> Iterator[tuple[int, str]]:
    for start in range(0, len(ids), 500):
        yield from AttributeSet.objects.filter(pk__in=ids[start : start + 500]).values_list("pk", "content")
