"""Runs validation rules over a delivery and the store together, or over the store alone, piece by piece.

A piece holds all cells of some codes of one dimension, chosen so that nothing a rule holds against each other is cut
apart; what is delivered lies over what is stored. Reads the database, writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from adme.observations import stored_cells
from adme.quality.declaration import RuleDeclaration
from adme.quality.evaluating import Around, Looked, Piece, evaluate, varied
from adme.quality.evaluating.pieces import CELLS, FOUND, NOT_APPLICABLE, attribute_column
from adme.quality.kinds import KINDS, Kind
from adme.structures.structure_view import DimensionView, StructureView

__all__ = ["RulesRun", "run_rules"]

CELLS_A_PIECE = 300_000
"""Stored and delivered cells that are looked at together, some 300 bytes each at the widest point.

A single code may hold more.
"""

PRETENDED = 2**62
"""Ids from here on stand for series that are not stored yet."""

OnProgress = Callable[[int, int], object]
"""Called with how many cells are done, of how many."""


@dataclass
class RulesRun:
    """What came of it: by the name of each rule, how many cells were looked at, how many break it, and which.

    `found` has FOUND with the dimension columns dNN instead of `series`; with `most`, not more than so many cells.
    """

    looked: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    found: dict[str, pl.DataFrame] = field(default_factory=dict)
    most: int | None = None

    def add(self, name: str, looked: Looked, piece: Piece, structure: StructureView) -> None:
        """Take in what a rule found in one piece."""
        self.looked[name] += looked.cells
        self.broken[name] += len(looked.found)
        before = self.found.get(name)
        left = None if self.most is None else self.most - (0 if before is None else len(before))
        wanted = looked.found if left is None else looked.found.head(max(left, 0))
        named = _named(wanted, piece, structure)
        self.found[name] = named if before is None else pl.concat([before, named])


def run_rules(
    rules: Sequence[RuleDeclaration],
    structure: StructureView,
    *,
    batch: pl.DataFrame | pl.LazyFrame | None,
    members: Sequence[str] = (),
    others: Mapping[str, StructureView] | None = None,
    most: int | None = None,
    on_progress: OnProgress = lambda done, total: None,
) -> RulesRun:
    """Every rule over the coded rows `batch` (see `structures.coding.coded_schema`) and what is public now.

    Only cells are named that were delivered, or that a delivered one is held against. Without a batch, everything that
    is public is looked at; "published before" then is the version before. `others` are the structures of other
    dataflows that rules name, by reference. With `most`, only so many cells of each rule are named; all are counted.
    """
    nothing = {rule.name: 0 for rule in rules}
    run = RulesRun(dict(nothing), dict(nothing), most=most)
    delivered = None if batch is None else batch.lazy()
    plans = list(_plans(rules, structure, delivered))
    total, done = sum(plan.cells for plan in plans), 0
    for plan in plans:
        reader = _Reader(plan, structure, delivered)
        around = {
            rule.name: Around(structure, members, _of_other(rule, structure, others or {})) for rule in plan.rules
        }
        for pks, cells in plan.pieces():
            piece = reader.piece(pks)
            for rule in plan.rules:
                run.add(rule.name, evaluate(rule, piece, around[rule.name]), piece, structure)
            done += cells
            on_progress(done, total)
    return run


def _named(found: pl.DataFrame, piece: Piece, structure: StructureView) -> pl.DataFrame:
    """With dimension columns instead of `series`, in the order of FOUND."""
    dimensions = list(structure.columns)
    kept = [name for name in FOUND if name != "series"]
    if not set(dimensions) <= set(found.columns):
        found = found.join(piece.series.select("series", *dimensions), on="series", how="left")
    return found.select(*dimensions, *kept)


# --- how a flow is cut ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """Rules that can share their pieces, the dimension that these are cut by, and how many cells each code has."""

    rules: list[RuleDeclaration]
    cut_by: DimensionView
    sizes: Mapping[int, int]
    one_piece: bool

    @property
    def cells(self) -> int:
        return sum(self.sizes.values())

    def pieces(self) -> Iterator[tuple[list[int], int]]:
        """Codes that are looked at together, and how many cells they have."""
        waiting: list[int] = []
        weight = 0
        for pk, size in sorted(self.sizes.items()):
            if waiting and not self.one_piece and weight + size > CELLS_A_PIECE:
                yield waiting, weight
                waiting, weight = [], 0
            waiting.append(pk)
            weight += size
        if waiting:
            yield waiting, weight


def _plans(
    rules: Sequence[RuleDeclaration], structure: StructureView, delivered: pl.LazyFrame | None
) -> Iterator[_Plan]:
    by_cut: dict[tuple[str, bool], list[RuleDeclaration]] = {}
    for rule in rules:
        by_cut.setdefault(_cut(rule, structure), []).append(rule)
    for (name, one_piece), together in by_cut.items():
        dimension = structure.dimension[name]
        sizes = stored_cells.sizes_by_code(structure, dimension.column) if _read_store(together, delivered) else {}
        if delivered is not None:
            counted = delivered.group_by(dimension.column).len().collect(engine="streaming")
            here = dict(counted.iter_rows())
            kept = sizes if one_piece else here
            sizes = {pk: sizes.get(pk, 0) + here.get(pk, 0) for pk in {*kept, *here}}
        wanted = _codes_of(together, dimension)
        yield _Plan(
            together, dimension, {pk: n for pk, n in sizes.items() if wanted is None or pk in wanted}, one_piece
        )


def _cut(rule: RuleDeclaration, structure: StructureView) -> tuple[str, bool]:
    """The dimension to cut by, and whether that would tear apart what belongs together, so that it must not be cut."""
    kept_together = varied(rule, structure)
    candidates = [structure.indicator_dimension, structure.area_dimension, *structure.dimension]
    free = [name for name in candidates if name not in kept_together]
    return (free[0], False) if free else (structure.indicator_dimension, True)


def _read_store(rules: Iterable[RuleDeclaration], delivered: pl.LazyFrame | None) -> bool:
    return delivered is None or any(KINDS[rule.kind].reads_store for rule in rules)


def _codes_of(rules: Iterable[RuleDeclaration], dimension: DimensionView) -> set[int] | None:
    """Codes of a dimension that any of the rules is about; None for all."""
    found: set[int] = set()
    for rule in rules:
        named = set(rule.scope.get(dimension.id, ()))
        if rule.kind is Kind.SOURCE and dimension.id in rule.parameters["own"]:
            own = {rule.parameters["own"][dimension.id]}
            named = named & own if named else own
        if not named:
            return None
        found |= {dimension.codes[code] for code in named if code in dimension.codes}
    return found


# --- one piece ------------------------------------------------------------------------------------


class _Reader:
    """Reads pieces for the rules of one plan."""

    def __init__(self, plan: _Plan, structure: StructureView, delivered: pl.LazyFrame | None) -> None:
        self.structure = structure
        self.column = plan.cut_by.column
        self.delivered = delivered
        self.earlier = delivered is None and any(rule.kind is Kind.REVISION for rule in plan.rules)
        self.from_store = _read_store(plan.rules, delivered)
        asked = {name for rule in plan.rules for name in rule.scope if name not in structure.dimension}
        self.attributes = sorted(asked)

    def piece(self, pks: list[int]) -> Piece:
        """All series and cells of these codes, what is delivered over what is stored."""
        dimensions = list(self.structure.columns)
        if self.from_store:
            series = stored_cells.series_of(self.structure, self.column, pks)
            stored = self._stored(pks)
        else:
            series = pl.DataFrame(schema={"series": pl.Int64, **dict.fromkeys(dimensions, pl.Int32)})
            stored = pl.DataFrame(schema=self._schema())
        if self.delivered is None:
            return Piece(series, stored)
        rows = self._rows(pks)
        keys = rows.select(dimensions).unique()
        known = keys.join(series, on=dimensions, how="left")
        known = known.with_columns(
            pl.coalesce("series", PRETENDED + pl.int_range(pl.len(), dtype=pl.Int64)).alias("series")
        )
        rows = rows.join(known, on=dimensions)
        everything = pl.concat([series, known.join(series, on="series", how="anti").select(series.columns)])
        return Piece(everything, self._overlaid(stored, rows))

    def _overlaid(self, stored: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        cell = ["series", "period"]
        plain = pl.when(pl.col("mark") == 0).then(pl.col("value"))
        before = rows.join(stored.select(*cell, before=plain), on=cell, how="left")
        columns = list(self._schema())
        left = stored.join(rows.select(cell), on=cell, how="anti")
        return pl.concat([left.select(columns), before.select(columns)])

    def _schema(self) -> dict[str, type[pl.DataType]]:
        return {**CELLS, **{attribute_column(name): pl.String for name in self.attributes}}

    def _stored(self, pks: list[int]) -> pl.DataFrame:
        cells = stored_cells.cells_of(self.structure, self.column, pks, earlier=self.earlier)
        if self.attributes:
            ids = cells["attributes_id"].unique()
            texts = stored_cells.attribute_texts(ids.to_list())
            parsed = texts.select("attributes_id", *_attributes(self.attributes))
            cells = cells.join(parsed, on="attributes_id", how="left")
        told = {
            "touched": pl.lit(self.delivered is None),
            "present": pl.lit(value=True),
            **({} if self.earlier else {"before": pl.lit(None)}),
            "row": pl.lit(None),
            "sheet": pl.lit(None),
            "heading": pl.lit(None),
        }
        filled = cells.with_columns(**told)
        return filled.select(pl.col(name).cast(kind) for name, kind in self._schema().items())

    def _rows(self, pks: list[int]) -> pl.DataFrame:
        """Delivered rows of these codes as cells with dimension columns."""
        assert self.delivered is not None  # noqa: S101 - the caller has looked
        names = self.delivered.collect_schema().names()
        mark = pl.col("qualifier").replace_strict(
            stored_cells.MARKS, range(len(stored_cells.MARKS)), default=0, return_dtype=pl.Int16
        )
        deleted = pl.col("action") == "D"
        told = self.delivered.filter(pl.col(self.column).is_in(pks)).select(
            *self.structure.columns,
            "period",
            pl.when(~deleted).then(pl.col("value")).alias("value"),
            pl.col("decimals").fill_null(-1).alias("decimals"),
            mark.alias("mark"),
            pl.lit(value=True).alias("touched"),
            (~deleted).alias("present"),
            _or_null("row", names, pl.Int64),
            _or_null("sheet", names, pl.String),
            _or_null("cell", names, pl.String).alias("heading"),
            *_attributes(self.attributes),
        )
        return told.collect(engine="streaming")


def _or_null(name: str, names: Sequence[str], kind: type[pl.DataType]) -> pl.Expr:
    return pl.col(name).cast(kind) if name in names else pl.lit(None, kind).alias(name)


def _attributes(names: Sequence[str]) -> list[pl.Expr]:
    return [pl.col("attributes").str.json_path_match(f"$.{name}").alias(attribute_column(name)) for name in names]


# --- another source -------------------------------------------------------------------------------


def _of_other(
    rule: RuleDeclaration, structure: StructureView, others: Mapping[str, StructureView]
) -> pl.DataFrame | None:
    """What the other dataflow of a rule shows: shared dimensions as codes of this structure, period, number."""
    other = others.get(rule.parameters["other_dataflow"]) if rule.kind is Kind.SOURCE else None
    if other is None:
        return None
    fixed = dict(rule.parameters["other"])
    alone = [one for one in other.dimensions if one.id not in structure.dimension and NOT_APPLICABLE in one.codes]
    fixed |= {one.id: NOT_APPLICABLE for one in alone if one.id not in fixed}
    first = other.dimension[next(iter(rule.parameters["other"]))]
    pks = [first.codes[fixed[first.id]]]
    series = stored_cells.series_of(other, first.column, pks)
    fits = [pl.col(other.dimension[name].column) == other.dimension[name].codes[code] for name, code in fixed.items()]
    shared = [name for name in other.dimension if name not in fixed]
    matched = series.filter(fits).select("series", *(_as_ours(name, structure, other) for name in shared))
    cells = stored_cells.cells_of(other, first.column, pks).filter(pl.col("mark") == 0)
    told = cells.join(matched.drop_nulls(), on="series").select(
        *(structure.dimension[name].column for name in shared), "period", other="value"
    )
    return told.drop_nulls("other")


def _as_ours(name: str, structure: StructureView, other: StructureView) -> pl.Expr:
    theirs, ours = other.dimension[name], structure.dimension[name]
    known = {pk: ours.codes[code.code_id] for pk, code in theirs.code_list.by_pk.items() if code.code_id in ours.codes}
    # Under a name of its own first: a column of theirs may be called like another one of ours.
    return pl.col(theirs.column).replace_strict(known, default=None, return_dtype=pl.Int32).alias(ours.column)
