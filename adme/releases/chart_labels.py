"""Names at the ends of lines: never only in a legend, never on top of each other.

The chosen ones and the region come first and are moved as little as needed; grey ones get a name where room is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adme.lib import svg
from adme.releases import chart_frame as frame
from adme.releases.chart_lines import Pen, Plane, pen_for
from adme.releases.chart_spec import PAPER, ChartSpec, Series

ROW = 16.0
EARLY = 0.12
"""A line that ends this share of the axis before the others is named at its own end."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name in rows of text. `early`: its line ends well before the others; `below`: the value has its own row."""

    series: Series
    rows: tuple[str, ...]
    value: str
    x: float
    y: float
    early: bool
    size: float = 14.0
    below: bool = False

    @property
    def height(self) -> float:
        return (len(self.rows) + self.below) * ROW

    @property
    def texts(self) -> list[tuple[str, str]]:
        """The rows as (name, value): the value stands behind the last row, or under it."""
        *first, last = self.rows
        ends = [(last, ""), ("", self.value)] if self.below else [(last, self.value)]
        return [*((row, "") for row in first), *ends]


def label_for(spec: ChartSpec, series: Series, plane: Plane, final: float, *, narrow: bool) -> Label | None:
    """What to write at the end of a line, or None without data."""
    latest = series.latest
    if latest is None:
        return None
    x, y = plane.place(latest)
    name = series.short or series.label if narrow else series.label
    size = 13.0 if narrow or series.role == "context" else 14.0
    value = "" if series.role == "context" else spec.shown(latest)
    if value and latest.at < final:
        value = f"{value} ({latest.when})"
    rows = tuple(svg.wrapped(name, size, 92.0 if narrow else 150.0, bold=True))
    below = bool(value) and (narrow or svg.text_width(f"{rows[-1]} {value}", size, bold=True) > 175)
    early = plane.x.end - x > EARLY * (plane.x.end - plane.x.start)
    return Label(series, rows, value, x, y, early, size, below)


def column_width(spec: ChartSpec, *, narrow: bool) -> float:
    """Room to keep free at the right for names."""
    widest = 0.0
    final = max((point.at for point in spec.drawn_points), default=0.0)
    flat = Plane(frame.Scale(0, 1, 0, 1), frame.Scale(0, 1, 0, 1))
    for series in spec.series:
        label = label_for(spec, series, flat, final, narrow=narrow)
        if label is None or (series.role == "context" and narrow):
            continue
        rows = [f"{name} {value}".strip() for name, value in label.texts]
        widest = max(widest, *(svg.text_width(row, label.size, bold=True) for row in rows))
    return widest + (12 if narrow else 20)


def draw_labels(spec: ChartSpec, plane: Plane, column: float, *, narrow: bool) -> str:
    """All names: chosen and region placed first, grey ones where they still fit."""
    final = max((point.at for point in spec.drawn_points), default=0.0)
    made = [label_for(spec, series, plane, final, narrow=narrow) for series in spec.series]
    labels = [label for label in made if label is not None]
    first = [label for label in labels if label.series.role != "context" and not label.early]
    top, bottom = plane.y.end - 4, plane.y.start + 8
    middles = frame.spread([frame.Slot(label.y, label.height) for label in first], top, bottom)
    parts = [_draw(spec, label, column, middle) for label, middle in zip(first, middles, strict=True)]
    taken = [(middle, label.height) for label, middle in zip(first, middles, strict=True)]
    if not narrow:
        grey = [label for label in labels if label.series.role == "context" and not label.early]
        parts += _fill_gaps(spec, grey, column, taken, (top, bottom))
    parts += _early(spec, [label for label in labels if label.early and label.series.role != "context"], plane)
    return "".join(parts)


def _fill_gaps(
    spec: ChartSpec,
    labels: Sequence[Label],
    column: float,
    taken: list[tuple[float, float]],
    bounds: tuple[float, float],
) -> list[str]:
    parts = []
    for label in sorted(labels, key=lambda each: each.y):
        for shift in (0, -4, 4, -8, 8):
            middle = label.y + shift
            inside = bounds[0] <= middle - label.height / 2 and middle + label.height / 2 <= bounds[1]
            free = all(abs(middle - other) >= (label.height + height) / 2 - 1 for other, height in taken)
            if inside and free:
                taken.append((middle, label.height))
                parts.append(_draw(spec, label, column, middle))
                break
    return parts


def _early(spec: ChartSpec, labels: Sequence[Label], plane: Plane) -> list[str]:
    """Names of lines that end early: beside their end, on a halo, above or below those already there."""
    parts: list[str] = []
    taken: list[tuple[float, float]] = []
    for label in sorted(labels, key=lambda each: each.y):
        middle = max(plane.y.end + 6, label.y - 12)
        while any(abs(middle - y) < label.height and abs(label.x - x) < 150 for x, y in taken):
            middle += 4
        taken.append((label.x, middle))
        parts.append(_words(label, label.x + 6, middle, pen_for(spec, label.series), halo=True))
    return parts


def _draw(spec: ChartSpec, label: Label, column: float, middle: float) -> str:
    pen = pen_for(spec, label.series)
    moved = abs(middle - label.y) > 5 or column - label.x > 24
    leader = ""
    if moved:
        d = svg.path_through([(label.x + 5, label.y), (column - 3, middle)])
        leader = svg.element(
            # Dotted: a plain thin line would look like one more stretch of data.
            "path",
            d=d,
            fill="none",
            stroke=pen.colour,
            stroke_width=1.0,
            stroke_dasharray="1 3",
            class_=f"leader {pen.classes}",
        )
    return leader + _words(label, column, middle, pen)


def _words(label: Label, x: float, middle: float, pen: Pen, *, halo: bool = False) -> str:
    role = label.series.role
    baseline = middle - label.height / 2 + ROW - 4
    outline: dict[str, svg.Attribute] = {"stroke": PAPER, "stroke_width": 4, "paint_order": "stroke"} if halo else {}
    parts = []
    for index, (row, value) in enumerate(label.texts):
        gap = " " if row and value else ""
        number = svg.element("tspan", svg.words(gap + value), font_weight="400") if value else ""
        parts.append(
            svg.element(
                "text",
                svg.words(row) + number,
                x=x,
                y=baseline + ROW * index,
                font_size=label.size,
                font_weight=None if role == "context" else "600",
                fill=pen.label_colour,
                class_=f"name {pen.classes}" + (" halo" if halo else ""),
                **outline,
            )
        )
    return "".join(parts)
