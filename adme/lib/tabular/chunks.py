"""Where rows go as they are read: frames of one shape, written to files of the private folder, chunk by chunk.

The parent takes a chunk as soon as ``chunk-NNNNNN.json`` stands beside its files, while the rest is still being read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from adme.lib.tabular import problems
from adme.lib.tabular.cells import column_letters
from adme.lib.tabular.headings import RESERVED, Heading
from adme.lib.tabular.sheet import Trouble


class ChunkWriter:
    """Collects frames and problems; a chunk is written when it has enough rows or enough text."""

    def __init__(self, folder: Path, chunk_rows: int, chunk_text_bytes: int, prefix: str = "") -> None:
        self._folder = folder
        self._prefix = prefix  # tells the files of several sheets in one folder apart
        self._chunk_rows = chunk_rows
        self._chunk_text_bytes = chunk_text_bytes
        self._frames: list[pl.DataFrame] = []
        self._problems: list[pl.DataFrame] = []
        self._held_rows = 0
        self._held_bytes = 0
        self._chunks: list[dict[str, Any]] = []
        self._heading: Heading | None = None
        self.sheet: str | None = None

    def begin(self, heading: Heading) -> None:
        """Say what the columns are, before the first rows."""
        self._heading = heading
        self.add_troubles(heading.troubles)

    def add(self, frame: pl.DataFrame) -> None:
        """Rows: the column ``row`` and one for each name of the heading."""
        if frame.height:
            self._frames.append(frame)
            self._held_rows += frame.height
            self._held_bytes += int(frame.estimated_size())
            while self._held_rows >= self._chunk_rows or self._held_bytes >= self._chunk_text_bytes:
                self._write(last=False)

    def add_problems(self, frame: pl.DataFrame) -> None:
        """Problems in the shape of `problems.SCHEMA`."""
        if frame.height:
            self._problems.append(frame)

    def add_troubles(self, troubles: Sequence[Trouble]) -> None:
        """Problems by the index of their column."""
        rows = [(one.code, one.row, self._name_of(one.column), one.text) for one in troubles]
        self.add_problems(problems.frame_of(rows))

    def finish(self) -> dict[str, Any]:
        """What is left, and the list of what was written."""
        if self._frames or self._problems or not self._chunks:
            self._write(last=True)
        return {**self._about(), "chunks": self._chunks, "rows": sum(one["rows"] for one in self._chunks)}

    def _name_of(self, column: int | None) -> str | None:
        if column is None or self._heading is None:
            return None
        names = self._heading.names
        return names[column] if column < len(names) else f"(column {column_letters(column)})"

    def _write(self, *, last: bool) -> None:
        number = len(self._chunks) + 1
        rows = pl.concat([self._empty(), *self._frames])
        now, later = rows.head(self._chunk_rows), rows.slice(self._chunk_rows)
        now.write_ipc(self._folder / f"{self._prefix}rows-{number:06d}.arrow", compression="lz4")
        found = pl.concat([problems.no_problems(), *self._problems]).sort("row", maintain_order=True)
        ahead = found.clear() if last else found.filter(pl.col("row") > now[RESERVED][-1])
        found = found if last else found.filter(pl.col("row") <= now[RESERVED][-1])
        found.write_ipc(self._folder / f"{self._prefix}problems-{number:06d}.arrow", compression="lz4")
        self._say_ready(number)
        self._chunks.append({"number": number, "rows": now.height, "problems": found.height})
        self._frames = [later] if later.height else []
        self._problems = [ahead] if ahead.height else []
        self._held_rows, self._held_bytes = later.height, int(later.estimated_size()) if later.height else 0

    def _say_ready(self, number: int) -> None:
        unfinished = self._folder / "chunk.unfinished"
        unfinished.write_text(json.dumps(self._about(), ensure_ascii=False), "utf-8")
        unfinished.rename(self._folder / f"{self._prefix}chunk-{number:06d}.json")

    def _about(self) -> dict[str, Any]:
        return {"columns": list(self._heading.names) if self._heading else [], "sheet": self.sheet}

    def _empty(self) -> pl.DataFrame:
        names = self._heading.names if self._heading else ()
        return pl.DataFrame(schema={RESERVED: pl.Int64, **dict.fromkeys(names, pl.String)})
