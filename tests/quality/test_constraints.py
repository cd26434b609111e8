"""Rows held against what data constraints allow: by cases, and against a slow reference over every row."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib.sdmx_messages.artefacts import Allowed, KeyValues, Region
from adme.quality.checks import CheckContext, run_checks
from adme.quality.constraints import outside
from tests.quality.test_checks import KEY, STRUCTURE, coded, found


def allowed(*regions: Region) -> Allowed:
    return Allowed("TEST", "CN", "1.0.0", {}, attached=("a dataflow",), regions=regions)


def told(*regions: Region, rows=((KEY, "2020", 1.5), ("A.GDP.VN.M.IND", "2015", 2.5))) -> list[int]:
    problems = found(*rows, allowed=[allowed(*regions)])
    return [row for row, rule, *_rest in problems if rule == "constraint.outside"]


@pytest.mark.parametrize(
    ("regions", "rows"),
    [
        ((), []),
        ((Region(()),), []),
        ((Region((KeyValues("REF_AREA", ("TH",)),)),), [3]),
        ((Region((KeyValues("REF_AREA", ("TH",), include=False),)),), [2]),
        ((Region((KeyValues("REF_AREA", ("TH",)),), include=False),), [2]),
        ((Region((KeyValues("REF_AREA", ("TH",)), KeyValues("SEX", ("M",)))),), [2, 3]),
        ((Region((KeyValues("REF_AREA", ("TH",)),)), Region((KeyValues("SEX", ("M",)),))), []),
        ((Region((KeyValues("TIME_PERIOD", start="2016"),)),), [3]),
        ((Region((KeyValues("TIME_PERIOD", end="2015-12"),)),), [2]),
        ((Region((KeyValues("TIME_PERIOD", start="2015", end="2020"),)),), []),
        ((Region((KeyValues("TIME_PERIOD", ("2015",)),)),), [2]),
        ((Region((KeyValues("REF_AREA", ("NONE",)),)),), [2, 3]),
    ],
)
def test_rows_outside_are_found(regions, rows):
    assert told(*regions) == rows


def test_a_finding_names_the_cell_and_the_constraint():
    problems = found((KEY, "2020", 1.5), allowed=[allowed(Region((KeyValues("SEX", ("M",)),)))])
    assert (2, "constraint.outside", f"{KEY} 2020", "TEST:CN(1.0.0)", "") in problems


def test_what_takes_a_figure_away_is_never_outside():
    rows = ((KEY, "2020", None, {"action": "D"}),)
    assert told(Region((KeyValues("SEX", ("M",)),)), rows=rows) == []


@pytest.mark.parametrize(("last_day", "warned"), [("2020-06-30", True), ("2999-12-31", False), (None, False)])
def test_a_code_after_its_last_day_is_warned_of(last_day, warned):
    area = STRUCTURE.dimension["REF_AREA"]
    day = dt.date.fromisoformat(last_day) if last_day else None
    codes = tuple(
        dataclasses.replace(code, valid_to=day) if code.code_id == "TH" else code for code in area.code_list.items
    )
    other = dataclasses.replace(area, code_list=dataclasses.replace(area.code_list, items=codes))
    dimensions = tuple(other if one.id == "REF_AREA" else one for one in STRUCTURE.dimensions)
    structure = dataclasses.replace(STRUCTURE, dimensions=dimensions)
    problems = run_checks(coded((KEY, "2020", 1.5), ("A.POP.VN.F.AGR", "2020", 1.5)), structure, CheckContext())
    said = problems.filter(pl.col("rule") == "code.no-longer-used").select("row", "value", "about", "severity").rows()
    assert said == ([(2, "TH", "REF_AREA", "warning")] if warned else [])


CODES = {"REF_AREA": ("TH", "VN", "KH"), "SEX": ("F", "M", "_T")}
ROWS = tuple(itertools.product(CODES["REF_AREA"], CODES["SEX"], range(2018, 2021)))
KEYS = st.one_of(
    *(
        st.builds(
            KeyValues,
            st.just(name),
            st.lists(st.sampled_from(codes), min_size=1, unique=True).map(tuple),
            st.booleans(),
        )
        for name, codes in CODES.items()
    ),
    st.builds(
        lambda first, length: KeyValues("TIME_PERIOD", start=str(first), end=str(first + length)),
        st.integers(2017, 2021),
        st.integers(0, 2),
    ),
)
REGIONS = st.builds(Region, st.lists(KEYS, max_size=3).map(tuple), st.booleans())


def is_in(region: Region, area: str, sex: str, year: int) -> bool:
    """The same, slowly and plainly."""
    for key in region.keys:
        if key.id == "TIME_PERIOD":
            fits = int(key.start) <= year <= int(key.end)
        else:
            fits = ((area if key.id == "REF_AREA" else sex) in key.values) is key.include
        if not fits:
            return False
    return True


@given(st.lists(REGIONS, max_size=2))
def test_the_expression_says_what_the_rule_says(regions):
    rows = coded(*((f"A.POP.{area}.{sex}.AGR", str(year), 1.0) for area, sex, year in ROWS))
    mask = outside(allowed(*regions), STRUCTURE)
    said = rows.filter(mask)["row"].to_list() if mask is not None else []
    may, must_not = ([one for one in regions if one.include is wanted] for wanted in (True, False))
    expected = [
        number
        for number, row in enumerate(ROWS, start=2)
        if (may and not any(is_in(one, *row) for one in may)) or any(is_in(one, *row) for one in must_not)
    ]
    assert said == expected
