"""A whole framework at an instant: figures of states and region, classes, what is shown to whom. Kept by each process.

What is kept depends on the edition, the release instant, the year and the membership; so the same question has the
same answer for ever. What people decided (overrides, consents) is laid over it afterwards.
"""

from __future__ import annotations

import datetime as dt
import gc
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import polars as pl

from adme.accounts.models import MembershipPeriod
from adme.frameworks.assessing import Figure, Judged, judge
from adme.frameworks.document import VALUE, Document, Kpi, Part
from adme.frameworks.figures import Figures, errors_of, figures_and_breakdowns, figures_of_all, public_at, weights_of
from adme.frameworks.queries import Current, OverrideTold, edition_at, frameworks_at, moment_of, standing_at
from adme.frameworks.steps import A_YEAR, label_of, step_at
from adme.lib import clock, periods
from adme.lib.texts import text_in
from adme.releases import queries as published
from adme.releases.aggregation import MEMBERS, VALUES, Aggregated, Rule, aggregate

REGION: Final = ""
"""Stands for the region where an area is expected."""
KEPT: Final = 24
"""Scorecards kept in memory by each process."""
OPEN: Final = 9_999


@dataclass(frozen=True)
class Member:
    """A state that is or was a member: its area code, its names, and its spans (from, to or None)."""

    area: str
    name: str
    spans: tuple[tuple[dt.date, dt.date | None], ...]

    def on(self, day: dt.date) -> bool:
        """Whether it was a member on a day."""
        return any(start <= day and (end is None or day <= end) for start, end in self.spans)


def members() -> tuple[Member, ...]:
    """Every state that is or was a member, by name. One query."""
    found: dict[str, tuple[str, list[tuple[dt.date, dt.date | None]]]] = {}
    spans = MembershipPeriod.objects.filter(organisation__kind="member_state").select_related("organisation")
    for span in spans.order_by("from_date", "pk"):
        area = span.organisation.area_code
        found.setdefault(area, (text_in(span.organisation.name), []))[1].append((span.from_date, span.to_date))
    made = [Member(area, name, tuple(dates)) for area, (name, dates) in found.items()]
    return tuple(sorted(made, key=lambda member: member.name))


