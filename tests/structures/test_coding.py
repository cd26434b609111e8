"""Texts into coded rows: every cell is read by declaration, or named; the rest of the file goes on."""

from __future__ import annotations

import dataclasses
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib import periods
from adme.lib.tabular.dialect import Dialect
from adme.structures.coding import canonical_attributes, code_chunks, code_rows, coded_schema
from adme.structures.mapping import Column, Kind, Translation, UnitRule, WideForm
from adme.structures.problems import PROBLEM_SCHEMA
from adme.structures.translating import codes_by_name
from tests.factories.structures import (
    PLAIN,
    small_mapping,
    small_structure,
    text_rows,
    translated,
    with_column,
)

STRUCTURE = small_structure()


def code(*rows, mapping=None, **changes):
    """Code rows that are PLAIN but for what is given."""
    return code_rows(text_rows([PLAIN | row for row in rows]), mapping or small_mapping(**changes), STRUCTURE)


def one(coded):
    """The only row, with codes in words."""
    assert coded.problems.rows() == []
    row = coded.frame.row(0, named=True)
    key = STRUCTURE.key_of(row)
    return row | {
        "key": key,
        "label": periods.label(row["period"]),
        "attributes": json.loads(row["attributes"] or "{}"),
    }


def told(coded):
    return coded.problems.select("row", "column", "value", "rule", "about").rows()


def test_a_plain_row_has_exactly_the_columns_of_the_contract():
    coded = code({})

    assert dict(coded.frame.schema) == {
        name: kind() if isinstance(kind, type) else kind for name, kind in coded_schema(STRUCTURE).items()
    }
    assert dict(coded.problems.schema) == {name: kind() for name, kind in PROBLEM_SCHEMA.items()}
    row = one(coded)
    assert (row["row"], row["key"], row["label"]) == (2, "A.POP.TH.F._Z", "2020")
    assert (row["value"], row["decimals"], row["qualifier"]) == (1.5, 1, "")
    assert (row["obs_status"], row["conf_status"], row["attributes"], row["action"]) == ("A", "F", {}, "M")


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        (translated("area", "REF_AREA", written_as="M49"), "764", "TH"),
        (translated("area", "REF_AREA", written_as="M49"), " 035 ", "35"),
        (translated("area", "REF_AREA", written_as="ISO3"), "VNM", "VN"),
        (translated("area", "REF_AREA", written_as="name"), "viet NAM", "VN"),
        (translated("area", "REF_AREA", written_as="name"), "ประเทศไทย", "TH"),
        (translated("area", "REF_AREA", upper=True), "kh", "KH"),
        (translated("area", "REF_AREA", strip="AREA_"), "AREA_KH", "KH"),
        (translated("area", "REF_AREA", before=":"), "KH: Cambodia", "KH"),
        (translated("area", "REF_AREA", table=(("Siam", "TH"),)), "Siam", "TH"),
        (translated("area", "REF_AREA", table=(("TH", "VN"),)), "TH", "VN"),
        (translated("area", "REF_AREA", table=(("Siam", "TH"),), written_as="ISO3"), "KHM", "KH"),
        (translated("area", "REF_AREA", table=(("", "35"),)), "", "35"),
        (Column("area", Kind.DIMENSION, "REF_AREA", absent="35"), "  ", "35"),
    ],
)
def test_a_code_is_found_as_the_mapping_says(column, cell, expected):
    coded = code({"area": cell}, mapping=with_column(small_mapping(), column))

    assert one(coded)["key"].split(".")[2] == expected


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        (translated("area", "REF_AREA"), "Siam", "code.unknown"),
        (translated("area", "REF_AREA"), "th", "code.unknown"),
        (translated("area", "REF_AREA"), "", "code.empty"),
        (translated("area", "REF_AREA"), None, "code.empty"),
        (translated("area", "REF_AREA", written_as="ISO3"), "TH", "code.unknown"),
        (translated("area", "REF_AREA", written_as="M49"), "0764", "code.unknown"),
    ],
)
def test_a_code_that_is_not_found_names_its_cell(column, cell, rule):
    coded = code({"area": cell}, mapping=with_column(small_mapping(), column))

    assert told(coded) == [(2, "area", cell or "", rule, "REF_AREA")]
    assert coded.frame.is_empty()


