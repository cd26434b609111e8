"""The child's side of `beside`: run as a script by a fresh interpreter, never imported by the application.

Started as ``python -I beside_child.py FILE``. Takes one question a line, as JSON (``sql``, and the ``columns`` of the
answer, name and kind), and answers each with a letter, the length of what follows in eight bytes, and that: ``A`` the
columns as an Arrow stream, ``E`` what SQLite complained of. Ends when nobody asks any more.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import adbc_driver_sqlite
import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcDatabase, AdbcStatement, Error

ROWS_AT_ONCE = "65536"
KINDS = {"i2": pa.int64(), "i4": pa.int64(), "i8": pa.int64(), "f8": pa.float64(), "text": pa.string()}
NO_NUMBER = "9e999"
"""Stands for a NULL on its way, as the driver takes the kind of a column from its first rows: no number is infinite."""


def main(file: str) -> None:
    """Answer until the last question."""
    # The driver's ordinary interface (dbapi) would load half of Arrow and Pandas first.
    database = AdbcDatabase(driver=adbc_driver_sqlite._driver_path(), uri=f"{Path(file).as_uri()}?mode=ro")
    with database, AdbcConnection(database) as store:
        answers = sys.stdout.buffer
        for line in sys.stdin.buffer:
            question = json.loads(line)
            try:
                letter, content = b"A", _packed(_read(store, question["sql"], question["columns"]))
            except (Error, pa.ArrowException) as fault:
                letter, content = b"E", str(fault).encode()
            answers.write(letter + len(content).to_bytes(8, "big"))
            answers.write(content)
            answers.flush()


def _read(store: AdbcConnection, sql: str, columns: list[list[str]]) -> pa.Table:
    without = {"f8": NO_NUMBER, "text": "''"}
    names = [f'"{name}"' for name, _ in columns]
    told = [
        f"COALESCE({name}, {without[kind]}) AS {name}" if kind in without else name
        for name, (_, kind) in zip(names, columns, strict=True)
    ]
    with AdbcStatement(store) as statement:
        statement.set_options(**{"adbc.sqlite.query.batch_rows": ROWS_AT_ONCE})
        statement.set_sql_query(f"WITH asked ({', '.join(names)}) AS ({sql}) SELECT {', '.join(told)} FROM asked")
        stream, _ = statement.execute_query()
        table = pa.RecordBatchReader._import_from_c(stream.address).read_all()
    # Where there is no row, every column has the same kind.
    return table.cast(pa.schema([(name, KINDS[kind]) for name, kind in columns]))


def _packed(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


if __name__ == "__main__":
    main(sys.argv[1])
