"""What pages ask: one indicator's figures, states, releases, who is named as a source.

Published data come through `adme.releases.queries` alone; nothing here decides what is public.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.models import MembershipPeriod, Organisation
from adme.indicators.models import Indicator, Topic
from adme.lib import clock, periods
from adme.lib.page import reading
from adme.lib.texts import text_in
from adme.portal.breakdowns import Combination
from adme.portal.keys import KeyLayout
from adme.portal.shown import Area
from adme.portal.values import Value, values_of
from adme.releases import queries as published
from adme.releases.announcements import CalendarEntry
from adme.releases.models import Release
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of
from adme.structures.structure_view import StructureView

MOST_RELATED = 12


@dataclass(frozen=True)
class Flow:
    """A dataflow as pages read it: its structure, and how its keys are read."""

    dataflow: Dataflow
    structure: StructureView

    @cached_property
    def layout(self) -> KeyLayout:
        """How the codes of a key are read."""
        return KeyLayout(
            dimensions=tuple(d.id for d in self.structure.dimensions),
            indicator=self.structure.indicator_dimension,
            area=self.structure.area_dimension,
        )

    def code_title(self, dimension: str, code: str) -> str:
        """A code's name in the reader's language."""
        return self.structure.dimension[dimension].code_list.title_of(code)

    def order(self, combination: Combination) -> tuple[int, ...]:
        """Where the codes of a combination stand in their lists."""
        return tuple(
            self._positions[dimension].get(code, len(self._positions[dimension]))
            for dimension, code in zip(self.layout.breakdowns, combination, strict=True)
        )

    @cached_property
    def _positions(self) -> Mapping[str, Mapping[str, int]]:
        return {d.id: {code: n for n, code in enumerate(d.codes)} for d in self.structure.dimensions}


def flow_of(dataflow: Dataflow) -> Flow:
    """The dataflow with its structure."""
    return Flow(dataflow, structure_of(dataflow))


def states() -> tuple[Area, ...]:
    """Every state that is or was a member, in the order of its name. One query."""
    found = [
        Area(o.area_code, text_in(o.name), is_state=True, url=reverse("portal:country", args=[o.area_code]))
        for o in Organisation.objects.member_states()
    ]
    return tuple(sorted(found, key=lambda area: area.name))


def areas_of(flow: Flow, present: Iterable[str], states: Sequence[Area]) -> tuple[Area, ...]:
    """All member states, then every other area in `present`: aggregates of states, which have no page."""
    own = {state.code for state in states}
    others = sorted(set(present) - own)
    named = [Area(code, flow.code_title(flow.layout.area, code), is_state=False) for code in others]
    return (*states, *named)


def indicator_for(slug: str) -> Indicator | None:
    """The indicator registered under `slug`, with its dataflow and provider; that it exists does not make it public."""
    return Indicator.objects.select_related("dataflow__provider", "dataflow__data_structure").filter(slug=slug).first()


def is_public(indicator: Indicator) -> bool:
    """Whether any figure of an indicator (with its dataflow) is public now."""
    dimension = indicator.dataflow.indicator_dimension
    codes = published.availability(indicator.dataflow, {dimension: [indicator.code_id]}).codes
    return indicator.code_id in codes.get(dimension, ())


@dataclass(frozen=True)
class OneSeries:
    """A public series by what its key means. `latest_period` is None where it has not one number."""

    indicator: str
    area: str
    combination: Combination
    last_period: int
    latest_period: int | None


def series_of(flow: Flow, indicators: Iterable[str], *, as_of: int | None = None) -> list[OneSeries]:
    """Every public series of some indicators (by code), in order of key."""
    lines = published.series(flow.dataflow, flow.layout.key(indicators, {}), as_of=as_of)
    return [OneSeries(*flow.layout.taken_apart(line.key), line.last_period, line.latest_period) for line in lines]


def counted(series: Iterable[OneSeries]) -> dict[Combination, int]:
    """Which combinations of breakdowns are public, and of how many areas each has a number."""
    found: dict[Combination, int] = {}
    for one in series:
        found[one.combination] = found.get(one.combination, 0) + (one.latest_period is not None)
    return found


def values_for(
    flow: Flow,
    key: Mapping[str, Sequence[str]],
    *,
    period_from: int | None = None,
    period_to: int | None = None,
    as_of: int | None = None,
    with_attributes: bool = True,
    offset: int = 0,
    limit: int | None = None,
) -> list[Value]:
    """The published values of a key, in order of key and period, with what their attributes say unless told not to."""
    cells = published.select(
        flow.dataflow, key, period_from=period_from, period_to=period_to, as_of=as_of, offset=offset, limit=limit
    ).cells()
    wanted = {cell.attributes for cell in cells if cell.attributes is not None} if with_attributes else set()
    contents = published.attribute_contents(wanted) if wanted else {}
    return values_of(cells, flow.layout, contents)


def first_period(year: int | None) -> int | None:
    """The lowest period of a year, for a filter; None without one."""
    return None if year is None else periods.bounds(f"ge:{year:04d}").low


def last_period(year: int | None) -> int | None:
    """The highest period of a year, for a filter; None without one."""
    return None if year is None else periods.bounds(f"le:{year:04d}").high - 1


@dataclass(frozen=True)
class State:
    """A member state with what its page says of it."""

    code: str
    name: str
    url: str
    iso3: str
    m49: str
    memberships: tuple[MembershipPeriod, ...]

    @property
    def membership(self) -> str:
        """“Member since 8 August 1967 (founding)”, for each period of membership."""
        return "; ".join(_membership(period) for period in self.memberships)


def member_states() -> list[State]:
    """Every state that is or was a member with its dates, in the order of its name. Two queries."""
    found = [
        State(
            code=o.area_code,
            name=text_in(o.name),
            url=reverse("portal:country", args=[o.area_code]),
            iso3=o.iso3,
            m49=o.m49,
            memberships=tuple(sorted(o.memberships.all(), key=lambda period: period.from_date)),
        )
        for o in Organisation.objects.member_states().prefetch_related("memberships")
    ]
    return sorted(found, key=lambda state: state.name)


def _membership(period: MembershipPeriod) -> str:
    how = {"founding": _("founding member"), "admission": _("by admission")}.get(period.how, period.how)
    start = reading.day(period.from_date)
    if period.to_date is None:
        text = _("Member of ASEAN since {start}").format(start=start)
    else:
        text = _("Member of ASEAN from {start} to {end}").format(start=start, end=reading.day(period.to_date))
    return f"{text} ({how})" if how else text


@dataclass(frozen=True)
class ReleaseLine:
    """A release as lists show it. A withdrawn one is a tombstone: its title, its dates and no more."""

    id: UUID
    title: str
    note: str
    moment: dt.datetime
    url: str
    withdrawn_at: dt.datetime | None
    dataflows: tuple[Dataflow, ...]

    @property
    def about(self) -> str:
        """Which dataflows it changed, where its title does not say so already."""
        return " · ".join(dataflow.title for dataflow in self.dataflows if dataflow.title != self.title)


@dataclass(frozen=True)
class ReleaseLines:
    """`upcoming` soonest first, `published` newest first."""

    upcoming: list[ReleaseLine]
    published: list[ReleaseLine]


def calendar(*, newest: int | None = None) -> ReleaseLines:
    """What was announced, and the `newest` releases that are public (None for all)."""
    found = published.calendar(published=newest)
    return ReleaseLines([release_line(e) for e in found.upcoming], [release_line(e) for e in found.published])


def release_line(entry: CalendarEntry) -> ReleaseLine:
    """A calendar entry in the reader's language. One to come has no page yet, only the calendar."""
    path = reverse("portal:release", args=[entry.id])
    if entry.instant > published.clock_instant():
        path = f"{reverse('portal:releases')}#upcoming"
    return ReleaseLine(
        id=entry.id,
        title=text_in(entry.title),
        note=text_in(entry.note),
        moment=entry.at,
        url=path,
        withdrawn_at=entry.withdrawn_at,
        dataflows=entry.dataflows,
    )


