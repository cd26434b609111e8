"""SDMX-CSV data messages 1.0, 2.0 and 2.1.

Method: SDMX-CSV field guides. 1.0 names the dataflow in a column DATAFLOW; from 2.0 on the columns STRUCTURE,
STRUCTURE_ID and ACTION come first, and SERIES_KEY and OBS_KEY after them where they are asked for. Dimensions, measure
and attributes follow by their ids; with ``labels=both`` a cell reads ``id: name`` and so does its header. ACTION is I
where nothing else is meant: the rows inform, they ask nothing of the reader's own store.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from adme.lib.sdmx_messages.shape import Action, ComponentShape, FlowData, FlowShape, Part

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
    """How a message is laid out: the columns of all dataflows in it. 1.0 has neither columns of names nor keys."""

    columns: tuple[ComponentShape, ...]
    version: Version
    labels: Labels
    keys: Keys


def write_csv(
    frames: Iterator[pl.DataFrame],
    shape: FlowShape,
    *,
    version: Version = "2.0",
    labels: Labels = "id",
    keys: Keys = "none",
) -> Iterator[bytes]:
    """A message of one part; see `csv_message`."""
    return csv_message([FlowData(shape, [Part(frames)])], version=version, labels=labels, keys=keys)


def csv_message(
    flows: Sequence[FlowData],
    *,
    version: Version = "2.0",
    labels: Labels = "id",
    keys: Keys = "none",
) -> Iterator[bytes]:
    """The message in chunks, one for each frame; UTF-8, comma, LF as line end.

    1.0 has no column for what a part asks of a copy, and no version has one for when it holds.
    ``labels="name"`` adds a column of names after each column of values (not in 1.0, where it means ``id``);
    ``keys`` adds the columns SERIES_KEY and OBS_KEY (not in 1.0, which has none).
    Of several dataflows every component has one column, which is empty in rows whose dataflow does not have it.
    """
    if version == "1.0":
        labels, keys = ("both" if labels == "both" else "id"), "none"
    manner = _Manner(_columns([flow.shape for flow in flows]), version, labels, keys)
    yield _header(manner)
    for flow in flows:
        for part in flow.parts:
            for frame in part.frames:
                if frame.height:
                    rows = _rows(frame, flow.shape, manner, _ACTIONS[part.action or "Information"])
                    yield rows.write_csv(include_header=False, quote_style="necessary").encode()


def _columns(shapes: Sequence[FlowShape]) -> tuple[ComponentShape, ...]:
    """Dimensions, time, measure and attributes, each group in the order in which the dataflows name them."""
    groups: list[dict[str, ComponentShape]] = [{}, {}, {}, {}]
    for shape in shapes:
        attributes = {part.id for part in shape.attributes}
        dimensions = {part.id for part in shape.dimensions}
        for part in shape.shown:
            own = 3 if part.id in attributes else 0 if part.id in dimensions else 1 if part.id == shape.time.id else 2
            if not any(part.id in group for group in groups):
                groups[own][part.id] = part
    return tuple(part for group in groups for part in group.values())


_ACTIONS: dict[Action, str] = {"Information": "I", "Append": "A", "Merge": "M", "Replace": "R", "Delete": "D"}


def _header(manner: _Manner) -> bytes:
    cells = ["DATAFLOW"] if manner.version == "1.0" else ["STRUCTURE", "STRUCTURE_ID"]
    if manner.labels == "name":
        cells.append("STRUCTURE_NAME")
    if manner.version != "1.0":
        cells += ["ACTION", *_key_columns(manner.keys)]
    for part in manner.columns:
        cells.append(f"{part.id}: {part.name}" if manner.labels == "both" else part.id)
        if manner.labels == "name":
            cells.append(part.name)
    return pl.DataFrame([cells], orient="row").write_csv(include_header=False).encode()


def _key_columns(keys: Keys) -> list[str]:
    names = {"series": ["SERIES_KEY"], "obs": ["OBS_KEY"], "both": ["SERIES_KEY", "OBS_KEY"]}
    return names.get(keys, [])


def _rows(frame: pl.DataFrame, shape: FlowShape, manner: _Manner, action: str) -> pl.DataFrame:
    identity = f"{shape.reference}: {shape.name}" if manner.labels == "both" else shape.reference
    columns = [pl.lit(identity).alias("STRUCTURE_ID")]
    if manner.version != "1.0":
        columns.insert(0, pl.lit("dataflow").alias("STRUCTURE"))
    if manner.labels == "name":
        columns.append(pl.lit(shape.name).alias("STRUCTURE_NAME"))
    if manner.version != "1.0":
        columns.append(pl.lit(action).alias("ACTION"))
        columns += [_key(shape, name).alias(name) for name in _key_columns(manner.keys)]
    own = {part.id: part for part in shape.shown}
    for part in manner.columns:
        columns.extend(_cells(own[part.id], manner.labels) if part.id in own else _nothing(part, manner.labels))
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


def _nothing(part: ComponentShape, labels: Labels) -> list[pl.Expr]:
    """The same of a component that a dataflow does not have."""
    nothing = pl.lit(None, pl.String)
    return [nothing.alias(part.id), *([nothing.alias(f"{part.id} name")] if labels == "name" else [])]
