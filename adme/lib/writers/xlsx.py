"""XLSX: text as text, numbers as numbers with the decimals they came with, and a sheet that says what this is.

Rows go to disk as they come (xlsxwriter's constant memory), the finished file is sent in chunks. Nothing is ever a
formula or a link. The same frames give the same bytes: the moment of making is the caller's or a fixed one.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from adme.lib.numbers import number_columns

ROWS_A_SHEET = 1_048_575
"""Data rows that fit on a sheet under its heading; what is more goes on a next one."""

LONGEST_TEXT = 32_767
MOST_COLUMNS = 16_384

_FIXED_MOMENT = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
_CHUNK = 256 * 1024
_MOST_DECIMALS = 30
_SURE_DIGITS = 15


class NotForWorkbook(ValueError):
    """The table does not fit the format (a text of more than 32,767 characters, too many columns): take another."""


def write(
    frames: Iterable[pl.DataFrame],
    *,
    about: Sequence[tuple[str, str]] = (),
    numbers: Sequence[str] = (),
    sheet_name: str = "Data",
    about_name: str = "About",
    created: dt.datetime | None = None,
    rows_a_sheet: int = ROWS_A_SHEET,
) -> Iterator[bytes]:
    """The frames, one below the other. ``about`` holds lines of two cells for a last sheet: source, licence, as of.

    ``numbers`` names columns of text whose cells become numbers where they are plain ones (``12.50`` is 12.5 shown with
    two decimals) and stay text where they are not (``<5``, ``NV``). Columns of numbers are numbers.
    Raises NotForWorkbook.
    """
    with tempfile.TemporaryDirectory(prefix="adme-xlsx-") as folder:
        path = Path(folder) / "table.xlsx"
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        book = xlsxwriter.Workbook(str(path), options)
        try:
            book.set_properties({"created": created or _FIXED_MOMENT})
            _DataSheets(book, sheet_name, rows_a_sheet, frozenset(numbers)).add(frames)
            _add_about(book, about, about_name)
        finally:
            book.close()
        with path.open("rb") as finished:
            while chunk := finished.read(_CHUNK):
                yield chunk


def _add_about(book: xlsxwriter.Workbook, about: Sequence[tuple[str, str]], name: str) -> None:
    if not about:
        return
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for row, (title, text) in enumerate(about):
        sheet.write_string(row, 0, _fitting(title, name), bold)
        sheet.write_string(row, 1, _fitting(text, name), wrapped)


def _fitting(text: str, place: str) -> str:
    # Excel counts UTF-16 units, so a character outside the basic plane counts twice.
    if len(text) > LONGEST_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise NotForWorkbook(f"A text in “{place}” is longer than the {LONGEST_TEXT} characters that a cell can hold.")
    return text


class _DataSheets:
    """Sheet after sheet of rows, each under the same heading."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, rows_a_sheet: int, numbers: frozenset[str]) -> None:
        self._book = book
        self._name = name
        self._rows_a_sheet = rows_a_sheet
        self._numbers = numbers
        self._bold = book.add_format({"bold": True})
        self._formats: dict[int, Any] = {}
        self._sheet: Any = None
        self._count = 0
        self._row = 0

    def add(self, frames: Iterable[pl.DataFrame]) -> None:
        for frame in frames:
            if frame.width > MOST_COLUMNS:
                raise NotForWorkbook(f"A sheet has room for {MOST_COLUMNS} columns; the table has {frame.width}.")
            columns = [self._cells(frame, name) for name in frame.columns]
            if self._sheet is None:
                self._start(frame.columns)
            for values in zip(*(values for values, _ in columns), strict=True):
                if self._row > self._rows_a_sheet:
                    self._start(frame.columns)
                self._write_row(values, [write for _, write in columns])
        if self._sheet is None:
            self._start([])

    def _start(self, heading: Sequence[str]) -> None:
        self._count += 1
        self._sheet = self._book.add_worksheet(self._name if self._count == 1 else f"{self._name} {self._count}")
        self._sheet.freeze_panes(1, 0)
        for column, title in enumerate(heading):
            self._sheet.write_string(0, column, _fitting(title, title[:40]), self._bold)
        self._row = 1

    def _write_row(self, values: tuple[Any, ...], writes: Sequence[Callable[[int, Any], None]]) -> None:
        for column, value in enumerate(values):
            if value is not None:
                writes[column](column, value)
        self._row += 1

    def _cells(self, frame: pl.DataFrame, name: str) -> tuple[list[Any], Callable[[int, Any], None]]:
        """A column's values, and how one of them is written."""
        kind = frame.schema[name]
        if kind == pl.String and name in self._numbers:
            return _numbers_and_texts(frame, name), self._write_either
        if kind == pl.Boolean:
            return frame[name].to_list(), self._write_boolean
        if kind.is_numeric():
            return _finite(frame[name]).to_list(), self._write_plain_number
        values = frame[name].cast(pl.String)
        return [_fitting(text, name) if text else None for text in values], self._write_text

    def _write_text(self, column: int, value: str) -> None:
        self._sheet.write_string(self._row, column, value)

    def _write_plain_number(self, column: int, value: float) -> None:
        self._sheet.write_number(self._row, column, value)

    def _write_boolean(self, column: int, value: bool) -> None:
        self._sheet.write_boolean(self._row, column, value)

    def _write_either(self, column: int, value: str | tuple[float, int]) -> None:
        if isinstance(value, str):
            self._sheet.write_string(self._row, column, value)
        else:
            self._sheet.write_number(self._row, column, value[0], self._format(value[1]))

    def _format(self, decimals: int) -> Any:
        if decimals not in self._formats:
            pattern = "0." + "0" * decimals if decimals else "0"
            self._formats[decimals] = self._book.add_format({"num_format": pattern})
        return self._formats[decimals]


def _finite(column: pl.Series) -> pl.Series:
    if column.dtype.is_float() and not column.drop_nulls().is_finite().all():
        raise NotForWorkbook(f"“{column.name}” holds a value that is no finite number.")
    return column


def _numbers_and_texts(frame: pl.DataFrame, name: str) -> list[str | tuple[float, int] | None]:
    """Each text as (value, decimals) where it is a plain number that a cell holds exactly, else as itself."""
    read = number_columns(frame.select(pl.col(name).alias("text")), "text")
    digits = read["text"].str.replace_all("[^0-9]", "").str.len_bytes()
    plain = read["exact"] & (read["qualifier"] == "") & (digits <= _SURE_DIGITS) & (read["decimals"] <= _MOST_DECIMALS)
    sure = plain & (read["text"] == read["text"].str.strip_chars())
    rows = zip(read["text"], read["value"], read["decimals"], sure, strict=True)
    return [
        (value, decimals) if is_number else (_fitting(text, name) if text else None)
        for text, value, decimals, is_number in rows
    ]
