"""What a chart shows, as plain frozen data: the one shape that the SVG writer and ECharts both read.

Nothing here draws and nothing here asks a database. Words that a caller must write (title, subtitle) come in ready.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

from django.utils.translation import gettext as _

from adme.lib.page import reading

Kind = Literal["value", "estimated", "projected", "provisional", "missing", "not_applicable", "suppressed"]
Role = Literal["context", "chosen", "region"]

MOST_CHOSEN = 5
"""More colours than this cannot be told apart."""

SERIES_COLOURS = ("#0B5A83", "#B4471F", "#4B7F52", "#7A4E9E", "#A67C00")
LABEL_COLOURS = (*SERIES_COLOURS[:4], "#8C6A00")
"""The same for words: the last a shade darker, for 4.5 : 1 on paper."""

INK, QUIET, LINE, PAPER, WARM = "#1B2430", "#566172", "#DDD9D0", "#FCFBF8", "#B4471F"
CONTEXT = "#8F8C84"
"""Lines that give context: grey, 3 : 1 on paper."""

KIND_BY_STATUS: dict[str, Kind] = {
    **{"E": "estimated", "I": "estimated"},
    "F": "projected",
    "P": "provisional",
    **{"M": "missing", "L": "missing", "O": "missing", "H": "missing", "Q": "missing", "K": "missing"},
}
"""SDMX observation status (CL_OBS_STATUS) to how the mark is drawn; others are plain values."""


class ChartError(ValueError):
    """A chart that cannot be drawn as asked; the message says why."""


def kind_of(obs_status: str, conf_status: str = "", *, value_is_missing: bool = False) -> Kind:
    """How to draw an observation, from its SDMX status codes."""
    if value_is_missing:
        return "missing" if conf_status in {"", "F"} else "suppressed"
    kind = KIND_BY_STATUS.get(obs_status, "value")
    return "value" if kind == "missing" else kind


def kind_words(kind: Kind) -> str:
    """A kind in words, for tooltips, legends and descriptions."""
    return {
        "value": _("reported"),
        "estimated": _("estimated"),
        "projected": _("projected"),
        "provisional": _("provisional"),
        "missing": _("no data"),
        "not_applicable": _("not applicable"),
        "suppressed": _("withheld to protect confidentiality"),
    }[kind]


@dataclass(frozen=True, slots=True)
class Point:
    """One observation. `period` is SDMX text; `value` is a number in the chart's unit or None."""

    period: str
    value: float | None
    label: str = ""
    kind: Kind = "value"
    note: str = ""
    qualifier: str = ""
    text: str = ""
    break_before: bool = False
    x: float | None = None

    @property
    def is_drawn(self) -> bool:
        return self.value is not None

    @property
    def at(self) -> float:
        """Position on the line of years."""
        return self.x if self.x is not None else reading.period_position(self.period)

    @property
    def when(self) -> str:
        """The period in words."""
        return self.label or reading.period(self.period)

    @property
    def is_soft(self) -> bool:
        """Whether the value is less than a reported fact: hollow or dashed."""
        return self.kind in {"estimated", "projected", "provisional"}


@dataclass(frozen=True)
class Series:
    """One line, bar or row: usually a country. Points may come in any order and with gaps."""

    id: str
    label: str
    points: tuple[Point, ...] = ()
    role: Role = "context"
    short: str = ""
    url: str = ""

    @cached_property
    def drawn(self) -> tuple[Point, ...]:
        """Points with a value, oldest first."""
        return tuple(sorted((point for point in self.points if point.is_drawn), key=lambda point: point.at))

    @cached_property
    def joins(self) -> list[tuple[Point, Point]]:
        """Pairs of neighbouring periods that a line may join: no gap between them, and no break."""
        return [
            (before, after)
            for before, after in pairwise(self.drawn)
            if not after.break_before and after.at - before.at <= 1.5 * reading.period_length(after.period)
        ]

    @property
    def latest(self) -> Point | None:
        """The latest point that has a value."""
        return self.drawn[-1] if self.drawn else None

    def at_period(self, period: str) -> Point | None:
        """The point of exactly this period, with or without a value."""
        return next((point for point in self.points if point.period == period), None)


@dataclass(frozen=True, slots=True)
class Reference:
    """A target or baseline: a named level across the chart."""

    value: float
    label: str
    kind: Literal["target", "baseline"] = "target"


@dataclass(frozen=True)
class ChartSpec:
    """A whole chart. `unit` stands once at the axis; `description` is the sentence a screen reader gets."""

    title: str
    unit: str
    series: tuple[Series, ...]
    subtitle: str = ""
    description: str = ""
    decimals: int | None = None
    references: tuple[Reference, ...] = ()
    from_zero: bool = False
    source: str = ""
    released: str = ""
    citation: str = ""

    def __post_init__(self) -> None:
        if len(self.chosen) > MOST_CHOSEN:
            raise ChartError(f"{len(self.chosen)} series are chosen; at most {MOST_CHOSEN} can be told apart by colour")
        if len({series.id for series in self.series}) != len(self.series):
            raise ChartError("two series share an id")

    @cached_property
    def chosen(self) -> tuple[Series, ...]:
        return tuple(series for series in self.series if series.role == "chosen")

    @cached_property
    def drawn_points(self) -> tuple[Point, ...]:
        """Every point with a value, of all series."""
        return tuple(point for series in self.series for point in series.drawn)

    @cached_property
    def reading_decimals(self) -> int:
        """Decimals that every number of this chart is read with."""
        if self.decimals is not None:
            return self.decimals
        return reading.decimals_for(point.value for point in self.drawn_points if point.value is not None)

    def slot(self, series: Series) -> int:
        """Colour slot 1 to 5 of a chosen series, 0 for others."""
        return self.chosen.index(series) + 1 if series.role == "chosen" else 0

    def shown(self, point: Point, *, with_unit: bool = True) -> str:
        """A point's value for reading, with its qualifier; words where there is no number."""
        if point.value is None:
            return point.text or kind_words(point.kind if point.kind != "value" else "missing")
        unit = self.unit if with_unit and reading.unit_is_sign(self.unit) else ""
        words = reading.number(point.value, self.reading_decimals, unit)
        return f"{point.qualifier}{words}"

    def only(self, *ids: str) -> ChartSpec:
        """The same chart with just these series."""
        return replace(self, series=tuple(series for series in self.series if series.id in ids))


def soft_kinds(spec: ChartSpec) -> tuple[Kind, ...]:
    """Which of estimated, projected and provisional occur, for the key under a chart."""
    found = {point.kind for point in spec.drawn_points if point.is_soft}
    order: tuple[Kind, ...] = ("estimated", "projected", "provisional")
    return tuple(kind for kind in order if kind in found)


def pointed_at(spec: ChartSpec, series: Series, point: Point | None) -> dict[str, str]:
    """Data attributes that static/page/map.js shows when a row or panel is pointed at."""
    known = point is not None and point.is_drawn
    status = kind_words(point.kind) if point is not None and known and point.kind != "value" else ""
    return {
        "data_area": series.id,
        "data_label": series.label,
        "data_shown": spec.shown(point) if point is not None else kind_words("missing"),
        "data_period": point.when if point is not None and known else "",
        "data_status": status,
        "data_note": point.note if point is not None else "",
        "data_url": series.url,
    }