def test_what_stands_for_an_empty_cell_serves_only_lists_that_have_it():
    coded = code({"sex": ""}, {"area": ""}, absent="_Z")

    assert STRUCTURE.key_of(coded.frame.row(0, named=True)) == "A.POP.TH._Z._Z"
    assert told(coded) == [(3, "area", "", "code.empty", "REF_AREA")]


@pytest.mark.parametrize(
    ("dialect", "text", "value", "decimals"),
    [
        (Dialect(decimal="."), "1234.50", 1234.5, 2),
        (Dialect(decimal=",", thousands="."), "1.234,50", 1234.5, 2),
        (Dialect(decimal=".", digits="thai"), "๑๒.๕", 12.5, 1),
        (Dialect(decimal=".", digits="khmer"), "១២", 12.0, 0),
        (Dialect(), "12", 12.0, 0),
    ],
)
def test_numbers_are_read_in_the_declared_dialect(dialect, text, value, decimals):
    row = one(code({"value": text}, dialect=dialect))

    assert (row["value"], row["decimals"]) == (value, decimals)


@pytest.mark.parametrize(
    ("dialect", "text", "rule"),
    [
        (Dialect(), "1,234", "value.ambiguous"),
        (Dialect(decimal="."), "1,234,567", "value.undeclared-mark"),
        (Dialect(decimal="."), "๑๒", "value.undeclared-digits"),
        (Dialect(decimal=".", digits="thai"), "1๒", "value.mixed-digits"),
        (Dialect(decimal="."), "n.a.", "value.not-a-number"),
        (Dialect(decimal="."), "NaN", "value.not-finite"),
        (Dialect(decimal="."), "1e999", "value.out-of-range"),
        (Dialect(decimal="."), "", "value.empty"),
        (Dialect(decimal="."), "<5", "value.qualifier"),
    ],
)
def test_a_value_that_cannot_be_read_names_its_cell(dialect, text, rule):
    coded = code({"value": text}, {}, dialect=dialect, qualifiers=(">",))

    assert [(row, rule) for row, _column, _value, rule, _about in told(coded)][0] == (2, rule)
    assert 2 not in coded.frame["row"].to_list()


@pytest.mark.parametrize(
    ("dialect", "text", "label"),
    [
        (Dialect(decimal="."), "2020-Q1", "2020-Q1"),
        (Dialect(decimal="."), "2020-M03", "2020-03"),
        (Dialect(decimal=".", calendar="buddhist"), "2567", "2024"),
        (Dialect(decimal=".", calendar="buddhist", digits="thai"), "๒๕๖๗", "2024"),
    ],
)
def test_periods_are_read_in_the_declared_calendar(dialect, text, label):
    assert one(code({"time": text}, dialect=dialect))["label"] == label


@pytest.mark.parametrize(
    ("calendar", "text", "rule"),
    [
        ("gregorian", "2567", "period.calendar"),
        ("buddhist", "2024", "period.calendar"),
        ("gregorian", "last year", "period.unreadable"),
        ("gregorian", "2020-13", "period.unreadable"),
        ("gregorian", " ", "period.empty"),
    ],
)
def test_a_period_in_doubt_is_asked_about_and_never_taken(calendar, text, rule):
    coded = code({"time": text}, dialect=Dialect(decimal=".", calendar=calendar))

    assert told(coded) == [(2, "time", text.strip(), rule, "")]
    assert coded.frame.is_empty()


def test_a_period_may_be_translated_too():
    mapping = with_column(small_mapping(), Column("time", Kind.TIME, translation=Translation(table=(("now", "2024"),))))

    assert one(code({"time": "now"}, mapping=mapping))["label"] == "2024"


