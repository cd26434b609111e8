"""Maps of the eleven states and their equal alternative, a grid of eleven tiles. Plain data in, SVG text out.

Outlines are pre-projected (tools/assets/shapes.mjs) and read once from lib/page's vendor folder; an operator may give
others of the same form. Singapore, Brunei Darussalam and Timor-Leste carry markers that a thumb can hit. Shapes carry
data attributes; static/page/map.js turns them into something to point at, to tap and to walk through by keyboard.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adme.lib import svg
from adme.lib.page import reading
from adme.releases import chart_frame as frame
from adme.releases import map_signs as signs
from adme.releases.chart_spec import INK, PAPER, QUIET, ChartError, Kind, kind_words
from adme.releases.map_scale import Scale, legend_words, scale_for

BOUNDARY_NOTE = gettext_lazy(
    "Boundaries and names shown on this map do not imply endorsement or acceptance by ASEAN or its member states."
)
CODES = {
    **{"BN": ("BRN", "96"), "KH": ("KHM", "116"), "ID": ("IDN", "360"), "LA": ("LAO", "418"), "MY": ("MYS", "458")},
    **{"MM": ("MMR", "104"), "PH": ("PHL", "608"), "SG": ("SGP", "702"), "TH": ("THA", "764"), "TL": ("TLS", "626")},
    "VN": ("VNM", "704"),
}
MARKERS = {"SG": (253.0, 552.0), "BN": (463.0, 481.0), "TL": (674.0, 764.0)}
"""Where the three small states are, in units of the outlines."""
LABELS = {
    **{"MM": (94.0, 160.0, "middle"), "TH": (206.0, 232.0, "middle"), "LA": (226.0, 62.0, "middle")},
    **{"KH": (212.0, 366.0, "middle"), "VN": (366.0, 258.0, "start"), "PH": (640.0, 232.0, "start")},
    **{"MY": (268.0, 448.0, "start"), "ID": (432.0, 588.0, "middle"), "SG": (284.0, 506.0, "start")},
    **{"BN": (446.0, 396.0, "end"), "TL": (704.0, 766.0, "start")},
}
"""Where name and value stand, in units of the outlines; those of ON_LAND on their own colour, others beside it."""
ON_LAND = frozenset({"MM", "TH", "ID"})
NARROW_LABELS = {
    "LA": (222.0, 168.0),
    "KH": (272.0, 322.0),
    "SG": (288.0, 560.0),
    "BN": (446.0, 452.0),
    "TL": (716.0, 774.0),
}
"""Where only the value stands on a phone, if elsewhere."""
LEADERS = {**MARKERS, "LA": (205.0, 130.0), "KH": (258.0, 336.0)}
"""Where a thin line from a label ends."""
TILES = (("MM", "LA", "VN", "", ""), ("", "TH", "KH", "", "PH"), ("", "MY", "", "BN", ""), ("", "SG", "ID", "", "TL"))


Named = dict[str, svg.Attribute]


class Shapes(TypedDict):
    """Outlines as tools/assets/shapes.mjs writes them."""

    width: float
    height: float
    context: str
    outlines: dict[str, str]


@dataclass(frozen=True, slots=True)
class AreaValue:
    """The value of one state. `area` is its ISO 3166 alpha-2, alpha-3 or M49 code."""

    area: str
    label: str
    value: float | None
    kind: Kind = "value"
    period: str = ""
    note: str = ""
    qualifier: str = ""
    url: str = ""
    text: str = ""

    @property
    def shown_kind(self) -> Kind:
        return "missing" if self.value is None and self.kind == "value" else self.kind


@dataclass(frozen=True, slots=True)
class MapSpec:
    """A whole map. `scale` is worked out from the values (and the target) when left out."""

    title: str
    unit: str
    values: tuple[AreaValue, ...]
    subtitle: str = ""
    description: str = ""
    decimals: int | None = None
    target: float | None = None
    higher_is_better: bool | None = None
    source: str = ""
    released: str = ""
    citation: str = ""
    scale: Scale | None = None

    @property
    def numbers(self) -> list[float]:
        return [area.value for area in self.values if area.value is not None]

    @property
    def reading_decimals(self) -> int:
        return self.decimals if self.decimals is not None else reading.decimals_for(self.numbers)

    def shown(self, area: AreaValue, *, with_unit: bool = True) -> str:
        """A value for reading, or why there is none."""
        if area.value is None:
            return area.text or kind_words(area.shown_kind)
        unit = self.unit if with_unit and reading.unit_is_sign(self.unit) else ""
        return f"{area.qualifier}{reading.number(area.value, self.reading_decimals, unit)}"

    def marked(self, area: AreaValue, *, with_unit: bool = True) -> str:
        """What is written on the map: the value, or a sign for withheld."""
        return (
            signs.WITHHELD
            if area.value is None and area.shown_kind == "suppressed"
            else self.shown(area, with_unit=with_unit)
        )

    @property
    def common_period(self) -> str:
        """The period that most values have."""
        periods = [area.period for area in self.values if area.value is not None and area.period]
        return max(sorted(set(periods), reverse=True), key=periods.count, default="")

    def odd_period(self, area: AreaValue) -> str:
        """The period in words where it is not the common one: an old value must not look like a new one."""
        return reading.period(area.period) if area.value is not None and area.period != self.common_period else ""

    def by_code(self) -> dict[str, AreaValue]:
        """The values by alpha-2 code; a state without an entry is unknown. ChartError for an area that is none."""
        found = {alpha2(area.area): area for area in self.values}
        return {code: found.get(code) or AreaValue(code, code, None, kind="missing") for code in CODES}

    def effective_scale(self) -> Scale:
        return self.scale or scale_for(self.numbers, target=self.target, higher_is_better=self.higher_is_better)


def alpha2(area: str) -> str:
    """The ISO 3166 alpha-2 code of one of the eleven from any of its codes. ChartError for another area."""
    wanted = area.upper().lstrip("0")
    for code, others in CODES.items():
        if wanted == code or wanted in others:
            return code
    raise ChartError(f"the map has no area {area!r}; it shows {', '.join(CODES)}")


@functools.cache
def coarse_shapes() -> Shapes:
    """The outlines that come with ADME."""
    file = resources.files("adme.lib.page") / "static/vendor/world-atlas-2.0.2/asean-coarse.json"
    shapes: Shapes = json.loads(file.read_text(encoding="utf-8"))
    return shapes


def choropleth(spec: MapSpec, *, width: float = 720, standalone: bool = False, shapes: Shapes | None = None) -> str:
    """A map coloured by class, values written on it, the three small states as markers, a key under it."""
    outlines = shapes or coarse_shapes()
    scale, values = spec.effective_scale(), spec.by_code()
    factor = width / outlines["width"]
    height = outlines["height"] * factor
    uid = frame.fingerprint(spec, "map", width)
    narrow = width < frame.NARROW
    label = _narrow_label if narrow else _map_label
    land = [
        svg.element("path", d=outlines["context"], fill="#EFECE5", class_="context-land", fill_rule="evenodd"),
        *(_shape(spec, values[code], code, d, scale, uid) for code, d in outlines["outlines"].items()),
    ]
    body = [
        signs.hatch(uid),
        svg.element("g", *land, transform=f"scale({factor:.4g})", class_="land"),
        *(_leader(code, factor) for code in LEADERS if not narrow),
        *(_marker(spec, values[code], code, scale, factor, uid, narrow=narrow) for code in MARKERS),
        *(label(spec, values[code], code, scale, factor) for code in LABELS),
    ]
    key, below = _key(spec, scale, height + 6, width, uid)
    note = str(BOUNDARY_NOTE)
    return _sheet(spec, "".join(body) + key, width, below, "map", uid, standalone=standalone, note=note)


def tiles(spec: MapSpec, *, width: float = 720, standalone: bool = False) -> str:
    """Eleven tiles of equal size about where the states lie: no state is too small to be seen."""
    scale, values = spec.effective_scale(), spec.by_code()
    uid = frame.fingerprint(spec, "tiles", width)
    narrow = width < frame.NARROW
    gap = 4.0
    side = (width - gap * 4) / 5
    tall = min(side, 92.0)
    parts = [signs.hatch(uid)]
    for row, codes in enumerate(TILES):
        for column, code in enumerate(codes):
            if code:
                x, y = column * (side + gap), row * (tall + gap)
                parts.append(_tile(spec, values[code], code, scale, (x, y, side, tall), uid, narrow=narrow))
    key, below = _key(spec, scale, len(TILES) * (tall + gap) + 6, width, uid)
    return _sheet(spec, "".join(parts) + key, width, below, "tiles", uid, standalone=standalone)


def describe(spec: MapSpec) -> str:
    """All eleven values in words, highest first: the whole map for who cannot see it."""
    if spec.description:
        return spec.description
    ordered = sorted(spec.values, key=lambda area: (area.value is None, -(area.value or 0)))
    said = "; ".join(
        f"{area.label} {spec.shown(area)}" + (f" ({reading.period(area.period)})" if area.period else "")
        for area in ordered
    )
    return f"{spec.unit}: {said}." if spec.unit and not reading.unit_is_sign(spec.unit) else f"{said}."


def _fill(area: AreaValue, scale: Scale, uid: str) -> signs.Fill:
    return signs.fill_for(area.value, area.shown_kind, scale, uid)


def _data(spec: MapSpec, area: AreaValue, code: str) -> dict[str, str]:
    status = kind_words(area.shown_kind) if area.value is not None and area.shown_kind != "value" else ""
    return {
        "data_area": code,
        "data_label": area.label,
        "data_shown": spec.shown(area),
        "data_period": reading.period(area.period) if area.period else "",
        "data_status": status,
        "data_note": area.note,
        "data_url": area.url,
    }


def _shape(spec: MapSpec, area: AreaValue, code: str, d: str, scale: Scale, uid: str) -> str:
    fill = _fill(area, scale, uid)
    return svg.element(
        "path",
        d=d,
        fill=fill.paint,
        stroke=QUIET,
        stroke_width=0.6,
        stroke_linejoin="round",
        fill_rule="evenodd",
        vector_effect="non-scaling-stroke",
        class_=f"area {fill.name}",
        **_data(spec, area, code),
    )


def _marker(spec: MapSpec, area: AreaValue, code: str, scale: Scale, factor: float, uid: str, *, narrow: bool) -> str:
    x, y = (at * factor for at in MARKERS[code])
    fill = _fill(area, scale, uid)
    hit = svg.element("circle", cx=x, cy=y, r=22.0, fill="transparent", class_="hit")
    dot = svg.element(
        "circle", cx=x, cy=y, r=8.0 if narrow else 9.0, fill=fill.paint, stroke=INK, stroke_width=1.2, class_=fill.name
    )
    return svg.element("g", hit, dot, class_="area marker", **_data(spec, area, code))


def _leader(code: str, factor: float) -> str:
    """A thin line from a label in the sea to its state."""
    (x, y), (lx, ly, anchor) = LEADERS[code], LABELS[code]
    start = lx * factor + {"start": -4.0, "end": 4.0, "middle": 0.0}[anchor]
    below = 21.0 if anchor == "middle" and y > ly else -16.0 if anchor == "middle" else -4.0
    return svg.line(start, ly * factor + below, x * factor, y * factor, stroke=QUIET, stroke_width=0.8, class_="leader")


def _tone(code: str, area: AreaValue, scale: Scale) -> Named:
    """Ink or paper on a state's own colour; in the sea and on hatching, ink on a halo."""
    fill = _fill(area, scale, "")
    if code in ON_LAND and area.value is not None:
        return {"fill": PAPER if fill.light_words else INK, "class_": "map-label " + fill.tone}
    return {"fill": INK, "class_": "map-label in-sea", "stroke": PAPER, "stroke_width": 3, "paint_order": "stroke"}


