"""The columns-at-a-time checks against a slow and obvious reading of each rule, on random cells."""

from __future__ import annotations

import itertools
import random
import statistics
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.quality.cells import found, rule

SEXES, AREAS, YEARS = ("F", "M", "_T"), ("TH", "VN"), range(2000, 2005)
KEYS = [f"A.{series}.{area}.{sex}._Z" for series in ("POP", "GDP") for area in AREAS for sex in SEXES]
VALUES = st.one_of(st.none(), st.integers(-3, 12).map(float), st.sampled_from([0.0, 100.0, 99.5]))
CELL = st.fixed_dictionaries(
    {
        "value": VALUES,
        "stored": st.booleans(),
        "qualifier": st.sampled_from(["", "", "", "<"]),
        "before": VALUES,
    }
)
World = dict[tuple[str, int], dict[str, Any]]
PLACES = list(itertools.product(KEYS, YEARS))


def _world(numbers: random.Random) -> World:
    """Most cells are there and most are stored: so that groups are whole, and few of them touched."""
    return {
        cell: {
            "value": numbers.choice([None, 0.0, 99.5, 100.0, *map(float, range(-3, 13))]),
            "stored": numbers.random() < 0.7,
            "qualifier": "<" if numbers.random() < 0.1 else "",
            "before": numbers.choice([None, *map(float, range(-3, 13))]),
        }
        for cell in PLACES
        if numbers.random() < 0.85
    }


# Both: small worlds that hypothesis can make smaller still, and full ones, where more goes on at once.
WORLDS = st.one_of(
    st.dictionaries(st.sampled_from(PLACES), CELL, max_size=40),
    st.randoms(use_true_random=False).map(_world),
)


def cells(world: World) -> list[tuple[Any, ...]]:
    return [
        (key, str(year), one["value"], {name: one[name] for name in ("stored", "qualifier", "before")})
        for (key, year), one in world.items()
    ]


def rows(world: World) -> dict[tuple[str, int], int]:
    return {cell: number for number, cell in enumerate(world, start=2) if not world[cell]["stored"]}


def number(world: World, key: str, year: int) -> float | None:
    one = world.get((key, year))
    return one["value"] if one and not one["qualifier"] else None


def expected(world: World, broken: list[tuple[str, int, list[tuple[str, int]]]]) -> list[tuple[str, str, int | None]]:
    """Key, year and the cells that take part, the named one first: as `found` tells them."""
    place = rows(world)
    told = []
    for key, year, partners in broken:
        lines = [place[cell] for cell in partners if cell in place]
        if lines:
            told.append((key, str(year), lines[0]))
    return sorted(told, key=str)


def close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


@given(WORLDS)
@settings(max_examples=40)
def test_range(world):
    broken = [
        (key, year, [(key, year)])
        for (key, year), one in world.items()
        if one["value"] is not None and not 0 <= one["value"] <= 10
    ]
    assert found(rule("range", min=0, max=10), cells(world)) == expected(world, broken)


@given(WORLDS)
@settings(max_examples=40)
def test_growth(world):
    broken = []
    for key in KEYS:
        there = [(year, value) for year in YEARS if (value := number(world, key, year)) is not None]
        for (before, old), (year, new) in itertools.pairwise(there):
            change = (new - old) / abs(old) * 100 if old else 0
            if (change > 50 or change < -25) and abs(new - old) > 1:
                broken.append((key, year, [(key, year), (key, before)]))
    assert found(rule("growth", rise=50, fall=25, ignore_below=1), cells(world)) == expected(world, broken)


@given(WORLDS)
@settings(max_examples=40)
def test_outlier(world):
    broken = []
    for key in KEYS:
        there = [(year, value) for year in YEARS if (value := number(world, key, year)) is not None]
        values = [value for _year, value in there]
        if len(values) < 4:
            continue
        median = statistics.median(values)
        mad = statistics.median(abs(value - median) for value in values)
        broken += [
            (key, year, [(key, year)]) for year, value in there if mad and 0.6745 * abs(value - median) / mad > 3
        ]
    assert found(rule("outlier", of="level", least=4, threshold=3), cells(world)) == expected(world, broken)


@given(WORLDS)
@settings(max_examples=40)
def test_revision(world):
    broken = []
    for (key, year), one in world.items():
        value, before = number(world, key, year), one["before"]
        if None not in (value, before) and abs(value - before) > max(0.2 * abs(before), 1):
            broken.append((key, year, [(key, year)]))
    assert found(rule("revision", percent=20, ignore_below=1), cells(world)) == expected(world, broken)


def breakdowns(world: World) -> list[tuple[str, int, list[tuple[str, int]], list[Any]]]:
    told: list[tuple[str, int, list[tuple[str, int]], list[Any]]] = []
    for series, area, year in itertools.product(("POP", "GDP"), AREAS, YEARS):
        keys = [f"A.{series}.{area}.{sex}._Z" for sex in ("_T", "F", "M")]
        values = [number(world, key, year) for key in keys]
        if None not in values:
            told.append((keys[0], year, [(key, year) for key in keys], values))
    return told


BY_SEX = {"dimension": "SEX", "total": "_T", "parts": ["F", "M"]}


@given(WORLDS)
@settings(max_examples=40)
def test_parts(world):
    broken = [
        (key, year, partners)
        for key, year, partners, (total, women, men) in breakdowns(world)
        if abs(total - (women + men)) > 1 and not close(total, women + men)
    ]
    assert found(rule("parts", **BY_SEX, tolerance=1), cells(world)) == expected(world, broken)


@given(WORLDS)
@settings(max_examples=40)
def test_within_parts(world):
    broken = [
        (key, year, partners)
        for key, year, partners, (total, women, men) in breakdowns(world)
        if not min(women, men) <= total <= max(women, men)
    ]
    assert found(rule("within-parts", **BY_SEX), cells(world)) == expected(world, broken)


@given(WORLDS)
@settings(max_examples=40)
def test_ratio_and_between(world):
    ratio, between = [], []
    for area, sex, year in itertools.product(AREAS, SEXES, YEARS):
        keys = [f"A.{series}.{area}.{sex}._Z" for series in ("POP", "GDP")]
        pop, gdp = (number(world, key, year) for key in keys)
        partners = [(key, year) for key in keys]
        if pop is None or gdp is None:
            continue
        if gdp and not 0.5 <= pop / gdp <= 2:
            ratio.append((keys[0], year, partners))
        if pop > gdp and not close(pop, gdp):
            between.append((keys[0], year, partners))
    declared = rule("ratio", of="SERIES: POP", to="SERIES: GDP", min=0.5, max=2)
    assert found(declared, cells(world)) == expected(world, ratio)
    declared = rule("between", left="SERIES: POP", right="SERIES: GDP")
    assert found(declared, cells(world)) == expected(world, between)


@given(WORLDS)
@settings(max_examples=40)
def test_completeness(world):
    delivered = {key.replace(f".{area}.", ".*.") for key, year in rows(world) for area in AREAS if f".{area}." in key}
    missing = [
        (key, str(year), None)
        for group in delivered
        for key in (group.replace("*", area) for area in AREAS)
        for year in (2000, 2001, 2002)
        if (key, year) not in world
    ]
    declared = rule("completeness", areas=list(AREAS), first=2000, latest=2002)
    assert found(declared, cells(world)) == sorted(missing, key=str)
