"""The figures of an indicator page, drawn: for each view, for desk and phone, with what stands under them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from adme.lib.page import reading
from adme.lib.page.figures import Figure
from adme.lib.page.shell import Link
from adme.lib.page.tables import Table
from adme.portal import figures
from adme.portal.addresses import with_question
from adme.portal.indicator_page import IndicatorPage
from adme.releases import charts, maps

DESK, WIDE, PHONE = 720, 960, 340
"""Widths that figures are drawn for."""


def figures_of(page: IndicatorPage) -> list[Figure]:
    """The drawings of the view that was asked for; none where there is nothing to draw."""
    if not page.shown.latest:
        return []
    if page.view == "chart":
        return [_over_time(page), _latest(page), *_each_state(page)]
    return [_map(page), _tiles(page)] if page.view == "map" else []


def table_of(page: IndicatorPage) -> Table:
    """All figures as a table."""
    caption = figures.subtitle(page.shown) or page.title
    return figures.value_table(page.shown, caption=caption, history=page.history_address)


def svg_file(page: IndicatorPage) -> str:
    """The drawing of the view as a file that stands alone, with title, source and citation; "" without figures."""
    if not page.shown.latest:
        return ""
    if page.view == "map":
        return maps.choropleth(page.map, width=WIDE, standalone=True)
    return charts.line(page.chart, width=WIDE, standalone=True)


def downloads_of(page: IndicatorPage) -> list[Link]:
    """The same figures as files."""
    question = {name: value for name, value in page.question.items() if name != "view"}
    endings = {"CSV": "csv", "XLSX": "xlsx", "SDMX-CSV": "sdmx.csv", "Parquet": "parquet"}
    links = [
        Link(label, with_question(reverse("portal:indicator-data", args=[page.indicator.slug, ending]), question))
        for label, ending in endings.items()
    ]
    return [*links, _svg_link(page)]


def _svg_link(page: IndicatorPage) -> Link:
    path = reverse("portal:indicator-data", args=[page.indicator.slug, "svg"])
    question = {**page.question, "view": "map" if page.view == "map" else ""}
    return Link("SVG", with_question(path, question))


def _over_time(page: IndicatorPage) -> Figure:
    spec = page.chart
    return _figure(
        page,
        id="over-time",
        title=_("Each year, {years}").format(years=figures.years(page.shown)),
        svg=charts.line(spec, width=DESK),
        svg_narrow=charts.line(spec, width=PHONE),
        option=charts.echarts_option(spec),
        downloads=(_svg_link(page),),
        subtitle=figures.population_and_unit(page.shown),
        note="" if page.asked_areas else _("In colour: the highest and the lowest state by their latest value."),
        notes=figures.break_notes(page.shown),
    )


def _latest(page: IndicatorPage) -> Figure:
    spec = page.chart
    return _figure(
        page,
        id="latest",
        title=_("Latest value of each state"),
        svg=charts.bar(spec, width=DESK),
        svg_narrow=charts.bar(spec, width=PHONE),
    )


def _each_state(page: IndicatorPage) -> list[Figure]:
    """Small multiples say something only where more than one state has more than one value."""
    lines = [values for area in page.shown.states if len(values := page.shown.by_area[area.code]) > 1]
    if len(lines) < 2:
        return []
    spec = figures.states_only(page.chart, page.shown)
    figure = _figure(
        page,
        id="each-state",
        title=_("Each state on the same axes"),
        kind="multiples",
        svg=charts.small_multiples(spec, width=WIDE),
        svg_narrow=charts.small_multiples(spec, width=PHONE, columns=2),
    )
    return [figure]


def _map(page: IndicatorPage) -> Figure:
    spec = page.map
    return _figure(
        page,
        id="map",
        title=_("Latest value of each state"),
        kind="map",
        svg=maps.choropleth(spec, width=DESK),
        svg_narrow=maps.choropleth(spec, width=PHONE),
        downloads=(_svg_link(page),),
        note=str(maps.BOUNDARY_NOTE),
    )


def _tiles(page: IndicatorPage) -> Figure:
    spec = page.map
    return _figure(
        page,
        id="tiles",
        title=_("The same as a grid, every state of one size"),
        kind="tiles",
        svg=maps.tiles(spec, width=DESK),
        svg_narrow=maps.tiles(spec, width=PHONE),
    )


def _figure(page: IndicatorPage, **parts: object) -> Figure:
    signed = {
        "subtitle": figures.subtitle(page.shown),
        "description": " ".join(page.said),
        "source": page.flow.dataflow.title,
        "source_url": f"{page.address()}#source",
        "released": reading.day(page.released) if page.released else "",
    }
    return Figure(**{**signed, **parts})  # type: ignore[arg-type]
