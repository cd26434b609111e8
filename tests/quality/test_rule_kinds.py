"""Each kind of validation rule by cases: what it finds, what it leaves alone, which row of the file it names."""

from __future__ import annotations

from typing import Any

import pytest

from adme.lib import periods
from adme.quality.evaluating import Around, evaluate
from tests.quality.cells import STRUCTURE, found, piece, rule, said, with_parents

LIT = "A.LIT_RT.TH.F._Z"
STORED = {"stored": True}


def years(key, *values, first=2000, **more):
    return [(key, str(first + n), value, more) for n, value in enumerate(values) if value is not None]


# --- one cell ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "value", "broken"),
    [
        ({"min": 0, "max": 100}, 50.0, False),
        ({"min": 0, "max": 100}, 0.0, False),
        ({"min": 0, "max": 100}, 100.0, False),
        ({"min": 0, "max": 100}, 100.01, True),
        ({"min": 0, "max": 100}, -0.01, True),
        ({"min": 0}, 1e9, False),
        ({"max": 0}, -1e9, False),
        ({"max": 0}, 0.1, True),
        ({"min": 0, "max": 100}, None, False),
    ],
)
def test_range(bounds, value, broken):
    assert found(rule("range", **bounds), [(LIT, "2020", value)]) == ([(LIT, "2020", 2)] if broken else [])


def test_range_looks_at_what_is_delivered_only():
    assert found(rule("range", max=100), [(LIT, "2020", 900.0, STORED), (LIT, "2021", 901.0)]) == [(LIT, "2021", 3)]


def test_of_a_limit_the_number_is_looked_at():
    cells = [(LIT, "2020", 95.0, {"qualifier": ">"}), (LIT, "2021", 195.0, {"qualifier": "<"})]
    assert found(rule("range", min=0, max=100), cells) == [(LIT, "2021", 3)]


@pytest.mark.parametrize(
    ("scope", "broken"),
    [
        ({}, True),
        ({"SEX": ["F"]}, True),
        ({"SEX": ["M", "_T"]}, False),
        ({"SEX": ["F"], "REF_AREA": ["VN"]}, False),
        ({"UNIT_MEASURE": ["PT"]}, True),
        ({"UNIT_MEASURE": ["NUMBER"]}, False),
    ],
)
def test_a_rule_holds_for_its_scope_by_dimensions_and_attributes(scope, broken):
    cells = [(LIT, "2020", 900.0, {"@UNIT_MEASURE": "PT"})]
    assert bool(found(rule("range", max=100, scope=scope), cells)) == broken


# --- along a series ------------------------------------------------------------------------------------


def test_growth_against_the_previous_value():
    cells = years(LIT, 100.0, 140.0, 141.0, 60.0)
    assert found(rule("growth", rise=30, fall=50), cells) == [(LIT, "2001", 3), (LIT, "2003", 5)]
    assert found(rule("growth", rise=30), cells) == [(LIT, "2001", 3)]
    assert found(rule("growth", fall=50), cells) == [(LIT, "2003", 5)]
    assert found(rule("growth", rise=30, fall=50, ignore_below=40), cells) == [(LIT, "2003", 5)]


def test_growth_says_both_numbers_and_the_change():
    assert said(rule("growth", rise=30), years(LIT, 100.0, 140.5)) == ["140.5 after 100: 40.5 per cent"]


def test_growth_passes_gaps_and_leaves_zero_and_other_frequencies_alone():
    gap = [(LIT, "2000", 10.0), (LIT, "2005", 100.0)]
    assert found(rule("growth", rise=30), gap) == [(LIT, "2005", 3)]
    assert found(rule("growth", rise=30), years(LIT, 0.0, 100.0)) == []
    assert found(rule("growth", rise=30), [(LIT, "2000", 10.0), (LIT, "2000-Q1", 100.0)]) == []
    assert found(rule("growth", rise=30), [(LIT, "2000", 10.0), ("A.LIT_RT.TH.M._Z", "2001", 100.0)]) == []


def test_growth_of_a_negative_value_is_counted_by_its_size():
    assert found(rule("growth", fall=50), years(LIT, -10.0, -14.0)) == []
    assert found(rule("growth", fall=50), years(LIT, -10.0, -16.0)) == [(LIT, "2001", 3)]
    assert found(rule("growth", rise=50), years(LIT, -10.0, -4.0)) == [(LIT, "2001", 3)]


