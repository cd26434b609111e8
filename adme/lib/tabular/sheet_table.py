"""A sheet of a workbook as a table, of the same shape as a text file gives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from adme.lib.tabular.chunks import ChunkWriter
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.headings import RESERVED, Heading, heading_of, lettered_heading
from adme.lib.tabular.problems import CONTROL_CHARACTERS
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.sheet import Merged, Row, SheetReader, Trouble
from adme.lib.tabular.workbook import Workbook

_ROWS_A_FRAME = 20_000


def read_sheet(path: Path, dialect: Dialect, limits: Mapping[str, int], writer: ChunkWriter) -> None:
    """Read one sheet into ``writer``. Raises TableRefused."""
    with Workbook(path, limits) as book:
        sheet = book.sheet(dialect.sheet)
        writer.sheet = sheet.name
        reader = SheetReader(book, sheet, book.texts(), book.styles(), dialect.decimal or ".")
        table = _SheetTable(dialect, limits, writer, sheet.name)
        for rows in reader.pieces():
            troubles, reader.troubles = reader.troubles, []
            table.take(rows, troubles)
        table.end(reader.merged)


class _SheetTable:
    def __init__(self, dialect: Dialect, limits: Mapping[str, int], writer: ChunkWriter, sheet: str) -> None:
        self._dialect = dialect
        self._limits = limits
        self._writer = writer
        self._sheet = sheet
        self._heading: Heading | None = None
        self._waiting: list[Row] = []
        self._troubles: list[Trouble] = []
        self._latest = 0

    def take(self, rows: list[Row], troubles: list[Trouble]) -> None:
        """Rows in their order, with what was wrong in them."""
        for row in rows:
            if row.number == self._dialect.header_row:
                self._find_heading(row)
            elif self._is_data(row.number):
                self._waiting.append(row)
        self._troubles.extend(one for one in troubles if self._is_data(one.row))
        if len(self._waiting) >= _ROWS_A_FRAME:
            self._flush()

    def end(self, merged: list[Merged]) -> None:
        """After the last row."""
        if self._heading is None and self._dialect.header_row:
            raise TableRefused("no_heading", sheet=self._sheet, row=self._dialect.header_row)
        self._flush()
        self._writer.add_troubles([self._merged_trouble(one) for one in merged if self._concerns(one)])

    def _is_data(self, row: int) -> bool:
        return self._dialect.data_starts <= row <= (self._dialect.last_row or row)

    def _find_heading(self, row: Row) -> None:
        heading = heading_of(row.cells, row.number)
        if not heading.names:
            raise TableRefused("no_heading", sheet=self._sheet, row=row.number)
        self._begin(heading)

    def _begin(self, heading: Heading) -> None:
        self._heading = heading
        self._writer.begin(heading)

    def _flush(self) -> None:
        rows, self._waiting = self._waiting, []
        if self._heading is None:
            if self._dialect.header_row:
                raise TableRefused("no_heading", sheet=self._sheet, row=self._dialect.header_row)
            self._begin(lettered_heading(max((len(row.cells) for row in rows), default=0)))
        assert self._heading is not None  # noqa: S101 - begun above
        width = len(self._heading.names)
        self._troubles.extend(
            Trouble("cell_without_heading", row.number, column, text)
            for row in rows
            if len(row.cells) > width
            for column, text in enumerate(row.cells)
            if column >= width and text is not None
        )
        self._writer.add_troubles(self._troubles)
        self._troubles = []
        for at in range(0, len(rows), _ROWS_A_FRAME):
            self._writer.add(self._frame(rows[at : at + _ROWS_A_FRAME], self._heading.names))

    def _frame(self, rows: list[Row], names: tuple[str, ...]) -> pl.DataFrame:
        width = len(names)
        padded = ([*row.cells, *[None] * (width - len(row.cells))] for row in rows)
        columns = zip(*(cells[:width] for cells in padded), strict=True)
        frame = pl.DataFrame(
            [pl.Series(RESERVED, [row.number for row in rows], dtype=pl.Int64)]
            + [pl.Series(name, cells, dtype=pl.String) for name, cells in zip(names, columns, strict=True)]
        )
        return self._without_controls(frame.filter(~pl.all_horizontal(pl.exclude(RESERVED).is_null())))

    def _without_controls(self, frame: pl.DataFrame) -> pl.DataFrame:
        bad = pl.any_horizontal(pl.exclude(RESERVED).str.contains(CONTROL_CHARACTERS).fill_null(value=False))
        rows = frame.filter(bad)[RESERVED]
        if not rows.len():
            return frame
        self._writer.add_troubles([Trouble("control_characters", row, None, None) for row in rows])
        return frame.filter(~bad)

    def _concerns(self, merged: Merged) -> bool:
        last = self._dialect.last_row
        below_top = merged.last_row >= min(self._dialect.header_row or 1, self._dialect.data_starts)
        width = len(self._heading.names) if self._heading else 0
        return below_top and (last is None or merged.first_row <= last) and merged.first_column < width

    def _merged_trouble(self, merged: Merged) -> Trouble:
        return Trouble("merged_cells", merged.first_row, merged.first_column, merged.text)
