"""What is asked of single components, over rows in memory: the same answers as `releases.filters` gives by SQL."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import polars as pl

from adme.lib import periods
from adme.lib.sdmx_messages.shape import FlowShape
from adme.releases.filters import Alternatives, Comparison, SeriesKey, Where, meets
from adme.sdmx.errors import SyntaxFault

Test = Callable[[str, Comparison], bool]


def filtered(rows: pl.DataFrame, where: Where, shape: FlowShape) -> pl.DataFrame:
    """The rows that any of the keys means and that meet what is asked of each component. SyntaxFault."""
    if where.keys:
        rows = rows.filter(pl.any_horizontal(_key(key, shape) for key in where.keys))
    for component, asked in where.components.items():
        if component == shape.time.id:
            rows = _kept(rows, component, asked, _in_time)
        elif component == shape.measure.id:
            rows = _kept(rows, component, asked, _as_number)
        else:
            rows = _kept(rows, component, asked, meets)
    return rows


def _key(key: SeriesKey, shape: FlowShape) -> pl.Expr:
    pairs = zip(shape.dimensions, key, strict=True)
    return pl.all_horizontal(pl.lit(value=True), *(pl.col(one.id).is_in(codes) for one, codes in pairs if codes))


def _kept(rows: pl.DataFrame, component: str, asked: Alternatives, test: Test) -> pl.DataFrame:
    """A value that is not there is unlike every value: it meets “not equal” and “does not contain”, nothing else."""
    for one in (each for alternative in asked for each in alternative):
        test("2000" if test is _in_time else "0", one)  # refused where it cannot be compared, whatever rows there are
    met = [value for value in rows[component].unique().drop_nulls().to_list() if _any(value, asked, test)]
    of_nothing = any(all(each.operator in ("ne", "nc") for each in one) for one in asked)
    kept = pl.col(component).is_in(met)
    return rows.filter(kept | pl.col(component).is_null() if of_nothing else kept)


def _any(value: str, asked: Sequence[Sequence[Comparison]], test: Test) -> bool:
    return any(all(test(value, each) for each in one) for one in asked)


def _in_time(value: str, asked: Comparison) -> bool:
    operator = "eq" if asked.operator == "ne" else asked.operator
    if operator not in ("eq", "ge", "gt", "le", "lt"):
        raise SyntaxFault(f"Periods are compared with eq, ne, lt, le, gt and ge; not with “{operator}”.")
    try:
        low, high = periods.bounds(f"{operator}:{asked.operand}")
    except periods.PeriodFilterNotRead:
        raise SyntaxFault(f"“{asked.operand}” is not a time period.") from None
    return (low <= periods.parse(value) < high) == (asked.operator != "ne")


def _as_number(value: str, asked: Comparison) -> bool:
    if asked.operator not in _COMPARED:
        raise SyntaxFault(f"Values are compared with eq, ne, lt, le, gt and ge; not with “{asked.operator}”.")
    try:
        number = float(asked.operand)
    except ValueError:
        number = math.inf
    if not math.isfinite(number):
        raise SyntaxFault(f"“{asked.operand}” is not a number.")
    return _COMPARED[asked.operator](float(value.lstrip("<>≤≥")), number)


_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "eq": lambda value, number: value == number,
    "ne": lambda value, number: value != number,
    "lt": lambda value, number: value < number,
    "le": lambda value, number: value <= number,
    "gt": lambda value, number: value > number,
    "ge": lambda value, number: value >= number,
}
