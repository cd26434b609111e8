"""A text file as a table: rows that fit the heading, and a named problem for each that does not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from adme.lib.formula_guard import unguarded, unguarded_text
from adme.lib.tabular import problems
from adme.lib.tabular.cells import column_letters
from adme.lib.tabular.chunks import ChunkWriter
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.headings import RESERVED, Heading, heading_of, lettered_heading
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.row_splitter import RowSplitter
from adme.lib.tabular.text_stream import text_pieces

_BYTE_ORDER_MARK = "\ufeff"


def read_text(path: Path, dialect: Dialect, limits: Mapping[str, int], writer: ChunkWriter) -> None:
    """Read the whole file into ``writer``. The dialect must name encoding and separator. Raises TableRefused."""
    if dialect.encoding is None:
        raise TableRefused("encoding_unknown")
    if dialect.separator is None:
        raise TableRefused("separator_unknown")
    table = _TextTable(dialect, limits, writer)
    for rows in table.splitter.split(text_pieces(path, dialect.encoding, limits)):
        table.take(rows)
    table.end()


class _TextTable:
    def __init__(self, dialect: Dialect, limits: Mapping[str, int], writer: ChunkWriter) -> None:
        assert dialect.separator is not None  # noqa: S101 - asked by read_text
        self.splitter = RowSplitter(dialect.separator, dialect.quote, limits)
        self._separator = dialect.separator
        self._dialect = dialect
        self._limits = limits
        self._writer = writer
        self._heading: Heading | None = None
        self._with_controls = 0
        self._rows = 0

    def take(self, rows: pl.DataFrame) -> None:
        """Rows of the splitter, in their order."""
        self._rows += rows.height
        if self._heading is None and self._dialect.header_row:
            self._find_heading(rows)
        data = rows.filter((pl.col("row") >= self._dialect.data_starts) & (pl.col("text") != ""))
        if self._dialect.last_row is not None:
            data = data.filter(pl.col("row") <= self._dialect.last_row)
        if not data.height:
            return
        if self._heading is None:
            self._begin(lettered_heading(data["cells"][0]))
        self._add(self._without_controls(data))

    def end(self) -> None:
        """After the last row."""
        if self._heading is None and self._dialect.header_row:
            raise TableRefused("no_heading", row=self._dialect.header_row)

    def _find_heading(self, rows: pl.DataFrame) -> None:
        found = rows.filter(pl.col("row") == self._dialect.header_row)
        if not found.height:
            return
        self._check_width(found["cells"][0])
        cells = self.splitter.cells(found["text"][0])
        if self._dialect.guarded:
            cells = [unguarded_text(cell) for cell in cells]
        heading = heading_of(cells, self._dialect.header_row)
        if not heading.names:
            raise TableRefused("no_heading", row=self._dialect.header_row)
        self._begin(heading)

    def _begin(self, heading: Heading) -> None:
        self._check_width(heading.width)
        self._heading = heading
        self._writer.begin(heading)

    def _check_width(self, width: int) -> None:
        if width > self._limits["columns"]:
            raise TableRefused("many_columns", count=width, limit=self._limits["columns"])

    def _without_controls(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows without the characters that no text has; a few such rows are problems, many are no text at all."""
        bad = rows.select(pl.col("text").str.contains(problems.CONTROL_CHARACTERS))["text"]
        if not bad.any():
            return rows
        self._with_controls += int(bad.sum())
        if self._with_controls > self._limits["control_characters"]:
            raise TableRefused("binary_in_text", row=rows.filter(bad)["row"][0])
        self._left_out(rows.filter(bad), "control_characters")
        return rows.filter(~bad)

    def _add(self, rows: pl.DataFrame) -> None:
        assert self._heading is not None  # noqa: S101 - begun before
        surplus = pl.col("cells") - self._heading.width
        ends = pl.col("text").str.len_bytes() - pl.col("text").str.strip_chars_end(self._separator).str.len_bytes()
        short, long = surplus < 0, (surplus > 0) & (ends.cast(pl.Int64) < surplus)
        fits = rows.select(fits=~short & ~long)["fits"]
        if not fits.all():
            # A row of nothing but separators is an empty one, however many there are.
            filled = pl.col("text").str.strip_chars(self._separator) != ""
            self._left_out(rows.filter(short & filled), "row_too_short")
            self._left_out(rows.filter(long & filled), "row_too_long")
            rows = rows.filter(fits)
        if rows.height:
            # What is left over consists of separators: without them, every row has as many cells as the heading.
            over = pl.when(surplus > 0).then(pl.col("text").str.head(-surplus)).otherwise(pl.col("text"))
            self._add_fitting(rows.with_columns(over), self._heading)

    def _add_fitting(self, rows: pl.DataFrame, heading: Heading) -> None:
        text = rows["text"].str.join("\n")[0]
        table = self._parsed(text, rows.height, heading.width)
        self._check_cells(rows, table)
        if self._dialect.guarded and "'" in text:
            table = table.with_columns(unguarded(pl.col(name)) for name in self._guarded_columns(table))
        self._name_lost_cells(rows, table, heading)
        names = dict(zip(table.columns, heading.names, strict=False))
        kept = table.select(pl.col(column).alias(name) for column, name in names.items())
        kept = kept.insert_column(0, rows["row"].alias(RESERVED))
        self._writer.add(kept.filter(~pl.all_horizontal(pl.exclude(RESERVED).is_null())))

    def _parsed(self, text: str, rows: int, width: int) -> pl.DataFrame:
        """The cells of so many regular rows, empty ones as null, columns called by their index."""
        if text.startswith(_BYTE_ORDER_MARK):  # Polars takes it off the beginning of whatever it reads
            text = _BYTE_ORDER_MARK + text
        table = pl.read_csv(
            io.BytesIO(text.encode()),
            has_header=False,
            schema={str(index): pl.String for index in range(width)},
            separator=self._separator,
            quote_char=self._dialect.quote or None,
            infer_schema=False,
        )
        if table.height != rows:
            raise RuntimeError("rows were cut differently than they were counted")
        return table.with_columns(pl.when(pl.all() != "").then(pl.all()))

    def _check_cells(self, rows: pl.DataFrame, table: pl.DataFrame) -> None:
        most = self._limits["cell_characters"]
        if int(rows["text"].str.len_bytes().max()) <= most:  # type: ignore[arg-type]
            return
        for index, column in enumerate(table.columns):
            long = (table[column].str.len_chars() > most).fill_null(False)
            if long.any():
                row = rows["row"].filter(long)[0]
                raise TableRefused("long_cell", row=row, column=column_letters(index), limit=most)

    def _guarded_columns(self, table: pl.DataFrame) -> list[str]:
        return [name for name in table.columns if table[name].str.starts_with("'").any()]

    def _name_lost_cells(self, rows: pl.DataFrame, table: pl.DataFrame, heading: Heading) -> None:
        """Cells to the right of the last column with a name are not read; say so for each."""
        for index in range(len(heading.names), table.width):
            column = table[str(index)]
            if column.null_count() == table.height:
                continue
            filled = column.is_not_null()
            self._writer.add_problems(
                pl.DataFrame(
                    {
                        "code": "cell_without_heading",
                        "row": rows["row"].filter(filled),
                        "column": f"(column {column_letters(index)})",
                        "text": column.filter(filled).str.slice(0, problems.LONGEST_TEXT),
                    },
                    schema=problems.SCHEMA,
                )
            )

    def _left_out(self, rows: pl.DataFrame, code: str) -> None:
        self._writer.add_problems(
            rows.select(
                code=pl.lit(code),
                row="row",
                column=pl.lit(None, pl.String),
                text=pl.col("text").str.slice(0, problems.LONGEST_TEXT),
            )
        )
