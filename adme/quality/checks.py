"""Checks on coded rows: pure, set-based, over a frame in memory or a Parquet file that is larger than memory.

Whether a text is a code, a period or a number was settled when it was coded (`structures.coding`). Here rows are held
against each other, against the structure, and against what is stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import polars as pl

from adme.lib import clock, periods
from adme.lib.numbers import write_expr
from adme.lib.sdmx_messages.artefacts import Allowed
from adme.quality.constraints import outside
from adme.quality.duplicates import duplicates
from adme.quality.findings import no_problems
from adme.quality.pieces import pieces
from adme.quality.rules import severity_of
from adme.structures.coding_values import MAY_BE_MISSING
from adme.structures.problems import PROBLEM_SCHEMA
from adme.structures.structure_view import StructureView

__all__ = ["CheckContext", "good_rows", "run_checks", "run_message_checks"]

Rows = TypeVar("Rows", pl.DataFrame, pl.LazyFrame)

EXPLAINS_MISSING = (*MAY_BE_MISSING, "N", "S")
"""Statuses that a row without a value may have: the missing ones; not significant; a strike or another event."""
MOST_DIGITS = 15
"""Significant digits that a double keeps for certain."""
LARGEST = 1e15
JUMP = 50
"""A value this many times larger or smaller than its series has been is worth a look: units slip by 100 and 1,000."""
EARLIEST_YEAR = 1900
YEARS_AHEAD = 100

_MEASURED = pl.col("value").is_not_null() & (pl.col("action") != "D")


@dataclass(frozen=True)
class CheckContext:
    """What is known besides the rows.

    `headings`: component → heading of its column, for naming cells. `units`: indicator code → unit code of the
    register. `stored`: a frame of the series that the store has: columns dNN and `typical` (Float64, how large its
    values are: the latest or a mean of magnitudes; null where unknown); None when nothing is stored or it is not asked.
    `allowed`: the constraints of the dataflow and of its structure. `this_year` bounds plausible periods. `rows_read`:
    how many rows the file had before coding left any out.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    unit_attribute: str = "UNIT_MEASURE"
    stored: pl.DataFrame | None = None
    allowed: Sequence[Allowed] = ()
    this_year: int = 0
    rows_read: int = 0

    def heading(self, component: str) -> str:
        """What the file calls a component."""
        return self.headings.get(component, component)


def run_checks(
    rows: pl.DataFrame | pl.LazyFrame, structure: StructureView, context: CheckContext | None = None
) -> pl.DataFrame:
    """Every problem of coded rows (see `structures.coding.coded_schema`), in the order of the file."""
    given = context or CheckContext()
    lazy = _with_cell(rows.lazy(), structure, given)
    if lazy.select(pl.len()).collect(engine="streaming").item() == 0:
        return no_problems() if given.rows_read else _of_file("file.empty", [{}])
    found = [check(lazy, structure, given) for check in (*_ROW_CHECKS, *_SET_CHECKS)]
    return pl.concat([no_problems(), *found]).sort("row", maintain_order=True, nulls_last=False)