def _map_label(spec: MapSpec, area: AreaValue, code: str, scale: Scale, factor: float) -> str:
    x, y, anchor = LABELS[code]
    tone = _tone(code, area, scale)
    value, when = spec.marked(area), spec.odd_period(area)
    year = svg.element("tspan", svg.words(f" {when}"), font_weight="400", font_size=12) if when else ""
    size = 14.0 if area.value is not None else 13.0
    place: Named = {"x": x * factor, "text_anchor": anchor}
    name = svg.element("text", svg.words(area.label), y=y * factor, font_size=13.0, **place, **tone)
    number = svg.element(
        "text",
        svg.words(value) + signs.soft_letter(area.shown_kind) + year,
        y=y * factor + 16,
        font_size=size,
        font_weight="600" if area.value is not None else None,
        **place,
        **tone,
    )
    return name + number


def _narrow_label(spec: MapSpec, area: AreaValue, code: str, scale: Scale, factor: float) -> str:
    """On a phone only the number: the name comes by a tap, and in the table."""
    if area.value is None:
        return ""
    x, y = NARROW_LABELS.get(code, LABELS[code][:2])
    tone = _tone(code, area, scale) if code not in NARROW_LABELS else _tone("", area, scale)
    anchor = LABELS[code][2] if code not in {"LA", "KH"} else "middle"
    words = svg.words(spec.shown(area, with_unit=False)) + signs.soft_letter(area.shown_kind)
    place: Named = {"x": x * factor, "y": y * factor + 4, "text_anchor": anchor}
    return svg.element("text", words, font_size=12, font_weight="600", **place, **tone)


