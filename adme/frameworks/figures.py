"""A framework's figures: published series bound to its KPIs, which source won and why, where comparing must stop.

Set-based: one selection for each dataflow, however many KPIs. Everything comes through `releases.queries`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from adme.frameworks import formulas
from adme.frameworks.document import VALUE, WEIGHT, Binding, Document, Part
from adme.frameworks.steps import step_of
from adme.releases import queries as published
from adme.structures.models import Dataflow
from adme.structures.queries import all_dataflows, structure_of
from adme.structures.structure_view import StructureView

NOT_APPLICABLE: Final = "_Z"
FORECAST: Final = "F"
IMPUTED: Final = ("I",)

CANDIDATES: Final[dict[str, type[pl.DataType]]] = {
    "uid": pl.String,
    "name": pl.String,
    "breakdown": pl.String,
    "area": pl.String,
    "period": pl.Int64,
    "value": pl.Float64,
    "decimals": pl.Int64,
    "qualifier": pl.String,
    "obs_status": pl.String,
    "attributes": pl.Int64,
    "binding": pl.Int64,
    "order": pl.Int64,
}
"""A row for each value that a binding offers; `binding` is its place in `Figures.bindings`."""


STORED: Final[dict[str, type[pl.DataType]]] = {
    "key": pl.String,
    "period": pl.Int64,
    "value": pl.Float64,
    "decimals": pl.Int16,
    "qualifier": pl.String,
    "obs_status": pl.String,
    "attributes_id": pl.Int64,
}
"""What is taken of `Selection.stored_frames`."""


@dataclass(frozen=True)
class Bound:
    """A binding with the KPI that it serves and the dataflow it reads."""

    part: Part
    binding: Binding
    dataflow: Dataflow


@dataclass(frozen=True, eq=False)
class Figures:
    """`values`: the winners, a row for each KPI, name, breakdown, area and period, with step, offered (how many sources
    had one), preferred (whether the first in order won), segment (compare only inside one), usable (whether the number
    may be reckoned with: no censored one, no forecast). `offers`: every candidate."""

    bindings: tuple[Bound, ...]
    values: pl.DataFrame
    offers: pl.DataFrame

    @cached_property
    def totals(self) -> pl.DataFrame:
        """The KPIs' own figures, without breakdowns."""
        return self.values.filter((pl.col("name") == VALUE) & (pl.col("breakdown") == ""))


def figures_of(document: Document, *, as_of: int | None, broken_down: bool = False) -> Figures:
    """The published totals of the document's KPIs at an instant (None: the present), or their breakdowns alone.

    A query for dataflows and three for each dataflow that is bound.
    """
    parts = document.kpis
    bindings = _bound(parts, broken_down)
    offers = _offers(bindings, as_of)
    winners = _formulas(parts, _winners(offers))
    return Figures(bindings, _segmented(parts, winners), offers)


def _bound(parts: Sequence[Part], broken_down: bool) -> tuple[Bound, ...]:
    of_parts = ((part, one) for part in parts if part.kpi is not None for one in part.kpi.bindings)
    pairs = [(part, one) for part, one in of_parts if bool(one.breakdown) == broken_down]
    if not pairs:
        return ()
    flows = {flow.reference: flow for flow in all_dataflows()}
    return tuple(Bound(part, one, flows[one.dataflow]) for part, one in pairs if one.dataflow in flows)


# --- out of the store -----------------------------------------------------------------------------


def _offers(bindings: Sequence[Bound], as_of: int | None) -> pl.DataFrame:
    of_flow: dict[int, list[int]] = {}
    for place, bound in enumerate(bindings):
        of_flow.setdefault(bound.dataflow.pk, []).append(place)
    frames = [_offers_of_flow(bindings, places, as_of) for places in of_flow.values()]
    return pl.concat([pl.DataFrame(schema=CANDIDATES), *frames])


