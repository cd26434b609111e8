"""From what a page shows to charts, maps and tables: plain specs for `releases.charts` and `lib.page`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from adme.lib.page.tables import Cell, Column, Row, Table
from adme.portal.shown import Area, Shown
from adme.portal.values import MOST_DECIMALS, Value
from adme.releases.chart_spec import ChartSpec, Point, Role, Series
from adme.releases.maps import CODES as MAPPED
from adme.releases.maps import AreaValue, MapSpec

BREAK = "B"
"""SDMX observation status: a break in the series before this value."""


def chart_spec(
    shown: Shown, *, source: str = "", released: str = "", citation: str = "", description: str = ""
) -> ChartSpec:
    """Every state as a line, the highlighted in colour, aggregates as the thick dark line."""
    return ChartSpec(
        title=shown.title,
        unit=shown.unit,
        subtitle=subtitle(shown),
        description=description,
        decimals=shown.decimals,
        series=tuple(_series(shown, area) for area in (*shown.states, *shown.regions)),
        source=source,
        released=released,
        citation=citation,
    )


def states_only(spec: ChartSpec, shown: Shown) -> ChartSpec:
    """The same without aggregates: what small multiples and rankings of states are drawn from."""
    return spec.only(*(area.code for area in shown.states))


def map_spec(
    shown: Shown, *, source: str = "", released: str = "", citation: str = "", description: str = ""
) -> MapSpec:
    """The latest value of every state; one without any says so."""
    return MapSpec(
        title=shown.title,
        unit=shown.unit,
        subtitle=subtitle(shown),
        description=description,
        decimals=shown.decimals,
        values=tuple(_area_value(shown, area) for area in shown.states if area.code in MAPPED),
        source=source,
        released=released,
        citation=citation,
    )


def subtitle(shown: Shown) -> str:
    """Population, unit and years: what the title of a chart still owes."""
    return ", ".join(part for part in (shown.breakdown, shown.unit_words, years(shown)) if part)


def population_and_unit(shown: Shown) -> str:
    """The same without years, for a title that has them."""
    return ", ".join(part for part in (shown.breakdown, shown.unit_words) if part)


def years(shown: Shown) -> str:
    """The span of periods with a value: “2001–2019”."""
    if not shown.values:
        return ""
    ordered = sorted(shown.values, key=lambda value: value.period)
    first, last = ordered[0].when, ordered[-1].when
    return first if first == last else f"{first}–{last}"


def value_table(shown: Shown, *, caption: str, history: Callable[[Value], str], compact: bool = False) -> Table:
    """Areas × periods, newest period first; each value leads to its history.

    With `compact`, only the areas that have a value.
    """
    areas = [*shown.states, *shown.regions]
    if compact:
        areas = [area for area in areas if shown.by_area[area.code]]
    columns = [Column(_("Area"))]
    codes = {period: value.when for value in shown.values for period in [value.period]}
    columns += [Column(codes[period], kind="number") for period in shown.periods]
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(_row(shown, area, history) for area in areas),
        notes=tuple(_table_notes(shown)),
        empty=_("No figures are public here."),
        dense=True,
    )


def value_cell(value: Value, *, url: str = "", decimals: int | None = None) -> Cell:
    """One value as a table shows it, with limit, status and note; as delivered up to three decimals unless told."""
    if value.value is None:
        return Cell(text=value.delivered, url=url, flag=value.obs_status, note=value.note, missing=_("no number"))
    return Cell(
        value=Decimal(repr(value.value)),
        decimals=value.page_decimals if decimals is None else decimals,
        qualifier=value.qualifier,
        url=url,
        flag=value.obs_status,
        note=value.note,
    )


def _series(shown: Shown, area: Area) -> Series:
    role: Role = "context"
    if not area.is_state:
        role = "region"
    elif area.code in shown.highlighted:
        role = "chosen"
    broken = shown.broken_at(area.code)
    points = tuple(point(value, broken=value.period in broken) for value in shown.by_area[area.code])
    return Series(id=area.code, label=area.name, points=points, role=role, url=area.url)


def point(value: Value, *, broken: bool = False) -> Point:
    """One value as a chart takes it; `broken` where metadata tell of a break that the value itself does not."""
    return Point(
        period=value.code,
        value=value.value,
        kind=value.kind,
        note=value.note,
        qualifier=value.qualifier,
        text=value.delivered if value.value is None else "",
        break_before=broken or value.obs_status == BREAK,
    )


def break_notes(shown: Shown) -> tuple[str, ...]:
    """The breaks that metadata tell of, for under the chart: where, from when on, what changed."""
    names = {area.code: area.name for area in shown.areas}
    return tuple(
        _("Break in the series, {area}, {when}: {what}").format(
            area=names.get(one.area, one.area) if one.area else _("all countries"), when=one.when, what=one.what
        )
        for one in shown.breaks
    )


def _area_value(shown: Shown, area: Area) -> AreaValue:
    value = shown.latest.get(area.code)
    if value is None:
        newest = next(reversed(shown.by_area[area.code]), None)
        kind = newest.kind if newest else "missing"
        return AreaValue(area.code, area.name, None, kind=kind, url=area.url, text=newest.delivered if newest else "")
    return AreaValue(
        area=area.code,
        label=area.name,
        value=value.value,
        kind=value.kind,
        period=value.code,
        note=value.note,
        qualifier=value.qualifier,
        url=area.url,
    )


def _row(shown: Shown, area: Area, history: Callable[[Value], str]) -> Row:
    found = {value.period: value for value in shown.by_area[area.code]}
    decimals = max((value.page_decimals for value in shown.values), default=0)
    cells = [Cell(text=area.name, url=area.url)]
    for period in shown.periods:
        value = found.get(period)
        cells.append(value_cell(value, url=history(value), decimals=decimals) if value else Cell(missing=_("no data")))
    return Row(cells=tuple(cells), emphasis=not area.is_state)


def _table_notes(shown: Shown) -> list[str]:
    notes = [_("Newest first. Each value leads to its source and to every version it has had.")]
    if any((value.decimals or 0) > MOST_DECIMALS for value in shown.values):
        notes.append(
            _("Rounded to {n} decimals here; downloads and the history of each value are exact.").format(
                n=MOST_DECIMALS
            )
        )
    return notes
