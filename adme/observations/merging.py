"""What the rows of a message make of the figures that stand: merged, replaced, deleted. Pure: frames in, frames out.

A *row* speaks of one cell, a *pattern* leaves dimensions or the period open and speaks of every cell that it covers.
Both carry the number of their place in the message (`row`), and later ones work on what earlier ones left:

- a deletion by a pattern takes everything away that stood before it, in the store or in the message;
- a merging row changes what it gives and leaves the rest; a replacing row leaves only attributes that belong to more
  than one observation; a deleting row takes the cell away, or just the attributes that it names;
- attributes of a pattern belong to the rows of the same data set that it covers (what a row says itself counts more);
  where there are none (`here` is false), they go to the cells that stand.

Method: ActionType of the SDMX 3.1 schemas, SDMX-CSV field guide 2.1.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import polars as pl

__all__ = ["CELL", "CONTENT", "Merged", "bounded", "covering", "is_open", "merged"]

CELL = ("series_id", "period")
CONTENT: dict[str, Any] = {
    "value": pl.Float64,
    "decimals": pl.Int16,
    "qualifier": pl.String,
    "obs_status": pl.String,
    "conf_status": pl.String,
    "attributes": pl.String,
}
ATTRIBUTE_STATES = ("obs_status", "conf_status", "attributes")
"""What a row may say besides the value."""

_VALUE = ("value", "decimals", "qualifier")
_SAID = ("row", "action", "given", *CONTENT)
_DEFAULTS = {"obs_status": "A", "conf_status": "F"}
_DELIVERED = "DELIVERED"


class Merged(NamedTuple):
    """`cells`: row, series_id, period, CONTENT and `action`: M for what now holds, D for what is to go; only cells that
    the message touches. `leans`: whether anything that was stored went into it."""

    cells: pl.DataFrame
    leans: bool


def is_open(dimensions: Sequence[str]) -> pl.Expr:
    """Whether a coded row is a pattern."""
    return pl.any_horizontal(pl.col(name).is_null() for name in (*dimensions, "period"))


def only_attributes() -> pl.Expr:
    """Whether a deleting row names attributes only, so that the observation stays."""
    says = pl.any_horizontal(pl.col(name).is_not_null() for name in ATTRIBUTE_STATES)
    return (pl.col("action") == "delete") & ~pl.col("given") & says


def covering(cells: pl.DataFrame, patterns: pl.DataFrame, dimensions: Sequence[str]) -> pl.DataFrame:
    """Each cell with each pattern that covers it: `cell` (the index of the cell) and the pattern's columns."""
    keys = [*dimensions, "period"]
    numbered = cells.select(*keys, cell=pl.int_range(pl.len(), dtype=pl.UInt32))
    found = [pl.DataFrame(schema={"cell": pl.UInt32, **patterns.drop(keys).schema})]
    for (mask,), some in patterns.with_columns(mask=_mask(keys)).partition_by("mask", as_dict=True).items():
        named = [name for name, told in zip(keys, str(mask), strict=True) if told == "1"]
        rest = some.drop("mask", *(name for name in keys if name not in named))
        joined = numbered.join(rest, on=named) if named else numbered.join(rest, how="cross")
        found.append(joined.select(found[0].columns))
    return pl.concat(found)


def bounded(patterns: pl.DataFrame, dimensions: Sequence[str]) -> tuple[pl.DataFrame, int]:
    """Patterns without those that say nothing, and how many of them may cover one cell.

    Of whole deletions with the same key the latest takes away all that the others do.
    """
    keys = [*dimensions, "period"]
    clears = (pl.col("action") == "delete") & ~only_attributes()
    latest = patterns.filter(clears).sort("row").unique(keys, keep="last", maintain_order=True)
    kept = pl.concat([patterns.filter(~clears), latest]).sort("row")
    times = kept.group_by(keys).len().with_columns(mask=_mask(keys)).group_by("mask").agg(pl.col("len").max())
    return kept, int(times["len"].sum())