def test_growth_concerns_what_comes_after_a_delivered_value_and_names_the_row_delivered():
    cells = [(LIT, "2000", 10.0), (LIT, "2001", 100.0, STORED), (LIT, "2002", 1000.0, STORED)]
    assert found(rule("growth", rise=30), cells) == [(LIT, "2001", 2)]


def test_an_outlier_among_levels():
    steady = [50.0, 51.0, 49.0, 50.5, 49.5, 50.2, 49.8, 50.1]
    cells = years(LIT, *steady, 58.0)
    assert found(rule("outlier", of="level"), cells) == [(LIT, "2008", 10)]
    assert found(rule("outlier", of="level", threshold=50), cells) == []
    assert found(rule("outlier", of="level", least=10), cells) == []


def test_an_outlier_among_changes_is_not_the_growing_series_itself():
    growing = [0.0, 10.0, 21.0, 30.0, 42.0, 50.0, 61.0, 73.0, 80.0, 91.0]
    assert found(rule("outlier", of="change"), years(LIT, *growing)) == []
    jump = [*growing[:5], *(value + 300 for value in growing[5:])]
    assert found(rule("outlier", of="change"), years(LIT, *jump)) == [(LIT, "2005", 7)]


def test_where_half_of_the_values_are_equal_no_outlier_is_called():
    assert found(rule("outlier", of="level"), years(LIT, *[5.0] * 8, 900.0)) == []


def test_an_outlier_is_told_of_what_was_delivered_by_what_is_stored():
    steady = years(LIT, 50.0, 51.0, 49.0, 50.5, 49.5, 50.2, 49.8, 58.0, stored=True)
    assert found(rule("outlier", of="level"), steady) == []
    assert found(rule("outlier", of="level"), [*steady, (LIT, "2008", 90.0)]) == [(LIT, "2008", 10)]


@pytest.mark.parametrize(
    ("before", "value", "broken"),
    [
        (100.0, 105.0, False),
        (100.0, 111.0, True),
        (100.0, 89.0, True),
        (None, 111.0, False),
        (0.0, 3.0, True),
        (10.0, 12.0, False),  # 20 per cent, but no more than 2
        (0.0, 1.0, False),
    ],
)
def test_the_size_of_a_revision(before, value, broken):
    cells = [(LIT, "2020", value, {"before": before})]
    assert bool(found(rule("revision", percent=10, ignore_below=2), cells)) == broken


def test_a_revision_of_a_limit_is_not_measured():
    assert found(rule("revision", percent=10), [(LIT, "2020", 50.0, {"before": 5.0, "qualifier": "<"})]) == []


# --- figures against each other ------------------------------------------------------------------------

BY_SEX: dict[str, Any] = {"dimension": "SEX", "total": "_T", "parts": ["F", "M"]}


def by_sex(women, men, total, **more):
    told = {"F": women, "M": men, "_T": total}
    return [(f"A.POP.TH.{sex}._Z", "2020", value, more) for sex, value in told.items() if value is not None]


@pytest.mark.parametrize(
    ("women", "men", "total", "more", "broken"),
    [
        (51.0, 49.0, 100.0, {}, False),
        (51.0, 49.0, 101.0, {}, True),
        (51.0, 49.0, 101.0, {"tolerance": 1}, False),
        (51.0, 49.0, 101.0, {"tolerance_percent": 1}, False),
        (51.0, 49.0, 102.5, {"tolerance": 1, "tolerance_percent": 2}, True),
        (0.1, 0.2, 0.3, {}, False),
        (51.0, None, 100.0, {}, False),
        (51.0, 49.0, None, {}, False),
    ],
)
def test_parts_add_up_to_their_total(women, men, total, more, broken):
    cells = by_sex(women, men, total)
    expected = [("A.POP.TH._T._Z", "2020", len(cells) + 1)] if broken else []
    assert found(rule("parts", **BY_SEX, **more), cells) == expected


def test_a_sum_with_a_limit_among_its_parts_is_not_checked():
    cells = [*by_sex(51.0, None, 200.0), ("A.POP.TH.M._Z", "2020", 5.0, {"qualifier": "<"})]
    assert found(rule("parts", **BY_SEX), cells) == []


