"""What is public now of a part of a dataflow, as columns for checks: its series, and their cells.

A part is chosen by the codes of one dimension column, so that whoever asks can go through a flow in pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from adme.observations import columns
from adme.observations.extents import EXTENT
from adme.observations.models import AttributeSet, Observation, Series
from adme.observations.queries import clock_instant
from adme.structures.structure_view import StructureView

__all__ = ["MARKS", "attribute_texts", "cells_of", "series_of", "sizes_by_code"]

MARKS = ("", "<", ">", "≤", "≥")
"""Qualifiers by the number that stands for each in a frame: numbers are read several times faster than texts."""

_OBSERVATION, _SERIES = Observation._meta.db_table, Series._meta.db_table
_MARK = " ".join(f"WHEN '{mark}' THEN {number}" for number, mark in enumerate(MARKS))

CELLS: columns.Schema = {
    "series": pl.Int64,
    "period": pl.Int64,
    "value": pl.Float64,
    "decimals": pl.Int16,
    "mark": pl.Int16,
    "attributes_id": pl.Int64,
}


def sizes_by_code(structure: StructureView, column: str) -> dict[int, int]:
    """Code pk of a dimension column → how many cells are public now."""
    now = clock_instant()
    sql = (
        f"SELECT s.{column}, SUM(e.observations) FROM {_SERIES} s "
        f"JOIN {EXTENT} e ON e.series_id = s.id AND e.public_from <= %s AND e.public_to > %s "
        f"WHERE s.dataflow_id = %s GROUP BY s.{column}"
    )
    found = columns.read(sql, [now, now, structure.dataflow_id], {"code": pl.Int64, "cells": pl.Int64})
    return dict(found.iter_rows())


def series_of(structure: StructureView, column: str, pks: Sequence[int]) -> pl.DataFrame:
    """`series` (its id) and dimension columns of every series with one of these codes, public or not."""
    condition, parameters = _part(structure, column, pks)
    named = ", ".join(f's."{name}"' for name in structure.columns)
    sql = f"SELECT s.id, {named} FROM {_SERIES} s WHERE {condition}"
    found = columns.read(sql, parameters, {"series": pl.Int64, **dict.fromkeys(structure.columns, pl.Int64)})
    return found.with_columns(pl.col(list(structure.columns)).cast(pl.Int32))


def cells_of(structure: StructureView, column: str, pks: Sequence[int], *, earlier: bool = False) -> pl.DataFrame:
    """The cells (CELLS) that are public now; `decimals` is -1 where unknown, `mark` a place in MARKS.

    With `earlier` also `before`: the number that stood there until this version began; null without one, and where it
    had a qualifier.
    """
    condition, parameters = _part(structure, column, pks)
    now = clock_instant()
    before, joined, schema = "", "", dict(CELLS)
    if earlier:
        schema["before"] = pl.Float64
        before = ", CASE WHEN p.qualifier = '' THEN p.value END"
        joined = (
            f"LEFT JOIN {_OBSERVATION} p ON p.series_id = o.series_id AND p.period = o.period "
            "AND p.public_to = o.public_from AND p.public_from < p.public_to "
        )
    sql = (
        f"SELECT o.series_id, o.period, o.value, COALESCE(o.decimals, -1), CASE o.qualifier {_MARK} ELSE 0 END, "
        f"COALESCE(o.attributes_id, 0){before} FROM {_OBSERVATION} o {joined}"
        f"WHERE o.series_id IN (SELECT s.id FROM {_SERIES} s WHERE {condition}) "
        "AND o.public_from <= %s AND o.public_to > %s"
    )
    return columns.read(sql, [*parameters, now, now], schema)


def attribute_texts(ids: Sequence[int]) -> pl.DataFrame:
    """The content of attribute sets: `attributes_id`, `attributes` (canonical JSON)."""
    table = AttributeSet._meta.db_table
    condition, parameters = columns.among("id", ids)
    schema: columns.Schema = {"attributes_id": pl.Int64, "attributes": pl.String}
    return columns.read(f"SELECT id, content FROM {table} WHERE {condition}", parameters, schema)


def _part(structure: StructureView, column: str, pks: Sequence[int]) -> tuple[str, list[Any]]:
    condition, parameters = columns.among(f's."{column}"', pks)
    return f"s.dataflow_id = %s AND {condition}", [structure.dataflow_id, *parameters]