def _mask(keys: Sequence[str]) -> pl.Expr:
    """Which keys a pattern names, as a text of 0 and 1."""
    return pl.concat_str([pl.col(name).is_not_null().cast(pl.Int8).cast(pl.String) for name in keys])


def merged(
    rows: pl.DataFrame,
    patterns: pl.DataFrame,
    stored: pl.DataFrame,
    *,
    dimensions: Sequence[str],
    shared: Collection[str],
) -> Merged:
    """Apply rows and patterns (coded, with dimensions; rows with series_id too) to `stored`.

    `stored` has series_id, the dimensions, period and CONTENT. `shared` are the ids of attributes that belong to more
    than one observation. Both have `dataset`, patterns also `here`.
    """
    rows = _with_patterns(rows, patterns.filter("here"), dimensions)
    state = _State(rows, patterns.filter(~pl.col("here")), stored, dimensions)
    state.apply(shared)
    return state.result()


class _State:
    """One frame of cells: what stood before, what holds now, and the row that touched it latest; and the rows."""

    def __init__(
        self, rows: pl.DataFrame, patterns: pl.DataFrame, stored: pl.DataFrame, dimensions: Sequence[str]
    ) -> None:
        keys = ["series_id", *dimensions, "period"]
        types = {name: stored.schema[name] for name in keys}
        rows = rows.with_columns(pl.col(name).cast(kind) for name, kind in types.items())
        universe = pl.concat([rows.select(keys), stored.select(keys)]).unique(CELL, maintain_order=True)
        before = stored.select(*CELL, *CONTENT, there=pl.lit(value=True))
        cells = universe.join(before, on=CELL, how="left", maintain_order="left")
        cells = cells.with_columns(pl.col("there").fill_null(value=False))
        self.dimensions = dimensions
        self.cells = cells.with_columns(there_before="there", touched=pl.lit(None, pl.Int64))
        self.rows = rows.select(*CELL, *_SAID)
        self.leans = False
        if len(patterns):
            self._take_patterns(patterns)

    def _take_patterns(self, patterns: pl.DataFrame) -> None:
        """Patterns as a row on every cell that they cover; what was cleared before, and every row so far, is gone."""
        covers = covering(self.cells, patterns, self.dimensions)
        keys = self.cells.select(*CELL, cell=pl.int_range(pl.len(), dtype=pl.UInt32))
        covers = covers.join(keys, on="cell")
        gives = pl.when(pl.col("action") == "delete").then("action").otherwise(pl.lit("give")).alias("action")
        clears = (pl.col("action") == "delete") & ~only_attributes()
        own = covers.filter(~clears).with_columns(gives)
        latest = covers.filter(clears).group_by(CELL).agg(cleared=pl.col("row").max())
        self.leans = bool(len(latest))
        rows = pl.concat([self.rows, own.select(self.rows.columns)])
        rows = rows.join(latest, on=CELL, how="left").filter(pl.col("row") > pl.col("cleared").fill_null(0))
        self.rows = rows.drop("cleared")
        gone = pl.col("cleared").is_not_null()
        self.cells = self.cells.join(latest, on=CELL, how="left", maintain_order="left").with_columns(
            *(pl.when(~gone).then(pl.col(name)).alias(name) for name in CONTENT),
            there=pl.col("there") & ~gone,
            touched="cleared",
        )

    def apply(self, shared: Collection[str]) -> None:
        """Every row on its cell: the first ones of all cells together, then the second ones, and so on."""
        turns = self.rows.sort("row").with_columns(turn=pl.int_range(pl.len()).over(CELL))
        for _turn, some in sorted(turns.partition_by("turn", as_dict=True).items()):
            told = some.select(*CELL, "row", "action", "given", *(pl.col(n).alias(f"{n}_told") for n in CONTENT))
            cells = self.cells.join(told, on=CELL, how="left", maintain_order="left")
            applied, leans = _applied(cells, shared)
            self.leans = self.leans or leans
            self.cells = applied.select(self.cells.columns)

    def result(self) -> Merged:
        """The cells that the message touches, as rows of a draft."""
        gone = ~pl.col("there") & pl.col("there_before")
        touched = self.cells.filter(pl.col("touched").is_not_null() & (pl.col("there") | gone))
        cells = touched.with_columns(
            action=pl.when("there").then(pl.lit("M")).otherwise(pl.lit("D")),
            qualifier=pl.col("qualifier").fill_null(""),
            **{name: pl.col(name).fill_null(default) for name, default in _DEFAULTS.items()},
        )
        wanted = ["row", "series_id", *self.dimensions, "period", *CONTENT, "action"]
        return Merged(cells.with_columns(row="touched").select(wanted).sort("row"), self.leans)


