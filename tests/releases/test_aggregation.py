"""Regional figures: the vectorised rules against a slow reading of the same words, and what dropping a member does."""

from __future__ import annotations

import random
import statistics
from typing import Any

import polars as pl
import pytest

from adme.releases import aggregation as agg

AREAS = ("BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN")
RULES = (agg.SUM, agg.WEIGHTED_MEAN, agg.MEAN, agg.MEDIAN, agg.COUNT)

LINE = -1
"""Where an interpolated value is from, instead of a year."""

World = dict[str, Any]


def random_world(chance: random.Random) -> World:
    """One item: ragged values and weights, members that join late, any rule."""
    density, weighed = chance.choice([0.3, 0.7, 1.0]), chance.choice([0.5, 0.9, 1.0])
    rule = chance.choice(RULES)
    broken = {area for area in AREAS if chance.random() < 0.3}
    return {
        "values": {
            (area, step): (chance.uniform(-50, 100), chance.random() < 0.2, int(step > 2012 and area in broken))
            for area in AREAS for step in range(2010, 2016) if chance.random() < density
        },
        "weights": {
            (area, step): chance.uniform(1, 300)
            for area in AREAS for step in range(2000, 2016) if chance.random() < weighed / 4
        },
        "members": {area: (chance.choice([1900, 1900, 2012]), chance.choice([9999, 9999, 2013])) for area in AREAS},
        "rule": agg.Rule(
            "x",
            rule,
            condition=">= 20" if rule == agg.COUNT else "",
            least_count=chance.choice([None, 0.0, 0.5, 0.9]),
            least_weight=chance.choice([None, 0.5]),
            carry_forward=chance.choice([0, 1, 3]),
            interpolate=chance.choice([0, 0, 1, 3]),
            breaks=chance.choice([(), (2012,), (2014, 2012)]),
        ),
    }  # fmt: skip


def fast(world: World) -> dict[int, dict[str, Any]]:
    values = [
        ("x", area, step, value, imputed, segment)
        for (area, step), (value, imputed, segment) in world["values"].items()
    ]
    weights = [("x", area, step, weight) for (area, step), weight in world["weights"].items()]
    members = [(area, *span) for area, span in world["members"].items()]
    made = agg.aggregate(
        pl.DataFrame(values, schema=agg.VALUES, orient="row"),
        pl.DataFrame(members, schema=agg.MEMBERS, orient="row"),
        [world["rule"]],
        pl.DataFrame(weights, schema=agg.WEIGHTS, orient="row"),
    )
    return {row["step"]: row for row in made.figures.iter_rows(named=True)}


def newest(found: dict[tuple[str, int], Any], area: str, step: int, back: int) -> Any:
    for earlier in range(step, step - back - 1, -1):
        if (area, earlier) in found:
            return earlier, found[area, earlier]
    return None


def on_the_line(found: dict[tuple[str, int], Any], area: str, step: int, most: int) -> tuple[float, bool, int] | None:
    """What stands on the straight line between the value before and the one after: value, whether imputed, segment."""
    if (area, step) in found:
        return None
    before = max((at for name, at in found if name == area and at < step), default=None)
    after = min((at for name, at in found if name == area and at > step), default=None)
    if before is None or after is None or after - before - 1 > most:
        return None
    (low, imputed, segment), (high, _imputed, other) = found[area, before], found[area, after]
    share = (step - before) / (after - before)
    return (low * (1 - share) + high * share, imputed, segment) if segment == other else None


def slow(world: World) -> dict[int, dict[str, Any]]:
    """Read from the words of the manual, member by member."""
    rule: agg.Rule = world["rule"]
    found = {}
    for step in sorted({step for _area, step in world["values"]}):
        members = sorted(area for area, (first, last) in world["members"].items() if first <= step <= last)
        have = {}
        for area in members:
            line = on_the_line(world["values"], area, step, rule.interpolate)
            value = newest(world["values"], area, step, rule.carry_forward)
            if value and any(value[0] < broken <= step for broken in rule.breaks):
                value = None
            if line is not None:
                value = (LINE, line)
            weight = newest(world["weights"], area, step, agg.OLDEST_WEIGHT)
            if value and (weight or rule.rule != agg.WEIGHTED_MEAN):
                have[area] = (value, weight)
        if not have:
            continue
        weights = {area: newest(world["weights"], area, step, agg.OLDEST_WEIGHT) for area in members}
        share = None
        if all(weights.values()):
            share = sum(weights[a][1] for a in have) / sum(weights[a][1] for a in members)
        least_count, least_weight = rule.thresholds
        low = len(have) / len(members) < least_count or (share is not None and share < least_weight)
        found[step] = {
            "value": None if low else slow_value(rule, have),
            "have": len(have),
            "members": len(members),
            "weight_share": share,
            "carried": sum(LINE < value[0] < step for value, _weight in have.values()),
            "interpolated": sum(value[0] == LINE for value, _weight in have.values()),
            "imputed_share": sum(value[0] < step or value[1][1] for value, _weight in have.values()) / len(have),
            "missing": [area for area in members if area not in have],
            "covers": sorted(have),
            "segments": [have[area][0][1][2] for area in sorted(have)],
            "withheld": low,
        }
    return found


def slow_value(rule: agg.Rule, have: dict[str, Any]) -> float:
    numbers = [value[1][0] for value, _weight in have.values()]
    if rule.rule == agg.SUM:
        return sum(numbers)
    if rule.rule == agg.MEAN:
        return statistics.fmean(numbers)
    if rule.rule == agg.MEDIAN:
        return statistics.median(numbers)
    if rule.rule == agg.COUNT:
        return float(len([number for number in numbers if number >= 20]))
    total = sum(weight[1] for _value, weight in have.values())
    return sum(value[1][0] * weight[1] / total for value, weight in have.values())


