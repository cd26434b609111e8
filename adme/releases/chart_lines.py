"""Lines over time: grey for all, colour for the few, the region thick and dark; gaps stay gaps.

A line runs only between neighbouring periods. A value alone in its years is a dot; an estimate is hollow and its
line dashed; over a break in the series the line stops and two strokes mark it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from adme.lib import svg
from adme.lib.page import reading
from adme.releases import chart_frame as frame
from adme.releases.chart_spec import (
    CONTEXT,
    INK,
    LABEL_COLOURS,
    LINE,
    PAPER,
    QUIET,
    SERIES_COLOURS,
    ChartSpec,
    Point,
    Series,
    kind_words,
    soft_kinds,
)

DASH = "5 3"


@dataclass(frozen=True, slots=True)
class Pen:
    """How a series is drawn."""

    colour: str
    label_colour: str
    width: float
    classes: str
    dot: float


def pen_for(spec: ChartSpec, series: Series) -> Pen:
    """The pen of a series by its role; chosen ones by their place among the chosen."""
    if series.role == "region":
        return Pen(INK, INK, 3, "region", 3)
    slot = spec.slot(series)
    if slot:
        return Pen(SERIES_COLOURS[slot - 1], LABEL_COLOURS[slot - 1], 2.25, f"s{slot}", 3.25)
    return Pen(CONTEXT, QUIET, 1.1, "context", 1.8)


def runs(series: Series, *, soft: bool) -> list[list[Point]]:
    """Stretches of joined points, either those through reported values or (`soft`) those that touch an estimate."""
    stretches: list[list[Point]] = []
    for before, after in series.joins:
        if (before.is_soft or after.is_soft) != soft:
            continue
        if stretches and stretches[-1][-1] is before:
            stretches[-1].append(after)
        else:
            stretches.append([before, after])
    return stretches


def lonely(series: Series) -> list[Point]:
    """Points that no line touches."""
    joined = {id(point) for pair in series.joins for point in pair}
    return [point for point in series.drawn if id(point) not in joined]


@dataclass(frozen=True, slots=True)
class Plane:
    """The two scales of a plot."""

    x: frame.Scale
    y: frame.Scale

    def place(self, point: Point) -> tuple[float, float]:
        return self.x(point.at), self.y(point.value or 0.0)


def draw_series(spec: ChartSpec, series: Series, plane: Plane, *, crowded: bool = False) -> str:
    """One series: solid stretches, dashed stretches, dots, hollow dots, marks of breaks."""
    points, pen = series.drawn, pen_for(spec, series)
    if not points:
        return ""
    stroke: dict[str, svg.Attribute] = {
        "fill": "none",
        "stroke": pen.colour,
        "stroke_width": pen.width,
        "stroke_linejoin": "round",
    }
    body = []
    for soft, dash in ((False, None), (True, DASH)):
        d = "".join(svg.path_through(plane.place(point) for point in run) for run in runs(series, soft=soft))
        if d:
            body.append(svg.element("path", d=d, stroke_dasharray=dash, stroke_linecap="round", **stroke))
    alone = {id(point) for point in lonely(series)}
    noted = [point for point in points if id(point) in alone or (not crowded and _is_marked(series, point))]
    body.append(dots([plane.place(p) for p in noted if not p.is_soft], pen, pen.dot))
    body.append(dots([plane.place(p) for p in noted if p.is_soft], pen, pen.dot, hollow=True))
    body += [_break_mark(plane, points, after) for after in points[1:] if after.break_before]
    return svg.element("g", *body, class_=f"series {pen.classes}", data_id=series.id)


def _is_marked(series: Series, point: Point) -> bool:
    if series.role == "context":
        return False
    return point is series.latest or (point.is_soft and len(series.drawn) <= 15)


def dots(places: Iterable[tuple[float, float]], pen: Pen, radius: float, *, hollow: bool = False) -> str:
    """Dots as one path of round strokes of no length: a tenth of the bytes of circles."""
    d = "".join(f"M{svg.coordinate(x)} {svg.coordinate(y)}h0" for x, y in places)
    if not d:
        return ""
    full = svg.element("path", d=d, stroke=pen.colour, stroke_width=2 * radius, stroke_linecap="round", class_="dots")
    if not hollow:
        return full
    inner = 2 * radius - min(3.0, radius)
    return full + svg.element("path", d=d, stroke=PAPER, stroke_width=inner, stroke_linecap="round", class_="paper")


def _break_mark(plane: Plane, points: Sequence[Point], after: Point) -> str:
    before = points[points.index(after) - 1]
    (x1, y1), (x2, y2) = plane.place(before), plane.place(after)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    d = "".join(f"M{svg.coordinate(x + dx)} {svg.coordinate(y + 6)}l4 -12" for dx in (-5, 0))
    return svg.element("path", d=d, stroke=QUIET, stroke_width=1.2, class_="break", fill="none")


def value_axis(spec: ChartSpec, ticks: Sequence[float], y: frame.Scale, left: float, right: float) -> str:
    """Hairlines and their labels; the zero line, if shown, is the darkest."""
    labels, _word = frame.tick_labels(ticks)
    parts = []
    for tick, label in zip(ticks, labels, strict=True):
        at = y(tick)
        zero = tick == 0
        parts.append(
            svg.line(left, at, right, at, stroke=QUIET if zero else LINE, class_="zero" if zero else "grid")
            + svg.text(left - 8, at + 4.5, label, text_anchor="end", font_size=13, fill=QUIET, class_="tick")
        )
    return "".join(parts)


def axis_unit(spec: ChartSpec, ticks: Sequence[float], x: float, y: float, width: float) -> str:
    """The unit, once, above the axis; with the word for millions where the labels count in them."""
    word = frame.tick_labels(ticks)[1]
    shown = f"{word.capitalize()}, {spec.unit}" if word and spec.unit else word.capitalize() or spec.unit
    rows = svg.wrapped(shown, 13, width)
    return "".join(
        svg.text(x, y + 16 * index, row, font_size=13, fill=QUIET, class_="tick") for index, row in enumerate(rows[:2])
    )


def time_axis(years: Sequence[int], x: frame.Scale, top: float, bottom: float) -> str:
    """Ticks under the plot; the outer labels are kept inside."""
    parts = []
    for year in years:
        at = x(year)
        parts.append(
            svg.line(at, bottom, at, bottom + 5, stroke=QUIET, class_="zero")
            + svg.text(at, bottom + 20, str(year), text_anchor="middle", font_size=13, fill=QUIET, class_="tick")
        )
    return "".join(parts)


def reference_lines(spec: ChartSpec, y: frame.Scale, left: float, right: float) -> str:
    """Targets and baselines, drawn and named."""
    parts = []
    for reference in spec.references:
        at = y(reference.value)
        dash = "2 3" if reference.kind == "baseline" else "8 4"
        shown = reading.number(reference.value, None, spec.unit if reading.unit_is_sign(spec.unit) else "")
        parts.append(
            svg.line(left, at, right, at, stroke=INK, stroke_width=1.2, stroke_dasharray=dash, class_="reference")
            + svg.text(
                left + 6,
                at - 6,
                f"{reference.label}: {shown}",
                font_size=13,
                font_weight="600",
                class_="halo",
                stroke=PAPER,
                stroke_width=4,
                paint_order="stroke",
            )
        )
    return "".join(parts)


def conventions(spec: ChartSpec) -> list[tuple[str, str]]:
    """Entries of the key: only what this drawing uses."""
    entries = []
    kinds = soft_kinds(spec)
    if kinds:
        pen = Pen(QUIET, QUIET, 1.6, "key", 3)
        dash = svg.line(0, 6, 24, 6, stroke=QUIET, stroke_width=1.6, stroke_dasharray="4 3", class_="key-line")
        entries.append((dash + dots([(12.0, 6.0)], pen, 3.5, hollow=True), ", ".join(map(kind_words, kinds))))
    if any(point.break_before for point in spec.drawn_points):
        mark = svg.element("path", d="M6 12l4 -12M11 12l4 -12", stroke=QUIET, stroke_width=1.2, class_="break")
        entries.append((mark, _("break in the series: before and after cannot be compared")))
    if any(lonely(series) and len(series.drawn) > 1 for series in spec.series):
        pen = Pen(QUIET, QUIET, 1.6, "key", 3)
        entries.append((dots([(12.0, 6.0)], pen, 3), _("single year; no data in the years beside it")))
    return entries
