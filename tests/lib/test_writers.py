from __future__ import annotations

import csv
import datetime as dt
import io
import subprocess
import zipfile

import openpyxl
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adme.lib import formula_guard
from adme.lib.writers import csv as csv_writer
from adme.lib.writers import parquet as parquet_writer
from adme.lib.writers import xlsx as xlsx_writer

FORMULAS = [
    "=1+1",
    "=SUM(A1:A9)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.test/?x="&A1,"Open")',
    '=WEBSERVICE("http://example.test/")',
    '=IMPORTXML(CONCAT("http://example.test/",A1),"//a")',
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "-",
    "--",
    "+",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@A1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "   @A1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠A1",
    "'=1+1",
    "''=1+1",
    "'-5",
    '"=1+1',
    ";=1+1",
    ",=1+1",
    "=1+1\n=2+2",
]
NUMBERS = ["-5", "+5", "-5.25", "-1,5", "+1e3", "-1.5E-7"]
STARTERS = tuple("=+-@\t\r＝＋－＠")


def read_csv(data: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=separator))


def xlsx_of(*args, **kwargs) -> bytes:
    return b"".join(xlsx_writer.write(*args, **kwargs))


def cells_of(data: bytes, sheet: str = "Data"):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data))[sheet].rows]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_is_guarded_in_csv_and_comes_back(text):
    data = b"".join(csv_writer.write([pl.DataFrame({"note": [text], "other": ["x"]})]))
    [_, [cell, other]] = read_csv(data)
    assert not cell.lstrip(" \u00a0\n").startswith(STARTERS) or cell.startswith('"')
    assert other == "x"
    assert formula_guard.unguarded_text(cell) == text


@pytest.mark.parametrize("text", NUMBERS)
def test_a_negative_number_stays_one(text):
    data = b"".join(csv_writer.write([pl.DataFrame({"value": [text]})]))
    assert read_csv(data) == [["value"], [text]]


def test_columns_of_numbers_are_never_guarded():
    data = b"".join(csv_writer.write([pl.DataFrame({"value": [-5, 7], "share": [-0.5, None]})]))
    assert data == b"value,share\n-5,-0.5\n7,\n"


def test_headings_are_guarded_too():
    assert b"".join(csv_writer.write([pl.DataFrame({"=1+1": ["x"]})])) == b"'=1+1\nx\n"


def test_the_guard_can_be_left_out():
    data = b"".join(csv_writer.write([pl.DataFrame({"note": ["=1+1"]})], guard=False))
    assert data == b"note\n=1+1\n"


@given(st.lists(st.text(alphabet="'=+-@ \t\r\n5.e,x\u00a0＝\x1c\x85", max_size=6) | st.text()))
def test_guard_and_unguard_undo_each_other_for_every_text(texts):
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    kept = frame.select(formula_guard.guarded(pl.col("text")))
    assert kept["text"].to_list() == [formula_guard.guarded_text(text) for text in texts]
    assert kept.select(formula_guard.unguarded(pl.col("text")))["text"].to_list() == texts
    assert [formula_guard.unguarded_text(text) for text in kept["text"]] == texts


@given(st.lists(st.tuples(st.text(), st.text())))
def test_csv_is_read_back_by_somebody_else(rows):
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    data = b"".join(csv_writer.write([frame], guard=False))
    assert read_csv(data) == [["a", "b"], *map(list, rows)]