# --- values that are no numbers -------------------------------------------------------------------


def test_a_declared_word_becomes_a_status_and_keeps_its_text():
    row = one(code({"value": " NV "}, not_numbers=(("NV", "O"),)))

    assert (row["value"], row["decimals"], row["obs_status"]) == (None, None, "O")
    assert row["attributes"] == {"DELIVERED": "NV"}


def test_a_number_may_be_declared_to_mean_missing():
    assert one(code({"value": "-999"}, not_numbers=(("-999", "M"),)))["value"] is None


def test_a_missing_status_of_the_row_says_more_than_the_word():
    mapping = with_column(small_mapping(not_numbers=(("NV", "O"),)), Column("status", Kind.ATTRIBUTE, "OBS_STATUS"))

    coded = code({"value": "NV", "status": "Q"}, {"value": "NV", "status": "E"}, mapping=mapping)

    assert coded.frame["obs_status"].to_list() == ["Q", "O"]


def test_an_empty_value_is_never_zero():
    rows = [{"value": ""}, {"value": "0"}]

    assert told(code(*rows)) == [(2, "value", "", "value.empty", "")]
    assert code(*rows, blank="O").frame.select("value", "obs_status").rows() == [(None, "O"), (0.0, "A")]
    skipping = code(*rows, blank="skip")
    assert (skipping.frame["row"].to_list(), skipping.skipped, skipping.problems.height) == ([3], 1, 0)


def test_an_empty_value_with_a_missing_status_stays_a_row_without_a_value():
    mapping = with_column(small_mapping(), Column("status", Kind.ATTRIBUTE, "OBS_STATUS"))

    row = one(code({"value": "", "status": "M"}, mapping=mapping))

    assert (row["value"], row["obs_status"], row["attributes"]) == (None, "M", {})


def test_qualifiers_that_are_declared_are_kept():
    row = one(code({"value": "<2.5"}, qualifiers=("<",)))

    assert (row["value"], row["decimals"], row["qualifier"], row["attributes"]) == (2.5, 1, "<", {})


@pytest.mark.parametrize("text", ["+5", "007", "1e3", "0.1234567890123456789"])
def test_a_number_that_cannot_be_written_back_keeps_its_text(text):
    row = one(code({"value": text}))

    assert row["value"] == float(text)
    assert row["attributes"] == {"DELIVERED": text}


# --- attributes, units, actions -------------------------------------------------------------------


def test_attributes_are_one_canonical_text():
    mapping = with_column(
        with_column(small_mapping(), Column("unit", Kind.ATTRIBUTE, "UNIT_MEASURE")),
        Column("note", Kind.ATTRIBUTE, "NOTE"),
    )

    coded = code({"unit": "PT", "note": 'a "b"\\ ü ก\n'}, {"unit": "", "note": ""}, mapping=mapping)

    assert coded.frame["attributes"].to_list() == [
        canonical_attributes({"UNIT_MEASURE": "PT", "NOTE": 'a "b"\\ ü ก'}),
        None,
    ]


def test_a_coded_attribute_is_held_to_its_list():
    mapping = with_column(small_mapping(), Column("nature", Kind.ATTRIBUTE, "NATURE"))

    assert told(code({"nature": "X"}, mapping=mapping)) == [(2, "nature", "X", "code.unknown", "NATURE")]
    assert one(code({"nature": "E"}, mapping=mapping))["attributes"] == {"NATURE": "E"}


