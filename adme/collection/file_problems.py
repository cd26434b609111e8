"""What `lib.tabular` found in single places of a file, and why it refused a whole one, as findings like all others."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import polars as pl

from adme.lib.tabular import problems
from adme.lib.tabular.problems import PROBLEMS
from adme.lib.tabular.refusals import TableRefused
from adme.quality.findings import EXAMPLES, FindingGroup
from adme.structures.problems import ERROR, WARNING

__all__ = ["grouped", "leaving_out", "refused_file"]

LEAVES_OUT = [code for code, problem in PROBLEMS.items() if problem.leaves_out]


def refused_file(refusal: TableRefused) -> FindingGroup:
    """Why a whole file cannot be read, as the one finding there is."""
    place = {"sheet": refusal.sheet or "", "row": refusal.row, "column": refusal.column or "", "value": ""}
    return FindingGroup(
        rule=f"file.{refusal.code}",
        severity=ERROR,
        column=refusal.column or "",
        value="",
        message=f"{refusal.title} {refusal.detail}".strip(),
        remedy=refusal.remedy,
        count=1,
        examples=(place,) if refusal.place else (),
    )


def leaving_out(found: pl.DataFrame) -> pl.DataFrame:
    """The problems whose rows are not in the table at all."""
    return found.filter(pl.col("code").is_in(LEAVES_OUT))


def grouped(found: pl.DataFrame, *, used: Set[str]) -> list[FindingGroup]:
    """Equal problems of one column as one finding. In a column that the mapping does not use, nothing is an error."""
    groups = found.group_by("code", "column", maintain_order=True).agg(
        pl.len().alias("count"), pl.struct("sheet", "row", "column", "text").head(EXAMPLES).alias("places")
    )
    return [_finding(group, used) for group in groups.iter_rows(named=True)]


def _finding(group: dict[str, Any], used: Set[str]) -> FindingGroup:
    problem = PROBLEMS[group["code"]]
    matters = problem.leaves_out or group["column"] in used
    return FindingGroup(
        rule=f"file.{group['code']}",
        severity=problem.severity if matters or problem.severity != ERROR else WARNING,
        column=group["column"] or "",
        value="",
        message=problems.message(group["code"]),
        remedy=problems.remedy(group["code"]),
        count=group["count"],
        examples=tuple(_place(place) for place in group["places"]),
    )


def _place(place: dict[str, Any]) -> dict[str, Any]:
    named = {name: place[name] or "" for name in ("sheet", "column")}
    return {**named, "row": place["row"], "value": place["text"] or ""}