def test_frames_follow_each_other_under_one_heading():
    frames = [pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": []}, schema={"a": pl.Int64}), pl.DataFrame({"a": [3]})]
    assert b"".join(csv_writer.write(frames)) == b"a\n1\n2\n3\n"
    assert b"".join(csv_writer.write([frames[1]])) == b"a\n"
    assert b"".join(csv_writer.write([])) == b""


def test_csv_marks_its_encoding_where_asked_and_keeps_every_script():
    frame = pl.DataFrame({"name": ["Việt Nam", "ไทย", "ລາວ", "កម្ពុជា", "မြန်မာ"]})
    data = b"".join(csv_writer.write([frame], bom=True))
    assert data.startswith(csv_writer.BYTE_ORDER_MARK)
    assert pd.read_csv(io.BytesIO(data), encoding="utf-8-sig")["name"].tolist() == frame["name"].to_list()


def test_a_single_column_keeps_its_empty_rows():
    data = b"".join(csv_writer.write([pl.DataFrame({"a": ["x", None, "y"]})]))
    assert data == b'a\nx\n""\ny\n'


def test_a_large_frame_is_sent_in_chunks():
    frame = pl.DataFrame({"a": range(25_000)})
    chunks = list(csv_writer.write([frame]))
    assert len(chunks) == 3
    assert pl.read_csv(io.BytesIO(b"".join(chunks))).equals(frame)


def test_xlsx_keeps_text_as_text_and_numbers_as_numbers():
    frame = pl.DataFrame(
        {
            "note": FORMULAS,
            "OBS_VALUE": (["12.50", "-3", "<5", "NV", None, "0.10", "1e3", "007", " 5"] * 4)[: len(FORMULAS)],
            "count": range(len(FORMULAS)),
            "yes": [True] * len(FORMULAS),
        }
    )
    [heading, *rows] = cells_of(xlsx_of([frame], numbers=("OBS_VALUE",)))
    assert heading == ["note", "OBS_VALUE", "count", "yes"]
    # openpyxl decodes _x000D_ as it is written; every other text comes back as it was
    assert [row[0].replace("_x000D_", "\r") for row in rows] == FORMULAS
    assert [row[1] for row in rows[:9]] == [12.5, -3, "<5", "NV", None, 0.1, "1e3", "007", " 5"]
    assert [row[2] for row in rows] == list(range(len(FORMULAS)))
    assert {row[3] for row in rows} == {True}


def test_xlsx_holds_no_formula_and_no_link():
    data = xlsx_of([pl.DataFrame({"note": FORMULAS})], about=[("=1+1", "http://example.test/"), ("x", "@A1")])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content
            assert b"<hyperlink" not in content
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert {cell.data_type for sheet in book for row in sheet.rows for cell in row} <= {"s", "inlineStr"}


def test_a_number_is_shown_with_the_decimals_it_came_with():
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([pl.DataFrame({"v": ["12.50", "7", "0.125"]})], numbers=("v",))))
    assert [book["Data"].cell(row, 1).number_format for row in (2, 3, 4)] == ["0.00", "0", "0.000"]


def test_rows_that_do_not_fit_go_on_a_next_sheet_and_the_last_sheet_says_what_this_is():
    frames = [pl.DataFrame({"a": [1, 2, 3]}), pl.DataFrame({"a": [4, 5, 6, 7]})]
    data = xlsx_of(frames, rows_a_sheet=3, about=[("Source", "Made up"), ("Licence", "CC-BY-4.0")])
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["Data", "Data 2", "Data 3", "About"]
    assert cells_of(data) == [["a"], [1], [2], [3]]
    assert cells_of(data, "Data 2") == [["a"], [4], [5], [6]]
    assert cells_of(data, "Data 3") == [["a"], [7]]
    assert cells_of(data, "About") == [["Source", "Made up"], ["Licence", "CC-BY-4.0"]]


def test_a_full_sheet_has_one_row_for_the_heading():
    assert xlsx_writer.ROWS_A_SHEET == 2**20 - 1


@pytest.mark.parametrize("frames", [[], [pl.DataFrame({"a": []}, schema={"a": pl.String})]])
def test_a_table_without_rows_is_a_workbook_all_the_same(frames):
    assert openpyxl.load_workbook(io.BytesIO(xlsx_of(frames))).sheetnames == ["Data"]


