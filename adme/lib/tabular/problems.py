"""What is wrong or doubtful in single places of a table that could be read; one row of a frame for each place.

Rows with a problem that concerns the whole row (``leaves_out``) are not in the table; every other row
is, with the cell as described.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from adme.lib.tabular.refusals import _, translated

SCHEMA: dict[str, type[pl.DataType]] = {
    "code": pl.String,  # a name of PROBLEMS
    "row": pl.Int64,  # from 1, as a person sees it
    "column": pl.String,  # the column's name in the table, null where the whole row is meant
    "text": pl.String,  # what stands there, cut after 200 characters
}
"""Columns of a frame of problems."""

LONGEST_TEXT = 200
CONTROL_CHARACTERS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
"""Characters that no text has, and that neither XML nor every database takes."""


class Problem(NamedTuple):
    severity: str  # error or warning
    leaves_out: bool  # whether the row is missing from the table
    message: str
    remedy: str


PROBLEMS: dict[str, Problem] = {
    "row_too_short": Problem(
        "error",
        True,
        _("The row has fewer cells than the heading."),
        _("Fill in the missing separators, so that every row has as many cells as the heading."),
    ),
    "row_too_long": Problem(
        "error",
        True,
        _("The row has more cells than the heading."),
        _("Put texts that contain the separator into quotation marks, or name the further columns in the heading."),
    ),
    "control_characters": Problem(
        "error",
        True,
        _("The row holds characters that no text has."),
        _("Delete the invisible characters in this row."),
    ),
    "error_cell": Problem(
        "error",
        False,
        _("The cell shows an error instead of a value."),
        _("Mend the formula, or leave the cell empty if there is no value."),
    ),
    "formula_without_value": Problem(
        "error",
        False,
        _("The cell holds a formula that has never been calculated."),
        _("Open the workbook in a spreadsheet program, let it calculate, and save it."),
    ),
    "date_out_of_range": Problem(
        "error",
        False,
        _("The cell is shown as a date, but its number is no date."),
        _("Set the cell's format to number, or type the date again."),
    ),
    "percent_cell": Problem(
        "warning",
        False,
        _("The cell is shown as a percentage: what it holds is a hundredth of what one sees."),
        _("The number that the cell holds is taken. Check the unit of this column."),
    ),
    "merged_cells": Problem(
        "warning",
        False,
        _("Cells are merged here: only the first one holds the text, the others are empty."),
        _("Undo the merging and repeat the text in every cell it stands for."),
    ),
    "hidden_row": Problem(
        "warning",
        False,
        _("The row is hidden in the workbook, and read all the same."),
        _("Delete hidden rows that do not belong to the table."),
    ),
    "cell_without_heading": Problem(
        "warning",
        False,
        _("The cell stands to the right of the last named column and is not read."),
        _("Name its column in the heading, or delete the cell."),
    ),
    "empty_heading": Problem(
        "warning",
        False,
        _("The column has cells, but no name."),
        _("Name the column; until then it is called by its letter."),
    ),
    "repeated_heading": Problem(
        "warning",
        False,
        _("Another column has the same name."),
        _("Give each column a name of its own; until then this one carries its letter too."),
    ),
}
"""Every problem, by name."""


def message(code: str) -> str:
    """The sentence of a problem, in the reader's language."""
    return translated(PROBLEMS[code].message)


def remedy(code: str) -> str:
    """What to do about it, in the reader's language."""
    return translated(PROBLEMS[code].remedy)


def no_problems() -> pl.DataFrame:
    """A frame of problems without any."""
    return pl.DataFrame(schema=SCHEMA)


def frame_of(rows: list[tuple[str, int, str | None, str | None]]) -> pl.DataFrame:
    """A frame from rows of (code, row, column, text)."""
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return frame.with_columns(pl.col("text").str.slice(0, LONGEST_TEXT))
