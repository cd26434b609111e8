"""Columns out of SQLite through a process of its own, which reads while we write what it has read before.

Reading rows is most of the time that a large answer takes, and Python does it in one thread. The child has a connection
that can only read, without the cache and the mapped file of ours: what it reads costs the web process no memory. Only
for what cannot change (public data as of an instant), and never from within a transaction, of which it sees nothing.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import polars as pl
from django.db import OperationalError, connection

FROM = 150_000
"""Rows from which on it pays: the child takes a quarter of a second to start."""

Reader = Callable[[str, Sequence[Any], Any], pl.DataFrame]

_CHILD = Path(__file__).with_name("beside_child.py")
_KINDS = {pl.Int16: "i2", pl.Int32: "i4", pl.Int64: "i8", pl.Float64: "f8", pl.String: "text"}
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
_LIST = re.compile(r"\[[0-9, -]*\]")


def possible() -> bool:
    """Whether another process would see the same database, and nothing of ours is at stake."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    return not connection.is_in_memory_db()  # type: ignore[attr-defined]  # which only SQLite's has


def file() -> Path:
    """The file of the database."""
    return Path(connection.settings_dict["NAME"]).absolute()


@contextmanager
def reading(database: Path) -> Iterator[Reader]:
    """A function like `columns.read` on a file, for one thread at a time. The child is gone at the end.

    OperationalError where the child cannot read, or has ended.
    """
    command = [sys.executable, "-I", str(_CHILD), str(database)]
    with subprocess.Popen(command, env=_ONE_THREAD, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        questions, answers = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)

        def read(sql: str, parameters: Sequence[Any], schema: Any) -> pl.DataFrame:
            columns = [(name, _KINDS[kind]) for name, kind in schema.items()]
            written_out = sql % tuple(_literal(value) for value in parameters)
            _ask(questions, {"sql": written_out, "columns": columns})
            frame = pl.read_ipc_stream(io.BytesIO(_answer(answers))).cast(pl.Schema(schema))
            # No stored number is infinite: it stands for a NULL on its way.
            numbers = pl.col(pl.Float64)
            return frame.with_columns(pl.when(numbers.is_finite()).then(numbers), pl.col(pl.String).fill_null(""))

        try:
            yield read
        finally:
            child.kill()
            with contextlib.suppress(BrokenPipeError):
                questions.close()


def _ask(questions: IO[bytes], question: Mapping[str, object]) -> None:
    with contextlib.suppress(BrokenPipeError):  # that it has ended shows where there is no answer
        questions.write(json.dumps(question).encode() + b"\n")
        questions.flush()


def _answer(answers: IO[bytes]) -> bytes:
    head = answers.read(9)
    content = answers.read(int.from_bytes(head[1:], "big"))
    if len(head) < 9 or len(content) < int.from_bytes(head[1:], "big"):
        raise OperationalError("The process that reads the database has ended.")
    if head[:1] == b"E":
        raise OperationalError(content.decode())
    return content


def _literal(value: Any) -> str:
    """A parameter written out. Only whole numbers, and lists of them as JSON, are ever asked for here."""
    if isinstance(value, str):
        if not _LIST.fullmatch(value):
            raise ValueError(f"invalid literal: {value[:50]!r}")
        return f"'{value}'"
    return str(int(value))
