"""Data for the style page and the chart tests: a real excerpt, and a few marks set by hand to show every sign.

wdi_excerpt.csv: World Bank, World Development Indicators (July 2026), through DataHub, CC-BY-4.0: seats held by women
in national parliaments, and poverty by national lines. The estimates, breaks and withheld values in `with_every_sign`
are set here for the look alone; they are a fixture and no statistics.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from adme.releases.chart_spec import ChartSpec, Point, Reference, Role, Series
from adme.releases.maps import AreaValue, MapSpec

NAMES = {
    **{"BRN": "Brunei Darussalam", "KHM": "Cambodia", "IDN": "Indonesia", "LAO": "Lao PDR", "MYS": "Malaysia"},
    **{"MMR": "Myanmar", "PHL": "Philippines", "SGP": "Singapore", "THA": "Thailand", "TLS": "Timor-Leste"},
    "VNM": "Viet Nam",
}
SHORT = {"BRN": "Brunei", "PHL": "Philippines"}
SOURCE = "World Bank, World Development Indicators, July 2026 (excerpt used as a fixture)"


def values(indicator: str) -> dict[str, dict[str, float]]:
    """{ISO3: {year: value}} of the excerpt."""
    found: dict[str, dict[str, float]] = {code: {} for code in NAMES}
    with (Path(__file__).parent / "wdi_excerpt.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["indicator"] == indicator:
                found[row["iso3"]][row["year"]] = float(row["value"])
    return found


def spec(indicator: str = "SG.GEN.PARL.ZS", chosen: tuple[str, ...] = ("VNM", "IDN", "THA", "TLS")) -> ChartSpec:
    """A line for each state, and the plain mean of the eleven as the region (a fixture, not a regional figure)."""
    table = values(indicator)
    series = [
        Series(
            id=code,
            label=NAMES[code],
            short=SHORT.get(code, ""),
            points=tuple(Point(period=year, value=value) for year, value in sorted(table[code].items())),
            role="chosen" if code in chosen else "context",
        )
        for code in NAMES
    ]
    years = sorted({year for found in table.values() for year in found})
    mean = [
        Point(period=year, value=sum(each) / len(each))
        for year in years
        if len(each := [found[year] for found in table.values() if year in found]) >= 9
    ]
    region: Role = "region"
    return ChartSpec(
        title="Women in national parliaments, 1997–2025",
        subtitle="Share of seats in single or lower chambers, per cent of seats",
        unit="%",
        series=(*series, Series(id="MEAN", label="Mean of states", points=tuple(mean), role=region)),
        source=SOURCE,
        released="23 November 2026",
        citation="World Bank, WDI SG.GEN.PARL.ZS, as published on 23 November 2026. Licence CC BY 4.0.",
    )


def with_every_sign() -> ChartSpec:
    """Estimates, a projection, a break, gaps, a target and a withheld value: set by hand."""
    base = spec("SG.GEN.PARL.ZS", ("VNM", "IDN"))

    def marked(series: Series) -> Series:
        if series.id == "VNM":
            points = tuple(
                replace(p, kind="estimated", note="Set for the fixture") if "2009" <= p.period <= "2013" else p
                for p in series.points
                if p.period not in {"2003", "2004", "2005"}
            )
            return replace(series, points=points)
        if series.id == "IDN":
            points = tuple(
                replace(p, break_before=p.period == "2010", kind="projected" if p.period >= "2023" else "value")
                for p in series.points
            )
            return replace(series, points=points)
        if series.id == "BRN":
            return replace(series, points=(Point("2024", None, kind="suppressed"),))
        if series.id == "MMR":
            return replace(series, points=(Point("2021", None, kind="missing", note="no data since 2020"),))
        if series.id == "SGP":
            return replace(series, points=(Point("2024", None, kind="not_applicable"),))
        return series

    return replace(
        base,
        title="Every sign a chart can carry (fixture)",
        series=tuple(marked(series) for series in base.series),
        references=(Reference(40, "Target 2030"), Reference(15, "Baseline 2000", "baseline")),
    )


def map_spec(indicator: str = "SG.GEN.PARL.ZS") -> MapSpec:
    """The latest value of each state."""
    areas = []
    for code, found in values(indicator).items():
        year = max(found, default="")
        areas.append(
            AreaValue(
                area=code,
                label=NAMES[code],
                value=found.get(year),
                kind="value" if year else "missing",
                period=year,
                url=f"/countries/{code.lower()}/",
            )
        )
    return MapSpec(
        title="Women in national parliaments, latest year",
        unit="%",
        values=tuple(areas),
        source=SOURCE,
        released="23 November 2026",
    )
