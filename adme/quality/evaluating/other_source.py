"""Figures held against those of another dataflow."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from adme.quality.declaration import RuleDeclaration
from adme.quality.evaluating.pieces import FOUND, NOT_APPLICABLE, SLACK, Around, Looked, Piece, number, text_of, told

__all__ = ["source"]


def source(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """Values that differ from the other source by more than is allowed, in per cent of the other."""
    if around.other is None:
        return Looked(0)
    shared = [column for column in around.other.columns if column not in ("period", "other")]
    fits = [
        pl.col(one.column) == one.codes[rule.parameters["own"].get(one.id, NOT_APPLICABLE)]
        for one in around.structure.dimensions
        if one.column not in shared
    ]
    chosen = piece.series.filter(fits).select("series", *shared)
    cells = piece.cells.filter(pl.col("touched") & number().is_not_null()).join(chosen, on="series")
    looked = cells.join(around.other, on=[*shared, "period"])
    percent = pl.col("other").abs() * (rule.parameters["tolerance_percent"] / 100)
    slack = pl.max_horizontal(pl.col("other").abs(), pl.col("value").abs()) * SLACK
    allowed = pl.max_horizontal(percent, pl.lit(rule.parameters["tolerance"])) + slack
    found = looked.filter((pl.col("value") - pl.col("other")).abs() > allowed)
    said = pl.format(_("{} here, {} there"), text_of(pl.col("value")), text_of(pl.col("other")))
    evidence = pl.format("{}|{}", pl.col("value").cast(pl.String), pl.col("other").cast(pl.String))
    named = told(found, said=said, evidence=evidence)
    return Looked(len(looked), named.select(pl.col(name).cast(kind) for name, kind in FOUND.items()))
