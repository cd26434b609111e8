"""Columns out of PostgreSQL through ADBC: a connection of its own that hands over Arrow columns, faster than rows.

Only for reading what cannot change (public data as of an instant), and never from within a transaction: another
connection sees nothing of what that transaction has written.

Never for SQLite. The driver brings a copy of SQLite of its own, and two copies in one process do not see each other's
locks on a file: the second takes itself for the first to open it and cuts the shared index of the log under the other,
which dies of a bus error at its next commit (seen after three loads of 300,000 rows), or worse. See "How To Corrupt An
SQLite Database File", section 2.2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import polars as pl
from django.db import connection

ADDRESS = ("host", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey")
"""What Django's settings may say of where PostgreSQL is."""

Reader = Callable[[str, Sequence[Any], Any], pl.DataFrame]


def possible() -> bool:
    """Whether another connection would see the same database, and nothing of ours is at stake."""
    return connection.vendor == "postgresql" and not connection.in_atomic_block


@contextmanager
def reading() -> Iterator[Reader]:
    """A function like `columns.read`, on a connection that is closed at the end."""
    outside = _connected()
    try:

        def read(sql: str, parameters: Sequence[Any], schema: Any) -> pl.DataFrame:
            with outside.cursor() as cursor:
                cursor.execute(sql % tuple(_literal(value) for value in parameters))
                table = cursor.fetch_arrow_table().rename_columns(list(schema))
            frame = cast(pl.DataFrame, pl.from_arrow(table))
            return frame.cast(pl.Schema(schema)).with_columns(pl.col(pl.String).fill_null(""))

        yield read
    finally:
        outside.close()


def _connected() -> Any:
    # Autocommit: a slow reader of a long stream must not hold a snapshot open, which would keep old rows from going.
    import adbc_driver_postgresql.dbapi
    from psycopg.conninfo import make_conninfo

    parameters = connection.get_connection_params()
    address = {name: parameters[name] for name in ADDRESS if parameters.get(name)}
    return adbc_driver_postgresql.dbapi.connect(make_conninfo("", **address), autocommit=True)


def _literal(value: Any) -> str:
    """A parameter written out. Only whole numbers and lists of them are ever asked for here."""
    if isinstance(value, list):
        return f"'{{{','.join(str(int(one)) for one in value)}}}'::bigint[]"
    return str(int(value))
