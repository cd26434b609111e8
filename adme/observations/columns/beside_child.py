"""The child's side of `beside`: run as a script by a fresh interpreter, never imported by the application.

Started as ``python -I beside_child.py FILE``. Takes one question a line, as JSON (``sql``, and the ``columns`` of the
answer, name and kind), and answers each with a letter, the length of what follows in eight bytes, and that: ``A`` the
columns as an Arrow stream, ``E`` what SQLite complained of. Ends when nobody asks any more.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa


def main(file: str) -> None:
    """Answer until the last question."""
    store = sqlite3.connect(f"{Path(file).as_uri()}?mode=ro", uri=True, timeout=20)
    answers = sys.stdout.buffer
    for line in sys.stdin.buffer:
        question = json.loads(line)
        try:
            letter, content = b"A", _packed(_read(store, question["sql"], question["columns"]))
        except sqlite3.Error as fault:
            letter, content = b"E", str(fault).encode()
        answers.write(letter + len(content).to_bytes(8, "big"))
        answers.write(content)
        answers.flush()


def _read(store: sqlite3.Connection, sql: str, columns: list[list[str]]) -> pa.RecordBatch:
    # Texts are objects; numbers are not, which is several times smaller, and a NULL number becomes NaN.
    dtype = np.dtype([(name, "O" if kind == "text" else kind) for name, kind in columns])
    rows = np.fromiter(store.execute(sql), dtype=dtype)
    return pa.record_batch([_column(rows[name], kind) for name, kind in columns], names=[name for name, _ in columns])


def _column(values: np.ndarray[Any, Any], kind: str) -> pa.Array:
    if kind == "text":
        return pa.array(values.tolist(), pa.string())
    return pa.array(np.ascontiguousarray(values), from_pandas=True)  # which makes NaN null


def _packed(batch: pa.RecordBatch) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return sink.getvalue()


if __name__ == "__main__":
    main(sys.argv[1])
