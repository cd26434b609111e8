"""One KPI, or all, as plain rows: its sources, what each of them offers, what regional figures are made of, ratings."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from adme.frameworks.document import Kpi
from adme.frameworks.rows import REGION_WORD, Rows, covered
from adme.frameworks.scorecard import REGION, Scorecard
from adme.frameworks.steps import A_YEAR, label_of
from adme.lib import periods
from adme.lib.texts import text_in


def aim_rows(card: Scorecard) -> Rows:
    """Every baseline, milestone and target, with how sure it is and where it was seen."""
    for part in card.document.kpis:
        for area in (REGION, *(member.area for member in card.states)):
            for aim in (part.kpi or Kpi()).aims_for(area):
                told = (text_in(aim.text) or None, aim.certainty or None, aim.source or None)
                yield part.uid, area or REGION_WORD, aim.kind, aim.when, aim.value, *told


def source_rows(card: Scorecard) -> Rows:
    """Every series that is bound, the preferred one of each figure first."""
    for part in card.document.kpis:
        kpi = part.kpi or Kpi()
        for one in sorted(kpi.bindings, key=lambda one: (one.name, one.breakdown, one.order)):
            yield (
                part.uid,
                one.name,
                one.breakdown or None,
                one.order,
                one.dataflow,
                one.key_text,
                ";".join(one.areas) or None,
                periods.label(one.first_period) if one.first_period else None,
                periods.label(one.last_period) if one.last_period else None,
                text_in(one.chosen_by) or None,
                text_in(one.note) or None,
            )


def offer_rows(card: Scorecard) -> Rows:
    """Every source's value for each state and period, and whether it is the one that is shown."""
    figures, states = card.computed.figures, {member.area for member in card.states}
    offers = figures.offers.sort("uid", "name", "area", "period", "order", "binding")
    names = ("uid", "name", "breakdown", "area", "period", "value", "qualifier", "obs_status", "binding")
    winners = {
        (uid, area, one.period): one.binding for (uid, area), own in card.computed.series.items() for one in own
    }  # fmt: skip
    until = card.computed.until
    for uid, name, breakdown, area, period, value, qualifier, status, binding in offers.select(names).iter_rows():
        if breakdown or area not in states or (until is not None and periods.year(period) > until):
            continue
        bound = figures.bindings[binding]
        shown = winners.get((uid, area, period)) == binding
        where = (bound.dataflow.reference, bound.binding.key_text, shown)
        yield uid, name, area, periods.label(period), value, qualifier or None, status, *where


def member_rows(card: Scorecard, parts: Collection[str]) -> Rows:
    """What each figure of the region is made of: every member with its value, how it counts, and its weight."""
    until = card.computed.until
    for frequency, aggregated in sorted(card.computed.regional.items()):
        own = aggregated.parts.filter(pl.col("item").is_in(sorted(parts))).sort("item", "step", "area")
        for row in own.iter_rows(named=True):
            if until is not None and row["step"] // A_YEAR[frequency] > until:
                continue
            step = row["weight_step"]
            yield (
                row["item"],
                label_of(row["step"], frequency),
                row["area"],
                row["value"],
                row["used"],
                how_it_counts(row),
                row["weight"],
                label_of(step, frequency) if step is not None else None,
            )


def how_it_counts(row: dict[str, object]) -> str:
    """own, carried, interpolated; no_value or no_weight where it does not count."""
    if not row["used"]:
        return "no_value" if row["value"] is None else "no_weight"
    if row["interpolated"]:
        return "interpolated"
    return "carried" if row["carried_from"] < row["step"] else "own"  # type: ignore[operator]


def group_rows(card: Scorecard, parts: Collection[str], areas: Sequence[str]) -> Rows:
    """The figures of a group of states by each KPI's own rule; nothing without a group."""
    for part in card.document.kpis:
        found = card.group(part.uid, areas) if part.uid in parts else None
        if found is None:
            continue
        for row in found.figures.iter_rows(named=True):
            yield covered(row, (part.kpi or Kpi()).frequency)


def own_region_rows(card: Scorecard) -> Rows:
    """What sources give themselves for areas of several states: never mixed with ours."""
    bindings = card.computed.figures.bindings
    for uid, rows in sorted(card.computed.own_regions.items()):
        for area, period, value, binding in rows:
            reference = bindings[binding].dataflow.reference if binding is not None else None
            yield uid, area, periods.label(period), value, reference


def rating_rows(card: Scorecard) -> Rows:
    """The region's class year by year, with the figures of today."""
    for part in card.document.kpis:
        for year, judged, latest in card.ratings(part.uid):
            period = periods.label(latest.period) if latest else None
            value = latest.value if latest else None
            yield part.uid, year, judged.progress_class, judged.reason or None, period, value
