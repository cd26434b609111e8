"""Coded rows held against each other, the structure and the store."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib import periods
from adme.quality.checks import CheckContext, good_rows, run_checks
from adme.quality.pieces import pieces
from adme.structures.coding import canonical_attributes, coded_schema
from tests.factories.structures import small_structure

STRUCTURE = small_structure()
NOW: dict[str, Any] = {"this_year": 2026}


def coded(*rows, cell=False):
    """Coded rows: key, period, value, and what else differs from the usual."""
    made = []
    for number, (key, period, value, *more) in enumerate(rows, start=2):
        codes = zip(STRUCTURE.dimensions, key.split("."), strict=True)
        row = {
            "row": number,
            **{dimension.column: dimension.codes[code] for dimension, code in codes},
            "period": periods.parse(period),
            "value": value,
            "decimals": 1,
            "qualifier": "",
            "obs_status": "A",
            "conf_status": "F",
            "attributes": None,
            "action": "M",
            **(more[0] if more else {}),
        }
        made.append(row)
    return pl.DataFrame(made, schema=coded_schema(STRUCTURE, cell=cell))


def found(*rows, **context):
    problems = run_checks(coded(*rows), STRUCTURE, CheckContext(**{**NOW, **context}))
    return problems.select("row", "rule", "value", "about", "detail").rows()


KEY = "A.POP.TH.F.AGR"


@pytest.fixture(autouse=True, scope="module")
def small_pieces():
    """Three rows at a time, so that what spans pieces is seen too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adme.quality.pieces.SIZE", 3)
        yield


@pytest.mark.parametrize("height", [0, 2, 3, 4, 6])
def test_pieces_hold_every_row_once_and_in_order(height):
    frame = pl.DataFrame({"row": range(height)}, schema={"row": pl.Int64})
    held = list(pieces(frame.lazy()))
    assert pl.concat(held).equals(frame)
    assert max(len(piece) for piece in held) <= 3


def test_good_rows_have_no_problems():
    assert found((KEY, "2020", 1.5), (KEY, "2021", 1.5), ("A.POP.VN.F.AGR", "2020", 1.5)) == []


def test_no_rows_at_all_are_an_error_unless_coding_left_them_out():
    assert [rule for _row, rule, *_rest in found()] == ["file.empty"]
    assert found(rows_read=3) == []


@pytest.mark.parametrize(
    ("status", "value", "expected"),
    [
        ("A", None, ["value.missing-unexplained"]),
        ("E", None, ["value.missing-unexplained"]),
        ("M", None, []),
        ("O", None, []),
        ("N", None, []),
        ("Q", 1.5, ["status.says-missing"]),
        ("N", 1.5, []),
        ("E", 1.5, []),
    ],
)
def test_values_and_status_must_agree(status, value, expected):
    rows = found((KEY, "2020", value, {"obs_status": status}))

    assert [rule for _row, rule, *_rest in rows] == expected


def test_a_deleted_row_needs_no_value():
    assert found((KEY, "2020", None, {"action": "D"})) == []


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.0, 3, []),
        (78.3681214421252, 13, []),
        (0.0410123777385943, 16, []),
        (1157321695.7289999, 7, ["value.too-precise"]),
        (123456789.0, 0, []),
        (1e15, 0, ["value.too-large"]),
        (-2e15, 0, ["value.too-large"]),
    ],
)
def test_magnitude_is_held_against_decimals(value, decimals, expected):
    rows = found((KEY, "2020", value, {"decimals": decimals}))

    assert [rule for _row, rule, *_rest in rows] == expected


@pytest.mark.parametrize(
    ("period", "expected"), [("1899", 1), ("1900", 0), ("2126", 0), ("2127", 1), ("2200-03", 1), ("2020-W05", 0)]
)
def test_unlikely_years_are_worth_a_look(period, expected):
    rows = found((KEY.replace("A.POP", "M.POP") if "-" in period else KEY, period, 1.5))

    assert [rule for _row, rule, *_rest in rows].count("period.implausible") == expected


