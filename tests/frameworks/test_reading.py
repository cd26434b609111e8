"""A framework is read whole or not at all, and every fault says where it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.frameworks import formulas
from adme.frameworks.errors import FileRefused
from adme.frameworks.reading import read
from adme.frameworks.sections import SECTIONS, tidy
from adme.frameworks.workbook import read_workbook, write_workbook
from adme.frameworks.yaml_tables import read_yaml, write_yaml
from tests.factories.frameworks import small_tables


def faults(tables) -> list[tuple[str, str, int, str]]:
    with pytest.raises(FileRefused) as refused:
        read(tidy(tables))
    return [(one.code, one.sheet, one.row, one.column) for one in refused.value.findings]


def test_the_tree_has_any_depth_and_keeps_its_order():
    document = read(small_tables())
    assert [part.uid for part in document.parts] == ["area-a", "kpi-1", "kpi-2", "hidden", "kpi-9"]
    assert [part.uid for part in document.children("area-a")] == ["kpi-1", "kpi-2"]
    assert [part.uid for part in document.way_to("kpi-9")] == ["hidden"]
    assert document.by_uid["kpi-9"].code == "19c"
    assert document.by_uid["area-a"].kpi is None


def test_a_kpi_has_everything_that_its_rows_say():
    kpi = read(small_tables()).by_uid["kpi-1"].kpi
    assert (kpi.kind, kpi.direction, kpi.responsible, kpi.category) == (
        "proxy", "decrease", ("SLOM",), "official_statistics",
    )  # fmt: skip
    assert [(aim.kind, aim.area, aim.when, aim.value) for aim in kpi.aims_for("")] == [
        ("baseline", "", "2015", 20.0),
        ("target", "", "2025", 10.0),
    ]
    assert [(aim.when, aim.value) for aim in kpi.aims_for("TH", "target")] == [("2025", 12.0)]
    assert kpi.bindings[0].key_text == "SERIES=NEET; SEX=_T; AGE=Y15T24"


@pytest.mark.parametrize(
    ("section", "row", "changes", "fault"),
    [
        ("framework", 0, {"slug": "Not A Slug"}, ("not_an_id", "Framework", 2, "slug")),
        ("framework", 0, {"from": "someday"}, ("not_a_date", "Framework", 2, "from")),
        ("framework", 0, {"title:en": "", "title:th": ""}, ("missing", "Framework", 2, "title:en")),
        ("framework", 0, {"title:english!": "x"}, ("not_a_language", "Framework", 2, "title:english!")),
        ("counts", 0, {"count": "many"}, ("not_a_number", "Counts", 2, "count")),
        ("counts", 0, {"level": "nowhere"}, ("unknown_level", "Counts", 2, "level")),
        ("levels", 1, {"level": "area"}, ("twice", "Levels", 3, "level")),
        ("levels", 1, {"role": "king"}, ("not_a_choice", "Levels", 3, "role")),
        ("parts", 1, {"under": "nobody"}, ("unknown_part", "Parts", 3, "under")),
        ("parts", 2, {"part": "kpi-1"}, ("twice", "Parts", 4, "part")),
        ("parts", 0, {"level": "nowhere"}, ("unknown_level", "Parts", 2, "level")),
        ("parts", 0, {"colour": "red"}, ("unknown_column", "Parts", 2, "colour")),
        ("parts", 0, {"title_certainty": "quite"}, ("not_a_choice", "Parts", 2, "title_certainty")),
        ("parts", 1, {"came_from": "born"}, ("not_lineage", "Parts", 3, "came_from")),
        ("kpis", 0, {"proxy_by:en": ""}, ("proxy_by_missing", "KPIs", 2, "proxy_by:en")),
        ("kpis", 1, {"direction": "keep_within"}, ("limits_missing", "KPIs", 3, "low")),
        ("kpis", 1, {"aggregate": "count"}, ("not_a_condition", "KPIs", 3, "condition")),
        ("kpis", 1, {"least_count_share": "70"}, ("not_a_share", "KPIs", 3, "least_count_share")),
        ("kpis", 1, {"formula": "__import__('os')"}, ("not_a_formula", "KPIs", 3, "formula")),
        ("kpis", 1, {"formula": "a / value"}, ("unbound_name", "KPIs", 3, "formula")),
        ("kpis", 1, {"thresholds": "0; 1; 2"}, ("not_thresholds", "KPIs", 3, "thresholds")),
        ("aims", 0, {"period": "soon"}, ("not_a_period", "Targets", 2, "period")),
        ("aims", 0, {"value": "1,5"}, ("not_a_number", "Targets", 2, "value")),
        ("aims", 1, {"kind": "baseline"}, ("twice", "Targets", 3, "kind")),
        ("aims", 2, {"part": "area-a"}, ("unknown_part", "Targets", 4, "part")),
        ("series", 0, {"key": "NEET"}, ("not_a_key", "Series", 2, "key")),
        ("series", 0, {"name": "A B"}, ("not_a_name", "Series", 2, "name")),
    ],
)  # fmt: skip
def test_each_fault_names_sheet_row_and_column(section, row, changes, fault):
    tables = small_tables()
    tables[section][row] |= changes
    assert fault in faults(tables)


def test_every_fault_of_a_file_is_told_at_once():
    tables = small_tables()
    tables["parts"][1]["under"] = "nobody"
    tables["aims"][0]["value"] = "ten"
    tables["series"][0]["key"] = ""
    assert {code for code, *_ in faults(tables)} >= {"unknown_part", "not_a_number", "missing"}


def test_a_part_cannot_hang_under_what_stands_below_it_or_under_itself():
    tables = small_tables()
    tables["parts"].append({"part": "area-b", "level": "area", "under": "kpi-1", "title:en": "x"})
    tables["parts"].append({"part": "loop", "level": "kpi", "under": "loop", "title:en": "x"})
    assert {(code, column) for code, _sheet, _row, column in faults(tables)} == {
        ("wrong_level", "under"),
        ("unknown_part", "under"),
    }


def test_yaml_holds_the_same_tables_and_names_its_lines():
    tables = tidy(small_tables())
    text = write_yaml(tables)
    again, lines = read_yaml(text)
    assert again == tables
    assert text.splitlines()[lines["parts"][1] - 1].strip() == "- part: kpi-1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "parts: &a [1]",
        "parts: *a",
        "nothing: []",
        "parts: {a: 1}",
        "parts: [[1]]",
        "a: [",
        "\x00",
        "parts: !!int 1",
    ],
)
def test_what_is_no_framework_in_yaml_is_refused_in_plain_words(text):
    with pytest.raises(FileRefused):
        read_yaml(text)


def test_a_workbook_holds_the_same_tables_and_names_its_rows(tmp_path):
    tables = tidy(small_tables())
    path = tmp_path / "plan.xlsx"
    path.write_bytes(write_workbook(tables))
    again, rows = read_workbook(path)
    assert tidy(again) == tables
    assert rows["parts"] == [2, 3, 4, 5, 6]
    assert write_workbook(tables) == write_workbook(tables)


def test_the_template_offers_every_sheet_and_column(tmp_path):
    import openpyxl

    path = tmp_path / "template.xlsx"
    path.write_bytes(write_workbook({}))
    book = openpyxl.load_workbook(path)
    for section in SECTIONS:
        headings = [cell.value for cell in book[section.sheet][1]]
        assert headings == [column.name.replace(":*", ":en") for column in section.columns]
    assert any(rule.type == "list" for rule in book["KPIs"].data_validations.dataValidation)


def test_a_file_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"no workbook at all")
    with pytest.raises(FileRefused):
        read_workbook(path)


@given(st.text(max_size=40))
def test_no_text_as_a_formula_does_anything_but_be_read_or_refused(text):
    try:
        names = formulas.names_of(text)
    except formulas.FormulaRefused:
        return
    assert all(formulas.NAME.fullmatch(name) for name in names)


@pytest.mark.parametrize(
    "formula",
    ["a.b", "a()", "a[0]", "a if b else c", "'a'", "a ** 2", "a // b", "lambda: a", "True", "a < b", "A", "9e99",
     "(" * 200 + "a" + ")" * 200, "+".join("a" * 200), "-" * 60 + "a"],
)  # fmt: skip
def test_a_formula_has_four_operations_and_nothing_else(formula):
    with pytest.raises(formulas.FormulaRefused):
        formulas.expression(formula)
