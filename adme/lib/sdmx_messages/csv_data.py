"""SDMX-CSV 2.0 data messages.

Method: SDMX-CSV field guide 2.0: columns STRUCTURE, STRUCTURE_ID, ACTION, then dimensions, measure and attributes
by their ids; with ``labels=both`` a cell reads ``id: name`` and so does its header. ACTION is I: the rows inform,
they ask nothing of the reader's own store.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from adme.lib.sdmx_messages.shape import ComponentShape, FlowShape

MEDIA_TYPE = "application/vnd.sdmx.data+csv;version=2.0.0"

Labels = Literal["id", "name", "both"]


def write_csv(frames: Iterator[pl.DataFrame], shape: FlowShape, *, labels: Labels = "id") -> Iterator[bytes]:
    """The message in chunks, one for each frame; UTF-8, comma, LF as line end.

    ``labels="name"`` adds a column of names after each coded column.
    """
    yield _header(shape, labels)
    for frame in frames:
        if frame.height:
            yield _rows(frame, shape, labels).write_csv(include_header=False, quote_style="necessary").encode()


def _header(shape: FlowShape, labels: Labels) -> bytes:
    first = ["STRUCTURE", "STRUCTURE_ID"]
    if labels == "name":
        first.append("STRUCTURE_NAME")
    cells = [*first, "ACTION"]
    for part in _parts(shape):
        cells.append(f"{part.id}: {part.name}" if labels == "both" else part.id)
        if labels == "name" and part.code_names:
            cells.append(part.name)
    return pl.DataFrame([cells], orient="row").write_csv(include_header=False).encode()


def _parts(shape: FlowShape) -> tuple[ComponentShape, ...]:
    return (*shape.dimensions, shape.time, shape.measure, *shape.attributes)


def _rows(frame: pl.DataFrame, shape: FlowShape, labels: Labels) -> pl.DataFrame:
    identity = f"{shape.reference}: {shape.name}" if labels == "both" else shape.reference
    columns = [pl.lit("dataflow").alias("STRUCTURE"), pl.lit(identity).alias("STRUCTURE_ID")]
    if labels == "name":
        columns.append(pl.lit(shape.name).alias("STRUCTURE_NAME"))
    columns.append(pl.lit("I").alias("ACTION"))
    for part in _parts(shape):
        columns.extend(_cells(part, labels))
    return frame.select(columns)


def _cells(part: ComponentShape, labels: Labels) -> list[pl.Expr]:
    """The one or two columns of a component."""
    cell = pl.col(part.id)
    if labels == "id" or not part.code_names:
        return [cell]
    name = cell.replace_strict(dict(part.code_names), default=None, return_dtype=pl.String)
    if labels == "both":
        return [pl.when(name.is_null()).then(cell).otherwise(cell + ": " + name).alias(part.id)]
    return [cell, name.alias(f"{part.id} name")]
