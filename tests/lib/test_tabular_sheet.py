from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adme.lib.tabular import markup
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.limits import LIMITS
from adme.lib.tabular.reading import iter_table, read_table
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.sheet import SheetReader
from adme.lib.tabular.workbook import Style, Workbook, style_of
from adme.lib.writers import xlsx as xlsx_writer
from tests.lib.tables import (
    MAIN,
    PLAIN,
    RELATIONS,
    book,
    parts,
    problems_of,
    read_here,
    rows_of,
    saved,
    sheet_xml,
    styled,
    text_row,
)
from tests.lib.tables import zipped as zip_of

HEADING = text_row(1, "a", "b")
DATE, STAMP, CLOCK, PERCENT, TWO, LONG = '"1"', '"2"', '"3"', '"4"', '"5"', '"6"'
STYLES = styled("yyyy-mm-dd", "dd/mm/yyyy hh:mm", "hh:mm:ss", "0.0%", "#,##0.00", "[h]:mm")

CELLS = [
    # attributes and content of cell B2, its text, the names of its problems
    ("><v>5</v>", "5", []),
    ("><v>12.50</v>", "12.50", []),
    ("><v>-0.5</v>", "-0.5", []),
    ("><v>5.0999999999999996</v>", "5.1", []),
    ("><v>0.30000000000000004</v>", "0.30000000000000004", []),
    ("><v>1E-3</v>", "0.001", []),
    ("><v>1.5E+20</v>", "150000000000000000000", []),
    ("><v>12345678901234567</v>", "12345678901234568", []),
    ("><v>1e999</v>", "1e999", ["error_cell"]),
    ("><v>NaN</v>", "NaN", ["error_cell"]),
    (f" s={TWO}><v>12.5</v>", "12.50", []),
    (f" s={TWO}><v>7</v>", "7.00", []),
    (f" s={TWO}><v>0.12345</v>", "0.12345", []),
    (f" s={PERCENT}><v>0.125</v>", "0.125", ["percent_cell"]),
    (f" s={DATE}><v>42035</v>", "2015-01-31", []),
    (f" s={DATE}><v>42035.5</v>", "2015-01-31T12:00:00", []),
    (f" s={DATE}><v>1</v>", "1900-01-01", []),
    (f" s={DATE}><v>59</v>", "1900-02-28", []),
    (f" s={DATE}><v>60</v>", "60", ["date_out_of_range"]),
    (f" s={DATE}><v>61</v>", "1900-03-01", []),
    (f" s={DATE}><v>0</v>", "0", ["date_out_of_range"]),
    (f" s={DATE}><v>-1</v>", "-1", ["date_out_of_range"]),
    (f" s={DATE}><v>2958465</v>", "9999-12-31", []),
    (f" s={DATE}><v>2958466</v>", "2958466", ["date_out_of_range"]),
    (f" s={STAMP}><v>42035.52083333333</v>", "2015-01-31T12:30:00", []),
    (f" s={STAMP}><v>42035</v>", "2015-01-31", []),
    (f" s={CLOCK}><v>0.12777777777777777</v>", "03:04:00", []),
    (f" s={CLOCK}><v>0</v>", "00:00:00", []),
    (f" s={LONG}><v>1.25</v>", "1.25", []),
    (' s="99"><v>5</v>', "5", []),
    (' t="n"><v>5</v>', "5", []),
    (' t="b"><v>1</v>', "TRUE", []),
    (' t="b"><v>0</v>', "FALSE", []),
    (' t="e"><v>#N/A</v>', "#N/A", ["error_cell"]),
    (' t="e"><f>1/0</f><v>#DIV/0!</v>', "#DIV/0!", ["error_cell"]),
    (' t="d"><v>2015-01-31T00:00:00</v>', "2015-01-31", []),
    (' t="d"><v>2015-01-31T10:00:00Z</v>', "2015-01-31T10:00:00Z", []),
    (' t="d"><v>2015-01-31</v>', "2015-01-31", []),
    (' t="s"><v>0</v>', "first", []),
    (' t="s"><v>1</v>', "rich text", []),
    (' t="s"><v>2</v>', "東京", []),
    (' t="s"><v>3</v>', "a\rb", []),
    (' t="s"><v>4</v>', "_x000D_", []),
    (' t="s"><v>5</v>', "<b>&", []),
    (' t="str"><f>A1</f><v>made</v>', "made", []),
    (' t="str"><f>A1</f><v></v>', None, []),
    ("><f>SUM(A1:A2)</f><v>3</v>", "3", []),
    ("><f>SUM(A1:A2)</f>", None, ["formula_without_value"]),
    ("><f>IF(A1&gt;2,&quot;x&quot;,1)</f><v>1</v>", "1", []),
    (' t="inlineStr"><is><t>inline</t></is>', "inline", []),
    (' t="inlineStr"><is><t xml:space="preserve"> kept </t></is>', " kept ", []),
    (' t="inlineStr"><is><r><t>two</t></r><r><t> runs</t></r></is>', "two runs", []),
    (' t="inlineStr"><is><t>a &lt; b &amp; c</t></is>', "a < b & c", []),
    (' t="inlineStr"><is><t>line\nbreak</t></is>', "line\nbreak", []),
    (' t="inlineStr"><is><t>_xD83D_</t></is>', "_xD83D_", []),
    (' t="inlineStr"><is><t>=1+1</t></is>', "=1+1", []),
    (' t="inlineStr"><is><t></t></is>', None, []),
    ("><v><![CDATA[5]]></v>", "5", []),
    ("><v>5<!-- not this --></v>", "5", []),
    (' s="1">', None, []),
]
TEXTS = [
    "first",
    "<r><t>rich</t></r><r><rPr/><t xml:space='preserve'> text</t></r>",
    "<t>東京</t><rPh sb='0' eb='2'><t>とうきょう</t></rPh>",
    "<t>a_x000D_b</t>",
    "<t>_x005F_x000D_</t>",
    "<t>&lt;b&gt;&amp;</t>",
]


