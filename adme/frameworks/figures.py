"""A framework's figures: published series bound to its KPIs, which source won and why, where comparing must stop.

Set-based: one selection for all dataflows, however many KPIs. Everything comes through `releases.queries`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from adme.frameworks import formulas
from adme.frameworks.document import VALUE, WEIGHT, Binding, Document, Part
from adme.frameworks.steps import step_of
from adme.lib import periods
from adme.releases import queries as published
from adme.structures.models import Dataflow
from adme.structures.queries import flows_with_structures
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


Frames = Callable[[Sequence[tuple[StructureView, Mapping[str, Sequence[str]]]]], Iterable[pl.DataFrame]]
"""Where cells come from."""

Flows = Mapping[str, tuple[Dataflow, StructureView]]
"""Reference → dataflow and structure."""


@dataclass(frozen=True)
class Bound:
    """A binding with the KPI that it serves and the dataflow it reads."""

    part: Part
    binding: Binding
    dataflow: Dataflow
    structure: StructureView

    @cached_property
    def rest(self) -> tuple[str, ...]:
        """The codes of its key in the order of the dimensions, without the area."""
        key, area = dict(self.binding.key), self.structure.area_dimension
        return tuple(key.get(one.id, NOT_APPLICABLE) for one in self.structure.dimensions if one.id != area)


@dataclass(frozen=True, eq=False)
class Figures:
    """`values`: the winners, a row for each KPI, name, breakdown, area and period, with step, offered (how many sources
    had one), preferred (whether the first in order won), segment (compare only inside one), usable (whether the number
    may be reckoned with: no censored one, no forecast). `offers`: every candidate."""

    bindings: tuple[Bound, ...]
    values: pl.DataFrame
    offers: pl.DataFrame
    flows: Flows
    """Every dataflow that is bound."""

    @cached_property
    def totals(self) -> pl.DataFrame:
        """The KPIs' own figures, without breakdowns."""
        return self.values.filter((pl.col("name") == VALUE) & (pl.col("breakdown") == ""))


def figures_of(document: Document, *, as_of: int | None, broken_down: bool = False) -> Figures:
    """The published totals of the document's KPIs at an instant (None: the present), or their breakdowns alone."""
    return figures_of_all([document], frames=public_at(as_of), broken_down=broken_down)[0]


def public_at(as_of: int | None) -> Frames:
    """The public cells at an instant."""
    return lambda asked: published.stored_frames(asked, as_of=as_of)


def public_at_each(documents: Sequence[Document], instants: Sequence[int]) -> tuple[dict[int, Frames], Flows]:
    """The public cells at each of several instants, all that the documents may want, with no more queries than at one;
    and the dataflows that they are bound to."""
    pairs = [(part, one) for each in documents for part in each.kpis if part.kpi for one in part.kpi.bindings]
    known = flows_with_structures({one.dataflow for _part, one in pairs})
    bound = [Bound(part, one, *known[one.dataflow]) for part, one in pairs if one.dataflow in known]
    found: dict[int, list[pl.DataFrame]] = {instant: [] for instant in instants}
    for instant, frame in published.stored_frames_at(_asked_for(bound), instants):
        found[instant].append(frame)

    def kept(instant: int) -> Frames:
        return lambda _asked: found[instant]

    return {instant: kept(instant) for instant in instants}, known


def figures_of_all(
    documents: Sequence[Document], *, frames: Frames, broken_down: bool = False, flows: Flows | None = None
) -> list[Figures]:
    """The same for several documents at once.

    Five queries at most, however many documents and dataflows: three for the words of the dataflows (none where `flows`
    has them), two for cells, and two more for each further million of these.
    """
    return [one for (one,) in _read(documents, frames, (broken_down,), flows)]


def figures_and_breakdowns(
    documents: Sequence[Document], *, frames: Frames, flows: Flows | None = None
) -> list[tuple[Figures, Figures]]:
    """Totals and breakdowns of several documents, as above, with no more queries than for one of the two."""
    return [(totals, broken) for totals, broken in _read(documents, frames, (False, True), flows)]


def _read(
    documents: Sequence[Document], frames: Frames, kinds: Sequence[bool], flows: Flows | None
) -> list[list[Figures]]:
    """For each document its figures of each kind: totals (False), breakdowns (True)."""
    told = [[(part, one) for part in document.kpis if part.kpi for one in part.kpi.bindings] for document in documents]
    known = flows or flows_with_structures({one.dataflow for pairs in told for _part, one in pairs})
    bound = [[tuple(Bound(part, one, *known[one.dataflow]) for part, one in pairs
                    if one.dataflow in known and bool(one.breakdown) == kind) for kind in kinds] for pairs in told]  # fmt: skip  # noqa: E501
    cells = _cells([one for of_kinds in bound for bindings in of_kinds for one in bindings], frames)
    return [
        [_figures(document.kpis, bindings, cells, known) for bindings in of_kinds]
        for document, of_kinds in zip(documents, bound, strict=True)
    ]