def test_a_delivered_part_is_added_to_stored_ones_and_named_by_its_row():
    stored = by_sex(None, 49.0, 100.0, stored=True)
    assert found(rule("parts", **BY_SEX), [*stored, *by_sex(51.0, None, None)]) == []
    assert found(rule("parts", **BY_SEX), [*stored, *by_sex(60.0, None, None)]) == [("A.POP.TH._T._Z", "2020", 4)]


def test_what_is_wholly_stored_is_not_said_again():
    assert found(rule("parts", **BY_SEX), by_sex(51.0, 49.0, 900.0, stored=True)) == []


def test_by_a_code_list_each_code_with_codes_below_is_a_total():
    structure = with_parents({"AGR": "_Z", "IND": "_Z"})
    cells = [("A.GDP.TH._T.AGR", "2020", 30.0), ("A.GDP.TH._T.IND", "2020", 30.0), ("A.GDP.TH._T._Z", "2020", 70.0)]
    assert found(rule("parts", dimension="ACTIVITY"), cells, structure) == [("A.GDP.TH._T._Z", "2020", 4)]
    assert found(rule("parts", dimension="ACTIVITY", total="_Z"), cells, structure) == [("A.GDP.TH._T._Z", "2020", 4)]
    assert found(rule("parts", dimension="ACTIVITY", total="AGR"), cells, structure) == []


def test_sums_are_told():
    assert said(rule("parts", **BY_SEX), by_sex(51.0, 49.5, 100.0)) == ["total 100, parts add up to 100.5"]


@pytest.mark.parametrize(("total", "broken"), [(90.0, False), (95.0, False), (92.5, False), (95.1, True), (89.9, True)])
def test_a_rate_lies_between_its_lowest_and_highest_part(total, broken):
    assert bool(found(rule("within-parts", **BY_SEX), by_sex(90.0, 95.0, total))) == broken
    assert found(rule("within-parts", **BY_SEX, tolerance=0.2), by_sex(90.0, 95.0, total)) == []


@pytest.mark.parametrize(
    ("women", "men", "broken"), [(9.0, 10.0, False), (4.0, 10.0, True), (25.0, 10.0, True), (9.0, 0.0, False)]
)
def test_a_ratio_lies_between_bounds(women, men, broken):
    declared = rule("ratio", of="SEX: F", to="SEX: M", min=0.5, max=2)
    expected = [("A.POP.TH.F._Z", "2020", 2)] if broken else []
    assert found(declared, by_sex(women, men, None)) == expected


def test_a_ratio_is_told():
    declared = rule("ratio", of="SEX: F", to="SEX: M", max=2)
    assert said(declared, by_sex(30.0, 10.0, None)) == ["30 ÷ 10 = 3"]


@pytest.mark.parametrize(
    ("sign", "right", "broken"),
    [
        ("<=", 6.0, False),
        ("<=", 5.0, False),
        ("<=", 4.0, True),
        ("=", 5.0, False),
        ("=", 6.0, True),
        (">=", 6.0, True),
        (">=", 4.0, False),
    ],
)
def test_figures_among_themselves(sign, right, broken):
    cells = [("A.POP.TH._T._Z", "2020", 5.0), ("A.GDP.TH._T._Z", "2020", right)]
    declared = rule("between", left="SERIES: POP", sign=sign, right="SERIES: GDP")
    assert found(declared, cells) == ([("A.POP.TH._T._Z", "2020", 2)] if broken else [])


def test_several_figures_are_added_up():
    cells = [("A.POP.TH._T._Z", "2020", 5.0), ("A.LIT_RT.TH._T._Z", "2020", 3.0), ("A.GDP.TH._T._Z", "2020", 8.0)]
    declared = rule("between", left=[{"SERIES": "POP"}, {"SERIES": "LIT_RT"}], sign="=", right={"SERIES": "GDP"})
    assert found(declared, cells) == []
    assert found(declared, [*cells[:2], ("A.GDP.TH._T._Z", "2020", 8.5)]) == [("A.POP.TH._T._Z", "2020", 2)]
    assert found(declared, cells[1:]) == []


def test_other_areas_and_periods_are_kept_apart():
    cells = [("A.POP.TH._T._Z", "2020", 5.0), ("A.GDP.VN._T._Z", "2020", 1.0), ("A.GDP.TH._T._Z", "2021", 1.0)]
    assert found(rule("between", left="SERIES: POP", right="SERIES: GDP"), cells) == []


