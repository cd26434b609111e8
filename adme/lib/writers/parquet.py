"""Parquet: columns with their types, Zstandard, one row group a frame; the same frames give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq


class _Outbox:
    """A file that is only ever written to: keeps what has not been sent on yet."""

    def __init__(self) -> None:
        self.closed = False
        self._position = 0
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Nothing to do: what is written is taken by `taken`."""

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def taken(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


def _writer(outbox: _Outbox, frame: pl.DataFrame, schema: pa.Schema) -> pq.ParquetWriter:
    """Lists of the different values for texts alone: of numbers they take time to make, and room."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return pq.ParquetWriter(outbox, schema, compression="zstd", use_dictionary=texts or False)


def write(frames: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    """The frames, all of one schema, as one file. Texts are plain strings that every engine reads.

    A frame is written in a thread while the next one is made.
    """
    outbox = _Outbox()
    writer: pq.ParquetWriter | None = None
    writing: Future[None] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="adme-parquet") as thread:
        for frame in frames:
            if writing is not None:
                writing.result()
                yield outbox.taken()
            table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or _writer(outbox, frame, table.schema)
            writing = thread.submit(writer.write_table, table)
        if writing is not None:
            writing.result()
            yield outbox.taken()
    writer = writer or pq.ParquetWriter(outbox, pa.schema([]))
    writer.close()
    yield outbox.taken()
