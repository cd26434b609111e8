from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib.tabular.dialect import Dialect, DialectInvalid
from adme.lib.tabular.reading import iter_table, read_table
from adme.lib.tabular.refusals import TableRefused
from adme.lib.writers import csv as csv_writer
from tests.lib.tables import CSV, problems_of, read_here, rows_of, saved

READ = [
    # text, dialect changes, rows
    ("a,b\n1,2\n", {}, [(2, "1", "2")]),
    ("a,b\n1,2", {}, [(2, "1", "2")]),
    ("a,b\r\n1,2\r\n3,4\r\n", {}, [(2, "1", "2"), (3, "3", "4")]),
    ("a,b\r1,2\r3,4\r", {}, [(2, "1", "2"), (3, "3", "4")]),
    ("\ufeffa,b\n1,2\n", {}, [(2, "1", "2")]),
    ('a,b\n"1","2"\n', {}, [(2, "1", "2")]),
    ('a,b\r\n"1","2"\r\n', {}, [(2, "1", "2")]),
    ('"a","b"\n"x,y","say ""yes"""\n', {}, [(2, "x,y", 'say "yes"')]),
    ('a,b\n"one\ntwo",2\n3,4\n', {}, [(2, "one\ntwo", "2"), (3, "3", "4")]),
    ('a,b\r\n"one\r\ntwo",2\r\n3,4\r\n', {}, [(2, "one\r\ntwo", "2"), (3, "3", "4")]),
    ('a,b\n"one\n\n\ntwo","3\n4"\n5,6\n', {}, [(2, "one\n\n\ntwo", "3\n4"), (3, "5", "6")]),
    ('a,b\n5" pipe,x\n', {}, [(2, '5" pipe', "x")]),
    ('a,b\nx,say "yes"\n', {}, [(2, "x", 'say "yes"')]),
    ('a,b\n"x",say "yes"\n', {}, [(2, "x", 'say "yes"')]),
    ('a,b\n "x",2\n', {}, [(2, ' "x"', "2")]),
    ("a,b\n\n1,2\n\n\n3,4\n", {}, [(3, "1", "2"), (6, "3", "4")]),
    ("a,b\n,\n1,\n", {}, [(3, "1", None)]),
    ('a,b\n"",1\n', {}, [(2, None, "1")]),
    ("a,b\n ,1\n", {}, [(2, " ", "1")]),
    ("a,b\n1,2,,\n3,4,\n", {}, [(2, "1", "2"), (3, "3", "4")]),
    ("a,b\n1,2" + "," * 50_000 + "\n3,4\n", {}, [(2, "1", "2"), (3, "3", "4")]),
    ("a\n1\n\n2\n", {}, [(2, "1"), (4, "2")]),
    ("a,b\n", {}, []),
    ("a;b\n1,5;2\n", {"separator": ";"}, [(2, "1,5", "2")]),
    ("a\tb\n1,5\t2\n", {"separator": "\t"}, [(2, "1,5", "2")]),
    ('a\tb\n"1\t5"\t2\n', {"separator": "\t"}, [(2, "1\t5", "2")]),
    ("a|b\n1|2\n", {"separator": "|"}, [(2, "1", "2")]),
    ('a|b\n"1|x"|2\n', {"separator": "|"}, [(2, "1|x", "2")]),
    ("a,b\n'1,5',2\n", {"quote": "'"}, [(2, "1,5", "2")]),
    ('a,b\n"1,2"\n', {"quote": ""}, [(2, '"1', '2"')]),
    ("Title\n\na,b\n1,2\n", {"header_row": 3}, [(4, "1", "2")]),
    ("a,b\nunit,%\n1,2\n", {"first_row": 3}, [(3, "1", "2")]),
    ("a,b\n1,2\n3,4\nSource: x\n", {"last_row": 3}, [(2, "1", "2"), (3, "3", "4")]),
    ("1,2\n3,4\n", {"header_row": 0}, [(1, "1", "2"), (2, "3", "4")]),
    ("a,b\n'=1+1,'-x\n", {}, [(2, "=1+1", "-x")]),
    ("a,b\n'=1+1,'-x\n", {"guarded": False}, [(2, "'=1+1", "'-x")]),
    ("a,b\n'quoted',it's\n", {}, [(2, "'quoted'", "it's")]),
    ("a,b\nNA,null\nNaN,#N/A\n", {}, [(2, "NA", "null"), (3, "NaN", "#N/A")]),
    ("a,b\n#1,//2\n", {}, [(2, "#1", "//2")]),
    ("a,b\n\ufeff1,2\n", {}, [(2, "\ufeff1", "2")]),
    ("a,b\n1\u2028x,2\x85\n", {}, [(2, "1\u2028x", "2\x85")]),
    ("a,b\nไทย,ລາວ\n", {}, [(2, "ไทย", "ລາວ")]),
]