def _figures(parts: Sequence[Part], bindings: tuple[Bound, ...], cells: pl.DataFrame, flows: Flows) -> Figures:
    offers = _offers(bindings, cells)
    values = _formulas(parts, _segmented(parts, _winners(offers, bindings)))
    return Figures(bindings, values, offers, flows)


# --- out of the store -----------------------------------------------------------------------------


def _cells(bindings: Sequence[Bound], frames: Frames) -> pl.DataFrame:
    """Every cell with a value that any binding may want: STORED with its dataflow, area, and the rest of its key."""
    structures = {one.dataflow.pk: one.structure for one in bindings}
    asked = _asked_for(bindings)
    names = ("dataflow_id", *STORED)
    found = [frame.select(names) for frame in (frames(asked) if asked else ())]
    cells = pl.concat([pl.DataFrame(schema={"dataflow_id": pl.Int64, **STORED}), *found])
    cells = cells.filter(pl.col("value").is_not_null()).with_columns(
        decimals=pl.when(pl.col("decimals") >= 0).then("decimals").cast(pl.Int64),
        attributes=pl.when(pl.col("attributes_id") > 0).then("attributes_id"),
    )
    keys = [_keys(pk, structures[pk], cells.filter(pl.col("dataflow_id") == pk)["key"].unique()) for pk in structures]
    return cells.join(pl.concat([_keys_of_none(), *keys]), on=["dataflow_id", "key"], maintain_order="left")


def _asked_for(bindings: Sequence[Bound]) -> list[tuple[StructureView, dict[str, list[str]]]]:
    """A key for each dataflow that holds every series of the bindings."""
    rests: dict[int, set[tuple[str, ...]]] = {}
    structures = {one.dataflow.pk: one.structure for one in bindings}
    for one in bindings:
        rests.setdefault(one.dataflow.pk, set()).add(one.rest)
    return [(structures[pk], _superset(structures[pk], wanted)) for pk, wanted in rests.items()]


def _offers(bindings: Sequence[Bound], cells: pl.DataFrame) -> pl.DataFrame:
    """Every value that the bindings offer. One of another frequency than its KPI's is no figure of it: a month's value
    is not the year's."""
    offered = cells.join(_served(bindings), on=["dataflow_id", "rest"])
    inside = pl.col("period").is_between("first", "last") & (pl.col("period") % 10 == pl.col("digit"))
    served = (pl.col("areas").list.len() == 0) | pl.col("areas").list.contains(pl.col("area"))
    return offered.filter(inside & served).select(*CANDIDATES)


def _superset(structure: StructureView, rests: Collection[tuple[str, ...]]) -> dict[str, list[str]]:
    """A key that holds every series wanted, and as few others as one key can."""
    others = [one.id for one in structure.dimensions if one.id != structure.area_dimension]
    wanted = {name: sorted({rest[place] for rest in rests}) for place, name in enumerate(others)}
    return {name: codes for name, codes in wanted.items() if len(codes) < len(structure.dimension[name].codes)}


_KEYS: Final = {"dataflow_id": pl.Int64, "key": pl.String, "area": pl.String, "rest": pl.String}


def _keys_of_none() -> pl.DataFrame:
    return pl.DataFrame(schema=_KEYS)


def _keys(dataflow_id: int, structure: StructureView, keys: pl.Series) -> pl.DataFrame:
    """Each key with its area and the rest of its codes."""
    place = [one.id for one in structure.dimensions].index(structure.area_dimension)
    rows = []
    for key in keys.to_list():
        codes = key.split(".")
        area = codes.pop(place)
        rows.append((dataflow_id, key, area, ".".join(codes)))
    return pl.DataFrame(rows, schema=_KEYS, orient="row")


def _served(bindings: Sequence[Bound]) -> pl.DataFrame:
    rows = []
    for place, bound in enumerate(bindings):
        one = bound.binding
        first, last = one.first_period or 0, one.last_period or 2**62
        whose = (bound.dataflow.pk, ".".join(bound.rest), bound.part.uid, one.name, one.breakdown)
        digit = periods.FREQUENCIES[bound.part.kpi.frequency if bound.part.kpi else "A"]
        rows.append((*whose, place, one.order, list(one.areas), first, last, digit))
    schema: dict[str, pl.DataType] = {"dataflow_id": pl.Int64()}
    schema |= dict.fromkeys(("rest", "uid", "name", "breakdown"), pl.String())
    schema |= {"binding": pl.Int64(), "order": pl.Int64(), "areas": pl.List(pl.String())}
    schema |= {"first": pl.Int64(), "last": pl.Int64(), "digit": pl.Int64()}
    return pl.DataFrame(rows, schema=schema, orient="row")


# --- which one wins -------------------------------------------------------------------------------


