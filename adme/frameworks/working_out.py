"""What a framework's figures say, before anybody's decisions: worked out set by set, and kept by each process.

What is kept depends on the edition, the release instant, the year and the membership; so the same question has the
same answer until the public clock moves: a release that is concealed goes from the past as well, and moves it.
"""

from __future__ import annotations

import datetime as dt
import gc
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import polars as pl

from adme.accounts.models import MembershipPeriod
from adme.frameworks.assessing import Figure, Judged, judge
from adme.frameworks.document import VALUE, Document, Kpi, Part
from adme.frameworks.figures import (
    Figures,
    Flows,
    Frames,
    errors_of,
    figures_and_breakdowns,
    figures_of_all,
    public_at,
    public_at_each,
    weights_of,
)
from adme.frameworks.queries import Current
from adme.frameworks.steps import A_YEAR, label_of, step_at, step_of
from adme.lib import periods
from adme.lib.texts import text_in
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
    until: int | None = None
    """The year beyond which figures are left out, and in which classes are told; None for what was worked out."""

    def series_of(self, uid: str, area: str) -> tuple[Figure, ...]:
        """The figures of a KPI for an area, oldest first."""
        own = self.series.get((uid, area), ())
        if self.until is None:
            return own
        return tuple(one for one in own if periods.year(one.period) <= self.until)

    def judged_of(self, uid: str, area: str) -> Judged:
        """The class of a KPI for an area."""
        if self.until is None:
            return self.judged[uid, area]
        if (uid, area) not in self._judged_until:
            kpi, own = self.document.by_uid[uid].kpi or Kpi(), self.series_of(uid, area)
            self._judged_until[uid, area] = judge(kpi, area, own, year=self.until, from_period=start_of(self.document))
        return self._judged_until[uid, area]

    @cached_property
    def _judged_until(self) -> dict[tuple[str, str], Judged]:
        return {}

    def parts_of(self, uid: str, period: int) -> list[dict[str, Any]]:
        """What the region's figure of a period is made of: a row for each member, as `Aggregated.parts` has it."""
        part = self.document.by_uid[uid]
        found = self.regional.get(part.kpi.frequency) if part.kpi else None
        if found is None:
            return []
        own = found.parts.filter((pl.col("item") == uid) & (pl.col("step") == step_of(period)))
        return list(own.iter_rows(named=True))

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


# --- worked out once ------------------------------------------------------------------------------

_shelf: OrderedDict[tuple[Any, ...], Computed] = OrderedDict()
_lock = threading.Lock()


class Wanted(NamedTuple):
    """An edition with the release instant whose figures are asked for, and the year that classes are told in."""

    current: Current
    instant: int
    year: int
    now: int
    """Where the public clock stands."""


def kept(wanted: Sequence[Wanted], states: tuple[Member, ...], *, broken_down: bool) -> list[Computed]:
    """What is kept of each framework; what is not is worked out, all of it at once."""
    spans = tuple((one.area, one.spans) for one in states)
    keys = [(one.current.edition.digest, one.instant, one.year, one.now, spans) for one in wanted]
    with _lock:
        made = {key: _shelf[key] for key in keys if key in _shelf}
        for key in made:
            _shelf.move_to_end(key)
    missing = {key: one for key, one in zip(keys, wanted, strict=True) if key not in made}
    computed = _anew(list(missing.values()), states, broken_down=broken_down)
    new = dict(zip(missing, computed, strict=True))
    with _lock:
        _shelf.update(new)
        while len(_shelf) > KEPT:
            _shelf.popitem(last=False)
    return [(made | new)[key] for key in keys]


def _anew(wanted: Sequence[Wanted], states: Sequence[Member], *, broken_down: bool) -> list[Computed]:
    """Worked out with the same few queries for all: those of one instant together, several instants fetched as one."""
    instants = sorted({one.instant for one in wanted})
    documents = [one.current.document for one in wanted]
    if len(instants) > 1:
        frames, flows = public_at_each(documents, instants)
        return [
            compute([one.current.document], as_of=one.instant, year=one.year, states=states, broken_down=broken_down,
                    frames=frames[one.instant], flows=flows)[0]
            for one in wanted
        ]  # fmt: skip
    years = {one.year for one in wanted}
    found: dict[tuple[int, Document], Computed] = {}
    for year in years:
        own = [one.current.document for one in wanted if one.year == year]
        made = compute(own, as_of=instants[0], year=year, states=states, broken_down=broken_down)
        found |= {(year, document): one for document, one in zip(own, made, strict=True)}
    return [found[one.year, one.current.document] for one in wanted]


def forget() -> None:
    """Drop everything kept: for tests, whose databases repeat each other's instants."""
    with _lock:
        _shelf.clear()


def compute(
    documents: Sequence[Document],
    *,
    as_of: int,
    year: int,
    states: Sequence[Member],
    broken_down: bool = False,
    frames: Frames | None = None,
    flows: Flows | None = None,
) -> list[Computed]:
    """Work frameworks out anew, all with the same few queries; from other cells than the public ones if `frames` are
    given, and from `flows` that were read before. Nothing is kept."""
    if not documents:
        return []
    frames = frames or public_at(as_of)
    read: Sequence[tuple[Figures, Figures | None]]
    if broken_down:
        read = figures_and_breakdowns(documents, frames=frames, flows=flows)
    else:
        read = [(one, None) for one in figures_of_all(documents, frames=frames, flows=flows)]
    with _uncollected():
        return [
            _computed(document, figures, breakdowns, as_of, year, states)
            for document, (figures, breakdowns) in zip(documents, read, strict=True)
        ]


def start_of(document: Document) -> int | None:
    """The first period of the plan."""
    return periods.parse(f"{document.from_date.year:04d}") if document.from_date else None


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
    from_period = start_of(document)
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
            pl.col("uid").alias("item"), "area", "step", "value", "imputed", "segment"
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
        told.interpolate,
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
    """The region's figures as a series. Where other states are covered than before, or a state's figure comes after a
    break or from another source than the one before, comparing stops."""
    found: dict[tuple[str, str], list[Figure]] = {}
    rests: dict[str, tuple[tuple[list[str], list[int]], int]] = {}
    for frequency, aggregated in regional.items():
        for row in aggregated.figures.iter_rows(named=True):
            uid = row["item"]
            rests_on = (row["covers"], row["segments"])
            before, segment = rests.get(uid, (rests_on, 0))
            segment += before != rests_on
            rests[uid] = (rests_on, segment)
            found.setdefault((uid, REGION), []).append(
                Figure(
                    period=periods.parse(label_of(row["step"], frequency)),
                    step=row["step"],
                    value=row["value"],
                    segment=segment,
                    usable=not row["withheld"] and row["value"] is not None,
                    flags=tuple(row["flags"]),
                    begins=before != rests_on,
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