def _offers_of_flow(bindings: Sequence[Bound], places: Sequence[int], as_of: int | None) -> pl.DataFrame:
    """Every value that the bindings of one dataflow offer."""
    dataflow = bindings[places[0]].dataflow
    structure = structure_of(dataflow)
    rests = [_rest_of(structure, bindings[place].binding) for place in places]
    chosen = published.select(dataflow, _superset(structure, rests), as_of=as_of)
    frames = [frame.select(*STORED) for frame in chosen.stored_frames()]
    observed = pl.concat([pl.DataFrame(schema=STORED), *frames]).filter(pl.col("value").is_not_null())
    observed = observed.with_columns(
        decimals=pl.when(pl.col("decimals") >= 0).then("decimals").cast(pl.Int64),
        attributes=pl.when(pl.col("attributes_id") > 0).then("attributes_id"),
    )
    taken = observed.join(_keys(structure, observed["key"].unique()), on="key")
    offered = taken.join(_served(bindings, places, rests), on="rest")
    inside = pl.col("period").is_between("first", "last")
    served = (pl.col("areas").list.len() == 0) | pl.col("areas").list.contains(pl.col("area"))
    return offered.filter(inside & served).select(*CANDIDATES)


def _rest_of(structure: StructureView, binding: Binding) -> tuple[str, ...]:
    """The codes of a binding's key in the order of the dimensions, without the area."""
    key = dict(binding.key)
    return tuple(key.get(one.id, NOT_APPLICABLE) for one in structure.dimensions if one.id != structure.area_dimension)


def _superset(structure: StructureView, rests: Sequence[tuple[str, ...]]) -> dict[str, list[str]]:
    """A key that holds every series wanted, and as few others as one key can."""
    others = [one.id for one in structure.dimensions if one.id != structure.area_dimension]
    wanted = {name: sorted({rest[place] for rest in rests}) for place, name in enumerate(others)}
    return {name: codes for name, codes in wanted.items() if len(codes) < len(structure.dimension[name].codes)}


def _keys(structure: StructureView, keys: pl.Series) -> pl.DataFrame:
    """Each key with its area and the rest of its codes."""
    place = [one.id for one in structure.dimensions].index(structure.area_dimension)
    rows = []
    for key in keys.to_list():
        codes = key.split(".")
        area = codes.pop(place)
        rows.append((key, area, ".".join(codes)))
    return pl.DataFrame(rows, schema=dict.fromkeys(("key", "area", "rest"), pl.String), orient="row")


def _served(bindings: Sequence[Bound], places: Sequence[int], rests: Sequence[tuple[str, ...]]) -> pl.DataFrame:
    rows = []
    for place, rest in zip(places, rests, strict=True):
        bound = bindings[place]
        one = bound.binding
        first, last = one.first_period or 0, one.last_period or 2**62
        rows.append(
            (".".join(rest), bound.part.uid, one.name, one.breakdown, place, one.order, list(one.areas), first, last)
        )
    schema: dict[str, pl.DataType] = dict.fromkeys(("rest", "uid", "name", "breakdown"), pl.String())
    schema |= {"binding": pl.Int64(), "order": pl.Int64(), "areas": pl.List(pl.String())}
    schema |= {"first": pl.Int64(), "last": pl.Int64()}
    return pl.DataFrame(rows, schema=schema, orient="row")


# --- which one wins -------------------------------------------------------------------------------


def _winners(offers: pl.DataFrame) -> pl.DataFrame:
    """The offer that comes first in order, for each figure; ties go to the one that stands first in the framework."""
    whose = ["uid", "name", "breakdown", "area", "period"]
    ordered = offers.sort(*whose, "order", "binding")
    first = offers.group_by("uid", "name", "breakdown").agg(pl.col("order").min().alias("first_order"))
    won = ordered.group_by(whose, maintain_order=True).agg(pl.all().first(), pl.len().cast(pl.Int64).alias("offered"))
    won = won.join(first, on=["uid", "name", "breakdown"], maintain_order="left")
    return won.with_columns(preferred=pl.col("order") == pl.col("first_order")).drop("first_order")