def _with_patterns(rows: pl.DataFrame, patterns: pl.DataFrame, dimensions: Sequence[str]) -> pl.DataFrame:
    """Rows with the attributes that patterns of their data set give them."""
    if not len(patterns) or not len(rows):
        return rows
    told = [pl.col(name).alias(f"{name}_told") for name in ATTRIBUTE_STATES]
    asked = patterns.select(*dimensions, "period", *told, pattern="row", of="dataset")
    about = rows.select("dataset", "action", cell=pl.int_range(pl.len(), dtype=pl.UInt32))
    pairs = covering(rows, asked, dimensions).join(about, on="cell")
    pairs = pairs.filter((pl.col("of") == pl.col("dataset")) & (pl.col("action") != "delete")).sort("pattern")
    given = rows.select(**{name: pl.lit(None, pl.String) for name in ATTRIBUTE_STATES}, n=pl.int_range(pl.len()))
    turns = pairs.with_columns(turn=pl.int_range(pl.len()).over("cell"))
    for _turn, some in sorted(turns.partition_by("turn", as_dict=True).items()):
        joined = given.join(some, left_on="n", right_on="cell", how="left", maintain_order="left")
        given = joined.select(
            "n",
            *(pl.coalesce(f"{name}_told", name).alias(name) for name in _DEFAULTS),
            _attributes(joined["attributes"], joined["attributes_told"], joined["of"].is_not_null()),
        )
    own = rows["attributes"]
    return rows.with_columns(
        *(pl.coalesce(pl.col(name), given[name]).alias(name) for name in _DEFAULTS),
        _attributes(given["attributes"], own, own.is_not_null(), emptied=True),
    )


def _applied(cells: pl.DataFrame, shared: Collection[str]) -> tuple[pl.DataFrame, bool]:
    """One row on each cell that has one; and whether it leaves anything as it was stored."""
    hit, action = pl.col("row").is_not_null(), pl.col("action")
    merging, replacing = (hit & (action == one).fill_null(value=False) for one in ("merge", "replace"))
    partly = hit & (action == "delete").fill_null(value=False) & _only_attributes_told()
    deleting = hit & (action == "delete").fill_null(value=False) & ~partly
    giving = hit & (action == "give").fill_null(value=False)
    partly = (partly | giving) & pl.col("there")
    new_value = replacing | (merging & pl.col("given").fill_null(value=False))
    kinds = cells.select(new=new_value, only=replacing, takes=merging | replacing | partly)
    before = _without(cells["attributes"], kinds["new"], kinds["only"], shared)
    attributes = _attributes(before, cells["attributes_told"], kinds["takes"])
    leans = _leans(cells.with_columns(kept=before, now=attributes))
    cells = cells.with_columns(attributes=attributes).with_columns(
        **{name: pl.when(new_value).then(f"{name}_told").otherwise(name) for name in _VALUE},
        **{
            name: pl.when(replacing)
            .then(_told(name, pl.col(f"{name}_told"), pl.lit(None, pl.String)))
            .when(merging | partly)
            .then(_told(name, pl.col(f"{name}_told"), pl.col(name)))
            .otherwise(name)
            for name in _DEFAULTS
        },
        there=pl.when(merging | replacing)
        .then(pl.lit(value=True))
        .when(deleting)
        .then(pl.lit(value=False))
        .otherwise("there"),
        touched=pl.when(hit & (~giving | partly)).then("row").otherwise("touched"),
    )
    cells = cells.with_columns(pl.when(~deleting).then(pl.col(name)).alias(name) for name in CONTENT)
    return cells, leans