@dataclass(frozen=True)
class OwnReleases:
    """When the newest figures of a page became public and by which release, and what is announced.

    `by_withdrawal`: figures from before came back at that moment, as the release named here was withdrawn.
    """

    since: dt.datetime | None
    title: str
    url: str
    by_withdrawal: bool
    upcoming: tuple[ReleaseLine, ...]


def releases_of(instant: int) -> OwnReleases:
    """The release of an instant (0: none), and what is announced, which does not tell of which figures it will be."""
    upcoming = tuple(release_line(entry) for entry in published.calendar(published=0).upcoming)
    at = Q(instant=instant) | Q(withdrawn_instant=instant)
    found = Release.objects.published(published.clock_instant()).filter(at).first() if instant else None
    if found is None:
        return OwnReleases(None, "", "", by_withdrawal=False, upcoming=upcoming)
    return OwnReleases(
        since=clock.from_instant(instant),
        title=text_in(found.title),
        url=reverse("portal:release", args=[found.pk]),
        by_withdrawal=found.instant != instant,
        upcoming=upcoming,
    )


@dataclass(frozen=True)
class Related:
    """Another public indicator of the same goal."""

    title: str
    url: str
    source: str


def related_to(indicator: Indicator) -> list[Related]:
    """Public indicators that name the same SDG indicator, at most twelve."""
    goal = indicator.references.get("sdg_indicator")
    if not goal:
        return []
    others = (
        Indicator.objects.filter(references__sdg_indicator=goal)
        .exclude(pk=indicator.pk)
        .select_related("dataflow__provider")
    )
    flows: dict[int, list[Indicator]] = {}
    for other in others:
        flows.setdefault(other.dataflow_id, []).append(other)
    found: list[Related] = []
    for own in flows.values():
        dataflow = own[0].dataflow
        key = {dataflow.indicator_dimension: [other.code_id for other in own]}
        public = set(published.availability(dataflow, key).codes.get(dataflow.indicator_dimension, ()))
        found += [
            Related(other.name, reverse("portal:indicator", args=[other.slug]), dataflow.provider.title)
            for other in own
            if other.code_id in public
        ]
    return sorted(found, key=lambda one: one.title)[:MOST_RELATED]


def topics() -> list[Topic]:
    """Every topic, in the order given to them."""
    return list(Topic.objects.all())


def credit(indicator: Indicator) -> str:
    """Who is to be named with a figure: the dataflow's source, as its licence asks."""
    dataflow = indicator.dataflow
    return text_in(dataflow.source) or text_in(indicator.source) or dataflow.provider.title


def metadata_of(slug: str) -> tuple[object, ...]:
    """The words that an indicator's files hold besides figures; part of their ETag."""
    indicator = indicator_for(slug)
    if indicator is None:
        return ()
    dataflow = indicator.dataflow
    own = [getattr(indicator, field.attname) for field in Indicator._meta.concrete_fields]
    flow = [getattr(dataflow, field.attname) for field in Dataflow._meta.concrete_fields]
    return (
        own,
        flow,
        dataflow.provider.name,
        dataflow.provider.address,
        structure_of(dataflow).stamp,
    )
