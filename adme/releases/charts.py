"""Charts: a `ChartSpec` in, SVG text out. The same drawing serves the page, the download and the printed report.

Nothing here reads a database or a request. Give `width` 720 for a desk and 340 for a phone; `standalone=True` makes a
file that carries its title, source and citation. Interactive charts read `echarts_option` of the same spec.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.lib import svg
from adme.releases import chart_frame as frame
from adme.releases import chart_labels, chart_lines, chart_option, chart_panels, chart_rows
from adme.releases.chart_spec import INK, ChartError, ChartSpec, Point, Series


def line(spec: ChartSpec, *, width: float = 720, height: float | None = None, standalone: bool = False) -> str:
    """Values over time, one line a series. Raises ChartError when nothing has a value."""
    points = _points_or_error(spec)
    narrow = width < frame.NARROW
    ticks = frame.value_ticks(
        [point.value for point in points if point.value is not None] + [each.value for each in spec.references],
        from_zero=spec.from_zero,
        wanted=4 if narrow else 5,
    )
    tall = height or (320 if narrow else 440)
    labels = frame.tick_labels(ticks)[0]
    left = max(svg.text_width(label, 13) for label in labels) + 12
    right = width - chart_labels.column_width(spec, narrow=narrow)
    head, foot = 30.0, 30.0
    plane = chart_lines.Plane(
        x=frame.Scale(*_extent(points), left + 8, right - 10), y=frame.Scale(ticks[0], ticks[-1], tall - foot, head)
    )
    years = frame.year_ticks(plane.x.low, plane.x.high, plane.x.end - plane.x.start)
    body = [
        chart_lines.axis_unit(spec, ticks, 0, 13, width),
        chart_lines.value_axis(spec, ticks, plane.y, left, right),
        chart_lines.time_axis(years, plane.x, head, plane.y.start),
        *(chart_lines.draw_series(spec, series, plane) for series in back_to_front(spec)),
        chart_lines.reference_lines(spec, plane.y, left, right),
        chart_labels.draw_labels(spec, plane, right + 4, narrow=narrow),
    ]
    key, below = frame.key_row(chart_lines.conventions(spec), tall, width)
    return _sheet(spec, "".join(body) + key, width, below, "line", standalone)


def bar(
    spec: ChartSpec,
    *,
    width: float = 720,
    period: str | None = None,
    standalone: bool = False,
) -> str:
    """One bar a series, from zero, highest first: the value of `period`, or each one's latest with its year named.

    A series without a value keeps its row and says why.
    """
    body, height = chart_rows.bars(spec, width=width, period=period)
    return _sheet(spec, body, width, height, "bar", standalone)


def dots(
    spec: ChartSpec,
    *,
    width: float = 720,
    first: str | None = None,
    second: str | None = None,
    standalone: bool = False,
) -> str:
    """Two dates side by side, one row a series: hollow then, full now, a line between. Default: first and latest.

    Raises ChartError when no series has a value.
    """
    _points_or_error(spec)
    body, height = chart_rows.two_dates(spec, width=width, first=first, second=second)
    return _sheet(spec, body, width, height, "two-dates", standalone)


def small_multiples(
    spec: ChartSpec, *, width: float = 960, columns: int | None = None, standalone: bool = False
) -> str:
    """One small panel a series on the same axes, all others in grey behind it. Raises ChartError without a value."""
    points = _points_or_error(spec)
    wanted = columns or max(2, int(width // 220))
    body, height = chart_panels.panels(spec, _extent(points), width=width, columns=wanted)
    return _sheet(spec, body, width, height, "multiples", standalone)


def sparkline(
    points: Sequence[Point], *, width: float = 120, height: float = 28, decimals: int | None = None, label: str = ""
) -> str:
    """A line the height of a word, its latest value marked; gaps stay gaps. Empty text without a value."""
    series = Series(id="spark", label=label, points=tuple(points), role="region")
    if not series.drawn:
        return ""
    spec = ChartSpec(title=label, unit="", series=(series,), decimals=decimals)
    values = [point.value for point in series.drawn if point.value is not None]
    low, high = min(values), max(values)
    plane = chart_lines.Plane(
        x=frame.Scale(*_extent(series.drawn), 4, width - 5),
        y=frame.Scale(low, high, height - 5, 5) if low < high else frame.Scale(0, 1, height / 2, height / 2),
    )
    pen = chart_lines.Pen(INK, INK, 1.4, "region", 2.2)
    d = "".join(
        svg.path_through(plane.place(point) for point in run)
        for soft in (False, True)
        for run in chart_lines.runs(series, soft=soft)
    )
    body = svg.element("path", d=d, fill="none", stroke=INK, stroke_width=1.4, class_="line") if d else ""
    alone = [plane.place(point) for point in chart_lines.lonely(series)]
    body += chart_lines.dots(alone, pen, 1.4) + chart_lines.dots([plane.place(series.drawn[-1])], pen, 2.4)
    about = frame.Sheet(title=label or describe(spec), description="", kind="spark")
    return frame.sheet(
        body, about, width=width, height=height, uid=frame.fingerprint(spec, width, height), standalone=False
    )


def echarts_option(spec: ChartSpec) -> dict[str, Any]:
    """The same line chart as JSON-safe data for static/page/chart.js. ChartError when nothing has a value.

    Only lines over time have an interactive form of their own: bars, dots, panels and maps write every value already,
    and their drawings carry data attributes that static/page/map.js makes live.
    """
    return chart_option.option(spec)


def describe(spec: ChartSpec) -> str:
    """What a chart shows, in words, for a screen reader: the caller's sentence, or counts, years and latest values."""
    if spec.description:
        return spec.description
    drawn = [series for series in spec.series if series.drawn]
    if not drawn:
        return _("No data.")
    first = min(spec.drawn_points, key=lambda point: point.at)
    final = max(spec.drawn_points, key=lambda point: point.at)
    counted = ngettext("%(n)s series", "%(n)s series", len(drawn)) % {"n": len(drawn)}
    years = first.when if first.when == final.when else f"{first.when}–{final.when}"
    named = [series for series in drawn if series.role != "context"] or drawn[:3]
    values = "; ".join(
        f"{series.label} {spec.shown(series.latest)} ({series.latest.when})" for series in named if series.latest
    )
    return _("%(counted)s, %(years)s. Latest: %(values)s.") % {"counted": counted, "years": years, "values": values}


def back_to_front(spec: ChartSpec) -> list[Series]:
    """Order of drawing: grey first, then the region, the chosen on top."""
    order = {"context": 0, "region": 1, "chosen": 2}
    return sorted(spec.series, key=lambda series: order[series.role])


def _points_or_error(spec: ChartSpec) -> tuple[Point, ...]:
    points = spec.drawn_points
    if not points:
        raise ChartError("no series has a value: show the empty state instead of a chart")
    return points


def _extent(points: Sequence[Point]) -> tuple[float, float]:
    low, high = min(point.at for point in points), max(point.at for point in points)
    return (low, high) if low < high else (low - 1, high + 1)


def _sheet(spec: ChartSpec, body: str, width: float, height: float, kind: str, standalone: bool) -> str:
    about = frame.Sheet(
        title=spec.title,
        description=describe(spec),
        subtitle=spec.subtitle,
        source=spec.source,
        released=spec.released,
        citation=spec.citation,
        kind=kind,
    )
    uid = frame.fingerprint(spec, kind, width)
    return frame.sheet(body, about, width=width, height=height, uid=uid, standalone=standalone)
