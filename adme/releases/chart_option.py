"""A `ChartSpec` as plain JSON for the interactive chart; page/chart.js adds tokens and hands it to ECharts.

Each datum carries under "adme" what a tooltip repeats (value, period, status, note), so that the script needs no
rules of its own. `slot` on a series tells the script which token colours it.
"""

from __future__ import annotations

from typing import Any

from adme.lib.page import reading
from adme.releases import chart_frame as frame
from adme.releases.chart_labels import EARLY
from adme.releases.chart_lines import Pen, lonely, pen_for, runs
from adme.releases.chart_spec import ChartError, ChartSpec, Point, Series, kind_words

Option = dict[str, Any]


def datum(spec: ChartSpec, point: Point) -> Option:
    """A point with all that its tooltip says."""
    said = {"period": point.when, "shown": spec.shown(point), "status": ""}
    if point.kind != "value":
        said["status"] = kind_words(point.kind)
    if point.note:
        said["note"] = point.note
    return {"value": [round(point.at, 4), point.value], "adme": said, "soft": point.is_soft}


def option(spec: ChartSpec) -> Option:
    """The option of a line chart. ChartError when nothing has a value."""
    values = [point.value for point in spec.drawn_points if point.value is not None]
    values += [reference.value for reference in spec.references]
    ticks = frame.value_ticks(values, from_zero=spec.from_zero)
    labels, word = frame.tick_labels(ticks)
    at = [point.at for point in spec.drawn_points]
    if not at:
        raise ChartError("no series has a value: show the empty state instead of a chart")
    return {
        "title": spec.title,
        "unit": spec.unit,
        "xAxis": {"min": min(at), "max": max(at)},
        "yAxis": {
            "min": ticks[0],
            "max": ticks[-1],
            "interval": ticks[1] - ticks[0],
            "labels": dict(zip((f"{tick:.9g}" for tick in ticks), labels, strict=True)),
            "name": f"{word.capitalize()}, {spec.unit}" if word and spec.unit else word.capitalize() or spec.unit,
        },
        "series": [part for series in spec.series for part in _line_parts(spec, series, min(at), max(at))],
        "breaks": [place for series in spec.series for place in _breaks(series)],
        "references": [_reference(spec, index) for index in range(len(spec.references))],
    }


def _reference(spec: ChartSpec, index: int) -> Option:
    reference = spec.references[index]
    shown = reading.number(reference.value, None, spec.unit if reading.unit_is_sign(spec.unit) else "")
    return {"value": reference.value, "label": f"{reference.label}: {shown}", "kind": reference.kind}


def _line_parts(spec: ChartSpec, series: Series, first: float, final: float) -> list[Option]:
    """Solid stretches, dashed stretches, and the points themselves (lonely and estimated ones are visible)."""
    points, pen = series.drawn, pen_for(spec, series)
    parts: list[Option] = []
    for soft in (False, True):
        data: list[Any] = []
        for run in runs(series, soft=soft):
            if data:
                data.append([run[0].at, None])  # a gap stays a gap
            data += [[round(point.at, 4), point.value] for point in run]
        if data:
            parts.append({"type": "line", "data": data, "dashed": soft, **_identity(spec, series, pen)})
    alone = {id(point) for point in lonely(series)}
    spots = [{**datum(spec, point), "alone": id(point) in alone} for point in points]
    if spots:
        missed = final - points[-1].at
        parts.append(
            {
                "type": "scatter",
                "data": spots,
                "ends_early": missed > 0,
                "ends_early_by_far": missed > EARLY * (final - first),
                **_identity(spec, series, pen),
            }
        )
    return parts


def _breaks(series: Series) -> list[list[float]]:
    """Where a line stops and starts anew: halfway between the two values."""
    pairs = zip(series.drawn, series.drawn[1:], strict=False)
    return [
        [round((before.at + after.at) / 2, 4), ((before.value or 0.0) + (after.value or 0.0)) / 2]
        for before, after in pairs
        if after.break_before
    ]


def _identity(spec: ChartSpec, series: Series, pen: Pen) -> Option:
    return {
        "id": series.id,
        "name": series.label,
        "short": series.short or series.label,
        "role": series.role,
        "slot": spec.slot(series),
        "width": pen.width,
    }
