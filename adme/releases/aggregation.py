"""Figures for a region or group out of its members' figures, each with all that it rests on. Pure and set-based.

Every figure says how many members it covers, by count and by weight, how much of it is imputed or carried on, how old
its weights are; below a threshold it is withheld, near it flagged. A figure that lacks any member is never without a
flag, so no member can come or go unseen. Items (what is measured) are all worked out at once.

Time is counted in steps: consecutive whole numbers, one a period (2019, 2020, … for years).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

SUM, WEIGHTED_MEAN, MEAN, MEDIAN, COUNT = "sum", "weighted_mean", "mean", "median", "count"

LEAST_SHARE: Final = {SUM: 1.0, WEIGHTED_MEAN: 0.6, MEAN: 0.6, MEDIAN: 0.6, COUNT: 0.6}
"""Share of members, and of weight, below which a figure is withheld where its rule says nothing else.

A sum that lacks anybody is too small for certain, so none is shown.
"""

OLDEST_WEIGHT: Final = 10
"""Steps for which a weight may stand in for a later one."""

VALUES: Final = {
    "item": pl.String,
    "area": pl.String,
    "step": pl.Int64,
    "value": pl.Float64,
    "imputed": pl.Boolean,
    "segment": pl.Int64,
}
WEIGHTS: Final = {"item": pl.String, "area": pl.String, "step": pl.Int64, "weight": pl.Float64}
MEMBERS: Final = {"area": pl.String, "first_step": pl.Int64, "last_step": pl.Int64}
"""Schemas of what `aggregate` takes. Values of different segments (before and after a break) are not compared."""

_CONDITION: Final = re.compile(r"(>=|<=|>|<|=)\s*(-?\d+(?:\.\d+)?)")
_COMPARED: Final[dict[str, Callable[[pl.Expr, float], pl.Expr]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


@dataclass(frozen=True)
class Rule:
    """How one item is aggregated. Shares run from 0 to 1; None takes the default of the rule.

    `condition` is ">= 50" for a count. `near` is how far above a threshold a figure is still flagged. `carry_forward`
    is for how many steps a member's value may stand in for a later one; `interpolate` how many steps in a row may be
    missing between two values of a segment for a straight line to stand in for them. 0 for either means never.
    `breaks` are the steps from which on values are not comparable with those before: none is carried on across one.
    """

    item: str
    rule: str
    condition: str = ""
    least_count: float | None = None
    least_weight: float | None = None
    near: float = 0.1
    carry_forward: int = 0
    interpolate: int = 0
    breaks: tuple[int, ...] = ()

    @property
    def thresholds(self) -> tuple[float, float]:
        """Least share by count and by weight."""
        default = LEAST_SHARE[self.rule]
        least_count = default if self.least_count is None else self.least_count
        return least_count, least_count if self.least_weight is None else self.least_weight


@dataclass(frozen=True)
class Aggregated:
    """`figures`: item, step, value (null: withheld or none), members, have, count_share, weight_share (null: unknown),
    imputed_share, carried, interpolated, oldest_weight (steps), withheld, and lists: flags, missing and covers (areas),
    segments (those of the values of the areas covered, in their order: figures with others are not compared).

    `parts`: item, step, area, value, used, carried_from, interpolated, weight, weight_step: what a figure opens into.
    """

    figures: pl.DataFrame
    parts: pl.DataFrame


def aggregate(
    values: pl.DataFrame, members: pl.DataFrame, rules: Sequence[Rule], weights: pl.DataFrame | None = None
) -> Aggregated:
    """The figures of every item at every step at which any member has one.

    A member's value at a step is its own; or lies on the straight line between the two around it, where at most
    `interpolate` steps are missing between them; or is carried on from at most `carry_forward` steps before, and from
    before no break. A weighted
    mean uses members with a value and a weight of at most OLDEST_WEIGHT steps before; nobody else counts as covered.
    """
    if len({rule.item for rule in rules}) != len(rules):
        raise ValueError("An item has one rule.")
    told = _told(rules)
    parts = _parts(
        values, members, told, weights if weights is not None else pl.DataFrame(schema=WEIGHTS), _broken(rules)
    )
    parts = parts.sort("item", "step", "area")
    figures = _figures(parts, told, rules)
    shown = ("item", "step", "area", "value", "used", "carried_from", "interpolated", "weight", "weight_step")
    return Aggregated(figures, parts.select(shown))


def _told(rules: Sequence[Rule]) -> pl.DataFrame:
    rows = [(rule.item, rule.rule, *rule.thresholds, rule.near, rule.carry_forward, rule.interpolate) for rule in rules]
    names = ("item", "rule", "least_count", "least_weight", "near", "carry_forward", "interpolate")
    kinds = (pl.String, pl.String, pl.Float64, pl.Float64, pl.Float64, pl.Int64, pl.Int64)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def _broken(rules: Sequence[Rule]) -> pl.DataFrame:
    rows = [(rule.item, step, step) for rule in rules for step in sorted(rule.breaks)]
    return pl.DataFrame(rows, schema={"item": pl.String, "step": pl.Int64, "broken": pl.Int64}, orient="row")


def _parts(
    values: pl.DataFrame, members: pl.DataFrame, told: pl.DataFrame, weights: pl.DataFrame, broken: pl.DataFrame
) -> pl.DataFrame:
    """A row for every member of every step of every item, with its value and weight where it has them."""
    present = values.join(told, on="item").filter(pl.col("value").is_not_null())
    steps = present.select("item", "step").unique()
    expected = steps.join(members, how="cross").filter(pl.col("step").is_between("first_step", "last_step"))
    expected = expected.select("item", "step", "area").unique().join(told, on="item").sort("step")
    own = present.select("item", "area", "step", "value", "imputed", "segment", carried_from="step").sort("step")
    parts = expected.join_asof(own, on="step", by=["item", "area"], strategy="backward", check_sortedness=False)
    parts = _interpolated(parts, own)
    parts = parts.sort("step").join_asof(
        broken.sort("step"), on="step", by="item", strategy="backward", check_sortedness=False
    )
    comparable = pl.col("broken").is_null() | (pl.col("carried_from") >= pl.col("broken"))
    near_enough = comparable & (pl.col("step") - pl.col("carried_from") <= pl.col("carry_forward"))
    kept = near_enough | pl.col("interpolated")
    parts = parts.with_columns(pl.when(kept).then(name) for name in ("value", "imputed", "carried_from"))
    weighed = weights.filter(pl.col("weight") > 0).with_columns(weight_step="step").sort("step")
    parts = parts.sort("step").join_asof(
        weighed, on="step", by=["item", "area"], strategy="backward", check_sortedness=False
    )
    fresh = pl.col("step") - pl.col("weight_step") <= OLDEST_WEIGHT
    parts = parts.with_columns(pl.when(fresh).then(name) for name in ("weight", "weight_step"))
    usable = pl.col("value").is_not_null() & ((pl.col("rule") != WEIGHTED_MEAN) | pl.col("weight").is_not_null())
    return parts.with_columns(used=usable)


def _interpolated(parts: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """The parts with a straight line where a value is missing between two of the same segment, near enough."""
    ahead = own.select("item", "area", "step", next_value="value", next_segment="segment", next_step="step")
    parts = parts.sort("step").join_asof(
        ahead, on="step", by=["item", "area"], strategy="forward", check_sortedness=False
    )
    step, before, after = pl.col("step"), pl.col("carried_from"), pl.col("next_step")
    between = (before < step) & (step < after) & (pl.col("segment") == pl.col("next_segment"))
    between = (between & (after - before - 1 <= pl.col("interpolate"))).fill_null(False)
    line = pl.col("value") + (pl.col("next_value") - pl.col("value")) * (step - before) / (after - before)
    return parts.with_columns(interpolated=between, value=pl.when(between).then(line).otherwise("value"))


def _figures(parts: pl.DataFrame, told: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    used, value, weight = pl.col("used"), pl.col("value"), pl.col("weight")
    met = pl.lit(False)
    for rule in rules:
        if rule.rule == COUNT:
            met = pl.when(pl.col("item") == rule.item).then(_meets(rule.condition)).otherwise(met)
    line = used & pl.col("interpolated")
    parts = parts.with_columns(met=met, carried=used & ~line & (pl.col("carried_from") < pl.col("step")))
    figures = parts.group_by("item", "step", maintain_order=True).agg(
        pl.len().alias("members"),
        used.sum().alias("have"),
        value.filter(used).sum().alias(SUM),
        value.filter(used).mean().alias(MEAN),
        value.filter(used).median().alias(MEDIAN),
        ((value * weight).filter(used).sum() / weight.filter(used).sum()).alias(WEIGHTED_MEAN),
        (pl.col("met") & used).sum().cast(pl.Float64).alias(COUNT),
        weight.filter(used).sum().alias("weight_have"),
        weight.sum().alias("weight_all"),
        weight.is_null().any().alias("weight_unknown"),
        ((pl.col("imputed") | pl.col("carried") | line) & used).sum().alias("imputed"),
        pl.col("carried").sum().alias("carried"),
        line.sum().alias("interpolated"),
        (pl.col("step") - pl.col("weight_step")).filter(used).max().alias("oldest_weight"),
        pl.col("area").filter(~used).alias("missing"),
        pl.col("area").filter(used).alias("covers"),
        pl.col("segment").filter(used).alias("segments"),
    )
    return _judged(figures.join(told, on="item", maintain_order="left"))


def _meets(condition: str) -> pl.Expr:
    found = _CONDITION.fullmatch(condition)
    if found is None:
        raise ValueError(f"{condition!r} is no condition: write >= 50.")
    return _COMPARED[found[1]](pl.col("value"), float(found[2]))


def _judged(figures: pl.DataFrame) -> pl.DataFrame:
    figures = figures.filter(pl.col("have") > 0).with_columns(
        count_share=pl.col("have") / pl.col("members"),
        weight_share=pl.when(~pl.col("weight_unknown")).then(pl.col("weight_have") / pl.col("weight_all")),
        imputed_share=pl.col("imputed") / pl.col("have"),
    )
    count, weight = pl.col("count_share"), pl.col("weight_share")
    low = (count < pl.col("least_count")) | (weight < pl.col("least_weight")).fill_null(False)
    near = (count < pl.col("least_count") + pl.col("near")) | (
        weight < pl.col("least_weight") + pl.col("near")
    ).fill_null(False)
    partial = pl.col("have") < pl.col("members")
    flags = {
        "withheld": low,
        "partial": partial,
        "near_threshold": ~low & near & partial,
        "imputed": pl.col("imputed") > pl.col("carried") + pl.col("interpolated"),
        "carried": pl.col("carried") > 0,
        "interpolated": pl.col("interpolated") > 0,
        "weights_incomplete": (pl.col("rule") == WEIGHTED_MEAN) & pl.col("weight_unknown"),
        "old_weights": (pl.col("rule") == WEIGHTED_MEAN) & (pl.col("oldest_weight") > 0),
    }
    chosen = pl.coalesce(pl.when(pl.col("rule") == rule).then(rule) for rule in LEAST_SHARE)
    told = [pl.when(condition).then(pl.lit(name)) for name, condition in flags.items()]
    return figures.select(
        "item",
        "step",
        pl.when(~low).then(chosen).alias("value"),
        "members",
        "have",
        "count_share",
        "weight_share",
        "imputed_share",
        "carried",
        "interpolated",
        "oldest_weight",
        low.alias("withheld"),
        pl.concat_list(told).list.drop_nulls().alias("flags"),
        "missing",
        "covers",
        "segments",
    ).sort("item", "step")
