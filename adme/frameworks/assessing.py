"""From a KPI and its points to a class: which one is the start, when nothing may be said, which method to ask. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from adme.frameworks import progress
from adme.frameworks.document import Aim, Kpi
from adme.frameworks.progress import CannotBeSaid, Pace, Point
from adme.frameworks.steps import time_of

CANNOT: Final = "cannot_be_said"
TREND: Final = "trend"
STAGE: Final = "stage"
UNDIRECTED: Final = (STAGE, "none", "")


class Figure(NamedTuple):
    """One figure of a KPI for an area: what a chart shows and a method reckons with.

    `segment` changes where comparing must stop. `usable` is False for censored values, forecasts and withheld regional
    figures. `note` are the flags of a regional figure.
    """

    period: int
    step: int
    value: float | None
    segment: int = 0
    usable: bool = True
    obs_status: str = "A"
    qualifier: str = ""
    decimals: int | None = None
    binding: int | None = None
    preferred: bool = True
    offered: int = 1
    begins: bool = False
    error: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def point(self) -> Point:
        """For the methods. Only of a usable figure."""
        return Point(time_of(self.period), self.value or 0.0, self.error)


@dataclass(frozen=True)
class Judged:
    """What is said of one KPI and area, with everything that it was worked out from.

    `progress_class` is one of the six, or a word of `progress.TREND_CLASSES` where `is_trend`; `reason` says why
    nothing can be said. `start` and `target` are (period, value).
    """

    progress_class: str
    reason: str = ""
    is_trend: bool = False
    method: str = ""
    start: tuple[int, float] | None = None
    latest: tuple[int, float] | None = None
    target: tuple[int, float] | None = None
    milestones: tuple[tuple[int, float], ...] = ()
    pace: Pace | None = None
    points: int = 0
    thresholds: tuple[float, ...] = ()

    @property
    def can_be_said(self) -> bool:
        """Whether there is a class."""
        return self.progress_class != CANNOT


@dataclass(frozen=True)
class _Case:
    """What a method is asked with."""

    kpi: Kpi
    series: tuple[Figure, ...]
    """The usable figures of the latest segment, oldest first."""
    is_broken: bool
    """Whether there are figures, or a declared break, before that segment."""
    baseline: Aim | None
    milestones: tuple[Aim, ...]
    target: Aim | None
    from_period: int | None

    @property
    def latest(self) -> Figure:
        return self.series[-1]

    @property
    def start(self) -> Point | None:
        """The baseline that was agreed; else the first figure of the segment in the time of the plan."""
        if self.baseline is not None:
            return _point_of(self.baseline)
        inside = [one for one in self.series if self.from_period is None or one.period >= self.from_period]
        return inside[0].point if inside else None


def judge(kpi: Kpi, area: str, figures: Sequence[Figure], *, year: int, from_period: int | None) -> Judged:
    """The class of a KPI for an area by its own method, in a year (the present of whoever asks).

    `from_period` is where the plan begins: without a baseline the first figure from there on is the start.
    """
    case = _case(kpi, area, figures, from_period)
    method = _method_of(kpi, case)
    known = {
        "method": method,
        "latest": (case.latest.period, case.latest.value or 0.0) if case.series else None,
        "target": (case.target.period, case.target.value) if case.target else None,
        "milestones": tuple((aim.period, aim.value) for aim in case.milestones),
        "points": len(case.series),
        "thresholds": kpi.assessment.thresholds or progress.THRESHOLDS.get(method, ()),
    }
    try:
        _check(case, figures, method, year)
        pace = _paced(case, method)
    except CannotBeSaid as refused:
        return Judged(CANNOT, refused.reason, start=_start_of(case), **known)  # type: ignore[arg-type]
    return Judged(pace.progress_class, "", method == TREND, start=_start_of(case), pace=pace, **known)  # type: ignore[arg-type]


def _case(kpi: Kpi, area: str, figures: Sequence[Figure], from_period: int | None) -> _Case:
    usable = [one for one in figures if one.usable and one.value is not None]
    segment = usable[-1].segment if usable else 0
    series = tuple(one for one in usable if one.segment == segment)
    baselines, targets = kpi.aims_for(area, "baseline"), kpi.aims_for(area, "target")
    broken = bool(series) and (
        any(one.segment != segment for one in figures if one.period < series[0].period)
        or any(one.period <= series[-1].period for one in kpi.breaks)
    )
    return _Case(
        kpi=kpi,
        series=series,
        is_broken=broken,
        baseline=baselines[0] if baselines else None,
        milestones=kpi.aims_for(area, "milestone"),
        target=targets[-1] if targets else None,
        from_period=from_period,
    )


def _method_of(kpi: Kpi, case: _Case) -> str:
    """The method chosen; without one the usual one where there is a target, and the trend where there is none."""
    if kpi.assessment.method:
        return kpi.assessment.method
    if case.target is None:
        return TREND if kpi.direction in (progress.INCREASE, progress.DECREASE) else ""
    return "linear_pace"


def _check(case: _Case, figures: Sequence[Figure], method: str, year: int) -> None:
    """CannotBeSaid where points, age, break or coverage do not allow a class, whatever the method."""
    if method == "none":
        raise CannotBeSaid("not_assessed")
    if not case.series:
        raise CannotBeSaid("withheld" if any("withheld" in one.flags for one in figures) else "no_data")
    if figures[-1].flags and "withheld" in figures[-1].flags:
        raise CannotBeSaid("withheld")
    if year - int(time_of(case.latest.period)) > case.kpi.assessment.oldest:
        raise CannotBeSaid("too_old")
    if method not in UNDIRECTED and not case.kpi.direction:
        raise CannotBeSaid("no_direction")
    needs_target = method not in (TREND, "") and case.kpi.direction != progress.KEEP_WITHIN
    if needs_target and case.target is None:
        raise CannotBeSaid("no_target")
    if not method and case.kpi.direction != progress.KEEP_WITHIN:
        raise CannotBeSaid("no_target" if case.kpi.direction else "no_direction")
    if case.baseline is not None and case.is_broken and case.baseline.period < case.series[0].period:
        raise CannotBeSaid("break")


def _paced(case: _Case, method: str) -> Pace:
    latest, start = case.latest.point, case.start
    if case.kpi.direction == progress.KEEP_WITHIN:
        due = time_of(case.target.period) if case.target else None
        return progress.within(start, latest, case.kpi.low or 0.0, case.kpi.high or 0.0, due)
    milestones = [_point_of(aim) for aim in case.milestones]
    if method == STAGE and case.target is not None:
        before = case.series[-2].point if len(case.series) > 1 else None
        return progress.stage(before, latest, milestones, _point_of(case.target))
    if (
        case.target is not None
        and method != TREND
        and progress.meets(latest.value, case.target.value, case.kpi.direction)
    ):
        return Pace("achieved")
    if start is None or start.time >= latest.time:
        raise CannotBeSaid("break" if case.is_broken else "too_few_points")
    progress.check_error(start, latest)
    return _asked(case, method, start, milestones)


def _asked(case: _Case, method: str, start: Point, milestones: Sequence[Point]) -> Pace:
    latest, direction, thresholds = case.latest.point, case.kpi.direction, case.kpi.assessment.thresholds
    if method == TREND:
        return progress.trend(start, latest, direction, thresholds)
    assert case.target is not None  # noqa: S101 - _check has refused it
    target = _point_of(case.target)
    if method == "path":
        return progress.path(start, latest, milestones, target, direction, thresholds)
    if method == "compound_pace":
        return progress.compound_pace(start, latest, target, direction, thresholds)
    return progress.linear_pace(start, latest, target, direction, thresholds)


def _point_of(aim: Aim) -> Point:
    return Point(time_of(aim.period), aim.value)


def _start_of(case: _Case) -> tuple[int, float] | None:
    if case.baseline is not None:
        return case.baseline.period, case.baseline.value
    start = case.start if case.series else None
    if start is None:
        return None
    return next((one.period, one.value or 0.0) for one in case.series if one.point.time == start.time)


def projected(kpi: Kpi, area: str, figures: Sequence[Figure]) -> progress.Projection | None:
    """The straight line of the latest segment to the target's time; None without a target or from too few points."""
    targets = kpi.aims_for(area, "target")
    usable = [one for one in figures if one.usable and one.value is not None]
    if not targets or not usable:
        return None
    series = [one.point for one in usable if one.segment == usable[-1].segment]
    return progress.projection(series, time_of(targets[-1].period))
