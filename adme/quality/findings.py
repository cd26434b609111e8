"""Problems of cells, grouped: ten thousand equal errors are one finding with a count and a few examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import polars as pl

from adme.lib import periods
from adme.quality.rules import RULES, Rule
from adme.structures.problems import ERROR, INFORMATION, PROBLEM_SCHEMA, WARNING

__all__ = ["EXAMPLES", "MOST_VALUES", "FindingGroup", "group_findings", "grouped_problems", "no_problems"]

EXAMPLES = 20
"""Cells named in a finding."""
MOST_VALUES = 50
"""So many different values of a column have a finding each; all others share one."""
LONGEST_VALUE = 300

_ORDER = {ERROR: 0, WARNING: 1, INFORMATION: 2}
_GROUP = ["rule", "at", "about", "shown"]
_NO_RULES: Mapping[str, Rule] = MappingProxyType({})


@dataclass(frozen=True)
class FindingGroup:
    """Equal problems: what a person reads. `value` is empty where they differ in it.

    `examples` are at most EXAMPLES cells, in the order of the file: sheet, row, column, value, and detail, key and
    period where there are any; `row` is None where no row of the file is to blame. `group` is the number that
    `grouped_problems` gives to the problems of this finding; `accepted` says how many of them are vouched for.
    """

    rule: str
    severity: str
    column: str
    value: str
    message: str
    remedy: str
    count: int
    examples: tuple[dict[str, Any], ...]
    group: int = 0
    accepted: int = 0


def no_problems() -> pl.DataFrame:
    """The empty frame of problems."""
    return pl.DataFrame(schema=PROBLEM_SCHEMA)


def group_findings(problems: pl.DataFrame, rules: Mapping[str, Rule] = _NO_RULES) -> list[FindingGroup]:
    """Group problems, errors first, the most frequent first; words in the active language.

    Of PROBLEM_SCHEMA, or of FINDING_SCHEMA. `rules` says the words of rules that are not among the built-in checks.
    """
    return grouped_problems(problems, rules)[0]


def grouped_problems(
    problems: pl.DataFrame, rules: Mapping[str, Rule] = _NO_RULES
) -> tuple[list[FindingGroup], pl.DataFrame]:
    """The same, and the problems with `group` (UInt32): which finding each belongs to."""
    known = {**RULES, **rules}
    shown = _shown(problems, known)
    if shown.is_empty():
        return [], problems.with_columns(group=pl.lit(None, pl.UInt32))
    cell = ["sheet", "row", "column", "value", "detail", *(name for name in ("key", "period") if name in shown.columns)]
    if "accepted" not in shown.columns:
        shown = shown.with_columns(accepted=pl.lit(value=False))
    settled = pl.col("accepted")
    groups = (
        shown.group_by(_GROUP, maintain_order=True)
        .agg(
            pl.len().alias("count"),
            settled.sum().alias("accepted"),
            pl.col("detail").first(),
            pl.col("column").first(),
            pl.col("value").first(),
            pl.col("value").n_unique().alias("values"),
            # What is still open first: that is what somebody has to look at.
            pl.struct(cell).sort_by(settled, maintain_order=True).head(EXAMPLES).alias("examples"),
        )
        .with_row_index("group", offset=1)
    )
    found = [_finding(group, known[group["rule"]]) for group in groups.iter_rows(named=True)]
    ordered = sorted(found, key=lambda one: (_ORDER[one.severity], -one.count, one.rule, one.column, one.value))
    numbered = shown.join(groups.select(*_GROUP, "group"), on=_GROUP, nulls_equal=True, maintain_order="left")
    return ordered, numbered.select(*problems.columns, "group")


def _shown(problems: pl.DataFrame, rules: Mapping[str, Rule]) -> pl.DataFrame:
    """With what a finding is about: `at`, its column, none where the rule does not go by it; `shown`, the value, none
    where the rule does not go by it, none for a column's long tail."""
    by_value = [rule.id for rule in rules.values() if rule.by_value]
    anywhere = [rule.id for rule in rules.values() if not rule.by_column]
    keys = ["rule", "column", "about", "value"]
    counted = (
        problems.filter(pl.col("rule").is_in(by_value))
        .group_by(keys, maintain_order=True)
        .agg(pl.len().alias("times"))
        .with_columns(place=pl.col("times").rank("ordinal", descending=True).over("rule", "column", "about"))
        .filter(pl.col("place") <= MOST_VALUES)
        .select(*keys, shown=pl.col("value"))
    )
    at = pl.when(pl.col("rule").is_in(anywhere)).then(pl.lit("")).otherwise(pl.col("column"))
    joined = problems.join(counted, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(at=at)


def _finding(group: dict[str, Any], rule: Rule) -> FindingGroup:
    return FindingGroup(
        rule=rule.id,
        severity=rule.severity,
        column=_cut(group["at"]),
        value=_cut(group["shown"] or (group["value"] if group["values"] == 1 else "")),
        message=_words(rule, group),
        remedy=str(rule.remedy),
        count=group["count"],
        examples=tuple(_example(one) for one in group["examples"]),
        group=group["group"],
        accepted=group["accepted"],
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
    more = {name: cell[name] for name in ("detail", "key") if cell.get(name)}
    when = {"period": periods.label(cell["period"])} if cell.get("period") else {}
    return shown | more | when


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