def pieces(path, *, plain):
    with Workbook(path, LIMITS) as opened:
        reader = SheetReader(opened, opened.sheets[0], opened.texts(), opened.styles())
        rows = [row for piece in reader.pieces(plain=plain) for row in piece]
        return rows, reader.troubles, reader.merged


@pytest.mark.parametrize(("cell", "text", "problems"), CELLS)
def test_a_cell_comes_through_as_what_it_holds(tmp_path, cell, text, problems):
    rows = f'{HEADING}<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="B2"{cell}</c></row>'
    path = saved(tmp_path, "book.xlsx", book(rows, texts=TEXTS, styles=STYLES))
    table = read_here(path, PLAIN)
    assert rows_of(table) == [(2, "x", text)]
    assert [(row[0], row[1], row[2]) for row in problems_of(table)] == [(name, 2, "b") for name in problems]
    assert pieces(path, plain=True) == pieces(path, plain=False)


def test_dates_may_be_counted_from_1904(tmp_path):
    rows = f'{HEADING}<row r="2"><c r="A2" s="1"><v>40573</v></c></row>'
    path = saved(tmp_path, "book.xlsx", book(rows, styles=STYLES, from_1904=True))
    assert rows_of(read_here(path, PLAIN)) == [(2, "2015-01-31", None)]


def test_number_cells_come_in_the_dialect_of_the_texts_beside_them(tmp_path):
    rows = f'{HEADING}<row r="2"><c r="A2"><v>1234.5</v></c><c r="B2" t="inlineStr"><is><t>1.234,5</t></is></c></row>'
    path = saved(tmp_path, "book.xlsx", book(rows))
    assert rows_of(read_here(path, Dialect(decimal=",", thousands="."))) == [(2, "1234,5", "1.234,5")]