@pytest.mark.parametrize(
    ("frequency", "period", "fits"),
    [
        ("A", "2020", True),
        ("A", "2020-Q1", False),
        ("Q", "2020-Q1", True),
        ("M", "2020-03", True),
        ("M", "2020", False),
    ],
)
def test_a_period_must_be_of_the_frequency_of_its_key(frequency, period, fits):
    rows = found((f"{frequency}.POP.TH.F.AGR", period, 1.5))

    assert rows == ([] if fits else [(2, "period.frequency", period, "", frequency)])


@pytest.mark.parametrize(("unit", "expected"), [("PERCENT", 0), ("NUMBER", 1), (None, 0)])
def test_units_are_held_against_the_register(unit, expected):
    attributes = canonical_attributes({"UNIT_MEASURE": unit or ""})
    rows = found((KEY, "2020", 1.5, {"attributes": attributes}), units={"POP": "PERCENT", "GDP": ""})

    assert rows == [(2, "unit.differs", "NUMBER", "POP", "PERCENT")] * expected


def test_equal_duplicates_are_a_warning_for_all_but_the_first():
    rows = found((KEY, "2020", 1.5), (KEY, "2021", 2.0), (KEY, "2020", 1.5), (KEY, "2020", 1.5))

    assert rows == [(row, "duplicate.same", f"{KEY} 2020", "", "2, 4, 5") for row in (4, 5)]


@pytest.mark.parametrize(
    "change",
    [
        {"value": 1.6},
        {"value": None, "obs_status": "O"},
        {"decimals": 2},
        {"qualifier": "<"},
        {"obs_status": "E"},
        {"attributes": '{"NOTE":"x"}'},
        {"action": "D", "value": None},
    ],
)
def test_contradicting_duplicates_are_errors_that_name_all_rows(change):
    rows = found((KEY, "2020", 1.5), (KEY, "2020", 1.5, change))

    assert rows == [(row, "duplicate.contradicts", f"{KEY} 2020", "", "2, 3") for row in (2, 3)]


def test_good_rows_are_those_without_an_error_and_each_once():
    rows = coded(
        (KEY, "2020", 1.5),
        (KEY, "2020", 1.5),
        (KEY, "2021", 1.5),
        (KEY, "2021", 2.5),
        (KEY, "2022", None),
        (KEY, "2023", 1.5),
    )
    problems = run_checks(rows, STRUCTURE, CheckContext(**NOW))

    assert good_rows(rows, problems)["row"].to_list() == [2, 7]
    assert good_rows(rows.lazy(), problems).collect()["row"].to_list() == [2, 7]


def test_in_a_wide_file_an_error_takes_its_cell_and_not_its_row():
    rows = coded(
        (KEY, "2020", 1.5, {"row": 2, "cell": "2020"}),
        (KEY, "2021", None, {"row": 2, "cell": "2021"}),
        (KEY, "2022", 1.5, {"row": 3, "cell": "2022"}),
        (KEY, "2022", 1.6, {"row": 4, "cell": "2022"}),
        cell=True,
    )
    problems = run_checks(rows, STRUCTURE, CheckContext(**NOW))

    assert good_rows(rows, problems).select("row", "cell").rows() == [(2, "2020")]
    assert set(problems.select("row", "column", "rule").rows()) == {
        (2, "2021", "value.missing-unexplained"),
        (3, "2022", "duplicate.contradicts"),
        (4, "2022", "duplicate.contradicts"),
    }


def test_cells_are_named_by_the_headings_of_the_file():
    rows = coded((KEY, "1850", None))
    context = CheckContext(headings={"TIME_PERIOD": "year", "OBS_VALUE": "figure"}, **NOW)

    problems = run_checks(rows, STRUCTURE, context).select("rule", "column").rows()

    assert problems == [("value.missing-unexplained", "figure"), ("period.implausible", "year")]


def test_an_indicator_with_and_without_a_breakdown_is_told_once():
    rows = found(("A.POP.TH.F._Z", "2020", 1.5), ("A.POP.TH._Z._Z", "2020", 1.5), ("A.GDP.TH._Z._Z", "2020", 1.5))

    assert rows == [(None, "combination.mixed", "POP", "SEX", "")]


