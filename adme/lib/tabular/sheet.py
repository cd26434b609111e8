"""The cells of one sheet, row by row as they stand in the XML, in memory for one piece at a time.

Runs in the limited child, with the standard library alone. Only cells that hold something count: a declared dimension
or formatted empty cells cost nothing, and a lone cell far below or far right is refused by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from adme.lib.tabular.cells import column_index, column_letters, date_text, iso_text, number_text
from adme.lib.tabular.markup import attribute, local, parsed
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.workbook import GENERAL, Sheet, Style, Workbook, unescaped

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_DATES = ("date", "datetime", "time")


class Trouble(NamedTuple):
    """A named problem of one cell or row: see `adme.lib.tabular.problems`."""

    code: str
    row: int
    column: int | None
    text: str | None


class Row(NamedTuple):
    number: int
    cells: list[str | None]


class Merged(NamedTuple):
    """A merged range: first and last row (from 1) and column (from 0), inclusive."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int
    text: str


class SheetReader:
    """Reads one sheet. `pieces` gives the rows; ``troubles`` and ``merged`` fill up meanwhile."""

    def __init__(self, book: Workbook, sheet: Sheet, texts: list[str], styles: list[Style], decimal: str = ".") -> None:
        self.troubles: list[Trouble] = []
        self.merged: list[Merged] = []
        self._book = book
        self._sheet = sheet
        self._limits: Mapping[str, int] = book.limits
        self._texts = texts
        self._styles = styles
        self._decimal = decimal
        self._rows: list[Row] = []
        self._cells: list[str | None] = []
        self._row = 0
        self._row_text = "0"
        self._latest_filled = 0
        self._characters = 0
        self._depth = 0
        self._columns: dict[str, int] = {}
        self._pieces: list[str] = []
        self._deepest = self._limits["xml_depth"]
        self._widest = self._limits["columns"]
        self._in_cell = False
        self._column = 0
        self._kind = "n"
        self._style = 0
        self._value: str | None = None
        self._formula = False
        self._runs: list[str] = []
        self._hidden = False
        self._above = 0

    def pieces(self) -> Iterator[list[Row]]:
        """The rows that hold anything, a list for each piece of the file. Raises TableRefused."""
        growth, growth_from = self._limits["text_growth"], self._limits["text_growth_from"]
        handlers = (self._start, self._end, self._pieces.append)
        for fed in parsed(self._book.archive, self._sheet.part, self._limits, *handlers):
            if self._characters > max(growth_from, growth * fed):
                raise TableRefused("many_texts", sheet=self._sheet.name)
            if sum(map(len, self._pieces)) > self._limits["xml_token_bytes"]:
                raise TableRefused("xml_long", sheet=self._sheet.name)
            rows, self._rows = self._rows, []
            yield rows

    # --- what expat calls, once or more for every cell: kept flat for speed

    def _start(self, tag: str, attributes: list[str]) -> None:
        name = local(tag) if ":" in tag else tag
        if name == "c":
            self._start_cell(attributes)
            return
        self._depth += 1
        if self._in_cell:
            if name == "f":
                self._formula = True
            elif name == "rPh":
                self._above += 1
        elif name == "row":
            self._start_row(attributes)
        elif name == "mergeCell":
            self._add_merged(attribute(attributes, "ref") or "")
        if self._depth > self._deepest:
            raise TableRefused("xml_deep", sheet=self._sheet.name)
        self._pieces.clear()

    def _end(self, tag: str) -> None:
        name = local(tag) if ":" in tag else tag
        if name == "c":
            self._end_cell()
            return
        self._depth -= 1
        if self._in_cell:
            if name == "v":
                self._value = "".join(self._pieces)
            elif name == "t" and not self._above:
                self._runs.append("".join(self._pieces))
            elif name == "rPh":
                self._above -= 1
        elif name == "row":
            self._end_row()
        self._pieces.clear()

    def _start_row(self, attributes: list[str]) -> None:
        said = attribute(attributes, "r")
        number = int(said) if said is not None and said.isascii() and said.isdigit() and len(said) < 9 else 0
        number = self._row + 1 if said is None else number
        if number <= self._row:
            raise TableRefused("sheet_disordered", sheet=self._sheet.name, row=self._row or None)
        if number > self._limits["sheet_rows"]:
            raise TableRefused("many_rows", sheet=self._sheet.name, limit=self._limits["sheet_rows"])
        self._row = number
        self._row_text = str(number)
        self._cells = []
        self._hidden = attribute(attributes, "hidden") in ("1", "true")

    def _end_row(self) -> None:
        if not self._cells:
            return
        if self._row - self._latest_filled > self._limits["empty_rows_between"]:
            self._refuse_far(next(at for at, cell in enumerate(self._cells) if cell is not None))
        self._latest_filled = self._row
        if self._hidden:
            self.troubles.append(Trouble("hidden_row", self._row, None, None))
        self._rows.append(Row(self._row, self._cells))

    def _start_cell(self, attributes: list[str]) -> None:
        if self._in_cell or not self._row:
            raise TableRefused("sheet_disordered", sheet=self._sheet.name, row=self._row or None)
        self._in_cell = True
        reference, kind, style = "", "n", 0
        for at in range(0, len(attributes), 2):
            name = attributes[at]
            if name == "r":
                reference = attributes[at + 1]
            elif name == "t":
                kind = attributes[at + 1]
            elif name == "s":
                style = int(attributes[at + 1]) if attributes[at + 1].isdecimal() else 0
        self._column, self._kind, self._style = self._column_of(reference), kind, style
        self._value, self._formula, self._runs = None, False, []

    def _column_of(self, reference: str) -> int:
        if not reference:
            return len(self._cells)
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not re.fullmatch("[A-Z]{1,3}", letters) or column_index(letters) >= 16_384:
                raise TableRefused("sheet_disordered", sheet=self._sheet.name, row=self._row)
            column = self._columns[letters] = column_index(letters)
        if column < len(self._cells) or reference[len(letters) :] != self._row_text:
            raise TableRefused("sheet_disordered", sheet=self._sheet.name, row=self._row)
        return column

    def _end_cell(self) -> None:
        self._in_cell = False
        text = self._cell_text()
        if not text:
            return
        column, cells = self._column, self._cells
        if column >= self._widest:
            self._refuse_wide(column)
        if column > len(cells):
            cells.extend([None] * (column - len(cells)))
        cells.append(text)
        self._characters += len(text)

    # --- what a cell holds

    def _cell_text(self) -> str | None:
        kind, value = self._kind, self._value
        if kind == "inlineStr":
            return unescaped("".join(self._runs))
        if value is None:
            if self._formula:
                self._trouble("formula_without_value", None)
            return None
        if kind == "n":
            return self._number(value)
        if kind == "s":
            return self._shared(value)
        if kind == "str":
            return unescaped(value)
        if kind == "b":
            return "TRUE" if value in ("1", "true") else "FALSE"
        if kind == "d":
            return iso_text(value)
        self._trouble("error_cell", value)  # t="e", and kinds that nobody knows
        return value

    def _number(self, value: str) -> str | None:
        if not value:
            return None
        style = self._styles[self._style] if self._style < len(self._styles) else GENERAL
        if style.kind in _DATES:
            text = date_text(value, style, self._book.counts_from_1904)
            if text is not None:
                return text
            self._trouble("date_out_of_range", value)
        elif style.kind == "percent":
            self._trouble("percent_cell", value)
        text = number_text(value, style.decimals if style.kind == "number" else None)
        if text is None:
            self._trouble("error_cell", value)
            return value
        return text if self._decimal == "." else text.replace(".", self._decimal)

    def _shared(self, value: str) -> str:
        if value.isdecimal() and len(value) < 10 and int(value) < len(self._texts):
            return self._texts[int(value)]
        raise TableRefused("archive_damaged", sheet=self._sheet.name, row=self._row)

    def _trouble(self, code: str, text: str | None) -> None:
        self.troubles.append(Trouble(code, self._row, self._column, text))

    # --- what goes too far

    def _refuse_wide(self, column: int) -> None:
        if column - len(self._cells) > 100:
            self._refuse_far(column)
        raise TableRefused("many_columns", sheet=self._sheet.name, count=column + 1, limit=self._limits["columns"])

    def _refuse_far(self, column: int) -> None:
        cell = f"{column_letters(column)}{self._row}"
        raise TableRefused("far_cell", sheet=self._sheet.name, row=self._row, column=column_letters(column), cell=cell)

    def _add_merged(self, text: str) -> None:
        found = _RANGE.fullmatch(text)
        if found is None or len(self.merged) >= self._limits["merged_ranges"]:
            raise TableRefused("sheet_disordered", sheet=self._sheet.name)
        last_letters, last_row = found[3] or found[1], found[4] or found[2]
        merged = Merged(int(found[2]), column_index(found[1]), int(last_row), column_index(last_letters), text)
        area = (merged.last_row - merged.first_row + 1) * (merged.last_column - merged.first_column + 1)
        if area > self._limits["merged_cells"]:
            raise TableRefused("huge_merge", sheet=self._sheet.name, row=merged.first_row, cells=text)
        self.merged.append(merged)