def _tile(
    spec: MapSpec,
    area: AreaValue,
    code: str,
    scale: Scale,
    box: tuple[float, float, float, float],
    uid: str,
    *,
    narrow: bool,
) -> str:
    x, y, side, tall = box
    fill = _fill(area, scale, uid)
    ink: Named = {"fill": PAPER if fill.light_words else INK, "class_": f"map-label {fill.tone}"}
    if fill.name == "unknown":
        ink |= {"stroke": PAPER, "stroke_width": 4, "paint_order": "stroke"}
    shape = svg.element(
        "rect", x=x, y=y, width=side, height=tall, fill=fill.paint, stroke=QUIET, stroke_width=0.6, class_=fill.name
    )
    words = "".join(
        svg.element("text", row, x=x + (8 if narrow else 10), y=y + down, font_size=size, font_weight=weight, **ink)
        for row, size, weight, down in _tile_rows(spec, area, code, side, tall, narrow=narrow)
    )
    return svg.element("g", shape, words, class_="area tile", **_data(spec, area, code))


def _tile_rows(
    spec: MapSpec, area: AreaValue, code: str, side: float, tall: float, *, narrow: bool
) -> list[tuple[str, float, str | None, float]]:
    """The lines of a tile: (SVG words, size, weight, distance from the top)."""
    known = area.value is not None
    value = svg.words(spec.marked(area, with_unit=not narrow)) + signs.soft_letter(area.shown_kind)
    if narrow:
        return [(code, 12.0, None, 20.0), (value, 15.0 if known else 11.0, "600", tall / 2 + 10)]
    name_size = 14.0 if svg.text_width(area.label, 14) <= side - 16 else 12.0
    rows: list[tuple[str, float, str | None, float]] = [
        (svg.words(area.label), name_size, None, 22.0),
        (value, 21.0 if known else 14.0, "600", tall / 2 + 12),
    ]
    if known and area.period:
        rows.append((svg.words(reading.period(area.period)), 12.0, None, tall - 10))
    return rows


