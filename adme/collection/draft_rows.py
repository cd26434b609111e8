"""Draft rows for people: codes and periods as text, values as delivered, instead of what the store keeps."""

from __future__ import annotations

import polars as pl

from adme.lib import periods
from adme.lib.numbers import write_expr
from adme.structures.mapping import DELIVERED
from adme.structures.structure_view import StructureView

__all__ = ["readable"]


def readable(frame: pl.DataFrame, structure: StructureView) -> pl.DataFrame:
    """row, each dimension, TIME_PERIOD, OBS_VALUE, statuses, each attribute, action; all text but the row."""
    attributes = pl.col("attributes")
    number = write_expr(pl.col("value"), pl.col("decimals"), pl.col("qualifier"))
    delivered = attributes.str.json_path_match(f"$.{DELIVERED}")
    others = [one.id for one in structure.attributes if one.id not in ("OBS_STATUS", "CONF_STATUS", DELIVERED)]
    return frame.select(
        "row",
        *(_code(dimension.column, dimension.id, structure) for dimension in structure.dimensions),
        periods.label_expr(pl.col("period")).alias(structure.time),
        pl.coalesce(delivered, number).alias(structure.measure),
        pl.col("obs_status").alias("OBS_STATUS"),
        pl.col("conf_status").alias("CONF_STATUS"),
        *(attributes.str.json_path_match(f"$.{name}").alias(name) for name in others),
        pl.col("action").alias("ACTION"),
    )


def _code(column: str, dimension: str, structure: StructureView) -> pl.Expr:
    codes = structure.dimension[dimension].code_list.frame
    return (
        pl.col(column).replace_strict(codes["pk"], codes["code"], default=None, return_dtype=pl.String).alias(dimension)
    )
