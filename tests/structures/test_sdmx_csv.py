"""SDMX-CSV needs no declaration."""

from __future__ import annotations

import pytest

from adme.lib.tabular.dialect import Dialect
from adme.structures.coding import code_rows
from adme.structures.mapping_yaml import from_yaml, to_yaml
from adme.structures.sdmx_csv import declaration_for_message, declaration_for_sdmx_csv, is_sdmx_csv
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


LABELLED = {
    "STRUCTURE": "dataflow",
    "STRUCTURE_ID": "TEST:DF_SMALL(1.0.0): Small",
    "SERIES_KEY": "A.POP.TH.F.AGR",
    "FREQ: Frequency": "A: Annual",
    "SERIES: Series": "POP: Population: total",
    "REF_AREA: Area": "TH: Thailand",
    "SEX: Sex": "F: Female",
    "ACTIVITY: Activity": "AGR",
    "TIME_PERIOD: Time": "2020: 2020",
    "OBS_VALUE: Value": "7",
    "NOTE: Note": "see: below",
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
        (["DATAFLOW", "FREQ"], True),
        (["DATAFLOW"], False),
        (["FREQ", "DATAFLOW"], False),
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


@pytest.mark.parametrize(
    ("written", "action"),
    [("", "merge"), ("I", "merge"), ("A", "merge"), ("M", "merge"), ("R", "replace"), ("D", "delete")],
)
def test_every_action_is_known(written, action):
    assert coded({"ACTION": written}).frame["action"].to_list() == [action]


def test_an_action_that_is_none_is_named():
    assert coded({"ACTION": "X"}).problems.select("rule", "value").rows() == [("action.unknown", "X")]


@pytest.mark.parametrize(("status", "expected"), [("M", "M"), ("A", "O"), ("", "O")])
@pytest.mark.parametrize("text", ["NaN", "#N/A"])
def test_nan_is_a_missing_value_with_the_status_of_the_row_where_that_says_missing(text, status, expected):
    result = coded({"OBS_VALUE": text, "OBS_STATUS": status})

    assert result.frame.select("value", "obs_status", "given").row(0) == (None, expected, True)


def test_an_empty_value_is_not_spoken_of_unless_the_status_says_that_it_is_missing():
    result = coded({"OBS_VALUE": "", "OBS_STATUS": "O"}, {"OBS_VALUE": ""}, {"OBS_VALUE": "", "OBS_STATUS": ""})

    rows = result.frame.select("value", "obs_status", "given").rows()
    assert rows == [(None, "O", True), (None, "A", False), (None, None, False)]
    assert result.problems.is_empty()


def test_what_has_intentionally_no_value_is_emptied_and_what_is_left_out_is_not_spoken_of():
    result = coded({"NOTE": "#N/A"}, {"NOTE": ""})

    assert result.frame["attributes"].to_list() == ['{"NOTE":""}', None]


@pytest.mark.parametrize("mark", ["~", ""])
def test_attributes_may_be_given_for_a_dimension_left_open(mark):
    row = {"SEX": mark, "TIME_PERIOD": mark, "OBS_VALUE": "", "OBS_STATUS": ""}
    result = coded(row)

    assert result.problems.is_empty()
    assert result.frame.select("d03", "d04", "period", "given").row(0) == (300, None, None, False)


@pytest.mark.parametrize("action", ["M", "R"])
@pytest.mark.parametrize(("left_out", "rule"), [("SEX", "code.empty"), ("TIME_PERIOD", "period.empty")])
def test_a_value_needs_every_dimension(action, left_out, rule):
    result = coded({"ACTION": action, left_out: ""})

    assert result.frame.is_empty()
    assert result.problems.select("rule", "column").rows() == [(rule, left_out)]


@pytest.mark.parametrize("mark", ["", "~", "*"])
def test_a_deletion_may_leave_dimensions_open(mark):
    row = {"ACTION": "D", "SEX": mark, "TIME_PERIOD": mark, "OBS_VALUE": "", "OBS_STATUS": "", "NOTE": ""}
    result = coded(row)

    assert result.problems.is_empty()
    found = result.frame.select("d04", "period", "given", "obs_status", "attributes").row(0)
    assert found == (None, None, False, None, None)


def test_a_star_means_nothing_elsewhere():
    assert coded({"SEX": "*"}).problems["rule"].to_list() == ["code.unknown"]


def test_any_mark_says_which_parts_are_to_be_deleted():
    result = coded({"ACTION": "D", "OBS_VALUE": "-", "OBS_STATUS": "-", "NATURE": "-", "NOTE": ""})

    assert result.problems.is_empty()
    assert result.frame.select("given", "obs_status", "attributes").row(0) == (True, "", '{"NATURE":""}')


@pytest.mark.parametrize(
    ("heading", "cell", "note"),
    [
        ("NOTE[]", "one", "one"),
        ("NOTE[en;fr]", "en:one", "one"),
        ("NOTE[]", "one;two", None),
        ("NOTE[en;fr]", "en:one;fr:un", None),
        ("NOTE", "one;two", "one;two"),
    ],
)
def test_several_values_of_an_attribute_are_refused_by_name(heading, cell, note):
    row = {name if name != "STRUCTURE" else "STRUCTURE[;]": text for name, text in ROW.items() if name != "NOTE"}
    frame = text_rows([row | {heading: cell}])

    result = code_rows(frame, declaration_for_sdmx_csv(frame.columns[1:], STRUCTURE), STRUCTURE)

    assert result.frame["attributes"].to_list() == ([f'{{"NOTE":"{note}"}}'] if note else [])
    told = [] if note else [("attribute.several", heading, cell)]
    assert result.problems.select("rule", "column", "value").rows() == told


def test_sdmx_csv_1_names_the_dataflow_in_its_first_column():
    row = {"DATAFLOW": "TEST:DF_SMALL(1.0)", **{name: ROW[name] for name in list(ROW)[3:]}}
    frame = text_rows([row])

    result = code_rows(frame, declaration_for_sdmx_csv(frame.columns[1:], STRUCTURE), STRUCTURE)

    assert result.problems.is_empty()
    assert result.frame.select("value", "action").rows() == [(1.5, "merge")]


def test_decimal_commas_are_read_where_semicolons_separate():
    dialect = Dialect(encoding="utf-8", separator=";", decimal=",")
    frame = text_rows([ROW | {"OBS_VALUE": "12,40"}])

    declaration = declaration_for_sdmx_csv(frame.columns[1:], STRUCTURE, dialect)

    assert code_rows(frame, declaration, STRUCTURE).frame.select("value", "decimals").rows() == [(12.4, 2)]


def test_the_declaration_goes_into_a_file_and_back():
    for declaration in (declaration_for_message(STRUCTURE), declaration_for_sdmx_csv([*LABELLED], STRUCTURE)):
        assert from_yaml(to_yaml(declaration)) == declaration


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
    frame = text_rows([LABELLED])

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


def test_a_dimension_without_a_column_is_left_open():
    frame = text_rows([{name: cell for name, cell in ROW.items() if name != "SEX"}])

    result = code_rows(frame, declaration_for_sdmx_csv(frame.columns[1:], STRUCTURE), STRUCTURE)

    assert result.problems.select("rule", "column").rows() == [("code.empty", "SEX")]


def test_a_row_that_names_nothing_but_the_structure_deletes_all():
    frame = text_rows([{name: ROW[name] for name in ("STRUCTURE", "STRUCTURE_ID")} | {"ACTION": "D"}])

    result = code_rows(frame, declaration_for_sdmx_csv(frame.columns[1:], STRUCTURE), STRUCTURE)

    assert result.problems.is_empty()
    assert result.frame.select(*STRUCTURE.columns, "period").row(0) == (None,) * 6
