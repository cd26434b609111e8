"""Problems of cells, grouped: ten thousand equal errors are one finding with a count and a few examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from adme.quality.rules import RULES, Rule
from adme.structures.problems import ERROR, INFORMATION, PROBLEM_SCHEMA, WARNING

__all__ = ["EXAMPLES", "MOST_VALUES", "FindingGroup", "group_findings", "no_problems"]

EXAMPLES = 20
"""Cells named in a finding."""
MOST_VALUES = 50
"""So many different values of a column have a finding each; all others share one."""
LONGEST_VALUE = 300

_ORDER = {ERROR: 0, WARNING: 1, INFORMATION: 2}
_GROUP = ["rule", "column", "about", "shown"]


@dataclass(frozen=True)
class FindingGroup:
    """Equal problems: what a person reads. `value` is empty where they differ in it.

    `examples` are at most EXAMPLES cells, in the order of the file: sheet, row, column, value, and detail where
    there is one; `row` is None where the whole file is meant.
    """

    rule: str
    severity: str
    column: str
    value: str
    message: str
    remedy: str
    count: int
    examples: tuple[dict[str, Any], ...]


def no_problems() -> pl.DataFrame:
    """The empty frame of problems."""
    return pl.DataFrame(schema=PROBLEM_SCHEMA)


def group_findings(problems: pl.DataFrame) -> list[FindingGroup]:
    """Group problems (of `PROBLEM_SCHEMA`), errors first, the most frequent first; words in the active language."""
    if problems.is_empty():
        return []
    groups = (
        _shown(problems)
        .group_by(_GROUP, maintain_order=True)
        .agg(
            pl.len().alias("count"),
            pl.col("detail").first(),
            pl.col("value").first(),
            pl.col("value").n_unique().alias("values"),
            pl.struct("sheet", "row", "column", "value", "detail").head(EXAMPLES).alias("examples"),
        )
    )
    found = [_finding(group) for group in groups.iter_rows(named=True)]
    return sorted(found, key=lambda one: (_ORDER[one.severity], -one.count, one.rule, one.column, one.value))


def _shown(problems: pl.DataFrame) -> pl.DataFrame:
    """With the value that a finding is about: none where the rule does not go by it, none for a column's long tail."""
    by_value = [rule.id for rule in RULES.values() if rule.by_value]
    counted = (
        problems.filter(pl.col("rule").is_in(by_value))
        .group_by("rule", "column", "about", "value", maintain_order=True)
        .agg(pl.len().alias("times"))
        .with_columns(
            place=pl.col("times").rank("ordinal", descending=True).over("rule", "column", "about"),
        )
        .filter(pl.col("place") <= MOST_VALUES)
        .select("rule", "column", "about", "value", shown=pl.col("value"))
    )
    keys = ["rule", "column", "about", "value"]
    return problems.join(counted, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _finding(group: dict[str, Any]) -> FindingGroup:
    rule = RULES[group["rule"]]
    return FindingGroup(
        rule=rule.id,
        severity=rule.severity,
        column=_cut(group["column"]),
        value=_cut(group["shown"] or (group["value"] if group["values"] == 1 else "")),
        message=_words(rule, group),
        remedy=str(rule.remedy),
        count=group["count"],
        examples=tuple(_example(one) for one in group["examples"]),
    )


def _words(rule: Rule, group: dict[str, Any]) -> str:
    many = group["shown"] is None and group["values"] > 1 and rule.words_for_many
    words = str(rule.words_for_many if many else rule.words)
    return words % {name: _cut(group[name] or "") for name in ("column", "value", "about", "detail")}


def _example(cell: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "sheet": cell["sheet"] or "",
        "row": cell["row"],
        "column": cell["column"],
        "value": _cut(cell["value"] or ""),
    }
    return shown | ({"detail": cell["detail"]} if cell["detail"] else {})


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
