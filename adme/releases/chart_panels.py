"""Small multiples: the standard answer to "compare all". Same axes in every panel, the others grey behind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from adme.lib import svg
from adme.releases import chart_frame as frame
from adme.releases import chart_lines
from adme.releases.chart_spec import CONTEXT, INK, LINE, QUIET, ChartSpec, Point, Series, kind_words, pointed_at

GAP = 24.0
HEAD = 40.0
FOOT = 22.0


@dataclass(frozen=True, slots=True)
class Grid:
    """How panels are laid out; all lengths in px."""

    columns: int
    left: float
    width: float
    plot: float
    top: float

    def corner(self, index: int) -> tuple[float, float]:
        """Upper left of a panel's plot area."""
        row, column = divmod(index, self.columns)
        return self.left + column * (self.width + GAP), self.top + row * (HEAD + self.plot + FOOT) + HEAD


def panels(spec: ChartSpec, extent: tuple[float, float], *, width: float, columns: int) -> tuple[str, float]:
    """The body of the panels and its height; a series without a value keeps its panel and says so."""
    values = [point.value for point in spec.drawn_points if point.value is not None]
    values += [reference.value for reference in spec.references]
    ticks = frame.value_ticks(values, from_zero=spec.from_zero, wanted=3)
    labels = frame.tick_labels(ticks)[0]
    left = max(svg.text_width(label, 12) for label in labels) + 10
    cell = (width - left - GAP * (columns - 1)) / columns
    grid = Grid(columns, left, cell, round(cell * 0.62), 16)
    plane = chart_lines.Plane(x=frame.Scale(*extent, 3, cell - 5), y=frame.Scale(ticks[0], ticks[-1], grid.plot, 4))
    uid = f"g{frame.fingerprint(spec, 'ghosts', width)}"
    parts = [chart_lines.axis_unit(spec, ticks, 0, 12, width), _ghosts(spec, plane, uid)]
    for index, series in enumerate(spec.series):
        parts.append(_panel(spec, series, plane, grid, index, ticks, uid))
    rows = math.ceil(len(spec.series) / columns)
    height = grid.top + rows * (HEAD + grid.plot + FOOT)
    key, below = frame.key_row(chart_lines.conventions(spec), height, width)
    return "".join(parts) + key, below


def _ghosts(spec: ChartSpec, plane: chart_lines.Plane, uid: str) -> str:
    """All series in grey, drawn once and used in every panel."""
    d = "".join(
        svg.path_through(plane.place(point) for point in run)
        for series in spec.series
        for soft in (False, True)
        for run in chart_lines.runs(series, soft=soft)
    )
    path = svg.element("path", d=d, id=uid, fill="none", stroke=CONTEXT, stroke_width=0.6, class_="ghost") if d else ""
    return svg.element("defs", path) if path else ""


def _panel(
    spec: ChartSpec,
    series: Series,
    plane: chart_lines.Plane,
    grid: Grid,
    index: int,
    ticks: Sequence[float],
    uid: str,
) -> str:
    x, y = grid.corner(index)
    parts = [_axes(plane, grid, ticks, first=index % grid.columns == 0), _heading(spec, series, grid.width)]
    parts.append(svg.element("use", href=f"#{uid}"))
    parts += [
        svg.line(0, plane.y(each.value), grid.width, plane.y(each.value), stroke=INK, stroke_dasharray="6 3")
        for each in spec.references
    ]
    parts.append(_subject(spec, series, plane))
    place = f"translate({svg.coordinate(x)} {svg.coordinate(y)})"
    return svg.element("g", *parts, transform=place, class_="panel", **pointed_at(spec, series, series.latest))


def _heading(spec: ChartSpec, series: Series, width: float) -> str:
    latest = series.latest
    narrow = width < 200
    name = series.short or series.label if narrow else series.label
    said = f"{spec.shown(latest)} ({latest.when})" if latest else kind_words("missing")
    return svg.text(0, -22, name, font_weight="600", class_="panel-name") + svg.text(
        0, -6, said, font_size=13, fill=QUIET, class_="quiet"
    )


def _axes(plane: chart_lines.Plane, grid: Grid, ticks: Sequence[float], *, first: bool) -> str:
    labels = frame.tick_labels(ticks)[0]
    parts = []
    for tick, label in zip(ticks, labels, strict=True):
        at = plane.y(tick)
        base = tick == ticks[0]
        parts.append(svg.line(0, at, grid.width, at, stroke=QUIET if base else LINE, class_="zero" if base else "grid"))
        if first:
            parts.append(svg.text(-8, at + 4, label, text_anchor="end", font_size=12, fill=QUIET, class_="tick"))
    ends: list[tuple[float, str]] = [(plane.x.low, "start"), (plane.x.high, "end")]
    for at, anchor in ends:
        parts.append(
            svg.text(
                0 if anchor == "start" else grid.width,
                plane.y.start + 16,
                str(math.floor(at + 1e-9)),
                text_anchor=anchor,
                font_size=12,
                fill=QUIET,
                class_="tick",
            )
        )
    return "".join(parts)


def _subject(spec: ChartSpec, series: Series, plane: chart_lines.Plane) -> str:
    """The panel's own series, strong; the region in ink, every other in the accent."""
    shown: Series = series
    if series.role == "context":
        shown = Series(series.id, series.label, series.points, "chosen", series.short, series.url)
    own = ChartSpec(title=spec.title, unit=spec.unit, series=(shown,), decimals=spec.reading_decimals)
    body = chart_lines.draw_series(own, shown, plane, crowded=True)
    final: Point | None = series.latest
    if final is None:
        return body
    return body + chart_lines.dots([plane.place(final)], chart_lines.pen_for(own, shown), 3.25, hollow=final.is_soft)
