from __future__ import annotations

import json

import polars as pl
import pytest

from adme.lib.tabular.facts import FileFacts
from adme.lib.tabular.limits import LIMITS
from adme.lib.tabular.reading import sniff
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.sniffing import sniff_file
from adme.lib.tabular.unpivot import unpivot
from tests.lib.tables import PLAIN, book, parts, read_here, rows_of, saved, sheet_xml, text_row, zipped


def look(tmp_path, content, name="table.csv", **limits) -> FileFacts:
    return sniff_file(saved(tmp_path, name, content), name, {**LIMITS, **limits})


def asked(facts: FileFacts) -> dict[str, tuple[str, list[str]]]:
    return {one.field: (one.reason, [candidate.value for candidate in one.candidates]) for one in facts.questions}


@pytest.mark.parametrize(
    ("text", "kind", "separator", "columns"),
    [
        ("a,b\n1,2\n", "csv", ",", ("a", "b")),
        ("a;b\n1,5;2,5\n3,5;4,5\n", "csv", ";", ("a", "b")),
        ("a\tb\n1,5\t2\n", "tsv", "\t", ("a", "b")),
        ("a|b\n1|2\n", "csv", "|", ("a", "b")),
        ("a\n1\n2\n", "csv", ",", ("a",)),
        ('name,note\nx,"one; two; three"\ny,"four; five; six"\n', "csv", ",", ("name", "note")),
        ("name;note\nx;one, two\ny;three\n", "csv", ";", ("name", "note")),
        ("Country,2019,2020\nVN,1,2\n", "csv", ",", ("Country", "2019", "2020")),
        ('a,b\n"open,2\n', "csv", ",", ("a", "b")),
    ],
)
def test_the_separator_is_seen(tmp_path, text, kind, separator, columns):
    facts = look(tmp_path, text)
    assert (facts.kind, facts.separator) == (kind, separator)
    assert facts.sheet().columns == columns
    assert "separator" not in asked(facts)


def test_a_separator_that_cannot_be_seen_is_asked_for(tmp_path):
    facts = look(tmp_path, "a,b;c\nx,y;z\nu,v;w\n")
    assert facts.separator is None
    assert asked(facts)["separator"] == ("several_separators", [",", ";"])


@pytest.mark.parametrize(
    ("encoding", "text", "certain"),
    [
        ("utf-8", "name,v\nplain,1\n", True),
        ("utf-8", "name,v\nไทย,1\n", True),
        ("utf-8-sig", "name,v\nไทย,1\n", True),
        ("utf-16", "name,v\nไทย,1\n", True),
        ("utf-16-le", "name,v\nViet Nam and others,1\n", False),
        ("cp1252", "name,v\nCôte d’Ivoire,1\n", False),
        ("cp874", "name,v\nประเทศไทย,1\n", False),
        ("gb18030", "name,v\n中华人民共和国,1\n", False),
    ],
)
def test_an_encoding_is_certain_or_asked_for_with_samples(tmp_path, encoding, text, certain):
    facts = look(tmp_path, text.encode(encoding))
    if certain:
        assert facts.encoding == encoding.removesuffix("-sig")
        assert facts.questions == ()
        assert facts.sheet().preview[1][1][0] == text.split("\n")[1].split(",")[0]
    else:
        assert facts.encoding is None
        [question] = facts.questions
        assert question.reason == "bytes_not_utf8"
        found = {candidate.value: candidate.sample for candidate in question.candidates}
        assert text.split("\n")[1] in found[encoding] or text.startswith(found[encoding])


def test_a_few_wrong_bytes_in_utf_8_are_asked_about_as_such(tmp_path):
    facts = look(tmp_path, "name,v\n" + "ประเทศไทย,1\n" * 5 + "x", name="table.csv")
    assert facts.encoding == "utf-8"
    facts = look(tmp_path, ("name,v\n" + "ประเทศไทย,1\n" * 5).encode() + b"\xe9,2\n")
    assert facts.encoding is None
    assert asked(facts)["encoding"][1][0] == "utf-8"


def test_a_letter_cut_off_at_the_end_is_no_other_encoding(tmp_path):
    assert look(tmp_path, "name,v\nไทย,ไ".encode()[:-1]).encoding == "utf-8"


