"""Progress: each method against its formula by hand, against a slow reading, and against what it must refuse to say.

The publications named in `adme.frameworks.progress` print formula and thresholds; complete worked examples with all
their inputs are not in them as far as we know, so the examples here are worked by hand from the printed formulas.
"""

from __future__ import annotations

import math
import random
from decimal import Decimal, getcontext
from typing import Any

import pytest

from adme.frameworks import progress as p
from adme.frameworks.progress import DECREASE, INCREASE, Point


@pytest.mark.parametrize(
    ("start", "latest", "target", "direction", "wanted"),
    [
        # 100 → 121 in two years is 10 % a year; 100 → 161.051 in five needs exactly 10 % a year.
        ((2015, 100), (2017, 121), (2020, 161.051), INCREASE, (0.1, 0.1, 1.0, "on_track")),
        # 100 → 104 in a year is 4 %; needed 5 % a year to 110.25 in two: 80 %.
        ((2015, 100), (2016, 104), (2017, 110.25), INCREASE, (0.04, 0.05, 0.8, "needs_acceleration")),
        ((2015, 100), (2016, 101), (2017, 121), INCREASE, (0.01, 0.1, 0.1, "off_track")),
        ((2015, 100), (2016, 99), (2017, 121), INCREASE, (-0.01, 0.1, -0.1, "regressing")),
        # 100 → 90.25 in two years falls 5 % a year; to 81.450625 in four the same 5 %.
        ((2015, 100), (2017, 90.25), (2019, 81.450625), DECREASE, (-0.05, -0.05, 1.0, "on_track")),
        ((2015, 100), (2016, 101), (2017, 81), DECREASE, (0.01, -0.1, -0.1, "regressing")),
    ],
)
def test_compound_pace_by_hand(start, latest, target, direction, wanted):
    got = p.compound_pace(Point(*start), Point(*latest), Point(*target), direction)
    assert (got.actual, got.required, got.ratio) == pytest.approx(wanted[:3], abs=1e-9)
    assert got.progress_class == wanted[3]


@pytest.mark.parametrize(
    ("latest", "wanted"),
    [(70, "on_track"), (60, "needs_acceleration"), (55, "off_track"), (49, "regressing"), (100, "achieved")],
)
def test_linear_pace_by_hand(latest, wanted):
    """From 50 in 2015 to 90 in 2025 needs 4 a year: 20 in five years."""
    got = p.linear_pace(Point(2015, 50), Point(2020, latest), Point(2025, 90), INCREASE)
    assert got.progress_class == wanted
    if wanted != "achieved":
        assert (got.required, got.actual) == (4.0, (latest - 50) / 5)


def test_a_path_with_a_milestone_asks_for_what_the_milestone_asks():
    """50 → 60 by 2020, then 90 by 2025: in 2018 six are due, on the straight line twelve."""
    given: Any = {"start": Point(2015, 50), "latest": Point(2018, 56), "target": Point(2025, 90), "direction": INCREASE}
    assert p.path(milestones=[Point(2020, 60)], **given).progress_class == "on_track"
    assert p.path(milestones=[Point(2020, 60)], **given).required == pytest.approx(6)
    assert p.path(milestones=[], **given).ratio == pytest.approx(p.linear_pace(**given).ratio)


@pytest.mark.parametrize(
    ("latest", "direction", "wanted"),
    [
        (101.0, INCREASE, "improving"), (100.0, INCREASE, "slightly_improving"), (99.5, INCREASE, "slightly_worsening"),
        (98.0, INCREASE, "worsening"), (98.0, DECREASE, "improving"), (102.0, DECREASE, "worsening"),
    ],
)  # fmt: skip
def test_trend_by_hand(latest, direction, wanted):
    assert p.trend(Point(2015, 100.0), Point(2016, latest), direction).progress_class == wanted


@pytest.mark.parametrize(
    ("before", "latest", "wanted"),
    [(1, 4, "achieved"), (1, 2, "on_track"), (1, 1, "needs_acceleration"), (0, 0, "off_track"), (3, 2, "regressing")],
)
def test_stages_by_hand(before, latest, wanted):
    """Stage 2 is due by 2020, stage 4 by 2025."""
    got = p.stage(Point(2018, before), Point(2021, latest), [Point(2020, 2)], Point(2025, 4))
    assert got.progress_class == wanted


@pytest.mark.parametrize(
    ("start", "latest", "wanted"),
    [
        (8, 5, "on_track"),
        (12, 8, "needs_acceleration"),
        (8, 12, "regressing"),
        (8, 8, "off_track"),
        (1, 8, "regressing"),
    ],
)
def test_limits_by_hand(start, latest, wanted):
    assert p.within(Point(2015, start), Point(2020, latest), 2, 6, None).progress_class == wanted


def test_what_is_within_its_limits_at_the_due_time_is_achieved():
    assert p.within(None, Point(2025, 5), 2, 6, 2025).progress_class == "achieved"


@pytest.mark.parametrize("method", [p.compound_pace, p.linear_pace])
def test_what_every_pace_has_in_common(method):
    start, target = Point(2015, 50), Point(2025, 100)
    assert method(start, Point(2014, 120), target, INCREASE).progress_class == "achieved"
    assert method(Point(2015, 110), Point(2020, 90), target, INCREASE).progress_class == "regressing"
    assert method(start, Point(2026, 99), target, INCREASE).progress_class == "off_track"
    for wrong, reason in (
        ((start, start), "too_few_points"),
        ((Point(2025, 50), Point(2026, 60)), "target_before_start"),
    ):
        with pytest.raises(p.CannotBeSaid) as refused:
            method(*wrong, target, INCREASE)
        assert refused.value.reason == reason


