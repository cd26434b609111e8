"""What validation rules found, in the shape of every other problem, with the cell that each is about. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl
from django.utils.translation import gettext as _

from adme.lib.numbers import write_expr
from adme.lib.texts import text_in
from adme.observations.stored_cells import MARKS
from adme.quality.declaration import RuleDeclaration
from adme.quality.explaining import requirement
from adme.quality.rules import Rule
from adme.quality.running import RulesRun
from adme.structures.problems import PROBLEM_SCHEMA, WARNING
from adme.structures.structure_view import StructureView

__all__ = ["ACCEPTED_SCHEMA", "FINDING_SCHEMA", "key_expr", "mark_accepted", "problems_of", "rule_words", "widened"]

FINDING_SCHEMA: dict[str, type[pl.DataType]] = {
    **PROBLEM_SCHEMA,
    "key": pl.String,  # of the cell; null where a problem is about no single one
    "period": pl.Int64,
    "evidence": pl.String,  # the numbers it rests on
}
ACCEPTED_SCHEMA: dict[str, type[pl.DataType]] = {
    "rule": pl.String,
    "key": pl.String,
    "period": pl.Int64,
    "evidence": pl.String,
}
"""Cells that were accepted against a rule."""


def problems_of(run: RulesRun, rules: Iterable[RuleDeclaration], structure: StructureView) -> pl.DataFrame:
    """A row of FINDING_SCHEMA for each cell that breaks a rule; of the file's cells first, in the order of the file."""
    frames = [pl.DataFrame(schema=FINDING_SCHEMA)]
    for rule in rules:
        found = run.found.get(rule.name)
        if found is not None and len(found):
            frames.append(_problems(found, rule, structure))
    return pl.concat(frames).sort("row", "key", "period", nulls_last=True, maintain_order=True)


def _problems(found: pl.DataFrame, rule: RuleDeclaration, structure: StructureView) -> pl.DataFrame:
    decimals = pl.when(pl.col("decimals") >= 0).then(pl.col("decimals"))
    mark = pl.col("mark").fill_null(0).replace_strict(range(len(MARKS)), MARKS, default="", return_dtype=pl.String)
    return found.select(
        "row",
        "sheet",
        column=pl.col("heading").fill_null(""),
        value=write_expr(pl.col("value"), decimals, mark).fill_null(""),
        rule=pl.lit(rule.name),
        severity=pl.lit(rule.severity),
        about=pl.lit(""),
        detail=pl.col("said"),
        key=key_expr(structure),
        period="period",
        evidence="evidence",
    ).select(pl.col(name).cast(kind) for name, kind in FINDING_SCHEMA.items())


def key_expr(structure: StructureView) -> pl.Expr:
    """The key of rows with dimension columns."""
    parts = []
    for dimension in structure.dimensions:
        codes = dimension.code_list.frame
        parts.append(pl.col(dimension.column).replace_strict(codes["pk"], codes["code"], return_dtype=pl.String))
    return pl.concat_str(parts, separator=".")


def widened(problems: pl.DataFrame) -> pl.DataFrame:
    """Problems of PROBLEM_SCHEMA in FINDING_SCHEMA, about no single cell."""
    if problems.width == len(FINDING_SCHEMA):
        return problems
    more = {name: pl.lit(None, kind) for name, kind in FINDING_SCHEMA.items() if name not in PROBLEM_SCHEMA}
    return problems.with_columns(**more)


def mark_accepted(problems: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    """Problems with `accepted`: whether each is a warning that somebody vouched for, with just these numbers."""
    on = list(ACCEPTED_SCHEMA)
    known = accepted.select(on).unique().with_columns(vouched=pl.lit(value=True))
    joined = problems.join(known, on=on, how="left", maintain_order="left")
    accepted_now = (pl.col("severity") == WARNING) & pl.col("vouched").fill_null(value=False)
    return joined.with_columns(accepted=accepted_now).drop("vouched")


def rule_words(rules: Iterable[RuleDeclaration], structure: StructureView) -> Mapping[str, Rule]:
    """Rule name → how its findings are said: what is asked for, and the author's own words as the remedy."""
    said = {}
    for rule in rules:
        words = requirement(rule, structure).replace("%", "%%")
        remedy = text_in(rule.text) or _(
            "Look at the figures. Correct what is wrong; a warning about a figure that is right "
            "can be accepted with the reason."
        )
        said[rule.name] = Rule(rule.name, rule.severity, words, remedy, by_value=False, by_column=False)
    return said
