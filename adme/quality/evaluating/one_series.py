"""Rules that look at cells one by one, or along their own series."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from adme.quality.declaration import RuleDeclaration
from adme.quality.evaluating.pieces import FOUND, PLACE, Around, Looked, Piece, number, text_of, told

__all__ = ["growth", "out_of_range", "outlier", "revision"]

NORMAL = 0.6745
"""The MAD of a normal distribution with standard deviation 1: it makes the robust z-score comparable with the usual."""


def out_of_range(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """Values outside [min, max]. Of “<5” the 5 is looked at."""
    low, high = rule.parameters.get("min"), rule.parameters.get("max")
    looked = piece.cells.filter(pl.col("touched") & pl.col("value").is_not_null())
    outside = pl.lit(value=False)
    if low is not None:
        outside = outside | (pl.col("value") < low)
    if high is not None:
        outside = outside | (pl.col("value") > high)
    found = told(looked.filter(outside), said=pl.lit(""), evidence=pl.col("value").cast(pl.String))
    return Looked(len(looked), _found(found))


def growth(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """Changes against the previous number of the series, in per cent of its size. After a zero nothing is said."""
    change = (pl.col("value") - pl.col("previous")) / pl.col("previous").abs() * 100
    looked = _with_previous(piece).filter((pl.col("previous") != 0) & pl.col("concerned"))
    too_much = pl.lit(value=False)
    if (rise := rule.parameters.get("rise")) is not None:
        too_much = too_much | (pl.col("percent") > rise)
    if (fall := rule.parameters.get("fall")) is not None:
        too_much = too_much | (pl.col("percent") < -fall)
    large = (pl.col("value") - pl.col("previous")).abs() > rule.parameters["ignore_below"]
    found = looked.with_columns(percent=change).filter(too_much & large)
    said = pl.format(_("{} after {}: {} per cent"), text_of(pl.col("value")), *_texts("previous", "percent"))
    evidence = pl.format("{}|{}", pl.col("value").cast(pl.String), pl.col("previous").cast(pl.String))
    return Looked(len(looked), _found(told(found, said=said, evidence=evidence)))


def outlier(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """Values (or changes) with |0.6745 (x - median) / MAD| above the threshold.

    MAD is the median of the distances from the median, so that up to half of the values may be wrong without hiding
    the rest. Source of the score and of the usual threshold of 3.5: B. Iglewicz and D. C. Hoaglin, How to Detect and
    Handle Outliers, ASQC Quality Press, 1993. Where half of the values or more are equal (MAD 0), nothing is said.
    """
    given = rule.parameters
    by_change = given["of"] == "change"
    cells = (
        _with_previous(piece)
        if by_change
        else piece.cells.with_columns(concerned="touched").filter(number().is_not_null())
    )
    x = (pl.col("value") - pl.col("previous")) if by_change else pl.col("value")
    scored = (
        cells.with_columns(x=x)
        .filter(pl.col("x").is_not_null())
        .with_columns(median=pl.col("x").median().over("series"), many=pl.len().over("series"))
        .with_columns(mad=(pl.col("x") - pl.col("median")).abs().median().over("series"))
    )
    looked = scored.filter((pl.col("many") >= given["least"]) & (pl.col("mad") > 0) & pl.col("concerned"))
    score = NORMAL * (pl.col("x") - pl.col("median")) / pl.col("mad")
    found = looked.with_columns(score=score).filter(pl.col("score").abs() > given["threshold"])
    words = _("change {}, usual {}: z-score {}") if by_change else _("{}, usual {}: z-score {}")
    said = pl.format(words, *_texts("x", "median"), text_of(pl.col("score").round(2)))
    # The value alone: the median moves with every delivery, and would call up again what was settled long ago.
    return Looked(len(looked), _found(told(found, said=said, evidence=pl.col("value").cast(pl.String))))


def revision(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """Values that differ from what is published for the same cell, in per cent of that."""
    looked = piece.cells.filter(pl.col("touched") & number().is_not_null() & pl.col("before").is_not_null())
    change = pl.col("value") - pl.col("before")
    too_much = change.abs() > rule.parameters["percent"] / 100 * pl.col("before").abs()
    found = looked.filter(too_much & (change.abs() > rule.parameters["ignore_below"]))
    said = pl.format(_("{} instead of {}"), *_texts("value", "before"))
    evidence = pl.format("{}|{}", pl.col("value").cast(pl.String), pl.col("before").cast(pl.String))
    return Looked(len(looked), _found(told(found, said=said, evidence=evidence)))


def _with_previous(piece: Piece) -> pl.DataFrame:
    """Plain numbers with `previous`, that of the period before in the same series and frequency.

    `concerned` says that one of the two was delivered now; the place in the file is that of the later one, if it was.
    """
    numbers = piece.cells.filter(number().is_not_null()).with_columns(digit=pl.col("period") % 10)
    ordered = numbers.sort("series", "digit", "period")
    same = (pl.col("series") == pl.col("series").shift(1)) & (pl.col("digit") == pl.col("digit").shift(1))
    own = pl.col("row").is_not_null()
    return ordered.with_columns(
        previous=pl.when(same).then(pl.col("value").shift(1)),
        concerned=pl.col("touched") | (pl.col("touched").shift(1) & same).fill_null(value=False),
        **{name: pl.when(own | ~same).then(pl.col(name)).otherwise(pl.col(name).shift(1)) for name in PLACE},
    ).filter(pl.col("previous").is_not_null())


def _texts(*names: str) -> list[pl.Expr]:
    return [
        text_of(pl.col(name).round_sig_figs(3) if name in ("percent", "median") else pl.col(name)) for name in names
    ]


def _found(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in FOUND.items())