@pytest.mark.parametrize(
    ("values", "decimal", "thousands", "questions"),
    [
        (["1", "25", "-3"], None, "", {}),
        (["1.5", "25"], ".", "", {}),
        (["1,5", "25"], ",", "", {}),
        (["1,234.5"], ".", ",", {}),
        (["1.234,5"], ",", ".", {}),
        (["1 234,5"], ",", " ", {}),
        (["1'234.5"], ".", "'", {}),
        (["1,234,567"], ".", ",", {}),
        (["1.234.567"], ",", ".", {}),
        (["1,234", "12.5"], ".", ",", {}),
        (["1,234"], None, "", {"decimal": ("ambiguous_numbers", [".,", ","])}),
        (["1.234"], None, "", {"decimal": ("ambiguous_numbers", [".", ",."])}),
        (["<1,234"], None, "", {"decimal": ("ambiguous_numbers", [".,", ","])}),
        (["1.5", "1,5"], None, "", {"decimal": ("mixed_numbers", [".", ","])}),
        (["N", "NV", "2020-01", "10.1.2", "a,b"], None, "", {}),
        (["๑๒"], None, "", {"digits": ("digits_found", ["thai"])}),
        (["១២"], None, "", {"digits": ("digits_found", ["khmer"])}),
        (["2567", "2566"], None, "", {"calendar": ("years_look_buddhist", ["buddhist", "gregorian"])}),
        (
            ["๒๕๖๗"],
            None,
            "",
            {"digits": ("digits_found", ["thai"]), "calendar": ("years_look_buddhist", ["buddhist", "gregorian"])},
        ),
        (["2015", "2016"], None, "", {}),
        (["2500", "13", "17", "90000"], None, "", {}),
    ],
)
def test_marks_digits_and_calendars_are_proved_by_the_cells_or_asked_for(
    tmp_path, values, decimal, thousands, questions
):
    facts = look(tmp_path, "name;value\n" + "".join(f"x;{value}\n" for value in values))
    assert (facts.decimal, facts.thousands) == (decimal, thousands)
    assert {field: (reason, sorted(found)) for field, (reason, found) in asked(facts).items()} == {
        field: (reason, sorted(found)) for field, (reason, found) in questions.items()
    }


def test_one_column_may_prove_the_mark_while_another_stays_in_doubt(tmp_path):
    facts = look(tmp_path, "name;rate;people\nx;12.5;1,234\ny;3.25;5,678\n")
    assert facts.decimal == "."
    [question] = facts.questions
    assert "people" in question.example
    assert {candidate.sample for candidate in question.candidates} == {"1,234 = 1234", "1,234 = 1.234"}


def test_columns_that_disagree_are_asked_about(tmp_path):
    facts = look(tmp_path, "name;one;two\nx;12.5;12,5\n")
    assert facts.decimal is None
    assert asked(facts)["decimal"][0] == "mixed_numbers"


@pytest.mark.parametrize(
    ("text", "header_row"),
    [
        ("a,b\n1,2\n", 1),
        ("My title\n\nSource: x\na,b,c\n1,2,3\n4,5,6\n", 4),
        ("1,2\n3,4\n", 0),
        ("\n\na,b\n1,2\n", 3),
        ("Country,2019,2020\nVN,1,2\n", 1),
    ],
)
def test_the_heading_is_proposed(tmp_path, text, header_row):
    facts = look(tmp_path, text)
    assert facts.sheet().header_row == header_row
    assert facts.dialect().header_row == header_row


def test_a_look_says_how_many_rows_there_are_and_shows_the_first(tmp_path):
    facts = look(tmp_path, "a,b\n" + "x,2\n" * 100 + "y" * 500 + ",2", sample_rows=10)
    sheet = facts.sheet()
    assert sheet.rows == 102
    assert len(sheet.preview) == 10
    assert sheet.preview[1] == (2, ("x", "2"))
    assert FileFacts.from_dict(json.loads(json.dumps(facts.to_dict()))) == facts


