"""One country as its page shows it: what is known of the state, and its latest value of every public indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.indicators.models import Indicator, Topic
from adme.lib import clock, periods
from adme.lib.page import reading
from adme.lib.page.figures import Fact
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.lib.texts import text_in
from adme.portal import breakdowns, choices, figures, queries, several, units
from adme.portal.addresses import one_of_many, with_question
from adme.portal.breakdowns import Combination
from adme.portal.catalogue import catalogue
from adme.portal.queries import Flow
from adme.portal.several import Picked
from adme.portal.values import Value, values_of
from adme.releases import charts
from adme.releases import queries as published

MOST_HEADLINES = 6
SHOWN = 6
"""Rows of a topic that are shown before the rest is unfolded."""

OLD = 5
"""A latest value older than this many years says how old it is."""


@dataclass(frozen=True)
class Latest:
    """The latest value of one indicator in this country, or None; `url` leads to exactly that series."""

    indicator: Indicator
    value: Value | None
    breakdown: str
    unit: str
    url: str
    flow: Flow
    combination: Combination = ()


@dataclass(frozen=True)
class TopicSection:
    """One topic of the profile."""

    slug: str
    title: str
    table: Table
    more: Table | None
    """What is below the first rows, unfolded on demand."""
    missing: tuple[Latest, ...]


@dataclass(frozen=True)
class Profile:
    """One state's page."""

    sections: tuple[TopicSection, ...]
    headlines: tuple[Fact, ...]
    have: int
    total: int


def profile(area: str, *, as_of: int | None = None) -> Profile:
    """What is public about a state at an instant: headline figures, then every indicator by topic."""
    indicators = list(catalogue(as_of=as_of).indicators.values())
    latest = latest_values(area, indicators, as_of=as_of)
    topics = queries.topics()
    topics_of = {indicator.pk: [topic.slug for topic in indicator.topics.all()] for indicator in indicators}
    leading = sorted(
        (one for one in latest if one.value is not None and one.indicator.headline_position is not None),
        key=lambda one: one.indicator.headline_position or 0,
    )
    return Profile(
        sections=tuple(sections(latest, topics, topics_of)),
        headlines=tuple(_facts(area, leading[:MOST_HEADLINES], as_of)),
        have=sum(one.value is not None for one in latest),
        total=len(latest),
    )


def _facts(area: str, leading: Sequence[Latest], as_of: int | None) -> list[Fact]:
    """Pull figures, each with the line of all its years."""
    picked = [
        Picked(one.indicator, one.flow, {n: (c,) for n, [c] in one.flow.layout.named(one.combination).items()}, ())
        for one in leading
    ]
    values = several.figures(picked, areas=[area], as_of=as_of, with_attributes=False)
    return [_fact(one, values[one.indicator.pk]) for one in leading]


def _fact(one: Latest, series: Sequence[Value]) -> Fact:
    value = one.value
    assert value is not None  # noqa: S101 - facts are made of indicators with a value
    number = reading.number(value.value or 0, reading.decimals_for([value.value or 0]))
    sign = units.sign(one.unit)
    said = one.unit if one.unit != sign and one.unit not in one.indicator.name else ""
    note = ", ".join(part for part in (said, one.breakdown, value.when, _age(value)) if part)
    spark = charts.sparkline([figures.point(each) for each in series], width=140, label=one.indicator.name)
    return Fact(one.indicator.name, f"{value.qualifier}{number}", unit=sign, note=note, url=one.url, spark=spark)


def latest_values(area: str, indicators: Sequence[Indicator], *, as_of: int | None = None) -> list[Latest]:
    """The latest value of each of `indicators` in `area`: of its total where it has one, else of its best series."""
    found: list[Latest] = []
    by_flow: dict[int, list[Indicator]] = {}
    for indicator in indicators:
        by_flow.setdefault(indicator.dataflow_id, []).append(indicator)
    address = one_of_many("portal:indicator")
    for own in by_flow.values():
        flow = queries.flow_of(own[0].dataflow)
        cells = published.latest(flow.dataflow, {flow.layout.area: [area]}, as_of=as_of)
        series: dict[str, dict[Combination, Value]] = {}
        for value in values_of(cells, flow.layout):
            series.setdefault(value.indicator, {})[value.combination] = value
        found += [
            _latest(flow, indicator, area, series.get(indicator.code_id, {}), address(indicator.slug))
            for indicator in own
        ]
    return found


