"""What the scorecard and the reports of what there is show, as plain rows for files; see `tables`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from adme.frameworks.completeness import Completeness
from adme.frameworks.document import Kpi
from adme.frameworks.scorecard import REGION, Scorecard
from adme.frameworks.steps import A_YEAR, label_of
from adme.lib import periods

REGION_WORD: Final = "REGION"
"""What stands for the region in a file, where an area code is expected."""

Rows = Iterator[tuple[Any, ...]]


def scorecard_rows(card: Scorecard) -> Rows:
    """Each KPI and area with its latest figure, target and class."""
    for part in card.document.kpis:
        kpi = part.kpi or Kpi()
        for area in (REGION, *(member.area for member in card.states)):
            shown = card.shown(part.uid, area)
            latest = card.latest(part.uid, area)
            targets = kpi.aims_for(area, "target")
            override = shown.override
            yield (
                part.uid,
                part.code,
                part.name,
                area or REGION_WORD,
                periods.label(latest.period) if latest else None,
                latest.value if latest else None,
                latest.qualifier if latest else None,
                ";".join(latest.flags) if latest else None,
                targets[-1].when if targets else None,
                targets[-1].value if targets else None,
                None if shown.hidden else shown.progress_class,
                None if shown.hidden else shown.judged.reason or None,
                None if shown.hidden else shown.judged.progress_class,
                override.reason if override else None,
                override.who if override else None,
                str(override.ends_date) if override else None,
            )


def input_rows(card: Scorecard) -> Rows:
    """What each visible class was worked out from: enough to work it out again."""
    for part in card.document.kpis:
        kpi = part.kpi or Kpi()
        for area in (REGION, *(member.area for member in card.states)):
            shown = card.shown(part.uid, area)
            if shown.hidden:
                continue
            judged, pace = shown.judged, shown.judged.pace
            yield (
                part.uid,
                area or REGION_WORD,
                judged.method,
                kpi.direction,
                *_pair(judged.start),
                *_pair(judged.latest),
                *_pair(judged.target),
                "; ".join(f"{periods.label(period)}={value!r}" for period, value in judged.milestones) or None,
                "; ".join(f"{value:g}" for value in judged.thresholds) or None,
                judged.points,
                pace.actual if pace else None,
                pace.required if pace else None,
                pace.ratio if pace else None,
                judged.progress_class,
                judged.reason or None,
            )


def _pair(point: tuple[int, float] | None) -> tuple[str | None, float | None]:
    return (periods.label(point[0]), point[1]) if point else (None, None)


def figure_rows(card: Scorecard) -> Rows:
    """Every figure of every state, with the source that won."""
    bindings = card.computed.figures.bindings
    for part in card.document.kpis:
        for member in card.states:
            for one in card.series(part.uid, member.area):
                bound = bindings[one.binding] if one.binding is not None else None
                yield (
                    part.uid,
                    member.area,
                    periods.label(one.period),
                    one.value,
                    one.qualifier or None,
                    one.obs_status,
                    bound.dataflow.reference if bound else None,
                    bound.binding.key_text if bound else None,
                    "preferred" if one.preferred else "preferred source has no value",
                    one.offered,
                    one.segment,
                )


def regional_rows(card: Scorecard) -> Rows:
    """Every figure of the region with all that it rests on."""
    for frequency, aggregated in sorted(card.computed.regional.items()):
        for row in aggregated.figures.iter_rows(named=True):
            if card.computed.until is None or row["step"] // A_YEAR[frequency] <= card.computed.until:
                yield covered(row, frequency)


def covered(row: dict[str, Any], frequency: str) -> tuple[Any, ...]:
    """A regional figure, or one of a group, with all that it rests on."""
    return (
        row["item"],
        label_of(row["step"], frequency),
        row["value"],
        row["members"],
        row["have"],
        row["count_share"],
        row["weight_share"],
        row["imputed_share"],
        row["carried"],
        row["interpolated"],
        row["oldest_weight"],
        ";".join(row["flags"]) or None,
        ";".join(row["missing"]) or None,
    )


def completeness_rows(card: Scorecard) -> Rows:
    """Each KPI, state, breakdown and year: have, provisional, missing, or no_member (nothing is expected)."""
    read = Completeness(card)
    for part in card.document.kpis:
        for area, breakdown, year, state in read.years_of(part):
            yield part.uid, part.code, area, breakdown or "total", year, state


def gap_rows(card: Scorecard) -> Rows:
    """The report of incomplete KPIs."""
    for gap in Completeness(card).gaps():
        yield (
            gap.part.uid,
            gap.part.code,
            gap.part.name,
            gap.area or REGION_WORD,
            gap.what,
            gap.since,
            gap.turn or None,
            gap.why or None,
            gap.detail or None,
        )
