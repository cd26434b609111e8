"""Parquet: columns with their types, Zstandard, one row group a frame; the same frames give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


def write(frames: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    """The frames, all of one schema, as one file. Texts are plain strings that every engine reads."""
    outbox = _Outbox()
    writer: pq.ParquetWriter | None = None
    for frame in frames:
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if writer is None:
            writer = pq.ParquetWriter(outbox, table.schema, compression="zstd")
        writer.write_table(table)
        if data := outbox.taken():
            yield data
    if writer is None:
        writer = pq.ParquetWriter(outbox, pa.schema([]))
    writer.close()
    yield outbox.taken()