def run_message_checks(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    """Problems of the rows of a message (with `dataset`) among themselves, before they are merged with what is stored.

    A later data set may speak of a cell again; within one, two rows that give a cell contradict each other or repeat.
    """
    keys = [*structure.columns, "period"]
    giving = rows.filter(
        (pl.col("action") != "delete") & pl.all_horizontal(pl.col(name).is_not_null() for name in keys)
    )
    return _repeated(_with_cell(giving, structure, context), structure, context, within=("dataset",))


def good_rows(rows: Rows, problems: pl.DataFrame) -> Rows:
    """The rows without an error, and of equal duplicates only the first."""
    left_out = problems.filter((pl.col("severity") == "error") | (pl.col("rule") == "duplicate.same"))
    on = ["row", "cell"] if "cell" in rows.lazy().collect_schema().names() else ["row"]
    out = left_out.select("row", pl.col("column").alias("cell")).drop_nulls("row").select(on).unique()
    if isinstance(rows, pl.LazyFrame):
        return rows.join(out.lazy(), on=on, how="anti")
    return rows.join(out, on=on, how="anti", maintain_order="left")


def _with_cell(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.LazyFrame:
    names = rows.collect_schema().names()
    wide = "cell" in names
    cell = pl.col("cell") if wide else pl.lit(context.heading(structure.measure))
    sheet = pl.col("sheet") if "sheet" in names else pl.lit(None, pl.String)
    return rows.with_columns(cell=cell, sheet=sheet, wide=pl.lit(wide))


def _problems(
    rows: pl.LazyFrame | pl.DataFrame,
    rule: str,
    *,
    column: str | None,
    value: pl.Expr,
    about: pl.Expr | None = None,
    detail: pl.Expr | None = None,
) -> pl.DataFrame:
    """Rows as problems. `column` None is the cell of the value; in a file with several values a row it always is."""
    name = pl.col("cell") if column is None else pl.when("wide").then("cell").otherwise(pl.lit(column))
    kept = rows.lazy().select(
        "row",
        "sheet",
        column=name,
        value=value,
        rule=pl.lit(rule),
        severity=pl.lit(severity_of(rule)),
        about=pl.lit("") if about is None else about,
        detail=pl.lit("") if detail is None else detail,
    )
    return kept.select(pl.col(n).cast(kind) for n, kind in PROBLEM_SCHEMA.items()).collect()


_NUMBER = ("value", "decimals", "qualifier")


def _number() -> pl.Expr:
    return write_expr(pl.col("value"), pl.col("decimals"), pl.col("qualifier"))


def _found(rows: pl.LazyFrame, mask: pl.Expr) -> pl.DataFrame:
    return rows.filter(mask).collect(engine="streaming")


# --- one row at a time ----------------------------------------------------------------------------


def _missing_against_status(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    nothing = pl.col("value").is_null() & (pl.col("action") != "D")
    unexplained = _found(rows, nothing & ~pl.col("obs_status").is_in(EXPLAINS_MISSING))
    contradicts = _found(rows, _MEASURED & pl.col("obs_status").is_in(MAY_BE_MISSING))
    status = pl.col("obs_status")
    return pl.concat(
        [
            _problems(unexplained, "value.missing-unexplained", column=None, value=status),
            _problems(contradicts, "status.says-missing", column=None, value=_number(), detail=status),
        ]
    )


def _magnitude(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    size = pl.col("value").abs()
    digits = size.log10().floor() + 1 + pl.col("decimals")
    precise = _found(rows, _MEASURED & (digits > MOST_DIGITS) & (size < LARGEST))
    large = _found(rows, _MEASURED & (size >= LARGEST))
    return pl.concat(
        [
            _problems(precise, "value.too-precise", column=None, value=_number()),
            _problems(large, "value.too-large", column=None, value=_number()),
        ]
    )


def _plausible_period(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    year = pl.col("period") // 100_000
    this_year = context.this_year or clock.now().year
    odd = _found(rows, (year < EARLIEST_YEAR) | (year > this_year + YEARS_AHEAD))
    label = periods.label_expr(pl.col("period"))
    return _problems(odd, "period.implausible", column=context.heading(structure.time), value=label)


def _frequency(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    dimension = structure.dimension.get("FREQ")
    if dimension is None:
        return no_problems()
    letters = {pk: code.code_id for pk, code in dimension.code_list.by_pk.items()}
    digits = {pk: periods.FREQUENCIES[code] for pk, code in letters.items() if code in periods.FREQUENCIES}
    wanted = pl.col(dimension.column).replace_strict(digits, default=None, return_dtype=pl.Int64)
    differs = _found(rows, (wanted != pl.col("period") % 10).fill_null(False))
    label = periods.label_expr(pl.col("period"))
    code = pl.col(dimension.column).replace_strict(letters, default="", return_dtype=pl.String)
    return _problems(differs, "period.frequency", column=context.heading(structure.time), value=label, detail=code)


def _no_longer_used(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    today = clock.now().date()
    found = [no_problems()]
    for one in structure.dimensions:
        over = {code.pk: code.code_id for code in one.code_list.items if code.valid_to and code.valid_to < today}
        if over:
            old = pl.col(one.column).is_in(pl.Series(list(over), dtype=pl.Int32).implode())
            held = _found(rows, (pl.col("action") != "D") & old)
            code = pl.col(one.column).replace_strict(over, default="", return_dtype=pl.String)
            said = {"value": code, "about": pl.lit(one.id)}
            found.append(_problems(held, "code.no-longer-used", column=context.heading(one.id), **said))
    return pl.concat(found)


def _constraints(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    key = pl.concat_str([_code(structure, d.id) for d in structure.dimensions], separator=".")
    value = pl.concat_str([key, pl.lit(" "), periods.label_expr(pl.col("period"))])
    found = [no_problems()]
    for constraint in context.allowed:
        mask = outside(constraint, structure)
        if mask is not None:
            rows_outside = _found(rows, (pl.col("action") != "D") & mask)
            about = pl.lit(f"{constraint.agency}:{constraint.id}({constraint.version})")
            found.append(_problems(rows_outside, "constraint.outside", column=None, value=value, about=about))
    return pl.concat(found)


def _units(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    indicator = structure.dimension[structure.indicator_dimension]
    expected = {pk: context.units.get(code.code_id, "") for pk, code in indicator.code_list.by_pk.items()}
    expected = {pk: unit for pk, unit in expected.items() if unit}
    if not expected:
        return no_problems()
    unit = pl.col("attributes").str.json_path_match(f"$.{context.unit_attribute}")
    register = pl.col(indicator.column).replace_strict(expected, default=None, return_dtype=pl.String)
    differs = _found(rows, _MEASURED & (unit != register).fill_null(False))
    code = pl.col(indicator.column).replace_strict(_ids(structure, indicator.id), return_dtype=pl.String)
    heading = context.heading(context.unit_attribute)
    return _problems(differs, "unit.differs", column=heading, value=unit, about=code, detail=register)


def _required(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    """Required attributes that a row has not, also after it was merged with what is stored."""
    wanted = [one.id for one in structure.attributes if one.required and one.id not in ("OBS_STATUS", "CONF_STATUS")]
    held = rows.filter(pl.col("action") != "D")
    found = [no_problems()]
    if wanted:
        different = held.select("attributes").unique().collect(engine="streaming")["attributes"]
        for name in wanted:
            without = pl.Series([one for one in different if name not in json.loads(one or "{}")], dtype=pl.String)
            lacking = _found(held, pl.col("attributes").is_in(without.implode(), nulls_equal=True))
            said = {"value": pl.lit(""), "about": pl.lit(name)}
            found.append(_problems(lacking, "attribute.empty", column=context.headings.get(name, ""), **said))
    return pl.concat(found)


def _ids(structure: StructureView, dimension: str) -> dict[int, str]:
    return {pk: code.code_id for pk, code in structure.dimension[dimension].code_list.by_pk.items()}


# --- rows against each other and against the store ---------------------------------------------------


def _repeated(
    rows: pl.LazyFrame, structure: StructureView, context: CheckContext, *, within: Sequence[str] = ()
) -> pl.DataFrame:
    same, contradicting = duplicates(rows, structure, within=within)
    named = [pl.col("key") + pl.lit(" ") + periods.label_expr(pl.col("period"))]
    value = pl.concat_str(named)
    return pl.concat(
        [
            _problems(contradicting, "duplicate.contradicts", column=None, value=value, detail=pl.col("others")),
            _problems(same, "duplicate.same", column=None, value=value, detail=pl.col("others")),
        ]
    )


def _mixed(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    """An indicator with `_Z` in some rows and other codes of the same dimension in others."""
    indicator = structure.dimension[structure.indicator_dimension]
    others = [d for d in structure.dimensions if d.id != indicator.id and "_Z" in d.codes]
    if not others:
        return no_problems()
    sides = [(pl.col(d.column) == d.codes["_Z"]).alias(d.id) for d in others]
    seen = rows.group_by(indicator.column).agg(
        *[side.any().alias(f"without {d.id}") for side, d in zip(sides, others, strict=True)],
        *[(~side).any().alias(f"with {d.id}") for side, d in zip(sides, others, strict=True)],
    )
    found = seen.collect(engine="streaming")
    ids = _ids(structure, indicator.id)
    hits = [
        {"value": ids[pk], "about": d.id, "column": context.heading(d.id)}
        for d in others
        for pk in found.filter(pl.col(f"without {d.id}") & pl.col(f"with {d.id}"))[indicator.column]
    ]
    return _of_file("combination.mixed", hits)


def _of_file(rule: str, hits: list[dict[str, Any]]) -> pl.DataFrame:
    base: dict[str, Any] = {"row": None, "sheet": None, "column": "", "value": "", "about": "", "detail": ""}
    whole = [base | {"rule": rule, "severity": severity_of(rule)} | hit for hit in hits]
    return pl.DataFrame(whole, schema=PROBLEM_SCHEMA)


def _against_store(rows: pl.LazyFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    if context.stored is None or context.stored.is_empty():
        return no_problems()
    columns = list(structure.columns)
    stored = context.stored.with_columns(pl.col(columns).cast(pl.Int32))
    known = stored.select(*columns, "typical", known=pl.lit(True))
    size, typical = pl.col("value").abs(), pl.col("typical")
    far = (size > 0) & (typical > 0) & ((size / typical >= JUMP) | (typical / size >= JUMP))
    found_new, found_far = [], []
    for piece in pieces(rows.select("row", "sheet", "cell", "wide", "action", *columns, *_NUMBER)):
        held = piece.filter(pl.col("action") != "D").join(known, on=columns, how="left", maintain_order="left")
        found_new.append(held.filter(pl.col("known").is_null()).unique(columns, keep="first", maintain_order=True))
        found_far.append(held.filter(far.fill_null(False)))
    new = pl.concat(found_new).unique(columns, keep="first", maintain_order=True)
    jumped = pl.concat(found_far)
    key = pl.concat_str([_code(structure, d.id) for d in structure.dimensions], separator=".")
    return pl.concat(
        [
            _problems(new, "series.new", column=None, value=key),
            _problems(jumped, "value.jump", column=None, value=_number(), detail=typical.cast(pl.String)),
            _shrunk(rows, stored, structure, context),
        ]
    )


def _code(structure: StructureView, dimension: str) -> pl.Expr:
    column = pl.col(structure.dimension[dimension].column)
    return column.replace_strict(_ids(structure, dimension), return_dtype=pl.String)


def _shrunk(rows: pl.LazyFrame, stored: pl.DataFrame, structure: StructureView, context: CheckContext) -> pl.DataFrame:
    """Areas that an indicator of this delivery has in the store and not in the delivery.

    A delivery with fewer than half of the areas is taken for what it looks like, a part, and is not asked about.
    """
    indicator = structure.dimension[structure.indicator_dimension]
    area = structure.dimension[structure.area_dimension]
    pair = [indicator.column, area.column]
    here = rows.select(pair).unique().collect(engine="streaming").with_columns(here=pl.lit(True))
    before = stored.select(pair).unique().join(here, on=pair, how="left").with_columns(pl.col("here").fill_null(False))
    kept, all_of_it = pl.col("here").sum().over(indicator.column), pl.len().over(indicator.column)
    lost = before.filter((kept > 0) & (2 * kept >= all_of_it) & ~pl.col("here"))
    if lost.is_empty():
        return no_problems()
    named = lost.select(value=_code(structure, indicator.id), area=_code(structure, area.id))
    grouped = named.sort("value", "area").group_by("value", maintain_order=True).agg(pl.col("area").str.join(", "))
    hits = [{"value": value, "detail": areas, "about": area.id} for value, areas in grouped.iter_rows()]
    return _of_file("coverage.shrank", [hit | {"column": context.heading(area.id)} for hit in hits])


Check = Callable[[pl.LazyFrame, StructureView, CheckContext], pl.DataFrame]

_ROW_CHECKS: tuple[Check, ...] = (
    _missing_against_status,
    _magnitude,
    _plausible_period,
    _frequency,
    _units,
    _required,
    _constraints,
    _no_longer_used,
)
_SET_CHECKS: tuple[Check, ...] = (_repeated, _mixed, _against_store)
