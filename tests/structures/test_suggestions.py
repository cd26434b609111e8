"""A mapping is proposed with reasons; what the file does not say is asked."""

from __future__ import annotations

import pytest

from adme.lib.tabular.facts import Candidate, FileFacts, Question, SheetFacts
from adme.structures.coding import code_rows
from adme.structures.mapping import Column, Kind, Translation, WideForm
from adme.structures.suggestions import suggest
from tests.factories.structures import small_structure, text_rows

STRUCTURE = small_structure()


def facts(*columns, questions=(), **known):
    sheet = SheetFacts(None, columns=columns, preview=known.pop("preview", ()))
    return FileFacts("csv", 100, encoding="utf-8", separator=",", sheets=(sheet,), questions=questions, **known)


def proposed(rows, **known):
    frame = text_rows(rows)
    return suggest(facts(*frame.columns[1:], **known), frame, STRUCTURE)


def columns_of(suggested):
    return {column.name: column for column in suggested.declaration.columns}


def test_a_plain_file_is_proposed_whole_and_codes_without_a_problem():
    rows = [
        {"Indicator": "POP", "Country": "THA", "Gender": "F", "Year": "2020", "Value": "1"},
        {"Indicator": "GDP", "Country": "VNM", "Gender": "M", "Year": "2021", "Value": "2"},
    ]

    suggested = proposed(rows, decimal=".")

    assert suggested.questions == ()
    assert set(suggested.reasons) >= {"Indicator", "Country", "Gender", "Year", "Value"}
    assert dict(suggested.declaration.constants) == {"FREQ": "A", "ACTIVITY": "_Z"}
    assert code_rows(text_rows(rows), suggested.declaration, STRUCTURE).problems.is_empty()


@pytest.mark.parametrize(
    ("values", "translation"),
    [
        (["TH", "VN"], Translation()),
        (["THA", "VNM"], Translation(written_as="ISO3")),
        (["764", "704"], Translation(written_as="M49")),
        (["Thailand", "Viet Nam"], Translation(written_as="name")),
        (["th", "vn"], Translation(upper=True)),
    ],
)
def test_areas_are_known_by_their_values_whatever_the_heading(values, translation):
    suggested = proposed([{"x1": value, "when": "2020", "n": "5"} for value in values])

    assert columns_of(suggested)["x1"] == Column("x1", Kind.DIMENSION, "REF_AREA", translation)
    assert "x1" in suggested.reasons


def test_codes_written_with_points_are_known():
    suggested = proposed([{"code": "LIT.RT", "when": "2020", "n": "5"}])

    assert columns_of(suggested)["code"].translation == Translation(replace=((".", "_"),))


def test_unknown_values_under_a_known_heading_are_asked_about():
    suggested = proposed([{"sex": "FEMALE", "n": "1"}, {"sex": "MALE", "n": "2"}, {"sex": "F", "n": "2"}])

    assert columns_of(suggested)["sex"].target == "SEX"
    (asked,) = [one for one in suggested.questions if one.kind == "codes"]
    assert (asked.about, asked.choices) == ("sex", ("FEMALE", "MALE"))


def test_years_in_the_heading_are_seen():
    suggested = proposed([{"area": "TH", "2019 [YR2019]": "1", "2020 [YR2020]": "2", "2021 [YR2021]": None}])

    assert suggested.declaration.wide == WideForm("{period} [*]")
    assert suggested.declaration.blank == "skip"
    assert dict(suggested.declaration.constants)["FREQ"] == "A"


def test_quarters_give_their_frequency():
    suggested = proposed(
        [{"area": "TH", "time": "2020-Q1", "value": "1"}, {"area": "TH", "time": "2020-Q2", "value": "1"}]
    )

    assert dict(suggested.declaration.constants)["FREQ"] == "Q"


def test_packed_cells_are_seen():
    suggested = proposed([{"more": "activity=AGR"}, {"more": "activity=IND;colour=red"}])

    packed = columns_of(suggested)["more"]
    assert packed.kind is Kind.PACKED
    assert packed.parts == (Column("activity", Kind.DIMENSION, "ACTIVITY", absent="_Z"),)
    assert ("column", "more") in [(one.kind, one.about) for one in suggested.questions]


def test_what_the_bytes_do_not_say_is_asked_and_never_decided():
    question = Question("decimal", "ambiguous_numbers", (Candidate("."), Candidate(",")), example="1,234")
    rows = [{"area": "TH", "series": "POP", "time": "2020", "value": "1,234"}]

    suggested = proposed(rows, questions=(question,))

    assert suggested.declaration.dialect.decimal is None
    assert [(one.kind, one.about, one.choices) for one in suggested.questions][0] == ("dialect", "decimal", (".", ","))
    assert code_rows(text_rows(rows), suggested.declaration, STRUCTURE).frame.is_empty()


def test_what_no_column_holds_is_asked():
    suggested = proposed([{"remark": "hello", "other": "there"}])

    asked = {(one.kind, one.about) for one in suggested.questions}
    assert asked >= {
        ("component", "SERIES"),
        ("component", "REF_AREA"),
        ("component", "TIME_PERIOD"),
        ("component", "OBS_VALUE"),
        ("column", "remark"),
        ("column", "other"),
    }
    assert suggested.declaration.columns == ()


def test_the_preview_serves_where_there_is_no_sample():
    seen = facts("area", "year", "value", preview=((1, ("area", "year", "value")), (2, ("TH", "2020", None))))

    assert {column.name for column in suggest(seen, None, STRUCTURE).declaration.columns} == {"area", "year", "value"}


def test_sdmx_csv_is_taken_at_its_word():
    header = ("STRUCTURE", "STRUCTURE_ID", "SERIES", "TIME_PERIOD", "OBS_VALUE")

    suggested = suggest(facts(*header), None, STRUCTURE)

    assert [column.name for column in suggested.declaration.columns][: len(header)] == list(header)
