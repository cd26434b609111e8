"""The validation rules in the check of a draft: what they find, which warnings were vouched for before.

Reads the database, writes nothing. The rules themselves, and how they are run, are of `quality`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from adme.quality.explaining import explanation
from adme.quality.pieces import pieces
from adme.quality.queries import accepted_cells, member_codes, other_structures, rules_on, unfit_words
from adme.quality.rule_findings import FINDING_SCHEMA, key_expr, mark_accepted, problems_of, rule_words, widened
from adme.quality.rules import RULES, Rule, severity_of
from adme.quality.rules_yaml import one_line
from adme.quality.running import run_rules
from adme.structures.models import Dataflow
from adme.structures.problems import PROBLEM_SCHEMA, WARNING
from adme.structures.structure_view import StructureView

__all__ = ["FOUND_SCHEMA", "Validated", "found_frame", "validate"]

FOUND_SCHEMA: dict[str, Any] = {**FINDING_SCHEMA, "accepted": pl.Boolean, "group": pl.UInt32}
"""The file of a submission that names every cell a finding is about, not only the first twenty."""

ABOUT_NO_VALUE = ("duplicate.same",)
"""Warnings of built-in checks that name a row, but do not doubt its value: there is nothing to vouch for."""


@dataclass(frozen=True)
class Validated:
    """`problems` has FINDING_SCHEMA and `accepted`. `words` are those of the rules that were run, by name.

    `told` has for each rule what it said at the time (name, severity, expression, description), how many comparisons it
    made (`looked`) and how many failed (`broken`).
    """

    problems: pl.DataFrame
    words: Mapping[str, Rule] = field(default_factory=dict)
    told: tuple[dict[str, Any], ...] = ()


def validate(
    rows: pl.LazyFrame | pl.DataFrame, structure: StructureView, dataflow: Dataflow, problems: pl.DataFrame
) -> Validated:
    """Coded rows against every rule that is on, over what is public; beside the `problems` that were found before."""
    every = rules_on(dataflow)
    others = other_structures(every)
    unfit = {rule.name: faults for rule in every if (faults := unfit_words(rule, structure, others))}
    rules = [rule for rule in every if rule.name not in unfit]
    found = [_located(problems, rows.lazy(), structure), _unfit(unfit)]
    told: tuple[dict[str, Any], ...] = ()
    if rules:
        run = run_rules(rules, structure, batch=rows, members=member_codes(), others=others)
        found.append(problems_of(run, rules, structure))
        told = tuple(
            {
                "name": rule.name,
                "severity": rule.severity,
                "expression": one_line(rule),
                "description": explanation(rule, structure),
                "looked": run.looked[rule.name],
                "broken": run.broken[rule.name],
            }
            for rule in rules
        )
    marked = mark_accepted(pl.concat(found), accepted_cells(dataflow))
    return Validated(marked, rule_words(rules, structure), told)


def _unfit(unfit: Mapping[str, str]) -> pl.DataFrame:
    """Rules that name what is no longer there, as problems of the whole file."""
    of_file = [
        {"rule": "rule.unfit", "severity": severity_of("rule.unfit"), "column": "", "about": ""}
        | {"value": name, "detail": words}
        for name, words in unfit.items()
    ]
    return widened(pl.DataFrame(of_file, schema=PROBLEM_SCHEMA))


def _located(problems: pl.DataFrame, rows: pl.LazyFrame, structure: StructureView) -> pl.DataFrame:
    """Problems with the cell that each is about: for warnings of built-in checks about one row of the draft."""
    doubts = (
        pl.col("row").is_not_null()
        & (pl.col("severity") == WARNING)
        & pl.col("rule").is_in([rule for rule in RULES if rule not in ABOUT_NO_VALUE])
    )
    wide = widened(problems)
    asked = wide.filter(doubts)
    if asked.is_empty():
        return wide
    on = ["row", "column"] if "cell" in rows.collect_schema().names() else ["row"]
    named = rows.rename({"cell": "column"}) if len(on) > 1 else rows
    places = asked.select(on).unique()
    wanted = pl.concat(
        piece.join(places, on=on, how="semi") for piece in pieces(named.select(*on, *structure.columns, "period"))
    )
    cells = wanted.select(*on, cell_key=key_expr(structure), cell_period=pl.col("period"))
    joined = wide.join(cells.unique(on, keep="first"), on=on, how="left", maintain_order="left")
    return joined.with_columns(
        key=pl.when(doubts).then(pl.coalesce("key", "cell_key")).otherwise("key"),
        period=pl.when(doubts).then(pl.coalesce("period", "cell_period")).otherwise("period"),
        # The value as it came: what it was compared with (a typical size) moves with every delivery.
        evidence=pl.when(doubts).then(pl.coalesce("evidence", "value")).otherwise("evidence"),
    ).select(list(FINDING_SCHEMA))


def found_frame(problems: pl.DataFrame) -> pl.DataFrame:
    """Those of grouped problems that name a cell, in FOUND_SCHEMA."""
    named = problems.filter(pl.col("key").is_not_null())
    return named.select(pl.col(name).cast(kind) for name, kind in FOUND_SCHEMA.items())
