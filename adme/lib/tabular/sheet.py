"""The cells of one sheet, row by row as they stand in the XML, in memory for one piece at a time.

Runs in the limited child, with the standard library alone. Only cells that hold something count: a declared dimension
or formatted empty cells cost nothing, and a lone cell far below or far right is refused by its name.

Expat reads whatever XML there is. Rows of the plain form that spreadsheet programs write are taken by a pattern before
they reach it, three times as fast (see `plain_rows`); both ways end in the same few functions here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from adme.lib.tabular.cells import column_index, column_letters, date_text, iso_text, number_text
from adme.lib.tabular.markup import MarkupParser, attribute, local, unpacked
from adme.lib.tabular.plain_rows import PlainRows
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.workbook import GENERAL, Sheet, Style, Workbook, unescaped

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_DATES = ("date", "datetime", "time")
_FORMAT_COLUMNS = 16_384


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
        self._limits = book.limits
        self._texts = texts
        self._styles = styles
        self._decimal = decimal
        self._rows: list[Row] = []
        self._cells: list[str | None] = []
        self._row = 0
        self._row_text = "0"
        self._hidden = False
        self._latest_filled = 0
        self._characters = 0
        self._columns: dict[str, int] = {}
        self._widest = self._limits["columns"]
        self._longest = self._limits["cell_characters"]
        self._markup = _SheetMarkup(self, self._limits["xml_depth"])

    def pieces(self, *, plain: bool = True) -> Iterator[list[Row]]:
        """The rows that hold anything, a list for each piece of the file; without ``plain`` by expat alone.

        Raises TableRefused.
        """
        growth, growth_from = self._limits["text_growth"], self._limits["text_growth_from"]
        markup = self._markup
        parser = MarkupParser(self._limits, markup.start, markup.end, markup.text.append)
        feed = PlainRows(self, markup, parser.feed).feed if plain else parser.feed
        fed = 0
        for piece in unpacked(self._book.archive, self._sheet.part):
            feed(piece)
            fed += len(piece)
            if self._characters > max(growth_from, growth * fed):
                raise TableRefused("many_texts", sheet=self._sheet.name)
            if sum(map(len, markup.text)) > self._limits["xml_token_bytes"]:
                raise TableRefused("xml_long", sheet=self._sheet.name)
            rows, self._rows = self._rows, []
            yield rows
        if plain:
            feed(b"")
        parser.close()
        yield self._rows

    # --- what the two ways of reading call, once for every row and cell

    def begin_row(self, said: str | None, *, hidden: bool) -> None:
        """A row by its number as written; None follows the row before."""
        number = self._row + 1
        if said is not None:
            number = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
        if number <= self._row:
            raise TableRefused("sheet_disordered", sheet=self._sheet.name, row=self._row or None)
        if number > self._limits["sheet_rows"]:
            raise TableRefused("many_rows", sheet=self._sheet.name, limit=self._limits["sheet_rows"])
        self._row = number
        self._row_text = str(number)
        self._cells = []
        self._hidden = hidden

    def end_row(self) -> None:
        if not self._cells:
            return
        if self._row - self._latest_filled > self._limits["empty_rows_between"]:
            self._refuse_far(next(at for at, cell in enumerate(self._cells) if cell is not None))
        self._latest_filled = self._row
        if self._hidden:
            self.troubles.append(Trouble("hidden_row", self._row, None, None))
        self._rows.append(Row(self._row, self._cells))
        self._cells = []

    def add_cell(
        self, reference: str, kind: str, style: str, value: str | None, formula: bool, inline: str | None
    ) -> None:
        """A cell of the current row; its column follows the cell before where it has no reference."""
        cells = self._cells
        column = len(cells)
        if reference:
            letters = reference.rstrip("0123456789")
            known = self._columns.get(letters)
            column = self._new_column(letters) if known is None else known
            if column < len(cells) or reference[len(letters) :] != self._row_text:
                raise TableRefused("sheet_disordered", sheet=self._sheet.name, row=self._row)
        text = self._cell_text(column, kind, style, value, formula, inline)
        if not text:
            return
        if column >= self._widest or len(text) > self._longest:
            self._refuse_cell(column)
        if column > len(cells):
            cells.extend([None] * (column - len(cells)))
        cells.append(text)
        self._characters += len(text)

    def add_merged(self, text: str) -> None:
        found = _RANGE.fullmatch(text)
        if found is None or len(self.merged) >= self._limits["merged_ranges"]:
            raise TableRefused("sheet_disordered", sheet=self._sheet.name)
        last_letters, last_row = found[3] or found[1], found[4] or found[2]
        merged = Merged(int(found[2]), column_index(found[1]), int(last_row), column_index(last_letters), text)
        area = (merged.last_row - merged.first_row + 1) * (merged.last_column - merged.first_column + 1)
        if area > self._limits["merged_cells"]:
            raise TableRefused("huge_merge", sheet=self._sheet.name, row=merged.first_row, cells=text)
        self.merged.append(merged)

    def refuse(self, code: str) -> None:
        """Refuse the sheet at the current row."""
        raise TableRefused(code, sheet=self._sheet.name, row=self._row or None)

    # --- what a cell holds

    def _cell_text(
        self, column: int, kind: str, style: str, value: str | None, formula: bool, inline: str | None
    ) -> str | None:
        if kind == "inlineStr":
            return unescaped(inline) if inline else None
        if value is None:
            if formula:
                self._trouble("formula_without_value", column, None)
            return None
        if kind in ("n", ""):
            return self._number(column, style, value)
        if kind == "s":
            return self._shared(value)
        if kind == "str":
            return unescaped(value)
        if kind == "b":
            return "TRUE" if value in ("1", "true") else "FALSE"
        if kind == "d":
            return iso_text(value)
        self._trouble("error_cell", column, value)  # t="e", and kinds that nobody knows
        return value

    def _number(self, column: int, style: str, value: str) -> str | None:
        if not value:
            return None
        shown = self._styles[int(style)] if style and int(style) < len(self._styles) else GENERAL
        if shown.kind in _DATES:
            text = date_text(value, shown, self._book.counts_from_1904)
            if text is not None:
                return text
            self._trouble("date_out_of_range", column, value)
        elif shown.kind == "percent":
            self._trouble("percent_cell", column, value)
        text = number_text(value, shown.decimals if shown.kind == "number" else None)
        if text is None:
            self._trouble("error_cell", column, value)
            return value
        return text if self._decimal == "." else text.replace(".", self._decimal)

    def _shared(self, value: str) -> str:
        if value.isdecimal() and len(value) < 10 and int(value) < len(self._texts):
            return self._texts[int(value)]
        raise TableRefused("archive_damaged", sheet=self._sheet.name, row=self._row)

    def _trouble(self, code: str, column: int, text: str | None) -> None:
        self.troubles.append(Trouble(code, self._row, column, text))

    # --- what goes too far

    def _new_column(self, letters: str) -> int:
        if not re.fullmatch("[A-Z]{1,3}", letters) or column_index(letters) >= _FORMAT_COLUMNS:
            raise TableRefused("sheet_disordered", sheet=self._sheet.name, row=self._row)
        self._columns[letters] = column_index(letters)
        return self._columns[letters]

    def _refuse_cell(self, column: int) -> None:
        if column < self._widest:
            letters = column_letters(column)
            limit = self._longest
            raise TableRefused("long_cell", sheet=self._sheet.name, row=self._row, column=letters, limit=limit)
        if column - len(self._cells) > 100:
            self._refuse_far(column)
        raise TableRefused("many_columns", sheet=self._sheet.name, count=column + 1, limit=self._widest)

    def _refuse_far(self, column: int) -> None:
        cell = f"{column_letters(column)}{self._row}"
        raise TableRefused("far_cell", sheet=self._sheet.name, row=self._row, column=column_letters(column), cell=cell)


class _SheetMarkup:
    """What expat calls for every element: collects a cell's parts and hands them to the reader."""

    def __init__(self, reader: SheetReader, deepest: int) -> None:
        self.text: list[str] = []
        self.in_sheet_data = False
        self.depth = 0
        self._reader = reader
        self._deepest = deepest
        self._in_cell = False
        self._in_row = False
        self._above = 0
        self._reference = self._kind = self._style = ""
        self._value: str | None = None
        self._formula = False
        self._runs: list[str] = []

    def start(self, tag: str, attributes: list[str]) -> None:
        name = local(tag) if ":" in tag else tag
        if name == "c":
            self._start_cell(attributes)
            return
        self.depth += 1
        if self._in_cell:
            if name == "f":
                self._formula = True
            elif name == "rPh":
                self._above += 1
        elif name == "row":
            self._start_row(attributes)
        elif name == "sheetData":
            self.in_sheet_data = True
        elif name == "mergeCell":
            self._reader.add_merged(attribute(attributes, "ref") or "")
        if self.depth > self._deepest:
            self._reader.refuse("xml_deep")
        self.text.clear()

    def end(self, tag: str) -> None:
        name = local(tag) if ":" in tag else tag
        if name == "c":
            self._end_cell()
            return
        self.depth -= 1
        if self._in_cell:
            self._end_in_cell(name)
        elif name == "row":
            self._in_row = False
            self._reader.end_row()
        elif name == "sheetData":
            self.in_sheet_data = False
        self.text.clear()

    def _start_row(self, attributes: list[str]) -> None:
        if self._in_row:
            self._reader.refuse("sheet_disordered")
        self._in_row = True
        self._reader.begin_row(attribute(attributes, "r"), hidden=attribute(attributes, "hidden") in ("1", "true"))

    def _start_cell(self, attributes: list[str]) -> None:
        if self._in_cell or not self._in_row:
            self._reader.refuse("sheet_disordered")
        self._in_cell = True
        self._reference, self._kind, self._style = "", "n", ""
        for at in range(0, len(attributes), 2):
            name, value = attributes[at], attributes[at + 1]
            if name == "r":
                self._reference = value
            elif name == "t":
                self._kind = value
            elif name == "s":
                self._style = value if value.isascii() and value.isdecimal() and len(value) < 10 else ""
        self._value, self._formula, self._runs = None, False, []

    def _end_in_cell(self, name: str) -> None:
        if name == "v":
            self._value = "".join(self.text)
        elif name == "t" and not self._above:
            self._runs.append("".join(self.text))
        elif name == "rPh":
            self._above -= 1

    def _end_cell(self) -> None:
        self._in_cell = False
        inline = "".join(self._runs) if self._runs else None
        self._reader.add_cell(self._reference, self._kind, self._style, self._value, self._formula, inline)