@pytest.mark.parametrize(
    ("rule", "text", "value", "decimals", "unit"),
    [
        (UnitRule("POP", "NUMBER"), "1.5", 1.5, 1, "NUMBER"),
        (UnitRule("*", "NUMBER"), "1.5", 1.5, 1, "NUMBER"),
        (UnitRule("GDP", "USD"), "1.5", 1.5, 1, None),
        (UnitRule("POP", "NUMBER", multiply="1000"), "0.1", 100.0, 0, "NUMBER"),
        (UnitRule("POP", "NUMBER", multiply="1000"), "0.123456", 123.456, 3, "NUMBER"),
        (UnitRule("POP", "", multiply="0.01"), "12.5", 0.125, 3, None),
        (UnitRule("POP", "", multiply="0.5"), "12.5", 6.25, None, None),
    ],
)
def test_units_come_by_indicator_and_multiply_only_where_declared(rule, text, value, decimals, unit):
    row = one(code({"value": text}, units=(rule,)))

    assert (row["value"], row["decimals"], row["attributes"].get("UNIT_MEASURE")) == (value, decimals, unit)


def test_a_unit_in_the_file_stands_before_the_rule():
    mapping = with_column(
        small_mapping(units=(UnitRule("*", "NUMBER"),)), Column("unit", Kind.ATTRIBUTE, "UNIT_MEASURE")
    )

    coded = code({"unit": "PT"}, {"unit": ""}, mapping=mapping)

    assert coded.frame["attributes"].to_list() == ['{"UNIT_MEASURE":"PT"}', '{"UNIT_MEASURE":"NUMBER"}']


@pytest.mark.parametrize(("text", "action"), [("", "M"), ("I", "M"), ("A", "M"), ("M", "M"), ("R", "M"), ("D", "D")])
def test_actions_say_whether_a_value_holds_or_goes(text, action):
    coded = code(
        {"action": text, "value": "" if text == "D" else "1"},
        mapping=with_column(small_mapping(), Column("action", Kind.ACTION)),
    )

    assert one(coded)["action"] == action


def test_an_unknown_action_is_a_problem():
    coded = code({"action": "X"}, mapping=with_column(small_mapping(), Column("action", Kind.ACTION)))

    assert told(coded) == [(2, "action", "X", "action.unknown", "")]


# --- packed columns and wide forms ----------------------------------------------------------------

PACKED = with_column(
    small_mapping(constants=(("FREQ", "A"),)),
    Column(
        "more",
        Kind.PACKED,
        parts=(
            Column("activity", Kind.DIMENSION, "ACTIVITY", Translation(upper=True), absent="_Z"),
            Column("note", Kind.ATTRIBUTE, "NOTE"),
        ),
    ),
)


@pytest.mark.parametrize(
    ("cell", "activity", "attributes"),
    [
        ("activity=agr", "AGR", {}),
        (" note = x=y ; activity=IND;", "IND", {"NOTE": "x=y"}),
        ("", "_Z", {}),
        ("note=only", "_Z", {"NOTE": "only"}),
    ],
)
def test_packed_cells_are_taken_apart(cell, activity, attributes):
    row = one(code({"more": cell}, mapping=PACKED))

    assert (row["key"].split(".")[4], row["attributes"]) == (activity, attributes)


@pytest.mark.parametrize(
    ("cell", "problems"),
    [
        ("activity", [("packed.unreadable", "activity", "=")]),
        ("colour=red", [("packed.name-unknown", "colour=red", "colour")]),
        ("activity=agr;activity=ind", [("packed.name-twice", "activity=ind", "activity")]),
        (
            "activity=x;colour=red",
            [("packed.name-unknown", "colour=red", "colour"), ("code.unknown", "activity=x", "ACTIVITY")],
        ),
    ],
)
def test_packed_cells_that_cannot_be_taken_apart_are_named(cell, problems):
    coded = code({"more": cell}, mapping=PACKED)

    assert [(rule, value, about) for _row, _column, value, rule, about in told(coded)] == problems
    assert coded.frame.is_empty()


def wide(*rows, **changes):
    mapping = small_mapping(
        columns=(Column("area", Kind.DIMENSION, "REF_AREA"),),
        constants=(("FREQ", "A"), ("ACTIVITY", "_Z"), ("SEX", "_T"), ("SERIES", "POP")),
        wide=WideForm("{period} [*]"),
        **changes,
    )
    return code_rows(text_rows(rows), mapping, STRUCTURE)