@dataclass(frozen=True, eq=False)
class Computed:
    """What a framework's figures say, before anybody's decisions: the part that is kept."""

    document: Document
    figures: Figures
    figures_at: int
    """The release instant that they are those of."""
    regional: Mapping[str, Aggregated]
    """Frequency → figures of the region."""
    series: Mapping[tuple[str, str], tuple[Figure, ...]]
    """KPI and area ("" the region) → its figures, oldest first."""
    judged: Mapping[tuple[str, str], Judged]
    areas: tuple[str, ...] = ()
    """The states that are or were members."""
    breakdowns: Figures | None = None
    """The figures of breakdowns, where they were asked for at once."""

    @cached_property
    def broken_down(self) -> dict[tuple[str, str], dict[str, set[int]]]:
        """KPI and area → breakdown → years with a value. Fetched when somebody asks: scorecards need none of it."""
        read = self.breakdowns
        if read is None:
            frames = public_at(self.figures_at)
            read = figures_of_all([self.document], frames=frames, broken_down=True, flows=self.figures.flows)[0]
        frame = read.values
        own = frame.filter(pl.col("name") == VALUE).with_columns(year=pl.col("period") // 100_000)
        grouped = own.group_by("uid", "area", "breakdown").agg(pl.col("year").unique())
        found: dict[tuple[str, str], dict[str, set[int]]] = {}
        for uid, area, breakdown, years in grouped.iter_rows():
            found.setdefault((uid, area), {})[breakdown] = set(years)
        return found

    @cached_property
    def regional_rows(self) -> dict[str, dict[int, dict[str, Any]]]:
        """KPI → period → the row of the region's figure."""
        found: dict[str, dict[int, dict[str, Any]]] = {}
        for frequency, aggregated in self.regional.items():
            for row in aggregated.figures.iter_rows(named=True):
                found.setdefault(row["item"], {})[periods.parse(label_of(row["step"], frequency))] = row
        return found

    @cached_property
    def own_regions(self) -> dict[str, list[tuple[str, int, float, int | None]]]:
        """KPI → what sources themselves give for areas that were never members: area, period, value, binding; by area,
        the latest first. Never mixed in."""
        columns = ("uid", "area", "period", "value", "binding")
        theirs = self.figures.totals.filter(~pl.col("area").is_in(list(self.areas))).select(columns)
        found: dict[str, list[tuple[str, int, float, int | None]]] = {}
        for uid, *row in theirs.sort("area", "period", descending=[False, True]).iter_rows():
            found.setdefault(uid, []).append(tuple(row))
        return found


@dataclass(frozen=True)
class Shown:
    """A class as a reader sees it. `hidden`: it is not public for this state. An override stands before it."""

    judged: Judged
    hidden: bool = False
    override: OverrideTold | None = None

    @property
    def progress_class(self) -> str:
        """The class that counts: the override where there is one."""
        return self.override.progress_class if self.override else self.judged.progress_class

    @property
    def is_trend(self) -> bool:
        """Whether the class is a trend's."""
        return self.override is None and self.judged.is_trend


@dataclass(frozen=True, eq=False)
class Scorecard:
    """A framework at an instant, as the public sees it (or staff, who see every class)."""

    current: Current
    instant: int
    """The instant of words and decisions; figures are those public at it."""
    figures_at: int
    """The release instant that the figures are those of."""
    computed: Computed
    members: tuple[Member, ...]
    overrides: Mapping[tuple[str, str], OverrideTold] = field(default_factory=dict)
    consents: frozenset[str] = frozenset()
    is_public: bool = True

    @property
    def document(self) -> Document:
        """The framework's words."""
        return self.current.document

    @property
    def day(self) -> dt.date:
        """The day of the instant."""
        return clock.from_instant(self.instant).date()

    @cached_property
    def states(self) -> tuple[Member, ...]:
        """The states that were members on that day."""
        return tuple(member for member in self.members if member.on(self.day))

    def series(self, uid: str, area: str) -> tuple[Figure, ...]:
        """The figures of a KPI for an area, oldest first."""
        return self.computed.series.get((uid, area), ())

    def latest(self, uid: str, area: str) -> Figure | None:
        """The latest figure of a KPI for an area that has a number."""
        return next((one for one in reversed(self.series(uid, area)) if one.value is not None), None)

    def shown(self, uid: str, area: str) -> Shown:
        """The class of a KPI for an area, hidden where the framework's publication rule hides it."""
        judged = self.computed.judged[uid, area]
        if area and self.is_public and not self._shows(area):
            return Shown(judged, hidden=True)
        return Shown(judged, override=self.overrides.get((uid, area)))

    def group(self, uid: str, areas: Sequence[str]) -> Aggregated | None:
        """A KPI's figures for any group of states by its own rule: members or not, the same states each year."""
        part = self.document.by_uid[uid]
        if part.kpi is None or part.kpi.aggregation.rule == "none" or not areas:
            return None
        return regional_of([part], self.computed.figures, (), areas).get(part.kpi.frequency)

    def _shows(self, area: str) -> bool:
        rule = self.document.state_classes
        return rule == "shown" or (rule == "agreed" and area in self.consents)


def scorecard(slug: str, *, as_of: int | None = None, is_public: bool = True, broken_down: bool = False) -> Scorecard:
    """The framework `slug` at an instant, or now; `broken_down` fetches its breakdowns with it. UnknownFramework.

    Four queries (edition, membership, clock, decisions) where this process has worked it out before; else five
    more, and one for standard errors where the framework has any.
    """
    instant = moment_of(as_of)
    return _cards([edition_at(slug, instant)], as_of, instant, is_public=is_public, broken_down=broken_down)[0]


def scorecards(*, as_of: int | None = None, is_public: bool = True) -> list[Scorecard]:
    """Every framework at an instant, fixtures last. As few queries as for one."""
    instant = moment_of(as_of)
    return _cards(frameworks_at(instant), as_of, instant, is_public=is_public)


def _cards(
    found: Sequence[Current], as_of: int | None, instant: int, *, is_public: bool, broken_down: bool = False
) -> list[Scorecard]:
    states, figures_at = members(), published.instant_of(as_of)
    decided = standing_at([current.framework.pk for current in found], instant)
    year = clock.from_instant(instant).year
    computed = _kept(found, figures_at, year, states, broken_down=broken_down)
    return [
        Scorecard(
            current=current,
            instant=instant,
            figures_at=figures_at,
            computed=one,
            members=states,
            overrides=decided[current.framework.pk].overrides,
            consents=frozenset(decided[current.framework.pk].consents),
            is_public=is_public,
        )
        for current, one in zip(found, computed, strict=True)
    ]


# --- worked out once ------------------------------------------------------------------------------

_shelf: OrderedDict[tuple[Any, ...], Computed] = OrderedDict()
_lock = threading.Lock()


def _kept(
    found: Sequence[Current], instant: int, year: int, states: tuple[Member, ...], *, broken_down: bool
) -> list[Computed]:
    """What is kept of each framework; what is not is worked out, all of it at once."""
    spans = tuple((one.area, one.spans) for one in states)
    keys = [(current.edition.digest, instant, year, spans) for current in found]
    with _lock:
        made = {key: _shelf[key] for key in keys if key in _shelf}
        for key in made:
            _shelf.move_to_end(key)
    missing = {key: current.document for key, current in zip(keys, found, strict=True) if key not in made}
    wanted = list(missing.values())
    computed = compute(wanted, as_of=instant, year=year, states=states, broken_down=broken_down)
    new = dict(zip(missing, computed, strict=True))
    with _lock:
        _shelf.update(new)
        while len(_shelf) > KEPT:
            _shelf.popitem(last=False)
    return [(made | new)[key] for key in keys]


def forget() -> None:
    """Drop everything kept: for tests, whose databases repeat each other's instants."""
    with _lock:
        _shelf.clear()


def compute(
    documents: Sequence[Document], *, as_of: int, year: int, states: Sequence[Member], broken_down: bool = False
) -> list[Computed]:
    """Work frameworks out anew, all with the same few queries."""
    if not documents:
        return []
    frames = public_at(as_of)
    read: Sequence[tuple[Figures, Figures | None]]
    if broken_down:
        read = figures_and_breakdowns(documents, frames=frames)
    else:
        read = [(one, None) for one in figures_of_all(documents, frames=frames)]
    with _uncollected():
        return [
            _computed(document, figures, breakdowns, as_of, year, states)
            for document, (figures, breakdowns) in zip(documents, read, strict=True)
        ]


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles while hundreds of thousands of plain tuples are made, which took 40 % of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _computed(
    document: Document, figures: Figures, breakdowns: Figures | None, as_of: int, year: int, states: Sequence[Member]
) -> Computed:
    regional = regional_of(document.kpis, figures, states)
    series = {**_of_states(document, figures, states), **_of_region(regional)}
    from_period = periods.parse(f"{document.from_date.year:04d}") if document.from_date else None
    judged: dict[tuple[str, str], Judged] = {}
    for part in document.kpis:
        kpi = part.kpi or Kpi()
        for area in (REGION, *(member.area for member in states)):
            own = series.get((part.uid, area), ())
            judged[part.uid, area] = judge(kpi, area, own, year=year, from_period=from_period)
    areas = tuple(member.area for member in states)
    return Computed(document, figures, as_of, regional, series, judged, areas, breakdowns)


# --- the region -----------------------------------------------------------------------------------


def regional_of(
    parts: Sequence[Part], figures: Figures, states: Sequence[Member], areas: Sequence[str] | None = None
) -> dict[str, Aggregated]:
    """Frequency → the region's figures, each saying what it covers; for a group, its states whether members or not."""
    found = {}
    weights = weights_of(figures)
    for frequency in A_YEAR:
        rules = [_rule(part) for part in parts if _is_aggregated(part, frequency)]
        if not rules:
            continue
        own = figures.totals.filter(pl.col("usable")).select(
            pl.col("uid").alias("item"), "area", "step", "value", "imputed"
        )
        spans = _spans(states, frequency) if areas is None else pl.DataFrame(
            [(area, 0, OPEN * 12) for area in areas], schema=MEMBERS, orient="row"
        )  # fmt: skip
        found[frequency] = aggregate(own.cast(VALUES), spans, rules, weights)  # type: ignore[arg-type]
    return found


def _is_aggregated(part: Part, frequency: str) -> bool:
    kpi = part.kpi
    return kpi is not None and kpi.aggregation.rule != "none" and kpi.frequency == frequency


def _rule(part: Part) -> Rule:
    assert part.kpi is not None  # noqa: S101 - only measured parts are asked for
    told = part.kpi.aggregation
    return Rule(
        part.uid,
        told.rule,
        told.condition,
        told.least_count_share,
        told.least_weight_share,
        told.near,
        told.carry_forward,
    )


def _spans(states: Sequence[Member], frequency: str) -> pl.DataFrame:
    """Membership in steps: a state counts for a period on whose last day it is a member."""
    rows = []
    for member in states:
        for start, end in member.spans:
            last = OPEN * 12 if end is None else _last_step(end, frequency)
            rows.append((member.area, step_at(start.year, start.month, frequency), last))
    return pl.DataFrame(rows, schema=MEMBERS, orient="row")


def _last_step(day: dt.date, frequency: str) -> int:
    step, following = step_at(day.year, day.month, frequency), day + dt.timedelta(days=1)
    return step if step_at(following.year, following.month, frequency) != step else step - 1


def _of_region(regional: Mapping[str, Aggregated]) -> dict[tuple[str, str], tuple[Figure, ...]]:
    """The region's figures as a series. Where other states are covered than before, comparing stops."""
    found: dict[tuple[str, str], list[Figure]] = {}
    covers: dict[str, tuple[list[str], int]] = {}
    for frequency, aggregated in regional.items():
        for row in aggregated.figures.iter_rows(named=True):
            uid = row["item"]
            before, segment = covers.get(uid, (row["covers"], 0))
            segment += before != row["covers"]
            covers[uid] = (row["covers"], segment)
            found.setdefault((uid, REGION), []).append(
                Figure(
                    period=periods.parse(label_of(row["step"], frequency)),
                    step=row["step"],
                    value=row["value"],
                    segment=segment,
                    usable=not row["withheld"] and row["value"] is not None,
                    flags=tuple(row["flags"]),
                    begins=before != row["covers"],
                )
            )
    return {key: tuple(figures) for key, figures in found.items()}


# --- the states -----------------------------------------------------------------------------------


FIGURE_COLUMNS: Final = (
    *("period", "step", "value", "segment", "usable", "obs_status", "qualifier", "decimals", "binding"),
    *("preferred", "offered", "begins"),
)
"""The fields of a Figure, in their order, without error and flags."""


def _of_states(
    document: Document, figures: Figures, states: Sequence[Member]
) -> dict[tuple[str, str], tuple[Figure, ...]]:
    wanted = {part.uid: part.kpi.assessment.error_attribute for part in document.kpis if part.kpi}
    attributes = {uid: attribute for uid, attribute in wanted.items() if attribute}
    errors = errors_of(figures, attributes)
    names = ["uid", "area", *FIGURE_COLUMNS, "attributes"]
    frame = figures.totals.filter(pl.col("area").is_in([member.area for member in states]))
    found: dict[tuple[str, str], list[Figure]] = {}
    for row in frame.sort("uid", "area", "period").select(names).iter_rows():
        uid, area, *rest, set_id = row
        made = Figure._make((*rest, None, ()))
        if uid in attributes:
            made = made._replace(error=_error(errors.get(set_id, {}).get(attributes[uid])))
        found.setdefault((uid, area), []).append(made)
    return {key: tuple(own) for key, own in found.items()}


def _error(text: str | None) -> float | None:
    try:
        return abs(float(text)) if text else None
    except ValueError:
        return None
