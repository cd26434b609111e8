"""Rows of any table, out of either database and into either, as plain JSON values; bounded memory."""

from __future__ import annotations

import base64
import datetime as dt
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from itertools import islice
from typing import Any, Final, Protocol
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction

LEFT_OUT: Final = {
    "sessions.Session",  # who is signed in
    "accounts.SignInAttempt",  # forgotten after a day
    "config.WorkerBeat",  # who is alive
    "contenttypes.ContentType",  # made by `migrate`, as are the next three; nothing of ours refers to them
    "auth.Permission",
    "auth.Group",
    "auth.Group_permissions",
}
"""What a backup leaves out."""

BATCH: Final = 5_000

KINDS: Final[dict[str, str]] = {
    **dict.fromkeys(["CharField", "TextField", "EmailField", "SlugField", "URLField", "FileField"], "text"),
    **dict.fromkeys(["AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField"], "int"),
    **dict.fromkeys(["SmallIntegerField", "PositiveIntegerField", "PositiveBigIntegerField"], "int"),
    **{"PositiveSmallIntegerField": "int", "BooleanField": "bool", "FloatField": "float", "DecimalField": "decimal"},
    **{"DateTimeField": "instant", "DateField": "date", "UUIDField": "uuid", "JSONField": "json"},
    **{"BinaryField": "bytes"},
}
"""Kind of a column by the type of its Django field."""

Columns = list[tuple[str, str]]
Convert = Callable[[Any], Any]


def models_to_keep() -> list[type[models.Model]]:
    """Every model with a table of its own that a backup holds."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and model._meta.label not in LEFT_OUT]


def all_of_ours() -> list[str]:
    """Every table in the database that a restore empties: those of a backup, and who is signed in."""
    there = set(connection.introspection.table_names())
    found = apps.get_models(include_auto_created=True)
    ours = {model._meta.db_table for model in found if model._meta.app_label not in ("contenttypes", "auth")}
    return sorted(ours & there)


def columns_of(model: type[models.Model]) -> Columns:
    """The columns of a model's table with their kinds; KeyError for a type of field that has none yet."""
    return [(str(field.column), _kind(field)) for field in model._meta.local_concrete_fields]


def order_of(model: type[models.Model]) -> list[str]:
    """The columns of the primary key."""
    return [str(field.column) for field in model._meta.pk_fields]


def _kind(field: models.Field[Any, Any]) -> str:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return KINDS[field.get_internal_type()]


# --- out ------------------------------------------------------------------------------------------


class Snapshot(Protocol):
    """One moment of the database; whatever others write meanwhile, it stays."""

    def rows(self, table: str, columns: Columns, order: list[str]) -> Generator[list[Any]]:
        """The rows of a table as JSON values."""
        ...

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """A small question to the same moment."""
        ...


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Hold the present moment of the database for reading; nobody waits for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield _PostgresqlSnapshot()
    else:
        # Not Django's connection: its transactions begin with the right to write, and would make writers wait.
        path = connection.settings_dict["NAME"]
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the snapshot is taken at the first read
            yield _SqliteSnapshot(reader)


class _PostgresqlSnapshot:
    def rows(self, table: str, columns: Columns, order: list[str]) -> Generator[list[Any]]:
        converts = [FROM_POSTGRESQL.get(kind) for _name, kind in columns]
        names = [f"{_quoted(name)}::text" if kind == "json" else _quoted(name) for name, kind in columns]
        with closing(connection.chunked_cursor()) as cursor:
            cursor.execute(_select(table, names, order))
            while batch := cursor.fetchmany(BATCH):
                yield from _converted(batch, converts)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())


class _SqliteSnapshot:
    def __init__(self, reader: sqlite3.Connection) -> None:
        self._reader = reader

    def rows(self, table: str, columns: Columns, order: list[str]) -> Generator[list[Any]]:
        converts = [FROM_SQLITE.get(kind) for _name, kind in columns]
        with closing(self._reader.execute(_select(table, [_quoted(name) for name, _ in columns], order))) as cursor:
            while batch := cursor.fetchmany(BATCH):
                yield from _converted(batch, converts)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        return self._reader.execute(question).fetchall()