@pytest.mark.parametrize(
    ("code", "style"),
    [
        ("General", Style("number", None)),
        ("0", Style("number", 0)),
        ("0.000", Style("number", 3)),
        ("#,##0.00", Style("number", 2)),
        ('#,##0.00 "km²"', Style("number", 2)),
        ("_(* #,##0.00_);_(* (#,##0.00)", Style("number", 2)),
        ("[Red]0.0;[Blue]-0.0", Style("number", 1)),
        ("0.0##", Style("number", None)),
        ("0.00E+00", Style("number", None)),
        ("# ?/?", Style("number", None)),
        ("0.0,", Style("number", None)),
        ("0%", Style("percent", 0)),
        ("0.00%", Style("percent", 2)),
        ("yyyy", Style("date", None)),
        ("mmm-yy", Style("date", None)),
        ("[$-D07041E]dd/mm/yyyy", Style("date", None)),
        ('"day" 0', Style("number", 0)),
        (r"\d0", Style("number", 0)),
        ("h:mm AM/PM", Style("time", None)),
        ("mm:ss", Style("time", None)),
        ("yyyy-mm-dd hh:mm", Style("datetime", None)),
        ("[h]:mm:ss", Style("elapsed", None)),
        ("@", Style("number", None)),
    ],
)
def test_a_number_format_says_how_a_cell_is_shown(code, style):
    assert style_of(code) == style


def test_rows_and_cells_may_leave_out_where_they_are(tmp_path):
    rows = "<row><c t='inlineStr'><is><t>a</t></is></c><c t='inlineStr'><is><t>b</t></is></c></row>"
    path = saved(tmp_path, "book.xlsx", book(rows + "<row><c><v>1</v></c><c><v>2</v></c></row>"))
    assert rows_of(read_here(path, PLAIN)) == [(2, "1", "2")]


def test_elements_may_have_a_prefix(tmp_path):
    xml = sheet_xml(text_row(1, "a", "b") + text_row(2, "1", "2"))
    for name in ("worksheet", "sheetData", "row", "c", "is", "t"):
        for before, after in (
            (f"<{name} ", f"<x:{name} "),
            (f"<{name}>", f"<x:{name}>"),
            (f"</{name}>", f"</x:{name}>"),
        ):
            xml = xml.replace(before, after)
    xml = xml.replace(" xmlns=", " xmlns:x=")
    path = saved(tmp_path, "book.xlsx", zip_of(parts({"Data": xml})))
    assert rows_of(read_here(path, PLAIN)) == [(2, "1", "2")]


class _Pipe(io.RawIOBase):
    """Somewhere to write to that cannot go back: sizes follow the data then."""

    def __init__(self) -> None:
        super().__init__()
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.data += bytes(data)
        return len(data)


def test_archives_may_be_written_as_a_stream(tmp_path):
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts({"Data": sheet_xml(HEADING + text_row(2, "1", "2"))}).items():
            archive.writestr(name, content)
    assert rows_of(read_here(saved(tmp_path, "book.xlsx", pipe.data), PLAIN)) == [(2, "1", "2")]


