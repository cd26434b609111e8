"""SDMX-CSV 2.0 needs no declaration."""

from __future__ import annotations

import polars as pl
import pytest

from adme.structures.coding import code_rows
from adme.structures.sdmx_csv import declaration_for_sdmx_csv, is_sdmx_csv
from tests.factories.structures import small_structure, text_rows

STRUCTURE = small_structure()
ROW = {
    "STRUCTURE": "dataflow",
    "STRUCTURE_ID": "TEST:DF_SMALL(1.0.0)",
    "ACTION": "I",
    "FREQ": "A",
    "SERIES": "POP",
    "REF_AREA": "TH",
    "SEX": "F",
    "ACTIVITY": "AGR",
    "TIME_PERIOD": "2020",
    "OBS_VALUE": "1.5",
    "OBS_STATUS": "A",
    "NOTE": "n",
}


def coded(*rows):
    frame = text_rows([ROW | row for row in rows])
    return code_rows(frame, declaration_for_sdmx_csv(frame.columns[1:], STRUCTURE), STRUCTURE)


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        (list(ROW), True),
        (["STRUCTURE", "STRUCTURE_ID"], True),
        (["STRUCTURE: Structure", "STRUCTURE_ID: Id"], True),
        (["STRUCTURE[;]", "STRUCTURE_ID"], True),
        (["DATAFLOW", "FREQ"], False),
        (["STRUCTURE"], False),
        ([], False),
    ],
)
def test_it_is_known_by_its_first_two_headings(header, answer):
    assert is_sdmx_csv(header) is answer


def test_its_headings_say_what_columns_are():
    result = coded({})

    assert result.problems.is_empty()
    row = result.frame.row(0, named=True)
    assert STRUCTURE.key_of(row) == "A.POP.TH.F.AGR"
    assert (row["value"], row["obs_status"], row["attributes"]) == (1.5, "A", '{"NOTE":"n"}')


@pytest.mark.parametrize("action", ["I", "A", "M", "R", "D"])
def test_every_action_is_known(action):
    assert coded({"ACTION": action}).frame["action"].to_list() == ["D" if action == "D" else "M"]


@pytest.mark.parametrize(("status", "expected"), [("M", "M"), ("A", "O")])
def test_nan_is_a_missing_value_with_the_status_of_the_row_where_that_says_missing(status, expected):
    result = coded({"OBS_VALUE": "NaN", "OBS_STATUS": status})

    assert result.frame.select("value", "obs_status").row(0) == (None, expected)


def test_an_empty_value_needs_a_status_that_says_missing():
    result = coded({"OBS_VALUE": "", "OBS_STATUS": "O"}, {"OBS_VALUE": ""})

    assert result.frame.select("value", "obs_status").rows() == [(None, "O")]
    assert result.problems["rule"].to_list() == ["value.empty"]


@pytest.mark.parametrize(
    "change",
    [{"STRUCTURE": "provision"}, {"STRUCTURE_ID": "TEST:DF_OTHER(1.0.0)"}, {"STRUCTURE_ID": "TEST:DF_SMALL(1.0.1)"}],
)
def test_rows_of_another_dataflow_are_refused(change):
    result = coded({}, change)

    assert result.frame["row"].to_list() == [2]
    assert result.problems.select("row", "rule").rows() == [(3, "structure.other")]


def test_the_data_structure_may_be_named_instead():
    assert coded({"STRUCTURE": "datastructure", "STRUCTURE_ID": "TEST:DSD_SMALL(1.0.0)"}).frame.height == 1


def test_labels_beside_codes_are_read_past():
    row = {
        "STRUCTURE": "dataflow",
        "STRUCTURE_ID": "TEST:DF_SMALL(1.0.0)",
        "FREQ: Frequency": "A: Annual",
        "SERIES: Series": "POP: Population: total",
        "REF_AREA: Area": "TH: Thailand",
        "SEX: Sex": "F: Female",
        "ACTIVITY: Activity": "AGR",
        "TIME_PERIOD: Time": "2020",
        "OBS_VALUE: Value": "7",
        "NOTE: Note": "see: below",
    }
    frame = text_rows([row])

    result = code_rows(frame, declaration_for_sdmx_csv(frame.columns[1:], STRUCTURE), STRUCTURE)

    assert result.problems.is_empty()
    assert STRUCTURE.key_of(result.frame.row(0, named=True)) == "A.POP.TH.F.AGR"
    assert result.frame["attributes"].to_list() == ['{"NOTE":"see: below"}']


def test_columns_of_names_are_ignored_and_strange_ones_reported():
    names = [*ROW, "x"]
    names.insert(names.index("SEX") + 1, "Sex")
    frame = text_rows([{name: ROW.get(name, "?") for name in names}])

    result = code_rows(frame, declaration_for_sdmx_csv(names, STRUCTURE), STRUCTURE)

    assert result.problems.select("rule", "column").rows() == [("column.unlisted", "x")]
    assert result.frame.height == 1


def test_a_missing_dimension_is_a_misfit():
    frame = text_rows([{name: cell for name, cell in ROW.items() if name != "SEX"}])

    result = code_rows(frame, declaration_for_sdmx_csv(frame.columns[1:], STRUCTURE), STRUCTURE)

    assert result.problems.filter(pl.col("severity") == "error").select("rule", "value").rows() == [
        ("mapping.component-unfilled", "SEX")
    ]
