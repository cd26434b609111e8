"""Columns in and out of PostgreSQL: COPY both ways, as CSV that Polars writes and reads."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import connection

BATCH = 100_000
"""Rows of one piece of COPY."""

_TYPES = {
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Float64: "double precision",
    pl.String: "text",
}


def read(sql: str, parameters: Sequence[Any], schema: dict[str, Any]) -> pl.DataFrame:
    received = bytearray()
    statement = f"COPY ({sql}) TO STDOUT (FORMAT csv)"
    # Django's wrapper that counts queries takes no parameters here; what it wraps does.
    with connection.cursor() as cursor, cursor.cursor.copy(statement, parameters) as copy:
        for piece in copy:
            received += piece
    if not received:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(io.BytesIO(received), has_header=False, schema=schema)


def insert(table: str, frame: pl.DataFrame, known_already: bool) -> None:
    if not known_already:
        _copy_in(table, frame)
        return
    staged = _staged(frame)
    names = _names(frame.columns)
    _run(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {staged} ON CONFLICT DO NOTHING')


def update(table: str, frame: pl.DataFrame, key: list[str]) -> None:
    staged = _staged(frame)
    settings = ", ".join(f'"{name}" = new."{name}"' for name in frame.columns if name not in key)
    _run(f'UPDATE "{table}" AS old SET {settings} FROM {staged} AS new WHERE {_exactly(key)}')


def delete(table: str, frame: pl.DataFrame) -> None:
    staged = _staged(frame)
    _run(f'DELETE FROM "{table}" AS old USING {staged} AS new WHERE {_exactly(frame.columns)}')


def among(column: str, ids: Sequence[int]) -> tuple[str, list[Any]]:
    return f"{column} = ANY(%s)", [list(ids)]


def analyze(tables: Sequence[str], wholly: bool) -> None:
    for table in tables:
        _run(f'ANALYZE "{table}"')


def _staged(frame: pl.DataFrame) -> str:
    """A temporary table with the frame in it. One statement over it is many times faster than a statement a row."""
    staged = "adme_staged"
    columns = ", ".join(f'"{name}" {_TYPES[type(kind)]}' for name, kind in frame.schema.items())
    # Dropped first, not only at commit: one transaction stages several times.
    _run(f"DROP TABLE IF EXISTS pg_temp.{staged}")
    _run(f"CREATE TEMPORARY TABLE {staged} ({columns}) ON COMMIT DROP")
    _copy_in(staged, frame)
    _run(f"ANALYZE {staged}")
    return staged


def _copy_in(table: str, frame: pl.DataFrame) -> None:
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    # Our texts are never NULL: an empty one is the empty text.
    options = f"FORMAT csv, FORCE_NOT_NULL ({_names(texts)})" if texts else "FORMAT csv"
    sql = f'COPY "{table}" ({_names(frame.columns)}) FROM STDIN ({options})'
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for batch in frame.iter_slices(BATCH):
            copy.write(batch.write_csv(include_header=False).encode())


def _exactly(key: list[str]) -> str:
    return " AND ".join(f'old."{name}" = new."{name}"' for name in key)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
