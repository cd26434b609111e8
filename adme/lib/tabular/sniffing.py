"""A first look at a file: what it is, how it is written, what its tables look like. Runs in the limited child."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from adme.lib.tabular.clues import Clues, NumberCell, clues_of
from adme.lib.tabular.dialect import SEPARATORS
from adme.lib.tabular.encodings import Encoding, encoding_of
from adme.lib.tabular.facts import Candidate, FileFacts, Question, SheetFacts
from adme.lib.tabular.headings import heading_of
from adme.lib.tabular.kinds import MESSAGE_KINDS, check_kind, kind_of
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.row_splitter import RowSplitter
from adme.lib.tabular.sheet import SheetReader
from adme.lib.tabular.workbook import Sheet, Style, Workbook

Rows = list[tuple[int, list[str | None]]]

_NUMBER = re.compile(r"[<>≤≥]?\s*[+-]?[\d.,\u00a0\u202f ]*\d[\d.,]*\s*%?")
_LOOKED_AT_FOR_SEPARATOR = 500
_LINES_A_PIECE = 100
_BEGINNING = 1024 * 1024
_ROW_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?row[\s>/]")


def sniff_file(path: Path, name: str, limits: Mapping[str, int]) -> FileFacts:
    """All that can be known without asking. Raises TableRefused."""
    kind = kind_of(path, limits)
    size = path.stat().st_size
    check_kind(kind, name, size, limits)
    if kind in MESSAGE_KINDS:
        from adme.lib.tabular.message_table import message_facts

        return message_facts(path, kind, size, limits)
    if kind == "xlsx":
        return _workbook_facts(path, size, limits)
    return _text_facts(path, size, limits)


# --- text files -----------------------------------------------------------------------------------


def _text_facts(path: Path, size: int, limits: Mapping[str, int]) -> FileFacts:
    encoding = encoding_of(path)
    lines = _first_lines(path, encoding, limits)
    separator, questions = _separator_of(lines, limits)
    rows = _rows_of(lines, separator or ",", limits)
    sheet, clues = _looked_at(None, rows, limits)
    count = _line_count(path, encoding)
    return FileFacts(
        kind="tsv" if separator == "\t" else "csv",
        size=size,
        encoding=encoding.name,
        separator=separator,
        decimal=clues.decimal,
        thousands=clues.thousands,
        sheets=(SheetFacts(None, True, count, sheet.header_row, sheet.columns, sheet.preview),),
        questions=(*encoding.questions, *questions, *clues.questions),
    )


def _first_lines(path: Path, encoding: Encoding, limits: Mapping[str, int]) -> str:
    """The beginning of the text, whole lines. Leniently: reading will name what is wrong, a first look need not."""
    with path.open("rb") as file:
        data = file.read(_BEGINNING)
        complete = not file.read(1)
    text = data.decode(encoding.likely, "replace").removeprefix("\ufeff").replace("\0", "\ufffd")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = _lines(text)
    if not complete and len(lines) > 1:
        lines.pop()  # cut off in the middle
    if not text.strip() and complete:
        raise TableRefused("empty_file")
    return "".join(lines[: limits["sample_rows"]])


def _lines(text: str) -> list[str]:
    """Lines with their ends, cut where reading cuts them (`str.splitlines` knows eight more characters)."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]


def _rows_of(text: str, separator: str, limits: Mapping[str, int]) -> Rows:
    """Rows of cells; where a quote is out of place, those before it: reading will say so, a first look need not."""
    splitter = RowSplitter(separator, '"', limits)
    lines = _lines(text)
    pieces = ("".join(lines[at : at + _LINES_A_PIECE]) for at in range(0, len(lines), _LINES_A_PIECE))
    rows: Rows = []
    with contextlib.suppress(TableRefused):
        for frame in splitter.split(pieces):
            for number, line in zip(frame["row"], frame["text"], strict=True):
                rows.append((number, [cell or None for cell in splitter.cells(line)]))
    return rows


def _separator_of(text: str, limits: Mapping[str, int]) -> tuple[str | None, tuple[Question, ...]]:
    """The separator that gives rows of equally many cells below a heading; a question where two do, or none."""
    sample = "".join(itertools.islice(_lines(text), _LOOKED_AT_FOR_SEPARATOR))
    present = [separator for separator in SEPARATORS if separator in sample]
    if not present:
        return ",", ()  # one column
    fits = {separator: _fit(_rows_of(sample, separator, limits)) for separator in present}
    best = max(fits.values())
    chosen = [separator for separator, fit in fits.items() if fit == best]
    if best[0] >= 0.9 and len(chosen) == 1:
        rivals = [one for one, fit in fits.items() if one not in chosen and fit[0] >= 0.9 and fit[1] >= best[1]]
        if not rivals:
            return chosen[0], ()
    shown = tuple(Candidate(one, SEPARATORS[one], _lines(sample)[0][:120]) for one in present)
    return None, (Question("separator", "several_separators", shown),)


