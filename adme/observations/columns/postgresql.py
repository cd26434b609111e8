"""Columns in and out of PostgreSQL: in by COPY, out as one row that holds each column packed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import polars as pl
import psycopg
import pyarrow as pa
from django.db import connection

from adme.observations.columns import copy_binary

BATCH = 100_000
"""Rows of one piece of COPY."""

_TYPES = {
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Float64: "double precision",
    pl.String: "text",
}
_SENT = {pl.Int16: ("int2send", ">i2"), pl.Int32: ("int4send", ">i4"), pl.Int64: ("int8send", ">i8")}
_SENT_LENGTH = "int4send(octet_length({}))"


def read(sql: str, parameters: Sequence[Any], schema: dict[str, Any]) -> pl.DataFrame:
    """One row of packed columns: a call for each row of the answer took three quarters of the time of reading it.

    An answer may be as large as the server's largest message, a gigabyte: some twelve million rows of observations.
    """
    places = [f"c{number}" for number in range(len(schema))]
    packed = ", ".join(_packed(place, kind) for place, kind in zip(places, schema.values(), strict=True))
    statement = f"SELECT {packed} FROM ({sql}) AS answer ({', '.join(places)})"
    with connection.cursor() as cursor:
        written_out = cursor.cursor.mogrify(statement, parameters)
        # Django's cursor does not take binary answers. Another one on the same connection does, in its transaction.
        with psycopg.Cursor(cursor.connection) as binary:
            found = binary.execute(written_out.encode(), binary=True).fetchone()
    parts = [part or b"" for part in found or ()]
    return pl.DataFrame({name: _unpacked(parts, kind) for name, kind in schema.items()})


def _packed(place: str, kind: Any) -> str:
    if kind == pl.String:
        text = f"COALESCE({place}::text, '')"
        # The lengths beside the texts: no separator is one that no text holds.
        return f"string_agg({_SENT_LENGTH.format(text)}, ''::bytea), convert_to(string_agg({text}, ''), 'UTF8')"
    if kind == pl.Float64:
        return f"string_agg(float8send(COALESCE({place}, 'NaN')), ''::bytea)"
    return f"string_agg({_SENT[kind][0]}({place}::{_TYPES[kind]}), ''::bytea)"


def _unpacked(parts: list[bytes], kind: Any) -> pl.Series:
    """The next column of the answer, taken off the front of `parts`."""
    if kind == pl.String:
        lengths, texts = np.frombuffer(parts.pop(0), ">i4"), parts.pop(0)
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])
        if ends[-1] != len(texts):
            raise RuntimeError("PostgreSQL counts the bytes of a text otherwise: its encoding must be UTF-8")
        strings = pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(ends), pa.py_buffer(texts))
        return cast(pl.Series, pl.from_arrow(strings))
    packed = np.frombuffer(parts.pop(0), ">f8" if kind == pl.Float64 else _SENT[kind][1])
    column = pl.Series(packed.astype(packed.dtype.newbyteorder("=")), dtype=kind)
    return column.fill_nan(None) if kind == pl.Float64 else column


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


def analyze(tables: Sequence[str]) -> None:
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
    names = _names(frame.columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}" LIMIT 0')
        codes = [column.type_code for column in cursor.description]
        forms = copy_binary.forms(frame, codes)
        if forms is None:
            _copy_text(cursor, f'COPY "{table}" ({names}) FROM STDIN', frame)
            return
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT binary)') as copy:
            copy.write(copy_binary.BEGINS)
            for batch in frame.iter_slices(BATCH):
                copy.write(copy_binary.packed(batch, forms))


def _copy_text(cursor: Any, sql: str, frame: pl.DataFrame) -> None:
    """For frames with long texts, which the binary form would fill up with blanks on its way."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    # Our texts are never NULL: an empty one is the empty text.
    options = f"FORMAT csv, FORCE_NOT_NULL ({_names(texts)})" if texts else "FORMAT csv"
    with cursor.copy(f"{sql} ({options})") as copy:
        for batch in frame.iter_slices(BATCH):
            copy.write(batch.write_csv(include_header=False).encode())


def _exactly(key: list[str]) -> str:
    return " AND ".join(f'old."{name}" = new."{name}"' for name in key)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
