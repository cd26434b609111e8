"""How much of a scorecard's rows is told, and in which order: the same answers as the store gives by SQL."""

from __future__ import annotations

import polars as pl

from adme.lib import periods
from adme.lib.sdmx_messages.shape import FlowShape
from adme.releases.question import Order, Question


def cut(rows: pl.DataFrame, question: Question, shape: FlowShape) -> pl.DataFrame:
    """Rows in order of series and time → the first or last of each series, in the order wished for, those from
    `offset` on, `limit` at most."""
    keys = [part.id for part in shape.dimensions]
    place = pl.int_range(pl.len()).over(keys)
    if question.first_n is not None or question.last_n is not None:
        from_end = pl.len().over(keys) - place
        rows = rows.filter((place < (question.first_n or 0)) | (from_end <= (question.last_n or 0)))
    if question.order:
        rows = rows.sort(
            [_comparable(one, rows, shape) for one in question.order],
            descending=[one.descending for one in question.order],
            nulls_last=True,
            maintain_order=True,
        )
    return rows.slice(question.offset, question.limit)


def together(rows: pl.DataFrame, shape: FlowShape) -> pl.DataFrame:
    """With the rows of each series beside each other, the series in the order of their first row."""
    if shape.flat:
        return rows
    series = [part.id for part in shape.series_dimensions]
    numbered = rows.with_row_index("__at")
    return numbered.sort(pl.col("__at").min().over(series), "__at").drop("__at")


def _comparable(one: Order, rows: pl.DataFrame, shape: FlowShape) -> pl.Expr:
    """Codes and texts by their characters, the measure as a number, periods in time."""
    column = pl.col(one.component)
    values = rows[one.component].unique().drop_nulls().to_list()
    if one.component == shape.time.id:
        return column.replace_strict({value: periods.parse(value) for value in values}, return_dtype=pl.Int64)
    if one.component == shape.measure.id:
        numbers = {value: float(value.lstrip("<>≤≥")) for value in values}
        return column.replace_strict(numbers, default=None, return_dtype=pl.Float64)
    return column