def _winners(offers: pl.DataFrame, bindings: Sequence[Bound]) -> pl.DataFrame:
    """The offer that comes first in order, for each figure; ties go to the one that stands first in the framework."""
    whose = ["uid", "name", "breakdown", "area", "period"]
    ordered = offers.sort(*whose, "order", "binding")
    won = ordered.group_by(whose, maintain_order=True).agg(pl.all().first(), pl.len().cast(pl.Int64).alias("offered"))
    won = won.join(_first_orders(bindings), on=["uid", "name", "breakdown"], maintain_order="left")
    return won.with_columns(preferred=pl.col("order") == pl.col("first_order")).drop("first_order")


def _first_orders(bindings: Sequence[Bound]) -> pl.DataFrame:
    """The order of each figure's preferred source, whether it has any value or none."""
    rows = [(one.part.uid, one.binding.name, one.binding.breakdown, one.binding.order) for one in bindings]
    schema = {"uid": pl.String, "name": pl.String, "breakdown": pl.String, "first_order": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").group_by("uid", "name", "breakdown").min()


# --- where comparing must stop --------------------------------------------------------------------


_SERIES: Final = ("uid", "name", "breakdown", "area")


def _segmented(parts: Sequence[Part], winners: pl.DataFrame) -> pl.DataFrame:
    """A segment begins at a declared break, at a value that its source marks as one, and where the source changes."""
    # The join walks through the breaks once for all areas, so whatever it walks beside has to be in the order of time.
    frame = winners.sort("period").join_asof(
        _breaks(parts).sort("period"), on="period", by="uid", strategy="backward", check_sortedness=False
    )
    frame = frame.sort(*_SERIES, "period").with_columns(pl.col("breaks").fill_null(0))
    marked = pl.col("obs_status") == "B"
    other = (pl.col("binding") != pl.col("binding").shift()) | (pl.col("breaks") != pl.col("breaks").shift())
    plain = (pl.col("qualifier") == "") & (pl.col("obs_status") != FORECAST)
    steps = {period: step_of(period) for period in frame["period"].unique().to_list()}
    return _numbered(frame.with_columns(
        begins=(_same_series() & (marked | other)).fill_null(False),
        usable=plain,
        imputed=pl.col("obs_status").is_in(IMPUTED),
        step=pl.col("period").replace_strict(steps, return_dtype=pl.Int64) if steps else pl.lit(None, pl.Int64),
    ))  # fmt: skip


def _same_series() -> pl.Expr:
    """Whether the row before is of the same series."""
    return pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in _SERIES).fill_null(False)


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows, in the order of time in each series, with the number of their segment."""
    return frame.with_columns(segment=pl.col("begins").cast(pl.Int64).cum_sum().over(_SERIES))


def _breaks(parts: Sequence[Part]) -> pl.DataFrame:
    rows = [
        (part.uid, one.period, number)
        for part in parts
        if part.kpi is not None
        for number, one in enumerate(sorted(part.kpi.breaks, key=lambda one: one.period), start=1)
    ]
    schema = {"uid": pl.String, "period": pl.Int64, "breaks": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


# --- formulas -------------------------------------------------------------------------------------


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
    """A formula's values. What any of its series says is said of the result: that it is a forecast or imputed, and,
    where any has come into another segment, that comparing stops."""
    whose = ["uid", "breakdown", "area", "period"]
    if own.is_empty() or not names:
        return own.clear()
    told = ("obs_status", "qualifier", "usable", "imputed", "preferred", "segment")
    joined = own.filter(pl.col("name") == names[0]).rename({"value": names[0]})
    joined = joined.with_columns(segments=pl.concat_list("segment"))
    for name in names[1:]:
        other = own.filter(pl.col("name") == name).select(*whose, pl.col("value").alias(name), *told)
        joined = joined.join(other, on=whose, suffix="_other", maintain_order="left").with_columns(
            obs_status=_status_of_both(),
            qualifier=pl.when(pl.col("qualifier") == "").then("qualifier_other").otherwise("qualifier"),
            usable=pl.col("usable") & pl.col("usable_other"),
            imputed=pl.col("imputed") | pl.col("imputed_other"),
            preferred=pl.col("preferred") & pl.col("preferred_other"),
            segments=pl.col("segments").list.concat(pl.concat_list("segment_other")),
        )
        joined = joined.drop(f"{each}_other" for each in told)
    shown = joined.with_columns(value=formulas.expression(formula), name=pl.lit(VALUE), decimals=pl.lit(None, pl.Int64))
    shown = shown.filter(pl.col("value").is_finite()).sort(*whose)
    begins = _same_series() & (pl.col("segments") != pl.col("segments").shift()).fill_null(False)
    return _numbered(shown.with_columns(begins=begins)).select(own.columns)


def _status_of_both() -> pl.Expr:
    """A forecast is one whatever stands beside it; else what the first says, unless it is plain."""
    first, other = pl.col("obs_status"), pl.col("obs_status_other")
    takes_other = (first == "A") | ((other == FORECAST) & (first != FORECAST))
    return pl.when(takes_other).then(other).otherwise(first)


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