def _formulas(parts: Sequence[Part], winners: pl.DataFrame) -> pl.DataFrame:
    """The winners with the values of formulas beside them, each where every series of the formula has one."""
    computed = {part.uid: part.kpi.formula for part in parts if part.kpi is not None and part.kpi.formula}
    plain = ~pl.col("uid").is_in(list(computed)) | (pl.col("name") != VALUE)
    made = [winners.filter(plain)]
    for uid, formula in computed.items():
        own = winners.filter(pl.col("uid") == uid)
        made.append(_computed(own, formula, sorted(formulas.names_of(formula))))
    return pl.concat(made)


def _computed(own: pl.DataFrame, formula: str, names: Sequence[str]) -> pl.DataFrame:
    whose = ["uid", "breakdown", "area", "period"]
    if own.is_empty() or not names:
        return own.clear()
    joined = own.filter(pl.col("name") == names[0]).rename({"value": names[0]})
    for name in names[1:]:
        other = own.filter(pl.col("name") == name).select(
            *whose, pl.col("value").alias(name), "obs_status", "qualifier"
        )
        joined = joined.join(other, on=whose, suffix="_other", maintain_order="left")
        plain = pl.col("obs_status") == "A"
        joined = joined.with_columns(
            pl.when(plain).then("obs_status_other").otherwise("obs_status").alias("obs_status"),
            pl.when(pl.col("qualifier") == "").then("qualifier_other").otherwise("qualifier").alias("qualifier"),
        ).drop("obs_status_other", "qualifier_other")
    shown = joined.with_columns(value=formulas.expression(formula), name=pl.lit(VALUE), decimals=pl.lit(None, pl.Int64))
    return shown.filter(pl.col("value").is_finite()).select(own.columns)


# --- where comparing must stop --------------------------------------------------------------------


def _segmented(parts: Sequence[Part], winners: pl.DataFrame) -> pl.DataFrame:
    """A segment begins at a declared break, at a value that its source marks as one, and where the source changes."""
    whose = ["uid", "name", "breakdown", "area"]
    frame = winners.sort(*whose, "period").join_asof(
        _breaks(parts).sort("period"), on="period", by="uid", strategy="backward", check_sortedness=False
    )
    frame = frame.sort(*whose, "period").with_columns(pl.col("breaks").fill_null(0))
    same_series = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in whose).fill_null(False)
    marked = pl.col("obs_status") == "B"
    other = (pl.col("binding") != pl.col("binding").shift()) | (pl.col("breaks") != pl.col("breaks").shift())
    begins = (same_series & (marked | other)).fill_null(False)
    plain = (pl.col("qualifier") == "") & (pl.col("obs_status") != FORECAST)
    steps = {period: step_of(period) for period in frame["period"].unique().to_list()}
    return frame.with_columns(
        begins=begins,
        usable=plain,
        imputed=pl.col("obs_status").is_in(IMPUTED),
        step=pl.col("period").replace_strict(steps, return_dtype=pl.Int64) if steps else pl.lit(None, pl.Int64),
    ).with_columns(segment=pl.col("begins").cast(pl.Int64).cum_sum().over(whose))


def _breaks(parts: Sequence[Part]) -> pl.DataFrame:
    rows = [
        (part.uid, one.period, number)
        for part in parts
        if part.kpi is not None
        for number, one in enumerate(sorted(part.kpi.breaks, key=lambda one: one.period), start=1)
    ]
    schema = {"uid": pl.String, "period": pl.Int64, "breaks": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def weights_of(figures: Figures) -> pl.DataFrame:
    """The weights of every KPI that has any, as `releases.aggregation` takes them."""
    found = figures.values.filter((pl.col("name") == WEIGHT) & pl.col("usable") & (pl.col("breakdown") == ""))
    return found.select(item="uid", area="area", step="step", weight="value")


def errors_of(figures: Figures, attributes: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """The attribute sets of some KPIs' values (uid → attribute), for their standard errors. One query, or none."""
    if not attributes:
        return {}
    frame = figures.totals.filter(pl.col("uid").is_in(list(attributes)) & pl.col("attributes").is_not_null())
    ids = frame["attributes"].unique().to_list()
    return published.attribute_contents(ids) if ids else {}
