"""A figure with all that stands around it, and the pull figures of a summary; plain data for the templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from adme.lib.page.shell import Link


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart or map: title, drawing for a desk and for a phone, source, notes, downloads.

    `svg` and `svg_narrow` come from ``releases.charts`` or ``releases.maps`` and are trusted. `option` (from
    ``charts.echarts_option``) or `option_url` makes the chart interactive. `note` is said under the drawing: under
    every map it is ``maps.BOUNDARY_NOTE``.
    """

    id: str
    title: str
    svg: str
    svg_narrow: str = ""
    subtitle: str = ""
    kind: Literal["chart", "map", "tiles", "multiples"] = "chart"
    option: dict[str, Any] | None = None
    option_url: str = ""
    description: str = ""
    source: str = ""
    source_url: str = ""
    licence: str = ""
    licence_url: str = ""
    released: str = ""
    note: str = ""
    notes: tuple[str, ...] = ()
    downloads: tuple[Link, ...] = ()
    views: tuple[Link, ...] = ()
    heading_level: int = 2

    @property
    def svg_url(self) -> str:
        """Where the file of this drawing is, for the PNG that the page makes of it."""
        return next((link.url for link in self.downloads if link.label == "SVG"), "")


@dataclass(frozen=True, slots=True)
class Fact:
    """A pull figure: `value_text` is ready for reading; `spark` is a sparkline's SVG."""

    label: str
    value_text: str
    unit: str = ""
    note: str = ""
    url: str = ""
    spark: str = ""