REFUSED = [
    # text, dialect changes, code, row
    ('a,b\n"1,2\n3,4\n', {}, "open_quote", 2),
    ('a,b\n1,2\n"open', {}, "open_quote", 3),
    ('a,b\n"x"y,2\n', {}, "stray_quote", 2),
    ('a,b\n1,2\n"x" ,2\n', {}, "stray_quote", 3),
    ('a,b\n"one\ntwo",2\n"x"y,2\n', {}, "stray_quote", 3),
    ("a,b\n1,2\x00\n", {}, "binary_in_text", 2),
    ("\n\na,b\n1,2\n", {}, "no_heading", 1),
    (",,\n1,2,3\n", {}, "no_heading", 1),
    ("a,b\n1,2\n", {"header_row": 9}, "no_heading", 9),
    ("a,b\n1,2\n", {"encoding": None}, "encoding_unknown", None),
    ("a,b\n1,2\n", {"separator": None}, "separator_unknown", None),
    ("", {}, "empty_file", None),
]


def read(tmp_path, text, changes=None, **kwargs):
    return read_here(saved(tmp_path, "table.csv", text), CSV.replaced(**(changes or {})), **kwargs)


@pytest.mark.parametrize(("text", "changes", "rows"), READ)
def test_a_text_table_is_read_exactly(tmp_path, text, changes, rows):
    table = read(tmp_path, text, changes)
    assert rows_of(table) == rows
    assert problems_of(table) == []
    assert table.rows == len(rows)
    assert set(table.frame.schema.values()) <= {pl.Int64(), pl.String()}


@pytest.mark.parametrize(("text", "changes", "rows"), READ)
@pytest.mark.parametrize("piece", [7, 32])
def test_it_makes_no_difference_where_the_file_is_cut_for_reading(tmp_path, text, changes, rows, piece):
    table = read(tmp_path, text, changes, limits={"text_piece_bytes": piece}, chunk_rows=1)
    assert rows_of(table) == rows


@pytest.mark.parametrize(("text", "changes", "code", "row"), REFUSED)
def test_a_text_that_cannot_be_read_is_refused_with_its_row(tmp_path, text, changes, code, row):
    with pytest.raises(TableRefused) as refused:
        read(tmp_path, text, changes)
    assert (refused.value.code, refused.value.row) == (code, row)
    assert str(refused.value).count("%(") == 0


@pytest.mark.parametrize(
    ("text", "rows", "problems"),
    [
        ("a,b,c\n1,2,3\n4,5\n", [(2, "1", "2", "3")], [("row_too_short", 3, None, "4,5")]),
        ("a,b\n1,2,3\n4,5\n", [(3, "4", "5")], [("row_too_long", 2, None, "1,2,3")]),
        ("a,b\n1,2,,3\n", [], [("row_too_long", 2, None, "1,2,,3")]),
        ("a,b,c\nx\n1,2,3\n", [(3, "1", "2", "3")], [("row_too_short", 2, None, "x")]),
        ('a,b,c\n"x,y",2\n1,2,3\n', [(3, "1", "2", "3")], [("row_too_short", 2, None, '"x,y",2')]),
        ("a,b\n1,\x07\n3,4\n", [(3, "3", "4")], [("control_characters", 2, None, "1,\x07")]),
        ("a,b,\n1,2,\n", [(2, "1", "2")], []),
        (
            "a,b,\n1,2,3\n4,5,\n",
            [(2, "1", "2"), (3, "4", "5")],
            [("cell_without_heading", 2, "(column C)", "3")],
        ),
        ("a,,c\n1,2,3\n", [(2, "1", "2", "3")], [("empty_heading", 1, "(column B)", "")]),
        ("a,a\n1,2\n", [(2, "1", "2")], [("repeated_heading", 1, "a (column B)", "a")]),
    ],
)
def test_a_row_that_does_not_fit_is_named_and_the_others_are_read(tmp_path, text, rows, problems):
    table = read(tmp_path, text)
    assert rows_of(table) == rows
    assert problems_of(table) == problems


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("a,b", ("a", "b")),
        (" a , b  c ", ("a", "b c")),
        ('"two\nlines",b', ("two lines", "b")),
        ("row,b", ("row (column A)", "b")),
        ("a,,b", ("a", "(column B)", "b")),
        ("a,a,a", ("a", "a (column B)", "a (column C)")),
        ("a (column B),a,a (column B)", ("a (column B)", "a", "a (column B) (column C)")),
        ("a,a (column C),a", ("a", "a (column C)", "a (column C)*")),
        ("a,b,,", ("a", "b")),
        ("'=a,b", ("=a", "b")),
    ],
)
def test_every_column_has_a_name_of_its_own(tmp_path, heading, columns):
    width = len(next(csv.reader(io.StringIO(heading))))
    table = read(tmp_path, f"{heading}\n{','.join('x' * min(width, len(columns)))}{',' * (width - len(columns))}\n")
    assert table.columns == columns
    assert table.frame.columns == ["row", *columns]


