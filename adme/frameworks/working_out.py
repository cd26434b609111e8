"""What a framework's figures say, before anybody's decisions: worked out set by set, and kept by each process.

What is kept depends on the edition, the release instant, the year and the membership; so the same question has the
same answer until the public clock moves: a release that is concealed goes from the past as well, and moves it.
"""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

import polars as pl

from adme.frameworks.assessing import Figure, Judged, judge
from adme.frameworks.document import VALUE, Document, Kpi
from adme.frameworks.figures import (
    Figures,
    Flows,
    Frames,
    errors_of,
    figures_and_breakdowns,
    figures_of_all,
    public_at,
    public_at_each,
)
from adme.frameworks.queries import Current
from adme.frameworks.region import REGION, Member, of_region, regional_of
from adme.frameworks.steps import label_of, step_of
from adme.lib import periods
from adme.releases.aggregation import Aggregated

KEPT: Final = 24
"""Scorecards kept in memory by each process."""


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

    def up_to(self, year: int, states: Sequence[Member], uid: str = "") -> Computed:
        """The same with figures up to a year only. What lay on a line to a later value of the region is worked out
        anew, as nobody knew that value then: of every KPI, or of the one that is asked for."""
        kpis = [part for part in self.document.kpis if not uid or part.uid == uid]
        lines = [part for part in kpis if part.kpi and part.kpi.aggregation.interpolate]
        then = replace(self, until=year)
        if not lines:
            return then
        regional, uids = dict(self.regional), [part.uid for part in lines]
        for frequency, anew in regional_of(lines, then.figures_until, states).items():
            own = self.regional[frequency]
            regional[frequency] = Aggregated(
                pl.concat([own.figures.filter(~pl.col("item").is_in(uids)), anew.figures]).sort("item", "step"),
                pl.concat([own.parts.filter(~pl.col("item").is_in(uids)), anew.parts]).sort("item", "step", "area"),
            )
        kept = {key: series for key, series in self.series.items() if key[1] != REGION}
        return replace(then, regional=regional, series={**kept, **of_region(regional)})

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

    @property
    def figures_until(self) -> Figures:
        """The figures, up to the year where one was asked for."""
        if self.until is None:
            return self.figures
        return replace(self.figures, values=self.figures.values.filter(pl.col("period") // 100_000 <= self.until))

    @cached_property
    def own_regions(self) -> dict[str, list[tuple[str, int, float, int | None]]]:
        """KPI → what sources themselves give for areas that were never members: area, period, value, binding; by area,
        the latest first. Never mixed in."""
        columns = ("uid", "area", "period", "value", "binding")
        theirs = self.figures_until.totals.filter(~pl.col("area").is_in(list(self.areas))).select(columns)
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
    series = {**_of_states(document, figures, states), **of_region(regional)}
    from_period = start_of(document)
    judged: dict[tuple[str, str], Judged] = {}
    for part in document.kpis:
        kpi = part.kpi or Kpi()
        for area in (REGION, *(member.area for member in states)):
            own = series.get((part.uid, area), ())
            judged[part.uid, area] = judge(kpi, area, own, year=year, from_period=from_period)
    areas = tuple(member.area for member in states)
    return Computed(document, figures, as_of, regional, series, judged, areas, breakdowns)


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
