"""Indicators: the list with its filters, and one with all that is known about it."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Query

from adme.api import parameters, shapes
from adme.api.answering import page_of
from adme.api.interface import interface
from adme.api.parameters import AtMoment, IndicatorsQuestion, Word
from adme.indicators.models import Indicator
from adme.lib import periods
from adme.lib.texts import text_in
from adme.portal import choices, described, facets, queries, several
from adme.portal.addresses import absolute, api_address, one_of_many, pinned
from adme.portal.asked import written
from adme.portal.catalogue import catalogue
from adme.portal.facets import Entry, Narrowed
from adme.portal.reference import frequency_words
from adme.portal.several import Picked
from adme.releases import queries as published
from adme.releases.coverage import PublishedIndicator


@interface.get("/indicators", response=shapes.IndicatorList, operation_id="indicators", url_name="indicators")
def indicators(request: HttpRequest, asked: Query[IndicatorsQuestion]) -> shapes.IndicatorList:
    """Indicators with public figures, narrowed by words, topic, source, country, and the year of the latest value.

    `topic`, `source` and `country` take the ids that the items themselves give.
    """
    instant = parameters.instant_asked(asked.as_of)
    everything = catalogue(as_of=instant)
    found = everything.search(asked.q).slugs if asked.q.strip() else None
    to = Narrowed(topic=asked.topic, source=asked.source, area=asked.country, since=asked.since, slugs=found)
    left = facets.ordered(facets.narrow(everything.entries, to), asked.order)
    shown = written(published.instant_of(instant))
    some, paging = page_of(request, left, asked.page, asked.page_size, as_of=shown)
    series = one_of_many("api:series")
    items = [line_of(entry, series(entry.slug)) for entry in some]
    return shapes.IndicatorList(as_of=shown, items=items, **paging)


def line_of(entry: Entry, series: str) -> shapes.IndicatorLine:
    """An entry of the catalogue, with the path of its series."""
    return shapes.IndicatorLine(
        id=entry.slug,
        title=entry.title,
        unit=entry.unit,
        source=shapes.Named(id=entry.source_id, title=entry.source),
        topics=list(entry.topics),
        countries=sorted(entry.states),
        first_year=entry.first_year,
        last_year=entry.last_year,
        updated=written(entry.updated),
        page=absolute(entry.url),
        series=absolute(series),
    )


@interface.get(
    "/indicators/{slug:indicator}", response=shapes.IndicatorAnswer, operation_id="indicator", url_name="indicator"
)
def indicator(request: HttpRequest, indicator: Word, asked: Query[AtMoment]) -> shapes.IndicatorAnswer:
    """What one indicator is: definition, source, licence, areas with their spans, and how it is broken down."""
    instant = parameters.instant_asked(asked.as_of)
    shown = public_or_404(indicator, instant)
    one = shown.indicator
    told = described.description_of(one)
    picked = several.pick([one], as_of=instant)[0]
    flow = picked.flow
    dataflow = one.dataflow
    return shapes.IndicatorAnswer(
        as_of=written(published.instant_of(instant)),
        id=one.slug,
        title=one.name,
        definition=text_in(one.definition),
        unit=text_in(one.unit),
        frequency=frequency_words(one.frequency),
        code=one.code_id,
        dataflow=shapes.Named(id=dataflow.reference, title=dataflow.title),
        provider=shapes.Named(id=dataflow.provider.provider_id, title=dataflow.provider.title),
        licence=licence_of(one),
        topics=[shapes.Named(id=topic.slug, title=topic.title) for topic in one.topics.all()],
        references={name: str(value) for name, value in one.references.items()},
        updated=written(shown.updated),
        first_period=periods.label(shown.first_period),
        last_period=periods.label(shown.last_period),
        areas=[
            shapes.Span(
                area=area,
                title=flow.code_title(flow.layout.area, area),
                first_period=periods.label(first),
                last_period=periods.label(last),
            )
            for area, (first, last) in sorted(shown.spans.items())
        ],
        breakdowns=_breakdowns(picked),
        page=absolute(reverse("portal:indicator", args=[one.slug])),
        series=absolute(reverse("api:series", args=[one.slug])),
        metadata=absolute(reverse("api:metadata", args=[one.slug])) if told.is_asked else None,
        sdmx=api_address(flow, flow.layout.key([one.code_id], {}), as_of=instant),
    )


def public_or_404(slug: str, as_of: int | None = None) -> PublishedIndicator:
    """What is public of an indicator; 404 alike for one that does not exist and one of which nothing is (or was)."""
    found = published.published_indicators(as_of=as_of, slug=slug)
    if not found:
        raise Http404
    return found[0]


def licence_of(one: Indicator) -> shapes.Licence:
    """Under which terms its figures may be passed on."""
    return shapes.Licence(id=one.dataflow.licence, url=one.dataflow.licence_address, credit=queries.credit(one))


def about(picked: Picked, areas: Sequence[str], as_of: int | None, **question: str) -> shapes.About:
    """What values of an indicator in some areas belong to; `question` narrows its page further."""
    one = picked.indicator
    codes = {name: own[0] for name, own in picked.codes.items() if len(own) == 1 and choices.tells(name, own[0])}
    path = reverse("portal:indicator", args=[one.slug])
    return shapes.About(
        id=one.slug,
        title=one.name,
        unit=text_in(one.unit),
        source=one.dataflow.provider.title,
        licence=licence_of(one),
        page=pinned(path, {**codes, "areas": ",".join(areas), **question}, published.instant_of(as_of)),
        sdmx=api_address(picked.flow, picked.key(areas), as_of=as_of),
    )


def _breakdowns(picked: Picked) -> list[shapes.Breakdown]:
    """The dimensions in which public figures differ."""
    flow, found = picked.flow, []
    for n, name in enumerate(flow.layout.breakdowns):
        have = {combination[n] for combination in picked.present}
        if len(have) > 1:
            codes = [code for code in flow.structure.dimension[name].codes if code in have]
            found.append(
                shapes.Breakdown(
                    id=name,
                    title=flow.structure.dimension[name].title,
                    codes=[shapes.Named(id=code, title=flow.code_title(name, code)) for code in codes],
                    shown=list(picked.codes[name]),
                )
            )
    return found