def test_a_workbook_shows_its_sheets_and_number_cells_prove_nothing(tmp_path):
    number = '<row r="2"><c r="A2"><v>1.234</v></c><c r="B2"><v>2567</v></c></row>'
    sheets = {
        "Notes": sheet_xml(text_row(1, "see", "next")),
        "Data": sheet_xml(text_row(1, "a", "b") + number),
        "Empty": sheet_xml(""),
    }
    made = parts(sheets)
    made["xl/workbook.xml"] = made["xl/workbook.xml"].replace('name="Notes"', 'name="Notes" state="veryHidden"')
    facts = look(tmp_path, zipped(made), "book.xlsx")
    assert facts.kind == "xlsx"
    assert [(sheet.name, sheet.visible, sheet.rows) for sheet in facts.sheets] == [
        ("Notes", False, 1),
        ("Data", True, 2),
        ("Empty", True, 0),
    ]
    assert facts.sheet().name == "Data"
    assert facts.sheet().columns == ("a", "b")
    assert facts.sheet("Notes").columns == ("see", "next")
    assert (facts.decimal, facts.questions) == (".", ())
    assert facts.dialect().to_dict() == {"decimal": ".", "sheet": "Data"}
    with pytest.raises(KeyError):
        facts.sheet("None")


def test_texts_in_a_workbook_are_asked_about_as_in_any_other_file(tmp_path):
    facts = look(tmp_path, book(text_row(1, "name", "v") + text_row(2, "x", "1,234")), "book.xlsx")
    assert facts.decimal is None
    assert asked(facts)["decimal"][0] == "ambiguous_numbers"
    facts = look(tmp_path, book(text_row(1, "name", "v") + text_row(2, "x", "1,5")), "book.xlsx")
    assert (facts.decimal, facts.questions) == (",", ())


def test_a_long_sheet_is_counted_and_not_read(tmp_path):
    rows = "".join(text_row(number, "x") for number in range(1, 500))
    facts = look(tmp_path, book(rows), "book.xlsx", sample_rows=20)
    assert facts.sheet().rows == 499


def test_the_whole_way_through_the_child_process(tmp_path):
    path = saved(tmp_path, "stored", "a;b\n1,5;2\n")
    facts = sniff(path, "table.csv")
    assert facts == sniff_file(path, "table.csv", LIMITS)
    assert facts.dialect().to_dict() == {"encoding": "utf-8", "separator": ";", "decimal": ","}
    with pytest.raises(TableRefused) as refused:
        sniff(saved(tmp_path, "blank", "\n\n \n"), "table.csv")
    assert refused.value.code == "empty_file"


@pytest.mark.parametrize("name", ["un_sdg_2020-10_asean", "world_bank_wdi_2026-07_asean"])
def test_the_real_files_need_no_question(name, root):
    path = root / "adme" / "config" / "demo" / "data" / f"{name}.csv"
    facts = sniff_file(path, path.name, LIMITS)
    assert (facts.encoding, facts.separator, facts.decimal, facts.questions) == ("utf-8", ",", ".", ())


def test_years_as_columns_become_rows(tmp_path):
    text = "Country,Unit,2019,2020,2021\nVN,%,1.5,,3\nTH,%,,,\nID,%,4,5,6\n"
    frame = read_here(saved(tmp_path, "table.csv", text)).frame
    long = unpivot(frame, keep=["Country", "Unit"], periods=["2019", "2020", "2021"])
    assert long.columns == ["row", "Country", "Unit", "TIME_PERIOD", "OBS_VALUE", "column"]
    assert long.rows() == [
        (2, "VN", "%", "2019", "1.5", "2019"),
        (2, "VN", "%", "2021", "3", "2021"),
        (4, "ID", "%", "2019", "4", "2019"),
        (4, "ID", "%", "2020", "5", "2020"),
        (4, "ID", "%", "2021", "6", "2021"),
    ]
    kept = unpivot(frame, keep=["Country"], periods=["2021", "2019"], value_column="v", keep_empty=True)
    assert kept.height == 6
    assert kept["TIME_PERIOD"].to_list()[:2] == ["2021", "2019"]


def test_unpivoting_nothing_gives_nothing():
    frame = pl.DataFrame(schema={"row": pl.Int64, "a": pl.String, "2020": pl.String})
    assert unpivot(frame, keep=["a"], periods=["2020"]).height == 0


def test_a_wide_sheet_reads_the_same_way(tmp_path):
    rows = (
        text_row(1, "Country", "2019")
        + '<row r="2"><c r="A2" t="inlineStr"><is><t>VN</t></is></c><c r="B2"><v>1</v></c></row>'
    )
    table = read_here(saved(tmp_path, "book.xlsx", book(rows)), PLAIN)
    assert rows_of(table) == [(2, "VN", "1")]
    assert unpivot(table.frame, keep=["Country"], periods=["2019"]).rows() == [(2, "VN", "2019", "1", "2019")]
