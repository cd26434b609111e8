"""Everything that a scorecard says as one long table: a row for each KPI, area, kind of value and period.

Kinds are those of the wide structure of the KPIs (decision 0803) and one more: the class, which has no number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from adme.frameworks.assessing import Figure
from adme.frameworks.document import Aim, Kpi, Part
from adme.frameworks.rows import REGION_WORD
from adme.frameworks.scorecard import REGION, Scorecard, Shown
from adme.lib import numbers, periods

ACTUAL, BASELINE, TARGET, MILESTONE, CLASS = "ACT", "BAS", "TGT", "MST", "CLS"
AIMS: Final = {"baseline": BASELINE, "target": TARGET, "milestone": MILESTONE}

SUPPRESSED, NORMAL, IMPUTED, NO_NUMBER = "Q", "A", "I", "O"
"""Observation statuses of figures that are our own: withheld, plain, with an imputed share, a class."""

KEY: Final = ("freq", "area", "part", "kind", "period")
FIELDS: Final = (
    "value", "unit", "rule", "obs_status", "source", "source_key", "segment",
    "members", "have", "count_share", "weight_share", "imputed_share", "flags", "missing",
    "class", "reason", "computed_class", "method", "override_reason", "override_by", "override_ends",
    "certainty", "note",
)  # fmt: skip
"""What stands beside a key: texts, null where there is nothing."""


def scorecard_flow(slug: str) -> str:
    """The id under which a framework's scorecard is served as data (decision 0606)."""
    return f"SCORECARD_{slug.replace('-', '_').upper()}"


Row = dict[str, str | None]


def told(card: Scorecard) -> pl.DataFrame:
    """The columns of KEY and FIELDS as texts, series by series, each in order of time."""
    rows = sorted(_rows(card), key=lambda row: tuple(row[name] or "" for name in KEY))
    return pl.DataFrame(rows, schema=dict.fromkeys((*KEY, *FIELDS), pl.String), orient="row")


def _rows(card: Scorecard) -> Iterator[Row]:
    by_year = [(year, card.in_year(year)) for year in card.years]
    by_year.append((card.day.year, card))  # the present, where people's decisions count
    for part in card.document.kpis:
        kpi = part.kpi or Kpi()
        yield from _of_region(card, part, kpi)
        for member in card.states:
            yield from _of_state(card, part, kpi, member.area)
        for area in (REGION, *(member.area for member in card.states)):
            yield from (_aim(part, kpi, aim) for aim in kpi.aims_for(area))
        for year, then in by_year:
            yield from _classes(then, part, year)


def _row(part: Part, area: str, kind: str, period: str, freq: str, fields: Mapping[str, Any]) -> Row:
    said = {name: None if value in (None, "") else str(value) for name, value in fields.items()}
    return {"freq": freq, "area": area or REGION_WORD, "part": part.uid, "kind": kind, "period": period, **said}


def _of_state(card: Scorecard, part: Part, kpi: Kpi, area: str) -> Iterator[Row]:
    for one in card.series(part.uid, area):
        yield _row(part, area, ACTUAL, periods.label(one.period), periods.frequency(one.period), {
            "value": _number(one),
            "unit": kpi.unit_words,
            "obs_status": one.obs_status,
            **_source(card, one),
            "segment": one.segment,
        })  # fmt: skip


def _number(one: Figure) -> str:
    return numbers.write_number(one.value, one.decimals, one.qualifier)


def _source(card: Scorecard, one: Figure) -> dict[str, str]:
    if one.binding is None:
        return {}
    bound = card.computed.figures.bindings[one.binding]
    return {"source": bound.dataflow.reference, "source_key": bound.binding.key_text}


def _of_region(card: Scorecard, part: Part, kpi: Kpi) -> Iterator[Row]:
    rows = card.computed.regional_rows.get(part.uid, {})
    for one in card.series(part.uid, REGION):
        row = rows[one.period]
        own = IMPUTED if row["imputed_share"] else NORMAL
        yield _row(part, REGION, ACTUAL, periods.label(one.period), periods.frequency(one.period), {
            "value": _number(one),
            "unit": "" if kpi.counts_states else kpi.unit_words,
            "rule": f"{kpi.aggregation.rule} {kpi.aggregation.condition}".strip(),
            "obs_status": SUPPRESSED if one.value is None else own,
            "segment": one.segment,
            **{name: row[name] for name in ("members", "have", "count_share", "weight_share", "imputed_share")},
            "flags": ";".join(row["flags"]),
            "missing": ";".join(row["missing"]),
        })  # fmt: skip


def _aim(part: Part, kpi: Kpi, aim: Aim) -> Row:
    return _row(part, aim.area, AIMS[aim.kind], aim.when, periods.frequency(aim.period), {
        "value": numbers.write_number(aim.value, None),
        "unit": kpi.unit_words,
        "obs_status": NORMAL,
        "certainty": aim.certainty,
        "note": aim.source,
    })  # fmt: skip


def _classes(card: Scorecard, part: Part, year: int) -> Iterator[Row]:
    for area in (REGION, *(member.area for member in card.states)):
        if card.shows(area):
            yield _row(part, area, CLASS, f"{year:04d}", "A", _class(card.shown(part.uid, area)))


def _class(shown: Shown) -> dict[str, Any]:
    override = shown.override
    return {
        "obs_status": NO_NUMBER,
        "class": shown.progress_class,
        "reason": shown.judged.reason,
        "computed_class": shown.judged.progress_class,
        "method": shown.judged.method,
        "override_reason": override.reason if override else None,
        "override_by": override.who if override else None,
        "override_ends": override.ends_date if override else None,
    }
