"""What the checks of rules are given and what they give back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from adme.quality.declaration import NOT_APPLICABLE, RuleDeclaration
from adme.structures.structure_view import StructureView

__all__ = [
    "CELLS",
    "FOUND",
    "NOT_APPLICABLE",
    "PLACE",
    "Around",
    "Looked",
    "Piece",
    "attribute_column",
    "in_scope",
    "nothing",
    "number",
    "text_of",
    "told",
]

PLACE = ("row", "sheet", "heading")
"""Where in the file a cell came from; null for what is stored."""

CELLS: dict[str, type[pl.DataType]] = {
    "series": pl.Int64,
    "period": pl.Int64,
    "value": pl.Float64,
    "decimals": pl.Int16,  # -1 where unknown
    "mark": pl.Int16,  # place of the qualifier in stored_cells.MARKS; 0 for a plain number
    "before": pl.Float64,  # what is published for this cell; null where nothing, or no plain number
    "touched": pl.Boolean,  # delivered now; all cells, where a rule is tried
    "present": pl.Boolean,  # false where the delivery takes the cell out
    "row": pl.Int64,
    "sheet": pl.String,
    "heading": pl.String,
}
"""One row for each cell, in no order. Columns `@NAME` may follow: texts of attributes that scopes ask for."""

FOUND: dict[str, type[pl.DataType]] = {
    "series": pl.Int64,  # of the piece; null where the cell does not exist
    "period": pl.Int64,
    "value": pl.Float64,
    "decimals": pl.Int16,
    "mark": pl.Int16,
    "said": pl.String,  # what was found, in words
    "evidence": pl.String,  # the numbers that it rests on: another text when one of them changes
    "row": pl.Int64,
    "sheet": pl.String,
    "heading": pl.String,
}
"""One row for each cell that breaks a rule. Completeness adds the dimension columns of cells that do not exist."""

SLACK = 1e-9
"""Relative: two sums of the same decimals may differ so much by the way computers count."""


class Piece(NamedTuple):
    """Some series (`series`, dimension columns dNN) and their cells (CELLS)."""

    series: pl.DataFrame
    cells: pl.DataFrame


@dataclass(frozen=True)
class Around:
    """What checks may need besides the piece.

    `members` are area codes of the member states. `other` is for rules against another source: a frame of shared
    dimension columns (codes of this structure), `period`, `other` (Float64).
    """

    structure: StructureView
    members: Sequence[str] = ()
    other: pl.DataFrame | None = None


@dataclass(frozen=True)
class Looked:
    """How many cells were looked at, and those that break the rule (FOUND)."""

    cells: int
    found: pl.DataFrame = field(default_factory=lambda: nothing())


def nothing() -> pl.DataFrame:
    """An empty frame of FOUND."""
    return pl.DataFrame(schema=FOUND)


def number() -> pl.Expr:
    """The value where it is a plain number: of “<5” nobody knows what it adds up to."""
    return pl.when(pl.col("mark") == 0).then(pl.col("value"))


def text_of(value: pl.Expr) -> pl.Expr:
    """A number for words: at most twelve digits, no “.0”."""
    return value.round_sig_figs(12).cast(pl.String).str.strip_suffix(".0")


def told(found: pl.DataFrame, *, said: pl.Expr, evidence: pl.Expr) -> pl.DataFrame:
    """The same with what was found in words, and with the numbers that it rests on."""
    # In one piece first: Polars 2.1 panics in `format` over columns of several chunks.
    return found.rechunk().with_columns(said=said, evidence=evidence)


def attribute_column(name: str) -> str:
    """The column of CELLS that holds the text of an attribute."""
    return f"@{name}"


def in_scope(piece: Piece, declaration: RuleDeclaration, structure: StructureView) -> Piece:
    """The part of a piece that a rule holds for."""
    series, cells = piece
    narrowed = False
    for name, codes in declaration.scope.items():
        dimension = structure.dimension.get(name)
        if dimension is None:
            cells = cells.filter(pl.col(attribute_column(name)).is_in(list(codes)))
        else:
            pks = [dimension.codes[code] for code in codes if code in dimension.codes]
            series = series.filter(pl.col(dimension.column).is_in(pks))
            narrowed = True
    return Piece(series, cells.join(series.select("series"), on="series", how="semi") if narrowed else cells)
