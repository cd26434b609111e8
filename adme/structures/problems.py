"""What is wrong with a row, as a frame: one line for each cell, small enough for a million of them.

The words and remedies of each rule are said in `quality.rules`; here stands only how severe it is, since a row with an
error is not coded and one with a warning is.
"""

from __future__ import annotations

from typing import Any

import polars as pl

__all__ = ["ERROR", "INFORMATION", "PROBLEM_SCHEMA", "SEVERITY", "WARNING", "collected", "one_problem"]

ERROR, WARNING, INFORMATION = "error", "warning", "information"

SEVERITY: dict[str, str] = {
    # the mapping against the structure and the file; `row` is null
    "mapping.component-unknown": ERROR,
    "mapping.component-unfilled": ERROR,
    "mapping.component-filled-twice": ERROR,
    "mapping.code-unknown": ERROR,
    "mapping.scheme-unknown": ERROR,
    "mapping.no-time": ERROR,
    "mapping.no-value": ERROR,
    "column.missing": ERROR,
    "column.unlisted": WARNING,
    # a cell
    "structure.other": ERROR,
    "action.unknown": ERROR,
    "message.overlaps": ERROR,
    "code.unknown": ERROR,
    "code.empty": ERROR,
    "packed.unreadable": ERROR,
    "packed.name-unknown": ERROR,
    "packed.name-twice": ERROR,
    "attribute.empty": ERROR,
    "attribute.several": ERROR,
    "period.empty": ERROR,
    "period.unreadable": ERROR,
    "period.calendar": ERROR,
    "value.empty": ERROR,
    "value.not-a-number": ERROR,
    "value.ambiguous": ERROR,
    "value.undeclared-mark": ERROR,
    "value.undeclared-digits": ERROR,
    "value.mixed-digits": ERROR,
    "value.not-finite": ERROR,
    "value.out-of-range": ERROR,
    "value.qualifier": ERROR,
}

PROBLEM_SCHEMA: dict[str, type[pl.DataType]] = {
    "row": pl.Int64,  # of the file, from 1; null where the whole file or mapping is meant
    "sheet": pl.String,  # null for a text file
    "column": pl.String,  # heading of the column, "" where no single one is to blame
    "value": pl.String,  # the text itself, as delivered
    "rule": pl.String,
    "severity": pl.String,
    "about": pl.String,  # the component, list or other name that the rule's words mention
    "detail": pl.String,  # more of the same
}


def one_problem(rule: str, *, column: str = "", value: str = "", about: str = "", detail: str = "") -> dict[str, Any]:
    """A problem of the whole file or mapping."""
    return {
        "row": None,
        "sheet": None,
        "column": column,
        "value": value,
        "rule": rule,
        "severity": SEVERITY[rule],
        "about": about,
        "detail": detail,
    }


def collected(problems: list[dict[str, Any]]) -> pl.DataFrame:
    """Problems as a frame, also when there are none."""
    return pl.DataFrame(problems, schema=PROBLEM_SCHEMA, orient="row")