def _latest(flow: Flow, indicator: Indicator, area: str, series: Mapping[Combination, Value], path: str) -> Latest:
    unit = text_in(indicator.unit)
    if not series:
        return Latest(indicator, None, "", unit, path, flow)
    combination = breakdowns.default({c: value.period for c, value in series.items()}, flow.order)
    question = {
        name: combination[n] for n, name in enumerate(flow.layout.breakdowns) if choices.tells(name, combination[n])
    }
    breakdown = choices.breakdown_words(flow, {combination: 1}, combination)
    url = with_question(path, {**question, "areas": area})
    return Latest(indicator, series[combination], breakdown, unit, url, flow, combination)


def sections(
    latest: Sequence[Latest], topics: Sequence[Topic], topics_of: Mapping[int, Sequence[str]]
) -> list[TopicSection]:
    """The profile by topic, each indicator once: under the first of its topics."""
    grouped: dict[str, list[Latest]] = {topic.slug: [] for topic in topics}
    for one in latest:
        slugs = [slug for slug in topics_of.get(one.indicator.pk, ()) if slug in grouped]
        grouped.setdefault(slugs[0] if slugs else "", []).append(one)
    titles = {topic.slug: topic.title for topic in topics} | {"": _("Other")}
    found = []
    for slug, own in grouped.items():
        have = sorted((one for one in own if one.value is not None), key=_prominence)
        lack = tuple(one for one in own if one.value is None)
        if own:
            rest = _table(titles[slug], have[SHOWN:]) if len(have) > SHOWN + 1 else None
            shown = have[:SHOWN] if rest else have
            found.append(TopicSection(slug or "other", titles[slug], _table(titles[slug], shown), rest, lack))
    return found


def _prominence(one: Latest) -> tuple[object, ...]:
    """Headlines first, then what is not broken down, then the newest, then the shortest title."""
    value = one.value
    headline = one.indicator.headline_position
    return (
        headline is None,
        headline or 0,
        bool(one.breakdown),
        -(value.period if value else 0),
        len(one.indicator.name),
        one.indicator.name,
    )


def _table(title: str, latest: Sequence[Latest]) -> Table:
    return Table(
        caption=_("{topic}: latest values").format(topic=title),
        caption_hidden=True,
        columns=(
            Column(_("Indicator")),
            Column(_("Latest value"), kind="number"),
            Column(_("Year"), kind="period"),
        ),
        rows=tuple(_row(one) for one in latest if one.value is not None),
        empty=_("No data."),
    )


def _row(one: Latest) -> Row:
    value = one.value
    assert value is not None  # noqa: S101 - rows are made of indicators with a value
    decimals = reading.decimals_for([value.value or 0])
    shown = figures.value_cell(value)
    sign = units.sign(one.unit)
    number = reading.number(value.value or 0, decimals, sign)
    cell = replace(shown, text=f"{value.qualifier}{number}", note="")
    around = [one.breakdown, "" if sign == one.unit or one.unit in one.indicator.name or sign == "%" else one.unit]
    name = format_html(
        '<a href="{}">{}</a> <span class="age">{}</span>', one.url, one.indicator.name, "; ".join(filter(None, around))
    )
    return Row(cells=(Cell(html=name), cell, _when(value)))


def _when(value: Value) -> Cell:
    age = _age(value)
    if not age:
        return Cell(text=value.when)
    return Cell(html=format_html('{} <span class="age">{}</span>', value.when, age))


def _age(value: Value) -> str:
    years = clock.now().year - periods.year(value.period)
    if years <= OLD:
        return ""
    return ngettext("{n} year ago", "{n} years ago", years).format(n=years)