def test_agrees_with_a_slow_reading_of_the_rules(volume):
    chance = random.Random(7)
    for case in range(volume(150, long=10_000)):
        world = random_world(chance)
        got, wanted = fast(world), slow(world)
        assert list(got) == list(wanted), case
        for step, told in wanted.items():
            for name, value in told.items():
                same = pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
                assert got[step][name] == same, (case, step, name)


def test_dropping_any_member_never_changes_a_figure_without_a_flag(volume):
    chance = random.Random(8)
    compared = 0
    for case in range(volume(100, long=1_000)):
        world = random_world(chance)
        dropped = chance.choice(AREAS)
        left = {key: value for key, value in world["values"].items() if key[0] != dropped}
        before, after = fast(world), fast({**world, "values": left})
        for step, figure in after.items():
            if step in before and figure["value"] != before[step]["value"]:
                compared += 1
                assert figure["flags"], (case, step)
                assert dropped in figure["missing"] or figure["carried"] > 0, (case, step)
    assert compared > 20


def test_dropping_a_weight_is_seen_too():
    values = {(area, 2015): (10.0 * place, False, 0) for place, area in enumerate(AREAS)}
    world: World = {
        "values": values,
        "weights": {(area, 2015): 1.0 for area in AREAS},
        "members": dict.fromkeys(AREAS, (1900, 9999)),
        "rule": agg.Rule("x", agg.WEIGHTED_MEAN),
    }
    assert fast(world)[2015]["flags"] == []
    del world["weights"]["VN", 2015]
    assert fast(world)[2015]["flags"] == ["partial", "weights_incomplete"]
    assert fast(world)[2015]["missing"] == ["VN"]


def figure_of(rule: agg.Rule, have: int, members: int = 10) -> dict[str, Any]:
    world: World = {
        "values": {(area, 2015): (1.0, False, 0) for area in AREAS[:have]},
        "weights": {},
        "members": dict.fromkeys(AREAS[:members], (1900, 9999)),
        "rule": rule,
    }
    return fast(world)[2015]


@pytest.mark.parametrize(
    ("rule", "have", "flags", "withheld"),
    [
        (agg.Rule("x", agg.MEAN), 10, [], False),
        (agg.Rule("x", agg.MEAN), 9, ["partial"], False),
        (agg.Rule("x", agg.MEAN), 6, ["partial", "near_threshold"], False),
        (agg.Rule("x", agg.MEAN), 5, ["withheld", "partial"], True),
        (agg.Rule("x", agg.SUM), 9, ["withheld", "partial"], True),
        (agg.Rule("x", agg.SUM, least_count=0.9), 9, ["partial", "near_threshold"], False),
    ],
)
def test_a_figure_is_withheld_below_its_threshold_and_flagged_near_it(rule, have, flags, withheld):
    figure = figure_of(rule, have)
    assert (figure["flags"], figure["withheld"], figure["value"] is None) == (flags, withheld, withheld)


def test_a_member_counts_from_when_it_joined():
    world: World = {
        "values": {("TH", 2024): (1.0, False, 0), ("TH", 2025): (1.0, False, 0)},
        "weights": {},
        "members": {"TH": (1967, 9999), "TL": (2025, 9999)},
        "rule": agg.Rule("x", agg.MEAN, least_count=0.0),
    }
    got = fast(world)
    assert [(got[step]["members"], got[step]["missing"]) for step in (2024, 2025)] == [(1, []), (2, ["TL"])]


def test_a_carried_value_is_flagged_and_goes_no_further_than_its_limit():
    world: World = {
        "values": {("TH", 2012): (5.0, False, 0), **{("VN", step): (1.0, False, 0) for step in range(2012, 2016)}},
        "weights": {},
        "members": {"TH": (1900, 9999), "VN": (1900, 9999)},
        "rule": agg.Rule("x", agg.MEAN, carry_forward=2, least_count=0.0),
    }
    got = fast(world)
    assert [(got[step]["value"], got[step]["flags"]) for step in range(2012, 2016)] == [
        (3.0, []),
        (3.0, ["carried"]),
        (3.0, ["carried"]),
        (1.0, ["partial"]),
    ]


def test_an_interpolated_value_lies_on_the_line_is_flagged_and_spans_no_break_and_no_wider_gap():
    everybody = {("VN", step): (0.0, False, 0) for step in range(2010, 2020)}
    some = {("TH", 2010): (10.0, False, 0), ("TH", 2013): (40.0, False, 0), ("TH", 2015): (40.0, False, 1)}
    world: World = {
        "values": {**everybody, **some, ("TH", 2019): (80.0, False, 1)},
        "weights": {},
        "members": {"TH": (1900, 9999), "VN": (1900, 9999)},
        "rule": agg.Rule("x", agg.SUM, interpolate=2, least_count=0.0),
    }
    got = {step: (figure["value"], figure["flags"]) for step, figure in fast(world).items()}
    assert got[2010] == (10.0, [])
    assert got[2011] == (pytest.approx(20.0), ["interpolated"])
    assert got[2012] == (pytest.approx(30.0), ["interpolated"])
    assert got[2014] == (0.0, ["partial"]), "a break lies between"
    assert got[2016] == (0.0, ["partial"]), "three years are missing"
    assert fast({**world, "rule": agg.Rule("x", agg.SUM, least_count=0.0)})[2011]["flags"] == ["partial"]
