"""The same key and period more than once in one delivery."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from adme.quality.pieces import pieces
from adme.structures.structure_view import StructureView

__all__ = ["duplicates"]

SAID = ("value", "decimals", "qualifier", "obs_status", "conf_status", "attributes", "action")
"""Two rows that agree in all of these say the same."""
MOST_NAMED = 20
"""Rows named with each duplicate."""


def duplicates(
    rows: pl.LazyFrame, structure: StructureView, *, within: Sequence[str] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Repeated rows that say the same (all but the first), and all rows that contradict each other.

    With `within`, only rows that agree in these columns too are held against each other.

    Both with `key` (text) and `others` (the rows of the file that share it). Keys are compared by a hash first, so that
    a delivery of many millions needs eight bytes a row.
    """
    keys = [*structure.columns, "period", *within]
    twice = _twice(rows.select(pl.struct(keys).hash().alias("hash")))
    if twice.is_empty():
        empty = rows.clear().collect().with_columns(key=pl.lit(""), others=pl.lit(""))
        return empty, empty
    hit = pl.struct(keys).hash().is_in(twice.implode())
    suspects = rows.filter(hit).collect(engine="streaming").sort(*keys, "row", maintain_order=True)
    counted = suspects.with_columns(
        times=pl.len().over(keys),
        different=pl.struct(SAID).n_unique().over(keys),
        place=pl.int_range(pl.len()).over(keys),
        others=pl.col("row").head(MOST_NAMED).cast(pl.String).str.join(", ").over(keys),
        key=_key(structure),
    ).filter(pl.col("times") > 1)
    same = counted.filter((pl.col("different") == 1) & (pl.col("place") > 0))
    return same, counted.filter(pl.col("different") > 1)


def _twice(hashed: pl.LazyFrame) -> pl.Series:
    """The hashes that stand more than once. Sorted where they are: a table of them would take five times the memory."""
    hashes = np.concatenate([np.zeros(0, np.uint64), *(piece["hash"].to_numpy() for piece in pieces(hashed))])
    hashes.sort()
    return pl.Series(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]), dtype=pl.UInt64)


def _key(structure: StructureView) -> pl.Expr:
    parts = [
        pl.col(dimension.column).replace_strict(
            {pk: code.code_id for pk, code in dimension.code_list.by_pk.items()}, return_dtype=pl.String
        )
        for dimension in structure.dimensions
    ]
    return pl.concat_str(parts, separator=".")
