"""Moves columns between Polars and the database, on Django's own connection and in its transaction. Knows no table.

What is read here sees, and what is written here commits or vanishes with, everything else of the transaction: a
second connection (ADBC) would see nothing of it. Both engines offer the same functions; call them through here.
Frames carry the names of table columns. A NULL number of type Float64 comes back as null, a NULL text as "", and a
NULL integer not at all: COALESCE it in the query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import polars as pl
from django.db import connection
from polars.datatypes import DataTypeClass

from adme.observations.columns import beside, outside, sqlite

Schema = Mapping[str, DataTypeClass]
Reader = outside.Reader


Fetched = Callable[[], pl.DataFrame]
"""Makes the frame of rows that have been fetched; to be called once, in any thread."""


def read(sql: str, parameters: Sequence[Any], schema: Schema) -> pl.DataFrame:
    """The rows of a query; `schema` names its columns in order."""
    return fetch(sql, parameters, schema)()


def fetch(sql: str, parameters: Sequence[Any], schema: Schema) -> Fetched:
    """As `read`, in two steps: the database has answered when this returns, the frame is made by whoever calls it."""
    fetched: Fetched = _engine().fetch(sql, parameters, schema)
    return fetched


@contextmanager
def reading_public(rows: Callable[[], int]) -> Iterator[Reader]:
    """A function like `read` for many pieces of what is public and cannot change; `rows` tells how many about.

    On PostgreSQL by ADBC, on SQLite by a process beside us for many, where that is possible; such a function may be
    called in another thread, by one at a time. It is `read` itself where there is no other way.
    """
    if outside.possible():
        with outside.reading() as reader:
            yield reader
    elif beside.possible() and rows() >= beside.FROM:
        with beside.reading(beside.file()) as reader:
            yield reader
    else:
        yield read


def insert(table: str, frame: pl.DataFrame, *, known_already: bool = False) -> None:
    """All rows of the frame, in its order. With `known_already`, rows whose primary key exists are left as they are."""
    if len(frame):
        _engine().insert(table, frame, known_already)


def update(table: str, frame: pl.DataFrame, key: Sequence[str]) -> None:
    """Set the other columns of the frame in the rows that its `key` columns name exactly."""
    if len(frame):
        _engine().update(table, frame, list(key))


def delete(table: str, frame: pl.DataFrame) -> None:
    """The rows whose columns are those of the frame."""
    if len(frame):
        _engine().delete(table, frame)


def among(column: str, ids: Sequence[int]) -> tuple[str, list[Any]]:
    """A condition and its one parameter: `column` is one of `ids`, however many they are."""
    condition: tuple[str, list[Any]] = _engine().among(column, ids)
    return condition


def off_index(column: str) -> str:
    """The column, in a way that SQLite looks for in the row and not in an index, whose bounds it may forget
    (docs/decisions/0107)."""
    return f"+{column}" if connection.vendor == "sqlite" else column


def analyze(tables: Sequence[str]) -> None:
    """Tell the planner what the tables hold by now. On SQLite every row is looked at; see `observations.planner`."""
    _engine().analyze(tables)


def _engine() -> ModuleType:
    if connection.vendor == "sqlite":
        return sqlite
    from adme.observations.columns import postgresql  # with its driver, which SQLite does without

    return postgresql
