"""Reads small, clean CSV files here instead of in a limited child: for tests of what comes after, and much faster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from adme.lib.tabular.facts import FileFacts, SheetFacts
from adme.lib.tabular.problems import SCHEMA
from adme.lib.tabular.reading import Table


def _frame(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(path, infer_schema=False).with_row_index("row", offset=2)
    return frame.with_columns(pl.col("row").cast(pl.Int64))


def sniff(path: Path, name: str | None = None) -> FileFacts:
    columns = tuple(_frame(path).columns[1:])
    return FileFacts("csv", path.stat().st_size, "utf-8", ",", ".", sheets=(SheetFacts(None, columns=columns),))


def iter_table(path: Path, dialect: Any, name: str | None = None, **more: Any) -> Iterator[Table]:
    frame = _frame(path)
    yield Table(frame, pl.DataFrame(schema=SCHEMA), tuple(frame.columns[1:]), None)


def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the end of the test."""
    monkeypatch.setattr("adme.collection.actions.receiving.sniff", sniff)
    monkeypatch.setattr("adme.collection.examining.iter_table", iter_table)