def test_years_as_columns_become_rows_that_name_their_cell():
    coded = wide(
        {"area": "TH", "2020 [x]": "1", "2021 [x]": "2.5"},
        {"area": "VN", "2020 [x]": None, "2021 [x]": "4"},
        blank="skip",
    )

    cells = coded.frame.select("row", "cell", "value").sort("row", "cell").rows()
    assert cells == [(2, "2020 [x]", 1.0), (2, "2021 [x]", 2.5), (3, "2021 [x]", 4.0)]
    assert [periods.label(one) for one in coded.frame.sort("row", "cell")["period"]] == ["2020", "2021", "2021"]
    assert (coded.skipped, coded.rows_read) == (1, 2)


def test_a_bad_cell_of_a_wide_form_takes_only_itself():
    coded = wide({"area": "TH", "2020 [x]": "one", "2021 [x]": "2"})

    assert told(coded) == [(2, "2020 [x]", "one", "value.not-a-number", "")]
    assert coded.frame["cell"].to_list() == ["2021 [x]"]


def test_indicators_as_columns_become_rows():
    mapping = small_mapping(
        columns=(
            Column("area", Kind.DIMENSION, "REF_AREA"),
            Column("year", Kind.TIME),
            Column("pop", Kind.VALUE, fixed=(("SERIES", "POP"), ("UNIT_MEASURE", "NUMBER"))),
            Column("gdp", Kind.VALUE, fixed=(("SERIES", "GDP"), ("UNIT_MEASURE", "USD"))),
        ),
        constants=(("FREQ", "A"), ("ACTIVITY", "_Z"), ("SEX", "_T")),
    )

    coded = code_rows(text_rows([{"area": "TH", "year": "2020", "pop": "1", "gdp": "2"}]), mapping, STRUCTURE)

    keys = sorted(STRUCTURE.key_of(row) for row in coded.frame.iter_rows(named=True))
    assert keys == ["A.GDP.TH._T._Z", "A.POP.TH._T._Z"]
    assert sorted(coded.frame["attributes"]) == ['{"UNIT_MEASURE":"NUMBER"}', '{"UNIT_MEASURE":"USD"}']


# --- the whole file -------------------------------------------------------------------------------


def test_a_mapping_that_does_not_fit_codes_nothing_and_says_why():
    coded = code({}, mapping=small_mapping(constants=()))

    assert coded.frame.is_empty()
    assert set(coded.problems["rule"]) == {"mapping.component-unfilled"}
    assert coded.rows_read == 1


def test_columns_of_the_file_may_have_any_name():
    names = {"series": "value", "area": "bad", "sex": "cell", "time": "period", "value": "status", "more": "sheet"}
    mapping = small_mapping(
        columns=tuple(
            Column(names[column.name], column.kind, column.target, column.translation)
            for column in small_mapping().columns
        )
        + (Column("sheet", Kind.ATTRIBUTE, "NOTE"),)
    )
    rows = text_rows([{names[name]: cell for name, cell in (PLAIN | {"more": "x"}).items()}])

    row = one(code_rows(rows, mapping, STRUCTURE))

    assert (row["key"], row["value"], row["attributes"]) == ("A.POP.TH.F._Z", 1.5, {"NOTE": "x"})


def test_the_sheet_is_named_where_there_is_one():
    from adme.structures.coding import Coder

    coder = Coder(small_mapping(), STRUCTURE, list(PLAIN))

    coded = coder.code(text_rows([PLAIN, PLAIN | {"area": "X"}]), sheet="Table 1")

    assert coded.frame["sheet"].to_list() == ["Table 1"]
    assert coded.problems["sheet"].to_list() == ["Table 1"]


def test_problems_of_columns_come_once_and_with_the_first_chunk():
    frames = [text_rows([PLAIN | {"extra": "x"}], first=row) for row in (2, 3, 4)]

    coded = list(code_chunks(frames, small_mapping(), STRUCTURE))

    assert [chunk.problems["rule"].to_list() for chunk in coded] == [["column.unlisted"], [], []]
    assert [chunk.frame["row"].to_list() for chunk in coded] == [[2], [3], [4]]