def test_the_same_frames_give_the_same_bytes():
    frame = pl.DataFrame({"a": ["x", "y"], "v": ["1.0", "2"]})
    for write in (csv_writer.write, parquet_writer.write, xlsx_writer.write):
        assert b"".join(write([frame, frame])) == b"".join(write([frame, frame]))
    moment = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
    assert openpyxl.load_workbook(io.BytesIO(xlsx_of([frame], created=moment))).properties.created.year == 2026


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"a": ["x" * 32_768]}),
        pl.DataFrame({"a": ["😀" * 16_384]}),
        pl.DataFrame({"a": [float("nan")]}),
        pl.DataFrame({"a": [float("inf")]}),
        pl.DataFrame({str(number): ["x"] for number in range(16_385)}),
    ],
    ids=["long", "long in UTF-16", "nan", "infinity", "wide"],
)
def test_what_a_workbook_cannot_hold_is_refused_by_name_and_not_cut(frame):
    with pytest.raises(xlsx_writer.NotForWorkbook):
        xlsx_of([frame])


def test_what_a_workbook_can_just_hold_is_kept_whole():
    assert cells_of(xlsx_of([pl.DataFrame({"a": ["x" * 32_767]})]))[1] == ["x" * 32_767]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)))
@settings(max_examples=25)
def test_xlsx_is_read_back_by_somebody_else(texts):
    rows = cells_of(xlsx_of([pl.DataFrame({"a": ["x", *texts]})]))
    assert [row[0] for row in rows[2:]] == texts


def test_parquet_is_read_back_by_somebody_else():
    frame = pl.DataFrame({"a": ["x", None, "=1+1"], "v": [1.5, None, -3.0], "n": [1, 2, None]})
    data = b"".join(parquet_writer.write([frame, frame.head(0), frame]))
    assert pl.read_parquet(io.BytesIO(data)).equals(pl.concat([frame, frame]))
    assert pd.read_parquet(io.BytesIO(data))["a"].dropna().tolist() == ["x", "=1+1"] * 2


def test_parquet_is_sent_row_group_by_row_group():
    chunks = parquet_writer.write(pl.DataFrame({"a": range(start, start + 5)}) for start in (0, 5, 10))
    assert next(chunks).startswith(b"PAR1")
    assert len(list(chunks)) == 3
    assert pl.read_parquet(io.BytesIO(b"".join(parquet_writer.write([])))).shape == (0, 0)


def test_a_row_group_that_cannot_be_written_ends_the_file_with_its_error():
    frames = [pl.DataFrame({"a": [1]}), pl.DataFrame({"b": ["x"]}), pl.DataFrame({"a": [2]})]
    with pytest.raises(ValueError, match="schema"):
        list(parquet_writer.write(frames))


def test_libreoffice_opens_our_files_without_a_calculation(soffice, tmp_path):
    kept = [text for text in FORMULAS if not set(text) & set("\t\r\n")]
    frame = pl.DataFrame({"note": kept, "value": ["-5.25"] * len(kept)})
    (tmp_path / "book.xlsx").write_bytes(xlsx_of([frame], numbers=("value",)))
    (tmp_path / "plain.csv").write_bytes(b"".join(csv_writer.write([frame])))
    assert office_csv(soffice, tmp_path, "book.xlsx") == [["note", "value"], *([text, "-5.25"] for text in kept)]
    rows = office_csv(soffice, tmp_path, "plain.csv")
    assert [formula_guard.unguarded_text(row[0]) for row in rows[1:]] == kept
    assert {row[1] for row in rows[1:]} == {"-5.25"}


def office_csv(soffice, folder, name):
    """What LibreOffice makes of a file: opened as a person would open it, formulas allowed, and saved as CSV."""
    (folder / "out").mkdir(exist_ok=True)
    command = [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
    # field separator, quote, UTF-8, first line, ..., "detect special numbers" and "evaluate formulas" on
    reading = "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,0,true" if name.endswith(".csv") else ""
    writing = ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(folder / "out")]
    arguments = [*command, *([reading] if reading else []), *writing, str(folder / name)]
    subprocess.run(arguments, check=True, capture_output=True, timeout=180)
    made = (folder / "out" / name).with_suffix(".csv")
    return read_csv(made.read_bytes())
