"""Columns in and out of PostgreSQL: in by COPY, out as one row that holds each column packed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl
import psycopg
import pyarrow as pa
from django.db import connection

from adme.lib.ahead import ahead
from adme.observations.columns import copy_binary

BATCH = 10_000
"""Rows of one piece of COPY."""

SAMPLED = 30
"""How closely to look at a table, of PostgreSQL's 100: a load waits for it, and PostgreSQL looks again by itself."""

_TYPES = {
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Float64: "double precision",
    pl.String: "text",
}
_SENT = {pl.Int16: ("int2send", ">i2"), pl.Int32: ("int4send", ">i4"), pl.Int64: ("int8send", ">i8")}


def fetch(sql: str, parameters: Sequence[Any], schema: dict[str, Any]) -> Callable[[], pl.DataFrame]:
    """One row of packed columns: a call for each row of the answer took three quarters of the time of reading it.

    An answer may be as large as the server's largest message, a gigabyte: some twelve million rows of observations.
    """
    rows, parts = _answer(sql, parameters, schema, _JOINED)
    texts = [part for part, kind in zip(parts, schema.values(), strict=True) if kind == pl.String]
    if all(part.count(_BETWEEN) == max(0, rows - 1) for part in texts):
        return lambda: _frame(schema, iter(parts), lambda parts: _cut_at_separators(next(parts), rows))
    # A text holds the separator: once more, with its length beside each text, which takes twice as long.
    rows, parts = _answer(sql, parameters, schema, _MEASURED)
    return lambda: _frame(schema, iter(parts), lambda parts: _cut_by_lengths(next(parts), next(parts)))


def _answer(sql: str, parameters: Sequence[Any], schema: dict[str, Any], text: str) -> tuple[int, list[bytes]]:
    """How many rows the query has, and its columns packed."""
    places = [f"c{number}" for number in range(len(schema))]
    packed = ", ".join(_packed(place, kind, text) for place, kind in zip(places, schema.values(), strict=True))
    statement = f"SELECT COUNT(*), {packed} FROM ({sql}) AS answer ({', '.join(places)})"
    with connection.cursor() as cursor:
        written_out = cursor.cursor.mogrify(statement, parameters)
        # Django's cursor does not take binary answers. Another one on the same connection does, in its transaction.
        with psycopg.Cursor(cursor.connection) as binary:
            rows, *parts = binary.execute(written_out.encode(), binary=True).fetchone() or (0,)
    return rows, [part or b"" for part in parts]


_BETWEEN = b"\x1f"
_JOINED = "convert_to(string_agg(COALESCE({}::text, ''), chr(31)), 'UTF8')"
_MEASURED = (
    "string_agg(int4send(octet_length(COALESCE({0}::text, ''))), ''::bytea), "
    "convert_to(string_agg(COALESCE({0}::text, ''), ''), 'UTF8')"
)


def _packed(place: str, kind: Any, text: str) -> str:
    if kind == pl.String:
        return text.format(place)
    if kind == pl.Float64:
        return f"string_agg(float8send(COALESCE({place}, 'NaN')), ''::bytea)"
    return f"string_agg({_SENT[kind][0]}({place}::{_TYPES[kind]}), ''::bytea)"


def _frame(
    schema: dict[str, Any], parts: Iterator[bytes], text: Callable[[Iterator[bytes]], pl.Series]
) -> pl.DataFrame:
    """A column of each part; `text` makes one of the next parts."""
    return pl.DataFrame({
        name: text(parts) if kind == pl.String else _numbers(next(parts), kind) for name, kind in schema.items()
    })  # fmt: skip


def _numbers(part: bytes, kind: Any) -> pl.Series:
    packed = np.frombuffer(part, ">f8" if kind == pl.Float64 else _SENT[kind][1])
    column = pl.Series(packed.astype(packed.dtype.newbyteorder("=")), dtype=kind)
    return column.fill_nan(None) if kind == pl.Float64 else column


def _cut_at_separators(part: bytes, rows: int) -> pl.Series:
    letters = np.frombuffer(part, np.uint8)
    between = np.flatnonzero(letters == _BETWEEN[0])
    ends = np.zeros(rows + 1, np.int64)
    ends[1:-1], ends[rows:] = between - np.arange(len(between)), len(letters) - len(between)
    return _texts(ends, letters[letters != _BETWEEN[0]])


def _cut_by_lengths(lengths: bytes, texts: bytes) -> pl.Series:
    counted = np.frombuffer(lengths, ">i4")
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(counted, dtype=np.int64)])
    if ends[-1] != len(texts):
        raise RuntimeError("PostgreSQL counts the bytes of a text otherwise: its encoding must be UTF-8")
    return _texts(ends, np.frombuffer(texts, np.uint8))


def _texts(ends: npt.NDArray[np.int64], letters: npt.NDArray[np.uint8]) -> pl.Series:
    strings = pa.LargeStringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(letters))
    return cast(pl.Series, pl.from_arrow(strings))


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
        _analyze(table, SAMPLED)


def _analyze(table: str, closely: int) -> None:
    _run(f"SET LOCAL default_statistics_target = {closely}")
    _run(f'ANALYZE "{table}"')
    _run("SET LOCAL default_statistics_target TO DEFAULT")


def _staged(frame: pl.DataFrame) -> str:
    """A temporary table with the frame in it. One statement over it is many times faster than a statement a row."""
    staged = "adme_staged"
    columns = ", ".join(f'"{name}" {_TYPES[type(kind)]}' for name, kind in frame.schema.items())
    # Dropped first, not only at commit: one transaction stages several times.
    _run(f"DROP TABLE IF EXISTS pg_temp.{staged}")
    _run(f"CREATE TEMPORARY TABLE {staged} ({columns}) ON COMMIT DROP")
    _copy_in(staged, frame)
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
            # Packed while the server takes in the batch before.
            for packed in ahead(copy_binary.packed(batch, forms) for batch in frame.iter_slices(BATCH)):
                copy.write(packed)


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
