"""Signs of a map: fills for values and for their absence, and the key that explains just those that are used."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from adme.lib import svg
from adme.releases import chart_frame as frame
from adme.releases.chart_spec import CONTEXT, PAPER, QUIET, Kind, kind_words
from adme.releases.map_scale import Scale

SOFT: dict[Kind, str] = {"estimated": "e", "projected": "f", "provisional": "p"}
"""A small letter behind a value that is less than a reported fact: SDMX's own, in lower case."""
WITHHELD = "×"


@dataclass(frozen=True, slots=True)
class Fill:
    """How an area is filled: paint, CSS class, whether words on it are light."""

    paint: str
    name: str
    light_words: bool = False

    @property
    def tone(self) -> str:
        """The class that says on what words stand, so that a dark scheme can follow."""
        return f"on-{self.name}"


def fill_for(value: float | None, kind: Kind, scale: Scale, uid: str) -> Fill:
    """Class colour for a value; hatched for unknown; plain paper for withheld (with its sign) and not applicable."""
    if value is not None:
        step = scale.step_of(value)
        return Fill(step.colour, step.name, step.light_words)
    if kind in {"suppressed", "not_applicable"}:
        return Fill(PAPER, "plain")
    return Fill(f"url(#h{uid})", "unknown")


def hatch(uid: str) -> str:
    """The pattern of unknown values."""
    stripe = svg.element("path", d="M0 6l6 -6M-1 1l2 -2M5 7l2 -2", stroke=CONTEXT, stroke_width=1, class_="hatch")
    ground = svg.element("rect", width=6, height=6, fill=PAPER, class_="paper-fill")
    pattern = svg.element("pattern", ground, stripe, id=f"h{uid}", width=6, height=6, patternUnits="userSpaceOnUse")
    return svg.element("defs", pattern)


def soft_letter(kind: Kind) -> str:
    """The raised letter of an estimate, forecast or provisional value, as SVG; nothing for a reported one."""
    letter = SOFT.get(kind, "")
    return svg.element("tspan", letter, dy=-4, dx=1, font_size=10, font_weight="400") if letter else ""


def key(heading: str, scale: Scale, used: Collection[Kind], *, top: float, width: float, uid: str) -> tuple[str, float]:
    """Swatches with their boundaries, then the signs that this map uses; also the y below."""
    parts, y = [], top + 14
    if heading:
        parts.append(svg.text(0, y, heading, font_size=13, fill=QUIET, class_="quiet"))
        y += 8
    swatch = min(64.0, width / max(1, len(scale.steps)))
    for index, step in enumerate(scale.steps):
        parts.append(
            svg.element("rect", x=index * swatch, y=y, width=swatch, height=12.0, fill=step.colour, class_=step.name)
        )
    whole = swatch * len(scale.steps)
    parts.append(_frame(0.0, y, whole, fill="none", class_="frame"))
    for index, label in enumerate(scale.labels(), start=1):
        parts.append(
            svg.text(index * swatch, y + 27, label, text_anchor="middle", font_size=12.5, fill=QUIET, class_="quiet")
        )
    rows, below = frame.key_row(_entries(used, uid), y + 32, width)
    return "".join(parts) + rows, below + 4


def _frame(x: float, y: float, width: float, *, fill: str, class_: str) -> str:
    return svg.element(
        "rect", x=x, y=y, width=width, height=12.0, fill=fill, stroke=QUIET, stroke_width=0.6, class_=class_
    )


def _entries(used: Collection[Kind], uid: str) -> list[tuple[str, str]]:
    entries = []
    if "missing" in used:
        entries.append((_frame(0, 0, 24, fill=f"url(#h{uid})", class_="unknown"), kind_words("missing")))
    if "suppressed" in used:
        cross = svg.text(12, 11, WITHHELD, text_anchor="middle", font_size=14, font_weight="600")
        entries.append((_frame(0, 0, 24, fill=PAPER, class_="plain") + cross, kind_words("suppressed")))
    if "not_applicable" in used:
        entries.append((_frame(0, 0, 24, fill=PAPER, class_="plain"), kind_words("not_applicable")))
    for kind, letter in SOFT.items():
        if kind in used:
            entries.append((svg.text(14, 10, letter, font_size=13, fill=QUIET, class_="quiet"), kind_words(kind)))
    return entries