@pytest.mark.parametrize("values", [(0, 5, 10), (5, 0, 10), (-1, 5, 10)])
def test_compound_growth_of_what_is_not_above_zero_is_not_said(values):
    start, latest, target = (Point(2015 + 5 * place, value) for place, value in enumerate(values))
    with pytest.raises(p.CannotBeSaid):
        p.compound_pace(start, latest, target, INCREASE)


def test_a_change_inside_the_sampling_error_is_not_said():
    """1.96 √(1² + 1²) = 2.77."""
    with pytest.raises(p.CannotBeSaid):
        p.check_error(Point(2015, 50, 1.0), Point(2020, 52.7, 1.0))
    p.check_error(Point(2015, 50, 1.0), Point(2020, 52.8, 1.0))
    p.check_error(Point(2015, 50, None), Point(2020, 50.1, 1.0))


def test_thresholds_are_data():
    given = (Point(2015, 50), Point(2020, 60), Point(2025, 90), INCREASE)
    assert p.linear_pace(*given).progress_class == "needs_acceleration"
    assert p.linear_pace(*given, thresholds=(0.4, 0.2, 0)).progress_class == "on_track"


# --- projection -----------------------------------------------------------------------------------


def test_a_projection_by_hand():
    """y = 1, 3, 2, 5, 4 at 1 … 5: slope 0.8, mean 3, residual square sum 3.6; at 7 the line gives 6.2.

    s² = 1.2; 1 + 1/5 + 16/10 = 2.8; t with 3 degrees is 2.353: half the interval is 2.353 √(1.2 · 2.8) = 4.3131.
    """
    points = [Point(time, value) for time, value in zip(range(1, 6), (1, 3, 2, 5, 4), strict=True)]
    got = p.projection(points, 7)
    assert got is not None
    assert (got.slope, got.value, got.points) == (pytest.approx(0.8), pytest.approx(6.2), 5)
    assert got.high - got.value == pytest.approx(4.3131, abs=1e-4)
    assert got.value - got.low == pytest.approx(4.3131, abs=1e-4)


def test_nothing_is_projected_from_fewer_than_five_points_or_backwards():
    points = [Point(2010 + n, float(n)) for n in range(5)]
    assert p.projection(points[:4], 2030) is None
    assert p.projection(points, 2014) is None
    assert p.projection(points, 2015) is not None


def test_students_table_goes_over_into_the_normal_distribution():
    values = [p.student(freedom) for freedom in (1, 10, 30, 31, 60, 120, 100_000)]
    assert values == sorted(values, reverse=True)
    assert p.student(60) == pytest.approx(1.671, abs=0.001)
    assert p.student(120) == pytest.approx(1.658, abs=0.001)


def test_the_interval_holds_a_new_value_nine_times_in_ten(volume):
    chance = random.Random(3)
    runs, inside = volume(600, long=20_000), 0
    for _run in range(runs):
        points = [Point(time, 2 * time + chance.gauss(0, 5)) for time in range(8)]
        got = p.projection(points, 12)
        assert got is not None
        inside += got.low <= 2 * 12 + chance.gauss(0, 5) <= got.high
    assert inside / runs == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / runs))


# --- a slow reading -------------------------------------------------------------------------------


def slow(method: str, points: list[Point], direction: str) -> str:
    """The words of the manual in exact decimals, without anything of the module but its Points."""
    getcontext().prec = 40
    start, latest, target = points
    y0, y1, x = (Decimal(point.value) for point in (start, latest, target))
    rising = direction == INCREASE
    if (y1 >= x) if rising else (y1 <= x):
        return "achieved"
    if latest.time <= start.time:
        return "too_few_points"
    if (y0 >= x) if rising else (y0 <= x):
        return "regressing"
    if target.time <= start.time:
        return "target_before_start"
    years, all_years = Decimal(latest.time) - Decimal(start.time), Decimal(target.time) - Decimal(start.time)
    if method == "compound_pace":
        if min(y0, y1, x) <= 0:
            return "not_positive"
        actual = (y1 / y0) ** (1 / years) - 1
        required = (x / y0) ** (1 / all_years) - 1
        bounds = (Decimal("0.95"), Decimal("0.6"), Decimal(0))
    else:
        actual, required = (y1 - y0) / years, (x - y0) / all_years
        bounds = (Decimal(1), Decimal("0.5"), Decimal(0))
    names = ["on_track", "needs_acceleration", "off_track", "regressing"]
    place = next((n for n, bound in enumerate(bounds) if actual / required >= bound), 3)
    return "off_track" if latest.time >= target.time and place < 2 else names[place]


def test_agrees_with_a_slow_reading_of_the_formulas(volume):
    chance = random.Random(11)
    for case in range(volume(800, long=10_000)):
        method = chance.choice(["compound_pace", "linear_pace"])
        times = (chance.choice([2010, 2015]), chance.choice([2010, 2016, 2024, 2026]), chance.choice([2010, 2025]))
        lowest = chance.choice([0.1, -20])
        points = [Point(time, round(chance.uniform(lowest, 100), 2)) for time in times]
        direction = chance.choice([INCREASE, DECREASE])
        try:
            got = getattr(p, method)(*points, direction).progress_class
        except p.CannotBeSaid as refused:
            got = refused.reason
        assert got == slow(method, points, direction), (case, method, points, direction)
