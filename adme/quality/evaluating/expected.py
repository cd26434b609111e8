"""What should be there and is not: completeness over states and periods."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from adme.lib import periods
from adme.quality.declaration import RuleDeclaration
from adme.quality.evaluating.pieces import FOUND, Around, Looked, Piece

__all__ = ["completeness"]

_LABELS = {
    "A": ("{year}",),
    "Q": tuple(f"{{year}}-Q{n}" for n in range(1, 5)),
    "M": tuple(f"{{year}}-{n:02d}" for n in range(1, 13)),
}


def completeness(rule: RuleDeclaration, piece: Piece, around: Around) -> Looked:
    """Missing cells of every combination of the other dimensions that the piece has, in states × periods.

    Combinations of which nothing was delivered are left alone; so are those of which enough (`share`) is there.
    """
    structure = around.structure
    area = structure.dimension[structure.area_dimension]
    wanted = rule.parameters.get("areas") or around.members
    pks = [area.codes[code] for code in wanted if code in area.codes]
    rest = [column for column in structure.columns if column != area.column]
    touched = piece.cells.filter(pl.col("touched"))["series"].unique()
    groups = piece.series.filter(pl.col("series").is_in(touched.implode())).select(rest).unique()
    expected = groups.join(pl.DataFrame({area.column: pks}, schema={area.column: pl.Int32}), how="cross")
    expected = expected.join(_periods(rule), how="cross")
    there = piece.cells.filter(pl.col("present")).select("series", "period").join(piece.series, on="series")
    keys = [*structure.columns, "period"]
    seen = expected.join(there.select(*keys, there=pl.lit(value=True)), on=keys, how="left")
    share = pl.col("there").count().over(rest) / pl.len().over(rest) * 100
    missing = seen.filter(pl.col("there").is_null() & (share < rule.parameters["share"]))
    said = pl.lit(_("no figure"))
    found = missing.with_columns(said=said, evidence=pl.lit("missing"), decimals=-1, mark=0)
    empty = {name: pl.lit(None) for name in FOUND if name not in found.columns}
    typed = [pl.col(name).cast(kind) for name, kind in FOUND.items()]
    return Looked(len(expected), found.with_columns(**empty).select(*typed, *structure.columns))


def _periods(rule: RuleDeclaration) -> pl.DataFrame:
    given = rule.parameters
    labels = [
        label.format(year=year)
        for year in range(given["first"], given["latest"] + 1)
        for label in _LABELS[given["frequency"]]
    ]
    return pl.DataFrame({"period": [periods.parse(label) for label in labels]}, schema={"period": pl.Int64})
