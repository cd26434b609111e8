"""Where in a message a row stands: its data set, its series, and which observation of them it is. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import polars as pl

from adme.quality.findings import FindingGroup

__all__ = ["in_dataset", "placed"]


def in_dataset(frame: pl.DataFrame, places: pl.DataFrame | None) -> pl.DataFrame:
    """Coded rows with `dataset`, the number of their data set; a table has one."""
    if places is None or places.is_empty():
        return frame.with_columns(dataset=pl.lit(1, pl.Int64))
    return frame.sort("row").join_asof(places.select("row", "dataset"), on="row")


def placed(findings: Iterable[FindingGroup], places: pl.DataFrame | None) -> list[FindingGroup]:
    """Findings whose examples say data set, series (0: none) and observation too, where the file is a message."""
    if places is None or places.is_empty():
        return list(findings)
    starts = places["row"]
    return [
        dataclasses.replace(found, examples=tuple(_placed(one, places, starts) for one in found.examples))
        for found in findings
    ]


def _placed(example: dict[str, Any], places: pl.DataFrame, starts: pl.Series) -> dict[str, Any]:
    row = example.get("row")
    if row is None:
        return example
    start, dataset, series = places.row(int(starts.search_sorted(row, side="right")) - 1)
    return {**example, "dataset": dataset, "series": series, "observation": row - start + 1}
