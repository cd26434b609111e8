"""Rows: bars from zero, and two dates on one line. Every series keeps its row; one without a value says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from adme.lib import svg
from adme.releases import chart_frame as frame
from adme.releases.chart_lines import Pen, dots, pen_for
from adme.releases.chart_spec import (
    CONTEXT,
    INK,
    LINE,
    PAPER,
    QUIET,
    ChartError,
    ChartSpec,
    Point,
    Series,
    kind_words,
    pointed_at,
)

ROW = 26.0
BAR = 15.0
LANE = 18.0


@dataclass(frozen=True, slots=True)
class Row:
    """A series with the point that its row shows (None: nothing was ever reported)."""

    series: Series
    point: Point | None

    @property
    def value(self) -> float | None:
        return self.point.value if self.point else None


def rows_for(spec: ChartSpec, period: str | None) -> list[Row]:
    """Rows with a value first, highest on top; then the others in the given order."""
    rows = [
        Row(series, series.at_period(period) if period else series.latest or _newest(series)) for series in spec.series
    ]
    return sorted(rows, key=lambda row: (row.value is None, -(row.value or 0.0)))


def _newest(series: Series) -> Point | None:
    return max(series.points, key=lambda point: point.at, default=None)


def bars(spec: ChartSpec, *, width: float, period: str | None) -> tuple[str, float]:
    """The body of a bar chart and its height."""
    rows = rows_for(spec, period)
    narrow = width < frame.NARROW
    values = [row.value for row in rows if row.value is not None] + [reference.value for reference in spec.references]
    left = _name_room(spec, narrow=narrow)
    room = max(
        (svg.text_width(_said(spec, row, rows), 14, bold=True) for row in rows if row.value is not None), default=0
    )
    scale = frame.Scale(min(0.0, min(values, default=0.0)), max(0.0, max(values, default=1.0)), left, width - room - 10)
    lanes = _reference_lanes(spec, scale)
    top = 26.0 + LANE * (max(lanes) + 1 if lanes else 0)
    bottom = top + ROW * len(rows)
    parts = [svg.text(left, 13, _unit_and_year(spec, rows), font_size=13, fill=QUIET, class_="tick")]
    parts.append(svg.line(scale(0), top, scale(0), bottom, stroke=INK, class_="zero"))
    parts += [_reference(spec, index, lane, scale, top, bottom) for index, lane in enumerate(lanes)]
    parts += [_bar_row(spec, row, rows, scale, top + ROW * index, narrow=narrow) for index, row in enumerate(rows)]
    key, below = frame.key_row(_bar_key(rows), bottom, width)
    return "".join(parts) + key, below + 4


def common_period(rows: Sequence[Row]) -> Point | None:
    """A point of the period that most rows show (the later one of two equals)."""
    points = sorted((row.point for row in rows if row.point and row.point.is_drawn), key=lambda point: -point.at)
    periods = [point.period for point in points]
    return max(points, key=lambda point: periods.count(point.period), default=None)


def _unit_and_year(spec: ChartSpec, rows: Sequence[Row]) -> str:
    common = common_period(rows)
    if common is None:
        return spec.unit
    odd = any(row.point and row.point.is_drawn and row.point.period != common.period for row in rows)
    year = _("%(year)s unless a year is given") % {"year": common.when} if odd else common.when
    return f"{spec.unit}, {year}" if spec.unit else year


def _name_room(spec: ChartSpec, *, narrow: bool) -> float:
    widest = max(
        (svg.text_width(_name(series, narrow=narrow), 14, bold=series.role != "context") for series in spec.series),
        default=0.0,
    )
    return min(widest, 128 if narrow else 220) + 12


def _name(series: Series, *, narrow: bool) -> str:
    return series.short or series.label if narrow else series.label


def _said(spec: ChartSpec, row: Row, rows: Sequence[Row]) -> str:
    """The value; with its period where that is not the common one."""
    if row.point is None:
        return ""
    shown, common = spec.shown(row.point), common_period(rows)
    return f"{shown} ({row.point.when})" if common and row.point.period != common.period else shown


def _row_name(row: Row, left: float, y: float, *, narrow: bool) -> str:
    return svg.text(
        left - 12,
        y + ROW / 2 + 5,
        _name(row.series, narrow=narrow),
        text_anchor="end",
        font_weight=None if row.series.role == "context" else "600",
        class_="row-name",
    )


def _bar_row(spec: ChartSpec, row: Row, rows: Sequence[Row], scale: frame.Scale, y: float, *, narrow: bool) -> str:
    name = _row_name(row, scale.start, y, narrow=narrow)
    if row.value is None:
        absent = _absent(spec, row, scale, y, narrow=narrow)
        return svg.element("g", name, absent, class_="row", **pointed_at(spec, row.series, row.point))
    pen = _bar_pen(spec, row)
    start, end = sorted((scale(0), scale(row.value)))
    soft = row.point is not None and row.point.is_soft
    shape = svg.element(
        "rect",
        x=start,
        y=y + (ROW - BAR) / 2,
        width=max(1.0, end - start),
        height=BAR,
        fill=PAPER if soft else pen.colour,
        stroke=pen.colour if soft else None,
        stroke_width=1.5 if soft else None,
        stroke_dasharray="4 3" if soft else None,
        class_=f"bar {pen.classes}" + (" soft" if soft else ""),
    )
    said = _said(spec, row, rows)
    value, _space, year = said.partition(" (")
    tail = svg.element("tspan", svg.words(f" ({year}"), fill=QUIET, font_weight="400", class_="quiet") if year else ""
    words = svg.element(
        "text",
        svg.words(value) + tail,
        x=end + 8,
        y=y + ROW / 2 + 5,
        font_weight="600",
        class_="row-value halo",
        stroke=PAPER,
        stroke_width=3,
        paint_order="stroke",
    )
    return svg.element("g", name, shape, words, class_=f"row {pen.classes}", **pointed_at(spec, row.series, row.point))


def _bar_pen(spec: ChartSpec, row: Row) -> Pen:
    pen = pen_for(spec, row.series)
    if row.series.role == "context" and not spec.chosen:
        return Pen("#5E87A0", QUIET, 1, "plain", 3)  # no one is chosen: all bars are the subject
    return pen


def _absent(spec: ChartSpec, row: Row, scale: frame.Scale, y: float, *, narrow: bool) -> str:
    """Why a row has no value, in words: hatched for unknown, a cross for withheld, plain for not applicable."""
    kind = row.point.kind if row.point and row.point.kind != "value" else "missing"
    words = (row.point.note if row.point and row.point.note and not narrow else "") or kind_words(kind)
    x, middle = scale.start, y + ROW / 2
    sign = ""
    if kind == "missing":
        d = "".join(f"M{svg.coordinate(x + 2 + 5 * step)} {svg.coordinate(middle + 6)}l8 -12" for step in range(4))
        sign = svg.element("path", d=d, stroke=CONTEXT, stroke_width=1, class_="hatch")
    elif kind == "suppressed":
        d = f"M{svg.coordinate(x + 6)} {svg.coordinate(middle - 5)}l10 10m0 -10l-10 10"
        sign = svg.element("path", d=d, stroke=QUIET, stroke_width=1.5, class_="withheld")
    start = x + (36 if sign else 8)
    halo: dict[str, svg.Attribute] = {"stroke": PAPER, "stroke_width": 3, "paint_order": "stroke"}
    return sign + svg.text(start, middle + 5, words, fill=QUIET, font_size=13, class_="quiet halo", **halo)


def _reference_words(spec: ChartSpec, index: int) -> str:
    reference = spec.references[index]
    return f"{reference.label}: {spec.shown(Point(period='', value=reference.value))}"


def _reference_lanes(spec: ChartSpec, scale: frame.Scale) -> list[int]:
    """A lane above the bars for the name of each reference, so that names do not touch; 0 is nearest."""
    taken: list[tuple[int, float, float]] = []
    for index in range(len(spec.references)):
        x, anchor = _reference_place(spec, index, scale)
        width = svg.text_width(_reference_words(spec, index), 13, bold=True) + 12
        low, high = (x - width, x) if anchor == "end" else (x, x + width)
        lane = next(
            lane for lane in range(len(taken) + 1) if all(lane != at or high < a or b < low for at, a, b in taken)
        )
        taken.append((lane, low, high))
    return [lane for lane, _low, _high in taken]


def _reference_place(spec: ChartSpec, index: int, scale: frame.Scale) -> tuple[float, str]:
    at = scale(spec.references[index].value)
    return at, "end" if at > (scale.start + scale.end) / 2 else "start"


def _reference(spec: ChartSpec, index: int, lane: int, scale: frame.Scale, top: float, bottom: float) -> str:
    at, anchor = _reference_place(spec, index, scale)
    y = top - 11 - LANE * lane
    rule = svg.line(at, y + 5, at, bottom, stroke=INK, stroke_width=1.4, stroke_dasharray="6 3", class_="reference")
    words = _reference_words(spec, index)
    return rule + svg.text(at, y, words, text_anchor=anchor, font_size=13, font_weight="600", class_="row-value")


def _bar_key(rows: Sequence[Row]) -> list[tuple[str, str]]:
    soft = {row.point.kind for row in rows if row.point and row.point.is_drawn and row.point.is_soft}
    if not soft:
        return []
    sign = svg.element(
        "rect",
        x=0.0,
        y=1.0,
        width=24.0,
        height=10.0,
        fill="none",
        stroke=QUIET,
        stroke_dasharray="4 3",
        class_="key-box",
    )
    return [(sign, ", ".join(kind_words(kind) for kind in sorted(soft)))]


# --- two dates ------------------------------------------------------------------------------------


def two_dates(spec: ChartSpec, *, width: float, first: str | None, second: str | None) -> tuple[str, float]:
    """The body of a two-dates plot and its height. Series with one date only show that one."""
    narrow = width < frame.NARROW
    pairs = [(series, *_pair(series, first, second)) for series in spec.series]
    pairs.sort(key=lambda each: (each[2] is None, -(each[2].value or 0.0) if each[2] else 0.0))
    values = [p.value for _series, *points in pairs for p in points if p is not None and p.value is not None]
    if not values:
        raise ChartError("no series has a value at the dates asked for")
    left = _name_room(spec, narrow=narrow)
    room = max(svg.text_width(spec.shown(Point(period="", value=value)), 13, bold=True) for value in values) + 14
    low, high = min(values), max(values)
    scale = frame.Scale(low, high, left + room, width - room) if low < high else frame.Scale(0, 1, left, width)
    top = 22.0
    bottom = top + ROW * len(pairs)
    parts = [svg.text(left, 13, spec.unit, font_size=13, fill=QUIET, class_="tick")]
    for index in range(len(pairs)):
        at = top + ROW * (index + 0.5)
        parts.append(svg.line(left, at, width, at, stroke=LINE, class_="grid"))
    for index, (series, before, after) in enumerate(pairs):
        parts.append(_pair_row(spec, series, before, after, scale, top + ROW * index, narrow=narrow))
    key, below = frame.key_row(_pair_key(pairs), bottom, width)
    return "".join(parts) + key, below + 4


def _pair(series: Series, first: str | None, second: str | None) -> tuple[Point | None, Point | None]:
    drawn = series.drawn
    before = series.at_period(first) if first else (drawn[0] if len(drawn) > 1 else None)
    after = series.at_period(second) if second else (drawn[-1] if drawn else None)
    return (before if before and before.is_drawn else None, after if after and after.is_drawn else None)


def _pair_row(
    spec: ChartSpec,
    series: Series,
    before: Point | None,
    after: Point | None,
    scale: frame.Scale,
    y: float,
    *,
    narrow: bool,
) -> str:
    pen = pen_for(spec, series) if series.role != "context" or spec.chosen else Pen("#0B5A83", INK, 2, "s1", 5)
    room_left = _name_room(spec, narrow=narrow)
    parts = [_row_name(Row(series, after), room_left, y, narrow=narrow)]
    middle = y + ROW / 2
    if after is None and before is None:
        parts.append(_absent(spec, Row(series, _newest(series)), frame.Scale(0, 1, room_left, 0), y, narrow=narrow))
    spots = [(point, scale(point.value)) for point in (before, after) if point is not None and point.value is not None]
    if len(spots) == 2:
        parts.append(
            svg.line(
                spots[0][1],
                middle,
                spots[1][1],
                middle,
                stroke=pen.colour,
                stroke_width=2,
                class_=f"span {pen.classes}",
            )
        )
    for point, x in spots:
        parts.append(dots([(x, middle)], pen, 5.5, hollow=point is before or point.is_soft))
        other = next((at for each, at in spots if each is not point), x - 1 if point is after else x + 1)
        right = x > other or (x == other and point is after)
        parts.append(
            svg.text(
                x + (10 if right else -10),
                middle + 4.5,
                spec.shown(point),
                text_anchor="start" if right else "end",
                font_size=13,
                font_weight="600" if point is after else None,
                fill=INK if point is after else QUIET,
                class_="row-value halo" if point is after else "quiet halo",
                stroke=PAPER,
                stroke_width=4,
                paint_order="stroke",
            )
        )
    return svg.element("g", *parts, class_=f"series row {pen.classes}", **pointed_at(spec, series, after))


def _pair_key(pairs: Sequence[tuple[Series, Point | None, Point | None]]) -> list[tuple[str, str]]:
    pen = Pen(QUIET, QUIET, 1.5, "key", 5)
    entries = []
    for index, hollow in ((1, True), (2, False)):
        whens = sorted({(each[index].at, each[index].when) for each in pairs if each[index]})  # type: ignore[union-attr]
        if whens:
            span = whens[0][1] if len(whens) == 1 else f"{whens[0][1]}–{whens[-1][1]}"
            words = _("earlier: %(years)s") if hollow else _("later: %(years)s")
            entries.append((dots([(12.0, 6.0)], pen, 5, hollow=hollow), words % {"years": span}))
    return entries