# --- against the store ----------------------------------------------------------------------------


def stored(*series):
    frame = coded(*((key, "2020", 1.5) for key, _typical in series)).select(STRUCTURE.columns)
    return frame.with_columns(typical=pl.Series([typical for _key, typical in series], dtype=pl.Float64))


@pytest.mark.parametrize(
    ("value", "typical", "expected"),
    [(1.5, 2.0, 0), (100.0, 2.0, 1), (0.02, 2.0, 1), (99.0, 2.0, 0), (0.0, 2.0, 0), (-150.0, 2.0, 1), (9.0, None, 0)],
)
def test_a_value_far_from_its_series_is_worth_a_look(value, typical, expected):
    rows = found((KEY, "2020", value), stored=stored((KEY, typical)))

    assert [rule for _row, rule, *_rest in rows] == ["value.jump"] * expected


def test_a_series_that_is_not_stored_is_told_once():
    other = "A.POP.VN.F.AGR"
    rows = found((KEY, "2020", 1.5), (other, "2020", 1.5), (other, "2021", 1.5), stored=stored((KEY, 1.0)))

    assert [(row, rule, value) for row, rule, value, *_rest in rows] == [(3, "series.new", other)]


def test_nothing_is_new_where_nothing_is_stored():
    assert found((KEY, "2020", 1.5), stored=stored()) == []


AREAS = ("TH", "VN", "KH", "35")


@pytest.mark.parametrize(
    ("delivered", "lost"), [("TH", ""), ("TH VN", "35, KH"), ("TH VN KH", "35"), ("TH VN KH 35", "")]
)
def test_areas_that_an_indicator_lost_are_a_warning_unless_the_file_is_only_a_part(delivered, lost):
    before = stored(*((f"A.POP.{area}.F.AGR", 1.0) for area in AREAS), ("A.GDP.VN.F.AGR", 1.0))

    rows = found(*((f"A.POP.{area}.F.AGR", "2020", 1.5) for area in delivered.split()), stored=before)

    assert rows == ([(None, "coverage.shrank", "POP", "REF_AREA", lost)] if lost else [])


# --- laws -----------------------------------------------------------------------------------------

CHOICES = st.tuples(
    st.sampled_from([KEY, "A.GDP.TH.F.AGR", "A.POP.VN.M.IND"]),
    st.sampled_from(["2020", "2021"]),
    st.sampled_from([1.0, 2.0]),
)


@given(st.lists(CHOICES, min_size=1, max_size=25))
def test_duplicates_are_found_as_by_hand_and_each_key_survives_at_most_once(choices):
    rows = coded(*choices)
    problems = run_checks(rows, STRUCTURE, CheckContext(**NOW))
    said: dict[tuple[str, str], list[float]] = {}
    for key, period, value in choices:
        said.setdefault((key, period), []).append(value)

    counted = Counter(problems["rule"])
    assert counted["duplicate.same"] == sum(len(v) - 1 for v in said.values() if len(set(v)) == 1)
    assert counted["duplicate.contradicts"] == sum(len(v) for v in said.values() if len(set(v)) > 1)
    kept = good_rows(rows, problems)
    assert kept.height == sum(len(set(v)) == 1 for v in said.values())


@given(st.lists(CHOICES, min_size=1, max_size=12))
def test_a_file_on_disk_gives_what_a_frame_in_memory_gives(tmp_path_factory, choices):
    rows = coded(*choices)
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    rows.write_parquet(path)

    context = CheckContext(**NOW)
    assert run_checks(pl.scan_parquet(path), STRUCTURE, context).equals(run_checks(rows, STRUCTURE, context))


def test_a_structure_without_frequency_and_without_not_applicable_is_checked_too():
    kept = tuple(d for d in STRUCTURE.dimensions if d.id in ("SERIES", "REF_AREA"))
    small = dataclasses.replace(STRUCTURE, dimensions=kept)
    rows = coded((KEY, "2020", 1.5), (KEY, "2020-Q1", None)).drop("d01", "d04", "d05")

    assert run_checks(rows, small, CheckContext(**NOW))["rule"].to_list() == ["value.missing-unexplained"]
