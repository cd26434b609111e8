"""SDMX-CSV data messages 1.0, 2.0 and 2.1.

Method: SDMX-CSV field guides. 1.0 names the dataflow in a column DATAFLOW; from 2.0 on the columns STRUCTURE,
STRUCTURE_ID and ACTION come first, and SERIES_KEY and OBS_KEY after them where they are asked for. Dimensions, measure
and attributes follow by their ids; with ``labels=both`` a cell reads ``id: name`` and so does its header. ACTION is I
where nothing else is meant: the rows inform, they ask nothing of the reader's own store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from adme.lib.sdmx_messages.shape import Action, ComponentShape, FlowShape, Part

Version = Literal["1.0", "2.0", "2.1"]
Labels = Literal["id", "name", "both"]
Keys = Literal["none", "obs", "series", "both"]

MEDIA_TYPES: dict[Version, str] = {
    "1.0": "application/vnd.sdmx.data+csv;version=1.0.0",
    "2.0": "application/vnd.sdmx.data+csv;version=2.0.0",
    "2.1": "application/vnd.sdmx.data+csv;version=2.1.0",
}


@dataclass(frozen=True)
class _Manner:
    """How a message is laid out. 1.0 has neither columns of names nor keys."""

    shape: FlowShape
    version: Version
    labels: Labels
    keys: Keys

    @property
    def parts(self) -> tuple[ComponentShape, ...]:
        return self.shape.shown


def write_csv(
    frames: Iterator[pl.DataFrame],
    shape: FlowShape,
    *,
    version: Version = "2.0",
    labels: Labels = "id",
    keys: Keys = "none",
) -> Iterator[bytes]:
    """A message of one part; see `csv_message`."""
    return csv_message([Part(frames)], shape, version=version, labels=labels, keys=keys)


def csv_message(
    parts: Iterable[Part],
    shape: FlowShape,
    *,
    version: Version = "2.0",
    labels: Labels = "id",
    keys: Keys = "none",
) -> Iterator[bytes]:
    """The message in chunks, one for each frame; UTF-8, comma, LF as line end.

    1.0 has no column for what a part asks of a copy, and no version has one for when it holds.
    ``labels="name"`` adds a column of names after each column of values (not in 1.0, where it means ``id``);
    ``keys`` adds the columns SERIES_KEY and OBS_KEY (not in 1.0, which has none).
    """
    if version == "1.0":
        labels, keys = ("both" if labels == "both" else "id"), "none"
    manner = _Manner(shape, version, labels, keys)
    yield _header(manner)
    for part in parts:
        for frame in part.frames:
            if frame.height:
                rows = _rows(frame, manner, _ACTIONS[part.action or "Information"])
                yield rows.write_csv(include_header=False, quote_style="necessary").encode()


_ACTIONS: dict[Action, str] = {"Information": "I", "Append": "A", "Merge": "M", "Replace": "R", "Delete": "D"}


def _header(manner: _Manner) -> bytes:
    cells = ["DATAFLOW"] if manner.version == "1.0" else ["STRUCTURE", "STRUCTURE_ID"]
    if manner.labels == "name":
        cells.append("STRUCTURE_NAME")
    if manner.version != "1.0":
        cells += ["ACTION", *_key_columns(manner.keys)]
    for part in manner.parts:
        cells.append(f"{part.id}: {part.name}" if manner.labels == "both" else part.id)
        if manner.labels == "name":
            cells.append(part.name)
    return pl.DataFrame([cells], orient="row").write_csv(include_header=False).encode()


def _key_columns(keys: Keys) -> list[str]:
    names = {"series": ["SERIES_KEY"], "obs": ["OBS_KEY"], "both": ["SERIES_KEY", "OBS_KEY"]}
    return names.get(keys, [])


def _rows(frame: pl.DataFrame, manner: _Manner, action: str) -> pl.DataFrame:
    shape = manner.shape
    identity = f"{shape.reference}: {shape.name}" if manner.labels == "both" else shape.reference
    columns = [pl.lit(identity).alias("STRUCTURE_ID")]
    if manner.version != "1.0":
        columns.insert(0, pl.lit("dataflow").alias("STRUCTURE"))
    if manner.labels == "name":
        columns.append(pl.lit(shape.name).alias("STRUCTURE_NAME"))
    if manner.version != "1.0":
        columns.append(pl.lit(action).alias("ACTION"))
        columns += [_key(shape, name).alias(name) for name in _key_columns(manner.keys)]
    for part in manner.parts:
        columns.extend(_cells(part, manner.labels))
    return frame.select(columns)


def _key(shape: FlowShape, column: str) -> pl.Expr:
    dimensions = [part.id for part in shape.dimensions]
    names = dimensions if column == "SERIES_KEY" else [*dimensions, shape.time.id]
    return pl.concat_str([pl.col(name) for name in names], separator=".")


def _cells(part: ComponentShape, labels: Labels) -> list[pl.Expr]:
    """The one or two columns of a component."""
    cell = pl.col(part.id)
    name = (
        cell.replace_strict(dict(part.code_names), default=None, return_dtype=pl.String)
        if part.code_names
        else pl.lit(None, pl.String)
    )
    if labels == "id" or (labels == "both" and not part.code_names):
        return [cell]
    if labels == "both":
        return [pl.when(name.is_null()).then(cell).otherwise(cell + ": " + name).alias(part.id)]
    return [cell, name.alias(f"{part.id} name")]