def _select(table: str, names: list[str], order: list[str]) -> str:
    by = ", ".join(_quoted(name) for name in order)
    return f"SELECT {', '.join(names)} FROM {_quoted(table)} ORDER BY {by}"  # noqa: S608 - our own table names


def _converted(batch: list[tuple[Any, ...]], converts: list[Convert | None]) -> Iterator[list[Any]]:
    some = [(at, convert) for at, convert in enumerate(converts) if convert is not None]
    for row in batch:
        values = list(row)
        for at, convert in some:
            if values[at] is not None:
                values[at] = convert(values[at])
        yield values


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat()


FROM_POSTGRESQL: Final[dict[str, Convert]] = {
    "instant": _utc,
    "date": dt.date.isoformat,
    "uuid": str,
    "decimal": str,
    "bytes": lambda value: base64.b64encode(bytes(value)).decode("ascii"),
}
FROM_SQLITE: Final[dict[str, Convert]] = {
    "bool": bool,
    "float": float,
    "decimal": str,
    "instant": lambda text: dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).isoformat(),
    "uuid": lambda text: str(UUID(text)),
    "bytes": FROM_POSTGRESQL["bytes"],
}


# --- in -------------------------------------------------------------------------------------------


def fill(table: str, columns: Columns, rows: Iterator[list[Any]]) -> None:
    """Put rows, as `Snapshot.rows` gives them, into a table, within the caller's transaction."""
    if connection.vendor == "postgresql":
        _copy_in(table, columns, rows)
    else:
        _insert(table, columns, rows)


def _copy_in(table: str, columns: Columns, rows: Iterator[list[Any]]) -> None:
    converts = [TO_POSTGRESQL.get(kind) for _name, kind in columns]
    names = ", ".join(_quoted(name) for name, _kind in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {_quoted(table)} ({names}) FROM STDIN") as copy:
        while batch := list(islice(rows, BATCH)):
            for row in _converted([tuple(row) for row in batch], converts):
                copy.write_row(row)


def _insert(table: str, columns: Columns, rows: Iterator[list[Any]]) -> None:
    converts = [TO_SQLITE.get(kind) for _name, kind in columns]
    names = ", ".join(_quoted(name) for name, _kind in columns)
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {_quoted(table)} ({names}) VALUES ({places})"  # noqa: S608 - our own table names
    with connection.cursor():
        raw = connection.connection
        while batch := list(islice(rows, BATCH)):
            raw.executemany(statement, _converted([tuple(row) for row in batch], converts))


TO_POSTGRESQL: Final[dict[str, Convert]] = {"bytes": base64.b64decode, "decimal": Decimal}
TO_SQLITE: Final[dict[str, Convert]] = {
    "bool": int,
    "instant": lambda text: str(dt.datetime.fromisoformat(text).replace(tzinfo=None)),
    "uuid": lambda text: UUID(text).hex,
    "bytes": base64.b64decode,
}


def empty(tables: list[str]) -> None:
    """Remove every row of these tables, within the caller's transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(map(_quoted, tables))}")
        else:
            for table in tables:
                cursor.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608 - our own table names


def count_on(tables: list[str]) -> None:
    """Let PostgreSQL's sequences go on after the largest id that was brought back; SQLite does so by itself."""
    if connection.vendor != "postgresql":
        return
    question = "SELECT table_name, column_name FROM information_schema.columns WHERE is_identity = 'YES'"
    with connection.cursor() as cursor:
        cursor.execute(question + " AND table_schema = current_schema()")
        for table, column in [found for found in cursor.fetchall() if found[0] in tables]:
            largest = f"(SELECT max({_quoted(column)}) FROM {_quoted(table)})"  # noqa: S608 - our own table names
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), COALESCE({largest}, 1), {largest} IS NOT NULL)",
                [_quoted(table), column],
            )
