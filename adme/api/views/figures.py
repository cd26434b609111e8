"""Figures: the series of one indicator, and latest values of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Query

from adme.api import parameters, shapes
from adme.api.answering import page_address
from adme.api.interface import interface
from adme.api.parameters import LatestQuestion, SeriesQuestion, Word
from adme.api.views.indicators import about, public_or_404
from adme.portal import queries, several
from adme.portal.asked import written
from adme.portal.catalogue import catalogue
from adme.portal.queries import Flow
from adme.portal.several import Picked
from adme.portal.table_request import MOST_INDICATORS
from adme.portal.values import DELIVERED, Value, values_of
from adme.releases import queries as published


@interface.get("/indicators/{slug:indicator}/series", response=shapes.Series, operation_id="series", url_name="series")
def series(request: HttpRequest, indicator: Word, asked: Query[SeriesQuestion]) -> shapes.Series:
    """The values of one indicator by area, breakdown and period, in the order of series and period.

    A code that has no public figures matches nothing.
    """
    instant = parameters.instant_asked(asked.as_of)
    one = public_or_404(indicator, instant).indicator
    areas = parameters.words_of("country", asked.country)
    low, high = parameters.period_from(asked.start), parameters.period_to(asked.end)
    names = queries.flow_of(one.dataflow).layout.breakdowns
    picked = several.pick([one], asked=parameters.codes_by_dimension(asked.breakdown, names), as_of=instant)[0]
    values: list[Value] = []
    if not picked.unmet:
        values = queries.values_for(
            picked.flow,
            picked.key(areas),
            period_from=low,
            period_to=high,
            as_of=instant,
            offset=(asked.page - 1) * asked.page_size,
            limit=asked.page_size + 1,  # one more tells whether there is a next page, without counting all of them
        )
    shown = written(published.instant_of(instant))
    return shapes.Series(
        as_of=shown,
        indicator=about(picked, areas, instant, **years_of(low, high)),
        page=asked.page,
        page_size=asked.page_size,
        next=page_address(request, asked.page + 1, shown) if len(values) > asked.page_size else None,
        previous=page_address(request, asked.page - 1, shown) if asked.page > 1 else None,
        values=[shapes.ValueShape(**told(value, picked.flow)) for value in values[: asked.page_size]],
    )


@interface.get("/latest", response=shapes.Latest, operation_id="latest", url_name="latest")
def latest(request: HttpRequest, asked: Query[LatestQuestion]) -> shapes.Latest:
    """The latest value of each indicator in each area; without `country`, in the member states.

    An id that is not public gives nothing, nor does a breakdown that an indicator does not have.
    """
    instant = parameters.instant_asked(asked.as_of)
    ids = parameters.words_of("indicator", asked.indicator, most=MOST_INDICATORS)
    everything = catalogue(as_of=instant)
    wanted = [everything.indicators[one] for one in ids if one in everything.indicators]
    areas = parameters.words_of("country", asked.country) or [state.code for state in everything.states]
    flows = {one.dataflow_id: queries.flow_of(one.dataflow) for one in wanted}
    dimensions = dict.fromkeys(name for flow in flows.values() for name in flow.layout.breakdowns)
    codes = parameters.codes_by_dimension(asked.breakdown, dimensions)
    picked = [one for one in several.pick(wanted, asked=codes, as_of=instant) if not one.unmet]
    values = latest_of(picked, areas, instant)
    return shapes.Latest(
        as_of=written(published.instant_of(instant)),
        values=[
            shapes.LatestValue(**told(value, one.flow), indicator=about(one, [value.area], instant))
            for one in picked
            for value in values.get((one.flow.dataflow.pk, one.indicator.code_id), ())
            if one.holds(value.combination)
        ],
    )


def latest_of(picked: Sequence[Picked], areas: Sequence[str], as_of: int | None) -> dict[tuple[int, str], list[Value]]:
    """Dataflow and indicator code → latest values in some areas. A constant number of queries for each dataflow."""
    flows: dict[int, list[Picked]] = {}
    for one in picked:
        flows.setdefault(one.flow.dataflow.pk, []).append(one)
    found: dict[tuple[int, str], list[Value]] = {}
    for pk, own in flows.items():
        flow = own[0].flow
        key = flow.layout.key([one.indicator.code_id for one in own], {}, areas)
        cells = published.latest(flow.dataflow, key, as_of=as_of)
        sets = {cell.attributes for cell in cells if cell.attributes is not None}
        for value in values_of(cells, flow.layout, published.attribute_contents(sets) if sets else {}):
            found.setdefault((pk, value.indicator), []).append(value)
    return found


def told(value: Value, flow: Flow) -> dict[str, Any]:
    """A value as answers write it."""
    return {
        "area": value.area,
        "area_title": flow.code_title(flow.layout.area, value.area),
        "breakdown": dict(zip(flow.layout.breakdowns, value.combination, strict=True)),
        "period": value.code,
        "value": value.value,
        "text": value.exact,
        "decimals": value.decimals,
        "qualifier": value.qualifier,
        "status": value.obs_status,
        "confidentiality": value.conf_status,
        "attributes": {name: text for name, text in value.attributes.items() if name != DELIVERED},
        "released": written(value.public_from),
        "key": value.key,
    }


def years_of(low: int | None, high: int | None) -> dict[str, str]:
    """The years of a page that shows the same periods, and perhaps a few more."""
    ends = {"from": low, "to": high}
    return {name: str(period // 100_000) for name, period in ends.items() if period is not None}
