"""The frame around every drawing: scales with round ticks, labels that do not touch, the sheet with its source.

Pure geometry in px of the drawing's own width. The words around a figure on a page are HTML; only a file that is
downloaded (`standalone`) carries title, source and citation inside.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from adme.lib import svg
from adme.lib.page import reading
from adme.releases.chart_spec import INK, LINE, PAPER, QUIET

NARROW = 480
"""Below this width a drawing is for a phone: fewer ticks, shorter labels."""
MARGIN = 24
SERIF = "'Source Serif 4', Georgia, serif"


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to px."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.5
        return self.start + share * (self.end - self.start)


def fingerprint(*drawn: object) -> str:
    """A short text that is the same for the same drawing: makes ids unique on a page, and repeatable."""
    return f"{zlib.crc32(repr(drawn).encode()):08x}"


def nice_step(span: float, wanted: int) -> float:
    """A step of 1, 2, 2.5 or 5 times a power of ten that cuts `span` into about `wanted` parts."""
    if span <= 0:
        return 1.0
    raw = span / max(1, wanted)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)


def nice_ticks(low: float, high: float, wanted: int = 5) -> tuple[float, ...]:
    """Round ticks that reach from at or below `low` to at or above `high`."""
    if low == high:
        low, high = (low - abs(low) / 10 or -1.0), (high + abs(high) / 10 or 1.0)
    step = nice_step(high - low, wanted)
    first, final = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(float(f"{index * step:.12g}") for index in range(first, final + 1))


def value_ticks(values: Sequence[float], *, from_zero: bool, wanted: int = 5) -> tuple[float, ...]:
    """Ticks for a value axis; zero is taken in when it is asked for or near, and a share does not run past 100."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if from_zero or 0 <= low <= (high - low) * 0.6:
        low = min(0.0, low)
    if from_zero:
        high = max(0.0, high)
    return nice_ticks(low, high, wanted)


def tick_labels(ticks: Sequence[float]) -> tuple[tuple[str, ...], str]:
    """Labels of a value axis, and the word for what they count in ("million") or ""."""
    largest = max(abs(tick) for tick in ticks)
    factor, word = next(
        ((size, name) for size, name in ((1e9, _("billion")), (1e6, _("million"))) if largest >= size), (1.0, "")
    )
    scaled = [tick / factor for tick in ticks]
    decimals = max(reading.places(float(f"{value:.9g}")) for value in scaled)
    return tuple(reading.number(value, decimals) for value in scaled), word


def year_ticks(low: float, high: float, room: float) -> tuple[int, ...]:
    """Years to label between two positions when `room` px are there: round steps, and both ends where they fit."""
    first, final = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    span = max(1, final - first)
    step = next((size for size in (1, 2, 5, 10, 20, 50) if span / size * 64 <= room), 100)
    years = [year for year in range(first, final + 1) if year % step == 0]
    for end in (first, final):
        if all(abs(end - year) / span * room >= 34 for year in years):
            years.append(end)
    return tuple(sorted(years))


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a label wants to be (middle, px) and how much room it takes."""

    wish: float
    size: float


def spread(slots: Sequence[Slot], top: float, bottom: float) -> list[float]:
    """Middles of labels, in the given order of slots, moved as little as needed so that none touch.

    Neighbours that would touch become one block that sits at the mean of their wishes (pool adjacent violators).
    """
    order = sorted(range(len(slots)), key=lambda index: slots[index].wish)
    blocks: list[tuple[float, list[int]]] = []  # start, members
    for index in order:
        blocks.append(_block([index], slots, top, bottom))
        while len(blocks) > 1 and blocks[-2][0] + _height(blocks[-2][1], slots) > blocks[-1][0]:
            members = blocks[-2][1] + blocks[-1][1]
            blocks[-2:] = [_block(members, slots, top, bottom)]
    middles = [0.0] * len(slots)
    for start, members in blocks:
        for index in members:
            middles[index] = start + slots[index].size / 2
            start += slots[index].size
    return middles


def _height(members: Sequence[int], slots: Sequence[Slot]) -> float:
    return sum(slots[index].size for index in members)


def _block(members: list[int], slots: Sequence[Slot], top: float, bottom: float) -> tuple[float, list[int]]:
    offset, wishes = 0.0, []
    for index in members:
        wishes.append(slots[index].wish - slots[index].size / 2 - offset)
        offset += slots[index].size
    start = sum(wishes) / len(wishes)
    return max(top, min(start, bottom - offset)), members


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the frame needs to know of a drawing besides its body."""

    title: str
    description: str
    subtitle: str = ""
    source: str = ""
    released: str = ""
    citation: str = ""
    kind: str = "chart"


def sheet(body: str, about: Sheet, *, width: float, height: float, uid: str, standalone: bool) -> str:
    """The whole <svg>: accessible name and description, and for a file also paper, title, source and citation."""
    head = ""
    if standalone:
        body, width, height = _with_words(body, about, width, height)
        head = svg.element("rect", width=float(width), height=float(height), fill=PAPER)
    named = svg.element("title", svg.words(about.title), id=f"t{uid}")
    described = svg.element("desc", svg.words(about.description), id=f"d{uid}") if about.description else ""
    return svg.element(
        "svg",
        *(named, described, head, body),
        xmlns="http://www.w3.org/2000/svg",
        class_=f"drawing {about.kind}",
        role="img",
        aria_labelledby=f"t{uid}",
        aria_describedby=f"d{uid}" if described else None,
        viewBox=f"0 0 {svg.coordinate(width)} {svg.coordinate(height)}",
        width=float(width),
        height=float(height),
        font_family=svg.FONT,
        font_size=14,
        fill=INK,
    )


def _with_words(body: str, about: Sheet, width: float, height: float) -> tuple[str, float, float]:
    parts, y = [], float(MARGIN)
    for words, size, step, extra in (
        (about.title, 21, 27, {"font_weight": "600", "font_family": SERIF}),
        (about.subtitle, 15, 21, {"fill": QUIET}),
    ):
        for row in svg.wrapped(words, size, width) if words else []:
            y += step
            parts.append(svg.text(MARGIN, y - 6, row, font_size=size, **extra))
    y += 12
    parts.append(svg.element("g", body, transform=f"translate({MARGIN} {svg.coordinate(y)})"))
    y += height + 14
    parts.append(svg.line(MARGIN, y, MARGIN + width, y, stroke=LINE))
    y += 4
    released = _("Released %(date)s.") % {"date": about.released} if about.released else ""
    source = _("Source: %(source)s.") % {"source": about.source.rstrip(".")} if about.source else ""
    for words in (f"{source} {released}".strip(), about.citation):
        for row in svg.wrapped(words, 12, width) if words else []:
            y += 17
            parts.append(svg.text(MARGIN, y, row, font_size=12, fill=QUIET))
    return "".join(parts), width + 2 * MARGIN, y + MARGIN


def key_row(entries: Sequence[tuple[str, str]], y: float, width: float) -> tuple[str, float]:
    """A key under a drawing: (sign as SVG within 24 × 12 px, its words) in rows; also the y below it."""
    if not entries:
        return "", y
    parts, x, y = [], 0.0, y + 16
    for sign, words in entries:
        room = 30 + svg.text_width(words, 12.5) + 20
        if x and x + room - 20 > width:
            x, y = 0.0, y + 20
        drawn = svg.element("g", sign, transform=f"translate({svg.coordinate(x)} {svg.coordinate(y - 10)})")
        parts.append(drawn + svg.text(x + 30, y, words, font_size=12.5, fill=QUIET, class_="quiet"))
        x += room
    return svg.element("g", *parts, class_="key"), y + 6
