"""Wide tables made long: years as columns become rows."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def unpivot(
    frame: pl.DataFrame,
    *,
    keep: Sequence[str],
    periods: Sequence[str],
    period_column: str = "TIME_PERIOD",
    value_column: str = "OBS_VALUE",
    keep_empty: bool = False,
) -> pl.DataFrame:
    """One row for each cell under a column of ``periods``: row, the columns of ``keep``, period, value and ``column``.

    ``column`` names the column in which the value stood, so that a finding can name its cell; the period is the same
    text. Empty cells are no observations and are left out unless ``keep_empty``. Rows stay in their order, and within
    a row the periods in theirs.
    """
    order = pl.DataFrame(
        {"column": list(periods), "_order": range(len(periods))}, schema_overrides={"_order": pl.Int32}
    )
    long = frame.select("row", *keep, *periods).with_row_index("_line")
    long = long.unpivot(
        on=list(periods), index=["_line", "row", *keep], variable_name="column", value_name=value_column
    )
    if not keep_empty:
        long = long.filter(pl.col(value_column).is_not_null())
    long = long.join(order, on="column", how="left").sort("_line", "_order")
    return long.select("row", *keep, pl.col("column").alias(period_column), value_column, "column")
