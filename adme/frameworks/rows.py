"""Everything that a page shows as plain rows for files: the same question at the same instant gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import polars as pl

from adme.frameworks.completeness import Completeness
from adme.frameworks.document import Kpi
from adme.frameworks.scorecard import REGION, Scorecard
from adme.frameworks.steps import label_of
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
                override.made_by if override else None,
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
            yield (
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
    """Each KPI, state, breakdown and year: have, provisional or missing."""
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


_TEXT, _NUMBER, _WHOLE = pl.String(), pl.Float64(), pl.Int64()

TABLES: Final[dict[str, tuple[Callable[[Scorecard], Rows], dict[str, pl.DataType]]]] = {
    "scorecard": (
        scorecard_rows,
        {
            **dict.fromkeys(("part", "code", "title", "area", "latest_period"), _TEXT),
            "latest_value": _NUMBER,
            **dict.fromkeys(("qualifier", "flags", "target_period"), _TEXT),
            "target_value": _NUMBER,
            **dict.fromkeys(("class", "reason", "computed_class"), _TEXT),
            **dict.fromkeys(("override_reason", "override_by", "override_ends"), _TEXT),
        },
    ),
    "inputs": (
        input_rows,
        {
            **dict.fromkeys(("part", "area", "method", "direction", "start_period"), _TEXT),
            "start_value": _NUMBER,
            "latest_period": _TEXT,
            "latest_value": _NUMBER,
            "target_period": _TEXT,
            "target_value": _NUMBER,
            **dict.fromkeys(("milestones", "thresholds"), _TEXT),
            "points": _WHOLE,
            **dict.fromkeys(("actual", "required", "ratio"), _NUMBER),
            **dict.fromkeys(("class", "reason"), _TEXT),
        },
    ),
    "figures": (
        figure_rows,
        {
            **dict.fromkeys(("part", "area", "period"), _TEXT),
            "value": _NUMBER,
            **dict.fromkeys(("qualifier", "obs_status", "dataflow", "key", "why"), _TEXT),
            **dict.fromkeys(("sources_with_a_value", "segment"), _WHOLE),
        },
    ),
    "regional": (
        regional_rows,
        {
            **dict.fromkeys(("part", "period"), _TEXT),
            "value": _NUMBER,
            **dict.fromkeys(("members", "have"), _WHOLE),
            **dict.fromkeys(("count_share", "weight_share", "imputed_share"), _NUMBER),
            **dict.fromkeys(("carried", "interpolated", "oldest_weight"), _WHOLE),
            **dict.fromkeys(("flags", "missing"), _TEXT),
        },
    ),
    "completeness": (
        completeness_rows,
        {**dict.fromkeys(("part", "code", "area", "breakdown"), _TEXT), "year": _WHOLE, "state": _TEXT},
    ),
    "incomplete": (
        gap_rows,
        {
            **dict.fromkeys(("part", "code", "title", "area", "what"), _TEXT),
            "since": _WHOLE,
            **dict.fromkeys(("turn", "why", "detail"), _TEXT),
        },
    ),
}
"""Tables by the name in their address: how their rows are made, and their columns."""


def frame_of(card: Scorecard, name: str) -> pl.DataFrame:
    """A table as a frame. KeyError for a name that is none."""
    rows, schema = TABLES[name]
    return pl.DataFrame(list(rows(card)), schema=schema, orient="row")


def head_of(card: Scorecard, as_of: int | None) -> dict[str, Any]:
    """What a file says of itself: framework, edition, its digest, and the instant that was asked for.

    Without one it is the newest release instant, so that the same address gives the same bytes until figures change.
    """
    edition = card.current.edition
    return {
        "framework": card.document.slug,
        "title": card.document.title,
        "is_fixture": card.document.is_fixture,
        "edition": edition.number,
        "edition_digest": edition.digest,
        "decision": edition.decision_document or edition.decision_meeting,
        "as_of": card.figures_at if as_of is None else as_of,
    }