def _fit(rows: Rows) -> tuple[float, int]:
    """Share of rows with the usual number of cells, and that number; no share where no row could be the heading."""
    widths = [len(cells) for _, cells in rows if any(cells)]
    several = [width for width in widths if width > 1]
    if not several:
        return 0.0, 0
    usual = max(set(several), key=several.count)
    first = next(cells for _, cells in rows if len(cells) == usual)
    if first[0] is None or _NUMBER.fullmatch(first[0]):
        return 0.5 * widths.count(usual) / len(widths), usual
    return widths.count(usual) / len(widths), usual


def _line_count(path: Path, encoding: Encoding) -> int:
    """Lines, the last one also where it does not end."""
    mark, wide = (b"\n\0", 2) if encoding.likely.startswith("utf-16") else (b"\n", 1)
    count, ends = 0, True
    with path.open("rb") as file:
        while piece := file.read(8 * 1024 * 1024):
            count += piece.count(mark[:1]) if wide == 1 else piece.replace(b"\0", b"").count(b"\n")
            ends = piece.rstrip(b"\0").endswith(b"\n")
    return count + (0 if ends else 1)


# --- workbooks ------------------------------------------------------------------------------------


class _SniffingReader(SheetReader):
    """Marks number cells, which say nothing about how a person writes numbers."""

    def _number(self, column: int, style: str, value: str) -> str | None:
        text = super()._number(column, style, value)
        return None if text is None else NumberCell(text)


def _workbook_facts(path: Path, size: int, limits: Mapping[str, int]) -> FileFacts:
    with Workbook(path, limits) as book:
        texts, styles = book.texts(), book.styles()
        looks = [_sheet_look(book, sheet, texts, styles, limits) for sheet in book.sheets]
    clues = [clue for _, clue in looks]
    decimals = {clue.decimal for clue in clues if clue.decimal}
    questions: dict[str, Question] = {}
    for clue in clues:
        for question in clue.questions:
            questions.setdefault(question.field, question)
    if len(decimals) > 1 and "decimal" not in questions:
        choices = tuple(Candidate(mark, mark) for mark in sorted(decimals))
        questions["decimal"] = Question("decimal", "mixed_numbers", choices)
    certain = decimals.pop() if len(decimals) == 1 else None if decimals or "decimal" in questions else "."
    return FileFacts(
        kind="xlsx",
        size=size,
        decimal=certain,
        thousands=next((clue.thousands for clue in clues if clue.decimal and clue.thousands), ""),
        sheets=tuple(sheet for sheet, _ in looks),
        questions=tuple(questions.values()),
    )


def _sheet_look(
    book: Workbook, sheet: Sheet, texts: list[str], styles: list[Style], limits: Mapping[str, int]
) -> tuple[SheetFacts, Clues]:
    """The first rows of a sheet, and the number of all: counted without a look into the cells."""
    reader = _SniffingReader(book, sheet, texts, styles)
    rows: Rows = []
    complete = True
    for piece in reader.pieces():
        rows.extend((row.number, row.cells) for row in piece)
        if len(rows) >= limits["sample_rows"] // max(1, len(book.sheets)):
            complete = False
            break
    found, clues = _looked_at(sheet.name, rows, limits)
    count = (rows[-1][0] if rows else 0) if complete else max(rows[-1][0], _row_count(book, sheet))
    return SheetFacts(sheet.name, sheet.visible, count, found.header_row, found.columns, found.preview), clues


def _row_count(book: Workbook, sheet: Sheet) -> int:
    count, rest = 0, b""
    with book.archive.open(sheet.part) as content:
        while piece := content.read(1024 * 1024):
            whole = rest + piece
            cut = max(whole.rfind(b"<"), 0)
            count += len(_ROW_TAG.findall(whole[:cut]))
            rest = whole[cut:]
    return count


# --- both -----------------------------------------------------------------------------------------


def _looked_at(name: str | None, rows: Rows, limits: Mapping[str, int]) -> tuple[SheetFacts, Clues]:
    header_row = _heading_row(rows)
    cells = next((cells for number, cells in rows if number == header_row), [])
    data = [cells for number, cells in rows if number > header_row]
    columns = heading_of(cells, header_row).names
    width = max(len(columns), max((len(row) for row in data), default=0))
    by_column = [[row[index] if index < len(row) else None for row in data] for index in range(width)]
    labels = [*columns, *("" for _ in range(width - len(columns)))]
    cut = limits["preview_characters"]
    preview = tuple(
        (number, tuple(None if cell is None else str(cell[:cut]) for cell in cells))
        for number, cells in rows[: limits["preview_rows"]]
    )
    return SheetFacts(name, True, len(rows), header_row, columns, preview), clues_of(labels, by_column)


def _heading_row(rows: Rows) -> int:
    """The first row that is about as full as the table is wide and does not begin with a number; 0 if there is none."""
    filled = [(number, [cell for cell in cells if cell is not None]) for number, cells in rows[:200]]
    widest = max((len(cells) for _, cells in filled), default=0)
    for number, cells in filled:
        if len(cells) * 2 > widest:
            return 0 if _mostly_numbers(cells) else number
    return filled[0][0] if filled else 1


def _mostly_numbers(cells: Sequence[str]) -> bool:
    """More than half numbers, and not headed by a name as a row of years is."""
    numbers = [bool(_NUMBER.fullmatch(cell)) for cell in cells]
    return numbers[0] and sum(numbers) * 2 > len(numbers)
