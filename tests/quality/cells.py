"""Pieces of a small dataflow for the checks of rules: cells as (key, period, value) and what else is known of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from adme.lib import periods
from adme.observations.stored_cells import MARKS
from adme.quality.declaration import RuleDeclaration, declared
from adme.quality.evaluating import Around, Piece, evaluate
from adme.quality.evaluating.pieces import CELLS
from adme.quality.rule_findings import key_expr
from adme.structures.structure_view import CodeListView, StructureView
from tests.factories.structures import small_structure

STRUCTURE = small_structure()
FLOW = STRUCTURE.reference


def rule(kind: str, **content: Any) -> RuleDeclaration:
    """A rule as a form or a file would give it."""
    return declared("the-rule", {"kind": kind, "dataflow": FLOW, **content})


def with_parents(parents: Mapping[str, str], dimension: str = "ACTIVITY") -> StructureView:
    """The small structure with a hierarchy in one code list: code → the code above it."""

    def below(codes: CodeListView) -> CodeListView:
        items = tuple(dataclasses.replace(one, parent_id=parents.get(one.code_id, "")) for one in codes.items)
        return dataclasses.replace(codes, items=items)

    dimensions = tuple(
        dataclasses.replace(one, code_list=below(one.code_list)) if one.id == dimension else one
        for one in STRUCTURE.dimensions
    )
    return dataclasses.replace(STRUCTURE, dimensions=dimensions)


def piece(cells: Iterable[tuple[Any, ...]], structure: StructureView = STRUCTURE) -> Piece:
    """Cells from (key, period, value[, what differs from a delivered plain number]); row n of the file is the n-th.

    `stored=True` makes one that is there already and has not been delivered.
    """
    keys: dict[str, int] = {}
    rows = []
    for number, (key, period, value, *more) in enumerate(cells, start=2):
        extras = dict(more[0]) if more else {}
        stored = extras.pop("stored", False)
        rows.append(
            {
                "series": keys.setdefault(key, len(keys) + 1),
                "period": periods.parse(period),
                "value": value,
                "decimals": -1,
                "mark": MARKS.index(extras.pop("qualifier", "")),
                "before": None,
                "touched": not stored,
                "present": True,
                "row": None if stored else number,
                "sheet": None,
                "heading": None,
                **extras,
            }
        )
    dims = [
        {"series": pk, **{d.column: d.codes[c] for d, c in zip(structure.dimensions, key.split("."), strict=True)}}
        for key, pk in keys.items()
    ]
    schema = {"series": pl.Int64, **dict.fromkeys(structure.columns, pl.Int32)}
    wide = {name for row in rows for name in row if name.startswith("@")}
    return Piece(
        pl.DataFrame(dims, schema=schema),
        pl.DataFrame(rows, schema={**CELLS, **dict.fromkeys(sorted(wide), pl.String)}),
    )


def found(
    declaration: RuleDeclaration,
    cells: Iterable[tuple[Any, ...]],
    structure: StructureView = STRUCTURE,
    **around: Any,
) -> list[tuple[str, str, int | None]]:
    """Key, period and row of every cell that breaks the rule, in order."""
    given = piece(cells, structure)
    looked = evaluate(declaration, given, Around(structure, **around))
    named = looked.found
    if not set(structure.columns) <= set(named.columns):
        named = named.join(given.series, on="series", how="left")
    told = named.select(key_expr(structure).alias("key"), periods.label_expr(pl.col("period")).alias("at"), "row")
    return sorted(told.rows(), key=str)


def said(declaration: RuleDeclaration, cells: Iterable[tuple[Any, ...]], **around: Any) -> list[str]:
    """What is told of every cell that breaks the rule."""
    return evaluate(declaration, piece(cells), Around(STRUCTURE, **around)).found["said"].to_list()
