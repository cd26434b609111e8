"""The table that coding works on: texts read once each and joined back, faults kept with their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from adme.structures.problems import ERROR, PROBLEM_SCHEMA, SEVERITY, collected
from adme.structures.translating import Fault

__all__ = ["CodingTable", "Read", "at"]

Read = Callable[[str], Mapping[str, Any] | list[Fault]]
"""Reads one text: the values it gives by name, or everything that is wrong with it."""


def at(component: str) -> str:
    """The column that a component is read into; no component's id can begin so, and none of ours does."""
    return f"@{component}"


class CodingTable:
    """Rows on their way to codes. `frame` has row, sheet, cell, and what was joined; `bad` marks rows with errors."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame.with_columns(bad=pl.lit(False))
        self._problems: list[pl.DataFrame] = []

    def join(self, *, texts: str, heading: str | None, read: Read, gives: Mapping[str, Any]) -> None:
        """Read each different text of a column and join what it gives (name → type).

        `heading` is the column of the file that is to blame, None: the one that the row's value stands in.
        """
        different = self.frame[texts].unique(maintain_order=True)
        results = [read(text) for text in different]
        # Not by a join, which takes three times as long.
        self.frame = self.frame.with_columns(
            pl.col(texts)
            .replace_strict(different, _given(results, name, kind), default=None, return_dtype=kind)
            .alias(name)
            for name, kind in gives.items()
        )
        pairs = zip(different, results, strict=True)
        faults = [(text, *fault) for text, result in pairs if isinstance(result, list) for fault in result]
        if faults:
            found = pl.DataFrame(faults, schema=[texts, *Fault._fields], orient="row")
            self._keep(texts, heading, found)
            self.frame = self.frame.with_columns(bad=pl.col("bad") | pl.col(texts).is_in(found[texts].implode()))

    def _keep(self, texts: str, heading: str | None, faults: pl.DataFrame) -> None:
        hits = self.frame.select("row", "sheet", "cell", texts).join(faults, on=texts, maintain_order="left")
        severity = pl.col("rule").replace_strict(SEVERITY, return_dtype=pl.String)
        column = pl.col("cell") if heading is None else pl.lit(heading)
        self._problems.append(hits.with_columns(severity=severity, column=column).select(_typed()))

    def refuse(
        self, mask: pl.Expr, rule: str | pl.Expr, *, heading: str | None, value: pl.Expr, about: str = ""
    ) -> None:
        """Keep a problem for every row of the mask that has none yet; its rows are bad where the rule is an error."""
        hit = mask.fill_null(False) & ~pl.col("bad")
        hits = self.frame.filter(hit)
        if hits.is_empty():
            return
        name = pl.lit(rule) if isinstance(rule, str) else rule
        found = hits.with_columns(
            rule=name,
            column=pl.col("cell") if heading is None else pl.lit(heading),
            value=value,
            about=pl.lit(about),
            detail=pl.lit(""),
        ).with_columns(severity=pl.col("rule").replace_strict(SEVERITY, return_dtype=pl.String))
        self._problems.append(found.select(_typed()))
        if not isinstance(rule, str) or SEVERITY[rule] == ERROR:
            self.frame = self.frame.with_columns(bad=pl.col("bad") | hit)

    def good(self) -> pl.DataFrame:
        """The rows without errors."""
        return self.frame.filter(~pl.col("bad"))

    def problems(self) -> pl.DataFrame:
        """Every problem, in the order of the file."""
        return pl.concat([collected([]), *self._problems]).sort("row", maintain_order=True)


def _given(results: list[Mapping[str, Any] | list[Fault]], name: str, kind: Any) -> pl.Series:
    return pl.Series([None if isinstance(one, list) else one.get(name) for one in results], dtype=kind)


def _typed() -> list[pl.Expr]:
    return [pl.col(name).cast(kind) for name, kind in PROBLEM_SCHEMA.items()]