def _only_attributes_told() -> pl.Expr:
    """`only_attributes` of a row that was joined to its cell."""
    says = pl.any_horizontal(pl.col(f"{name}_told").is_not_null() for name in ATTRIBUTE_STATES)
    return ~pl.col("given") & says


def _told(name: str, told: pl.Expr, before: pl.Expr) -> pl.Expr:
    """What is told, an empty text being the usual state, else what was before."""
    return pl.when(told == "").then(pl.lit(_DEFAULTS[name])).otherwise(pl.coalesce(told, before))


def _leans(cells: pl.DataFrame) -> bool:
    """Whether a row leaves something as it was stored."""
    there = pl.col("there") & pl.col("there_before") & pl.col("row").is_not_null()
    merging, deleting = pl.col("action") == "merge", pl.col("action") == "delete"
    keeps_status = pl.any_horizontal(
        pl.col(f"{name}_told").is_null() & (pl.col(name) != default) for name, default in _DEFAULTS.items()
    )
    keeps_attributes = pl.col("kept").is_not_null() & pl.col("now").ne_missing(pl.col("attributes_told"))
    keeps = (merging & (~pl.col("given") | keeps_status)) | (~deleting & keeps_attributes)
    leaning = there & (keeps | (pl.col("action") == "give") | (deleting & _only_attributes_told()))
    return bool(cells.select(leaning.fill_null(value=False).any()).item())


# --- attributes as canonical JSON ---------------------------------------------------------------------


def _attributes(before: pl.Series, told: pl.Series, takes: pl.Series, *, emptied: bool = False) -> pl.Series:
    """What is told over what was before, where it `takes`; an empty text takes an attribute away, or stays one."""
    frame = pl.DataFrame({"before": before, "told": told, "takes": takes})
    pairs = frame.filter(pl.col("takes") & pl.col("told").is_not_null()).select("before", "told").unique()
    both = [_over(one, other, emptied=emptied) for one, other in pairs.iter_rows()]
    known = pairs.with_columns(both=pl.Series(both, dtype=pl.String), found=pl.lit(value=True))
    joined = frame.join(known, on=["before", "told"], how="left", nulls_equal=True, maintain_order="left")
    changed = pl.col("takes") & pl.col("found").fill_null(value=False)
    return joined.select(pl.when(changed).then("both").otherwise("before").alias("attributes")).to_series()


def _over(before: str | None, told: str, *, emptied: bool) -> str | None:
    return _written({**json.loads(before or "{}"), **json.loads(told)}, emptied=emptied)


def _without(before: pl.Series, value_new: pl.Series, only_shared: pl.Series, shared: Collection[str]) -> pl.Series:
    """What of the attributes before outlives a row: not the text of another value, and of a replaced observation only
    what belongs to more than one."""
    frame = pl.DataFrame({"before": before, "new": value_new, "only": only_shared})
    asked = frame.filter(pl.col("before").is_not_null() & (pl.col("new") | pl.col("only"))).unique()
    rest = [_outlives(json.loads(one), only=only, shared=shared) for one, _new, only in asked.iter_rows()]
    known = asked.with_columns(rest=pl.Series(rest, dtype=pl.String), found=pl.lit(value=True))
    joined = frame.join(known, on=["before", "new", "only"], how="left", nulls_equal=True, maintain_order="left")
    return joined.select(pl.when("found").then("rest").otherwise("before").alias("attributes")).to_series()


def _outlives(attributes: dict[str, str], *, only: bool, shared: Collection[str]) -> str | None:
    kept = {name: text for name, text in attributes.items() if name != _DELIVERED and (not only or name in shared)}
    return _written(kept)


def _written(attributes: dict[str, str], *, emptied: bool = False) -> str | None:
    said = {name: attributes[name] for name in sorted(attributes) if attributes[name] or emptied}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else None