CELLS = {
    "series": st.sampled_from(["POP", "GDP", "gdp", "", None]),
    "area": st.sampled_from(["TH", "VN", "XX", " TH "]),
    "sex": st.sampled_from(["F", "M", "", None, "w"]),
    "time": st.sampled_from(["2020", "2021", "2020-Q1", "soon", "2567", ""]),
    "value": st.sampled_from(["1", "2.50", "<5", "N", "", None, "1,5", "abc", "-0.0"]),
}
ROWS = st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=30)
LAW = small_mapping(not_numbers=(("N", "O"),), qualifiers=("<",), absent="_Z")


@given(ROWS)
def test_every_row_is_either_coded_or_named(rows):
    coded = code_rows(text_rows(rows), LAW, STRUCTURE)

    good, bad = coded.frame["row"].to_list(), set(coded.problems["row"])
    assert good == [row for row in range(2, len(rows) + 2) if row not in bad]
    assert bad.isdisjoint(good)


@given(ROWS, st.integers(1, 10))
def test_cutting_a_file_into_chunks_changes_nothing(rows, size):
    frame = text_rows(rows)
    chunks = [frame.slice(start, size) for start in range(0, frame.height, size)]

    whole = code_rows(frame, LAW, STRUCTURE)
    parts = list(code_chunks(chunks, LAW, STRUCTURE))

    assert pl.concat([part.frame for part in parts]).equals(whole.frame)
    assert pl.concat([part.problems for part in parts]).equals(whole.problems)


@given(ROWS)
def test_the_order_of_rows_changes_nothing_but_the_order(rows):
    frame = text_rows(rows)

    straight, backwards = (code_rows(one, LAW, STRUCTURE) for one in (frame, frame.reverse()))

    assert backwards.frame.sort("row").equals(straight.frame)
    assert backwards.problems.sort("row").equals(straight.problems)


@given(st.dictionaries(st.sampled_from(["NOTE", "UNIT_MEASURE"]), st.text(max_size=20), max_size=2))
def test_attributes_from_a_file_and_from_a_form_are_the_same_text(attributes):
    tidy = {name: text.strip(" \t\r\n\u00a0\u2009\u202f\u3000\ufeff") for name, text in attributes.items()}
    mapping = small_mapping()
    for name in attributes:
        mapping = with_column(mapping, Column(name, Kind.ATTRIBUTE, name))

    coded = code(attributes, mapping=mapping)

    assert coded.frame["attributes"].to_list() == [canonical_attributes(tidy)]


def required(attribute):
    view = small_structure()
    attributes = [dataclasses.replace(one, required=one.id == attribute) for one in view.attributes]
    return dataclasses.replace(view, attributes=tuple(attributes))


def test_a_required_attribute_must_be_there_except_where_the_value_is_deleted():
    mapping = with_column(small_mapping(), Column("note", Kind.ATTRIBUTE, "NOTE"))
    mapping = with_column(mapping, Column("action", Kind.ACTION))
    rows = [{"note": "n", "action": ""}, {"note": " ", "action": ""}, {"note": "", "action": "D"}]

    coded = code_rows(text_rows([PLAIN | row for row in rows]), mapping, required("NOTE"))

    assert told(coded) == [(3, "", "", "attribute.empty", "NOTE")]
    assert coded.frame["row"].to_list() == [2, 4]


def test_a_status_is_never_required_as_it_has_a_meaning_when_empty():
    assert code_rows(text_rows([PLAIN]), small_mapping(), required("OBS_STATUS")).problems.is_empty()


def test_a_name_of_two_codes_names_neither():
    areas = small_structure().dimension["REF_AREA"].code_list
    both = [dataclasses.replace(code, name={"en": "Here"}) for code in areas.items[:2]]

    assert codes_by_name(dataclasses.replace(areas, items=(*both, areas.items[2]))) == {"cambodia": "KH"}