def test_columns_without_a_heading_are_called_by_their_letters(tmp_path):
    table = read(tmp_path, ",".join("x" * 28) + "\n", {"header_row": 0})
    assert table.columns[0] == "A"
    assert table.columns[-1] == "AB"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-16", "name,v\nไทย,1\nЖ,2\n"),
        ("utf-16-le", "name,v\nViệt Nam,1\n"),
        ("utf-16-be", "name,v\nViệt Nam,1\n"),
        ("cp1252", "name,v\nCôte d'Ivoire,1\n€,2\n"),
        ("cp874", "name,v\nไทย,1\n"),
        ("gb18030", "name,v\n中国,1\n"),
    ],
)
@pytest.mark.parametrize("piece", [3, 1024])
def test_declared_encodings_are_followed(tmp_path, encoding, text, piece):
    path = saved(tmp_path, "table.csv", text.encode(encoding))
    table = read_here(path, CSV.replaced(encoding=encoding), limits={"text_piece_bytes": piece})
    expected = list(csv.reader(io.StringIO(text)))[1:]
    assert [list(row[1:]) for row in rows_of(table)] == expected


def test_bytes_that_are_not_in_the_encoding_are_refused_with_their_row(tmp_path):
    path = saved(tmp_path, "table.csv", b"a,b\n1,2\n3,\xe9\n")
    for piece in (2, 1000):
        with pytest.raises(TableRefused) as refused:
            read_here(path, limits={"text_piece_bytes": piece})
        assert (refused.value.code, refused.value.row) == ("not_in_encoding", 3)
        assert "UTF-8" in refused.value.detail


def test_a_text_cut_inside_a_letter_is_refused(tmp_path):
    with pytest.raises(TableRefused) as refused:
        read_here(saved(tmp_path, "table.csv", "a,b\n1,ไ".encode()[:-1]))
    assert refused.value.code == "not_in_encoding"


@pytest.mark.parametrize(
    ("text", "limits", "code"),
    [
        ("a,b\n" + "x" * 50 + ",2\n", {"row_bytes": 40}, "long_row"),
        ("a,b\n" + "x" * 50, {"row_bytes": 40, "text_piece_bytes": 10}, "long_row"),
        ("a,b\n1," + "x" * 50 + "\n", {"cell_characters": 40}, "long_cell"),
        ('a,b\n"' + "x\n" * 50 + '",2\n', {"row_bytes": 40}, "open_quote"),
        ("a,b,c\n1,2,3\n", {"columns": 2}, "many_columns"),
        ("a,b\n" + "1,\x01\n" * 5, {"control_characters": 4}, "binary_in_text"),
    ],
)
def test_what_is_larger_than_any_table_is_refused(tmp_path, text, limits, code):
    with pytest.raises(TableRefused) as refused:
        read(tmp_path, text, limits=limits)
    assert refused.value.code == code


