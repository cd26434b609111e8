"""Columns in and out of SQLite: multi-row executemany in, np.fromiter over the cursor out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
from django.db import connection

PARAMETERS = 250
"""Parameters of one INSERT: past some 250 a longer statement gains nothing (measured 1.7 → 1.0 s per million rows)."""

BATCH = 50_000
"""Rows that exist as Python objects at one time."""

_DTYPES = {pl.Int16: "i2", pl.Int32: "i4", pl.Int64: "i8", pl.Float64: "f8"}


def fetch(sql: str, parameters: Sequence[Any], schema: dict[str, Any]) -> Callable[[], pl.DataFrame]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        # Texts are objects; numbers are not, which is several times smaller, and a NULL number becomes NaN.
        dtype = np.dtype([(name, _DTYPES.get(kind, "O")) for name, kind in schema.items()])
        rows = np.fromiter(cursor.cursor, dtype=dtype)
    return lambda: pl.DataFrame([_series(name, rows[name], kind) for name, kind in schema.items()])


def _series(name: str, values: np.ndarray[Any, Any], kind: Any) -> pl.Series:
    if values.dtype == object:
        return pl.Series(name, values.tolist(), dtype=pl.String).fill_null("")
    column = pl.Series(name, np.ascontiguousarray(values))
    return column.fill_nan(None) if kind == pl.Float64 else column


def insert(table: str, frame: pl.DataFrame, known_already: bool) -> None:
    verb = "INSERT OR IGNORE" if known_already else "INSERT"
    names = ", ".join(f'"{name}"' for name in frame.columns)
    one = f"({', '.join(['%s'] * frame.width)})"
    rows = max(1, PARAMETERS // frame.width)
    start = f'{verb} INTO "{table}" ({names}) VALUES '
    with connection.cursor() as cursor:
        for batch in frame.iter_slices(BATCH // rows * rows):
            whole = len(batch) // rows * rows
            if whole:
                cursor.executemany(start + ", ".join([one] * rows), _flat(batch[:whole], rows))
            if whole < len(batch):
                cursor.executemany(start + one, batch[whole:].rows())


def _flat(frame: pl.DataFrame, rows: int) -> list[list[Any]]:
    """Parameters of statements of `rows` rows each."""
    values = list(chain.from_iterable(zip(*(column.to_list() for column in frame.get_columns()), strict=True)))
    width = rows * frame.width
    return [values[start : start + width] for start in range(0, len(values), width)]


def update(table: str, frame: pl.DataFrame, key: list[str]) -> None:
    changed = [name for name in frame.columns if name not in key]
    settings = ", ".join(f'"{name}" = %s' for name in changed)
    _run_many(f'UPDATE "{table}" SET {settings} WHERE {_exactly(key)}', frame.select(changed + key))


def delete(table: str, frame: pl.DataFrame) -> None:
    _run_many(f'DELETE FROM "{table}" WHERE {_exactly(frame.columns)}', frame)


def _exactly(key: list[str]) -> str:
    return " AND ".join(f'"{name}" = %s' for name in key)


def _run_many(sql: str, frame: pl.DataFrame) -> None:
    with connection.cursor() as cursor:
        for batch in frame.iter_slices(BATCH):
            cursor.executemany(sql, batch.rows())


def among(column: str, ids: Sequence[int]) -> tuple[str, list[Any]]:
    return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(ids))]


def analyze(tables: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        # A limit would make every index of a large dataflow look equally selective.
        cursor.execute("PRAGMA analysis_limit = 0")
        for table in tables:
            cursor.execute(f'ANALYZE "{table}"')