def test_archives_may_be_of_the_large_kind(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts({"Data": sheet_xml(HEADING + text_row(2, "1", "2"))}).items():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(content.encode())
    assert rows_of(read_here(saved(tmp_path, "book.xlsx", buffer.getvalue()), PLAIN)) == [(2, "1", "2")]


def test_a_workbook_may_follow_the_strict_standard(tmp_path):
    made = parts({"Data": sheet_xml(HEADING + text_row(2, "1", "2"))}, texts=["x"])
    strict = {
        name: content.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, content in made.items()
    }
    assert strict != made
    assert rows_of(read_here(saved(tmp_path, "book.xlsx", zip_of(strict)), PLAIN)) == [(2, "1", "2")]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_xml_may_be_in_another_encoding(tmp_path, encoding):
    xml = sheet_xml(text_row(1, "a", "b") + text_row(2, "é", "2"))
    xml = xml.replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
    path = saved(
        tmp_path, "book.xlsx", zip_of(parts({"Data": xml}) | {"xl/worksheets/sheet1.xml": xml.encode(encoding)})
    )
    assert rows_of(read_here(path, PLAIN)) == [(2, "é", "2")]


def test_a_sheet_is_chosen_by_name_or_the_first_that_is_seen(tmp_path):
    sheets = {name: sheet_xml(text_row(1, name)) for name in ("One", "Two & more")}
    made = parts(sheets)
    made["xl/workbook.xml"] = made["xl/workbook.xml"].replace('name="One"', 'name="One" state="hidden"')
    path = saved(tmp_path, "book.xlsx", zip_of(made))
    assert read_here(path, PLAIN).sheet == "Two & more"
    assert read_here(path, PLAIN.replaced(sheet="One")).columns == ("One",)
    with pytest.raises(TableRefused) as refused:
        read_here(path, PLAIN.replaced(sheet="Three"))
    assert refused.value.code == "no_such_sheet"
    assert "“One”, “Two & more”" in refused.value.remedy


@pytest.mark.parametrize(
    ("rows", "after", "changes", "read", "problems"),
    [
        (
            HEADING + text_row(2, "1", "2", "3"),
            "",
            {},
            [(2, "1", "2")],
            [("cell_without_heading", 2, "(column C)", "3")],
        ),
        (HEADING + text_row(4, "1"), "", {}, [(4, "1", None)], []),
        (
            HEADING + text_row(2, "a_x0007_b") + text_row(3, "1"),
            "",
            {},
            [(3, "1", None)],
            [("control_characters", 2, None, None)],
        ),
        (HEADING + text_row(2, "a_x0000_b"), "", {}, [(2, "a_x0000_b", None)], []),
        (
            HEADING + text_row(2, "1", "2").replace('r="2"', 'r="2" hidden="1"', 1),
            "",
            {},
            [(2, "1", "2")],
            [("hidden_row", 2, None, None)],
        ),
        (
            HEADING + text_row(2, "x", "1") + text_row(3, "", "2"),
            '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>',
            {},
            [(2, "x", "1"), (3, None, "2")],
            [("merged_cells", 2, "a", "A2:A3")],
        ),
        (
            text_row(1, "Title") + text_row(3, "a", "b") + text_row(4, "1", "2"),
            '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
            {"header_row": 3},
            [(4, "1", "2")],
            [],
        ),
        (HEADING + text_row(2, "1", "2") + text_row(3, "3", "4"), "", {"last_row": 2}, [(2, "1", "2")], []),
        (HEADING + text_row(2, "u", "v") + text_row(3, "3", "4"), "", {"first_row": 3}, [(3, "3", "4")], []),
        (text_row(1, "1", "2") + text_row(2, "3"), "", {"header_row": 0}, [(1, "1", "2"), (2, "3", None)], []),
        (text_row(1, "a", "a"), "", {}, [], [("repeated_heading", 1, "a (column B)", "a")]),
    ],
)
def test_what_is_odd_in_a_sheet_is_named_by_its_place(tmp_path, rows, after, changes, read, problems):
    table = read_here(saved(tmp_path, "book.xlsx", book(rows, after=after)), PLAIN.replaced(**changes))
    assert rows_of(table) == read
    assert problems_of(table) == problems


def test_a_sheet_without_a_heading_row_is_refused(tmp_path):
    for rows in ("", text_row(2, "1", "2")):
        with pytest.raises(TableRefused) as refused:
            read_here(saved(tmp_path, "book.xlsx", book(rows)), PLAIN)
        assert (refused.value.code, refused.value.sheet, refused.value.row) == ("no_heading", "Data", 1)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=9)
    | st.dates(dt.date(1900, 3, 1))
)


@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=9))
@settings(max_examples=30)
def test_whatever_somebody_else_writes_is_read_as_it_was(tmp_path_factory, rows):
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["a", "b", "c"])
    for at, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # else it would take =1+1 for a formula
    path = tmp_path_factory.mktemp("law") / "book.xlsx"
    made.save(path)
    table = read_here(path, PLAIN)
    read = {row[0]: row[1:] for row in rows_of(table)}
    for at, row in enumerate(rows, 2):
        assert tuple(map(same_as, row, read.get(at, (None,) * 3))) == (True,) * 3
    assert pieces(path, plain=True) == pieces(path, plain=False)


