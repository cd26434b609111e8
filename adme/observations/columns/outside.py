"""Columns out through ADBC: a connection of its own that hands over Arrow columns, three times as fast as rows.

Only for reading what cannot change (public data as of an instant), and never from within a transaction: another
connection sees nothing of what that transaction has written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import polars as pl
from django.db import connection

BATCH = 10_000_000
"""SQLite has no types of its own: the driver looks at a whole batch to find one, so a piece is one batch."""

ADDRESS = ("host", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey")
"""What Django's settings may say of where PostgreSQL is."""

Reader = Callable[[str, Sequence[Any], Any], pl.DataFrame]


def possible() -> bool:
    """Whether another connection would see the same database, and nothing of ours is at stake."""
    if connection.in_atomic_block:
        return False
    in_memory = connection.vendor == "sqlite" and cast(Any, connection).is_in_memory_db()
    return not in_memory


@contextmanager
def reading() -> Iterator[Reader]:
    """A function like `columns.read`, on a connection that is closed at the end."""
    outside = _connected()
    try:

        def read(sql: str, parameters: Sequence[Any], schema: Any) -> pl.DataFrame:
            with outside.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(BATCH)})
                cursor.execute(sql % tuple(_literal(value) for value in parameters))
                table = cursor.fetch_arrow_table().rename_columns(list(schema))
            frame = cast(pl.DataFrame, pl.from_arrow(table))
            return frame.cast(pl.Schema(schema)).with_columns(pl.col(pl.String).fill_null(""))

        yield read
    finally:
        outside.close()


def _connected() -> Any:
    # Autocommit: a slow reader of a long stream must not hold a snapshot open, which would let the log grow.
    if connection.vendor == "sqlite":
        import adbc_driver_sqlite.dbapi

        return adbc_driver_sqlite.dbapi.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", autocommit=True)
    import adbc_driver_postgresql.dbapi
    from psycopg.conninfo import make_conninfo

    parameters = connection.get_connection_params()
    address = {name: parameters[name] for name in ADDRESS if parameters.get(name)}
    return adbc_driver_postgresql.dbapi.connect(make_conninfo("", **address), autocommit=True)


def _literal(value: Any) -> str:
    """A parameter written out. Only whole numbers and lists of them are ever asked for here."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"'{{{','.join(str(int(one)) for one in value)}}}'::bigint[]"
    listed = [int(one) for one in value.strip("[]").split(",") if one.strip()]
    return f"'[{','.join(map(str, listed))}]'"
