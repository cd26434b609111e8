"""The first rows of a file as the declared dialect reads them: what the mapping page shows."""

from __future__ import annotations

import dataclasses

import polars as pl

from adme.collection.files import RECEIVED
from adme.collection.models import SourceFile
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.facts import FileFacts, SheetFacts
from adme.lib.tabular.reading import read_table

ROWS = 20


@dataclasses.dataclass(frozen=True)
class Look:
    """A sheet as it is read by a dialect, with its first rows as text."""

    sheet: SheetFacts
    frame: pl.DataFrame


def look(source_file: SourceFile, dialect: Dialect) -> Look:
    """The heading and first rows of a file. TableRefused where the dialect cannot read it.

    What was found at the door is used as long as the dialect says nothing else; otherwise the file is read anew, in its
    limited child process, up to these rows.
    """
    facts = FileFacts.from_dict(source_file.facts)
    known = next((sheet for sheet in facts.sheets if sheet.name == dialect.sheet), None)
    if known is not None and _as_found(facts, known, dialect):
        return Look(known, _frame_of(known))
    first = dialect.data_starts
    last = min(first + ROWS - 1, dialect.last_row or first + ROWS - 1)
    table = read_table(RECEIVED.path(source_file.digest), dialect.replaced(last_row=last), source_file.name)
    frame = table.frame
    preview = tuple((row[0], tuple(row[1:])) for row in frame.iter_rows())
    rows = known.rows if known else table.rows
    sheet = SheetFacts(table.sheet, True, rows, dialect.header_row, table.columns, preview)
    return Look(sheet, frame if table.sheet is None else frame.with_columns(sheet=pl.lit(table.sheet)))


def _as_found(facts: FileFacts, sheet: SheetFacts, dialect: Dialect) -> bool:
    found = facts.dialect(sheet.name)
    same = ("encoding", "separator", "quote", "header_row", "first_row", "last_row", "guarded")
    return all(getattr(found, name) == getattr(dialect, name) for name in same) and bool(sheet.columns)


def _frame_of(sheet: SheetFacts) -> pl.DataFrame:
    rows = [(row, cells) for row, cells in sheet.preview if row > sheet.header_row][:ROWS]
    columns = {
        name: [cells[place] if place < len(cells) else None for _row, cells in rows]
        for place, name in enumerate(sheet.columns)
    }
    frame = pl.DataFrame(
        {"row": [row for row, _cells in rows], **columns}, schema={"row": pl.Int64, **dict.fromkeys(columns, pl.String)}
    )
    return frame if sheet.name is None else frame.with_columns(sheet=pl.lit(sheet.name))