# --- what is elsewhere, and what is not there ----------------------------------------------------------


def other(*rows):
    import polars as pl

    dims = [d for d in STRUCTURE.dimensions if d.id in ("FREQ", "REF_AREA")]
    told = [
        {
            **{d.column: d.codes[c] for d, c in zip(dims, key.split("."), strict=True)},
            "period": periods.parse(at),
            "other": v,
        }
        for key, at, v in rows
    ]
    return pl.DataFrame(told, schema={**{d.column: pl.Int32 for d in dims}, "period": pl.Int64, "other": pl.Float64})


SOURCE = {
    "other_dataflow": "TEST:DF_OTHER(1.0.0)",
    "own": "SERIES: POP, SEX: _T, ACTIVITY: _Z",
    "other": "SERIES: PEOPLE",
}


@pytest.mark.parametrize(("value", "broken"), [(100.0, False), (104.9, False), (105.1, True), (94.9, True)])
def test_against_another_source(value, broken):
    cells = [("A.POP.TH._T._Z", "2020", value), ("A.POP.VN._T._Z", "2020", 7.0), ("A.POP.TH.F._Z", "2020", 1.0)]
    declared = rule("source", **SOURCE, tolerance_percent=5)
    expected = [("A.POP.TH._T._Z", "2020", 2)] if broken else []
    assert found(declared, cells, other=other(("A.TH", "2020", 100.0))) == expected


def test_against_another_source_what_is_stored_is_not_said_again():
    cells = [("A.POP.TH._T._Z", "2020", 500.0, STORED)]
    assert found(rule("source", **SOURCE), cells, other=other(("A.TH", "2020", 100.0))) == []


def test_without_the_other_source_nothing_is_said():
    assert found(rule("source", **SOURCE), [("A.POP.TH._T._Z", "2020", 1.0)]) == []


def test_completeness_names_each_missing_cell():
    cells = [("A.POP.TH._T._Z", "2019", 1.0, STORED), ("A.POP.TH._T._Z", "2020", 1.0), ("A.POP.VN._T._Z", "2020", None)]
    declared = rule("completeness", areas="TH, VN", first=2019, latest=2020)
    assert found(declared, cells) == [("A.POP.VN._T._Z", "2019", None)]
    assert found(rule("completeness", areas="TH, VN", first=2019, latest=2020, share=75), cells) == []
    assert found(rule("completeness", areas="TH, VN", first=2019, latest=2020, share=76), cells) != []


def test_completeness_of_the_member_states_by_quarter():
    cells = [("Q.POP.TH._T._Z", f"2020-Q{n}", 1.0) for n in (1, 2, 4)]
    declared = rule("completeness", first=2020, latest=2020, frequency="Q", scope={"FREQ": "Q"})
    assert found(declared, cells, members=["TH"]) == [("Q.POP.TH._T._Z", "2020-Q3", None)]


def test_completeness_asks_for_nothing_of_what_was_not_delivered():
    cells = [("A.POP.TH._T._Z", "2019", 1.0, STORED), ("A.GDP.TH._T._Z", "2019", 1.0)]
    declared = rule("completeness", areas="TH, VN", first=2019, latest=2019)
    assert found(declared, cells) == [("A.GDP.VN._T._Z", "2019", None)]


def test_a_value_that_is_taken_out_is_missing():
    cells = [("A.POP.TH._T._Z", "2019", None, {"present": False}), ("A.POP.VN._T._Z", "2019", 1.0, STORED)]
    declared = rule("completeness", areas="TH, VN", first=2019, latest=2019)
    assert found(declared, cells) == [("A.POP.TH._T._Z", "2019", None)]


def test_what_was_looked_at_is_counted():
    cells = [*by_sex(51.0, 49.0, 100.0), *years(LIT, 1.0, 2.0, 3.0)]
    given = piece(cells)
    asked: dict[str, dict[str, Any]] = {"range": {"max": 1}, "parts": BY_SEX, "growth": {"rise": 1}}
    counts = {kind: evaluate(rule(kind, **more), given, Around(STRUCTURE)).cells for kind, more in asked.items()}
    assert counts == {"range": 6, "parts": 1, "growth": 2}
