"""How far, and whether fast enough: published methods as pure functions. Where data do not allow it, nothing is said.

Each method takes a start, the latest value and a target as points (time in years, value), and the direction wanted.
Thresholds are data: three numbers from the best class down, those of the publication by default; a value on a threshold
belongs to the better class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple

INCREASE, DECREASE, KEEP_WITHIN = "increase", "decrease", "keep_within"

PACE_CLASSES: Final = ("on_track", "needs_acceleration", "off_track", "regressing")
TREND_CLASSES: Final = ("improving", "slightly_improving", "slightly_worsening", "worsening")

THRESHOLDS: Final[dict[str, tuple[float, float, float]]] = {
    "compound_pace": (0.95, 0.6, 0.0),
    "linear_pace": (1.0, 0.5, 0.0),
    "path": (1.0, 0.5, 0.0),
    "trend": (0.01, 0.0, -0.01),
}

SIGMAS: Final = 1.96
"""A change smaller than so many standard errors of the difference may be chance (95 %)."""

LEAST_POINTS: Final = 5
"""Fewer points give no projection."""


class Point(NamedTuple):
    """A value at a time; `error` is its standard error where one is known."""

    time: float
    value: float
    error: float | None = None


class CannotBeSaid(Exception):
    """The data do not allow a class; `reason` is a key of `sentences.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Pace:
    """What a method found: how fast it went, how fast it had to, their ratio, and the class that follows."""

    progress_class: str
    actual: float | None = None
    required: float | None = None
    ratio: float | None = None


@dataclass(frozen=True)
class Projection:
    """Where the straight line through the points leads, with the interval that a new value lies in (90 %)."""

    time: float
    value: float
    low: float
    high: float
    slope: float
    points: int


def meets(value: float, target: float, direction: str) -> bool:
    """Whether a value is at its target or beyond."""
    return value >= target if direction == INCREASE else value <= target


def compound_pace(start: Point, latest: Point, target: Point, direction: str, thresholds: Sequence[float] = ()) -> Pace:
    """Compound annual growth against the growth that leads to the target.

    actual = (y_t / y_0)^(1 / (t - t_0)) - 1, required = (x / y_0)^(1 / (T - t_0)) - 1, ratio = actual / required;
    at least 0.95: on track; at least 0.6: needs acceleration; at least 0: off track; below: regressing.

    Source: Eurostat, Sustainable development in the European Union, monitoring reports, annex on methods ("with a
    quantitative target"): 95 %, 60 % and 0 %. Open SDG's automatic progress calculation uses the same three. All values
    must be above zero: CannotBeSaid("not_positive").
    """
    settled = _settled(start, latest, target, direction)
    if settled:
        return settled
    if min(start.value, latest.value, target.value) <= 0:
        raise CannotBeSaid("not_positive")
    actual = _growth(start, latest)
    required = _growth(start, target)
    return _paced(actual, required, latest, target, thresholds or THRESHOLDS["compound_pace"])


def linear_pace(start: Point, latest: Point, target: Point, direction: str, thresholds: Sequence[float] = ()) -> Pace:
    """Change a year against the change a year that leads to the target on a straight line.

    actual = (y_t - y_0) / (t - t_0), required = (x - y_0) / (T - t_0), ratio = actual / required; at least 1: on track;
    at least 0.5: needs acceleration; at least 0: off track; below: regressing.

    Source: Sustainable Development Solutions Network, SDG Index and Dashboards (Sustainable Development Report), trend
    arrows: on track, moderately improving (more than half the rate needed), stagnating, decreasing. There the values
    are scores from 0 to 100; a ratio of linear changes is the same for scores and for values.
    """
    settled = _settled(start, latest, target, direction)
    if settled:
        return settled
    actual = (latest.value - start.value) / (latest.time - start.time)
    required = (target.value - start.value) / (target.time - start.time)
    return _paced(actual, required, latest, target, thresholds or THRESHOLDS["linear_pace"])


def path(
    start: Point,
    latest: Point,
    milestones: Sequence[Point],
    target: Point,
    direction: str,
    thresholds: Sequence[float] = (),
) -> Pace:
    """Way made against the way due: straight lines from start through the milestones to the target.

    actual = y_t - y_0, required = path(t) - y_0, ratio = actual / required; classes as in `linear_pace`.

    Source: the piecewise form of `linear_pace`; with no milestone both give the same ratio. The thresholds are those of
    `linear_pace`; no publication that we know sets others.
    """
    settled = _settled(start, latest, target, direction)
    if settled:
        return settled
    due = _on_path([start, *sorted(milestones), target], latest.time)
    required = due - start.value
    actual = latest.value - start.value
    if required == 0 or (required > 0) != (direction == INCREASE):
        raise CannotBeSaid("path_stands_still")
    return _paced(actual, required, latest, target, thresholds or THRESHOLDS["path"])


def trend(start: Point, latest: Point, direction: str, thresholds: Sequence[float] = ()) -> Pace:
    """Compound annual growth in the direction wanted, where there is no target.

    actual = (y_t / y_0)^(1 / (t - t_0)) - 1, counted negative where a decrease is wanted; at least 1 % a year:
    improving; at least 0: slightly improving; at least -1 %: slightly worsening; below: worsening.

    Source: Eurostat, as for `compound_pace` ("without a quantitative target"): 1 %, 0 and -1 % a year. All values must
    be above zero: CannotBeSaid("not_positive").
    """
    _check_order(start, latest)
    if min(start.value, latest.value) <= 0:
        raise CannotBeSaid("not_positive")
    growth = _growth(start, latest)
    wanted = growth if direction == INCREASE else -growth
    return Pace(_classed(wanted, thresholds or THRESHOLDS["trend"], TREND_CLASSES), actual=growth)


def stage(before: Point | None, latest: Point, milestones: Sequence[Point], target: Point) -> Pace:
    """The stage reached against the stage due by now.

    Due is the highest milestone whose time has come (the target from its own time on). At the target: achieved; at or
    above what is due: on track; one stage short: needs acceleration; more: off track; below the stage before:
    regressing.

    Source: the counting of steps usual for policy indicators; the classes are ADME's, as no publication sets them.
    """
    if latest.value >= target.value:
        return Pace("achieved")
    if before is not None and latest.value < before.value:
        return Pace("regressing", actual=latest.value)
    due = max((point.value for point in (*milestones, target) if point.time <= latest.time), default=None)
    if due is None or latest.value >= due:
        return Pace("on_track", actual=latest.value, required=due)
    short = due - latest.value
    return Pace("needs_acceleration" if short <= 1 else "off_track", actual=latest.value, required=due)


def within(start: Point | None, latest: Point, low: float, high: float, due: float | None) -> Pace:
    """Inside limits or not, for what should neither rise nor fall too far.

    Inside: on track, and achieved from the target's time on. Outside: needs acceleration where the distance to the
    nearer limit has shrunk since the start, regressing where it has grown, off track otherwise.

    Source: ADME's own rule; no publication that we know sets one.
    """
    if low <= latest.value <= high:
        return Pace("achieved" if due is not None and latest.time >= due else "on_track", actual=latest.value)
    if start is None:
        raise CannotBeSaid("too_few_points")
    _check_order(start, latest)
    distance, before = _outside(latest.value, low, high), _outside(start.value, low, high)
    if distance == before:
        return Pace("off_track", actual=distance)
    return Pace("needs_acceleration" if distance < before else "regressing", actual=distance)


def check_error(start: Point, latest: Point) -> None:
    """CannotBeSaid("within_error") where the change may be chance.

    Both errors are known, and |change| < 1.96 √(e_0² + e_t²).
    """
    if start.error is None or latest.error is None:
        return
    if abs(latest.value - start.value) < SIGMAS * sqrt(start.error**2 + latest.error**2):
        raise CannotBeSaid("within_error")


def projection(points: Sequence[Point], time: float) -> Projection | None:
    """The least-squares line through at least five points, at a later time; None from fewer, or for no later time.

    y = a + b t; the interval is y ± t_(0.95, n-2) s √(1 + 1/n + (t - t̄)² / Σ(t_i - t̄)²), s² = Σ residuals² / (n - 2):
    the prediction interval of simple regression, in any textbook of statistics.
    """
    count = len(points)
    if count < LEAST_POINTS or time <= max(point.time for point in points):
        return None
    middle = sum(point.time for point in points) / count
    mean = sum(point.value for point in points) / count
    spread = sum((point.time - middle) ** 2 for point in points)
    if spread == 0:
        return None
    slope = sum((point.time - middle) * (point.value - mean) for point in points) / spread
    rest = sum((point.value - mean - slope * (point.time - middle)) ** 2 for point in points)
    deviation = sqrt(rest / (count - 2))
    value = mean + slope * (time - middle)
    half = student(count - 2) * deviation * sqrt(1 + 1 / count + (time - middle) ** 2 / spread)
    return Projection(time, value, value - half, value + half, slope, count)


_STUDENT: Final = (
    6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753,
    1.746, 1.740, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701, 1.699, 1.697,
)  # fmt: skip
"""The 95th percentile of Student's distribution for 1 to 30 degrees of freedom, as printed in every table."""


def student(freedom: int) -> float:
    """The same for any degrees of freedom: beyond 30 between the table and the normal 1.645, linear in 1/freedom."""
    if freedom <= len(_STUDENT):
        return _STUDENT[freedom - 1]
    return 1.645 + (_STUDENT[-1] - 1.645) * len(_STUDENT) / freedom


# --- what the methods share -----------------------------------------------------------------------


def _settled(start: Point, latest: Point, target: Point, direction: str) -> Pace | None:
    """What needs no reckoning: the target is met, or it was met at the start and is not any more."""
    if meets(latest.value, target.value, direction):
        return Pace("achieved")
    _check_order(start, latest)
    if meets(start.value, target.value, direction):
        return Pace("regressing")
    if target.time <= start.time:
        raise CannotBeSaid("target_before_start")
    return None


def _check_order(start: Point, latest: Point) -> None:
    if latest.time <= start.time:
        raise CannotBeSaid("too_few_points")


def _growth(first: Point, second: Point) -> float:
    return float((second.value / first.value) ** (1 / (second.time - first.time)) - 1)


def _paced(actual: float, required: float, latest: Point, target: Point, thresholds: Sequence[float]) -> Pace:
    ratio = actual / required
    found = _classed(ratio, thresholds, PACE_CLASSES)
    if latest.time >= target.time and found in ("on_track", "needs_acceleration"):
        found = "off_track"  # the time is over and the target not met: no pace can mend that
    return Pace(found, actual, required, ratio)


def _classed(value: float, thresholds: Sequence[float], classes: Sequence[str]) -> str:
    for threshold, name in zip(thresholds, classes, strict=False):
        if value >= threshold:
            return name
    return classes[-1]


def _on_path(points: Sequence[Point], time: float) -> float:
    for first, second in zip(points, points[1:], strict=False):
        if time <= second.time and second.time > first.time:
            return first.value + (second.value - first.value) * (time - first.time) / (second.time - first.time)
    return points[-1].value


def _outside(value: float, low: float, high: float) -> float:
    return max(low - value, value - high, 0.0)
