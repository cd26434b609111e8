"""A `ChartSpec` as an ECharts option: plain JSON. Colours, words of tooltips and keys are added by page/chart.js.

Each datum carries under "adme" what a tooltip repeats (value, period, status, note), so that the script needs no
rules of its own. `slot` on a series tells the script which token colours it.
"""

from __future__ import annotations

from typing import Any

from adme.lib.page import reading
from adme.releases import chart_frame as frame
from adme.releases.chart_lines import Pen, lonely, pen_for, runs
from adme.releases.chart_rows import rows_for
from adme.releases.chart_spec import QUIET, ChartError, ChartSpec, Point, Series, kind_words

Option = dict[str, Any]


def option(spec: ChartSpec, kind: str) -> Option:
    """The option for one kind of chart; ChartError for a kind that has no interactive form."""
    makers = {"line": _line, "bar": _bar, "dots": _line}
    if kind not in makers:
        raise ChartError(f"there is no interactive form of {kind!r}; use one of {', '.join(sorted(makers))}")
    return {"adme": _about(spec, kind), "animation": False, "aria": {"enabled": True}, **makers[kind](spec)}


def _about(spec: ChartSpec, kind: str) -> Option:
    return {
        "kind": kind,
        "title": spec.title,
        "unit": spec.unit,
        "names": {series.id: series.label for series in spec.series},
    }


def datum(spec: ChartSpec, point: Point) -> Option:
    """A point with all that its tooltip says."""
    said = {"period": point.when, "shown": spec.shown(point), "status": ""}
    if point.kind != "value":
        said["status"] = kind_words(point.kind)
    if point.note:
        said["note"] = point.note
    return {"value": [round(point.at, 4), point.value], "adme": said, "soft": point.is_soft}


def _line(spec: ChartSpec) -> Option:
    values = [point.value for point in spec.drawn_points if point.value is not None]
    values += [reference.value for reference in spec.references]
    ticks = frame.value_ticks(values, from_zero=spec.from_zero)
    labels, word = frame.tick_labels(ticks)
    at = [point.at for point in spec.drawn_points]
    return {
        "xAxis": {"type": "value", "min": min(at, default=0), "max": max(at, default=1)},
        "yAxis": {
            "type": "value",
            "min": ticks[0],
            "max": ticks[-1],
            "interval": ticks[1] - ticks[0],
            "labels": dict(zip((f"{tick:.9g}" for tick in ticks), labels, strict=True)),
            "name": f"{word.capitalize()}, {spec.unit}" if word and spec.unit else word.capitalize() or spec.unit,
        },
        "series": [part for series in spec.series for part in _line_parts(spec, series)],
        "references": [_reference(spec, index) for index in range(len(spec.references))],
    }


def _reference(spec: ChartSpec, index: int) -> Option:
    reference = spec.references[index]
    shown = reading.number(reference.value, None, spec.unit if reading.unit_is_sign(spec.unit) else "")
    return {"value": reference.value, "label": f"{reference.label}: {shown}", "kind": reference.kind}


def _line_parts(spec: ChartSpec, series: Series) -> list[Option]:
    """Solid stretches, dashed stretches, and the points themselves (lonely and estimated ones are visible)."""
    points, pen = series.drawn, pen_for(spec, series)
    parts: list[Option] = []
    for soft in (False, True):
        data: list[Any] = []
        for run in runs(points, soft=soft):
            if data:
                data.append([run[0].at, None])  # a gap stays a gap
            data += [[round(point.at, 4), point.value] for point in run]
        if data:
            parts.append({"type": "line", "data": data, "dashed": soft, **_identity(spec, series, pen)})
    alone = {id(point) for point in lonely(points)}
    spots = [{**datum(spec, point), "alone": id(point) in alone} for point in points]
    if spots:
        parts.append({"type": "scatter", "data": spots, **_identity(spec, series, pen)})
    return parts


def _identity(spec: ChartSpec, series: Series, pen: Pen) -> Option:
    return {
        "id_of": series.id,
        "name": series.label,
        "short": series.short or series.label,
        "role": series.role,
        "slot": spec.slot(series),
        "width": pen.width,
    }


def _bar(spec: ChartSpec) -> Option:
    rows = rows_for(spec, None)
    pen = Pen(QUIET, QUIET, 1, "plain", 3)
    return {
        "yAxis": {"type": "category", "inverse": True, "data": [row.series.label for row in rows]},
        "xAxis": {"type": "value", "name": spec.unit},
        "series": [
            {
                "type": "bar",
                "data": [
                    {
                        **(datum(spec, row.point) if row.point else {"adme": {"shown": kind_words("missing")}}),
                        "value": row.value,
                        **_identity(spec, row.series, pen),
                    }
                    for row in rows
                ],
            }
        ],
        "references": [_reference(spec, index) for index in range(len(spec.references))],
    }
