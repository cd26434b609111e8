"""Member states, and one with its latest value of every public indicator."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Query

from adme.api import parameters, shapes
from adme.api.answering import page_of
from adme.api.interface import interface
from adme.api.parameters import ListQuestion, Word
from adme.api.views.figures import told
from adme.portal import country_page, facets, queries
from adme.portal.addresses import absolute, one_of_many
from adme.portal.asked import written
from adme.portal.catalogue import Catalogue, catalogue
from adme.portal.country_page import Latest
from adme.portal.facets import Narrowed
from adme.portal.queries import State
from adme.releases import queries as published


@interface.get("/countries", response=shapes.CountryList, operation_id="countries", url_name="countries")
def countries(request: HttpRequest, asked: Query[ListQuestion]) -> shapes.CountryList:
    """The states that are or were members, by name."""
    instant = parameters.instant_asked(asked.as_of)
    counts = _counts(catalogue(as_of=instant))
    shown = written(published.instant_of(instant))
    some, paging = page_of(request, queries.member_states(), asked.page, asked.page_size, as_of=shown)
    items = [_line(state, counts.get(state.code, 0)) for state in some]
    return shapes.CountryList(as_of=shown, items=items, **paging)


@interface.get("/countries/{country}", response=shapes.CountryAnswer, operation_id="country", url_name="country")
def country(request: HttpRequest, country: Word, asked: Query[ListQuestion]) -> shapes.CountryAnswer:
    """One state with every public indicator and its latest value there, indicators by name."""
    instant = parameters.instant_asked(asked.as_of)
    state = next((one for one in queries.member_states() if one.code == country.upper()), None)
    if state is None:
        raise Http404
    everything = catalogue(as_of=instant)
    shown, ordered = written(published.instant_of(instant)), facets.ordered(everything.entries, "name")
    entries, paging = page_of(request, ordered, asked.page, asked.page_size, as_of=shown)
    wanted = [everything.indicators[entry.slug] for entry in entries]
    latest = {one.indicator.slug: one for one in country_page.latest_values(state.code, wanted, as_of=instant)}
    series = one_of_many("api:series")
    return shapes.CountryAnswer(
        as_of=shown,
        country=_line(state, _counts(everything).get(state.code, 0)),
        items=[_indicator(latest[entry.slug], series(entry.slug), state.code) for entry in entries],
        **paging,
    )


def _counts(everything: Catalogue) -> dict[str, int]:
    return facets.areas(everything.entries, Narrowed())


def _line(state: State, indicators: int) -> shapes.CountryLine:
    return shapes.CountryLine(
        id=state.code,
        title=state.name,
        iso3=state.iso3,
        m49=state.m49,
        memberships=[
            shapes.Membership(
                from_date=period.from_date.isoformat(),
                to_date=period.to_date.isoformat() if period.to_date else None,
            )
            for period in state.memberships
        ],
        indicators=indicators,
        page=absolute(state.url),
        detail=absolute(reverse("api:country", args=[state.code])),
    )


def _indicator(one: Latest, series: str, area: str) -> shapes.CountryIndicator:
    return shapes.CountryIndicator(
        id=one.indicator.slug,
        title=one.indicator.name,
        unit=one.unit,
        latest=None if one.value is None else shapes.ValueShape(**told(one.value, one.flow)),
        page=absolute(one.url),
        series=absolute(f"{series}?country={area}"),
    )