CELLS = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\x7f" + "".join(map(chr, range(1, 32))))
    | st.sampled_from(list('\n\r\t",;| =+@-')),
    max_size=8,
)


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=12),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.integers(1, 40),
)
def test_whatever_somebody_else_writes_is_read_as_it_was(tmp_path_factory, rows, separator, end, quoting, piece):
    if end == "\n":  # the writer leaves a carriage return unquoted then, and nobody can tell it from a line's end
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows([["a", "b"], *rows])
    path = saved(tmp_path_factory.mktemp("law"), "table.csv", out.getvalue())
    table = read_here(
        path, CSV.replaced(separator=separator, guarded=False), limits={"text_piece_bytes": piece}, chunk_rows=3
    )
    expected = [(at, *(cell or None for cell in row)) for at, row in enumerate(rows, 2) if any(row)]
    assert rows_of(table) == expected
    assert problems_of(table) == []


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_what_we_write_comes_back_as_it_was(tmp_path_factory, rows):
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    path = saved(tmp_path_factory.mktemp("law"), "table.csv", b"".join(csv_writer.write([frame], bom=True)))
    expected = [(at, *(cell or None for cell in row)) for at, row in enumerate(rows, 2) if any(row)]
    assert rows_of(read_here(path)) == expected


@given(st.text(alphabet='a,"\n\r;x', max_size=40), st.integers(1, 20))
def test_any_text_is_read_alike_however_it_is_cut_or_refused_alike(tmp_path_factory, text, piece):
    path = saved(tmp_path_factory.mktemp("law"), "table.csv", "h,i\n" + text)

    def result(size: int) -> object:
        try:
            table = read_here(path, limits={"text_piece_bytes": size})
        except TableRefused as refused:
            return refused.code, refused.row
        return rows_of(table), problems_of(table)

    assert result(piece) == result(1000)


def test_the_whole_way_through_the_child_process(tmp_path):
    path = saved(tmp_path, "table.csv", "a,b\n" + "".join(f"{number},x\n" for number in range(1000)) + "1\n")
    table = read_table(path, CSV)
    assert table.rows == table.frame.height == 1000
    assert problems_of(table) == [("row_too_short", 1002, None, "1")]
    chunks = list(iter_table(path, CSV, chunk_rows=300))
    assert [chunk.frame.height for chunk in chunks] == [300, 300, 300, 100]
    assert pl.concat([chunk.frame for chunk in chunks]).equals(table.frame)
    assert [chunk.problems.height for chunk in chunks] == [0, 0, 0, 1]


def test_a_refusal_comes_at_the_latest_in_place_of_the_end(tmp_path):
    path = saved(tmp_path, "table.csv", "a,b\n" + "1,2\n" * 1000 + '"')
    taken = []
    with pytest.raises(TableRefused) as refused:
        taken.extend(iter_table(path, CSV, chunk_rows=10))
    assert (refused.value.code, refused.value.row) == ("open_quote", 1002)


def test_chunks_come_while_the_child_still_reads(tmp_path):
    path = saved(tmp_path, "table.csv", "a,b\n" + "1,2\n" * 500_000 + '"')
    chunks = iter_table(path, CSV, chunk_rows=10_000)
    assert next(chunks).frame["row"][0] == 2
    with pytest.raises(TableRefused):
        list(chunks)


def test_whoever_stops_early_ends_the_child(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = saved(tmp_path, "table.csv", "a,b\n" + "1,2\n" * 500_000)
    chunks = iter_table(path, CSV, chunk_rows=10_000)
    next(chunks)
    chunks.close()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_table_that_nobody_reads_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = saved(tmp_path, "table.csv", "a,b\n1,2\n")
    chunks = iter_table(path, CSV)
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    del chunks
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_dialect_says_only_what_differs():
    dialect = Dialect(encoding="utf-8", separator=";", decimal=",", thousands=".", header_row=3)
    assert dialect.to_dict() == {
        "encoding": "utf-8",
        "separator": ";",
        "decimal": ",",
        "thousands": ".",
        "header_row": 3,
    }
    assert Dialect.from_dict(dialect.to_dict()) == dialect
    assert dialect.data_starts == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"encoding": "rot13"}, "encoding"),
        ({"separator": "x"}, "separator"),
        ({"quote": "`"}, "quote"),
        ({"decimal": ";"}, "decimal"),
        ({"decimal": ",", "thousands": ","}, "thousands"),
        ({"digits": "klingon"}, "digits"),
        ({"calendar": "lunar"}, "calendar"),
        ({"header_row": -1}, "first_row"),
        ({"header_row": 3, "first_row": 3}, "first_row"),
        ({"last_row": 1}, "last_row"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_dialect_that_cannot_be_is_refused_by_its_field(changes, field):
    with pytest.raises(DialectInvalid, match=f"^{field}:"):
        Dialect.from_dict(changes)
