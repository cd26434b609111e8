"""Whether rows lie inside what data constraints allow: as one expression over coded rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from adme.lib import periods
from adme.lib.sdmx_messages.artefacts import Allowed, KeyValues, Region
from adme.structures.structure_view import StructureView


def outside(constraint: Allowed, structure: StructureView) -> pl.Expr | None:
    """True for rows that a constraint does not allow; None where it says nothing.

    A row is allowed where it lies in any region that is allowed, if there are such, and in none that is not. A period
    lies in a span by its first day.
    """
    allowed = [_inside(region, structure) for region in constraint.regions if region.include]
    refused = [_inside(region, structure) for region in constraint.regions if not region.include]
    found = [~pl.any_horizontal(allowed)] if allowed else []
    found += [pl.any_horizontal(refused)] if refused else []
    return pl.any_horizontal(found) if found else None


def _inside(region: Region, structure: StructureView) -> pl.Expr:
    if not region.keys:
        return pl.lit(True)
    return pl.all_horizontal(list(_keys(region.keys, structure)))


def _keys(keys: Iterable[KeyValues], structure: StructureView) -> Iterable[pl.Expr]:
    for key in keys:
        if key.id == structure.time:
            named = _periods(key)
        else:
            dimension = structure.dimension[key.id]
            pks = [dimension.codes[code] for code in key.values if code in dimension.codes]
            named = pl.col(dimension.column).is_in(pl.Series(pks, dtype=pl.Int32).implode())
        yield named if key.include else ~named


def _periods(key: KeyValues) -> pl.Expr:
    first = periods.first_day_expr(pl.col("period"))
    found = [pl.lit(True)]
    if key.start:
        found.append(first >= periods.first_day(periods.parse(key.start)))
    if key.end:
        found.append(first <= periods.last_day(periods.parse(key.end)))
    if key.values:
        found.append(pl.col("period").is_in(pl.Series([periods.parse(one) for one in key.values]).implode()))
    return pl.all_horizontal(found)