def _key(spec: MapSpec, scale: Scale, top: float, width: float, uid: str) -> tuple[str, float]:
    years = years_said(spec, given=width >= frame.NARROW)
    heading = ", ".join(part for part in (spec.unit, years, legend_words(scale)) if part)
    used = {area.shown_kind for area in spec.by_code().values()}
    return signs.key(heading, scale, used, top=top, width=width, uid=uid)


def years_said(spec: MapSpec, *, given: bool) -> str:
    """The year of the values, and whether some differ (`given`: those carry their year on the map)."""
    if not spec.common_period:
        return ""
    words = "%(year)s"
    if any(map(spec.odd_period, spec.values)):
        words = _("%(year)s unless a year is given") if given else _("%(year)s or the latest year")
    return words % {"year": reading.period(spec.common_period)}


def _sheet(
    spec: MapSpec, body: str, width: float, height: float, kind: str, uid: str, *, standalone: bool, note: str = ""
) -> str:
    about = frame.Sheet(
        title=spec.title,
        description=describe(spec),
        subtitle=spec.subtitle,
        source=spec.source,
        released=spec.released,
        citation=" ".join(part for part in (spec.citation, note) if part),
        kind=kind,
    )
    return frame.sheet(body, about, width=width, height=height, uid=uid, standalone=standalone)