def same_as(value: object, text: str | None) -> bool:
    if value is None or text is None:
        return value is text
    if isinstance(value, bool):
        return text == str(value).upper()
    if isinstance(value, int | float):
        return float(text) == float(f"{value:.16g}")  # openpyxl writes so many digits
    return text == (value.isoformat() if isinstance(value, dt.date) else value)


@given(st.lists(st.tuples(st.text(max_size=9), st.sampled_from(["12.50", "-3", "<5", "NV", "0.000", "1e5", "007"]))))
@settings(max_examples=30)
def test_what_we_write_comes_back_as_it_was(tmp_path_factory, rows):
    kept = [(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text), value) for text, value in rows]
    frame = pl.DataFrame(kept, schema={"a": pl.String, "OBS_VALUE": pl.String}, orient="row")
    path = tmp_path_factory.mktemp("law") / "book.xlsx"
    path.write_bytes(b"".join(xlsx_writer.write([frame], numbers=("OBS_VALUE",), about=[("Source", "x")])))
    assert rows_of(read_here(path, PLAIN)) == [(at, text or None, value) for at, (text, value) in enumerate(kept, 2)]


FRAGMENTS = [
    '<row r="{n}">',
    '<row r="{n}" spans="1:3" hidden="1">',
    "</row>",
    "<row/>",
    '<c r="{c}{n}"><v>5</v></c>',
    '<c r="{c}{n}" s="1" t="s"><v>0</v></c>',
    '<c r="{c}{n}" s="1"/>',
    '<c r="{c}{n}" t="inlineStr"><is><t>a&amp;b</t></is></c>',
    '<c r="{c}{n}" t="inlineStr"><is><t>plain</t></is></c>',
    '<c t="n" r="{c}{n}"><v>7</v></c>',
    "<c><v>1</v></c>",
    "<!-- <row r='9'><c r='A9'><v>9</v></c></row> -->",
    "<![CDATA[ </row> ]]>",
    " ",
    "\n",
    "</sheetData><sheetData>",
    "]]>",
    "&amp;",
    "\x01",
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25), st.integers(1, 60))
def test_the_shortcut_and_expat_read_alike_or_refuse_alike(tmp_path_factory, fragments, piece):
    number, column, made = 0, 0, ""
    for fragment in fragments:
        if fragment.startswith("<row r"):
            number, column = number + 1, 0
        made += fragment.replace("{n}", str(number or 1)).replace("{c}", chr(65 + column % 26))
        column += "{c}" in fragment
    path = saved(tmp_path_factory.mktemp("law"), "book.xlsx", book(made, texts=["x"]))

    def result(plain: bool) -> object:
        try:
            return pieces(path, plain=plain)
        except TableRefused as refused:
            return refused.code in ("xml_broken", "sheet_disordered")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "PIECE", piece)
        assert result(True) == result(False)


def test_the_whole_way_through_the_child_process(tmp_path):
    chance = random.Random(1)
    frame = pl.DataFrame(
        {
            "REF_AREA": [chance.choice(["VN", "TH"]) for _ in range(2_500)],
            "OBS_VALUE": [f"{chance.random() * 100:.2f}" for _ in range(2_500)],
        }
    )
    path = saved(tmp_path, "book.xlsx", b"".join(xlsx_writer.write([frame], numbers=("OBS_VALUE",))))
    table = read_table(path, PLAIN)
    assert table.sheet == "Data"
    assert table.frame.drop("row").equals(frame)
    chunks = list(iter_table(path, PLAIN, chunk_rows=1_000))
    assert [chunk.frame.height for chunk in chunks] == [1_000, 1_000, 500]
    assert openpyxl.load_workbook(io.BytesIO(path.read_bytes()))["Data"].max_row == 2_501
